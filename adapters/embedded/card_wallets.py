"""Whose cards the network keeps: customers and the payment methods that were attached to them.

A detached card is remembered as nobody's: it can neither pay nor be attached again (Stripe, "Detach a
PaymentMethod").
"""

from collections.abc import Mapping
from typing import Final

from adapters.embedded.card_rules import CARDS, EXPIRY, MISSING, NOT_THIS_CARD, Method
from adapters.embedded.world import Record, Records

CUSTOMERS: Final = "card.customers"
METHODS: Final = "card.methods"
NEW_CARD: Final = "tok_"
TEST_CARD: Final = "pm_card_"
"""Stripe's test cards have two names: ``tok_visa`` is ``pm_card_visa``."""


def create(records: Records, *, customer_id: str, metadata: Mapping[str, str]) -> Record:
    """A customer without cards."""
    records.put(CUSTOMERS, customer_id, {"metadata": dict(metadata), "methods": []})
    return {"id": customer_id}


def has_customer(records: Records, customer_id: str) -> bool:
    """Whether the network knows the customer."""
    return records.get(CUSTOMERS, customer_id) is not None


def attach(records: Records, *, token: str, customer_id: str, fresh_id: str) -> Record:
    """The card of ``token``, kept for the customer as ``fresh_id`` unless it is kept already."""
    customer, kept = records.get(CUSTOMERS, customer_id), records.get(METHODS, token)
    if customer is None:
        return _refused(MISSING)
    if kept is not None:
        is_theirs = kept["customer"] == customer_id
        return _shown(token, kept["card"]) if is_theirs else _refused(NOT_THIS_CARD)
    name = _test_card(token)
    card = CARDS.get(name)
    if card is None or (card.declines and not card.saves):
        return _refused(card.declines if card else MISSING)
    records.put(METHODS, fresh_id, {"card": name, "customer": customer_id})
    methods = [*customer["methods"], fresh_id]
    records.put(CUSTOMERS, customer_id, {**customer, "methods": methods})
    return _shown(fresh_id, name)


def detach(records: Records, *, method_id: str) -> Record:
    """The card is nobody's."""
    kept = records.get(METHODS, method_id)
    if kept is not None:
        records.put(METHODS, method_id, {**kept, "customer": ""})
    return {"id": method_id}


def delete(records: Records, *, customer_id: str) -> None:
    """Nothing of the customer is left."""
    customer = records.get(CUSTOMERS, customer_id)
    for method_id in customer["methods"] if customer else []:
        detach(records, method_id=method_id)
    records.drop(CUSTOMERS, customer_id)


def method_of(records: Records, payment_method: str) -> Method:
    """What a payment is confirmed with: a saved card, or a new one."""
    kept = records.get(METHODS, payment_method)
    if kept is None:
        return Method(payment_method, payment_method)
    return Method(payment_method, kept["card"] if kept["customer"] else "", kept["customer"])


def _test_card(token: str) -> str:
    return TEST_CARD + token.removeprefix(NEW_CARD) if token.startswith(NEW_CARD) else token


def _shown(method_id: str, name: str) -> Record:
    card, (month, year) = CARDS[name], EXPIRY
    shown = {
        "id": method_id,
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": month,
        "exp_year": year,
    }
    return {"method": shown, "refusal": ""}


def _refused(reason: str) -> Record:
    return {"method": None, "refusal": reason}
