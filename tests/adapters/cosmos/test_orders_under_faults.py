"""Orders while the store fails in every way it can: nothing is sold twice, lost or stuck."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.counting import CountingStore
from adapters.embedded.ids import SystemIds
from domain.access import Caller
from domain.hold import Hold
from domain.order import Order, OutOfStock
from domain.promotion import PROMOTION_ID, Promotion, PromoUsedUp
from domain.promotion_terms import PromotionTerms
from domain.redemption import CustomerUses, PromotionUse
from domain.stock import STOCK_ID, Stock
from tests.adapters.cosmos.peers import Peer, opened, ours_only
from tests.adapters.cosmos.test_budgets import ORDER, Published
from tests.adapters.store_kinds import StillClock
from tests.usecases.catalog_shop import GUEST, STAFF, open_shop, row
from tools.cosmos_emulator.faults import Fault
from usecases.carting import AddItem, add_item
from usecases.importing import import_catalogue
from usecases.ordering import place_order
from usecases.ports.store import Query, Scan, StoreBusy
from usecases.promoting import ApplyCode, apply_code
from usecases.promotion_keeping import keep_promotion
from usecases.shop import Shop

pytestmark = ours_only

SHOPPERS = 60
PIECES = 35
USES = 20
MOST_TRIES = 20
SKU = "kettle-sku"
FAULTS = (
    Fault("batch", 408, applied=True),
    Fault("batch", 503, applied=True),
    Fault("batch", drops=True, applied=True),
    Fault("batch", drops=True),
    Fault("batch", 408),
    Fault("batch", 449),
    Fault("batch", 429, retry_after_ms=1),
    Fault("batch", 429, within=True),
    Fault("read", 429, retry_after_ms=1),
)


@pytest.fixture
async def peer(clock: StillClock) -> AsyncIterator[Peer]:
    async with opened(clock, containers=True) as peer:
        peer.emulator.lags = False  # a lost answer costs the session its token
        yield peer


@pytest.fixture
async def shop(peer: Peer) -> Shop:
    store = CountingStore(peer.store)
    shop = replace(open_shop(), store=store, clock=peer.clock, ids=SystemIds(), events=Published())
    variant = {"sku": SKU, "prices": {"USD": "10.00"}, "stock": PIECES}
    assert (await import_catalogue(shop, STAFF, [row("kettle", variants=[variant])])).refused == []
    return shop


async def buys(shop: Shop, who: Caller, peer: Peer, dice: random.Random) -> str:
    """The order's id, or nothing where it was sold out; a busy shop is asked again, as a browser does."""
    for _ in range(MOST_TRIES):
        if dice.random() < 0.7:
            peer.emulator.faults.set(dice.choice(FAULTS))
        try:
            return (await place_order(shop, who, ORDER)).order_id
        except StoreBusy:
            continue
        except (OutOfStock, PromoUsedUp):
            return ""
    raise AssertionError("stuck")


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_sold_twice_lost_or_stuck(peer: Peer, shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    shoppers = [replace(GUEST, user_id=f"guest:{n}") for n in range(SHOPPERS)]
    for who in shoppers:
        await add_item(shop, who, AddItem(product_id="kettle"))

    bought = [await buys(shop, who, peer, dice) for who in shoppers]
    peer.emulator.faults.clear()

    orders = [
        (await shop.store.find(Order, Query(who.user_id, limit=100))).items for who in shoppers
    ]
    placed = [order.id for each in orders for order in each if order.is_placed]
    assert sorted(placed) == sorted(filter(None, bought))
    assert len(placed) == PIECES
    assert {len(each) for each in orders} == {1}
    stock = await shop.store.get(Stock, STOCK_ID, SKU)
    assert stock is not None
    assert stock.available == 0
    holds = (await shop.store.find(Hold, Scan())).items
    assert sorted(hold.order_id for hold in holds if hold.is_held) == sorted(placed)


@pytest.mark.parametrize("terms", [{"limit": USES}, {"limit": PIECES, "per_customer": USES}])
async def test_no_use_of_a_code_is_given_twice_or_lost(
    peer: Peer, shop: Shop, terms: dict[str, int]
) -> None:
    """Everybody gives the same e-mail address, so all of them are one customer."""
    dice = random.Random(7)
    wanted = PromotionTerms.model_validate({"code": "TEN", "percent": 10, **terms})
    await keep_promotion(shop, STAFF, wanted)
    shoppers = [replace(GUEST, user_id=f"guest:{n}") for n in range(PIECES)]
    for who in shoppers:
        await add_item(shop, who, AddItem(product_id="kettle"))
        await apply_code(shop, who, ApplyCode(code="TEN"))

    bought = [await buys(shop, who, peer, dice) for who in shoppers]
    peer.emulator.faults.clear()

    assert len([id for id in bought if id]) == USES
    uses = (await shop.store.find(PromotionUse, Scan())).items
    taken = sorted(use.order_id for use in uses if use.is_taken)
    assert taken == sorted(id for id in bought if id)
    promotion = await shop.store.get(Promotion, PROMOTION_ID, "TEN")
    assert promotion is not None
    assert promotion.left == terms["limit"] - USES
    counters = (await shop.store.find(CustomerUses, Query("TEN"))).items
    assert [counter.left for counter in counters] == ([0] if "per_customer" in terms else [])
