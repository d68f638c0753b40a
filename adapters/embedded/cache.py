"""Copies of what the store knows, in this process: the least used go first when they get too many."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.flights import Flight, Flights
from usecases.ports.cache import Build
from usecases.ports.clock import Clock

MOST_BYTES = 32 * 1024 * 1024
"""What all keys and values together may weigh by default."""

ENTRY_BYTES = 200
"""What an entry weighs beside its key and value, roughly."""


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires_at: datetime


class EmbeddedCache:
    """A cache for one process; it never waits, and is never away."""

    def __init__(self, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self._clock, self._most_bytes = clock, most_bytes
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._size_bytes = 0
        self._flights = Flights()

    async def get(self, key: str) -> bytes | None:
        """The bytes, or ``None`` when they are absent or expired."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires_at <= self._clock.now():
            self._forget(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    async def put(self, key: str, value: bytes, ttl_seconds: int) -> None:
        """Keep the bytes for at most that long; what is over the whole limit is not kept at all."""
        self._forget(key)
        size = _weight(key, value)
        if size > self._most_bytes or ttl_seconds <= 0:
            return
        while self._size_bytes + size > self._most_bytes:
            self._forget(next(iter(self._entries)))
        until = self._clock.now() + timedelta(seconds=ttl_seconds)
        self._entries[key] = _Entry(value, until)
        self._size_bytes += size

    async def drop(self, *keys: str) -> None:
        """Forget these keys."""
        for key in keys:
            self._flights.forget(key)
            self._forget(key)

    async def fetch(self, key: str, build: Build) -> bytes | None:
        """The bytes, or what ``build`` makes where there are none, by one caller at a time."""
        kept = await self.get(key)
        if kept is not None:
            return kept
        return await self._flights.join(key, lambda flight: self._made(key, build, flight))

    async def check(self) -> None:
        """It lies in this process, and so it is there."""

    @property
    def size_bytes(self) -> int:
        """What is kept now, never over the limit."""
        return self._size_bytes

    async def _made(self, key: str, build: Build, flight: Flight) -> bytes | None:
        made = await build()
        if made is None:
            return None
        value, ttl_seconds = made
        if flight.is_wanted:
            await self.put(key, value, ttl_seconds)
        return value

    def _forget(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size_bytes -= _weight(key, entry.value)


def _weight(key: str, value: bytes) -> int:
    return len(key.encode()) + len(value) + ENTRY_BYTES
