"""The books of Stripe's peer, as the audit reads them."""

from adapters.embedded.card_rules import CardPayment
from tools.stripe_emulator.account import Account, Thing
from tools.stripe_emulator.service import Emulator


def payments_of(account: Account) -> list[CardPayment]:
    """Stripe's own books as the audit reads them."""
    charges = {one["id"]: one for one in account.all_of("charge")}
    intents = account.all_of("payment_intent")
    return [_payment(one, charges.get(one["latest_charge"] or "")) for one in intents]


def _payment(intent: Thing, charge: Thing | None) -> CardPayment:
    """A hold that was let go stands in a charge's books as refunded, though nothing was taken."""
    taken = intent["amount_received"]
    never_taken = intent["amount"] - taken
    given = max(0, charge["amount_refunded"] - never_taken) if charge and taken else 0
    return CardPayment(
        id=intent["id"],
        amount_minor=intent["amount"],
        currency=intent["currency"].upper(),
        client_secret="",
        created_at=intent["created"],
        metadata=intent["metadata"],
        status=intent["status"],
        held_minor=intent["amount_capturable"],
        captured_minor=taken,
        refunded_minor=given,
    )


def undelivered(stripe: Emulator) -> int:
    """Webhooks that wait or were given up."""
    return len(stripe.webhooks.waiting) + len(stripe.webhooks.abandoned)
