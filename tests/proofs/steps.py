"""One port call is one step: ports whose every call waits until a driver lets it happen.

A use case awaits ports only. With these ports around the real ones its coroutine can be driven by hand,
without an event loop, and every interleaving of several of them can be tried.
"""

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tests.adapters.embedded.fixtures import finish
from usecases.ports.store import Change, Query

ANYWHERE: Final = "*"
"""The partition of a step that looks through all of them."""

IMMEDIATE: Final = frozenset({"now", "names"})
"""What ports do without being awaited."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What a step reads or writes: a container (a hub, a company) and a partition of it (a key)."""

    container: str
    partition: str
    writes: bool

    def meets(self, other: "Touch") -> bool:
        """Whether the two steps may not be swapped."""
        if not (self.writes or other.writes):
            return False
        if ANYWHERE in (self.container, other.container):
            return True
        if self.container != other.container:
            return False
        return self.partition == other.partition or ANYWHERE in (self.partition, other.partition)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step, or a whole use case, came out: with a value or with an exception."""

    value: Any = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A port call that has not happened yet; awaiting it hands it to the driver."""

    verb: str
    touch: Touch
    call: Callable[[], Coroutine[Any, Any, Any]]

    def __await__(self) -> Generator["Step", Any, Any]:
        return (yield self)

    def happen(self) -> Outcome:
        """Make the call."""
        try:
            return Outcome(value=finish(self.call()))
        except Exception as error:
            return Outcome(error=error)

    def __str__(self) -> str:
        return f"{self.verb} {self.touch.container}/{self.touch.partition}"


class Stepped:
    """A port behind a gate: what is called of it becomes a ``Step``."""

    def __init__(self, name: str, port: Any, touched: Callable[..., Touch]) -> None:
        self._name, self._port, self._touched = name, port, touched

    def __getattr__(self, verb: str) -> Any:
        method = getattr(self._port, verb)
        return method if verb in IMMEDIATE else partial(self._step, verb, method)

    def _step(self, verb: str, method: Callable[..., Any], /, *args: Any, **named: Any) -> Step:
        touch = self._touched(verb, *args)
        return Step(f"{self._name}.{verb}", touch, partial(method, *args, **named))


class Driven:
    """A use case on its way: the step that it waits for, or its outcome."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self.go_on(Outcome())

    def go_on(self, outcome: Outcome) -> None:
        """Give the step's outcome to the use case and let it run to its next step."""
        try:
            self.step = self._sent(outcome)
        except StopIteration as done:
            self.step, self.outcome = None, Outcome(value=done.value)
        except Exception as error:
            self.step, self.outcome = None, Outcome(error=error)

    def drop(self) -> None:
        """Crash it: nothing of it runs any more, as when its process dies."""
        self._coroutine.close()

    def _sent(self, outcome: Outcome) -> Step:
        if outcome.error is None:
            step = self._coroutine.send(outcome.value)
        else:
            step = self._coroutine.throw(outcome.error.with_traceback(None))
        assert isinstance(step, Step), "use cases await ports only"
        return step


def cut_off(coroutine: Coroutine[Any, Any, Any], calls: int) -> bool:
    """Let a use case make at most so many calls and die; whether it still waited for something then."""
    driven = Driven(coroutine)
    for _ in range(calls):
        if driven.step is None:
            return False
        driven.go_on(driven.step.happen())
    is_under_way = driven.step is not None
    driven.drop()
    return is_under_way


def store_touch(verb: str, what: Any, *rest: Any) -> Touch:
    """Where a verb of the store goes."""
    if verb == "commit":
        return _change_touch(what)
    if verb == "get":
        return Touch(what.container, rest[1], writes=False)
    query = rest[0]
    partition = query.partition if isinstance(query, Query) else ANYWHERE
    return Touch(what.container, partition, writes=False)


def _change_touch(change: Change) -> Touch:
    if change.takes:
        return Touch(change.takes[0].kind.container, change.takes[0].partition, writes=True)
    entity = (change.puts + change.removes)[0]
    return Touch(entity.container, entity.partition, writes=True)


def hub_touch(_verb: str, hub: str, key: str, *_: Any) -> Touch:
    """The hub and the key that is published."""
    return Touch(hub, key, writes=True)


def company_touch(verb: str, *_: Any) -> Touch:
    """Another company, as a whole: coarse, and so on the safe side."""
    return Touch("outside", "", writes=verb not in ("retrieve", "track"))
