"""The messages between a Functions host and a language worker, as plain Python classes.

In Azure they are protobuf messages of the ``FunctionRpc`` service; the worker library takes whatever
module is handed to it, so the local host needs no protobuf and no socket. Names are the protocol's.
"""

# ruff: noqa: N802 - the names are those of the protocol
from types import SimpleNamespace
from typing import Any


class _Message:
    """A message of which the worker only sets and reads fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        """``None`` for a field that was not set; protobuf too answers with an empty value."""
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class TypedData:
    """One value in one of the protocol's encodings: ``http``, ``string``, ``bytes``, ``json`` …"""

    http: Any
    string: Any
    bytes: Any
    json: Any

    def __init__(self, **field: Any) -> None:
        self.kind = next(iter(field), None)
        self.__dict__.update(field)

    def WhichOneof(self, group: str) -> str | None:
        """The encoding in use; ``None`` for an empty value."""
        return self.kind

    @property
    def TypedData(self) -> "TypedData":
        """Itself: the worker looks for a wrapper first, and a miss would cost an exception a time."""
        return self


class Strings:
    """Several texts or bodies as one value."""

    def __init__(self, values: list[Any]) -> None:
        self.string = self.bytes = values


class ParameterBinding:
    """A parameter of a function and the value that is bound to it."""

    __slots__ = ("data", "name")

    def __init__(self, name: str, data: TypedData) -> None:
        self.name, self.data = name, data

    def WhichOneof(self, group: str) -> str:
        """Values are always sent inside the message, never through shared memory."""
        return "data"


class RpcHttp(_Message):
    """An HTTP request or answer."""


class StatusResult(_Message):
    """Whether the worker did what was asked, and the exception where it did not."""

    Failure, Success, Cancelled = 0, 1, 2


class BindingInfo(_Message):
    """Direction and type of a binding."""

    out, inout = 1, 2
    undefined, string, binary, stream = 0, 1, 2, 3


class RpcHttpCookie(_Message):
    """A cookie of an answer."""

    SameSite = SimpleNamespace(**{"None": 0, "Lax": 1, "Strict": 2, "ExplicitNone": 3})


class RpcException(_Message):
    """What went wrong in the worker: ``message`` and ``stack_trace``."""


class WorkerMetadata(_Message):
    """Versions of the worker."""


class WorkerInitResponse(_Message):
    """The answer to the first message."""


class FunctionMetadataResponse(_Message):
    """The functions that the worker found."""


class FunctionLoadResponse(_Message):
    """The answer to the loading of one function."""


class RpcFunctionMetadata(_Message):
    """One function: name, id, bindings as JSON, retry policy."""


class RpcRetryOptions(_Message):
    """A retry policy."""


class InvocationResponse(_Message):
    """The answer to one invocation."""


class NullableString(_Message):
    """A text that may be absent."""


class NullableBool(_Message):
    """A truth value that may be absent."""


class NullableDouble(_Message):
    """A number that may be absent."""


class NullableTimestamp(_Message):
    """A moment that may be absent."""


class Timestamp(_Message):
    """A moment, in ``seconds`` since 1970."""


class RetryContext:
    """Which attempt this is: ``retry_count`` is 0 at first and ``max_retry_count`` at the last."""

    __slots__ = ("exception", "max_retry_count", "retry_count")

    def __init__(self, retry_count: int, max_retry_count: int, message: str = "") -> None:
        self.retry_count, self.max_retry_count = retry_count, max_retry_count
        self.exception = RpcException(message=message, stack_trace="", source="")


class TraceContext:
    """The W3C trace parent of an invocation."""

    __slots__ = ("attributes", "trace_parent", "trace_state")

    def __init__(self, trace_parent: str) -> None:
        self.trace_parent, self.trace_state = trace_parent, ""
        self.attributes: dict[str, str] = {}


class InvocationRequest:
    """One run of one function, in the two wrappings that the worker takes off."""

    __slots__ = (
        "function_id",
        "input_data",
        "invocation_id",
        "retry_context",
        "trace_context",
        "trigger_metadata",
    )

    def __init__(
        self,
        function_id: str,
        invocation_id: str,
        input_data: list[ParameterBinding],
        trigger_metadata: dict[str, TypedData],
    ) -> None:
        self.function_id, self.invocation_id = function_id, invocation_id
        self.input_data, self.trigger_metadata = input_data, trigger_metadata
        self.trace_context: TraceContext
        self.retry_context: RetryContext

    @property
    def request(self) -> "InvocationRequest":
        """The streaming message around the request."""
        return self

    @property
    def invocation_request(self) -> "InvocationRequest":
        """The request inside the streaming message."""
        return self
