"""The host's own time; the app brings its own clock."""

import asyncio
from datetime import UTC, datetime


class WallClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait that long, without jitter: what the host waits for is due at a moment."""
        await asyncio.sleep(seconds)
