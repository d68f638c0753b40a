"""Paying for an order: an intent of exactly its total, authorised by the customer, captured by the saga."""

from typing import Annotated

from pydantic import Field

from domain.access import Caller
from domain.card_data import CardToken
from domain.entity import Command
from domain.errors import Conflict, Invalid, NotFound, RuleBroken
from domain.money import Amount, Amounts, money
from domain.order import Order
from domain.saga import Payment, Signal, names
from usecases.again import again
from usecases.choosing import method_chosen
from usecases.hearing import PAYMENT, participant_hears
from usecases.orders import order_of, own_order
from usecases.ports.payments import Declined, Intent, PaymentError, UnexpectedState
from usecases.ports.store import Change, VersionConflict
from usecases.ports.telemetry import PAYMENT_ATTEMPTS
from usecases.shop import Shop
from usecases.stepping import Subject


class AmountMismatch(RuleBroken):
    """The caller names another amount than the order's."""

    code = "AMOUNT_MISMATCH"
    message = "That is not what the order costs."


class NotPayable(Conflict):
    """The order is paid, cancelled or not placed."""

    code = "ORDER_NOT_PAYABLE"
    message = "The order cannot be paid now."


class CardDeclined(RuleBroken):
    """The network said no; ``reason`` is its decline code."""

    code = "CARD_DECLINED"
    message = "The card was declined."


class MethodNeeded(Invalid):
    """No card is named, and none was chosen when the order was placed."""

    code = "PAYMENT_METHOD_REQUIRED"
    message = "Tell us what to pay with: payment_method, or payment_method_id with the order."


class IntentNotFound(NotFound):
    """There is no such payment, or it is not the caller's."""

    code = "PAYMENT_INTENT_NOT_FOUND"
    message = "There is no such payment."


class CreateIntent(Command):
    """Pay for an order; ``amount`` may be left out, and must be the order's total where it is not."""

    order_id: Annotated[str, Field(min_length=1, max_length=40)]
    amount: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None


class ConfirmPayment(Command):
    """Authorise a payment with a payment method's token, or else with the saved card that was chosen when the order
    was placed; card data never reaches us."""

    payment_intent_id: Annotated[str, Field(min_length=1, max_length=100)]
    payment_method: CardToken | None = None


class PaymentView(Amounts):
    """A payment as its customer sees it. ``next_action_url`` is where the bank asks for consent."""

    id: str
    payment_intent_id: str
    order_id: str
    status: str
    amount: Amount
    client_secret: str
    next_action_url: str


async def create_intent(shop: Shop, caller: Caller, command: CreateIntent) -> PaymentView:
    """The payment of an order: the same one however often it is asked for, also after it was taken.

    The amount is the order's, never the caller's. Raises ``OrderNotFound``, ``AmountMismatch``,
    ``NotPayable``, ``CardDeclined`` where the network makes no payment of it.
    """

    async def step() -> PaymentView:
        order = await own_order(shop, caller, command.order_id)
        _check_amount(order, command)
        if (taken := await _taken(shop, order)) is not None:
            return _view(taken, order)
        _check_payable(order)
        intent = await _intent_for(shop, order)
        if order.payment.intent_id != intent.id:
            card = order.payment.model_copy(update={"intent_id": intent.id})
            paying = order.paying(card, shop.clock.now())
            await shop.store.commit(Change(by=caller, puts=(paying,)))
        return _view(intent, order)

    return await again(shop, step)


async def confirm_payment(shop: Shop, caller: Caller, command: ConfirmPayment) -> PaymentView:
    """Authorise the payment with the customer's card.

    The saga captures it when the stock is reserved. Repeating it changes nothing: what is authorised
    stays so. Raises ``IntentNotFound``, ``NotPayable``, ``MethodNeeded``, ``CardNotFound`` when the chosen card was
    removed since, ``CardDeclined``; declines are counted by the network's webhooks, so that no answer is
    counted twice.
    """
    known = await shop.payments.retrieve(command.payment_intent_id)
    if known is None or known.metadata.get("user_id") != caller.user_id:
        raise IntentNotFound(payment_intent_id=command.payment_intent_id)
    order = await own_order(shop, caller, known.metadata["order_id"])
    if order.payment.intent_id != known.id:
        raise IntentNotFound(payment_intent_id=command.payment_intent_id)
    intent = await _authorised(shop, order, known, command.payment_method)
    if intent.status == "requires_capture":
        await authorised(shop, caller, order, intent)
    return _view(intent, order)


async def authorised(shop: Shop, caller: Caller, order: Order, intent: Intent) -> None:
    """The network held the money: the order says so while it does, and the payment participant hears it.

    Safe to repeat, and beside the webhook that says the same.
    """
    if intent.status == "requires_capture":
        await _card_known(shop, caller, order, intent)
    fact = Signal(names.AUTHORISED, f"{intent.id}:authorised")
    subject = Subject(order.user_id, order.order_id)
    await participant_hears(shop, caller, PAYMENT, subject, fact)


