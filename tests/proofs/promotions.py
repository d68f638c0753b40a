"""The races for a code that may not be used often: each discount that is given is counted."""

from typing import Any, Final

from domain.order import OutOfStock
from domain.promotion import PromoUsedUp
from tests.adapters.embedded.fixtures import finish
from tests.proofs import laws
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.scenarios import PAST_THE_LEASE, buying, settle
from tests.proofs.world import BUY, World, guest
from usecases.ordering import place_order
from usecases.orders import OrderView
from usecases.shop import Shop

CODE: Final = "TEN"
WANTED: Final = {"one": "mug", "two": "pen", "three": "cup"}
"""Who buys what: different things, so that the code alone is what they race for."""


def last_use(buyers: int, **switches: Any) -> Scenario:
    """So many buyers with the code that may be used once more: one discount, the others hear that it is gone."""
    world = _world(switches, limit=1)
    return _one_discount(f"last use of a code, {buyers} buyers", world, buyers)


def last_use_of_one(**switches: Any) -> Scenario:
    """Two guest sessions of one e-mail address, and a code that each customer may use once: one discount."""
    return _one_discount("one customer, one use", _world(switches, per_customer=1))


def next_use_of_one(**switches: Any) -> Scenario:
    """The same, where the customer has used the code before and may do so once more."""
    world = _world(switches, per_customer=2)
    _fill(world, "three")
    earlier = finish(place_order(world.shop("early"), guest("three"), BUY))
    return _one_discount("one customer, one more use", world, besides=(earlier.order_id,))


def one_cart_twice() -> Scenario:
    """The same request twice at once: one order, one use."""
    world = _world({}, limit=1, per_customer=1)
    _fill(world, "one")

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        ids = {end.value.order_id for end in ends.values()}
        assert len(ids) == len(laws.placed(world)) == 1, "two answers for one cart"
        laws.check_used_by(world, ids)
        laws.check_told(world)

    clients = {"first": buying("one"), "second": buying("one")}
    return Scenario("one cart with a code twice", world, clients, laws.always, finally_)


def last_use_and_last_piece() -> Scenario:
    """One piece and one use: whoever gets the piece gets the discount too, and the other keeps neither."""
    world = _world({}, pieces=1, limit=1)
    for name in ("one", "two"):
        world.fill_cart(guest(name), mug=1)
        world.type_code(guest(name), CODE)

    def finally_(world: World, ends: Outcomes) -> None:
        bought = [end.value.order_id for end in ends.values() if end.error is None]
        refused = [type(end.error) for end in ends.values() if end.error is not None]
        assert len(bought) == 1, f"{len(bought)} buyers got the last piece"
        assert refused == [OutOfStock], refused
        laws.check_nothing_held(world, besides=bought)
        laws.check_used_by(world, bought)
        laws.check_told(world)

    clients = {name: buying(name) for name in ("one", "two")}
    return Scenario("last piece and last use", world, clients, laws.always, finally_)


def stalled(then: Client, name: str, **switches: Any) -> Scenario:
    """An attempt with a code that is slower than its lease, and somebody who settles it: no use leaks."""
    world = _world(switches, limit=1, per_customer=1)
    _fill(world, "one")

    async def later(shop: Shop) -> Any:
        await world.pass_time(PAST_THE_LEASE)
        return await then(shop)

    def finally_(world: World, ends: Outcomes) -> None:
        orders = {order["id"] for order in laws.placed(world)}
        assert len(orders) <= 1, "one cart became two orders"
        settle(world)
        laws.check_nothing_held(world, besides=orders)
        laws.check_used_by(world, orders)
        for end in ends.values():
            if isinstance(end.value, OrderView):
                assert {end.value.order_id} == orders, "an order was promised and not kept"

    clients = {"stalled": buying("one"), name: later}
    return Scenario(f"a stalled code, beside {name}", world, clients, laws.always, finally_)


def _one_discount(
    name: str, world: World, buyers: int = 2, *, besides: tuple[str, ...] = ()
) -> Scenario:
    names = tuple(WANTED)[:buyers]
    for each in names:
        _fill(world, each)

    def finally_(world: World, ends: Outcomes) -> None:
        bought = [end.value for end in ends.values() if end.error is None]
        assert len(bought) == 1, f"{len(bought)} orders with the last use"
        assert bought[0].totals.discount.amount_minor == 100
        refused = [type(end.error) for end in ends.values() if end.error is not None]
        assert refused == [PromoUsedUp] * (buyers - 1), refused
        kept = (bought[0].order_id, *besides)
        laws.check_nothing_held(world, besides=kept)
        laws.check_used_by(world, kept)
        laws.check_told(world)

    clients = {each: buying(each) for each in names}
    return Scenario(name, world, clients, laws.always, finally_)


def _world(switches: dict[str, Any], *, pieces: int = 9, **terms: Any) -> World:
    world = World(**switches)
    for sku in WANTED.values():
        world.offer(sku, pieces)
    world.promote(CODE, **terms)
    return world


def _fill(world: World, name: str) -> None:
    world.fill_cart(guest(name), **{WANTED[name]: 1})
    world.type_code(guest(name), CODE)
