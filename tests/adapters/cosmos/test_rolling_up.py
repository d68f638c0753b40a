"""Sales are rolled up in Cosmos DB as elsewhere, also by two at once and while answers get lost."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from adapters.cosmos.store import CosmosStore
from domain.roll_up_state import LateDay
from domain.rollup import Rollup
from tests.adapters.cosmos.peers import Peer, opened, ours_only
from tests.adapters.cosmos.test_orders_under_faults import FAULTS
from tests.adapters.store_kinds import StillClock
from tests.domain.figures_samples import GIVEN_BACK, PAID, a_sale
from tests.usecases.catalog_shop import STAFF, open_shop
from usecases.ports.faults import PortFault
from usecases.ports.store import Change
from usecases.rolling_up import roll_up
from usecases.shop import Shop

pytestmark = ours_only

SALES = 120


async def sold(peer: Peer) -> Shop:
    """A shop in which more was sold today than a page holds."""
    shop = replace(open_shop(), store=peer.store, clock=peer.clock)
    period = f"day:{peer.clock.now().date()}"
    for number in range(SALES):
        sale = a_sale(f"{number:03}", period=period, **PAID)
        await shop.store.commit(Change(by=STAFF, puts=(sale,)))
    return shop


async def check(shop: Shop, *, refunded_minor: int = 0) -> None:
    today = shop.clock.now().date()
    year, week, _ = today.isocalendar()
    for period in (f"day:{today}", f"week:{year}-W{week:02}", f"month:{today:%Y-%m}"):
        found = await shop.store.get(Rollup, "shop", period)
        assert found is not None
        (row,) = found.rows
        assert (row.count("orders"), row.count("gross_minor")) == (SALES, SALES * 2500)
        assert row.count("refunded_minor") == refunded_minor
    mark = await shop.store.get(LateDay, "late", f"day:{today}")
    assert mark is None


async def test_figures_are_made_of_all_pages_and_a_late_change_is_found(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = await sold(peer)
        period = f"day:{clock.now().date()}"

        assert await roll_up(shop, STAFF) == 3
        await check(shop)
        sale = a_sale("000", period=period)
        there = await shop.store.get(type(sale), sale.id, period)
        assert there is not None
        mark = LateDay(period=period, day=clock.now().date())
        await shop.store.commit(Change(by=STAFF, puts=(there.but(**GIVEN_BACK), mark)))
        await roll_up(shop, STAFF)

        await check(shop, refunded_minor=2500)


async def test_two_at_once_count_nothing_twice(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = await sold(peer)
        other = replace(shop, store=CosmosStore(peer.database, clock, audit_key=b"other"))

        await asyncio.gather(roll_up(shop, STAFF), roll_up(other, STAFF))
        await roll_up(shop, STAFF)

        await check(shop)


async def test_answers_that_get_lost_lose_and_double_nothing(clock: StillClock) -> None:
    async with opened(clock, containers=True) as peer:
        shop = await sold(peer)
        peer.emulator.lags = False  # a lost answer costs the session its token

        for fault in FAULTS:
            peer.emulator.faults.set(fault)
            with suppress(PortFault):
                await roll_up(shop, STAFF)
        peer.emulator.faults.clear()
        await roll_up(shop, STAFF)

        await check(shop)
