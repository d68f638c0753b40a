"""A parcel on its way."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shipment import RANK, Shipment, ShipmentStatus, TrackingEvent, shipment_id
from tests.domain.samples import LATER, NOON, ORDER_ID, a_parcel

STATUSES: list[ShipmentStatus] = [
    "label_created",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "failed",
    "cancelled",
]


def scan(status: ShipmentStatus, minutes: int = 1, id: str = "") -> TrackingEvent:
    at = NOON + timedelta(minutes=minutes)
    return TrackingEvent(event_id=id or f"{status}:{minutes}", status=status, timestamp=at)


def after(*events: TrackingEvent) -> Shipment:
    return reduce(Shipment.seen, events, a_parcel())


SCANS = st.lists(st.builds(scan, st.sampled_from(STATUSES), st.integers(0, 5)), max_size=8)


def test_the_order_is_read_off_the_parcels_id() -> None:
    assert shipment_id(ORDER_ID) == f"{ORDER_ID}-S1"
    assert a_parcel().partition == ORDER_ID


def test_a_parcel_moves_forward() -> None:
    moved = after(scan("in_transit", 1), scan("out_for_delivery", 2), scan("delivered", 5))

    assert (moved.status, moved.actual_delivery, moved.updated_at) == ("delivered", LATER, LATER)
    assert [event.status for event in moved.events] == STATUSES[:4]


def test_what_was_seen_before_changes_nothing() -> None:
    moved = after(scan("in_transit"))

    assert moved.seen(scan("in_transit")) is moved


def test_a_late_scan_is_kept_and_moves_nothing_back() -> None:
    moved = after(scan("delivered", 5), scan("in_transit", 1), scan("in_transit", 9))

    assert (moved.status, moved.actual_delivery) == ("delivered", LATER)
    assert [event.status for event in moved.events] == [
        "label_created",
        "in_transit",
        "delivered",
        "in_transit",
    ]


@pytest.mark.parametrize(
    ("one", "other", "end"),
    [
        ("failed", "delivered", "delivered"),
        ("cancelled", "delivered", "delivered"),
        ("cancelled", "failed", "failed"),
        ("cancelled", "in_transit", "cancelled"),
        ("failed", "out_for_delivery", "failed"),
    ],
)
def test_of_two_ends_the_same_one_wins_in_either_order(
    one: ShipmentStatus, other: ShipmentStatus, end: str
) -> None:
    assert after(scan(one, 1), scan(other, 2)).status == end
    assert after(scan(other, 2), scan(one, 1)).status == end


@given(SCANS, st.data())
def test_no_order_and_no_repetition_of_scans_changes_the_end(
    scans: list[TrackingEvent], data: st.DataObject
) -> None:
    """The same scans in any order, some of them repeated, make the same parcel."""
    again = data.draw(st.permutations(scans + scans[:3]))

    assert after(*again).document() == after(*scans).document()


@given(SCANS, st.builds(scan, st.sampled_from(STATUSES), st.integers(0, 5)))
def test_no_scan_moves_a_parcel_back(scans: list[TrackingEvent], one: TrackingEvent) -> None:
    """A status never falls in rank, and a delivery once seen stays."""
    before, moved = after(*scans), after(*scans, one)

    assert RANK[moved.status] >= RANK[before.status]
    assert (moved.actual_delivery is not None) == (moved.status == "delivered")
