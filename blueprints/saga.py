"""The saga's steps: one function for each hub and consumer group."""

from typing import Any

from blueprints._area import Area
from blueprints._consumer import consumer
from domain.access import Caller
from domain.events import Event
from domain.saga import Signal
from usecases.hearing import (
    INVENTORY,
    LOGISTICS,
    PAYMENT,
    Participant,
    order_hears,
    participant_hears,
)
from usecases.orders import find_order
from usecases.shop import Shop
from usecases.stepping import Subject

area = Area("saga")


@consumer(area, "order-events", "inventory")
async def inventory_hears_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """OrderCreated: the holds are asserted. OrderCancelled: they are freed."""
    await _hears(shop, caller, INVENTORY, event)


@consumer(area, "payment-events", "inventory")
async def inventory_hears_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """PaymentFailed: the holds are freed."""
    await _hears(shop, caller, INVENTORY, event)


@consumer(area, "shipping-events", "inventory")
async def inventory_hears_shipping(shop: Shop, caller: Caller, event: Event) -> None:
    """The goods have left: the holds become sales."""
    await _hears(shop, caller, INVENTORY, event)


@consumer(area, "inventory-events", "payment")
async def payment_hears_inventory(shop: Shop, caller: Caller, event: Event) -> None:
    """InventoryReserved: what is authorised is captured."""
    await _hears(shop, caller, PAYMENT, event)


@consumer(area, "order-events", "payment")
async def payment_hears_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """OrderCancelled: nothing is captured any more, what was is given back."""
    await _hears(shop, caller, PAYMENT, event)


@consumer(area, "payment-events", "logistics")
async def logistics_hears_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """PaymentProcessed: a label is bought."""
    await _hears(shop, caller, LOGISTICS, event)


@consumer(area, "order-events", "logistics")
async def logistics_hears_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """OrderCancelled: the label is voided."""
    await _hears(shop, caller, LOGISTICS, event)


@consumer(area, "shipping-events", "logistics")
async def logistics_hears_shipping(shop: Shop, caller: Caller, event: Event) -> None:
    """The carrier has the parcel: it can no longer be voided."""
    await _hears(shop, caller, LOGISTICS, event)


@consumer(area, "inventory-events", "orders")
async def orders_hear_inventory(shop: Shop, caller: Caller, event: Event) -> None:
    """Inventory's word moves the order."""
    await _tracked(shop, caller, event)


@consumer(area, "payment-events", "orders")
async def orders_hear_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """The payment's word moves the order."""
    await _tracked(shop, caller, event)


@consumer(area, "shipping-events", "orders")
async def orders_hear_shipping(shop: Shop, caller: Caller, event: Event) -> None:
    """The parcel's word moves the order."""
    await _tracked(shop, caller, event)


async def _hears(shop: Shop, caller: Caller, participant: Participant, event: Event) -> None:
    subject = await _subject(shop, event)
    if subject:
        await participant_hears(shop, caller, participant, subject, _signal(event))


async def _tracked(shop: Shop, caller: Caller, event: Event) -> None:
    subject = await _subject(shop, event)
    if subject and not _is_of_a_return(event):
        await order_hears(shop, caller, subject, _signal(event), event.data)


async def _subject(shop: Shop, event: Event) -> Subject | None:
    """Whose order the event is about; a reply of an agent may carry the order's id only."""
    order_id = _text(event.data, "order_id")
    if not order_id:
        return None
    user_id = _text(event.data, "user_id")
    if user_id:
        return Subject(user_id, order_id)
    order = await find_order(shop, order_id)
    return Subject(order.user_id, order.order_id)


def _is_of_a_return(event: Event) -> bool:
    """A refund of a return is not the order's own: its id does not end in ``:cancel``."""
    refund_id = _text(event.data, "refund_id")
    return event.event_type == "RefundProcessed" and not refund_id.endswith(":cancel")


def _signal(event: Event) -> Signal:
    return Signal(
        event.event_type,
        event.event_id,
        reason=_text(event.data, "reason"),
        restock=event.data.get("restock") is not False,
        status=_text(event.data, "status"),
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
