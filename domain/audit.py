"""The audit brought together: entries of a day in a few buckets, and the chain that each entity's entries make."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from hashlib import sha256
from typing import ClassVar, Final

from domain.companions import AuditRecord

AUDIT_DAYS: Final = 90
"""How long an entry is kept in the audit's container."""

SHARDS: Final = 4
"""Buckets of a day, so that the busiest day of the year is not one partition."""

_HASHED: Final = {
    "entity_type",
    "entity_id",
    "action",
    "actor_id",
    "actor_type",
    "changes",
    "previous",
    "correlation_id",
    "timestamp",
}


class AuditEntry(AuditRecord):
    """An audit record where all of a day lie together, under the record's own id.

    ``source`` and ``place`` are container and partition of the entity; ``names`` are what it is looked for
    by: its own id, and the person, SKU or order whose partition it lies in.
    """

    kind: ClassVar[str] = "audit-entry"
    container: ClassVar[str] = "AuditLogs"
    partition_field: ClassVar[str] = "bucket"

    bucket: str
    source: str
    place: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where a chain does not hold: the id of the record, and what is wrong with it."""

    record_id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.record_id} {self.reason}"


def entry_of(record: AuditRecord) -> AuditEntry:
    """The entry that tells what the record tells: the same one, however often it is made."""
    told = {name: getattr(record, name) for name in _HASHED}
    return AuditEntry(
        id=record.id,
        ttl=AUDIT_DAYS * 24 * 3600,
        bucket=bucket_of(record),
        source=record.container,
        place=record.partition,
        names=(record.entity_id, record.partition),
        hash=record.hash,
        **told,
    )


def bucket_of(record: AuditRecord) -> str:
    """The bucket of a record: its day in UTC, and a shard that its hash picks."""
    day = record.timestamp.astimezone(UTC).date()
    return buckets_of(day)[int(record.hash[0], 16) % SHARDS]


def buckets_of(day: date) -> tuple[str, ...]:
    """All buckets of a day, ``<yyyy-mm-dd>#<shard>``."""
    return tuple(f"{day.isoformat()}#{shard}" for shard in range(SHARDS))


def digest(record: AuditRecord) -> str:
    """The hash that a record must carry: SHA-256 of its sorted JSON, the previous hash within."""
    told = record.model_dump(mode="json", include=_HASHED)
    return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def record_id_of(hashed: str) -> str:
    """The id of the record with that hash."""
    return f"audit:{hashed[:32]}"


def broken_links(
    records: Iterable[AuditRecord], head: str | None = None, *, is_cut: bool = False
) -> Iterator[BrokenLink]:
    """Every place where the chain of one entity's records does not hold; they may come in any order.

    Each record must carry its own hash and follow one other, but for the first of each life: an entity that
    was removed may begin anew. ``is_cut`` forgives the oldest record a predecessor that was forgotten by
    age. The newest record must be ``head``, where the entity is there to say which that is.
    """
    ordered = sorted(records, key=lambda record: record.timestamp)
    yield from _altered(ordered)
    yield from _forked(ordered)
    yield from _torn(ordered, is_cut=is_cut)
    ends = _ends(ordered)
    yield from (
        BrokenLink(end.id, "was followed by another life, and is no removal")
        for end in ends[:-1]
        if end.action != "removed"
    )
    if head is not None and head not in {end.hash for end in ends}:
        newest = ends[-1].id if ends else record_id_of(head)
        yield BrokenLink(newest, f"is not the newest, that is {record_id_of(head)}")


def _altered(records: Sequence[AuditRecord]) -> Iterator[BrokenLink]:
    for record in records:
        if record.hash != digest(record) or record.id != record_id_of(record.hash):
            yield BrokenLink(record.id, "is not what was written")


def _forked(records: Sequence[AuditRecord]) -> Iterator[BrokenLink]:
    followed = Counter(record.previous for record in records if record.previous)
    for record in records:
        if followed[record.hash] > 1:
            yield BrokenLink(record.id, "is followed by more than one")


def _torn(records: Sequence[AuditRecord], *, is_cut: bool) -> Iterator[BrokenLink]:
    there = {"", *(record.hash for record in records)}
    for number, record in enumerate(records):
        is_forgiven = is_cut and number == 0
        if record.previous not in there and not is_forgiven:
            yield BrokenLink(
                record.id, f"follows {record_id_of(record.previous)}, which is missing"
            )


def _ends(records: Sequence[AuditRecord]) -> list[AuditRecord]:
    """The last record of each life, in order of time."""
    followed = {record.previous for record in records}
    return [record for record in records if record.hash not in followed]
