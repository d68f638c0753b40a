"""What a shopper's steps may cost: store operations, and request units by the emulator's published model.

The request units are estimates (``tools/cosmos_emulator/charges.py``), so their bounds are wide.
"""

from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, replace

import pytest

from adapters.counting import CountingStore
from adapters.embedded.ids import SystemIds
from adapters.names import CONTAINERS
from domain.address import Address
from domain.events import Event
from domain.product import product_id, variant_id
from domain.wishlist import MOST_WISHES
from tests.adapters.cosmos.peers import Peer, opened, ours_only
from tests.adapters.store_kinds import StillClock
from tests.domain.samples import an_order
from tests.usecases.catalog_shop import GUEST, STAFF, VISITOR, open_shop, row
from usecases import meter
from usecases.browsing import ListProducts, list_products
from usecases.carting import AddItem, ChangeQuantity, add_item, change_quantity, get_cart
from usecases.dashboard import show_dashboard
from usecases.detailing import product_detail
from usecases.importing import import_catalogue
from usecases.ordering import PlaceOrder, place_order
from usecases.orders import visible_order
from usecases.own_orders import ListOrders, list_orders
from usecases.ports.store import Change
from usecases.relaying import sweep
from usecases.shop import Shop
from usecases.wishlist import AddWish, add_wish, show_wishlist

pytestmark = ours_only

ORDER = PlaceOrder(
    shipping_address=Address(
        name="A Shopper", line1="1 Main Street", city="Springfield", state="IL", postal_code="62701"
    ),
    email="buyer@example.com",
)


@dataclass
class Cost:
    """Of one step: store operations, those that wrote, and request units."""

    operations: int
    batches: int
    request_units: float


class Published:
    """Events that go nowhere."""

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        """Taken."""

    async def check(self) -> None:
        """There."""


@pytest.fixture
async def busy(clock: StillClock) -> AsyncIterator[Peer]:
    async with opened(clock, containers=True) as peer:
        yield peer


@pytest.fixture
async def shop(busy: Peer) -> Shop:
    shop = replace(
        open_shop(),
        store=CountingStore(busy.store),
        clock=busy.clock,
        ids=SystemIds(),
        events=Published(),
    )
    rows = [row(f"kettle-{n}") for n in range(30)]
    assert (await import_catalogue(shop, STAFF, rows)).refused == []
    return shop


async def cost(peer: Peer, step: Awaitable[object]) -> Cost:
    before, counted = len(peer.emulator.log), meter.begin()
    await step
    sorts = [logged.sort for logged in peer.emulator.log][before:]
    return Cost(counted.operations, sorts.count("batch"), counted.request_units)


async def filled_cart(shop: Shop, lines: int) -> str:
    """A cart of that many lines; the id of its first."""
    for n in range(lines):
        cart = await add_item(shop, GUEST, AddItem(product_id=f"kettle-{n}"))
    return cart.items[0].cart_item_id


async def test_a_product_page_is_a_pointer_and_a_document_and_then_nothing(
    busy: Peer, shop: Shop
) -> None:
    first = await cost(busy, product_detail(shop, VISITOR, "kettle-1"))
    second = await cost(busy, product_detail(shop, VISITOR, "kettle-1"))

    assert (first.operations, first.batches, second) == (2, 0, Cost(0, 0, 0.0))
    assert first.request_units <= 3


async def test_a_category_page_is_one_query(busy: Peer, shop: Shop) -> None:
    query = ListProducts(category="home-kitchen", limit=20)

    page = await cost(busy, list_products(shop, VISITOR, query))

    assert (page.operations, page.batches) == (1, 0)
    assert 5 <= page.request_units <= 7


async def test_a_cart_is_read_in_one_read_and_changed_in_one_batch(busy: Peer, shop: Shop) -> None:
    line = await filled_cart(shop, 1)
    change = change_quantity(shop, GUEST, line, ChangeQuantity(quantity=2))

    seen, changed = await cost(busy, get_cart(shop, GUEST)), await cost(busy, change)

    assert (seen.operations, seen.batches) == (1, 0)
    assert seen.request_units <= 2
    assert changed.batches == 1
    assert changed.request_units <= 15


@pytest.mark.parametrize("lines", [1, 3])
async def test_an_order_is_four_batches_and_one_a_line_and_two_that_tidy_up(
    busy: Peer, shop: Shop, lines: int
) -> None:
    """The claim, the pointer, the order, the holds, the placed order; then the outbox is marked and the cart closed."""
    await filled_cart(shop, lines)

    placing = await cost(busy, place_order(shop, GUEST, ORDER))

    assert placing.batches == lines + 4 + 2
    assert placing.request_units <= 110 + 30 * lines


async def test_an_order_is_looked_up_in_two_reads(busy: Peer, shop: Shop) -> None:
    await filled_cart(shop, 1)
    order = await place_order(shop, GUEST, ORDER)

    look_up = await cost(busy, visible_order(shop, GUEST, order.order_number))

    assert (look_up.operations, look_up.batches) == (2, 0)
    assert look_up.request_units <= 4


async def test_the_sweep_of_unsent_events_loads_no_event_that_was_sent(
    busy: Peer, shop: Shop, clock: StillClock
) -> None:
    """The index of ``sent_at`` serves it: what lies there for replay, eight days long, costs nothing."""
    for _ in range(3):
        await filled_cart(shop, 1)
        await place_order(shop, GUEST, ORDER)
    await clock.sleep(60)
    while await sweep(shop, STAFF):
        pass

    swept = await cost(busy, sweep(shop, STAFF))

    assert swept.operations == len(CONTAINERS)
    assert swept.request_units == pytest.approx(2.5 * len(CONTAINERS))


async def test_a_customers_orders_are_one_query_and_the_dashboard_two_and_a_read(
    busy: Peer, shop: Shop
) -> None:
    for number in range(30):
        order = an_order(id=f"{number:03}", user_id="guest:g-1", status="completed")
        await shop.store.commit(Change(by=STAFF, puts=(order,)))

    page = await cost(busy, list_orders(shop, GUEST, ListOrders()))
    second = await cost(busy, list_orders(shop, GUEST, ListOrders.model_validate({"page": 2})))
    dashboard = await cost(busy, show_dashboard(shop, GUEST))

    assert (page.operations, second.operations, dashboard.operations) == (1, 2, 3)
    assert page.request_units <= 15
    assert dashboard.request_units <= 30


async def test_the_longest_wishlist_is_read_at_once_and_within_bounds(
    busy: Peer, shop: Shop
) -> None:
    rows = [row(f"wish-{n}") for n in range(MOST_WISHES)]
    await import_catalogue(shop, STAFF, rows)
    for n in range(MOST_WISHES):
        id = product_id(f"wish-{n}")
        wish = AddWish(product_id=id, variant_id=variant_id(id, f"wish-{n}-sku"))
        await add_wish(shop, GUEST, wish)

    seen = await cost(busy, show_wishlist(shop, GUEST))

    assert (seen.operations, seen.batches) == (2 + MOST_WISHES, 0)
    assert seen.request_units <= 50 + MOST_WISHES * 1.5
