"""What the tests of the domain share: one order of two lines, its lines, its address and its parcel."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.access import Trace
from domain.address import Address
from domain.cart import CartLine
from domain.money import Money
from domain.order import Delivery, Order, order_line
from domain.pricing import price
from domain.promotion import Promotion
from domain.shipment import Shipment, TrackingEvent

NOON = datetime(2026, 1, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
ORDER_ID = "7K3MPX9QW2ZD"
NUMBER = "HPH-2026-7K3M-PX9Q-W2ZD"
TRACE = Trace(correlation_id="c-1", causation_id="r-1", traceparent="00-1")
HOME = Address(
    name="A Shopper", line1="1 Main Street", city="Memphis", state="TN", postal_code="38103"
)


def usd(amount_minor: int) -> Money:
    return Money(amount_minor, "USD")


def cart_line(sku: str = "MUG", quantity: int = 2, unit_minor: int = 1000, **but: Any) -> CartLine:
    whole = {
        "currency": "USD",
        "cart_item_id": f"i-{sku}",
        "product_id": f"p-{sku}",
        "variant_id": f"v-{sku}",
        "sku": sku,
        "name": f"The {sku}",
        "quantity": quantity,
        "unit_price": usd(unit_minor),
        "added_at": NOON,
    }
    return CartLine.model_validate(whole | but)


def an_order(**but: Any) -> Order:
    """Two mugs and a cup, to Memphis, while it is being placed."""
    lines = (cart_line("CUP", 1, 250), cart_line("MUG", 2, 1000))
    whole = {
        "id": ORDER_ID,
        "order_id": ORDER_ID,
        "order_number": NUMBER,
        "user_id": "guest:g-1",
        "cart_uuid": "cart-1",
        "status": "placing",
        "email": "buyer@example.com",
        "items": tuple(order_line(line, ORDER_ID) for line in lines),
        "totals": price(lines, "USD", address=HOME, method="standard").totals,
        "shipping_address": HOME,
        "shipping": Delivery(method="standard"),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Order.model_validate(whole | but)


def a_parcel(**but: Any) -> Shipment:
    """The order's parcel, labelled."""
    bought = TrackingEvent(event_id="label", status="label_created", timestamp=NOON)
    whole = {
        "id": f"{ORDER_ID}-S1",
        "order_id": ORDER_ID,
        "user_id": "guest:g-1",
        "carrier": "USPS",
        "service_level": "Ground Advantage",
        "tracking_number": "9400",
        "destination": HOME,
        "events": (bought,),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Shipment.model_validate(whole | but)


def a_promotion(**but: Any) -> Promotion:
    """Ten percent off everything, as often as one likes."""
    whole = {
        "code": "TEN",
        "name": "Ten percent off",
        "type": "percentage",
        "rate": 100_000,
        "minimum": usd(0),
        "currency": "USD",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Promotion.model_validate(whole | but)
