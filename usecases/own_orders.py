"""The orders of a customer, as the customer lists them: newest first, from the customer's own partition."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from domain.access import Caller
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.model import View
from domain.money import Amount, Amounts
from domain.order import FulfillmentStatus, Order, PaymentStatus
from domain.saga import Status
from usecases.ports.store import Page, Position, Query, Where
from usecases.shelves import beyond, cursor_keys
from usecases.shop import Shop

PLACED: Final = tuple(status.value for status in Status)
"""The statuses of orders that were placed; an attempt that failed is no order to its customer."""


class ListOrders(Command):
    """A page of the caller's orders, newest first; without ``status`` all that were placed."""

    status: Status | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""
    page: Annotated[int, Field(ge=1, le=1_000)] = 1


class OwnOrder(Amounts):
    """An order in the list; ``item_count`` counts pieces, the image is that of the first line."""

    order_id: str
    order_number: str
    status: str
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    total: Amount
    item_count: int
    image_url: str
    created_at: datetime


class OwnOrders(View):
    """A page of them."""

    items: tuple[OwnOrder, ...]
    next_cursor: str | None
    limit: int


async def list_orders(shop: Shop, who: Caller, asked: ListOrders) -> OwnOrders:
    """The caller's orders; one query, and for ``page`` one more for each hundred before it.

    Raises ``BadCursor``, and ``Invalid`` for a ``page`` beyond the 1,000th order.
    """
    statuses = (asked.status.value,) if asked.status else PLACED
    name, keys = f"orders:{who.user_id}:{','.join(statuses)}", await cursor_keys(shop)
    after = Position(*opened(asked.cursor, name, keys)) if asked.cursor else None
    query = _newest(who, statuses, asked.limit, after)
    skipped = 0 if after else (asked.page - 1) * asked.limit
    there = await beyond(shop, Order, query, skipped)
    page = await shop.store.find(Order, there) if there else Page[Order](())
    return OwnOrders(
        items=tuple(map(line_of, page.items)),
        next_cursor=sealed((page.next.value, page.next.entity_id), name, keys)
        if page.next
        else None,
        limit=asked.limit,
    )


async def newest_orders(shop: Shop, who: Caller, limit: int) -> Page[Order]:
    """So many of the caller's newest orders; one query."""
    return await shop.store.find(Order, _newest(who, PLACED, limit, None))


def line_of(order: Order) -> OwnOrder:
    """The order as it stands in the list."""
    return OwnOrder(
        currency=order.totals.currency,
        order_id=order.order_id,
        order_number=order.order_number,
        status=order.status,
        payment_status=order.payment_status,
        fulfillment_status=order.fulfillment_status,
        total=order.totals.total,
        item_count=sum(line.quantity for line in order.items),
        image_url=order.items[0].image_url,
        created_at=order.created_at,
    )


def _newest(who: Caller, statuses: tuple[str, ...], limit: int, after: Position | None) -> Query:
    return Query(
        partition=who.user_id,
        where=(Where("status", "in", statuses),),
        order_by="created_at",
        descending=True,
        limit=limit,
        after=after,
    )
