"""Payment intents for cards: https://docs.stripe.com/payments/paymentintents/lifecycle

requires_payment_method ─ confirm ─▶ requires_capture ─ capture ─▶ succeeded
          ▲   ▲                           ▲   │
          │   └ declined     authenticated│   └ cancel ─▶ canceled, the hold is let go
          └ failed ─ requires_action ─────┘
"""

import secrets
from typing import Final

from tools.stripe_emulator import charges, methods
from tools.stripe_emulator.account import Account, Thing, copied
from tools.stripe_emulator.cards import Card
from tools.stripe_emulator.forms import Fields
from tools.stripe_emulator.refusal import Refusal, bad, state

UNEXPECTED: Final = "payment_intent_unexpected_state"
NOT_AUTHENTICATED: Final = "payment_intent_authentication_failure"

LEAST: Final = {"usd": 50, "eur": 50, "gbp": 30, "chf": 50, "jpy": 50, "isk": 10_000}
"""https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"""
MOST: Final = 99_999_999
WHOLE: Final = {"isk": 100, "ugx": 100, "bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10}
"""Amounts that must be multiples: https://docs.stripe.com/currencies#special-cases, #three-decimal"""
CURRENCIES: Final = {*LEAST, *WHOLE, "aud", "cad", "clp", "krw", "pln", "sek", "vnd", "xaf"}

CONFIRMABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELLABLE: Final = (*CONFIRMABLE, "requires_capture")
REASONS: Final = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(account: Account, fields: Fields) -> Thing:
    """``POST /v1/payment_intents``: https://docs.stripe.com/api/payment_intents/create"""
    currency = fields.text("currency", required=True) or ""
    amount = _amount(fields, currency)
    kinds = _kinds(fields)
    capture_method = fields.choice("capture_method", "automatic", "automatic_async", "manual")
    customer_id = fields.text("customer")
    description = fields.text("description")
    metadata = fields.metadata()
    fields.end()
    if customer_id is not None:
        methods.living_customer(account, customer_id, "customer")
    intent = account.new(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        automatic_payment_methods=None if kinds else {"enabled": True},
        canceled_at=None,
        cancellation_reason=None,
        capture_method=capture_method or "automatic_async",
        currency=currency,
        customer=customer_id,
        description=description,
        last_payment_error=None,
        latest_charge=None,
        metadata=metadata,
        next_action=None,
        payment_method=None,
        allowed_payment_method_types=kinds or None,
        payment_method_types=kinds or ["card", "link"],
        status="requires_payment_method",
    )
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
    account.happened("payment_intent.created", intent)
    return intent


def confirm(account: Account, id: str, fields: Fields, base_url: str) -> Thing:
    """``POST /v1/payment_intents/:id/confirm``: https://docs.stripe.com/api/payment_intents/confirm"""
    given, return_url = fields.text("payment_method"), fields.text("return_url")
    fields.end()
    intent = account.get("payment_intent", id)
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "confirm")
    if intent["automatic_payment_methods"] and not return_url:
        raise bad("This PaymentIntent needs a return_url.", "", "return_url")
    if given is None and intent["payment_method"] is None:
        raise bad("You cannot confirm this PaymentIntent because it's missing a payment method.")
    method = methods.usable(account, given or intent["payment_method"], "payment_method")
    _belongs(intent, method)
    card = methods.card_of(account, method)
    if not method["customer"]:
        account.spent.add(method["id"])
    intent |= {"last_payment_error": None, "payment_method": method["id"]}
    if card.asks:
        return _asking(account, intent, return_url, base_url)
    return _asked(account, intent, method, card)


def authenticate(account: Account, id: str, *, succeeds: bool) -> Thing:
    """The customer proved to be the card's holder, or failed to, on the page that ``next_action`` names."""
    intent = account.get("payment_intent", id)
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "authenticate")
    method = account.get("payment_method", intent["payment_method"])
    if succeeds:
        return _held(account, intent, method)
    error = {"type": "invalid_request_error", "code": NOT_AUTHENTICATED}
    _open_again(account, intent, error)
    return intent


