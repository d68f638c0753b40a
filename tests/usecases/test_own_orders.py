"""Customers list their own orders."""

from datetime import datetime, timedelta

import pytest

from domain.access import Caller, Role
from domain.cursor import BadCursor
from domain.errors import Invalid
from domain.order import Order, OutOfStock
from domain.saga import Status
from tests.domain.samples import an_order
from tests.usecases.shop_fixtures import (
    GUEST,
    Bench,
    carry_on,
    fill_cart,
    guest,
    open_bench,
    order_command,
    paid,
    placed,
    sells,
)
from usecases import meter
from usecases.commanding import cancel_order
from usecases.ordering import place_order
from usecases.own_orders import ListOrders, OwnOrders, line_of, list_orders

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)
OTHER = guest("g-2")


async def kept(bench: Bench, many: int, *, first: int = 0, status: str = "completed") -> None:
    """So many orders of the customer, a minute apart; their ids are their numbers in three digits."""
    for number in range(first, first + many):
        id, at = f"{number:03}", bench.clock.now() + timedelta(minutes=number)
        whole = {"id": id, "order_id": id, "user_id": "u-1", "status": status, "created_at": at}
        await bench.put(an_order(**whole))


def ids(page: OwnOrders) -> list[str]:
    return [line.order_id for line in page.items]


async def listed(bench: Bench, who: Caller = CUSTOMER, **asked: object) -> OwnOrders:
    return await list_orders(bench.shop, who, ListOrders.model_validate(asked))


async def test_an_order_is_shown_in_one_line() -> None:
    bench = open_bench()
    for sku in ("MUG", "TEA"):
        await sells(bench, sku)
    view = await placed(bench, CUSTOMER, MUG=2, TEA=1)

    (line,) = (await listed(bench)).items

    assert line.model_dump() == {
        "currency": "USD",
        "order_id": view.order_id,
        "order_number": view.order_number,
        "status": "pending",
        "payment_status": "pending",
        "fulfillment_status": "pending",
        "total": view.totals.total.number,
        "item_count": 3,
        "image_url": "",
        "created_at": view.created_at,
    }


async def test_the_image_is_that_of_the_first_line() -> None:
    order = an_order()
    lines = [line.model_copy(update={"image_url": f"/{line.sku}.jpg"}) for line in order.items]

    assert line_of(order.but(items=tuple(lines))).image_url == "/CUP.jpg"


async def test_a_line_says_what_has_become_of_the_order() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    view = await placed(bench, CUSTOMER, MUG=1)
    await paid(bench, view, CUSTOMER)
    await carry_on(bench)

    (line,) = (await listed(bench)).items

    states = (line.status, line.payment_status, line.fulfillment_status)
    assert states == ("processing", "paid", "scheduled")


async def test_only_ones_own_are_listed_and_no_attempt_that_failed() -> None:
    bench = open_bench()
    await sells(bench, "MUG", pieces=2)
    mine = await placed(bench, CUSTOMER, MUG=1)
    await fill_cart(bench, CUSTOMER, MUG=1)
    await placed(bench, OTHER, MUG=1)
    with pytest.raises(OutOfStock):
        await place_order(bench.shop, CUSTOMER, order_command())
    await kept(bench, 1, status="placing")

    assert len([one for one in bench.documents(Order) if one.user_id == "u-1"]) == 3
    assert ids(await listed(bench)) == [mine.order_id]


async def test_they_are_listed_newest_first_a_page_at_a_time() -> None:
    bench = open_bench()
    await kept(bench, 5)

    found, cursor = [], ""
    for _ in range(3):
        page = await listed(bench, limit=2, cursor=cursor)
        found.append(ids(page))
        cursor = page.next_cursor or ""

    assert found == [["004", "003"], ["002", "001"], ["000"]]
    assert (page.next_cursor, page.limit) == (None, 2)
    by_page = [ids(await listed(bench, limit=2, page=page)) for page in (1, 2, 3, 4)]
    assert by_page == [*found, []]


async def test_a_page_of_any_length_costs_one_query_and_a_far_one_few() -> None:
    bench = open_bench()
    await kept(bench, 150)
    costs = []
    for asked in ({"limit": 100}, {"status": "completed"}, {"page": 8}, {"page": 9}):
        counted = meter.begin()
        await listed(bench, **asked)
        costs.append(counted.operations)

    assert costs == [1, 1, 3, 2]


async def test_a_page_beyond_the_thousandth_order_needs_a_cursor() -> None:
    bench = open_bench()

    assert ids(await listed(bench, limit=100, page=10)) == []
    with pytest.raises(Invalid):
        await listed(bench, limit=100, page=11)


async def test_one_status_can_be_asked_for() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    order = await placed(bench, CUSTOMER, MUG=1)
    await cancel_order(bench.shop, CUSTOMER, order.order_id)
    await carry_on(bench)
    await kept(bench, 2)

    assert ids(await listed(bench, status="cancelled")) == [order.order_id]
    assert ids(await listed(bench, status="completed", limit=1)) == ["001"]
    assert ids(await listed(bench, status="shipped")) == []


@pytest.mark.parametrize("status", ["placing", "rejected", "x", ""])
def test_only_what_an_order_can_be_is_a_status(status: str) -> None:
    with pytest.raises(ValueError, match="status"):
        ListOrders.model_validate({"status": status})


async def test_a_cursor_is_good_for_its_own_list_only() -> None:
    bench = open_bench()
    await kept(bench, 3)
    cursor = (await listed(bench, limit=1)).next_cursor

    with pytest.raises(BadCursor):
        await listed(bench, OTHER, cursor=cursor)
    with pytest.raises(BadCursor):
        await listed(bench, cursor=cursor, status="completed")


async def test_an_order_that_is_placed_between_two_pages_moves_nothing() -> None:
    bench = open_bench()
    await kept(bench, 3)
    first = await listed(bench, limit=2)

    await kept(bench, 1, first=9)

    assert ids(await listed(bench, limit=2, cursor=first.next_cursor)) == ["000"]


def test_every_status_of_a_placed_order_is_listed() -> None:
    at = datetime.fromisoformat("2026-01-25T12:00:00Z")
    lines = [line_of(an_order(status=str(one), created_at=at)) for one in Status]

    assert [line.status for line in lines] == [str(one) for one in Status]
