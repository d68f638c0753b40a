"""Counters that cost a request nothing: summed in this process, and pushed to the shared end about once a second.

A process that dies loses what it has not pushed, about a second of counts, and so does one that Azure takes away; a
shop that is closed, as the local host does when it stops, pushes it.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import date
from itertools import islice
from typing import Final
from uuid import uuid4

from usecases.ports.clock import Clock
from usecases.ports.counters import Batch, Counter, CountersAway, Push, SharedCounters
from usecases.ports.telemetry import COUNTS_DROPPED, SILENT, Telemetry

PUSH_SECONDS: Final = 1.0
MOST_GATHERED: Final = 10_000
"""Counters and members that may wait at once; while there are so many, new ones are dropped."""

MOST_IN_A_PUSH: Final = 500
MOST_TRIES: Final = 600
"""So often a push is tried, for ten minutes or more; the shared end knows it for much longer."""

_log = logging.getLogger(__name__)


class GatheredCounters:
    """The port ``Counters`` over the end that all processes share."""

    def __init__(
        self, shared: SharedCounters, clock: Clock, *, telemetry: Telemetry = SILENT
    ) -> None:
        self._shared, self._clock, self._telemetry = shared, clock, telemetry
        self._source, self._pushes, self._tries = uuid4().hex, 0, 0
        self._gathered: dict[tuple[date, Counter, str], int] = {}
        self._outgoing: Push | None = None
        self._one_at_a_time = asyncio.Lock()
        self._working: asyncio.Task[None] | None = None
        self._is_dropping = False

    def add(self, day: date, counter: Counter, member: str = "") -> None:
        """One more, unless it is a member that was counted; dropped where too much waits already."""
        what = (day, counter, member)
        before = self._gathered.get(what, 0)
        if not before and len(self._gathered) >= MOST_GATHERED:
            return self._drop(1)
        self._gathered[what] = 1 if member else before + 1
        if self._working is None:
            self._working = asyncio.create_task(self._work_off())
        return None

    async def waiting(self) -> tuple[date, ...]:
        """The days that have something to take, with what this process has gathered. Raises ``CountersAway``."""
        await self._push()
        return await self._shared.waiting()

    async def take(self, day: date) -> Batch | None:
        """The day's batch. Raises ``CountersAway``."""
        return await self._shared.take(day)

    async def settle(self, day: date, number: int) -> None:
        """Forget the day's batch of that number. Raises ``CountersAway``."""
        await self._shared.settle(day, number)

    async def close(self) -> None:
        """Push what is left, if the shared end is there, and stop."""
        with suppress(CountersAway):
            await self._push()
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _work_off(self) -> None:
        try:
            while self._gathered or self._outgoing:
                await self._clock.sleep(PUSH_SECONDS)
                with suppress(CountersAway):
                    await self._push()
        finally:
            self._working = None

    async def _push(self) -> None:
        """Push all that is gathered. Raises ``CountersAway``; what it was about then goes again, as it is."""
        async with self._one_at_a_time:
            while self._outgoing or self._gathered:
                self._outgoing = self._outgoing or self._next()
                await self._tried(self._outgoing)
                self._outgoing, self._tries = None, 0

    async def _tried(self, push: Push) -> None:
        try:
            await self._shared.push(push)
            self._is_dropping = False
        except CountersAway:
            self._tries += 1
            if self._tries < MOST_TRIES:
                raise
            self._drop(sum(push.counts.values()))

    def _next(self) -> Push:
        day, *_ = next(iter(self._gathered))
        todays = (what for what in self._gathered if what[0] == day)
        chosen = tuple(islice(todays, MOST_IN_A_PUSH))
        self._pushes += 1
        counts = {(what[1], what[2]): self._gathered.pop(what) for what in chosen}
        return Push(self._source, self._pushes, day, counts)

    def _drop(self, count: int) -> None:
        """Counts are lost: the measure says how many, the log says it once until a push succeeds."""
        self._telemetry.measure(COUNTS_DROPPED, count)
        if not self._is_dropping:
            self._is_dropping = True
            _log.warning("counts are dropped, since the counters are away")
