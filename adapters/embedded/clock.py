"""The machine's own clock."""

import asyncio
from datetime import UTC, datetime
from secrets import SystemRandom

JITTER = 0.25
"""How far a sleep strays from what was asked, so that those who failed together do not return together."""


class SystemClock:
    """The present moment of this machine."""

    def __init__(self) -> None:
        self._random = SystemRandom()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for 75 to 125 % of ``seconds``."""
        await asyncio.sleep(seconds * self._random.uniform(1 - JITTER, 1 + JITTER))
