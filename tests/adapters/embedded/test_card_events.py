import json
from dataclasses import replace
from typing import Any

from adapters.embedded.card_events import webhooks
from adapters.embedded.card_rules import CardPayment, Method, Outcome, confirm
from adapters.stripe_events import API_VERSION
from tests.adapters.embedded.fixtures import NOON

NEW = CardPayment("pi_1", 1_000, "USD", "pi_1_secret_x", NOON.timestamp(), {"order_id": "o1"})


def paid_with(card: str) -> Outcome:
    return confirm(NEW, Method(card, card))


def only(outcome: Outcome, key: str = "k") -> dict[str, Any]:
    _, bodies = webhooks(outcome, key=key, now=NOON)
    ((event_id, body),) = bodies.items()
    event: dict[str, Any] = json.loads(body)
    assert event["id"] == event_id
    return event


def test_an_event_has_stripes_shape() -> None:
    event = only(paid_with("pm_card_visa"))

    assert event == {
        "id": event["id"],
        "object": "event",
        "api_version": API_VERSION,
        "created": 1769342400,
        "data": {
            "object": {
                "id": "pi_1",
                "object": "payment_intent",
                "amount": 1000,
                "amount_capturable": 1000,
                "amount_received": 0,
                "capture_method": "manual",
                "client_secret": "pi_1_secret_x",
                "currency": "usd",
                "customer": None,
                "created": 1769342400,
                "description": None,
                "last_payment_error": None,
                "latest_charge": event["data"]["object"]["latest_charge"],
                "livemode": False,
                "metadata": {"order_id": "o1"},
                "payment_method": "pm_card_visa",
                "payment_method_types": ["card"],
                "status": "requires_capture",
            }
        },
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": "k"},
        "type": "payment_intent.amount_capturable_updated",
    }
    assert event["id"].startswith("evt_")
    assert event["data"]["object"]["latest_charge"].startswith("ch_")


def test_a_decline_says_code_and_decline_code_as_stripe_does() -> None:
    poor = only(paid_with("pm_card_chargeDeclinedInsufficientFunds"))["data"]["object"]
    expired = only(paid_with("pm_card_chargeDeclinedExpiredCard"), "")

    assert poor["last_payment_error"] == {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
    }
    assert expired["data"]["object"]["last_payment_error"]["code"] == "expired_card"
    assert expired["data"]["object"]["last_payment_error"]["decline_code"] is None
    assert expired["request"]["idempotency_key"] is None


def test_a_refund_is_told_of_the_charge() -> None:
    paid = replace(NEW, status="succeeded", captured_minor=1_000, refunded_minor=1_000)

    event = only(Outcome(paid, ("charge.refunded",)))

    charge = event["data"]["object"]
    assert (charge["object"], charge["payment_intent"]) == ("charge", "pi_1")
    assert (charge["amount_captured"], charge["amount_refunded"]) == (1000, 1000)
    assert charge["refunded"] is True
    assert charge["metadata"] == {"order_id": "o1"}


def test_every_event_of_an_intent_has_an_id_of_its_own_that_does_not_change() -> None:
    once, first = webhooks(Outcome(NEW, ("payment_intent.created",)), key="k", now=NOON)
    _, second = webhooks(Outcome(once, ("payment_intent.created",)), key="k", now=NOON)

    assert once.events == 1
    assert first.keys() != second.keys()
    again = webhooks(Outcome(NEW, ("payment_intent.created",)), key="k", now=NOON)
    assert again == (once, first)
