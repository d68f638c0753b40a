"""Two carts become one: a guest's goes over into the account's, whatever happens beside it."""

from typing import Any

from domain.access import Caller, Role
from domain.cart import CART_ID, Cart, CartMerged
from domain.product import product_id
from tests.adapters.embedded.fixtures import finish
from tests.proofs import laws
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.world import World, guest
from usecases.carting import AddItem, add_item
from usecases.merging import merge_cart
from usecases.shop import Shop

GUEST = guest("one")
CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)


def merged_twice() -> Scenario:
    """The sign-in's way back is called twice at once: every line is there, and none of them twice."""
    world = _two_carts()

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        assert _pieces(world, CUSTOMER) == {"mug": 3, "pen": 1}
        assert _pieces(world, GUEST) == {}

    clients = {"first": _merging, "second": _merging}
    return Scenario("two carts merged twice", world, clients, laws.always, finally_)


def merged_beside_a_line(caller: Caller) -> Scenario:
    """Somebody adds a line to one of the carts meanwhile: it is in one of them at the end, and only once."""
    world = _two_carts()

    async def adding(shop: Shop) -> Any:
        return await add_item(shop, caller, AddItem(product_id=product_id("pen"), quantity=4))

    def finally_(world: World, ends: Outcomes) -> None:
        assert ends["merging"].error is None, repr(ends["merging"].error)
        refusal = ends["adding"].error
        assert refusal is None or (caller is GUEST and isinstance(refusal, CartMerged)), refusal
        added = 0 if refusal else 4
        mine, theirs = _pieces(world, CUSTOMER), _pieces(world, GUEST)
        assert mine.get("mug", 0) + theirs.get("mug", 0) == 3
        assert mine.get("pen", 0) + theirs.get("pen", 0) == 1 + added

    clients: dict[str, Client] = {"merging": _merging, "adding": adding}
    beside = "the guest's" if caller is GUEST else "the account's"
    return Scenario(f"merged, a line into {beside} cart", world, clients, laws.always, finally_)


async def _merging(shop: Shop) -> Any:
    return await merge_cart(shop, CUSTOMER, GUEST.user_id)


def _two_carts() -> World:
    world = World()
    world.offer("mug", 20)
    world.offer("pen", 20)
    world.fill_cart(GUEST, mug=2, pen=1)
    world.fill_cart(CUSTOMER, mug=1)
    return world


def _pieces(world: World, caller: Caller) -> dict[str, int]:
    found = finish(world.shop("reader").store.get(Cart, CART_ID, caller.user_id))
    return {line.sku: line.quantity for line in found.items} if found else {}
