"""Placing an order while processes crash and others click."""

import pytest

from domain.cart import CART_ID, Cart
from domain.order import (
    Order,
    OrderFence,
    order_id_of,
)
from tests.usecases.meddling import Crash, crash, failing, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    Bench,
    carry_on,
    fill_cart,
    guest,
    open_bench,
    order_command,
    placed,
    sells,
)
from usecases.claiming import rejected
from usecases.commanding import cancel_order, look_again
from usecases.ordering import Overtaken, place_order
from usecases.ports.store import StoreBusy


async def a_shop(mugs: int = 10, cups: int = 10) -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", mugs, 1000)
    await sells(bench, "CUP", cups, 250)
    return bench


async def cart_of(bench: Bench, user_id: str = GUEST.user_id) -> Cart:
    cart = await bench.store.get(Cart, CART_ID, user_id)
    assert cart is not None
    return cart


COMMITS = {"claim": 1, "pointer": 2, "order": 3, "hold": 4, "pending": 5, "sent": 6, "close": 7}


@pytest.mark.parametrize("commit", COMMITS)
async def test_after_a_crash_the_same_request_makes_the_one_order(commit: str) -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    uuid = (await cart_of(bench)).uuid
    with pytest.raises(Crash):
        await place_order(meddled(bench, {COMMITS[commit]: crash}), GUEST, order_command())

    view = await place_order(bench.shop, GUEST, order_command())

    assert (view.status, view.order_id) == ("pending", order_id_of(b"k" * 32, uuid, 0))
    assert await bench.stock("MUG") == (10, 8)
    assert [order.status for order in bench.documents(Order)] == ["pending"]
    assert (await cart_of(bench)).items == ()


@pytest.mark.parametrize("commit", ["hold", "pending"])
async def test_what_nobody_resumes_is_freed_by_the_watchdog(commit: str) -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    with pytest.raises(Crash):
        await place_order(meddled(bench, {COMMITS[commit]: crash}), GUEST, order_command())

    assert await look_again(bench.shop, CLOCKWORK) == 0
    bench.clock.move(30)
    assert await look_again(bench.shop, CLOCKWORK) == 1
    assert await look_again(bench.shop, CLOCKWORK) == 0

    (order,) = bench.documents(Order)
    assert (order.status, order.due, await bench.stock("MUG")) == ("rejected", None, (10, 10))


async def test_a_crash_between_rejecting_and_freeing_keeps_no_stock() -> None:
    bench = await a_shop(mugs=2, cups=2)
    await fill_cart(bench, MUG=2, CUP=2)
    await placed(bench, guest("g-2"), MUG=1)
    with pytest.raises(Crash):  # claim, pointer, order, hold CUP, hold MUG short, reject, free CUP
        await place_order(meddled(bench, {7: crash}), GUEST, order_command())
    (order,) = [o for o in bench.documents(Order) if o.status == "rejected"]
    assert (await bench.stock("CUP"), order.due is None) == ((2, 0), False)

    bench.clock.move(30)
    await look_again(bench.shop, CLOCKWORK)

    assert (await bench.stock("CUP"), await bench.stock("MUG")) == ((2, 2), (2, 1))
    assert (await bench.order(order.order_id)).due is None


async def test_a_rejected_attempt_is_never_placed_while_its_holds_still_stand() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    with pytest.raises(Crash):
        await place_order(meddled(bench, {COMMITS["pending"]: crash}), GUEST, order_command())
    (order,) = bench.documents(Order)
    await bench.put(order.rejected((), bench.clock.now()))

    with pytest.raises(Overtaken):
        await place_order(bench.shop, GUEST, order_command())

    assert (await bench.order(order.order_id)).status == "rejected"
    assert await bench.stock("MUG") == (10, 10)
    assert bench.documents(Order) != []
    view = await place_order(bench.shop, GUEST, order_command())
    assert view.order_id != order.order_id


async def test_who_is_ended_while_holding_is_told_so_and_holds_nothing() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)

    async def watchdog() -> None:
        (order,) = bench.documents(Order)
        await rejected(bench.shop, CLOCKWORK, order, ())

    with pytest.raises(Overtaken):
        await place_order(meddled(bench, {COMMITS["pending"]: watchdog}), GUEST, order_command())

    assert await bench.stock("MUG") == (10, 10)
    assert (await cart_of(bench)).claim is None


async def test_an_attempt_that_comes_behind_a_fence_writes_no_order() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    order_id = order_id_of(b"k" * 32, (await cart_of(bench)).uuid, 0)

    async def fence() -> None:
        await bench.put(OrderFence(id=order_id, user_id=GUEST.user_id))

    with pytest.raises(Overtaken):
        await place_order(meddled(bench, {COMMITS["order"]: fence}), GUEST, order_command())

    assert bench.documents(Order) == []
    assert await bench.stock("MUG") == (10, 10)


async def test_two_requests_at_once_are_one_order() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    views = []

    async def other_click() -> None:
        views.append(await place_order(bench.shop, GUEST, order_command()))

    for commit in COMMITS.values():
        bench = await a_shop()
        await fill_cart(bench, MUG=2)
        shop = meddled(bench, {commit: other_click})
        views = []
        view = await place_order(shop, GUEST, order_command())

        assert [view.order_id] == [one.order_id for one in views]
        assert [order.status for order in bench.documents(Order)] == ["pending"]
        assert bench.hubs.types().count("OrderCreated") in (1, 2)  # twice under one id
        assert await bench.stock("MUG") == (10, 8)


async def test_an_order_that_was_placed_and_cancelled_meanwhile_is_the_answer() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)

    async def other_click() -> None:
        view = await place_order(bench.shop, GUEST, order_command())
        await cancel_order(bench.shop, GUEST, view.order_id)
        await carry_on(bench)

    shop = meddled(bench, {COMMITS["hold"]: other_click})
    view = await place_order(shop, GUEST, order_command())

    assert (view.status, await bench.stock("MUG")) == ("cancelled", (10, 10))
    assert len(bench.documents(Order)) == 1


async def test_a_store_that_is_away_leaves_a_request_that_can_be_repeated() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    away = meddled(bench, {COMMITS["hold"]: failing(StoreBusy("away"))})

    with pytest.raises(StoreBusy):
        await place_order(away, GUEST, order_command())

    assert (await place_order(bench.shop, GUEST, order_command())).status == "pending"


async def test_a_claim_that_ran_out_is_settled_before_the_next_attempt() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    with pytest.raises(Crash):
        await place_order(meddled(bench, {COMMITS["pending"]: crash}), GUEST, order_command())
    bench.clock.move(30)

    view = await place_order(bench.shop, GUEST, order_command())

    statuses = sorted((o.status, o.order_id == view.order_id) for o in bench.documents(Order))
    assert statuses == [("pending", True), ("rejected", False)]
    assert await bench.stock("MUG") == (10, 8)


async def test_a_hub_that_is_busy_holds_up_no_order() -> None:
    bench = await a_shop()
    bench.hubs.busy = 2

    view = await placed(bench, MUG=2)

    assert (view.status, bench.hubs.events) == ("pending", [])
