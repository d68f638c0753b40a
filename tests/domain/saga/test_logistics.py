"""Logistics' word, case by case; every row is in docs/saga.md."""

from dataclasses import replace

import pytest

from domain.events import event_id
from domain.saga import Answer, Do, Publish, Signal, Word, logistics

PAID = Signal("PaymentProcessed", "e")
CANCELLED = Signal("OrderCancelled", "e", reason="customer")
IN_TRANSIT = Signal("ShipmentStatusUpdated", "e", status="in_transit")

BUY = Do("label", "{order}:label")
VOID = Do("void", "{order}:void")


def said(event_type: str, status: str = "") -> Publish:
    bare = Publish("shipping-events", event_type, event_id("logistics", "e", event_type))
    return replace(bare, status=status)


def test_a_paid_order_gets_one_label() -> None:
    answer = logistics.decide(logistics.START, PAID, ok=True)

    assert answer == Answer(Word("scheduled"), (BUY, said("ShipmentScheduled")))


def test_without_a_label_the_shipment_has_failed() -> None:
    answer = logistics.decide(logistics.START, PAID, ok=False)

    assert answer == Answer(Word("failed"), (said("ShipmentStatusUpdated", "failed"),))


@pytest.mark.parametrize(
    ("phase", "event"),
    [
        ("scheduled", said("ShipmentScheduled")),
        ("failed", said("ShipmentStatusUpdated", "failed")),
        ("cancelled", said("ShipmentStatusUpdated", "cancelled")),
        ("shipped", said("ShipmentStatusUpdated", "in_transit")),
    ],
)
def test_asking_again_repeats_the_word_and_does_nothing(phase: str, event: Publish) -> None:
    assert logistics.decide(Word(phase), PAID, ok=True) == Answer(Word(phase), (event,))


@pytest.mark.parametrize(("phase", "deeds"), [("", ()), ("scheduled", (VOID,))])
def test_a_cancellation_voids_the_label_or_prevents_it(phase: str, deeds: tuple[Do, ...]) -> None:
    answer = logistics.decide(Word(phase), CANCELLED, ok=True)

    told = said("ShipmentStatusUpdated", "cancelled")
    assert answer == Answer(Word("cancelled"), (*deeds, told))
    assert logistics.decide(answer.word, PAID, ok=True) == Answer(Word("cancelled"), (told,))


@pytest.mark.parametrize(("phase", "status"), [("failed", "failed"), ("shipped", "in_transit")])
def test_a_cancellation_is_answered_with_a_word_already_given(phase: str, status: str) -> None:
    answer = logistics.decide(Word(phase), CANCELLED, ok=True)

    assert answer == Answer(Word(phase), (said("ShipmentStatusUpdated", status),))


@pytest.mark.parametrize(
    ("phase", "after"), [("scheduled", "shipped"), ("cancelled", "cancelled"), ("", "")]
)
def test_the_first_scan_ships_what_is_scheduled(phase: str, after: str) -> None:
    assert logistics.decide(Word(phase), IN_TRANSIT, ok=True) == Answer(Word(after))


def test_anything_else_is_ignored() -> None:
    signal = Signal("ShipmentStatusUpdated", "e", status="out_for_delivery")

    assert logistics.decide(Word("scheduled"), signal, ok=True) == Answer(Word("scheduled"))
