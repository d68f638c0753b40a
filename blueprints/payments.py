"""Paying, and what the card network tells us."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.order import OrderNotFound
from domain.wallet import CardNotFound
from usecases import paying, webhooks
from usecases.again import Contended
from usecases.paying import (
    AmountMismatch,
    CardDeclined,
    ConfirmPayment,
    CreateIntent,
    IntentNotFound,
    MethodNeeded,
    NotPayable,
    PaymentView,
)
from usecases.webhooks import Receipt, WebhookNotSigned

area = Area("payments")


@endpoint(
    area,
    "POST",
    "api/payments/create-intent",
    may="payment:make",
    body=CreateIntent,
    returns=PaymentView,
    raises=(OrderNotFound, AmountMismatch, NotPayable, CardDeclined, Contended),
)
async def create_intent(call: Call[CreateIntent]) -> PaymentView:
    """The payment of an order, over exactly its total. Safe to repeat: it is the same payment."""
    return await paying.create_intent(call.shop, call.who, call.body)


@endpoint(
    area,
    "POST",
    "api/payments/confirm",
    may="payment:make",
    body=ConfirmPayment,
    returns=PaymentView,
    raises=(
        IntentNotFound,
        OrderNotFound,
        NotPayable,
        MethodNeeded,
        CardNotFound,
        CardDeclined,
        Contended,
    ),
)
async def confirm(call: Call[ConfirmPayment]) -> PaymentView:
    """Authorise the payment; it is captured when the stock is reserved. Safe to repeat."""
    return await paying.confirm_payment(call.shop, call.who, call.body)


@endpoint(
    area,
    "POST",
    "api/payments/webhook",
    may="webhook:deliver",
    returns=Receipt,
    raises=(WebhookNotSigned, OrderNotFound),
)
async def webhook(call: Call[None]) -> Receipt:
    """The card network's webhook: signature checked, kept, applied once, in any order."""
    signature = call.request.headers.get("stripe-signature", "")
    return await webhooks.receive(call.shop, call.who, call.request.get_body(), signature)
