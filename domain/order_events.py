"""The events of an order: what each type carries beside the order itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from domain.access import Trace
from domain.events import Event
from domain.money import Money
from domain.order import Order
from domain.saga import Publish
from domain.shipment import Shipment

type Facts = Mapping[str, Any]


def events_of(
    order: Order,
    told: Sequence[Publish],
    *,
    after: int,
    trace: Trace,
    at: datetime,
    facts: Facts | None = None,
) -> tuple[Event, ...]:
    """The events to tell, numbered on from ``after``; ``facts`` are what the teller knows beside the order."""
    return tuple(
        Event(
            event_id=publish.id,
            event_type=publish.type,
            timestamp=at,
            subject=order.order_id,
            sequence=number,
            data=order.news() | _told(order, publish) | dict(facts or {}),
            correlation_id=trace.correlation_id,
            causation_id=trace.causation_id,
            traceparent=trace.traceparent,
        )
        for number, publish in enumerate(told, start=after + 1)
    )


def _told(order: Order, publish: Publish) -> dict[str, Any]:
    special = PAYLOADS.get(publish.type)
    reason = {"reason": publish.reason} if publish.reason else {}
    return (special(order, publish) if special else {}) | reason


def _created(order: Order, _publish: Publish) -> dict[str, Any]:
    return {
        "items": lines_of(order),
        "totals": order.totals.model_dump(mode="json"),
        "shipping_address": order.shipping_address.model_dump(mode="json"),
        "shipping_method": order.shipping.method,
        "email": order.email,
        "promo_codes": list(order.promo_codes),
        "status": order.status,
    }


def _updated(order: Order, publish: Publish) -> dict[str, Any]:
    known = (
        {"tracking_id": order.shipping.tracking_number} if order.shipping.tracking_number else {}
    )
    return known | {
        "status": publish.status,
        "payment_status": order.payment_status,
        "fulfillment_status": order.fulfillment_status,
    }


def _cancelled(_order: Order, publish: Publish) -> dict[str, Any]:
    return {"restock": publish.restock}


def _completed(order: Order, _publish: Publish) -> dict[str, Any]:
    at = order.completed_at.isoformat() if order.completed_at else None
    return {"totals": order.totals.model_dump(mode="json"), "completed_at": at}


def _stocked(order: Order, _publish: Publish) -> dict[str, Any]:
    return {"items": lines_of(order), "reservation_id": order.order_id}


def _paid(order: Order, _publish: Publish) -> dict[str, Any]:
    card = order.payment
    return money_facts(order.totals.total) | {
        "payment_id": card.intent_id,
        "method": card.method,
        "brand": card.brand,
        "last4": card.last4,
    }


def _refunded(order: Order, publish: Publish) -> dict[str, Any]:
    return _paid(order, publish) | {"refund_id": f"{order.order_id}:cancel"}


def _shipment_status(_order: Order, publish: Publish) -> dict[str, Any]:
    return {"status": publish.status}


def _ticket(order: Order, publish: Publish) -> dict[str, Any]:
    ticket_id = f"{order.order_id}:{publish.ticket}"
    return {"ticket_id": ticket_id, "type": publish.ticket, "priority": "high", "status": "new"}


PAYLOADS: Final[Mapping[str, Callable[[Order, Publish], dict[str, Any]]]] = {
    "OrderCreated": _created,
    "OrderUpdated": _updated,
    "OrderCancelled": _cancelled,
    "OrderCompleted": _completed,
    "InventoryReserved": _stocked,
    "InventoryReservationFailed": _stocked,
    "InventoryReleased": _stocked,
    "PaymentProcessed": _paid,
    "PaymentFailed": _paid,
    "RefundProcessed": _refunded,
    "ShipmentStatusUpdated": _shipment_status,
    "TicketCreated": _ticket,
}


def lines_of(order: Order) -> list[dict[str, Any]]:
    """The lines as events carry them: each with both ``sku`` and ``product_id``; a discount where there is one."""
    return [
        {
            "product_id": line.product_id,
            "sku": line.sku,
            "variant_id": line.variant_id,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price": line.unit_price.number,
            "price": line.unit_price.number,
            "line_total": line.line_total.number,
        }
        | ({"discount": line.discount.number} if line.discount is not None else {})
        for line in order.items
    ]


def money_facts(amount: Money) -> dict[str, Any]:
    """An amount as events carry it."""
    return {"amount": amount.number, "currency": amount.currency}


def parcel_facts(shipment: Shipment) -> dict[str, Any]:
    """A parcel as events carry it."""
    due = shipment.estimated_delivery
    return {
        "shipment_id": shipment.id,
        "carrier": shipment.carrier,
        "service_level": shipment.service_level,
        "tracking_number": shipment.tracking_number,
        "tracking_id": shipment.tracking_number,
        "estimated_delivery": due.isoformat() if due else None,
    }
