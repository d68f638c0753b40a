from typing import Final

import pytest
from pydantic import TypeAdapter

from domain.events import HUB_OF, event_id
from domain.saga import Do, Signal, Word, inventory, logistics, payment, timer
from domain.saga.signals import publish

WORDS: Final = [
    *map(Word, inventory.Phase),
    *map(Word, payment.Phase),
    *map(Word, logistics.Phase),
    Word("released", "payment_failed"),
    Word("idle", declines=2),
]


def test_a_shipment_status_tells_its_kind() -> None:
    assert Signal("ShipmentStatusUpdated", "e", status="failed").kind == (
        "ShipmentStatusUpdated:failed"
    )
    assert Signal("DeliveryCompleted", "e", status="delivered").kind == "DeliveryCompleted"


def test_the_same_cause_gives_the_same_id_and_another_cause_another() -> None:
    first = publish("orders", Signal("MarkShipped", "m"), "OrderUpdated")
    again = publish("orders", Signal("MarkShipped", "m"), "OrderUpdated")
    other = publish("orders", Signal("MarkShipped", "n"), "OrderUpdated")

    assert first == again
    assert first.id == event_id("orders", "m", "OrderUpdated")
    assert first.id != other.id


def test_an_event_goes_to_the_hub_of_its_type() -> None:
    for event_type, hub in HUB_OF.items():
        assert publish("orders", Signal("x", "e"), event_type).hub == hub


def test_each_attempt_of_a_deadline_is_a_cause_of_its_own() -> None:
    assert timer("o-1", "payment", 1) == Signal(
        "Timer", "o-1:payment:1", stage="payment", attempt=1
    )


@pytest.mark.parametrize(
    ("template", "key"),
    [("{order}:charge", "o-1:charge"), ("{order}:refund:{return}", "o-1:refund:r-1")],
)
def test_a_key_names_whose_effect_it_is(template: str, key: str) -> None:
    assert Do("any", template).key_for("o-1", "r-1") == key


@pytest.mark.parametrize("word", WORDS, ids=str)
def test_a_word_survives_its_way_through_json(word: Word) -> None:
    stored = TypeAdapter(Word)

    assert stored.validate_json(stored.dump_json(word)) == word
