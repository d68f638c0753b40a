"""Giving money back at Stripe: https://docs.stripe.com/api/refunds/create"""

from typing import TYPE_CHECKING, Any, Final

from adapters.stripe.amounts import told
from adapters.stripe.changing import Thing, changed
from adapters.stripe.connection import StripeConnection
from adapters.stripe.faults import NO_CODE, TOO_SMALL, UNEXPECTED
from adapters.stripe.reading import EXPANDED, intent_of
from domain.money import CurrencyMismatch, Money
from usecases.ports.payments import Declined, Intent, UnexpectedState

if TYPE_CHECKING:
    from stripe import ListObject, RequestOptions, StripeClient
    from stripe import Refund as StripeRefund

EXPAND: Final = [f"payment_intent.{name}" for name in EXPANDED]
OUR_KEY: Final = "key"
"""Where a refund keeps the key that asked for it: two of one amount cannot be told apart otherwise."""
MOST_LOOKED_AT: Final = 100
"""The refunds of one payment that are looked at, newest first."""
FAILED: Final = ("failed", "canceled")


async def refund(stripe: StripeConnection, known: Intent, amount: Money, *, key: str) -> Intent:
    """The payment after so much was given back. Raises ``Declined``, ``UnexpectedState``."""
    _check(known, amount)
    wish: Any = {
        "payment_intent": known.id,
        "amount": told(amount),
        "metadata": {OUR_KEY: key},
        "expand": EXPAND,
    }

    async def call(client: "StripeClient", options: "RequestOptions") -> "StripeRefund":
        return await client.v1.refunds.create_async(wish, options)

    async def found() -> Thing | None:
        return await _refund_of(stripe, known.id, key)

    try:
        made = await changed(stripe, call, key=key, found=found)
    except Declined as refusal:
        raise Declined(_reason(refusal, known, amount)) from None
    if made["status"] in FAILED:
        raise Declined(made.get("failure_reason") or made["status"])
    return intent_of(made["payment_intent"])


def _check(known: Intent, amount: Money) -> None:
    """What no answer under the key can have been; the rest is Stripe's to say, as it said it the first time."""
    if amount.currency != known.amount.currency:
        raise CurrencyMismatch(paid=known.amount.currency, refund=amount.currency)
    if known.status != "succeeded":
        raise UnexpectedState(UNEXPECTED)
    if amount.amount_minor <= 0:
        raise Declined(TOO_SMALL)


def _reason(refusal: Declined, known: Intent, amount: Money) -> str:
    """Stripe has no code for an amount that is more than is left."""
    left = known.received - known.refunded
    if refusal.reason != NO_CODE or amount <= left:
        return refusal.reason
    return "amount_too_large" if left.amount_minor else "charge_already_refunded"


async def _refund_of(stripe: StripeConnection, intent_id: str, key: str) -> Thing | None:
    """The refund that this key asked for, if it was made although nobody was told."""
    wish: Any = {
        "payment_intent": intent_id,
        "limit": MOST_LOOKED_AT,
        "expand": [f"data.{name}" for name in EXPAND],
    }

    async def call(client: "StripeClient", options: "RequestOptions") -> "ListObject[StripeRefund]":
        return await client.v1.refunds.list_async(wish, options)

    rows = (await stripe.ask(call))["data"]
    return next((one for one in rows if one["metadata"].get(OUR_KEY) == key), None)
