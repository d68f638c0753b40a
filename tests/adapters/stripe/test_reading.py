"""What is read in Stripe's objects."""

from typing import Any

import pytest

from adapters.stripe.reading import intent_of
from domain.money import Money

CARD = {"brand": "visa", "last4": "4242"}
CHARGE = {
    "status": "succeeded",
    "captured": True,
    "amount": 1000,
    "amount_captured": 1000,
    "amount_refunded": 0,
    "payment_method_details": {"card": CARD},
}
INTENT = {
    "id": "pi_1",
    "status": "succeeded",
    "amount": 1000,
    "amount_received": 1000,
    "currency": "usd",
    "created": 1_769_342_400,
    "metadata": {"order_id": "o1"},
    "latest_charge": CHARGE,
    "payment_method": None,
}


@pytest.mark.parametrize(
    ("charge", "refunded"),
    [
        ({}, 0),
        ({"amount_refunded": 300}, 300),
        ({"amount_captured": 600, "amount_refunded": 400}, 0),
        ({"amount_captured": 600, "amount_refunded": 500}, 100),
        ({"captured": False, "amount_captured": 0, "amount_refunded": 1000}, 0),
    ],
)
def test_a_hold_that_was_let_go_was_not_refunded(charge: dict[str, Any], refunded: int) -> None:
    intent = intent_of(INTENT | {"latest_charge": CHARGE | charge})

    assert intent.refunded == Money(refunded, "USD")


def test_the_card_is_that_of_the_charge_or_of_the_method_that_is_asked() -> None:
    asked = INTENT | {
        "status": "requires_action",
        "latest_charge": None,
        "payment_method": {"card": {"brand": "mastercard", "last4": "4444"}},
        "next_action": {"redirect_to_url": {"url": "https://bank"}},
    }
    failed = INTENT | {
        "status": "requires_payment_method",
        "latest_charge": CHARGE | {"status": "failed"},
        "last_payment_error": {"code": "card_declined", "decline_code": "generic_decline"},
    }

    paid, asking, declined = map(intent_of, (INTENT, asked, failed))

    assert (paid.brand, paid.last4, paid.next_action_url) == ("visa", "4242", "")
    assert (asking.brand, asking.last4) == ("mastercard", "4444")
    assert asking.next_action_url == "https://bank"
    assert (declined.brand, declined.last4, declined.decline_code) == ("", "", "card_declined")


def test_what_stripe_leaves_out_is_empty() -> None:
    paid_otherwise = CHARGE | {"payment_method_details": None}

    intent = intent_of(INTENT | {"latest_charge": paid_otherwise, "next_action": None})

    assert (intent.brand, intent.client_secret, intent.customer_id) == ("", "", "")
