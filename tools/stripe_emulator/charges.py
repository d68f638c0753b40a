"""Charges: one for each time that a card was asked. https://docs.stripe.com/api/charges/object"""

from tools.stripe_emulator.account import Account, Thing
from tools.stripe_emulator.cards import Card


def made(account: Account, intent: Thing, method: Thing, *, refused: Card | None = None) -> Thing:
    """The bank was asked: a hold, or a failed charge."""
    charge = account.new(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=(refused.code if refused else None),
        metadata=dict(intent["metadata"]),
        paid=refused is None,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": dict(method["card"])},
        refunded=False,
        status="failed" if refused else "succeeded",
    )
    account.happened("charge.failed" if refused else "charge.succeeded", charge)
    return charge


def capture(account: Account, charge: Thing, amount: int) -> None:
    """Take so much; what is left of the hold is let go, which the books call refunded.

    https://docs.stripe.com/payments/place-a-hold-on-a-payment-method#capture-funds
    """
    charge |= {
        "captured": True,
        "amount_captured": amount,
        "amount_refunded": charge["amount"] - amount,
    }
    account.happened("charge.captured", charge)


def release(account: Account, charge: Thing) -> None:
    """Let go of the hold: the whole of it counts as refunded."""
    charge |= {"amount_refunded": charge["amount"], "refunded": True}
    account.happened("charge.refunded", charge)


def left_of(charge: Thing) -> int:
    """What may still be given back."""
    left: int = charge["amount"] - charge["amount_refunded"] if charge["captured"] else 0
    return left


def refund(account: Account, charge: Thing, amount: int) -> None:
    """Give back so much."""
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.happened("charge.refunded", charge)
