"""Counts are flushed into Cosmos DB as elsewhere, also by two at once and while answers get lost."""

import asyncio
from dataclasses import replace

from domain.access import system
from domain.period import period_key
from domain.traffic import VIEWS, Traffic, traffic_id
from tests.adapters.cosmos.peers import opened, ours_only
from tests.adapters.cosmos.test_orders_under_faults import FAULTS
from tests.adapters.embedded.fixtures import NOON
from tests.adapters.store_kinds import StillClock
from tests.usecases.catalog_shop import STAFF, open_shop
from tests.usecases.memory_counters import MemoryCounters
from usecases.flushing import MOST_AT_ONCE, flush
from usecases.ports.counters import Counter
from usecases.shop import Shop

pytestmark = ours_only

TIMER = system("flush_counters", STAFF.trace)
TODAY = NOON.date()
PRODUCTS = 2 * MOST_AT_ONCE
"""With the shop's own figures these take three commits."""


def see_all(shop: Shop) -> None:
    """Somebody looks at each product once."""
    for number in range(PRODUCTS):
        shop.counters.add(TODAY, Counter(VIEWS, f"p-{number}"))


async def views(shop: Shop, product_id: str = "") -> int:
    """What the figures say of a product, or of the whole shop."""
    found = await shop.store.get(Traffic, traffic_id(product_id), period_key("day", TODAY))
    return found.views if found else 0


async def test_two_at_once_add_each_batch_once(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = replace(open_shop(), store=peer.store, clock=peer.clock, counters=MemoryCounters())
        for _ in range(2):
            see_all(shop)
            await asyncio.gather(flush(shop, TIMER), flush(shop, TIMER))
        await flush(shop, TIMER)

        assert await views(shop) == 2 * PRODUCTS
        assert await views(shop, "p-0") == await views(shop, f"p-{PRODUCTS - 1}") == 2


async def test_answers_that_get_lost_double_nothing(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = replace(open_shop(), store=peer.store, clock=peer.clock, counters=MemoryCounters())
        peer.emulator.lags = False  # a lost answer costs the session its token

        for fault in FAULTS:
            see_all(shop)
            peer.emulator.faults.set(fault)
            await flush(shop, TIMER)
        peer.emulator.faults.clear()
        while await flush(shop, TIMER):
            pass

        assert await views(shop) == len(FAULTS) * PRODUCTS
        assert await views(shop, "p-7") == len(FAULTS)
