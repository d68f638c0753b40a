"""The list of all orders, as staff read it: kept by the ``views`` consumer, newest first."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import Field

from domain.access import Caller
from domain.cursor import Place, opened, sealed
from domain.entity import Command
from domain.events import TYPES_BY_HUB, Event
from domain.model import View
from domain.moment import moment_text
from domain.money import Amount, Amounts, Money
from domain.order import FulfillmentStatus, Order, OrderNotFound, PaymentStatus
from domain.order_listing import FIRST_MONTH, OrderListing, line_of, view_partition
from domain.period import Day, day_of, end_of, first_day
from domain.saga import Status
from domain.user import email_hash
from usecases.again import again
from usecases.orders import find_order, told_order
from usecases.ports.store import MOST_ON_A_PAGE, Change, Position, Query, Where
from usecases.shelves import check_skipped, cursor_keys
from usecases.shop import Shop

MOST_MONTHS: Final = 6
"""Months that one request reads; where they hold fewer than a page, the cursor leads on."""


TOLD: Final = frozenset(TYPES_BY_HUB["order-events"])


class ListStaffOrders(Command):
    """A page of all orders, newest first; dates are days in UTC, both included. A number finds that order alone."""

    status: Status | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    email: Annotated[str, Field(max_length=320)] = ""
    number: Annotated[str, Field(max_length=50)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""
    page: Annotated[int, Field(ge=1, le=1_000)] = 1


class StaffOrder(Amounts):
    """An order in the list; as old as the events that told of it."""

    order_id: str
    order_number: str
    user_id: str
    status: str
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    total: Amount
    item_count: int
    created_at: datetime
    updated_at: datetime


class StaffOrders(View):
    """A page of them."""

    items: tuple[StaffOrder, ...]
    next_cursor: str | None
    limit: int


async def list_orders(shop: Shop, asked: ListStaffOrders) -> StaffOrders:
    """All orders that pass the filters, newest first: one query for each month that it reads, at most six.

    Raises ``BadCursor``, and ``Invalid`` for a ``page`` beyond the 1,000th order.
    """
    if asked.number:
        return await _by_number(shop, asked)
    name = f"staff-orders:{asked.model_dump_json(exclude={'cursor', 'limit', 'page'})}"
    keys = await cursor_keys(shop)
    place: Place | None = opened(asked.cursor, name, keys) if asked.cursor else _newest(shop, asked)
    if not asked.cursor:
        place = await _skipped(shop, asked, place, (asked.page - 1) * asked.limit)
    lines, place = await _lines(shop, asked, place, asked.limit)
    return StaffOrders(
        items=tuple(map(_shown, lines)),
        next_cursor=sealed(place, name, keys) if place else None,
        limit=asked.limit,
    )


async def hear_order(shop: Shop, by: Caller, event: Event) -> None:
    """An order was placed or has changed: the list shows it as it is now. Other events are not for us.

    Safe to repeat, at once and in any order. Raises ``OrderNotFound`` and ``NotVisible`` while this process sees
    less than the event tells, and the passing faults of the ports.
    """
    if event.event_type in TOLD:
        await show_order(shop, by, await told_order(shop, event))


async def show_order(shop: Shop, by: Caller, order: Order) -> None:
    """Make the list say what the order says. Safe to repeat, at once and in any order: the newest stays."""
    line = line_of(order, shop.secret)

    async def step() -> None:
        there = await shop.store.get(OrderListing, line.id, line.user_id)
        kept = there.or_newer(line) if there else line
        if kept is not there:
            await shop.store.commit(Change(by=by, puts=(kept,)))

    await again(shop, step)


async def _by_number(shop: Shop, asked: ListStaffOrders) -> StaffOrders:
    """The order as it is now, where there is one that was placed; two reads."""
    try:
        order = await find_order(shop, asked.number)
    except OrderNotFound:
        lines = []
    else:
        lines = [line_of(order, shop.secret)] if order.is_placed else []
    return StaffOrders(items=tuple(map(_shown, lines)), next_cursor=None, limit=asked.limit)


def _newest(shop: Shop, asked: ListStaffOrders) -> Place:
    """The place before every order that is asked for: the end of the last day."""
    today = day_of(shop.clock.now())
    return moment_text(end_of(min(asked.end_date or today, today))), ""


async def _skipped(
    shop: Shop, asked: ListStaffOrders, place: Place | None, count: int
) -> Place | None:
    """The place after so many orders; ``None`` where there are no more than these. Raises ``Invalid``."""
    check_skipped(count)
    while count and place:
        lines, place = await _lines(shop, asked, place, min(count, MOST_ON_A_PAGE))
        count -= len(lines)
    return place


async def _lines(
    shop: Shop, asked: ListStaffOrders, place: Place | None, limit: int
) -> tuple[list[OrderListing], Place | None]:
    """So many lines after the place, or fewer from as many months as one request reads; and where to go on."""
    lines: list[OrderListing] = []
    where = _where(shop, asked)
    months = list(_months(asked, place)) if place else []
    for month in months[:MOST_MONTHS]:
        query = Query(
            view_partition(month),
            where,
            order_by="created_at",
            descending=True,
            limit=limit - len(lines),
            after=Position(*place) if place else None,
        )
        page = await shop.store.find(OrderListing, query)
        lines += page.items
        place = (page.next.value, page.next.entity_id) if page.next else _begin(month)
        if page.next or len(lines) == limit:
            break
    return lines, place if place and any(_months(asked, place)) else None


def _months(asked: ListStaffOrders, place: Place) -> Iterator[date]:
    """The months that are left to read after the place, the newest first, by their first days."""
    at, id = datetime.fromisoformat(str(place[0])), place[1]
    month = first_day("month", day_of(at if id else at - timedelta.resolution))
    oldest = max(first_day("month", asked.start_date or FIRST_MONTH), FIRST_MONTH)
    while month >= oldest:
        yield month
        month = first_day("month", month - timedelta(days=1))


def _begin(month: date) -> Place:
    """The place after every order of the month."""
    return moment_text(datetime.combine(month, time(), UTC)), ""


def _where(shop: Shop, asked: ListStaffOrders) -> tuple[Where, ...]:
    where = []
    if asked.status:
        where.append(Where("status", "=", asked.status.value))
    if asked.email:
        where.append(Where("email_hash", "=", email_hash(shop.secret, asked.email)))
    if asked.start_date:
        first = datetime.combine(asked.start_date, time(), UTC)
        where.append(Where("created_at", ">=", moment_text(first)))
    return tuple(where)


def _shown(line: OrderListing) -> StaffOrder:
    return StaffOrder(
        currency=line.currency,
        order_id=line.id,
        order_number=line.order_number,
        user_id=line.owner,
        status=line.status,
        payment_status=line.payment_status,
        fulfillment_status=line.fulfillment_status,
        total=Money(line.total_minor, line.currency),
        item_count=line.item_count,
        created_at=line.created_at,
        updated_at=line.updated_at,
    )
