"""The races of the shop, each with the end that is right."""

from typing import Any, Final

from domain.order import Order, OutOfStock
from domain.product import product_id
from tests.adapters.embedded.fixtures import finish
from tests.proofs import laws
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.steps import Step, Touch
from tests.proofs.world import BUY, CLERK, World, clockwork, guest
from usecases.carting import AddItem, add_item, get_cart
from usecases.commanding import look_again
from usecases.holding import free
from usecases.ordering import PlaceOrder, place_order
from usecases.orders import OrderView
from usecases.shop import Shop

BUYERS: Final = ("one", "two", "three")
PAST_THE_LEASE: Final = 31


def last_unit(buyers: int, **switches: Any) -> Scenario:
    """So many buyers, one piece: one order, and the others hear which line is short."""
    world = World(**switches)
    world.offer("mug", 1)
    names = BUYERS[:buyers]
    for name in names:
        world.fill_cart(guest(name), mug=1)

    def finally_(world: World, ends: Outcomes) -> None:
        bought = [end.value for end in ends.values() if end.error is None]
        assert len(bought) == 1, f"{len(bought)} buyers got the last piece"
        for end in ends.values():
            assert end.error is None or _short(end.error) == {"mug": 0}, repr(end.error)
        assert laws.stock_of(world, "mug") == (0, 1)
        laws.check_nothing_held(world, besides=[bought[0].order_id])
        laws.check_told(world)

    clients = {name: buying(name) for name in names}
    return Scenario(f"last unit, {buyers} buyers", world, clients, laws.always, finally_)


def buying(name: str, request: PlaceOrder = BUY) -> Client:
    """The shopper orders the cart."""

    async def buy(shop: Shop) -> Any:
        return await place_order(shop, guest(name), request)

    return buy


def _short(error: Exception) -> dict[str, int]:
    if not isinstance(error, OutOfStock):
        return {}
    return {line["sku"]: line["available"] for line in error.facts["lines"]}


def crossed_orders() -> Scenario:
    """Two carts with the same two last pieces in them, filled the other way round: no deadlock, no leak."""
    world = World()
    world.offer("mug", 1)
    world.offer("pen", 1)
    world.fill_cart(guest("one"), mug=1, pen=1)
    world.fill_cart(guest("two"), pen=1, mug=1)

    def finally_(world: World, ends: Outcomes) -> None:
        bought = [end.value for end in ends.values() if end.error is None]
        assert len(bought) == 1, f"{len(bought)} buyers got the last pieces"
        assert all(end.error is None or _short(end.error) for end in ends.values())
        assert (laws.stock_of(world, "mug"), laws.stock_of(world, "pen")) == ((0, 1), (0, 1))
        laws.check_nothing_held(world, besides=[bought[0].order_id])
        laws.check_told(world)

    clients = {name: buying(name) for name in BUYERS[:2]}
    return Scenario("A and B, B and A", world, clients, laws.always, finally_)


def half_short() -> Scenario:
    """One line is there and the other is not, for two requests of one cart: what was held is free again."""
    world = World()
    world.offer("mug", 1)
    world.offer("pen", 1)
    world.fill_cart(guest("one"), mug=1, pen=1)
    _sell_out(world, "pen")

    def finally_(world: World, ends: Outcomes) -> None:
        errors = [end.error for end in ends.values()]
        assert all(error is not None and _short(error) == {"pen": 0} for error in errors), errors
        assert laws.stock_of(world, "mug") == (1, 1)
        others = [order["id"] for order in laws.placed(world)]
        assert len(others) == 1, "an order was placed although it is short"
        laws.check_nothing_held(world, besides=others)

    clients = {"first": buying("one"), "second": buying("one")}
    return Scenario("one cart twice, half of it short", world, clients, laws.always, finally_)


