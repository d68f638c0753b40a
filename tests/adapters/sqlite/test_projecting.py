"""Two processes' stores on one file bring the audit together while both write: each record once, none forgotten."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from domain.access import system
from domain.audit import AuditEntry, buckets_of
from domain.companions import AuditRecord, beside
from tests.adapters.sqlite.writer import WallClock
from tests.adapters.store_kinds import AUDIT_KEY, Safe, change
from tests.usecases.catalog_shop import STAFF, open_shop
from usecases.ports.store import Query
from usecases.projecting import project
from usecases.shop import Shop

TIMER = system("project_audit", STAFF.trace)
WRITES = 60
ROUNDS = 6


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[tuple[Shop, Shop]]:
    files = [SqliteFile(tmp_path / "shop.db") for _ in range(2)]
    clock = WallClock()
    one, other = (
        replace(open_shop(), store=SqliteStore(file, clock, audit_key=AUDIT_KEY), clock=clock)
        for file in files
    )
    yield one, other
    for file in files:
        file.close()


async def writes(shop: Shop, name: str) -> None:
    """Create a safe, and count it up."""
    safe = Safe(id=name)
    for amount in range(WRITES):
        done = await shop.store.commit(change(safe.but(amount=amount)))
        safe = done.entities[0]


async def projects(shop: Shop) -> None:
    for _ in range(ROUNDS):
        await project(shop, TIMER)


async def test_each_record_is_brought_once(hosts: tuple[Shop, Shop]) -> None:
    one, other = hosts

    await asyncio.gather(writes(one, "s"), writes(other, "t"), projects(one), projects(other))
    await project(one, TIMER)

    records = await records_of(other)
    entries = await entries_of(other, records)
    assert len(records) == 2 * WRITES
    assert sorted(entries) == sorted(record.id for record in records)
    assert not [record for record in records if record.waiting_since is not None]
    assert await project(other, TIMER) == 0


async def records_of(shop: Shop) -> list[AuditRecord]:
    kind = beside(AuditRecord, "Orders")
    found = await shop.store.find(kind, Query("u-1", limit=100))
    more = await shop.store.find(kind, Query("u-1", limit=100, after=found.next))
    return [*found.items, *more.items]


async def entries_of(shop: Shop, records: list[AuditRecord]) -> list[str]:
    days = {record.timestamp.date() for record in records}
    buckets = [bucket for day in days for bucket in buckets_of(day)]
    pages = [await shop.store.find(AuditEntry, Query(one, limit=100)) for one in buckets]
    return [entry.id for page in pages for entry in page.items]
