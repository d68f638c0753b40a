"""The documents of one container: partitions, ETags, sizes and time to live."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tools.cosmos_emulator.charges import size_bytes
from tools.cosmos_emulator.refusal import (
    already_there,
    bad_request,
    not_there,
    precondition_failed,
    too_large,
)

SYSTEM: Final = ("_rid", "_self", "_etag", "_attachments", "_ts")
"""Properties that the service sets: https://learn.microsoft.com/rest/api/cosmos-db/documents"""

MOST_DOCUMENT_BYTES: Final = 2 * 1024 * 1024
"""https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits"""

MOST_ID_BYTES: Final = 1023
FORBIDDEN_IN_ID: Final = frozenset("/\\?#")
"""https://learn.microsoft.com/dotnet/api/microsoft.azure.documents.resource.id"""

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conditions:
    """If-Match and If-None-Match: https://learn.microsoft.com/azure/cosmos-db/nosql/database-transactions-optimistic-concurrency"""

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, found: Mapping[str, Any] | None) -> None:
        """Raise ``Refusal`` 412 unless they hold for what is there."""
        etag = found["_etag"] if found else None
        if self.if_match and etag and self.if_match not in (etag, "*"):
            raise precondition_failed()
        if self.if_none_match and etag and self.if_none_match in (etag, "*"):
            raise precondition_failed()


NO_CONDITIONS: Final = Conditions()


def sequence_of(document: Mapping[str, Any]) -> int:
    """Which write of its container a document is: the ETag begins with it, and is else of no order."""
    return int(document["_etag"][1:9], 16)


class Documents:
    """What a container holds; ``partition`` is the JSON text of a partition key's values."""

    def __init__(self, properties: Mapping[str, Any], now: Callable[[], float]) -> None:
        self.properties = properties
        self._now = now
        self._partitions: dict[str, dict[str, Document]] = {}
        self.sequence = 0
        self._replica: Documents | None = None

    @property
    def key_paths(self) -> list[str]:
        """The paths of the partition key, as ``/user_id``."""
        paths: list[str] = self.properties["partitionKey"]["paths"]
        return paths

    def replicate(self) -> None:
        """Let the replica have what is here now, and nothing that comes later."""
        replica = Documents(self.properties, self._now)
        replica._partitions = {key: dict(kept) for key, kept in self._partitions.items()}
        replica.sequence = self.sequence
        self._replica = replica

    def seen_at(self, sequence: int) -> "Documents":
        """What a reader meets who knows of everything up to ``sequence``: the replica, while that suffices."""
        is_enough = self._replica is not None and self._replica.sequence >= sequence
        return self._replica if self._replica is not None and is_enough else self

    def partition_of(self, document: Mapping[str, Any]) -> str:
        """The partition that a document belongs to; where the path is missing, that of ``{}``."""
        return json.dumps([document.get(path.strip("/"), {}) for path in self.key_paths])

    def live(self, partition: str | None = None) -> Iterator[Document]:
        """The documents of a partition, or all; expired ones are gone, whether purged or not."""
        partitions = self._partitions if partition is None else (partition,)
        for each in partitions:
            kept = self._partitions.get(each, {})
            yield from [document for document in kept.values() if self._is_live(document)]

    def in_order(self) -> list[Document]:
        """All documents in the order in which they were first written."""
        return sorted(self.live(), key=lambda document: int(document["_rid"].removeprefix("r")))

    def find(self, partition: str, id: str) -> Document | None:
        """The document, or ``None``."""
        found = self._partitions.get(partition, {}).get(id)
        return found if found and self._is_live(found) else None

    def read(self, partition: str, id: str) -> Document:
        """The document. Raises ``Refusal`` 404."""
        found = self.find(partition, id)
        if found is None:
            raise not_there()
        return found

    def create(self, partition: str, document: Document) -> Document:
        """A new document. Raises ``Refusal`` 400, 409, 413."""
        self._check(partition, document)
        if self.find(partition, document["id"]):
            raise already_there()
        return self._keep(partition, document)

    def replace(
        self, partition: str, id: str, document: Document, conditions: Conditions = NO_CONDITIONS
    ) -> Document:
        """Another version of a document. Raises ``Refusal`` 400, 404, 412, 413."""
        self._check(partition, document)
        if document["id"] != id:
            raise bad_request("The id of a document cannot be changed.")
        conditions.check(self.read(partition, id))
        return self._keep(partition, document)

    def upsert(
        self, partition: str, document: Document, conditions: Conditions = NO_CONDITIONS
    ) -> Document:
        """A document, new or not. Raises ``Refusal`` 400, 412, 413."""
        self._check(partition, document)
        conditions.check(self.find(partition, document["id"]))
        return self._keep(partition, document)

    def remove(self, partition: str, id: str, conditions: Conditions = NO_CONDITIONS) -> Document:
        """The document that is gone now. Raises ``Refusal`` 404, 412."""
        found = self.read(partition, id)
        conditions.check(found)
        self.sequence += 1
        return self._partitions[partition].pop(id)

    def snapshot(self, partition: str) -> tuple[int, dict[str, Document]]:
        """What a partition holds, to be given back to ``restore``."""
        return self.sequence, dict(self._partitions.get(partition, {}))

    def restore(self, partition: str, snapshot: tuple[int, dict[str, Document]]) -> None:
        """Undo every write since the snapshot."""
        self.sequence, self._partitions[partition] = snapshot

    def _is_live(self, document: Mapping[str, Any]) -> bool:
        """https://learn.microsoft.com/azure/cosmos-db/nosql/time-to-live: counted from the last write."""
        default = self.properties.get("defaultTtl")
        if default is None:
            return True
        seconds = document.get("ttl", default)
        return bool(seconds == -1 or self._now() < document["_ts"] + seconds)

    def _check(self, partition: str, document: Any) -> None:
        id = document.get("id") if isinstance(document, dict) else None
        if not isinstance(id, str) or not id:
            raise bad_request("The required property 'id' is missing or no string.")
        if not FORBIDDEN_IN_ID.isdisjoint(id) or len(id.encode()) > MOST_ID_BYTES:
            raise bad_request(f"{id!r} is no valid id.")
        if self.partition_of(document) != partition:
            told = "PartitionKey extracted from document doesn't match the one specified."
            raise bad_request(told, 1001)
        ttl = document.get("ttl", -1)
        if not isinstance(ttl, int) or isinstance(ttl, bool) or ttl == 0 or ttl < -1:
            raise bad_request("The ttl must be -1 or a positive whole number.")
        if size_bytes(document) > MOST_DOCUMENT_BYTES:
            raise too_large("The document")

    def _keep(self, partition: str, document: Document) -> Document:
        kept = self._partitions.setdefault(partition, {})
        before = kept.pop(document["id"], None)
        self.sequence += 1
        rid = before["_rid"] if before else f"r{self.sequence}"
        kept[document["id"]] = {k: v for k, v in document.items() if k not in SYSTEM} | {
            "_rid": rid,
            "_self": f"{self.properties['_self']}docs/{rid}/",
            "_etag": f'"{self.sequence:08x}-{uuid.uuid4()}"',
            "_attachments": "attachments/",
            "_ts": int(self._now()),
        }
        return kept[document["id"]]
