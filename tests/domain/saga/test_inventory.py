"""Inventory's word, case by case; every row is in docs/saga.md."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import event_id
from domain.saga import Answer, Do, Publish, Signal, Word, inventory

CREATED = Signal("OrderCreated", "e")
CANCELLED = Signal("OrderCancelled", "e", reason="customer")
LOST = Signal("OrderCancelled", "e", reason="lost_in_transit", restock=False)
IN_TRANSIT = Signal("ShipmentStatusUpdated", "e", status="in_transit")
DELIVERED = Signal("DeliveryCompleted", "e")

RESERVE = Do("reserve", "{order}:reserve")
RELEASE = Do("release", "{order}:release")
SELL = Do("sell", "{order}:sell")
CORRECT = Do("correct", "{order}:correct")


def said(event_type: str, reason: str = "") -> Publish:
    bare = Publish("inventory-events", event_type, event_id("inventory", "e", event_type))
    return replace(bare, reason=reason)


def test_holds_that_stand_become_a_reservation() -> None:
    answer = inventory.decide(inventory.START, CREATED, ok=True)

    assert answer == Answer(Word("reserved"), (RESERVE, said("InventoryReserved")))


def test_when_a_hold_cannot_be_taken_again_the_rest_is_freed() -> None:
    answer = inventory.decide(inventory.START, CREATED, ok=False)

    assert answer == Answer(Word("failed"), (RELEASE, said("InventoryReservationFailed")))


@pytest.mark.parametrize(
    ("word", "event"),
    [
        (Word("reserved"), said("InventoryReserved")),
        (Word("sold"), said("InventoryReserved")),
        (Word("failed"), said("InventoryReservationFailed")),
        (Word("released", "payment_failed"), said("InventoryReleased", "payment_failed")),
        (Word("gone", "order_cancelled"), said("InventoryReleased", "order_cancelled")),
    ],
)
@pytest.mark.parametrize("ok", [True, False])
def test_asking_again_repeats_the_word_and_does_nothing(
    word: Word, event: Publish, ok: bool
) -> None:
    assert inventory.decide(word, CREATED, ok=ok) == Answer(word, (event,))


@pytest.mark.parametrize("word", [inventory.START, Word("reserved")])
def test_a_cancellation_frees_the_stock(word: Word) -> None:
    answer = inventory.decide(word, CANCELLED, ok=True)

    freed = Word("released", "order_cancelled")
    assert answer == Answer(freed, (RELEASE, said("InventoryReleased", "order_cancelled")))
    assert inventory.decide(freed, CREATED, ok=True).word == freed


def test_a_loss_that_overtakes_the_first_scan_writes_the_goods_off() -> None:
    lost = inventory.decide(Word("reserved"), LOST, ok=True)

    gone = Word("gone", "order_cancelled")
    released = said("InventoryReleased", "order_cancelled")
    assert lost == Answer(gone, (SELL, said("StockLevelChanged", "sale"), released))
    assert inventory.decide(gone, IN_TRANSIT, ok=True) == Answer(gone)


@pytest.mark.parametrize("signal", [IN_TRANSIT, DELIVERED])
def test_goods_that_leave_are_sold_once(signal: Signal) -> None:
    answer = inventory.decide(Word("reserved"), signal, ok=True)

    assert answer == Answer(Word("sold"), (SELL, said("StockLevelChanged", "sale")))
    assert inventory.decide(Word("sold"), DELIVERED, ok=True) == Answer(Word("sold"))


@pytest.mark.parametrize("signal", [CANCELLED, LOST])
def test_sold_goods_are_released_without_touching_the_stock(signal: Signal) -> None:
    answer = inventory.decide(Word("sold"), signal, ok=True)

    gone = Word("gone", "order_cancelled")
    assert answer == Answer(gone, (said("InventoryReleased", "order_cancelled"),))


def test_goods_taken_after_their_release_only_correct_the_count() -> None:
    answer = inventory.decide(Word("released", "payment_failed"), IN_TRANSIT, ok=True)

    corrected = (CORRECT, said("StockLevelChanged", "adjustment"))
    released = said("InventoryReleased", "payment_failed")
    assert answer == Answer(Word("gone", "payment_failed"), (*corrected, released))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("order_cancelled", "order_cancelled"),
        ("declined", "payment_failed"),
        ("", "payment_failed"),
    ],
)
def test_a_failed_payment_frees_the_stock_and_its_reason_is_kept(told: str, kept: str) -> None:
    signal = Signal("PaymentFailed", "e", reason=told)

    answer = inventory.decide(Word("reserved"), signal, ok=True)

    effects = (RELEASE, said("InventoryReleased", kept))
    assert answer == Answer(Word("released", kept), effects)
    assert inventory.decide(inventory.START, signal, ok=True) == Answer(inventory.START)


SIGNALS = st.sampled_from(
    [CREATED, CANCELLED, LOST, IN_TRANSIT, DELIVERED, Signal("PaymentFailed", "e")]
)


@settings(deadline=None)
@given(st.lists(SIGNALS, max_size=12), st.booleans())
def test_a_hold_is_freed_or_sold_and_never_both(history: list[Signal], ok: bool) -> None:
    """No order of signals, however often repeated, moves the same stock twice."""
    word, verbs = inventory.START, []
    for signal in history:
        answer = inventory.decide(word, signal, ok=ok)
        word = answer.word
        verbs += [effect.verb for effect in answer.effects if isinstance(effect, Do)]

    assert len(verbs) == len(set(verbs))
    assert not {"release", "sell"} <= set(verbs)
