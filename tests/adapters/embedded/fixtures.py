"""What the tests of the embedded adapters share: a clock that stands still, and a way to drive a call by hand."""

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

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


def finish[T](call: Coroutine[Any, Any, T]) -> T:
    """The call's answer, without an event loop: it fails when the call suspends."""
    try:
        call.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    raise AssertionError("the call suspended")
