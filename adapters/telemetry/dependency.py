"""Calls to a service outside: how long each took and whether it answered, told by whoever makes them."""

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any, Final

from usecases.ports.telemetry import DEPENDENCY_DURATION, SILENT, SILENT_SPAN, Telemetry, Value


@dataclass(frozen=True, slots=True)
class Dependency:
    """One service. Each call is measured; those that failed, or took ``slow_seconds``, are spans as well.

    ``answers`` are exceptions by which the service says no, and so has answered; ``seconds`` is a clock that only
    runs forward.
    """

    service: str
    telemetry: Telemetry = SILENT
    slow_seconds: float = 0.0
    answers: tuple[type[BaseException], ...] = ()
    seconds: Callable[[], float] = perf_counter

    def call(self, operation: str) -> AbstractContextManager[object]:
        """Around one call; ``operation`` is a word of few: a method, a hub."""
        return self._told(operation) if self.telemetry.is_on else SILENT_SPAN

    @contextmanager
    def _told(self, operation: str) -> Iterator[None]:
        started, reason = self.seconds(), ""
        try:
            yield
        except BaseException as fault:
            reason = "" if isinstance(fault, self.answers) else type(fault).__name__
            raise
        finally:
            self._tell(operation, self.seconds() - started, reason)

    def _tell(self, operation: str, seconds: float, reason: str) -> None:
        what: dict[str, Value] = {
            "shop.dependency": self.service,
            "shop.dependency.operation": operation,
        }
        if reason or seconds >= self.slow_seconds:
            self.telemetry.past_call(f"{self.service} {operation}", seconds, what, reason)
        if reason:
            what["error.type"] = reason
        self.telemetry.measure(DEPENDENCY_DURATION, seconds, what)


class WatchedPort:
    """Passes everything on to ``inner``, a port whose every awaited call ``but`` these is one to a service outside."""

    def __init__(self, inner: object, dependency: Dependency, but: Collection[str] = ()) -> None:
        self._inner, self._dependency, self._but = inner, dependency, but

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in self._but or not iscoroutinefunction(found):
            return found
        told = partial(self._called, name, found)
        setattr(self, name, told)  # found at once from now on
        return told

    async def _called[T](
        self, name: str, method: Callable[..., Awaitable[T]], /, *given: Any, **named: Any
    ) -> T:
        with self._dependency.call(name):
            return await method(*given, **named)


UNHEARD: Final = Dependency("")
"""Of an end that nobody listens to."""
