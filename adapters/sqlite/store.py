# ruff: noqa: S608 - names and paths come from code and are checked; values are parameters
"""The embedded end of the store: documents as JSON text in one SQLite file."""

import secrets
import sqlite3
from functools import cache
from typing import Any, Final

from adapters.batch import Batch, Create, Delete, Operation, Replace, TakeFrom, plan
from adapters.conditions import check, segments
from adapters.names import CONTAINERS, WAITING, Container
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.query import Statement, column, extract, is_kind, json_type, select
from domain.companions import AuditRecord, Outbox
from domain.document_id import is_storable_id, is_storable_partition
from domain.entity import Document
from usecases.ports.clock import Clock
from usecases.ports.store import (
    AlreadyExists,
    Change,
    Committed,
    GuardRefused,
    Page,
    Position,
    Query,
    Refused,
    Scan,
    VersionConflict,
)

MOST_PURGED: Final = 500
"""So many expired documents of a container a purge forgets in one go."""


class SqliteStore:
    """Documents in ``file``: a table for each container, an index for each path of ``adapters/names.py``.

    ``audit_key`` hides personal values in audit records; it has to stay the same over restarts.
    """

    def __init__(self, file: SqliteFile, clock: Clock, *, audit_key: bytes) -> None:
        self._file = file
        self._clock = clock
        self._audit_key = audit_key
        file.prepare(_create_tables)

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """The entity, or ``None``; one look-up by primary key. Raises ``StoreBusy``."""
        if not (is_storable_id(id) and is_storable_partition(partition)):
            return None  # as in the cloud, where the request itself would be wrong
        sql, now = _get(kind.container, kind.kind), self._clock.now().timestamp()
        row = await self._file.read(
            lambda connection: connection.execute(sql, (partition, id, now)).fetchone()
        )
        return kind.of_json(row[1], row[0]) if row else None

    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """A page, read from its index: the fiftieth costs what the first costs. Raises ``StoreBusy``."""
        check(kind.container, query)
        statement = select(kind, query, self._clock.now().timestamp())
        rows = await self._file.read(lambda connection: _all(connection, statement))
        items = tuple(kind.of_json(row[1], row[0]) for row in rows[: query.limit])
        if isinstance(query, Scan) or len(rows) <= query.limit:
            return Page(items)
        _, _, value, id = rows[query.limit - 1]
        return Page(items, Position(value, id))

    async def commit(self, change: Change) -> Committed:
        """Write all of it or nothing; it is on the disk when this returns. Raises the ``StoreError`` tree."""
        now = self._clock.now()
        batch = plan(change, now=now, audit_key=self._audit_key)
        version = secrets.token_hex(8)
        seconds = now.timestamp()
        await self._file.write(lambda connection: _apply(connection, batch, version, seconds))
        return batch.committed(dict.fromkeys((each.id for each in batch.operations), version))

    async def purge(self) -> int:
        """Forget expired documents, a bounded number; a timer calls it. How many were forgotten."""
        now = self._clock.now().timestamp()
        return sum([await self._purge(container.name, now) for container in CONTAINERS])

    async def _purge(self, container: str, now: float) -> int:
        chosen = f"SELECT rowid FROM {container} WHERE expires_at<=? LIMIT {MOST_PURGED}"
        sql = f"DELETE FROM {container} WHERE rowid IN ({chosen})"
        return await self._file.write(lambda connection: connection.execute(sql, (now,)).rowcount)


def _all(connection: sqlite3.Connection, statement: Statement) -> list[tuple[str, str, Any, str]]:
    return connection.execute(statement.sql, statement.parameters).fetchall()


def _apply(connection: sqlite3.Connection, batch: Batch, version: str, now: float) -> None:
    place = (batch.container, batch.partition)
    for operation in batch.operations:
        sql, parameters = _write(operation, place, version, now)
        if connection.execute(sql, parameters).rowcount == 0:
            raise _refusal(operation)


