"""Where the outside world keeps its own records: other companies' systems, beside our store and never through it.

The card network and the carriers lie in one table of the shop's file, so that several host processes
share them, a restart keeps them, and our ledger can be audited against theirs. For tests that drive
every interleaving by hand the same records lie in memory, and no call ever suspends.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import dropwhile
from sqlite3 import Connection
from typing import Any, Protocol

from usecases.ports.store import StoreBusy

type Record = Mapping[str, Any]


class WorldAway(Exception):
    """The outside world did not answer; what was asked may have happened."""


class Records(Protocol):
    """JSON records by drawer and key, in the order in which they were first put."""

    def get(self, drawer: str, key: str) -> Record | None:
        """The record, or ``None``."""

    def put(self, drawer: str, key: str, record: Record) -> None:
        """Keep the record; one that is there already keeps its place."""

    def drop(self, drawer: str, key: str) -> None:
        """Forget the record."""

    def oldest(self, drawer: str, limit: int) -> list[tuple[str, Record]]:
        """The first ``limit`` records, first put first."""

    def newest(self, drawer: str, limit: int, before: str = "") -> list[tuple[str, Record]]:
        """The last ``limit`` records, last put first; with ``before`` of those put before that key."""


class Vault(Protocol):
    """Records behind transactions."""

    async def change[T](self, job: Callable[[Records], T]) -> T:
        """Run ``job`` alone; when it raises, nothing of it stays. Raises ``WorldAway``."""

    async def look[T](self, job: Callable[[Records], T]) -> T:
        """Run ``job``, which only reads. Raises ``WorldAway``."""


class Database(Protocol):
    """A file that runs jobs on its own thread: ``write`` is durable and atomic."""

    async def write[T](self, job: Callable[[Connection], T]) -> T:
        """Run ``job`` in a transaction."""

    async def read[T](self, job: Callable[[Connection], T]) -> T:
        """Run ``job``, which only reads."""


class MemoryVault:
    """Records in memory, for tests and for the schedule explorer."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str], str] = {}

    async def change[T](self, job: Callable[[Records], T]) -> T:
        """Run ``job`` on a draft that replaces the records when it did not raise."""
        draft = _MemoryRecords(dict(self._texts))
        result = job(draft)
        self._texts = draft.texts
        return result

    async def look[T](self, job: Callable[[Records], T]) -> T:
        """Run ``job``, which only reads."""
        return job(_MemoryRecords(self._texts))

    def digest(self) -> frozenset[tuple[tuple[str, str], str]]:
        """The whole state as one hashable value; the order in which records came does not matter."""
        return frozenset(self._texts.items())


class _MemoryRecords:
    def __init__(self, texts: dict[tuple[str, str], str]) -> None:
        self.texts = texts

    def get(self, drawer: str, key: str) -> Record | None:
        text = self.texts.get((drawer, key))
        return None if text is None else _parsed(text)

    def put(self, drawer: str, key: str, record: Record) -> None:
        self.texts[drawer, key] = _text(record)

    def drop(self, drawer: str, key: str) -> None:
        self.texts.pop((drawer, key), None)

    def oldest(self, drawer: str, limit: int) -> list[tuple[str, Record]]:
        return self._all(drawer)[:limit]

    def newest(self, drawer: str, limit: int, before: str = "") -> list[tuple[str, Record]]:
        rows = self._all(drawer)[::-1]
        if before:
            rows = list(dropwhile(lambda row: row[0] != before, rows))[1:]
        return rows[:limit]

    def _all(self, drawer: str) -> list[tuple[str, Record]]:
        return [(key, _parsed(text)) for (of, key), text in self.texts.items() if of == drawer]


SCHEMA = (
    "CREATE TABLE IF NOT EXISTS world_records (place INTEGER PRIMARY KEY AUTOINCREMENT,"
    " drawer TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (drawer, key)) STRICT",
    "CREATE INDEX IF NOT EXISTS world_by_place ON world_records (drawer, place)",
)
"""The outside world's one table in the shop's file."""


_NEWEST_BEFORE = """
SELECT key, body FROM world_records WHERE drawer = ? AND place < (
    SELECT place FROM world_records WHERE drawer = ? AND key = ?)
ORDER BY place DESC LIMIT ?"""


class SqliteVault:
    """Records in the shop's file; a commit is as durable as the store's."""

    def __init__(self, file: Database) -> None:
        self._file, self._ready = file, False

    async def change[T](self, job: Callable[[Records], T]) -> T:
        """Run ``job`` in a transaction of the file. Raises ``WorldAway`` when the file is busy."""
        with _file_as_world():
            await self._make_ready()
            return await self._file.write(lambda connection: job(_SqliteRecords(connection)))

    async def look[T](self, job: Callable[[Records], T]) -> T:
        """Run ``job``, which only reads. Raises ``WorldAway`` when the file is busy."""
        with _file_as_world():
            await self._make_ready()
            return await self._file.read(lambda connection: job(_SqliteRecords(connection)))

    async def _make_ready(self) -> None:
        if not self._ready:
            await self._file.write(_create)
            self._ready = True


@contextmanager
def _file_as_world() -> Iterator[None]:
    try:
        yield
    except StoreBusy as busy:
        raise WorldAway(str(busy)) from busy


class _SqliteRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, drawer: str, key: str) -> Record | None:
        sql = "SELECT body FROM world_records WHERE drawer = ? AND key = ?"
        row = self._connection.execute(sql, (drawer, key)).fetchone()
        return None if row is None else _parsed(row[0])

    def put(self, drawer: str, key: str, record: Record) -> None:
        sql = (
            "INSERT INTO world_records (drawer, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (drawer, key) DO UPDATE SET body = excluded.body"
        )
        self._connection.execute(sql, (drawer, key, _text(record)))

    def drop(self, drawer: str, key: str) -> None:
        sql = "DELETE FROM world_records WHERE drawer = ? AND key = ?"
        self._connection.execute(sql, (drawer, key))

    def oldest(self, drawer: str, limit: int) -> list[tuple[str, Record]]:
        sql = "SELECT key, body FROM world_records WHERE drawer = ? ORDER BY place LIMIT ?"
        return self._rows(sql, drawer, limit)

    def newest(self, drawer: str, limit: int, before: str = "") -> list[tuple[str, Record]]:
        if before:
            return self._rows(_NEWEST_BEFORE, drawer, drawer, before, limit)
        sql = "SELECT key, body FROM world_records WHERE drawer = ? ORDER BY place DESC LIMIT ?"
        return self._rows(sql, drawer, limit)

    def _rows(self, sql: str, *values: str | int) -> list[tuple[str, Record]]:
        rows = self._connection.execute(sql, values).fetchall()
        return [(key, _parsed(body)) for key, body in rows]


def _create(connection: Connection) -> None:
    for statement in SCHEMA:
        connection.execute(statement)


def _text(record: Record) -> str:
    return json.dumps(record, separators=(",", ":"), sort_keys=True)


def _parsed(text: str) -> Record:
    parsed: Record = json.loads(text)
    return parsed
