"""Every interleaving of the quick plan, and that what the cursors leave out is really ignored."""

from itertools import product
from typing import Final

import pytest

from domain.saga import Answer, Decision, Facets, Inventory, Payment, Shipment, Signal, Word, decide
from tests.domain.saga.checker import (
    CASES,
    MORE_CASES,
    NO_FAULTS,
    ODD_CASES,
    ONE_LOST,
    ONE_OF_EACH,
    ONE_REDELIVERY,
    ONE_REPLAYED,
    TWO_REDELIVERIES,
    Run,
    explore,
    runs_of,
)
from tests.domain.saga.scenario import CURSORS, PARTICIPANTS, TRACKER, Functions

# Cases whose runs with faults are long are left to ``python -m tests.domain.saga.checker full``.
SHORT_CASES: Final = (*CASES[:3], *CASES[4:7])

RUNS: Final = [
    *runs_of("no faults", NO_FAULTS, CASES + MORE_CASES + ODD_CASES),
    *runs_of("1 redelivery", ONE_REDELIVERY, SHORT_CASES),
    *runs_of("1 lost", ONE_LOST, SHORT_CASES),
    *runs_of("1 parked, replayed any time", ONE_REPLAYED, SHORT_CASES, also_cancelled=False),
    *runs_of("2 redeliveries", TWO_REDELIVERIES, CASES[:3], also_cancelled=False),
    *runs_of("1 lost, 1 redelivery", ONE_OF_EACH, CASES[:3], also_cancelled=False),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run.budget}-{run.case.name}-{run.cancel}")
def test_every_interleaving_keeps_the_laws(run: Run) -> None:
    assert explore(run).worlds > 0


SAID: Final = {
    "order-events": ("OrderCreated", "OrderCancelled", "OrderUpdated", "OrderCompleted"),
    "inventory-events": (
        "InventoryReserved",
        "InventoryReservationFailed",
        "InventoryReleased",
        "StockLevelChanged",
    ),
    "payment-events": ("PaymentProcessed", "PaymentFailed", "RefundProcessed"),
    "shipping-events": (
        "ShipmentScheduled",
        "DeliveryCompleted",
        "ETAUpdated",
        "RouteIssueDetected",
    ),
}
STATUSES: Final = ("in_transit", "failed", "cancelled", "out_for_delivery")

PHASES: Final = {
    "inventory": ("held", "reserved", "failed", "released", "sold", "gone"),
    "payment": ("", "idle", "waiting", "authorised", "captured", "failed", "refunded"),
    "logistics": ("", "scheduled", "failed", "cancelled", "shipped"),
}


def said_on(hub: str) -> list[Signal]:
    """Everything that may be said on a hub."""
    signals = [Signal(event_type, "e") for event_type in SAID[hub]]
    if hub == "shipping-events":
        signals += [Signal("ShipmentStatusUpdated", "e", status=status) for status in STATUSES]
    return signals


def left_out(reader: str) -> list[Signal]:
    """What a reader's cursors do not carry."""
    return [
        signal
        for who, hub, kinds in CURSORS
        if who == reader
        for signal in said_on(hub)
        if signal.kind not in kinds
    ]


@pytest.mark.parametrize("name", PARTICIPANTS)
def test_what_a_participant_is_not_sent_it_would_ignore(name: str) -> None:
    rule = Functions().of(name)
    signals = left_out(name)

    assert signals
    for phase, signal, ok in product(PHASES[name], signals, (True, False)):
        word = Word(phase)
        assert rule(word, signal, ok=ok) == Answer(word)


def test_what_the_order_is_not_sent_it_would_ignore() -> None:
    signals = left_out(TRACKER)

    assert signals
    for inventory, payment, shipment, signal in product(Inventory, Payment, Shipment, signals):
        facets = Facets(inventory, payment, shipment)
        assert decide(facets, signal) == Decision(facets)
