"""Payment's word, case by case; every row is in docs/saga.md."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import event_id
from domain.saga import Answer, Do, Limits, Publish, Signal, Word, payment

RESERVED = Signal("InventoryReserved", "e")
AUTHORISED = Signal("Authorised", "e")
DECLINED = Signal("Declined", "e")
SUCCEEDED = Signal("Succeeded", "e")
REFUNDED = Signal("Refunded", "e")
CANCELLED = Signal("OrderCancelled", "e", reason="customer")

CHARGE = Do("charge", "{order}:charge")
REFUND = Do("refund", "{order}:refund")
STOP = Do("stop", "{order}:intent")


def said(event_type: str, reason: str = "") -> Publish:
    bare = Publish("payment-events", event_type, event_id("payment", "e", event_type))
    return replace(bare, reason=reason)


def word_after(*history: Signal) -> Word:
    word = payment.START
    for signal in history:
        word = payment.decide(word, signal, ok=True).word
    return word


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [(RESERVED, AUTHORISED, "waiting"), (AUTHORISED, RESERVED, "authorised")],
)
def test_it_captures_when_both_have_come_in_either_order(
    first: Signal, second: Signal, between: str
) -> None:
    halfway = payment.decide(payment.START, first, ok=True)

    assert halfway == Answer(Word(between))
    assert payment.decide(halfway.word, first, ok=True) == halfway
    captured = Answer(Word("captured"), (CHARGE, said("PaymentProcessed")))
    assert payment.decide(halfway.word, second, ok=True) == captured
    failed = Answer(Word("failed", "capture"), (STOP, said("PaymentFailed", "capture")))
    assert payment.decide(halfway.word, second, ok=False) == failed


@pytest.mark.parametrize(
    ("word", "event"),
    [
        (Word("captured"), said("PaymentProcessed")),
        (Word("failed", "declined"), said("PaymentFailed", "declined")),
        (Word("refunded", "order_cancelled"), said("RefundProcessed", "order_cancelled")),
    ],
)
def test_asking_again_repeats_the_word_and_does_nothing(word: Word, event: Publish) -> None:
    assert payment.decide(word, RESERVED, ok=True) == Answer(word, (event,))


def test_the_third_decline_fails_the_payment() -> None:
    once = payment.decide(payment.START, DECLINED, ok=True)
    waiting = payment.decide(once.word, RESERVED, ok=True)
    twice = payment.decide(waiting.word, DECLINED, ok=True)
    thrice = payment.decide(twice.word, DECLINED, ok=True)

    assert once == Answer(Word("idle", declines=1))
    assert waiting == Answer(Word("waiting", declines=1))
    assert twice == Answer(Word("waiting", declines=2))
    assert thrice.word == Word("failed", "declined")
    assert thrice.effects == (STOP, said("PaymentFailed", "declined"))


def test_a_setting_decides_how_many_declines_fail_the_payment() -> None:
    answer = payment.decide(payment.START, DECLINED, ok=True, limits=Limits(max_declines=1))

    assert answer.word == Word("failed", "declined")


@pytest.mark.parametrize("phase", ["authorised", "captured", "failed", "refunded"])
def test_a_decline_after_the_decision_is_ignored(phase: str) -> None:
    assert payment.decide(Word(phase), DECLINED, ok=True) == Answer(Word(phase))


@pytest.mark.parametrize("history", [(), (DECLINED,), (RESERVED,), (AUTHORISED,)])
def test_told_to_stop_before_it_captured_it_never_will(history: tuple[Signal, ...]) -> None:
    told = payment.decide(word_after(*history), CANCELLED, ok=True)

    stopped = Word("failed", "order_cancelled")
    assert told == Answer(stopped, (STOP, said("PaymentFailed", "order_cancelled")))
    assert payment.decide(stopped, AUTHORISED, ok=True) == Answer(stopped, (STOP,))


def test_a_cancellation_refunds_what_was_captured_once() -> None:
    first = payment.decide(Word("captured"), CANCELLED, ok=True)
    again = payment.decide(first.word, CANCELLED, ok=True)

    refunded = Word("refunded", "order_cancelled")
    told = said("RefundProcessed", "order_cancelled")
    assert first == Answer(refunded, (REFUND, told))
    assert again == Answer(refunded, (told,))


@pytest.mark.parametrize(
    ("failed_by", "kept"),
    [
        ("capture", "payment_failed"),
        ("declined", "payment_failed"),
        ("order_cancelled", "order_cancelled"),
    ],
)
def test_money_taken_after_a_failure_goes_back_at_once(failed_by: str, kept: str) -> None:
    answer = payment.decide(Word("failed", failed_by), SUCCEEDED, ok=True)

    assert answer == Answer(Word("refunded", kept), (REFUND, said("RefundProcessed", kept)))


@pytest.mark.parametrize("phase", ["", "idle", "waiting", "authorised"])
def test_a_capture_whose_answer_is_late_counts(phase: str) -> None:
    answer = payment.decide(Word(phase), SUCCEEDED, ok=True)

    assert answer == Answer(Word("captured"), (said("PaymentProcessed"),))


def test_money_that_somebody_gave_back_at_the_network_is_told_and_not_given_twice() -> None:
    first = payment.decide(Word("captured"), REFUNDED, ok=True)
    again = payment.decide(first.word, REFUNDED, ok=True)
    cancelled = payment.decide(first.word, CANCELLED, ok=True)

    word, told = Word("refunded", "payment_refunded"), said("RefundProcessed", "payment_refunded")
    assert (first, again, cancelled) == (Answer(word, (told,)), Answer(word), Answer(word, (told,)))


@pytest.mark.parametrize("phase", ["", "idle", "waiting", "authorised", "failed", "refunded"])
def test_a_refund_of_what_was_not_captured_is_ignored(phase: str) -> None:
    assert payment.decide(Word(phase), REFUNDED, ok=True) == Answer(Word(phase))


@pytest.mark.parametrize("phase", ["captured", "refunded"])
@pytest.mark.parametrize("signal", [SUCCEEDED, AUTHORISED, Signal("Unheard", "e")])
def test_what_is_decided_hears_nothing_new(phase: str, signal: Signal) -> None:
    assert payment.decide(Word(phase), signal, ok=True) == Answer(Word(phase))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([RESERVED, AUTHORISED, DECLINED, SUCCEEDED, REFUNDED, CANCELLED]),
        max_size=12,
    ),
    st.booleans(),
)
def test_money_moves_once_each_way(history: list[Signal], ok: bool) -> None:
    """No order of signals charges or refunds twice, or charges after a cancellation."""
    word, verbs, cancelled = payment.START, [], False
    for signal in history:
        answer = payment.decide(word, signal, ok=ok)
        word = answer.word
        done = [effect.verb for effect in answer.effects if isinstance(effect, Do)]
        cancelled = cancelled or signal == CANCELLED
        assert not (cancelled and "charge" in done)
        verbs += done

    assert verbs.count("charge") <= 1
    assert verbs.count("refund") <= 1
