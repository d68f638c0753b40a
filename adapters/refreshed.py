"""A value that somebody else keeps: read once for all who wait, again when it is old, and kept while they are away."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usecases.ports.clock import Clock
from usecases.ports.faults import AwayFor, PortFault

MOST_REST: Final = timedelta(hours=1)
"""So long at most a service is left alone, whatever it asks for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How old a value is used without asking; how old at most, while nobody answers; the rest after a failure."""

    fresh: timedelta
    stale: timedelta
    rest: timedelta


@dataclass(frozen=True, slots=True)
class _Kept[T]:
    value: T
    read_at: datetime


class Refreshed[T]:
    """The value behind ``load``, which gives it or raises a ``PortFault``."""

    def __init__(self, load: Callable[[], Awaitable[T]], clock: Clock, pace: Pace) -> None:
        self._load, self._clock, self._pace = load, clock, pace
        self._kept: _Kept[T] | None = None
        self._is_doubtful = False
        self._loading: asyncio.Task[None] | None = None
        self._fault: PortFault | None = None
        self._resting_until: datetime | None = None

    async def get(self) -> T:
        """The value. Raises what ``load`` raises where there is none that may still be used."""
        if self._is_fresh() and self._kept:
            return self._kept.value
        try:
            await self._renewed()
        except PortFault:
            if self._age() >= self._pace.stale:
                raise
        assert self._kept is not None, "without a fault there is a value"
        return self._kept.value

    def doubt(self) -> None:
        """Ask again next time; until there is an answer the value is as good as before."""
        self._is_doubtful, self._resting_until = True, None

    def _is_fresh(self) -> bool:
        return not self._is_doubtful and self._age() < self._pace.fresh

    def _age(self) -> timedelta:
        return self._clock.now() - self._kept.read_at if self._kept else timedelta.max

    async def _renewed(self) -> None:
        if self._fault and self._resting_until and self._clock.now() < self._resting_until:
            raise self._fault.with_traceback(None)
        if self._loading is None:
            self._loading = asyncio.ensure_future(self._read())
            self._loading.add_done_callback(_looked_at)
        await asyncio.shield(self._loading)

    async def _read(self) -> None:
        self._is_doubtful = False
        try:
            self._kept = _Kept(await self._load(), self._clock.now())
            self._fault = self._resting_until = None
        except PortFault as fault:
            self._fault, self._is_doubtful = fault, True
            self._resting_until = self._clock.now() + self._rest_after(fault)
            raise
        finally:
            self._loading = None

    def _rest_after(self, fault: PortFault) -> timedelta:
        asked = timedelta(seconds=fault.retry_after if isinstance(fault, AwayFor) else 0)
        return max(self._pace.rest, min(asked, MOST_REST))


def _looked_at(task: "asyncio.Task[None]") -> None:
    """A failure that nobody waits for any more is no news: the next one who asks is told."""
    if not task.cancelled():
        task.exception()
