import json
from typing import Any

import pytest

from adapters.stripe_events import decline_reason, network_event
from usecases.ports.payments import BadSignature, NetworkEvent


def event(type_: str, body: dict[str, Any]) -> bytes:
    return json.dumps({"id": "evt_1", "type": type_, "data": {"object": body}}).encode()


def test_an_intent_event_names_intent_metadata_and_reason() -> None:
    body = {
        "id": "pi_1",
        "object": "payment_intent",
        "metadata": {"order_id": "o1"},
        "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds"},
    }

    assert network_event(event("payment_intent.payment_failed", body)) == NetworkEvent(
        "evt_1", "payment_intent.payment_failed", "pi_1", {"order_id": "o1"}, "insufficient_funds"
    )


def test_a_charge_event_names_the_intent_of_the_charge() -> None:
    body = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1", "metadata": {}}

    assert network_event(event("charge.refunded", body)).intent_id == "pi_1"


def test_an_event_about_something_else_names_no_intent() -> None:
    body = {"id": "cus_1", "object": "customer"}

    assert network_event(event("customer.created", body)) == NetworkEvent(
        "evt_1", "customer.created", ""
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, ""),
        ({}, ""),
        ({"code": "card_declined", "decline_code": "generic_decline"}, "card_declined"),
        ({"code": "expired_card", "decline_code": None}, "expired_card"),
        ({"code": "card_declined", "decline_code": "lost_card"}, "lost_card"),
        ({"type": "api_error"}, ""),
    ],
)
def test_the_reason_is_the_finest_that_the_error_gives(
    error: dict[str, Any] | None, reason: str
) -> None:
    assert decline_reason(error) == reason


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"data": 1}',
        b'{"data": {"object": []}, "id": "e", "type": "t"}',
        b"\xff",
    ],
)
def test_what_is_no_event_is_refused(payload: bytes) -> None:
    with pytest.raises(BadSignature, match="not an event"):
        network_event(payload)
