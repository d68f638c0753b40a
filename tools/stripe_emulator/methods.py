"""Payment methods and customers.

https://docs.stripe.com/api/payment_methods, https://docs.stripe.com/api/customers,
https://docs.stripe.com/payments/payment-methods#reuse ("a PaymentMethod that was detached cannot be reused")
"""

from typing import Any

from tools.stripe_emulator.account import Account, Thing
from tools.stripe_emulator.cards import CARDS, EXPIRY, TOKENS, Card
from tools.stripe_emulator.forms import Fields
from tools.stripe_emulator.refusal import Refusal, bad, missing, state

USED_UP = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was "
    "detached from a Customer. It may not be used again."
)


def create_customer(account: Account, fields: Fields) -> Thing:
    """``POST /v1/customers``"""
    told = {name: fields.text(name) for name in ("description", "email", "name")}
    metadata = fields.metadata()
    fields.end()
    customer = account.new("customer", "cus", **told, metadata=metadata, deleted=False)
    account.happened("customer.created", shown_customer(customer))
    return shown_customer(customer)


def shown_customer(customer: Thing) -> Thing:
    """As the API shows it: of a deleted one nothing is left but its id."""
    if customer["deleted"]:
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return {name: value for name, value in customer.items() if name != "deleted"}


def delete_customer(account: Account, id: str) -> Thing:
    """``DELETE /v1/customers/:id``; its payment methods are detached."""
    customer = living_customer(account, id)
    for method in account.all_of("payment_method"):
        if method["customer"] == id:
            _let_go(account, method)
    account.happened("customer.deleted", shown_customer(customer))
    customer["deleted"] = True
    return shown_customer(customer)


def living_customer(account: Account, id: str, param: str = "") -> Thing:
    """The customer. Raises ``Refusal`` for one that was deleted, too."""
    customer = account.get("customer", id, param)
    if customer["deleted"]:
        raise missing("customer", id, param)
    return customer


def create_method(account: Account, fields: Fields) -> Thing:
    """``POST /v1/payment_methods`` from a card token; card numbers are for those who are certified to see them."""
    if fields.choice("type", "card") is None:
        raise bad("Missing required param: type.", "parameter_missing", "type")
    card = fields.record("card")
    fields.end()
    if set(card) != {"token"}:
        raise Refusal(402, "Sending credit card numbers directly is unsafe.", type="card_error")
    if card["token"] not in TOKENS:
        raise missing("token", card["token"], "card[token]")
    return made(account, TOKENS[card["token"]])


def attach(account: Account, id: str, fields: Fields) -> Thing:
    """``POST /v1/payment_methods/:id/attach``: the bank is asked first."""
    customer = living_customer(
        account, fields.text("customer", required=True) or "", param="customer"
    )
    fields.end()
    method = usable(account, id)
    card = card_of(account, method)
    if method["customer"]:
        raise state("The payment method you provided has already been attached to a customer.")
    if card.code and not card.attaches:
        raise declined(card)
    method["customer"] = customer["id"]
    account.happened("payment_method.attached", method)
    return method


def detach(account: Account, id: str, fields: Fields) -> Thing:
    """``POST /v1/payment_methods/:id/detach``"""
    fields.end()
    method = account.get("payment_method", id)
    if not method["customer"]:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise state(message)
    _let_go(account, method)
    return method


def made(account: Account, name: str) -> Thing:
    """A new payment method over that test card."""
    card, (month, year) = CARDS[name], EXPIRY
    shown = {"brand": card.brand, "last4": card.last4, "exp_month": month, "exp_year": year}
    method = account.new(
        "payment_method",
        "pm",
        type="card",
        card={**shown, "country": "US", "funding": "credit"},
        customer=None,
        metadata={},
    )
    account.cards[method["id"]] = name
    return method


def usable(account: Account, id: str, param: str = "") -> Thing:
    """The payment method, or a new one for a test card's name. Raises ``Refusal``: some serve once only."""
    if id in CARDS:
        return made(account, id)
    method = account.get("payment_method", id, param)
    if method["id"] in account.spent and not method["customer"]:
        raise state(USED_UP)
    return method


def card_of(account: Account, method: Thing) -> Card:
    """How it behaves."""
    return CARDS[account.cards[method["id"]]]


def declined(card: Card, **more: Any) -> Refusal:
    """The issuer's no: https://docs.stripe.com/declines/codes"""
    decline = {"decline_code": card.decline_code} if card.decline_code else {}
    message = "Your card was declined."
    told = {**decline, **more}
    return Refusal(402, message, card.code, type="card_error", is_kept=True, more=told)


def _let_go(account: Account, method: Thing) -> None:
    account.spent.add(method["id"])
    method["customer"] = None
    account.happened("payment_method.detached", method)
