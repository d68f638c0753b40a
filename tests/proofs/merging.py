"""Two carts become one: a guest's goes over into the account's, whatever happens beside it."""

from typing import Any

from domain.access import Caller, Role
from domain.cart import CART_ID, Cart, CartClaimed, CartMerged
from domain.product import product_id
from tests.adapters.embedded.fixtures import finish
from tests.proofs import laws
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.world import BUY, World, guest
from usecases.carting import AddItem, add_item
from usecases.merging import merge_cart
from usecases.ordering import place_order
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


def added_twice() -> Scenario:
    """One request under one key, by a process that was only slow and by the one that took over: added once."""
    world = _two_carts()

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None] * 3
        assert _pieces(world, CUSTOMER) == {"mug": 1, "pen": 4 + 1}

    clients: dict[str, Client] = {
        "slow": lambda shop: _adding(shop, 4, "c-1"),
        "repeat": lambda shop: _adding(shop, 4, "c-1"),
        "other": lambda shop: _adding(shop, 1, "c-2"),
    }
    return Scenario("one key, added twice", world, clients, laws.always, finally_)


def added_twice_beside_an_order() -> Scenario:
    """The same while an order is made of the cart: what was added is ordered or left, in all once at most."""
    world = _two_carts()

    def finally_(world: World, ends: Outcomes) -> None:
        errors = [ends[name].error for name in ("slow", "repeat")]
        assert all(error is None or isinstance(error, CartClaimed) for error in errors), errors
        ordered = {line.sku: line.quantity for line in ends["buyer"].value.items}
        pens = ordered.get("pen", 0) + _pieces(world, CUSTOMER).get("pen", 0)
        assert pens == (4 if None in errors else 0)

    clients: dict[str, Client] = {
        "slow": lambda shop: _adding(shop, 4, "c-1"),
        "repeat": lambda shop: _adding(shop, 4, "c-1"),
        "buyer": lambda shop: place_order(shop, CUSTOMER, BUY),
    }
    return Scenario("one key, added twice beside an order", world, clients, laws.always, finally_)


async def _adding(shop: Shop, pens: int, command_id: str) -> Any:
    command = AddItem(product_id=product_id("pen"), quantity=pens)
    return await add_item(shop, CUSTOMER, command, command_id=command_id)
