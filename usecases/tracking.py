"""What the tracker learns beside a signal's type, from the participants' events and from people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from domain.order import Order
from domain.saga import Signal, names

type Learns = Callable[[Order, Mapping[str, Any], datetime], Order]


def facts_onto(order: Order, signal: Signal, data: Mapping[str, Any], now: datetime) -> Order:
    """The order with what is said of the card, the parcel or its cancellation; odd data is not taken over."""
    learns = LEARNS.get(signal.type)
    return learns(order, data, now) if learns else order


def _paid(order: Order, data: Mapping[str, Any], now: datetime) -> Order:
    return order.but(paid_at=order.paid_at or now)


def _scheduled(order: Order, data: Mapping[str, Any], now: datetime) -> Order:
    known = {
        "carrier": _text(data, "carrier"),
        "tracking_number": _text(data, "tracking_number") or _text(data, "tracking_id"),
        "shipment_id": _text(data, "shipment_id"),
        "estimated_delivery": _moment(data, "estimated_delivery"),
    }
    said = {name: value for name, value in known.items() if value}
    return order.but(shipping=order.shipping.model_copy(update=said))


def _completed(order: Order, data: Mapping[str, Any], now: datetime) -> Order:
    return order.but(completed_at=order.completed_at or now)


def _called_off(order: Order, data: Mapping[str, Any], now: datetime) -> Order:
    return order.but(cancel_reason=data.get("reason", ""))


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value[:100] if isinstance(value, str) else ""


def _moment(data: Mapping[str, Any], name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(data, name))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


LEARNS: Final[Mapping[str, Learns]] = {
    names.PAYMENT_PROCESSED: _paid,
    names.SHIPMENT_SCHEDULED: _scheduled,
    names.RETURN_WINDOW_CLOSED: _completed,
    names.CANCEL_ORDER: _called_off,
}
