"""The network's events as JSON, in the shape of Stripe's (API reference, "The Event object")."""

import json
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from adapters.embedded.card_rules import CardPayment, Outcome
from adapters.stripe_events import API_VERSION

DECLINE_CODES = frozenset({"insufficient_funds", "lost_card", "stolen_card"})
"""What a bank says beside the error code ``card_declined``; every other reason is an error code itself."""


def webhooks(outcome: Outcome, *, key: str, now: datetime) -> tuple[CardPayment, dict[str, str]]:
    """The payment with its events counted, and the body of each event by the event's id."""
    payment, bodies = outcome.payment, {}
    for type_ in outcome.events:
        payment = replace(payment, events=payment.events + 1)
        event = _event(payment, type_, key, int(now.timestamp()))
        bodies[event["id"]] = json.dumps(event, indent=2)
    return payment, bodies


def _event(payment: CardPayment, type_: str, key: str, seconds: int) -> dict[str, Any]:
    body = _charge(payment) if type_.startswith("charge.") else _intent(payment)
    return {
        "id": _name("evt", f"{payment.id}:{payment.events}"),
        "object": "event",
        "api_version": API_VERSION,
        "created": seconds,
        "data": {"object": body},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": key or None},
        "type": type_,
    }


def _intent(payment: CardPayment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount_minor,
        "amount_capturable": payment.held_minor,
        "amount_received": payment.captured_minor,
        "capture_method": "manual",
        "client_secret": payment.client_secret,
        "currency": payment.currency.lower(),
        "customer": payment.customer or None,
        "created": int(payment.created_at),
        "description": payment.description or None,
        "last_payment_error": _error(payment.decline_code),
        "latest_charge": _charge_id(payment) if payment.authorized_minor else None,
        "livemode": False,
        "metadata": payment.metadata,
        "payment_method": payment.payment_method or None,
        "payment_method_types": ["card"],
        "status": payment.status,
    }


def _error(code: str) -> dict[str, str | None] | None:
    if not code:
        return None
    if code in DECLINE_CODES:
        return {"type": "card_error", "code": "card_declined", "decline_code": code}
    return {"type": "card_error", "code": code, "decline_code": None}


def _charge(payment: CardPayment) -> dict[str, Any]:
    return {
        "id": _charge_id(payment),
        "object": "charge",
        "amount": payment.amount_minor,
        "amount_captured": payment.captured_minor,
        "amount_refunded": payment.refunded_minor,
        "captured": True,
        "currency": payment.currency.lower(),
        "customer": payment.customer or None,
        "livemode": False,
        "metadata": payment.metadata,
        "payment_intent": payment.id,
        "payment_method": payment.payment_method,
        "refunded": payment.refunded_minor == payment.captured_minor,
        "status": "succeeded",
    }


def _charge_id(payment: CardPayment) -> str:
    return _name("ch", payment.id)


def _name(prefix: str, text: str) -> str:
    return f"{prefix}_{sha256(text.encode()).hexdigest()[:24]}"