def one_cart_twice(others: dict[str, Client] | None = None, **switches: Any) -> Scenario:
    """The same request twice at once, beside whatever else: one order, the same answer."""
    world = World(**switches)
    world.offer("mug", 1)
    world.offer("pen", 5)
    world.fill_cart(guest("one"), mug=1)
    request = BUY.model_copy(update={"cart_id": world.documents("cart")[0]["uuid"]})

    def finally_(world: World, ends: Outcomes) -> None:
        first, second = ends["first"], ends["second"]
        assert first.error is None, repr(first.error)
        assert second.error is None, repr(second.error)
        assert first.value.order_id == second.value.order_id, "two answers for one cart"
        assert len(laws.placed(world)) == 1
        laws.check_nothing_held(world, besides=[first.value.order_id])
        laws.check_told(world)

    clients = {"first": buying("one", request), "second": buying("one", request)} | (others or {})
    beside = "".join(f", beside {name}" for name in others or {})
    return Scenario(f"one cart twice{beside}", world, clients, laws.always, finally_)


def one_cart_while_stock_returns() -> Scenario:
    """The same request twice, and the missing piece comes back meanwhile: one order, or none and no hold."""
    world = World()
    world.offer("mug", 1)
    world.fill_cart(guest("one"), mug=1)
    _sell_out(world, "mug")
    gone = Order.model_validate(world.documents("order")[0])

    async def returning(shop: Shop) -> Any:
        stock = Touch("Inventory", "mug", writes=True)
        await Step("stock comes back", stock, lambda: free(world.shop("clerk"), CLERK, gone))

    def always(world: World) -> None:
        laws.check_stock(world)
        laws.check_orders(world, besides=[gone.id])

    def finally_(world: World, ends: Outcomes) -> None:
        bought = {end.value.order_id for end in (ends["first"], ends["second"]) if not end.error}
        assert len(bought) <= 1, "two answers for one cart"
        laws.check_nothing_held(world, besides=bought)
        assert {order["id"] for order in laws.placed(world)} == bought | {gone.id}

    clients = {"first": buying("one"), "second": buying("one"), "returning": returning}
    return Scenario("one cart twice, stock comes back", world, clients, always, finally_)


def adding(name: str, sku: str) -> Client:
    """The shopper puts one more piece into the cart."""

    async def add(shop: Shop) -> Any:
        return await add_item(shop, guest(name), AddItem(product_id=product_id(sku)))

    return add


def _sell_out(world: World, sku: str) -> None:
    """Somebody bought all of it a while ago."""
    buyer = guest("early")
    world.fill_cart(buyer, **{sku: 1})
    finish(place_order(world.shop("early"), buyer, BUY))


def stalled_attempt(
    then: Client, name: str, skus: tuple[str, ...] = ("mug",), **switches: Any
) -> Scenario:
    """An attempt that is slower than its lease, and somebody who settles it: one order, or none and no hold."""
    world = World(**switches)
    for sku in skus:
        world.offer(sku, 1)
        world.fill_cart(guest("one"), **{sku: 1})

    async def later(shop: Shop) -> Any:
        await world.pass_time(PAST_THE_LEASE)
        return await then(shop)

    def finally_(world: World, ends: Outcomes) -> None:
        orders = {order["id"] for order in laws.placed(world)}
        assert len(orders) <= 1, "one cart became two orders"
        laws.check_told(world)
        settle(world)
        laws.check_nothing_held(world, besides=orders)
        for end in ends.values():
            if isinstance(end.value, OrderView):
                assert {end.value.order_id} == orders, "an order was promised and not kept"

    clients = {"stalled": buying("one"), name: later}
    return Scenario(f"a stalled attempt, beside {name}", world, clients, laws.always, finally_)


def getting_the_cart(shop: Shop) -> Any:
    """The shopper looks into the cart."""
    return get_cart(shop, guest("one"))


def watching(shop: Shop) -> Any:
    """The watchdog goes its round."""
    return look_again(shop, clockwork("watchdog"))


def settle(world: World) -> None:
    """Long after, the watchdog has gone its round and the customer has looked into the cart."""
    finish(world.clock.move(PAST_THE_LEASE))
    finish(look_again(world.shop("watchdog"), clockwork("watchdog")))
    finish(get_cart(world.shop("late"), guest("one")))
