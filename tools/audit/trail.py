"""The audit itself: whole chains beside the entities and where they are brought together, and the same in both."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain

from domain.audit import AUDIT_DAYS, AuditEntry, broken_links, entry_of
from domain.companions import AuditRecord
from tools.audit.books import Books, Named, grouped


def faults(books: Books) -> Iterator[str]:
    """Every fault of the audit."""
    records = list(chain.from_iterable(books.records.values()))
    for entity, chained in _chains(records).items():
        for link in broken_links(chained, books.heads.get(entity)):
            yield f"the audit of {_told(entity)} is broken: {link}"
    for entity, entries in _chains(books.entries).items():
        for link in broken_links(entries, books.heads.get(entity), is_cut=True):
            yield f"the projected audit of {_told(entity)} is broken: {link}"
    yield from _of_projection(records, {entry.id: entry for entry in books.entries})


def _chains(records: Iterable[AuditRecord]) -> Mapping[Named, list[AuditRecord]]:
    return grouped((_entity_of(record), record) for record in records)


def _entity_of(record: AuditRecord) -> Named:
    source, place = record.container, record.partition
    if isinstance(record, AuditEntry):
        source, place = record.source, record.place
    return source, place, record.entity_type, record.entity_id


def _told(entity: Named) -> str:
    return "/".join(entity)


def _of_projection(records: list[AuditRecord], entries: dict[str, AuditEntry]) -> Iterator[str]:
    """A record of an earlier release neither waits nor was brought; it stays where it is."""
    forgotten = datetime.now(UTC) - timedelta(days=AUDIT_DAYS)
    for record in records:
        if record.waiting_since is not None:
            yield f"{record.id} is not projected"
        elif record.projected_at is not None and record.projected_at > forgotten:
            yield from _of_entry(record, entries.get(record.id))


def _of_entry(record: AuditRecord, entry: AuditEntry | None) -> Iterator[str]:
    if entry is None:
        yield f"{record.id} is missing from the projected audit"
    elif entry.document() != entry_of(record).document():
        yield f"{record.id} is another one in the projected audit"
