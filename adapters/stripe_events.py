"""Reading the card network's events: the same shape from Stripe and from the embedded network."""

import json
from typing import Any, Final

from usecases.ports.payments import BadSignature, NetworkEvent

API_VERSION: Final = "2026-10-28.endive"
"""Whose shapes and parameters are meant, at both ends; a newer one is taken by a change of code, never by itself."""


def network_event(payload: bytes) -> NetworkEvent:
    """What a signed webhook says. Raises ``BadSignature`` when it is no event, for then it was not the network's."""
    try:
        event = json.loads(payload)
        body = event["data"]["object"]
        return NetworkEvent(
            id=event["id"],
            type=event["type"],
            intent_id=_intent_id(body),
            metadata=body.get("metadata") or {},
            reason=decline_reason(body.get("last_payment_error")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BadSignature("the payload is not an event") from fault


def decline_reason(error: dict[str, Any] | None) -> str:
    """The finest reason that an error object gives: its decline code, or its error code."""
    if not error:
        return ""
    decline = error.get("decline_code")
    if decline and decline != "generic_decline":
        return str(decline)
    return str(error.get("code") or "")


def _intent_id(body: dict[str, Any]) -> str:
    is_intent = body.get("object") == "payment_intent"
    return str(body["id"] if is_intent else body.get("payment_intent") or "")
