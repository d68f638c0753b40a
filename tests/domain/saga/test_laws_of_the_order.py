"""Laws that hold after any signals whatever, in any order."""

from dataclasses import replace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.saga import (
    Decision,
    Facets,
    Inventory,
    Payment,
    Publish,
    Reject,
    Shipment,
    Signal,
    decide,
    stage,
    timer,
)

KNOWN_TYPES: Final = (
    "CancelOrder",
    "MarkShipped",
    "ReturnWindowClosed",
    "InventoryReserved",
    "InventoryReservationFailed",
    "InventoryReleased",
    "PaymentProcessed",
    "PaymentFailed",
    "RefundProcessed",
    "ShipmentScheduled",
    "DeliveryCompleted",
)
STATUSES: Final = ("in_transit", "failed", "cancelled", "out_for_delivery")
REASONS: Final = ("", "order_cancelled", "payment_failed", "reservation_expired")
STAGES: Final = ("inventory", "payment", "shipment", "compensation", "")

FACTS: Final = st.builds(
    Signal, st.sampled_from(KNOWN_TYPES), st.uuids().map(str), reason=st.sampled_from(REASONS)
)
CARRIER: Final = st.builds(
    Signal,
    st.just("ShipmentStatusUpdated"),
    st.uuids().map(str),
    status=st.sampled_from(STATUSES),
)
TIMERS: Final = st.builds(timer, st.just("o"), st.sampled_from(STAGES), st.integers(0, 2))
SIGNALS: Final = FACTS | CARRIER | TIMERS
HISTORIES: Final = st.lists(SIGNALS, max_size=20)

INVENTORY_EDGES: Final = {
    ("pending", "reserved"),
    ("pending", "failed"),
    ("pending", "released"),
    ("reserved", "released"),
}
PAYMENT_EDGES: Final = {
    ("pending", "failed"),
    ("pending", "captured"),
    ("pending", "refunded"),
    ("failed", "captured"),
    ("failed", "refunded"),
    ("captured", "refunded"),
}
SHIPMENT_EDGES: Final = {
    ("none", "scheduled"),
    ("none", "shipped"),
    ("none", "delivered"),
    ("none", "failed"),
    ("none", "cancelled"),
    ("scheduled", "shipped"),
    ("scheduled", "delivered"),
    ("scheduled", "failed"),
    ("scheduled", "cancelled"),
    ("shipped", "delivered"),
    ("shipped", "failed"),
    ("cancelled", "shipped"),
    ("cancelled", "delivered"),
}


def hear(facets: Facets, signal: Signal) -> Facets:
    after = decide(facets, signal).facets
    assert after is not None
    return after


def order_after(history: list[Signal]) -> Facets:
    facets = Facets()
    for signal in history:
        facets = hear(facets, signal)
    return facets


ORDERS: Final = HISTORIES.map(order_after)


@settings(deadline=None)
@given(ORDERS, SIGNALS)
def test_facets_move_only_along_their_edges(order: Facets, signal: Signal) -> None:
    """A facet stays, or takes one edge of its lattice; it never goes back."""
    after = hear(order, signal)

    assert after.inventory == order.inventory or (
        (order.inventory, after.inventory) in INVENTORY_EDGES
    )
    assert after.payment == order.payment or (order.payment, after.payment) in PAYMENT_EDGES
    assert after.shipment == order.shipment or (order.shipment, after.shipment) in SHIPMENT_EDGES


@settings(deadline=None)
@given(ORDERS, SIGNALS)
def test_what_was_decided_is_not_taken_back(order: Facets, signal: Signal) -> None:
    """The first reason, the first ticket and the completion stay."""
    after = hear(order, signal)

    assert order.cancel in ("", after.cancel)
    assert order.ticket in ("", after.ticket)
    assert after.completed >= order.completed


@settings(deadline=None)
@given(ORDERS, SIGNALS)
def test_a_repeated_signal_changes_and_tells_nothing(order: Facets, signal: Signal) -> None:
    """Deciding twice is deciding once; a refused command is refused again."""
    first = decide(order, signal)
    again = decide(first.facets, signal)

    assert again.facets == first.facets
    assert all(isinstance(effect, Reject) for effect in again.effects)
    if first.facets != order:
        assert again.effects == ()


@settings(deadline=None)
@given(ORDERS, st.text().filter(lambda name: name not in (*KNOWN_TYPES, "Timer")))
def test_an_unknown_type_is_ignored(order: Facets, name: str) -> None:
    """What a newer release says is no business of this one."""
    assert decide(order, Signal(name, "e")) == Decision(order)


@settings(deadline=None)
@given(ORDERS, TIMERS)
def test_a_stale_timer_is_ignored(order: Facets, late: Signal) -> None:
    """A deadline counts only for the stage and attempt that set it."""
    if (late.stage, late.attempt) == (stage(order), order.attempt) and late.stage:
        late = replace(late, attempt=late.attempt + 1)

    assert decide(order, late) == Decision(order)


@settings(deadline=None)
@given(ORDERS, SIGNALS)
def test_no_decision_publishes_a_type_twice(order: Facets, signal: Signal) -> None:
    """Otherwise two events of one cause would share an id."""
    events = [e.type for e in decide(order, signal).effects if isinstance(e, Publish)]

    assert len(events) == len(set(events))


@settings(deadline=None)
@given(ORDERS)
def test_an_order_survives_its_way_through_json(order: Facets) -> None:
    """What is stored is what was decided."""
    stored = TypeAdapter(Facets)

    assert stored.validate_json(stored.dump_json(order)) == order


@settings(deadline=None)
@given(
    st.builds(
        Facets,
        st.sampled_from(Inventory),
        st.sampled_from(Payment),
        st.sampled_from(Shipment),
        cancel=st.sampled_from(["", "customer", "lost_in_transit"]),
        attempt=st.integers(0, 2),
    ),
    SIGNALS,
)
def test_deciding_is_total(order: Facets, signal: Signal) -> None:
    """Even a state that no history reaches gets a decision."""
    assert decide(order, signal).facets is not None
