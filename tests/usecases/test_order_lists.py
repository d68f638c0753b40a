"""Staff's list of orders: kept by events, read a month at a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.access import Trace, system
from domain.cursor import BadCursor
from domain.errors import Invalid
from domain.events import Event
from domain.order import Order, OrderNotFound
from domain.order_listing import OrderListing
from tests.domain.samples import an_order
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    Bench,
    open_bench,
    placed,
    sells,
)
from usecases.meter import begin
from usecases.order_lists import (
    MOST_MONTHS,
    ListStaffOrders,
    StaffOrders,
    hear_order,
    list_orders,
    show_order,
)
from usecases.ports.faults import NotVisible
from usecases.ports.store import Change

VIEWS = system("views", Trace(correlation_id="c-v", causation_id="r-v"))
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def numbered(number: int, at: datetime, **but: Any) -> Order:
    """One of many orders."""
    id = f"{number:012}"
    whole = {"id": id, "order_id": id, "created_at": at, "status": "pending", "sequence": 1}
    return an_order(**whole | but)


async def listed(bench: Bench, **asked: Any) -> StaffOrders:
    return await list_orders(bench.shop, ListStaffOrders.model_validate(asked))


async def all_of(bench: Bench, **asked: Any) -> list[int]:
    """Every order that the cursors lead to."""
    found, cursor = [], ""
    for _ in range(20):
        page = await listed(bench, cursor=cursor, **asked)
        found += numbers(page)
        cursor = page.next_cursor or ""
        if not cursor:
            return found
    raise AssertionError("the cursors lead nowhere")


def numbers(page: StaffOrders) -> list[int]:
    return [int(line.order_id) for line in page.items]


async def seven_around_march() -> Bench:
    """Four orders of February and three of March, the seventh the newest; the odd ones are cancelled."""
    bench = open_bench()
    bench.clock.time = MARCH + timedelta(days=60)
    for number in range(1, 8):
        order = numbered(
            number,
            MARCH + timedelta(hours=number - 5),
            status="cancelled" if number % 2 else "pending",
            email=f"buyer{number % 3}@example.com",
        )
        await show_order(bench.shop, CLOCKWORK, order)
    return bench


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 100])
async def test_orders_are_listed_newest_first_over_the_months(limit: int) -> None:
    bench = await seven_around_march()

    assert await all_of(bench, limit=limit) == [7, 6, 5, 4, 3, 2, 1]


async def test_a_page_is_the_same_as_by_cursor() -> None:
    bench = await seven_around_march()

    pages = [numbers(await listed(bench, limit=3, page=page)) for page in (1, 2, 3, 4)]

    assert pages == [[7, 6, 5], [4, 3, 2], [1], []]
    with pytest.raises(Invalid, match="not valid"):
        await listed(bench, limit=100, page=11)


async def test_they_are_found_by_status_days_and_address() -> None:
    bench = await seven_around_march()

    assert await all_of(bench, status="cancelled") == [7, 5, 3, 1]
    assert await all_of(bench, start_date="2026-03-01") == [7, 6, 5]
    assert await all_of(bench, end_date="2026-02-28") == [4, 3, 2, 1]
    assert await all_of(bench, start_date="2026-02-28", end_date="2026-02-28") == [4, 3, 2, 1]
    assert await all_of(bench, start_date="2026-03-02") == []
    assert await all_of(bench, email="Buyer1@example.com", limit=1) == [7, 4, 1]
    assert await all_of(bench, email="nobody@example.com") == []


async def test_a_request_reads_six_months_and_says_where_to_go_on() -> None:
    bench = await seven_around_march()
    bench.clock.time = datetime(2026, 12, 24, tzinfo=UTC)
    meter = begin()

    page = await listed(bench)

    assert (meter.operations, numbers(page), page.next_cursor is not None) == (
        MOST_MONTHS,
        [],
        True,
    )
    assert await all_of(bench) == [7, 6, 5, 4, 3, 2, 1]
    meter = begin()
    await listed(bench, start_date="2026-12-01")
    assert meter.operations == 1


async def test_no_order_is_older_than_the_shop() -> None:
    bench = open_bench()
    bench.clock.time = datetime(2026, 2, 1, tzinfo=UTC)

    page = await listed(bench, start_date=date(2020, 1, 1))

    assert (page.items, page.next_cursor) == ((), None)


async def test_a_cursor_belongs_to_its_filters() -> None:
    bench = await seven_around_march()
    cursor = (await listed(bench, limit=1)).next_cursor

    with pytest.raises(BadCursor):
        await listed(bench, limit=1, status="pending", cursor=cursor)


async def an_order_told_of() -> tuple[Bench, Event]:
    bench = open_bench()
    await sells(bench, "MUG", 5)
    await placed(bench, MUG=1)
    return bench, bench.hubs.events[0]


async def test_an_order_that_is_told_of_is_listed_as_it_is_now() -> None:
    bench, created = await an_order_told_of()
    for _ in range(2):
        await hear_order(bench.shop, VIEWS, created)

    (line,) = (await listed(bench)).items
    order = await bench.order(line.order_id)
    assert (line.status, line.payment_status, line.total) == (
        "pending",
        "pending",
        order.totals.total,
    )
    assert (line.user_id, line.order_number) == (order.user_id, order.order_number)
    assert len(bench.documents(OrderListing)) == 1


async def test_the_same_news_writes_nothing_twice() -> None:
    bench, created = await an_order_told_of()
    await hear_order(bench.shop, VIEWS, created)
    before = bench.state()

    await hear_order(bench.shop, VIEWS, created)
    await hear_order(bench.shop, VIEWS, created.model_copy(update={"event_type": "OrderDreamt"}))

    assert bench.state() == before


async def test_an_order_that_is_not_seen_yet_is_waited_for() -> None:
    bench, created = await an_order_told_of()
    later = created.model_copy(update={"sequence": created.sequence + 1})
    unknown = created.model_copy(update={"data": {"order_id": "000000000000"}})

    with pytest.raises(NotVisible):
        await hear_order(bench.shop, VIEWS, later)
    with pytest.raises(OrderNotFound):
        await hear_order(bench.shop, VIEWS, unknown)

    assert bench.documents(OrderListing) == []


async def test_a_number_finds_its_order_before_any_event_did() -> None:
    bench, created = await an_order_told_of()
    number = created.data["order_number"]

    found, nothing, nonsense = [
        (await listed(bench, number=text)).items
        for text in (number.lower(), "HPH-2026-0000-0000-0000", "no number")
    ]

    assert ([line.order_number for line in found], nothing, nonsense) == ([number], (), ())


async def test_an_attempt_that_was_never_placed_is_on_no_list() -> None:
    bench, created = await an_order_told_of()
    attempt = numbered(1, MARCH, status="rejected")
    await bench.store.commit(Change(by=CLOCKWORK, puts=(attempt,)))
    told = {"order_id": attempt.id, "user_id": attempt.user_id}

    with pytest.raises(NotVisible):
        await hear_order(bench.shop, VIEWS, created.model_copy(update={"data": told}))

    assert (await listed(bench, number=attempt.id)).items == ()
