"""The audit is brought together in Cosmos DB as elsewhere, also by two at once and while answers get lost."""

import asyncio
from dataclasses import replace

from adapters.cosmos.store import CosmosStore
from domain.access import system
from domain.audit import AuditEntry, broken_links
from domain.companions import AuditRecord, beside
from tests.adapters.cosmos.peers import Peer, opened, ours_only
from tests.adapters.cosmos.test_orders_under_faults import FAULTS
from tests.adapters.store_kinds import StillClock
from tests.usecases.catalog_shop import STAFF, open_shop, row
from usecases.auditing import ListAudit, list_audit
from usecases.importing import import_catalogue
from usecases.ports.store import Scan, Where
from usecases.projecting import project
from usecases.shop import Shop

pytestmark = ours_only

TIMER = system("project_audit", STAFF.trace)
PRODUCTS = 30
CONTAINERS = ("Products", "Inventory", "Categories")


async def stocked(peer: Peer) -> Shop:
    shop = replace(open_shop(), store=peer.store, clock=peer.clock)
    rows = [row(f"kettle-{n}") for n in range(PRODUCTS)]
    assert (await import_catalogue(shop, STAFF, rows)).refused == []
    return shop


async def check_all_is_there(shop: Shop) -> None:
    """Each record is there once, in one chain with its fellows, and none waits."""
    found: dict[str, AuditEntry] = {}
    cursor: str | None = ""
    while cursor is not None:
        page = await list_audit(shop, ListAudit(limit=100, cursor=cursor))
        for line in page.items:
            assert line.id not in found
            bucket = f"{line.timestamp.date()}#{int(line.hash[0], 16) % 4}"
            entry = await shop.store.get(AuditEntry, line.id, bucket)
            assert entry is not None
            assert list(broken_links([entry])) == []
            found[line.id] = entry
        cursor = page.next_cursor
    assert len(found) > 2 * PRODUCTS
    for container in CONTAINERS:
        waits = Scan((Where("waiting_since", ">=", ""),))
        assert (await shop.store.find(beside(AuditRecord, container), waits)).items == ()


async def test_every_record_is_brought_and_can_be_looked_up(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = await stocked(peer)

        done = await project(shop, TIMER)

        assert done > 2 * PRODUCTS
        assert await project(shop, TIMER) == 0
        await check_all_is_there(shop)


async def test_two_at_once_bring_each_record_once(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = await stocked(peer)
        other = replace(shop, store=CosmosStore(peer.database, clock, audit_key=b"other"))

        await asyncio.gather(project(shop, TIMER), project(other, TIMER))
        await project(shop, TIMER)

        await check_all_is_there(shop)


async def test_answers_that_get_lost_lose_and_double_nothing(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = await stocked(peer)
        peer.emulator.lags = False  # a lost answer costs the session its token

        for fault in FAULTS:
            peer.emulator.faults.set(fault)
            await project(shop, TIMER)
        peer.emulator.faults.clear()
        await project(shop, TIMER)

        await check_all_is_there(shop)
