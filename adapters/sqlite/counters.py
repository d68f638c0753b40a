"""Counters in the shop's file, since several hosts share them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Final

from adapters.sqlite.file import SqliteFile
from domain.period import day_of
from usecases.ports.clock import Clock
from usecases.ports.counters import KEPT_DAYS, KNOWN_DAYS, Batch, Counter, CountersAway, Push
from usecases.ports.store import StoreBusy

MOST_FORGOTTEN: Final = 1_000
"""Rows of old days that are forgotten with each new batch, from each table, so that they cannot pile up."""

MOST_DAYS: Final = 2 * KEPT_DAYS

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS counter_batches (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " day TEXT NOT NULL, is_taken INTEGER NOT NULL DEFAULT 0, UNIQUE (day, is_taken)) STRICT",
    "CREATE TABLE IF NOT EXISTS counter_counts (day TEXT, number INTEGER, counter TEXT,"
    " count INTEGER NOT NULL, PRIMARY KEY (day, number, counter)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS counter_members (day TEXT, counter TEXT, member TEXT,"
    " PRIMARY KEY (day, counter, member)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS counter_pushes (day TEXT, source TEXT, number INTEGER NOT NULL,"
    " PRIMARY KEY (day, source)) STRICT, WITHOUT ROWID",
)
_KNOWN: Final = """
INSERT INTO counter_pushes (day, source, number) VALUES (?, ?, ?)
ON CONFLICT (day, source) DO UPDATE SET number = excluded.number WHERE number < excluded.number"""
_BATCH: Final = "SELECT number FROM counter_batches WHERE day = ? AND is_taken = ?"
_BEGIN: Final = """
INSERT INTO counter_batches (number, day) VALUES (
  max(?, 1 + (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'counter_batches')), ?)
RETURNING number"""
_FIRST: Final = """
INSERT INTO counter_members (day, counter, member) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"""
_ADD: Final = """
INSERT INTO counter_counts (day, number, counter, count) VALUES (?, ?, ?, ?)
ON CONFLICT (day, number, counter) DO UPDATE SET count = count + excluded.count"""
_CLOSE: Final = "UPDATE counter_batches SET is_taken = 1 WHERE day = ?"
_COUNTS: Final = "SELECT counter, count FROM counter_counts WHERE day = ? AND number = ?"
_SETTLE: Final = "DELETE FROM counter_batches WHERE day = ? AND number = ? AND is_taken"
_FORGET: Final = "DELETE FROM counter_counts WHERE day = ? AND number = ?"
_WAITING: Final = "SELECT DISTINCT day FROM counter_batches ORDER BY day LIMIT ?"
_OLD: Final = (
    ("counter_batches", "number", KEPT_DAYS),
    ("counter_counts", "day, number, counter", KEPT_DAYS),
    ("counter_members", "day, counter, member", KNOWN_DAYS),
    ("counter_pushes", "day, source", KNOWN_DAYS),
)
"""Tables, their keys, and for how many days their rows are kept."""


class SqliteCounters:
    """The port ``SharedCounters`` over the shop's file."""

    def __init__(self, file: SqliteFile, clock: Clock) -> None:
        self._file, self._clock = file, clock
        file.prepare(_create)

    async def push(self, push: Push) -> None:
        """Add these counts, once."""
        now_ms, today = round(self._clock.now().timestamp() * 1000), day_of(self._clock.now())
        with _file_as_counters():
            await self._file.write(lambda c: _pushed(c, push, now_ms, today))

    async def waiting(self) -> tuple[date, ...]:
        """The days that have something to take, oldest first."""
        with _file_as_counters():
            rows = await self._file.read(lambda c: c.execute(_WAITING, (MOST_DAYS,)).fetchall())
        return tuple(date.fromisoformat(day) for (day,) in rows)

    async def take(self, day: date) -> Batch | None:
        """The day's batch that is not settled, else what was counted since; ``None`` for nothing."""
        with _file_as_counters():
            return await self._file.write(lambda c: _taken(c, day.isoformat()))

    async def settle(self, day: date, number: int) -> None:
        """Forget the day's batch of that number."""
        with _file_as_counters():
            await self._file.write(lambda c: _settled(c, day.isoformat(), number))


@contextmanager
def _file_as_counters() -> Iterator[None]:
    try:
        yield
    except StoreBusy as busy:
        raise CountersAway(str(busy)) from busy


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _pushed(connection: sqlite3.Connection, push: Push, now_ms: int, today: date) -> None:
    day = push.day.isoformat()
    if not connection.execute(_KNOWN, (day, push.source, push.number)).rowcount:
        return
    number = _number(connection, day, is_taken=False) or _begun(connection, day, now_ms, today)
    for (counter, member), count in push.counts.items():
        first = (day, str(counter), member)
        if not member or connection.execute(_FIRST, first).rowcount:
            connection.execute(_ADD, (day, number, str(counter), count))


def _number(connection: sqlite3.Connection, day: str, *, is_taken: bool) -> int | None:
    row = connection.execute(_BATCH, (day, is_taken)).fetchone()
    return row[0] if row else None


def _begun(connection: sqlite3.Connection, day: str, now_ms: int, today: date) -> int:
    for table, key, days in _OLD:
        old = f"SELECT {key} FROM {table} WHERE day < ? LIMIT ?"  # noqa: S608 - our own names
        before = (today - timedelta(days=days)).isoformat()
        forget = f"DELETE FROM {table} WHERE ({key}) IN ({old})"  # noqa: S608
        connection.execute(forget, (before, MOST_FORGOTTEN))
    number: int = connection.execute(_BEGIN, (now_ms, day)).fetchone()[0]
    return number


def _taken(connection: sqlite3.Connection, day: str) -> Batch | None:
    if _number(connection, day, is_taken=True) is None:
        connection.execute(_CLOSE, (day,))
    number = _number(connection, day, is_taken=True)
    if number is None:
        return None
    rows = connection.execute(_COUNTS, (day, number))
    return Batch(number, {Counter.of(counter): count for counter, count in rows})


def _settled(connection: sqlite3.Connection, day: str, number: int) -> None:
    if connection.execute(_SETTLE, (day, number)).rowcount:
        connection.execute(_FORGET, (day, number))
