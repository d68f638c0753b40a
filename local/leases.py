"""Who does what when several hosts share one store file: leases with epochs, and what they guard.

A lease is a row: owner, epoch, expiry and the state it guards (a checkpoint, a timer's last run). Each
change of hands raises the epoch, and state is written only at the epoch of its holder, so a host that
was taken for dead cannot move a checkpoint. Living hosts share evenly; what a dead one held passes on
after ``seconds``. As in Event Hubs a batch may then run twice, never not at all.
"""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.sqlite.file import SqliteFile
from usecases.ports.clock import Clock

_CREATE: Final = (
    """CREATE TABLE IF NOT EXISTS leases (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL, expires_at REAL NOT NULL,
    state TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS hosts (id TEXT PRIMARY KEY, expires_at REAL NOT NULL) WITHOUT ROWID",
)
_REGISTER: Final = (
    "INSERT INTO leases VALUES (?, '', 0, 0, '') ON CONFLICT (name) DO NOTHING",
    "INSERT INTO hosts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at",
)
_RENEW: Final = "UPDATE leases SET expires_at = ? WHERE owner = ? AND expires_at > ?"
_TAKE: Final = """
UPDATE leases SET owner = ?, epoch = epoch + 1, expires_at = ? WHERE name = ? AND expires_at <= ?"""
_GIVE: Final = "UPDATE leases SET owner = '', expires_at = 0 WHERE name = ? AND owner = ?"
_SAVE: Final = """
UPDATE leases SET state = ? WHERE name = ? AND owner = ? AND epoch = ?"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one reader or timer, and the state that its last holder saved."""

    name: str
    epoch: int
    state: str


class Leases:
    """The leases of one host."""

    def __init__(self, file: SqliteFile, clock: Clock, host: str, *, seconds: float) -> None:
        self._file, self._clock, self._host, self._seconds = file, clock, host, seconds
        file.prepare(_create)

    async def renew(self, names: Sequence[str], busy: Collection[str] = ()) -> dict[str, Lease]:
        """Prolong what this host holds, take what is free up to its share, give what is above it.

        Answers all it holds now, by name. The first of ``names`` are given away first, ``busy`` ones never.
        """
        return await self._file.write(lambda connection: self._renew(connection, names, busy))

    async def save(self, states: Mapping[Lease, str]) -> list[Lease]:
        """Write the state of each lease; those that are no longer this host's are answered, unwritten."""
        return await self._file.write(
            lambda connection: [
                lease
                for lease, state in states.items()
                if not self._wrote(connection, lease, state)
            ]
        )

    async def release(self) -> None:
        """Give everything away, so that another host need not wait."""
        await self._file.write(self._leave)

    def _renew(
        self, connection: sqlite3.Connection, names: Sequence[str], busy: Collection[str]
    ) -> dict[str, Lease]:
        now = self._clock.now().timestamp()
        connection.executemany(_REGISTER[0], [(name,) for name in names])
        connection.execute(_REGISTER[1], (self._host, now + self._seconds))
        connection.execute("DELETE FROM hosts WHERE expires_at <= ?", (now,))
        connection.execute(_RENEW, (now + self._seconds, self._host, now))
        held = self._held(connection, names, now)
        share = _share(len(names), connection.execute("SELECT count(*) FROM hosts").fetchone()[0])
        spare = [name for name in held if name not in busy][: max(0, len(held) - share)]
        connection.executemany(_GIVE, [(name, self._host) for name in spare])
        wanted = [name for name in names if name not in held]
        self._take(connection, wanted, most=share - len(held), now=now)
        return self._held(connection, names, now)

    def _take(
        self, connection: sqlite3.Connection, names: Sequence[str], *, most: int, now: float
    ) -> None:
        for name in names:
            if most <= 0:
                return
            row = (self._host, now + self._seconds, name, now)
            most -= connection.execute(_TAKE, row).rowcount

    def _held(
        self, connection: sqlite3.Connection, names: Sequence[str], now: float
    ) -> dict[str, Lease]:
        rows = connection.execute(
            "SELECT name, epoch, state FROM leases WHERE owner = ? AND expires_at > ?",
            (self._host, now),
        )
        held = {row[0]: Lease(*row) for row in rows}
        return {name: held[name] for name in names if name in held}

    def _wrote(self, connection: sqlite3.Connection, lease: Lease, state: str) -> bool:
        row = (state, lease.name, self._host, lease.epoch)
        return connection.execute(_SAVE, row).rowcount == 1

    def _leave(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE leases SET owner = '', expires_at = 0 WHERE owner = ?", (self._host,)
        )
        connection.execute("DELETE FROM hosts WHERE id = ?", (self._host,))


def _create(connection: sqlite3.Connection) -> None:
    for statement in _CREATE:
        connection.execute(statement)


def _share(leases: int, hosts: int) -> int:
    """An even part, rounded up, so that the parts of all hosts cover all leases."""
    return -(-leases // hosts)
