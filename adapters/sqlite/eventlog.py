"""The seven hubs on one machine: a partitioned log in the shop's SQLite file.

Event Hubs keeps order inside a partition only, and so do its readers here; that the log as a whole has
one order too is what makes one query enough to look for news on every hub at once. SQLite has one
writer at a time, so an event's sequence number is seen only after every lower one.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zlib import crc32

from adapters.event_properties import properties_of
from adapters.sqlite.file import SqliteFile
from domain.events import Event
from usecases.ports.clock import Clock
from usecases.ports.events import EventsBusy
from usecases.ports.store import StoreBusy

PARTITIONS: Final = 4
"""As many as the hubs have that are made for development; it never changes for a file."""

RETENTION: Final = timedelta(days=7)
"""How long an event can be read; the standard tier's own."""

_MOST_TRIMMED: Final = 10_000  # a step of trimming, so that writers wait for milliseconds only

_CREATE: Final = """
CREATE TABLE IF NOT EXISTS event_log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, hub TEXT NOT NULL, partition INTEGER NOT NULL,
    key TEXT NOT NULL, enqueued_at REAL NOT NULL, body BLOB NOT NULL, properties TEXT NOT NULL
)"""
_APPEND: Final = """
INSERT INTO event_log (hub, partition, key, enqueued_at, body, properties) VALUES (?, ?, ?, ?, ?, ?)"""
_READ: Final = """
SELECT sequence, hub, partition, key, enqueued_at, body, properties
FROM event_log WHERE sequence > ? ORDER BY sequence LIMIT ?"""
_TRIM: Final = """
DELETE FROM event_log WHERE sequence <= (
    SELECT max(sequence) FROM (SELECT sequence, enqueued_at FROM event_log ORDER BY sequence LIMIT ?)
    WHERE enqueued_at < ?)"""


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it lies in the log; ``enqueued_at`` is in seconds since 1970, ``body`` is JSON.

    ``offset`` is what a hub in Azure says; in the log the sequence number is the offset too.
    """

    sequence: int
    hub: str
    partition: int
    key: str
    enqueued_at: float
    body: bytes
    encoded_properties: str
    offset: str = ""

    @property
    def enqueued(self) -> datetime:
        """When it was appended, in UTC."""
        return datetime.fromtimestamp(self.enqueued_at, UTC)

    @property
    def properties(self) -> dict[str, Any]:
        """The application properties."""
        decoded: dict[str, Any] = json.loads(self.encoded_properties)
        return decoded


class EventLog:
    """The ``Events`` port over a file, and the reading side that the local Functions host uses."""

    def __init__(self, file: SqliteFile, clock: Clock, *, partitions: int = PARTITIONS) -> None:
        self._file, self._clock, self.partitions = file, clock, partitions
        file.prepare(_create)

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        """Append to the partition of ``key``, in this order. Raises ``EventsBusy``."""
        partition, moment = self.partition_of(key), self._clock.now().timestamp()
        rows = [
            (
                hub,
                partition,
                key,
                moment,
                event.model_dump_json().encode(),
                json.dumps(properties_of(event)),
            )
            for event in events
        ]
        try:
            await self._file.write(lambda connection: connection.executemany(_APPEND, rows))
        except StoreBusy as busy:
            raise EventsBusy(str(busy)) from busy

    async def check(self) -> None:
        """Return when the log can be read. Raises ``EventsBusy``."""
        try:
            await self.newest()
        except StoreBusy as busy:
            raise EventsBusy(str(busy)) from busy

    def partition_of(self, key: str) -> int:
        """The same for a key in every process and release."""
        return crc32(key.encode()) % self.partitions

    async def read_after(self, sequence: int, limit: int) -> list[Record]:
        """The events after that sequence number on every hub, oldest first."""
        rows = await self._file.read(
            lambda connection: connection.execute(_READ, (sequence, limit)).fetchall()
        )
        return [Record(*row) for row in rows]

    async def newest(self) -> int:
        """The highest sequence number in the log; 0 when it is empty. Costs microseconds."""
        return await self._file.read(_newest)

    async def trim(self) -> int:
        """Remove some events that are older than the retention; how many it were, 0 when done."""
        oldest = (self._clock.now() - RETENTION).timestamp()
        return await self._file.write(
            lambda connection: connection.execute(_TRIM, (_MOST_TRIMMED, oldest)).rowcount
        )


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(_CREATE)


def _newest(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(sequence) FROM event_log").fetchone()[0] or 0)
