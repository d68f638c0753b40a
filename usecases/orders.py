"""Finding orders, and what a caller may see of one."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import ConfigDict

from domain.access import Caller
from domain.address import Address
from domain.events import Event
from domain.model import View
from domain.order import (
    CardUsed,
    Delivery,
    FulfillmentStatus,
    Order,
    OrderLine,
    OrderNotFound,
    OrderPointer,
    PaymentStatus,
    ShortLine,
    order_id_from,
    pointer_key,
)
from domain.pricing import Totals
from usecases.limiting import spend
from usecases.ports.faults import NotVisible
from usecases.shop import Shop

NOBODYS_EMAIL: Final = "\x00"
"""Compared with where there is no order; nobody can send it."""


class OrderView(View):
    """An order as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    order_id: str
    order_number: str
    user_id: str
    status: str
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    email: str
    items: tuple[OrderLine, ...]
    totals: Totals
    promo_codes: tuple[str, ...]
    shipping_address: Address
    billing_address: Address | None
    payment: CardUsed
    shipping: Delivery
    short: tuple[ShortLine, ...]
    created_at: datetime
    updated_at: datetime
    paid_at: datetime | None
    completed_at: datetime | None


def view_of(order: Order) -> OrderView:
    """The order without what is only the shop's."""
    return OrderView.model_validate(order)


async def order_of(shop: Shop, user_id: str, order_id: str) -> Order:
    """The order in that user's partition; one read. Raises ``OrderNotFound``."""
    order = await shop.store.get(Order, order_id, user_id)
    if order is None:
        raise OrderNotFound(order_id=order_id)
    return order


async def find_order(shop: Shop, id_or_number: str) -> Order:
    """The order, whoever it belongs to; two reads. Raises ``OrderNotFound``."""
    order_id = order_id_from(id_or_number)
    if order_id is None:
        raise OrderNotFound(order_id=id_or_number)
    key = pointer_key(order_id)
    pointer = await shop.store.get(OrderPointer, key, key)
    if pointer is None:
        raise OrderNotFound(order_id=id_or_number)
    return await order_of(shop, pointer.owner, order_id)


async def order_named_by(shop: Shop, event: Event) -> Order:
    """The order that the event names, by itself or with whose it is; one read, or two. Raises ``OrderNotFound``."""
    order_id, user_id = (event.data.get(name) for name in ("order_id", "user_id"))
    if isinstance(order_id, str) and isinstance(user_id, str):
        return await order_of(shop, user_id, order_id)
    return await find_order(shop, str(order_id))


async def told_order(shop: Shop, event: Event) -> Order:
    """The placed order that has told the event, at least as new as it was then.

    Raises ``OrderNotFound`` and ``NotVisible`` while this process sees less than the event tells.
    """
    order = await order_named_by(shop, event)
    if not order.is_placed or order.sequence < event.sequence:
        raise NotVisible(f"order {order.order_id} at {event.sequence}")
    return order


async def visible_order(shop: Shop, caller: Caller, id_or_number: str, email: str = "") -> Order:
    """The order, if the caller may see it: the owner, staff, or anyone who knows its e-mail.

    A wrong e-mail and an absent order look the same, in the same reads and the same comparison, and guessing
    is limited. Raises ``OrderNotFound`` and ``TooMany``.
    """
    if email and not caller.is_staff:
        await spend(shop, caller, "order-look-up")
    order = await _looked_up(shop, id_or_number)
    is_known = _is_known(order.email if order else NOBODYS_EMAIL, email)
    if order and (caller.is_staff or order.user_id == caller.user_id or is_known):
        return order
    raise OrderNotFound(order_id=id_or_number)


async def _looked_up(shop: Shop, id_or_number: str) -> Order | None:
    """Two reads, whether the order is there or not."""
    order_id = order_id_from(id_or_number)
    if order_id is None:
        return None
    key = pointer_key(order_id)
    pointer = await shop.store.get(OrderPointer, key, key)
    return await shop.store.get(Order, order_id, pointer.owner if pointer else key)


async def own_order(shop: Shop, caller: Caller, id_or_number: str) -> Order:
    """The caller's own order; one read. Raises ``OrderNotFound``."""
    order_id = order_id_from(id_or_number)
    if order_id is None:
        raise OrderNotFound(order_id=id_or_number)
    return await order_of(shop, caller.user_id, order_id)


def _is_known(known: str, email: str) -> bool:
    """Compared as hashes, so that not even a length shows in the time it takes."""
    given, right = (sha256(text.strip().casefold().encode()).digest() for text in (email, known))
    return hmac.compare_digest(given, right) and known.strip() != ""
