"""Stripe's errors in the port's words: https://docs.stripe.com/api/errors, https://docs.stripe.com/error-codes

A time-out, a 5xx, a 429 (also ``lock_timeout``: somebody else works on the object), a 409 (the key is under way)
and a key of ours that is not accepted are all a network that is busy: nothing is known, or nothing was
begun, and the call is repeated under its key.
"""

import logging
from typing import TYPE_CHECKING, Any, Final

from adapters.stripe_events import decline_reason
from usecases.ports.idempotency import IdempotencyMisuse
from usecases.ports.payments import Declined, PaymentBusy, PaymentError, UnexpectedState

if TYPE_CHECKING:
    from stripe import StripeError

UNEXPECTED: Final = "payment_intent_unexpected_state"
MISSING: Final = "resource_missing"
TOO_SMALL: Final = "amount_too_small"
NO_CODE: Final = "invalid_request"
"""The reason where Stripe gives no code; it has none for some refusals, a detached card among them."""

log = logging.getLogger("shop.payments")


class KeySpent(PaymentBusy):
    """The key answers with a fault of Stripe's for ever: 500s are kept like any answer.

    https://docs.stripe.com/error-low-level#server-errors
    """


def translated(fault: "StripeError") -> Exception:
    """What the port raises for it."""
    match type(fault).__name__:
        case "CardError":
            return Declined(decline_reason(error_of(fault)) or "card_declined")
        case "IdempotencyError":
            return IdempotencyMisuse(str(fault))
        case "InvalidRequestError":
            return _refused(fault)
    if is_replayed(fault):
        return KeySpent(_named(fault))
    if fault.http_status in (401, 403):
        log.error("stripe does not know us", extra=_told(fault))
    return PaymentBusy(_named(fault))


def is_answer(fault: "StripeError") -> bool:
    """Whether Stripe is well, whatever it said: it did not ask to be left alone. A fault of old says nothing of now."""
    if is_replayed(fault):
        return True
    if not fault.http_status or fault.http_status >= 500:
        return False
    return fault.http_status != 429 or error_of(fault).get("code") == "lock_timeout"


def is_replayed(fault: "StripeError") -> bool:
    """Whether a key gave an earlier fault again."""
    headers = fault.headers or {}
    is_kept = headers.get("Idempotent-Replayed") == "true"
    return is_kept and (fault.http_status or 0) >= 500


def error_of(fault: "StripeError") -> dict[str, Any]:
    """The error object, empty where there is none."""
    body = fault.json_body
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _refused(fault: "StripeError") -> Exception:
    error = error_of(fault)
    code, param = str(error.get("code") or ""), str(error.get("param") or "")
    if code == UNEXPECTED:
        return UnexpectedState(code)
    if (code, param) == ("parameter_invalid_integer", "amount"):
        return Declined(TOO_SMALL)
    if code.startswith("parameter_"):
        return PaymentError(f"a fault of ours: {_named(fault)}, {code} {param}")
    if not code:
        log.warning("stripe refused without a code", extra=_told(fault))
    return Declined(code or NO_CODE)


def _named(fault: "StripeError") -> str:
    told, cause = _told(fault), fault.__cause__
    why = f", {type(cause).__name__}" if cause else ""
    return f"{told['error']} {told['status']}{why} ({told['request_id'] or 'no request id'})"


def _told(fault: "StripeError") -> dict[str, Any]:
    """What may be logged: no message, since it may quote what it was sent."""
    return {
        "error": type(fault).__name__,
        "status": fault.http_status or 0,
        "request_id": fault.request_id or "",
    }
