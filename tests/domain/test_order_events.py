"""What the events of an order say."""

from dataclasses import replace
from typing import Any

import pytest

from domain.events import HUB_OF
from domain.order import AppliedPromotion, CardUsed
from domain.order_events import events_of, lines_of, money_facts, parcel_facts
from domain.saga import Facets, Publish
from tests.domain.samples import HOME, LATER, NOON, NUMBER, ORDER_ID, TRACE, a_parcel, an_order, usd

ORDER = an_order(
    payment=CardUsed(intent_id="pi_1", brand="visa", last4="4242"), completed_at=LATER
).moved(Facets(), NOON)
WHOSE = {"order_id": ORDER_ID, "id": ORDER_ID, "user_id": "guest:g-1", "order_number": NUMBER}
MONEY = {"amount": 30.07, "currency": "USD"}
CARD = {"payment_id": "pi_1", "method": "credit_card", "brand": "visa", "last4": "4242"}
TOTALS = {
    "currency": "USD",
    "subtotal": 22.5,
    "discount": 0.0,
    "shipping": 5.99,
    "tax": 1.58,
    "total": 30.07,
}
ITEMS = [
    {
        "product_id": "p-CUP",
        "sku": "CUP",
        "variant_id": "v-CUP",
        "name": "The CUP",
        "quantity": 1,
        "unit_price": 2.5,
        "price": 2.5,
        "line_total": 2.5,
    },
    {
        "product_id": "p-MUG",
        "sku": "MUG",
        "variant_id": "v-MUG",
        "name": "The MUG",
        "quantity": 2,
        "unit_price": 10.0,
        "price": 10.0,
        "line_total": 20.0,
    },
]


def told(type_: str, order: Any = ORDER, **but: Any) -> dict[str, Any]:
    publish = replace(Publish(HUB_OF[type_], type_, "e-1"), **but)
    (event,) = events_of(order, [publish], after=0, trace=TRACE, at=LATER)
    return event.data


@pytest.mark.parametrize(
    ("type_", "but", "says"),
    [
        (
            "OrderCreated",
            {},
            {
                "items": ITEMS,
                "totals": TOTALS,
                "shipping_address": HOME.model_dump(),
                "shipping_method": "standard",
                "email": "buyer@example.com",
                "promo_codes": [],
                "status": "pending",
            },
        ),
        (
            "OrderUpdated",
            {"status": "processing"},
            {"status": "processing", "payment_status": "pending", "fulfillment_status": "pending"},
        ),
        (
            "OrderCancelled",
            {"reason": "customer", "restock": False},
            {"restock": False, "reason": "customer"},
        ),
        ("OrderCompleted", {}, {"totals": TOTALS, "completed_at": "2026-01-25T12:05:00+00:00"}),
        ("InventoryReserved", {}, {"items": ITEMS, "reservation_id": ORDER_ID}),
        ("InventoryReservationFailed", {}, {"items": ITEMS, "reservation_id": ORDER_ID}),
        (
            "InventoryReleased",
            {"reason": "order_cancelled"},
            {"items": ITEMS, "reservation_id": ORDER_ID, "reason": "order_cancelled"},
        ),
        ("PaymentProcessed", {}, MONEY | CARD),
        ("PaymentFailed", {"reason": "declined"}, MONEY | CARD | {"reason": "declined"}),
        ("RefundProcessed", {}, MONEY | CARD | {"refund_id": f"{ORDER_ID}:cancel"}),
        ("ShipmentStatusUpdated", {"status": "in_transit"}, {"status": "in_transit"}),
        ("ShipmentScheduled", {}, {}),
        (
            "TicketCreated",
            {"ticket": "compensation_stuck"},
            {
                "ticket_id": f"{ORDER_ID}:compensation_stuck",
                "type": "compensation_stuck",
                "priority": "high",
                "status": "new",
            },
        ),
    ],
)
def test_each_event_says_what_its_type_needs(
    type_: str, but: dict[str, Any], says: dict[str, Any]
) -> None:
    assert told(type_, **but) == WHOSE | says


def test_a_parcel_that_has_a_number_is_named_in_updates() -> None:
    shipping = ORDER.shipping.model_copy(update={"tracking_number": "9400"})

    assert told("OrderUpdated", ORDER.but(shipping=shipping))["tracking_id"] == "9400"


def test_a_new_order_tells_its_codes_and_what_is_off_each_line() -> None:
    ten = AppliedPromotion(code="TEN", currency="USD", saved=usd(25))
    line = ORDER.items[0].model_copy(update={"discount": usd(25)})

    data = told("OrderCreated", ORDER.but(promotions=(ten,), items=(line,)))

    assert data["promo_codes"] == ["TEN"]
    assert data["items"] == [ITEMS[0] | {"discount": 0.25}]


def test_an_order_that_is_not_complete_says_no_moment() -> None:
    assert told("OrderCompleted", an_order())["completed_at"] is None


def test_events_are_numbered_on_and_traced() -> None:
    both = [Publish("order-events", "OrderCreated", "e-1"), Publish("order-events", "X", "e-2")]

    events = events_of(ORDER, both, after=4, trace=TRACE, at=LATER, facts={"carrier": "USPS"})

    assert [(e.event_id, e.event_type, e.sequence) for e in events] == [
        ("e-1", "OrderCreated", 5),
        ("e-2", "X", 6),
    ]
    assert {(e.subject, e.timestamp, e.correlation_id) for e in events} == {
        (ORDER_ID, LATER, "c-1")
    }
    assert {(e.causation_id, e.traceparent) for e in events} == {("r-1", "00-1")}
    assert [event.data["carrier"] for event in events] == ["USPS", "USPS"]


def test_no_news_is_no_event() -> None:
    assert events_of(ORDER, [], after=4, trace=TRACE, at=LATER) == ()


def test_lines_and_money_are_json_numbers() -> None:
    assert lines_of(ORDER) == ITEMS
    assert money_facts(usd(3007)) == MONEY


def test_a_parcel_is_told_with_both_names_of_its_number() -> None:
    assert parcel_facts(a_parcel()) == {
        "shipment_id": f"{ORDER_ID}-S1",
        "carrier": "USPS",
        "service_level": "Ground Advantage",
        "tracking_number": "9400",
        "tracking_id": "9400",
        "estimated_delivery": None,
    }
    due = parcel_facts(a_parcel(estimated_delivery=LATER))["estimated_delivery"]
    assert due == "2026-01-25T12:05:00+00:00"
