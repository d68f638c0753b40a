"""What the shop reads in Stripe's objects; ``latest_charge`` and ``payment_method`` must be expanded.

https://docs.stripe.com/api/payment_intents/object
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from adapters.stripe.amounts import heard
from adapters.stripe_events import decline_reason
from usecases.ports.payments import Intent, PaymentMethod

EXPANDED: Final = ["latest_charge", "payment_method"]

type Thing = Mapping[str, Any]


def intent_of(thing: Thing) -> Intent:
    """The payment intent."""
    currency, card = thing["currency"], _card(thing)
    redirect = (thing.get("next_action") or {}).get("redirect_to_url") or {}
    return Intent(
        id=thing["id"],
        status=thing["status"],
        amount=heard(thing["amount"], currency),
        received=heard(thing["amount_received"], currency),
        refunded=heard(_given_back(thing["latest_charge"] or {}), currency),
        client_secret=thing.get("client_secret") or "",
        created_at=datetime.fromtimestamp(thing["created"], UTC),
        metadata=dict(thing["metadata"]),
        brand=card.get("brand") or "",
        last4=card.get("last4") or "",
        decline_code=decline_reason(thing.get("last_payment_error")),
        next_action_url=redirect.get("url") or "",
        customer_id=thing.get("customer") or "",
    )


def method_of(thing: Thing) -> PaymentMethod:
    """The card."""
    card = thing["card"]
    return PaymentMethod(
        thing["id"], card["brand"], card["last4"], card["exp_month"], card["exp_year"]
    )


def _card(thing: Thing) -> Thing:
    """The card that pays; a failed charge's card does not, and is not the payment's any more."""
    charge = thing["latest_charge"]
    if charge and charge["status"] != "failed" and thing["status"] != "requires_payment_method":
        card: Thing = (charge.get("payment_method_details") or {}).get("card") or {}
        return card
    return (thing["payment_method"] or {}).get("card") or {}


def _given_back(charge: Thing) -> int:
    """What was taken and given back. A hold that was let go, also in part, stands in the books as refunded too."""
    if not charge.get("captured"):
        return 0
    never_taken = charge["amount"] - charge["amount_captured"]
    given_back: int = charge["amount_refunded"] - never_taken
    return max(0, given_back)