def capture(account: Account, id: str, fields: Fields) -> Thing:
    """``POST /v1/payment_intents/:id/capture``: https://docs.stripe.com/api/payment_intents/capture"""
    asked = fields.integer("amount_to_capture")
    fields.end()
    intent = account.get("payment_intent", id)
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "capture")
    amount = asked or intent["amount_capturable"]
    if amount > intent["amount_capturable"]:
        raise bad("The amount is greater than the capturable.", "amount_too_large")
    charge = account.get("charge", intent["latest_charge"])
    card = methods.card_of(account, account.get("payment_method", charge["payment_method"]))
    if card.capture_refused:
        charges.release(account, charge)
        raise _refused(account, intent, Card(card.last4, code="card_declined"))
    charges.capture(account, charge, amount)
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    account.happened("payment_intent.succeeded", intent)
    account.loses_answer = card.capture_unanswered
    if card.capture_refused_but_taken:
        raise methods.declined(Card(card.last4, code="card_declined"))
    return intent


def cancel(account: Account, id: str, fields: Fields) -> Thing:
    """``POST /v1/payment_intents/:id/cancel``: https://docs.stripe.com/api/payment_intents/cancel"""
    reason = fields.choice("cancellation_reason", *REASONS)
    fields.end()
    intent = account.get("payment_intent", id)
    if intent["status"] not in CANCELLABLE:
        raise _unexpected(intent, "cancel")
    if intent["status"] == "requires_capture":
        charges.release(account, account.get("charge", intent["latest_charge"]))
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": int(account.now()),
        "cancellation_reason": reason,
        "next_action": None,
    }
    account.happened("payment_intent.canceled", intent)
    return intent


def _amount(fields: Fields, currency: str) -> int:
    amount = fields.integer("amount", required=True) or 0
    if currency not in CURRENCIES:
        raise bad(f"Invalid currency: {currency}.", "", "currency")
    if amount < LEAST.get(currency, 1):
        raise bad("The amount is below the minimum.", "amount_too_small", "amount")
    if amount > MOST:
        raise bad("The amount is above the maximum.", "amount_too_large", "amount")
    if amount % WHOLE.get(currency, 1):
        raise bad(f"Amounts of {currency} must be multiples of {WHOLE[currency]}.", "", "amount")
    return amount


def _kinds(fields: Fields) -> list[str]:
    """Which kinds of payment methods may pay.

    https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
    """
    if fields.texts("payment_method_types"):
        name = "payment_method_types"
        raise bad(f"{name} is no longer supported.", f"{name}_no_longer_supported", name)
    return fields.texts("allowed_payment_method_types")


def _belongs(intent: Thing, method: Thing) -> None:
    if method["customer"] and method["customer"] != intent["customer"]:
        raise state(
            "The provided PaymentMethod belongs to a Customer. Please include the Customer in the `customer` "
            "parameter on the PaymentIntent."
        )


def _asking(account: Account, intent: Thing, return_url: str | None, base_url: str) -> Thing:
    """Without a ``return_url`` only Stripe.js can show the challenge: https://docs.stripe.com/payments/3d-secure"""
    page = f"{base_url}/authenticate/{intent['id']}"
    redirect = {"url": page, "return_url": return_url}
    action = {"type": "redirect_to_url", "redirect_to_url": redirect}
    intent |= {
        "status": "requires_action",
        "next_action": action if return_url else {"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    }
    account.happened("payment_intent.requires_action", intent)
    return intent


def _asked(account: Account, intent: Thing, method: Thing, card: Card) -> Thing:
    if not card.code:
        return _held(account, intent, method)
    charge = charges.made(account, intent, method, refused=card)
    intent["latest_charge"] = charge["id"]
    raise _refused(account, intent, card, charge)


def _held(account: Account, intent: Thing, method: Thing) -> Thing:
    charge = charges.made(account, intent, method)
    held = {
        "status": "requires_capture",
        "amount_capturable": intent["amount"],
        "latest_charge": charge["id"],
        "next_action": None,
    }
    intent |= held
    if intent["capture_method"] != "manual":
        return capture(account, intent["id"], Fields({}))
    account.happened("payment_intent.amount_capturable_updated", intent)
    return intent


def _refused(account: Account, intent: Thing, card: Card, charge: Thing | None = None) -> Refusal:
    refusal = methods.declined(card)
    _open_again(account, intent, copied(refusal.body["error"]))
    named = {"charge": charge["id"]} if charge else {}
    refusal.more |= {**named, "payment_intent": copied(intent)}
    return refusal


def _open_again(account: Account, intent: Thing, error: Thing) -> None:
    again = {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "amount_capturable": 0,
        "last_payment_error": error,
    }
    intent |= again
    account.happened("payment_intent.payment_failed", intent)


def _unexpected(intent: Thing, verb: str) -> Refusal:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return state(message, UNEXPECTED, payment_intent=copied(intent))
