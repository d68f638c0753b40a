"""Refunds: https://docs.stripe.com/api/refunds

The documentation gives a code for a charge that is refunded whole and none for an amount that is too large or
for an intent without a charge; so here those have none.
"""

from tools.stripe_emulator import charges
from tools.stripe_emulator.account import Account, Thing
from tools.stripe_emulator.forms import Fields
from tools.stripe_emulator.refusal import bad, state


def create(account: Account, fields: Fields) -> Thing:
    """``POST /v1/refunds`` for a payment intent, whole or in part, up to what is left."""
    intent_id = fields.text("payment_intent")
    amount = fields.integer("amount")
    reason = fields.choice("reason", "duplicate", "fraudulent", "requested_by_customer")
    metadata = fields.metadata()
    fields.end()
    if intent_id is None:
        raise bad("One of the following params should be provided: payment_intent or charge.")
    charge = _charge(account, account.get("payment_intent", intent_id, "payment_intent"))
    amount = _amount(charge, amount)
    refund = account.new(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=metadata,
        payment_intent=intent_id,
        reason=reason,
        status="succeeded",
    )
    charges.refund(account, charge, amount)
    account.happened("refund.created", refund)
    return refund


def _charge(account: Account, intent: Thing) -> Thing:
    charge = account.find("charge", intent["latest_charge"])
    if intent["status"] != "succeeded" or charge is None:
        raise state(f"This PaymentIntent ({intent['id']}) does not have a successful charge.")
    return charge


def _amount(charge: Thing, asked: int | None) -> int:
    left = charges.left_of(charge)
    if left == 0:
        raise state(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if asked is not None and asked > left:
        raise state(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})")
    return asked or left
