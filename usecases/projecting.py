"""Bringing the audit together: from beside each entity into the buckets of its day.

A record waits from the commit that wrote it, in the same batch, until it is marked here; so none can be
missed, whatever dies. It is written first and marked after, under an id of its own, so none is there twice.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final

from domain.access import Caller
from domain.audit import AuditEntry, entry_of
from domain.companions import AuditRecord, beside
from domain.containers import PARTITION_KEYS
from domain.entity import Entity
from domain.moment import moment_text
from usecases.ports.faults import PortFault
from usecases.ports.store import MOST_ON_A_PAGE, Change, Refused, Scan, TooLarge, Where
from usecases.ports.telemetry import AUDIT_AGE
from usecases.shop import Shop

log = logging.getLogger("shop.audit")

MOST_ROUNDS: Final = 10
"""Full scans of one container in one run: a backlog is worked off, and the timer still ends."""

_SOURCES: Final = tuple(name for name in PARTITION_KEYS if name != AuditEntry.container)


async def project(shop: Shop, caller: Caller) -> int:
    """Bring what waits into the audit's container; how many records were brought.

    Safe to run at any moment, also by several at once: what somebody else has written or marked stays. How
    long the oldest record has waited is reported also where none did: a run that says nothing has died.
    """
    done, oldest_seconds = 0, 0.0
    for container in _SOURCES:
        brought, age_seconds = await _project_container(shop, caller, container)
        done, oldest_seconds = done + brought, max(oldest_seconds, age_seconds)
    shop.telemetry.measure(AUDIT_AGE, oldest_seconds)
    return done


async def _project_container(shop: Shop, caller: Caller, container: str) -> tuple[int, float]:
    """How many records were brought, and the age of the oldest that was found, in seconds."""
    done, oldest_seconds = 0, 0.0
    for _ in range(MOST_ROUNDS):
        records = await _waiting(shop, container)
        oldest_seconds = max([oldest_seconds, *(_age_seconds(shop, one) for one in records)])
        try:
            await _project(shop, caller, records)
        except PortFault:
            log.warning("projection postponed", extra={"container": container})
            break
        done += len(records)
        if len(records) < MOST_ON_A_PAGE:
            break
    return done, oldest_seconds


async def _waiting(shop: Shop, container: str) -> tuple[AuditRecord, ...]:
    is_due = Where("waiting_since", "<=", moment_text(shop.clock.now()))
    return (await shop.store.find(beside(AuditRecord, container), Scan(where=(is_due,)))).items


def _age_seconds(shop: Shop, record: AuditRecord) -> float:
    return (shop.clock.now() - record.timestamp).total_seconds()


async def _project(shop: Shop, caller: Caller, records: Sequence[AuditRecord]) -> None:
    now = shop.clock.now()
    marked = [one.but(waiting_since=None, projected_at=now) for one in records]
    for entries in _together(map(entry_of, records), lambda entry: entry.bucket):
        await _written(shop, caller, entries)
    for marks in _together(marked, lambda record: record.partition):
        await _written(shop, caller, marks)


def _together[E: Entity](
    entities: Iterable[E], place: Callable[[E], Hashable]
) -> Iterable[Sequence[E]]:
    """The entities by the partition that they lie in."""
    groups: dict[Hashable, list[E]] = defaultdict(list)
    for entity in entities:
        groups[place(entity)].append(entity)
    return groups.values()


async def _written(shop: Shop, caller: Caller, entities: Sequence[Entity]) -> None:
    """In one batch; or each by itself where somebody else was there before, or they are too large together."""
    try:
        await shop.store.commit(Change(by=caller, puts=tuple(entities)))
    except Refused as refused:
        if len(entities) == 1 and isinstance(refused, TooLarge):
            raise
        for entity in entities if len(entities) > 1 else ():
            await _written(shop, caller, (entity,))
