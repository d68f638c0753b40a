from dataclasses import replace

import pytest

from adapters.embedded import card_rules
from adapters.embedded.card_rules import CARDS, CardPayment, Method, Outcome
from usecases.ports.payments import IntentStatus

NEW = CardPayment("pi_1", 1_000, "USD", "secret", 0.0)
VISA = Method("pm_card_visa", "pm_card_visa")
HELD = replace(
    NEW,
    status="requires_capture",
    payment_method="pm_card_visa",
    held_minor=1_000,
    authorized_minor=1_000,
)
PAID = replace(HELD, status="succeeded", held_minor=0, captured_minor=1_000)
ASKED = replace(NEW, status="requires_action", payment_method="pm_card_authenticationRequired")
ENDED = replace(NEW, status="canceled")


def moved(outcome: Outcome) -> tuple[IntentStatus, str]:
    return outcome.payment.status, outcome.refusal


@pytest.mark.parametrize("payment", [HELD, PAID, ENDED])
def test_only_an_open_intent_can_be_confirmed(payment: CardPayment) -> None:
    refused = Outcome(payment, refusal="payment_intent_unexpected_state")

    assert card_rules.confirm(payment, VISA) == refused


@pytest.mark.parametrize("payment", [NEW, HELD, PAID, ENDED])
def test_only_an_asked_customer_can_prove_herself(payment: CardPayment) -> None:
    refused = Outcome(payment, refusal="payment_intent_unexpected_state")

    assert card_rules.authenticate(payment, succeed=True) == refused


@pytest.mark.parametrize("payment", [NEW, ASKED, ENDED])
def test_only_held_money_can_be_captured(payment: CardPayment) -> None:
    refused = Outcome(payment, refusal="payment_intent_unexpected_state")

    assert card_rules.capture(payment) == refused


@pytest.mark.parametrize("payment", [NEW, ASKED, HELD])
def test_everything_unpaid_can_be_cancelled(payment: CardPayment) -> None:
    ended = card_rules.cancel(payment)

    assert ended == Outcome(
        replace(payment, status="canceled", held_minor=0), ("payment_intent.canceled",)
    )


@pytest.mark.parametrize("payment", [PAID, ENDED])
def test_what_has_ended_stays_as_it_is_when_cancelled(payment: CardPayment) -> None:
    assert card_rules.cancel(payment) == Outcome(payment)


def test_another_card_may_take_the_place_of_one_that_asks() -> None:
    assert moved(card_rules.confirm(ASKED, VISA)) == ("requires_capture", "")


def test_a_card_that_is_declined_after_asking_opens_the_intent_again() -> None:
    declined = card_rules.confirm(ASKED, Method("pm_card_chargeDeclined", "pm_card_chargeDeclined"))

    assert moved(declined) == ("requires_payment_method", "card_declined")
    assert declined.payment.payment_method == ""


def test_the_names_are_stripes_but_for_three() -> None:
    ours = {name for name in CARDS if name.startswith("pm_card_capture")}

    assert len(ours) == 3
    assert all(name.startswith("pm_card_") and len(CARDS[name].last4) == 4 for name in CARDS)
