"""What the tests of the embedded adapters share: a still clock, a vault that is away, a call driven by hand."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.embedded.world import Records, WorldAway

NOON = datetime(2026, 1, 25, 12, 0, tzinfo=UTC)


class StillClock:
    """Time that moves only when somebody sleeps or a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(seconds)

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class AwayVault:
    """A vault that never answers."""

    async def change[T](self, job: Callable[[Records], T]) -> T:
        raise WorldAway("locked")

    async def look[T](self, job: Callable[[Records], T]) -> T:
        raise WorldAway("locked")


def finish[T](call: Coroutine[Any, Any, T]) -> T:
    """The call's answer, without an event loop: it fails when the call suspends."""
    try:
        call.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    raise AssertionError("the call suspended")
