"""The language worker in this process: the official library loads the app and runs its functions.

The library keeps its state in its modules, so a process can load one app.
"""

import json
import logging
import os
import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local import protos
from local.protos import (
    InvocationRequest,
    ParameterBinding,
    RetryContext,
    TraceContext,
    TypedData,
)

_FRAME = re.compile(r'File "([^"]+)", line (\d+)')
_FUNCTION = re.compile(r"(?:[Ff]unction (\S+) does not|load the (\S+) function)")
_FIRST = RetryContext(0, 0)


class AppRefused(Exception):
    """The app cannot be served as it is; the message names file, line and reason."""


class FunctionFailed(Exception):
    """A function raised; ``stack_trace`` is the worker's text of it."""

    def __init__(self, message: str, stack_trace: str) -> None:
        super().__init__(message)
        self.stack_trace = stack_trace


@dataclass(frozen=True, slots=True)
class Retry:
    """A retry policy: ``most`` attempts after the first (-1: without end), delays in seconds."""

    most: int
    least_seconds: float
    most_seconds: float
    is_exponential: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the app: its trigger binding as host.json spells it, and where it stands."""

    name: str
    id: str
    trigger: Mapping[str, Any]
    retry: Retry | None
    place: str

    @property
    def kind(self) -> str:
        """The trigger's type, in lower case: ``httptrigger``, ``eventhubtrigger`` …"""
        return str(self.trigger["type"]).lower()


class Worker:
    """An app, loaded."""

    def __init__(self, library: Any, functions: tuple[Function, ...]) -> None:
        self._library = library
        self.functions = functions
        self._process, self._invocations = str(uuid.uuid4())[:-12], count()

    def of(self, kind: str) -> list[Function]:
        """The functions with this kind of trigger."""
        return [function for function in self.functions if function.kind == kind]

    async def invoke(
        self,
        function: Function,
        data: TypedData,
        metadata: dict[str, TypedData],
        *,
        trace_parent: str = "",
        retry: RetryContext = _FIRST,
    ) -> TypedData | None:
        """Run the function once and return what it returned. Raises ``FunctionFailed``."""
        binding = ParameterBinding(function.trigger["name"], data)
        invocation_id = f"{self._process}{next(self._invocations):012x}"
        request = InvocationRequest(function.id, invocation_id, [binding], metadata)
        request.trace_context = TraceContext(trace_parent)
        request.retry_context = retry
        response = await self._library.invocation_request(request)
        if response.result.status != protos.StatusResult.Success:
            failure = response.result.exception
            raise FunctionFailed(failure.message, failure.stack_trace)
        returned: TypedData | None = response.return_value
        return returned

    def close(self) -> None:
        """Let the worker's threads go."""
        self._library.stop_threadpool_executor()


async def load(directory: Path) -> Worker:
    """Load the app in ``directory`` as Azure does. Raises ``AppRefused``."""
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))
    import azure_functions_runtime as library  # noqa: PLC0415 - only now can settings be in place

    library.start_threadpool_executor()
    chatter = logging.getLogger("azure.functions")
    level = chatter.level
    chatter.setLevel(logging.CRITICAL)  # it would print sys.path; what went wrong is in its answer
    response = await library.worker_init_request(_first_message(directory))
    chatter.setLevel(level)
    if response.result.status != protos.StatusResult.Success:
        raise AppRefused(_why(response.result.exception, directory))
    found = await library.functions_metadata_request(SimpleNamespace(request=None))
    functions = tuple(_function(each) for each in found.function_metadata_results or ())
    if not functions:
        raise AppRefused(f"{directory / 'function_app.py'}:1: the app has no functions")
    for function in functions:
        load_one = SimpleNamespace(function_id=function.id)
        message = SimpleNamespace(request=SimpleNamespace(function_load_request=load_one))
        await library.function_load_request(message)
    return Worker(library, functions)


def _first_message(directory: Path) -> SimpleNamespace:
    init = SimpleNamespace(capabilities={}, function_app_directory=str(directory))
    return SimpleNamespace(
        request=SimpleNamespace(worker_init_request=init),
        properties={"host": "127.0.0.1", "protos": protos},
    )


def _function(found: Any) -> Function:
    bindings = [json.loads(binding) for binding in found.raw_bindings]
    trigger = next(one for one in bindings if one["type"].lower().endswith("trigger"))
    code = _code_of(found.function_id)
    return Function(
        found.name, found.function_id, trigger, _retry(found.retry_options), place(code)
    )


def _code_of(function_id: str) -> Any:
    from azure_functions_runtime.handle_event import _functions  # noqa: PLC0415 - as above

    return _functions.get_function(function_id).func


def _retry(options: Any) -> Retry | None:
    if options is None:
        return None
    if options.retry_strategy == "fixed_delay":
        delay = options.delay_interval.total_seconds()
        return Retry(options.max_retry_count, delay, delay)
    least, most = options.minimum_interval, options.maximum_interval
    seconds = least.total_seconds(), most.total_seconds()
    return Retry(options.max_retry_count, *seconds, is_exponential=True)


def place(function: Any) -> str:
    """``file:line`` of a function, also of one that a decorator made for another of its name."""
    code = function.__code__
    path, line = Path(code.co_filename), code.co_firstlineno
    home = getattr(sys.modules.get(function.__module__), "__file__", None)
    if home and Path(home) != path:
        wanted = re.compile(rf"\s*(async )?def {re.escape(function.__name__)}\(")
        for number, text in enumerate(Path(home).read_text("utf-8").splitlines(), 1):
            if wanted.match(text):
                return f"{home}:{number}"
    return f"{path}:{line}"


def _why(failure: Any, directory: Path) -> str:
    """The place of a failure at load, and its message."""
    named = _FUNCTION.search(failure.message)
    places = _places_of(named[1] or named[2]) if named else []
    if not places:
        frames = [f"{path}:{line}" for path, line in _FRAME.findall(failure.stack_trace)]
        own = [frame for frame in frames if is_own(frame, directory)]
        places = (own or [f"{directory / 'function_app.py'}:1"])[-1:]
    return f"{' and '.join(places)}: {failure.message}"


def is_own(path: str, directory: Path) -> bool:
    """Whether a file belongs to the app and not to what is installed inside its folder."""
    return path.startswith(f"{directory}{os.sep}") and "site-packages" not in path


def builders() -> list[Any]:
    """The functions that the loaded app registered, as the library's builders."""
    import azure.functions as library  # noqa: PLC0415 - loaded by the app

    values = vars(sys.modules["function_app"]).values() if "function_app" in sys.modules else ()
    apps = [value for value in values if isinstance(value, library.FunctionRegister)]
    return [builder for app in apps for builder in app._function_builders]


def shop_of_app() -> object:
    """The loaded app's way to its shop, which can be closed; ``None`` where it has none."""
    return getattr(sys.modules.get("function_app"), "open_shop", None)


def _places_of(name: str) -> list[str]:
    functions = [builder._function for builder in builders()]
    named = [one for one in functions if one.get_function_name() == name]
    return [place(one.get_user_function()) for one in named]