async def _card_known(shop: Shop, caller: Caller, order: Order, intent: Intent) -> None:
    """Note the card on the order; the order as given is tried first, so one commit is the rule."""
    try:
        await _note_card(shop, caller, order, intent)
    except VersionConflict:
        await again(shop, lambda: _note_card_anew(shop, caller, order, intent))


async def _note_card_anew(shop: Shop, caller: Caller, order: Order, intent: Intent) -> None:
    fresh = await order_of(shop, order.user_id, order.order_id)
    await _note_card(shop, caller, fresh, intent)


async def _note_card(shop: Shop, caller: Caller, order: Order, intent: Intent) -> None:
    card = order.payment
    if card.authorized_at is not None or card.intent_id != intent.id:
        return
    now = shop.clock.now()
    update = {"brand": intent.brand, "last4": intent.last4, "authorized_at": now}
    changed = order.paying(card.model_copy(update=update), now)
    await shop.store.commit(Change(by=caller, puts=(changed,)))


async def _taken(shop: Shop, order: Order) -> Intent | None:
    """The payment that has paid the order: a click that comes late finds it, and takes nothing."""
    facets = order.facets
    if facets is None or facets.cancel or facets.payment != Payment.CAPTURED:
        return None
    return await shop.payments.retrieve(order.payment.intent_id)


async def _intent_for(shop: Shop, order: Order) -> Intent:
    if order.payment.intent_id:
        known = await shop.payments.retrieve(order.payment.intent_id)
        if known is not None:
            return known
    try:
        return await shop.payments.create_intent(
            order.totals.total,
            key=f"{order.order_id}:create-intent",
            metadata={"order_id": order.order_id, "user_id": order.user_id},
            description=order.order_number,
            customer_id=order.customer_id,
        )
    except Declined as refusal:  # an account was deleted and begun anew, its customer is gone
        raise CardDeclined(reason=refusal.reason) from None


async def _authorised(
    shop: Shop, order: Order, known: Intent, payment_method: str | None
) -> Intent:
    if known.status in ("requires_capture", "succeeded"):
        return known
    _check_payable(order)
    payment_method = payment_method or await _saved_method(shop, order)
    key = f"{order.order_id}:confirm:{shop.ids.new()}"
    try:
        return await _attempted(shop, known.id, payment_method, key)
    except UnexpectedState:
        return await shop.payments.retrieve(known.id) or known
    except Declined as refusal:
        raise CardDeclined(reason=refusal.reason) from None


async def _saved_method(shop: Shop, order: Order) -> str:
    """The saved card that was chosen with the order."""
    if not order.payment.payment_method_id:
        raise MethodNeeded
    return await method_chosen(shop, order.user_id, order.payment.payment_method_id)


async def _attempted(shop: Shop, intent_id: str, payment_method: str, key: str) -> Intent:
    """Ask the network, and count whose word ended the attempt; none did where a card was not even asked.

    Nor while the customer still has to prove that it is their card: then the network's webhook ends it.
    """
    try:
        intent = await shop.payments.confirm(intent_id, payment_method=payment_method, key=key)
    except UnexpectedState:
        raise
    except Declined as refusal:
        _count(shop, "declined", refusal.reason)
        raise
    except PaymentError as fault:
        _count(shop, "failed", type(fault).__name__)
        raise
    if intent.status == "requires_capture":
        _count(shop, "succeeded")
    return intent


def _count(shop: Shop, outcome: str, reason: str = "") -> None:
    attributes = {"shop.payment.outcome": outcome}
    if reason:
        attributes["error.type"] = reason
    shop.telemetry.measure(PAYMENT_ATTEMPTS, 1, attributes)


def _check_amount(order: Order, command: CreateIntent) -> None:
    if command.amount is None:
        return
    try:
        same = money(command.amount, order.totals.currency) == order.totals.total
    except ValueError:
        same = False
    if not same:
        raise AmountMismatch(amount=order.totals.total.number, currency=order.totals.currency)


def _check_payable(order: Order) -> None:
    facets = order.facets
    if facets is None or facets.cancel or facets.payment != Payment.PENDING:
        raise NotPayable(status=order.status, payment_status=order.payment_status)


def _view(intent: Intent, order: Order) -> PaymentView:
    return PaymentView(
        currency=intent.amount.currency,
        id=intent.id,
        payment_intent_id=intent.id,
        order_id=order.order_id,
        status=intent.status,
        amount=intent.amount,
        client_secret=intent.client_secret,
        next_action_url=intent.next_action_url,
    )
