"""Checkpoints and ownership of real hubs, kept in the host's own file: what a storage account is in Azure.

The SDK does the balancing between hosts; this is its ``CheckpointStore`` by shape.
"""

import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from adapters.sqlite.file import SqliteFile
from usecases.ports.clock import Clock

type Ownership = dict[str, Any]
type Checkpoint = dict[str, Any]

_CREATE: Final = (
    """CREATE TABLE IF NOT EXISTS hub_owners (
    place TEXT, partition TEXT, owner TEXT NOT NULL, modified REAL NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (place, partition)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS hub_checkpoints (
    place TEXT, partition TEXT, sequence INTEGER NOT NULL, position TEXT NOT NULL,
    PRIMARY KEY (place, partition)) WITHOUT ROWID""",
)
_OWNERS: Final = "SELECT partition, owner, modified, etag FROM hub_owners WHERE place = ?"
_CLAIM: Final = """
INSERT INTO hub_owners VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET owner = excluded.owner, modified = excluded.modified, etag = excluded.etag WHERE etag = ?"""
_CHECKPOINTS: Final = "SELECT partition, sequence, position FROM hub_checkpoints WHERE place = ?"
_MOVE: Final = """
INSERT INTO hub_checkpoints VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
SET sequence = excluded.sequence, position = excluded.position WHERE sequence < excluded.sequence"""


def create_tables(file: SqliteFile) -> None:
    """Make room for checkpoints in a file, before the first of them is read."""
    file.prepare(_create)


class HubCheckpoints:
    """The checkpoints of one consumer group of one hub.

    ``place`` names both, and the hub as it was made: one that was deleted and made anew begins again
    at its first event, where an old checkpoint would skip what is new.
    """

    def __init__(self, file: SqliteFile, clock: Clock, place: str) -> None:
        self._file, self._clock, self._place = file, clock, place

    async def list_ownership(self, *where: str, **_: Any) -> Iterable[Ownership]:
        """Who reads which partition; ``where`` is the SDK's namespace, hub and group."""
        rows = await self._file.read(lambda c: c.execute(_OWNERS, (self._place,)).fetchall())
        names = ("partition_id", "owner_id", "last_modified_time", "etag")
        return [_placed(where) | dict(zip(names, row, strict=True)) for row in rows]

    async def claim_ownership(
        self, ownership_list: Iterable[Ownership], **_: Any
    ) -> Iterable[Ownership]:
        """Take these partitions, of which only those are answered that nobody took in between."""
        asked = list(ownership_list)
        return await self._file.write(lambda connection: self._claim(connection, asked))

    async def list_checkpoints(self, *where: str, **_: Any) -> Iterable[Checkpoint]:
        """Up to where each partition was read."""
        rows = await self._file.read(lambda c: c.execute(_CHECKPOINTS, (self._place,)).fetchall())
        names = ("partition_id", "sequence_number", "offset")
        return [_placed(where) | dict(zip(names, row, strict=True)) for row in rows]

    async def update_checkpoint(self, checkpoint: Mapping[str, Any], **_: Any) -> None:
        """Move a checkpoint on, never back: a host that lost a partition may still finish a batch."""
        names = ("partition_id", "sequence_number", "offset")
        row = (self._place, *(checkpoint[name] for name in names))
        await self._file.write(lambda connection: connection.execute(_MOVE, row))

    def _claim(self, connection: sqlite3.Connection, asked: Sequence[Ownership]) -> list[Ownership]:
        moment = self._clock.now().timestamp()
        claimed = []
        for one in asked:
            etag = str(uuid.uuid4())
            row = (self._place, one["partition_id"], one["owner_id"], moment, etag)
            if connection.execute(_CLAIM, (*row, one.get("etag", ""))).rowcount:
                claimed.append(one | {"etag": etag, "last_modified_time": moment})
        return claimed


def _placed(where: Sequence[str]) -> dict[str, Any]:
    names = ("fully_qualified_namespace", "eventhub_name", "consumer_group")
    return dict(zip(names, where, strict=True))


def _create(connection: sqlite3.Connection) -> None:
    for statement in _CREATE:
        connection.execute(statement)