def _write(
    operation: Operation, place: tuple[str, str], version: str, now: float
) -> tuple[str, tuple[Any, ...]]:
    container, pk = place
    match operation:
        case Create(id, kind, text, ttl):
            expires_at = None if ttl is None else now + ttl
            return _create(container), (pk, id, kind, version, expires_at, text, now)
        case Replace(id, kind, text, ttl, before):
            expires_at = None if ttl is None else now + ttl
            return _replace(container), (kind, version, expires_at, text, pk, id, before, now)
        case Delete(id, before):
            return _delete(container), (pk, id, before, now)
        case take:
            sql = _take(container, take.kind, take.field)
            return sql, (take.quantity, version, now, pk, take.id, now, take.quantity)


def _refusal(operation: Operation) -> Refused:
    match operation:
        case Create():
            return AlreadyExists(f"{operation.id} is there already", operation.id)
        case TakeFrom():
            return GuardRefused(f"{operation.id} has less than {operation.quantity}", operation.id)
        case _:
            return VersionConflict(f"{operation.id} has changed", operation.id)


_IS_THERE: Final = "(expires_at IS NULL OR expires_at>?)"


@cache
def _get(container: str, kind: str) -> str:
    wanted = f"pk=? AND id=? AND {is_kind(kind)} AND {_IS_THERE}"
    return f"SELECT version, body FROM {container} WHERE {wanted}"


@cache
def _create(container: str) -> str:
    """An expired document that was not purged yet gives way to the new one."""
    columns = ("kind", "version", "expires_at", "body")
    anew = ",".join(f"{column}=excluded.{column}" for column in columns)
    return (
        f"INSERT INTO {container}(pk,id,kind,version,expires_at,body) VALUES(?,?,?,?,?,?)"
        f" ON CONFLICT(pk,id) DO UPDATE SET {anew} WHERE expires_at<=?"
    )


@cache
def _replace(container: str) -> str:
    written = "kind=?, version=?, expires_at=?, body=?"
    return f"UPDATE {container} SET {written} WHERE pk=? AND id=? AND version=? AND {_IS_THERE}"


@cache
def _delete(container: str) -> str:
    return f"DELETE FROM {container} WHERE pk=? AND id=? AND version=? AND {_IS_THERE}"


@cache
def _take(container: str, kind: str, field: str) -> str:
    """The document lives anew from this write on, as in the cloud."""
    path, value = "$." + ".".join(segments(field)), extract(field)
    return (
        f"UPDATE {container} SET body=json_set(body,'{path}',{value}-?), version=?,"
        f" expires_at=?+json_extract(body,'$.ttl')"
        f" WHERE pk=? AND id=? AND {is_kind(kind)} AND {_IS_THERE}"
        f" AND {value}>=? AND {json_type(field)} IN ('integer','real')"
    )


def _create_tables(connection: sqlite3.Connection) -> None:
    """Also brings a file of an older release up to date: what is missing is added, nothing is rewritten."""
    for container in CONTAINERS:
        name = container.name
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {name}(pk TEXT NOT NULL, id TEXT NOT NULL,"
            " kind TEXT NOT NULL, version TEXT NOT NULL, expires_at REAL, body TEXT NOT NULL,"
            " PRIMARY KEY(pk,id))"
        )
        there = {row[1] for row in connection.execute(f"PRAGMA table_xinfo({name})")}
        for path in (*container.sorted_by, *container.filtered_by, WAITING):
            if column(path) not in there:
                virtual = f"{column(path)} AS ({extract(path)}) VIRTUAL"
                connection.execute(f"ALTER TABLE {name} ADD COLUMN {virtual}")
        for index, indexed in _indexes(container).items():
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name}_{index} ON {name}{indexed}")


def _indexes(container: Container) -> dict[str, str]:
    """Partial wherever it can be, so that companions and other kinds do not pay for it."""
    waiting = column(WAITING)
    indexes = {
        "by_id": "(pk, kind, id)",
        "expiring": "(expires_at) WHERE expires_at IS NOT NULL",
        "unsent": f"(kind, pk) WHERE {is_kind(Outbox.kind)} AND {json_type('sent_at')} IS NULL",
        "waiting": f"({waiting}) WHERE {is_kind(AuditRecord.kind)} AND {waiting} IS NOT NULL",
    }
    for name in map(column, container.sorted_by):
        indexes[f"by{name}"] = f"(pk, kind, {name}, id) WHERE {name} IS NOT NULL"
    for name in map(column, container.filtered_by):
        indexes[f"all_by{name}"] = f"(kind, {name}) WHERE {name} IS NOT NULL"
    return indexes
