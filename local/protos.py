"""The messages between a Functions host and a language worker, as plain Python classes.

In Azure they are protobuf messages of the ``FunctionRpc`` service; the worker library takes whatever
module is handed to it, so the local host needs no protobuf and no socket. Names are the protocol's.
"""

# ruff: noqa: N802 - the names are those of the protocol
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any


class _Message:
    """A message of which the worker only sets and reads fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """The fields are the protocol's; none is listed here."""


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


# Of these only the fields matter, and those are the protocol's.
RpcException = RpcRetryOptions = RpcFunctionMetadata = WorkerMetadata = Timestamp = _Message
WorkerInitResponse = FunctionMetadataResponse = FunctionLoadResponse = InvocationResponse = _Message
NullableString = NullableBool = NullableDouble = NullableTimestamp = _Message


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
