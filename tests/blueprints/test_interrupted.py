"""Requests that end half-way, and repeats that meet each other: nothing is lost and nothing done twice."""

from typing import Any

import pytest

from domain.cart import Cart
from domain.idempotency import KeptAnswer
from domain.order import Order
from local.timers import timer_data
from tests.blueprints.goods import CANDLE, ORDER
from tests.blueprints.harness import Guest, Web, code
from tests.blueprints.steps import Hooked, cart_in_store, filled, put, stock_of
from usecases.ports.store import AlreadyExists, Change, Query, VersionConflict

ORDERS = "/api/orders"
ADD = {"product_id": CANDLE}


def stops_at(kind: type[Any], count: int = 1) -> Any:
    """A process that dies ahead of its ``count``-th commit of this kind, and does nothing more."""
    seen = 0

    async def stop(change: Change) -> None:
        nonlocal seen
        seen += any(isinstance(one, kind) for one in change.puts)
        if seen >= count:
            raise RuntimeError("the process died")

    return stop


async def interrupted(web: Web, guest: Guest, kind: type[Any], count: int) -> None:
    """Try to place the order, and die on the way."""
    whole = web.shop.store
    web.change(store=Hooked(web, stops_at(kind, count)))
    answer = await guest.send("POST", ORDERS, ORDER, key="k")
    web.change(store=whole)
    assert answer.status_code == 500


STEPS = [(Cart, 1), (Order, 1), (Order, 2), (Cart, 2)]
"""The claim of the cart, the order as placing, the order as pending, the closing of the cart."""


@pytest.mark.parametrize(("kind", "count"), STEPS)
async def test_a_repeat_goes_on_where_the_first_was_cut_off(
    web: Web, kind: type[Any], count: int
) -> None:
    guest = await filled(web)
    await interrupted(web, guest, kind, count)

    same_key = await guest.send("POST", ORDERS, ORDER, key="k")
    answer = await guest.send("POST", ORDERS, ORDER, key="another")

    assert code(same_key) == (409, "IDEMPOTENCY_KEY_IN_FLIGHT")
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    assert (await stock_of(web, "pine-candle-1")).available == 499
    assert (await cart_in_store(web, guest)).items == ()


@pytest.mark.parametrize(("kind", "count"), [(Order, 1), (Order, 2)])
async def test_an_order_that_nobody_finishes_is_ended_by_the_clock(
    web: Web, kind: type[Any], count: int
) -> None:
    guest = await filled(web)
    await interrupted(web, guest, kind, count)
    web.clock.move(31)

    watch = web.door.function("watch_orders")
    await web.door.worker.invoke(watch, timer_data({}, is_past_due=False), {})
    cart = (await guest.send("GET", "/api/cart")).json()

    assert (await stock_of(web, "pine-candle-1")).available == 500
    assert cart["item_count"] == 1
    again = await guest.send("POST", ORDERS, ORDER, key="k")
    assert (again.status_code, again.json()["status"]) == (201, "pending")
    assert (await stock_of(web, "pine-candle-1")).available == 499


async def record_of(web: Web, guest: Guest) -> KeptAnswer:
    (record,) = (await web.shop.store.find(KeptAnswer, Query(guest.user_id))).items
    return record


async def test_who_was_overtaken_under_a_key_answers_all_the_same(web: Web) -> None:
    guest = await web.guest()
    store = web.shop.store

    async def overtake(change: Change) -> None:
        if isinstance(change.puts[0], Cart):
            record = await record_of(web, guest)
            taken = record.but(status=201, body='{"by": "another process"}')
            await store.commit(Change(by=change.by, puts=(taken,)))

    web.change(store=Hooked(web, overtake))
    answer = await guest.send("POST", "/api/cart/items", ADD, key="k")
    again = await guest.send("POST", "/api/cart/items", ADD, key="k")

    assert answer.status_code == 201
    assert again.json() == {"by": "another process"}


async def test_who_was_overtaken_and_then_refused_leaves_the_others_answer(web: Web) -> None:
    guest = await web.guest()
    store = web.shop.store

    async def overtake(change: Change) -> None:
        if change.puts and isinstance(change.puts[0], Cart):
            record = await record_of(web, guest)
            taken = record.but(status=201, body='{"by": "another process"}')
            await store.commit(Change(by=change.by, puts=(taken,)))
            web.change(store=store)
            raise RuntimeError("a bug")

    web.change(store=Hooked(web, overtake))
    answer = await guest.send("POST", "/api/cart/items", ADD, key="k")
    again = await guest.send("POST", "/api/cart/items", ADD, key="k")

    assert answer.status_code == 500
    assert again.json() == {"by": "another process"}


async def test_a_record_that_is_gone_again_is_waited_for(web: Web) -> None:
    guest = await web.guest()

    async def refuse(change: Change) -> None:
        raise AlreadyExists("there is one", "key")

    web.change(store=Hooked(web, refuse))
    answer = await guest.send("POST", "/api/cart/items", ADD, key="k")

    assert code(answer) == (409, "IDEMPOTENCY_KEY_IN_FLIGHT")
    assert answer.headers["retry-after"] == "1"


async def test_of_those_who_take_over_one_goes_on(web: Web) -> None:
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", ADD, key="k")
    record = await record_of(web, guest)
    await put(web, record.but(status=None))
    web.clock.move(31)

    async def overtake(change: Change) -> None:
        if change.puts and change.puts[0].version is not None:
            raise VersionConflict("somebody was faster")

    web.change(store=Hooked(web, overtake))
    with web.unchanged():
        answer = await guest.send("POST", "/api/cart/items", ADD, key="k")

    assert code(answer) == (409, "IDEMPOTENCY_KEY_IN_FLIGHT")
