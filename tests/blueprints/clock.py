"""Time as a test wants it."""

from datetime import datetime, timedelta

from adapters.embedded.clock import SystemClock


class MovedClock:
    """The machine's clock, put forward by hand; nobody who sleeps by it waits."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self.ahead = timedelta()

    def now(self) -> datetime:
        """This moment, as far ahead as the test has put it."""
        return self._clock.now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        """Return at once."""

    def move(self, seconds: float) -> None:
        """Put it forward."""
        self.ahead += timedelta(seconds=seconds)
