"""What the tracker learns from events."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.saga import Signal
from tests.domain.samples import LATER, NOON, an_order
from usecases.tracking import facts_onto

SCHEDULED = Signal("ShipmentScheduled", "e-1")
ETA = datetime(2026, 1, 30, 12, tzinfo=UTC)


def learned(data: dict[str, Any]) -> dict[str, Any]:
    """What of the parcel is known after an event with that data, beside the method."""
    shipping = facts_onto(an_order(), SCHEDULED, data, LATER).shipping.model_dump()
    return {name: value for name, value in shipping.items() if value and name != "method"}


@pytest.mark.parametrize(
    ("data", "known"),
    [
        ({}, {}),
        ({"carrier": "UPS"}, {"carrier": "UPS"}),
        ({"tracking_id": "1Z"}, {"tracking_number": "1Z"}),
        ({"tracking_id": "1Z", "tracking_number": "2Z"}, {"tracking_number": "2Z"}),
        ({"carrier": "x" * 200}, {"carrier": "x" * 100}),
        ({"carrier": 7, "tracking_number": None, "shipment_id": ["S"]}, {}),
        ({"estimated_delivery": ETA.isoformat()}, {"estimated_delivery": ETA}),
        ({"estimated_delivery": "2026-01-30T12:00:00Z"}, {"estimated_delivery": ETA}),
        ({"estimated_delivery": "2026-01-30T12:00:00"}, {}),
        ({"estimated_delivery": "soon"}, {}),
        ({"estimated_delivery": 1_769_774_400}, {}),
    ],
)
def test_odd_data_is_not_taken_over(data: dict[str, Any], known: dict[str, Any]) -> None:
    assert learned(data) == known


def test_the_first_payment_and_the_first_completion_are_noted() -> None:
    paid, completed = Signal("PaymentProcessed", "e-1"), Signal("ReturnWindowClosed", "e-2")

    order = facts_onto(facts_onto(an_order(), paid, {}, NOON), completed, {}, NOON)
    again = facts_onto(facts_onto(order, paid, {}, LATER), completed, {}, LATER)

    assert (order.paid_at, order.completed_at) == (NOON, NOON)
    assert (again.paid_at, again.completed_at) == (NOON, NOON)


def test_other_events_teach_nothing() -> None:
    order = an_order()

    assert facts_onto(order, Signal("InventoryReserved", "e-1"), {"carrier": "UPS"}, NOON) is order
