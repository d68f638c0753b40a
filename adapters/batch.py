"""Plans a ``Change`` into the primitive operations of one atomic batch: the same at every end of the store.

The order is the port's: creates, replaces, removes, takes; then what is written beside them, the outbox
document with the events and the audit records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters import audit
from adapters.conditions import segments
from domain.companions import AuditRecord, Outbox, beside
from domain.containers import PARTITION_KEYS
from domain.document_id import is_storable_id, is_storable_partition
from domain.entity import Entity
from usecases.ports.store import (
    MOST_BYTES,
    MOST_OPERATIONS,
    Change,
    Committed,
    TooLarge,
)

_OPERATION_BYTES: Final = 64
"""What an operation weighs beside its document, about."""


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not be there; ``text`` is its JSON, ``ttl`` in seconds."""

    id: str
    kind: str
    text: str
    ttl: int | None


@dataclass(frozen=True, slots=True)
class Replace:
    """Write a document whole where it is still at ``version``."""

    id: str
    kind: str
    text: str
    ttl: int | None
    version: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a document where it is still at ``version``."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class TakeFrom:
    """Subtract ``quantity`` from the number at ``field`` where it is at least that."""

    id: str
    kind: str
    field: str
    quantity: int


type Operation = Create | Replace | Delete | TakeFrom


@dataclass(frozen=True, slots=True)
class Batch:
    """The operations on one partition, in the order they are applied and refused.

    ``puts`` are the entities as they will be written, in the order of the change.
    """

    container: str
    partition: str
    operations: tuple[Operation, ...]
    puts: tuple[Entity, ...]
    outbox: Entity | None

    def committed(self, versions: Mapping[str, str]) -> Committed:
        """The answer of a commit that gave these versions, by document id."""
        texts = {
            each.id: each.text for each in self.operations if isinstance(each, Create | Replace)
        }
        entities = [entity.at(versions[entity.id], texts[entity.id]) for entity in self.puts]
        outbox = self.outbox and self.outbox.at(versions[self.outbox.id], texts[self.outbox.id])
        return Committed(tuple(entities), outbox)


def plan(change: Change, *, now: datetime, audit_key: bytes) -> Batch:
    """The batch that does ``change``.

    Raises ``TooLarge`` over the limits of a transaction, and ``ValueError`` for what no store should be
    asked: nothing to write, several partitions, a document named twice, an id that the cloud cannot keep, a
    new entity removed, or a take from an audited kind with nothing audited beside it to tell of it.
    """
    container, partition = _place(change)
    _check(change)
    puts, records = _with_audit(change, now, audit_key)
    outbox = _outbox(change, container, partition, now)
    beside_them = (*((outbox,) if outbox else ()), *records)
    operations: tuple[Operation, ...] = (
        *(_create(entity) for entity in puts if entity.version is None),
        *(_replace(entity, entity.version) for entity in puts if entity.version is not None),
        *(Delete(entity.id, str(entity.version)) for entity in change.removes),
        *(TakeFrom(take.id, take.kind.kind, take.field, take.quantity) for take in change.takes),
        *(_create(entity) for entity in beside_them),
    )
    _check_size(operations)
    return Batch(container, partition, operations, puts, outbox)


def _place(change: Change) -> tuple[str, str]:
    entities = change.puts + change.removes
    places = {(entity.container, entity.partition) for entity in entities}
    places |= {(take.kind.container, take.partition) for take in change.takes}
    if len(places) != 1:
        raise ValueError(f"a change writes in exactly one partition, not in {sorted(places)}")
    container, partition = places.pop()
    if not is_storable_partition(partition):
        raise ValueError(f"no store can keep a partition of {len(partition)} characters")
    return container, partition


def _check(change: Change) -> None:
    whole = [entity.id for entity in change.puts + change.removes]
    for id in whole:
        _check_id(id)
    if len(set(whole)) < len(whole) or not {take.id for take in change.takes}.isdisjoint(whole):
        raise ValueError("a change names a document twice")
    if any(entity.version is None for entity in change.removes):
        raise ValueError("an entity that was never written cannot be removed")
    for take in change.takes:
        segments(take.field)
        if take.kind.audited and not any(entity.audited for entity in change.puts + change.removes):
            raise ValueError(f"nothing audited in the change tells of the take from {take.id}")


def _check_id(id: str) -> None:
    """The cloud's own rule: https://learn.microsoft.com/azure/cosmos-db/concepts-limits."""
    if not is_storable_id(id):
        raise ValueError(f"{id!r} is no id that every store can keep")


def _with_audit(
    change: Change, now: datetime, key: bytes
) -> tuple[tuple[Entity, ...], list[AuditRecord]]:
    puts: list[Entity] = []
    records: list[AuditRecord] = []
    for entity in change.puts:
        if entity.audited:
            records.append(audit.record_put(entity, change, now, key))
            puts.append(entity.but(audit_head=records[-1].hash))
        else:
            puts.append(entity)
    removed = (entity for entity in change.removes if entity.audited)
    records.extend(audit.record_removal(entity, change, now, key) for entity in removed)
    return tuple(puts), records


def _outbox(change: Change, container: str, partition: str, now: datetime) -> Outbox | None:
    if not change.events:
        return None
    first = change.events[0]
    outbox: Outbox = beside(Outbox, container).model_validate(
        {
            "id": f"out:{first.event_id}",
            PARTITION_KEYS[container]: partition,
            "key": first.subject,
            "sequence": first.sequence,
            "events": change.events,
            "created_at": now,
        }
    )
    return outbox


def _create(entity: Entity) -> Create:
    return Create(entity.id, entity.kind, entity.json_text(), entity.ttl)


def _replace(entity: Entity, version: str) -> Replace:
    return Replace(entity.id, entity.kind, entity.json_text(), entity.ttl, version)


def _check_size(operations: tuple[Operation, ...]) -> None:
    if len(operations) > MOST_OPERATIONS:
        raise TooLarge(f"{len(operations)} operations; at most {MOST_OPERATIONS} fit in a batch")
    size_bytes = sum(_weight(operation) for operation in operations)
    if size_bytes > MOST_BYTES:
        raise TooLarge(f"{size_bytes} bytes; at most {MOST_BYTES} fit in a batch")


def _weight(operation: Operation) -> int:
    if not isinstance(operation, Create | Replace):
        return _OPERATION_BYTES
    text = operation.text
    return _OPERATION_BYTES + (len(text) if text.isascii() else len(text.encode()))
