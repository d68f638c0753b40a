"""Sessions and token buckets in the shop's file, since several hosts share them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from adapters.sqlite.file import SqliteFile
from domain.limit import Limit, taken
from domain.signed_in import SignedIn
from usecases.ports.clock import Clock
from usecases.ports.sessions import MOST_OF_A_USER, SessionsAway
from usecases.ports.store import StoreBusy

MOST_PURGED: Final = 20
"""Ended sessions and full buckets forgotten with each new one, so that they cannot pile up."""

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS gate_sessions (id TEXT PRIMARY KEY, user_id TEXT NOT NULL,"
    " version INTEGER NOT NULL, expires_at REAL NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS gate_sessions_by_user ON gate_sessions (user_id)",
    "CREATE INDEX IF NOT EXISTS gate_sessions_expiring ON gate_sessions (expires_at)",
    "CREATE TABLE IF NOT EXISTS gate_buckets (key TEXT PRIMARY KEY, arrival REAL NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS gate_buckets_full ON gate_buckets (arrival)",
)
_GET: Final = "SELECT body FROM gate_sessions WHERE id = ? AND expires_at > ?"
_OF_USER: Final = "SELECT body FROM gate_sessions WHERE user_id = ? AND expires_at > ? LIMIT ?"
_CREATE: Final = """
INSERT INTO gate_sessions (id, user_id, version, expires_at, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING"""
_REPLACE: Final = """
UPDATE gate_sessions SET version = ?, expires_at = ?, body = ? WHERE id = ? AND version = ?"""
_PURGE: Final = """
DELETE FROM gate_sessions WHERE id IN (SELECT id FROM gate_sessions WHERE expires_at <= ? LIMIT ?)"""
_ARRIVAL: Final = "SELECT arrival FROM gate_buckets WHERE key = ?"
_TAKE: Final = """
INSERT INTO gate_buckets (key, arrival) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET arrival = excluded.arrival"""
_EMPTY: Final = """
DELETE FROM gate_buckets WHERE key IN (SELECT key FROM gate_buckets WHERE arrival <= ? LIMIT ?)"""


class SqliteSessions:
    """The port ``Sessions`` over the shop's file."""

    def __init__(self, file: SqliteFile, clock: Clock) -> None:
        self._file, self._clock = file, clock
        file.prepare(_create)

    async def get(self, id: str) -> SignedIn | None:
        """The session, or ``None``."""
        now = self._clock.now().timestamp()
        with _file_as_sessions():
            row = await self._file.read(lambda c: c.execute(_GET, (id, now)).fetchone())
        return SignedIn.model_validate_json(row[0]) if row else None

    async def put(self, session: SignedIn, ttl_seconds: int) -> bool:
        """Keep it as the next version, if it is at its version now."""
        kept = session.model_copy(update={"version": session.version + 1})
        now = self._clock.now().timestamp()
        with _file_as_sessions():
            return await self._file.write(lambda c: _put(c, kept, now, now + ttl_seconds))

    async def drop(self, *ids: str) -> None:
        """End these sessions."""
        with _file_as_sessions():
            await self._file.write(lambda c: _drop(c, ids))

    async def of_user(self, user_id: str) -> tuple[SignedIn, ...]:
        """The person's sessions, oldest first."""
        asked = (user_id, self._clock.now().timestamp(), MOST_OF_A_USER)
        with _file_as_sessions():
            rows = await self._file.read(lambda c: c.execute(_OF_USER, asked).fetchall())
        found = [SignedIn.model_validate_json(body) for (body,) in rows]
        return tuple(sorted(found, key=lambda session: session.started_at))


class SqliteBuckets:
    """The port ``Buckets`` over the shop's file."""

    def __init__(self, file: SqliteFile, clock: Clock) -> None:
        self._file, self._clock = file, clock
        file.prepare(_create)

    async def take(self, key: str, limit: Limit) -> float:
        """Take a token, or say how long to wait; a refusal writes nothing."""
        now = self._clock.now().timestamp()
        with _file_as_sessions():
            arrival = await self._file.read(lambda c: _arrival(c, key))
            _, wait = taken(limit, arrival, now)
            if wait:
                return wait
            return await self._file.write(lambda c: _take(c, key, limit, now))


@contextmanager
def _file_as_sessions() -> Iterator[None]:
    try:
        yield
    except StoreBusy as busy:
        raise SessionsAway(str(busy)) from busy


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _put(connection: sqlite3.Connection, kept: SignedIn, now: float, until: float) -> bool:
    connection.execute(_PURGE, (now, MOST_PURGED))
    body = kept.model_dump_json()
    if kept.version == 1:
        row = (kept.id, kept.user_id, kept.version, until, body)
        return connection.execute(_CREATE, row).rowcount == 1
    changed = (kept.version, until, body, kept.id, kept.version - 1)
    return connection.execute(_REPLACE, changed).rowcount == 1


def _drop(connection: sqlite3.Connection, ids: tuple[str, ...]) -> None:
    connection.executemany("DELETE FROM gate_sessions WHERE id = ?", [(id,) for id in ids])


def _arrival(connection: sqlite3.Connection, key: str) -> float:
    row = connection.execute(_ARRIVAL, (key,)).fetchone()
    return row[0] if row else 0.0


def _take(connection: sqlite3.Connection, key: str, limit: Limit, now: float) -> float:
    connection.execute(_EMPTY, (now, MOST_PURGED))
    arrival, wait = taken(limit, _arrival(connection, key), now)
    if not wait:
        connection.execute(_TAKE, (key, arrival))
    return wait
