"""What becomes of a claimed cart."""

import pytest

from domain.cart import CART_ID, Cart
from domain.order import Order, OrderFence, order_id_of
from tests.usecases.meddling import Crash, crash, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    Bench,
    fill_cart,
    open_bench,
    order_command,
    placed,
    sells,
)
from usecases.claiming import close_cart, give_back, rejected, settled_cart
from usecases.ordering import place_order


async def a_cart() -> tuple[Bench, Cart]:
    """A shop, and a cart of two mugs in it."""
    bench = open_bench()
    await sells(bench, "MUG", 10)
    await fill_cart(bench, MUG=2)
    return bench, await cart_of(bench)


async def cart_of(bench: Bench) -> Cart:
    cart = await bench.store.get(Cart, CART_ID, GUEST.user_id)
    assert cart is not None
    return cart


async def crashed_at(bench: Bench, commit: int) -> Cart:
    """The cart after an attempt that crashed just before that commit."""
    with pytest.raises(Crash):
        await place_order(meddled(bench, {commit: crash}), GUEST, order_command())
    return await cart_of(bench)


async def test_a_cart_without_a_claim_is_settled() -> None:
    bench, cart = await a_cart()
    before = bench.state()

    assert await settled_cart(bench.shop, GUEST, cart) is cart
    assert bench.state() == before


async def test_a_claim_without_an_order_is_fenced_and_given_back() -> None:
    bench, _ = await a_cart()
    cart = await crashed_at(bench, 3)

    settled = await settled_cart(bench.shop, GUEST, cart)

    assert (settled.claim, settled.attempt, len(settled.items)) == (None, 1, 1)
    (fence,) = bench.documents(OrderFence)
    assert fence.id == order_id_of(b"k" * 32, cart.uuid, 0)
    assert bench.documents(Order) == []


async def test_a_claim_of_an_order_that_is_being_placed_rejects_it_first() -> None:
    bench, _ = await a_cart()
    cart = await crashed_at(bench, 5)
    assert await bench.stock("MUG") == (10, 8)

    settled = await settled_cart(bench.shop, GUEST, cart)

    assert (settled.claim, settled.attempt) == (None, 1)
    assert [order.status for order in bench.documents(Order)] == ["rejected"]
    assert await bench.stock("MUG") == (10, 10)


async def test_a_claim_of_a_placed_order_closes_the_cart() -> None:
    bench, before = await a_cart()
    cart = await crashed_at(bench, 7)

    settled = await settled_cart(bench.shop, GUEST, cart)

    assert (settled.items, settled.claim, settled.previous_uuid) == ((), None, before.uuid)
    assert [order.status for order in bench.documents(Order)] == ["pending"]
    assert await bench.stock("MUG") == (10, 8)


async def test_an_order_written_while_the_fence_is_set_is_the_one_that_counts() -> None:
    bench, _ = await a_cart()
    cart = await crashed_at(bench, 3)

    async def stalled_attempt() -> None:
        await place_order(bench.shop, GUEST, order_command())

    settled = await settled_cart(meddled(bench, {1: stalled_attempt}), GUEST, cart)

    assert [order.status for order in bench.documents(Order)] == ["pending"]
    assert bench.documents(OrderFence) == []
    assert (settled.items, settled.claim) == ((), None)


async def test_settling_twice_settles_once() -> None:
    bench, _ = await a_cart()
    cart = await crashed_at(bench, 5)
    await settled_cart(bench.shop, GUEST, cart)
    before = bench.state()

    again = await settled_cart(bench.shop, GUEST, cart)

    assert (again.claim, again.attempt) == (None, 1)
    assert bench.state() == before


async def test_who_was_faster_has_closed_or_given_back_the_cart() -> None:
    bench, _ = await a_cart()
    cart = await crashed_at(bench, 3)
    await give_back(bench.shop, GUEST, cart)
    before = bench.state()

    await give_back(bench.shop, GUEST, cart)
    await close_cart(bench.shop, GUEST, cart)

    assert bench.state() == before


async def test_a_placed_order_cannot_be_rejected_and_keeps_its_holds() -> None:
    bench, _ = await a_cart()
    view = await placed(bench)
    order = await bench.order(view.order_id)
    before = bench.state()

    assert (await rejected(bench.shop, CLOCKWORK, order, ())).is_placed
    assert bench.state() == before


async def test_rejecting_beside_somebody_else_ends_the_same() -> None:
    bench, _ = await a_cart()
    await crashed_at(bench, 5)
    (order,) = bench.documents(Order)

    async def somebody_else() -> None:
        await rejected(bench.shop, CLOCKWORK, order, ())

    for commit in (1, 2, 3):
        snapshot = bench.store.snapshot()
        await rejected(meddled(bench, {commit: somebody_else}), CLOCKWORK, order, ())
        found = await bench.order(order.order_id)
        assert (found.status, found.due, await bench.stock("MUG")) == ("rejected", None, (10, 10))
        bench.store.restore(snapshot)
