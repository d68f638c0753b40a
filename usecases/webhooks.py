"""The card network's webhooks: checked, kept, applied once, in any order.

A webhook is never believed about money: the intent is read from the network again and must be the
order's own, over exactly the order's total.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from domain.access import Caller, system
from domain.errors import Invalid
from domain.model import View
from domain.order import Order, OrderNotFound
from domain.payment_event import KEPT_SECONDS, PaymentEvent
from domain.saga import Signal, names
from usecases.hearing import PAYMENT, participant_hears
from usecases.orders import order_of
from usecases.paying import authorised
from usecases.ports.payments import BadSignature, Intent, NetworkEvent
from usecases.ports.store import AlreadyExists, Change, Scan, VersionConflict, Where
from usecases.shop import Shop
from usecases.stepping import Subject
from usecases.sweeping import each

log = logging.getLogger("shop.webhooks")

FACTS: Final[Mapping[str, str]] = {
    "payment_intent.amount_capturable_updated": names.AUTHORISED,
    "payment_intent.payment_failed": names.DECLINED,
    "payment_intent.succeeded": names.SUCCEEDED,
    "charge.refunded": names.REFUNDED,
}
"""The network's event type to the saga's word for it; other types change nothing."""


class WebhookNotSigned(Invalid):
    """The card network did not sign this."""

    code = "INVALID_SIGNATURE"
    message = "The webhook's signature is not good."


HELD_ONCE: Final = ("requires_capture", "succeeded", "canceled")
"""Where an intent stands that was authorised; one whose capture was refused asks for a card again."""


PATIENCE: Final = timedelta(days=3)
"""How long an order may not be seen as its webhook tells; as long as the network itself tries."""


class Receipt(View):
    """The webhook is in good hands."""

    received: bool = True


async def receive(shop: Shop, caller: Caller, payload: bytes, signature: str) -> Receipt:
    """Check, keep and apply a webhook; only one that was applied is a duplicate.

    Raises ``WebhookNotSigned``; a passing fault leaves it kept, and the timer applies it later.
    """
    try:
        event = await shop.payments.read_webhook(payload, signature)
    except BadSignature:
        raise WebhookNotSigned from None
    if event.type in FACTS and event.intent_id and "order_id" in event.metadata:
        network = system("card-network", caller.trace)
        await _apply(shop, network, await _kept(shop, network, event))
    return Receipt()


async def report(shop: Shop, caller: Caller, intent: Intent, fact: str) -> None:
    """Hear about an intent what the network's own webhook would tell, where that one may be lost.

    It is kept and applied as a webhook is, once for each fact of an intent, and believed no sooner. Raises
    ``OrderNotFound``, ``Declined`` where a refund is refused, and the passing faults of the ports.
    """
    type_ = next(type_ for type_, told in FACTS.items() if told == fact)
    event = NetworkEvent(f"compared:{intent.id}:{type_}", type_, intent.id, intent.metadata)
    await _apply(shop, caller, await _kept(shop, caller, event))


async def drain(shop: Shop, caller: Caller) -> int:
    """Apply what was received and not applied; how many webhooks were applied."""
    waiting = Scan(where=(Where("state", "=", "received"),))
    found = await shop.store.find(PaymentEvent, waiting)
    return await each(found.items, lambda event: _drained(shop, caller, event))


async def _drained(shop: Shop, caller: Caller, event: PaymentEvent) -> bool:
    """Apply it; what is about no order of ours for days is set aside, so that it holds up no others."""
    try:
        return await _apply(shop, caller, event)
    except OrderNotFound:
        if shop.clock.now() - event.received_at < PATIENCE:
            raise
    log.error("webhook about no order", extra={"event_id": event.id, "type": event.type})
    await _marked(shop, caller, event, "unmatched")
    return False


async def _kept(shop: Shop, caller: Caller, event: NetworkEvent) -> PaymentEvent:
    record = PaymentEvent(
        id=event.id,
        payment_intent_id=event.intent_id,
        type=event.type,
        owner=event.metadata.get("user_id", ""),
        order_id=event.metadata["order_id"],
        reason=event.reason,
        received_at=shop.clock.now(),
    )
    try:
        done = await shop.store.commit(Change(by=caller, puts=(record,)))
    except AlreadyExists:
        return await shop.store.get(PaymentEvent, event.id, event.intent_id) or record
    kept: PaymentEvent = done.entities[0]
    return kept


async def _apply(shop: Shop, caller: Caller, event: PaymentEvent) -> bool:
    if event.is_applied:
        return False
    order = await _paying_order(shop, event)
    intent = await shop.payments.retrieve(event.payment_intent_id)
    fact = FACTS[event.type]
    if intent is not None and _is_true(order, intent, fact):
        await _heard(shop, caller, order, intent, Signal(fact, event.id))
    else:
        # part of the money given back is true as well, and decides nothing
        level = logging.INFO if fact == names.REFUNDED else logging.ERROR
        log.log(level, "webhook not believed", extra={"event_id": event.id, "type": event.type})
    await _marked(shop, caller, event, "applied")
    return True


async def _paying_order(shop: Shop, event: PaymentEvent) -> Order:
    """The order, which noted its intent before anybody could try it.

    Raises ``OrderNotFound`` where this process does not see it as it is by now: apply the event later.
    """
    order = await order_of(shop, event.owner, event.order_id)
    if not order.payment.intent_id:
        raise OrderNotFound(order_id=event.order_id)
    return order


def _is_true(order: Order, intent: Intent, fact: str) -> bool:
    """Whether the network itself says so, about this order's own intent and its whole total."""
    ours = order.payment.intent_id == intent.id and intent.amount == order.totals.total
    return ours and _fits(intent, fact)


def _fits(intent: Intent, fact: str) -> bool:
    """Whether it can have happened to this intent; one that nobody has tried was neither held nor declined.

    What was held and is not any more counts as authorised: the capture was refused, or it was cancelled.
    """
    if fact == names.REFUNDED:
        return intent.refunded == intent.amount
    if fact == names.SUCCEEDED:
        return intent.status == "succeeded"
    if intent.status == "requires_payment_method":
        return intent.decline_code != ""
    return fact != names.AUTHORISED or intent.status in HELD_ONCE


async def _heard(shop: Shop, caller: Caller, order: Order, intent: Intent, fact: Signal) -> None:
    if fact.type == names.AUTHORISED:
        # what was authorised and is not any more (a capture was refused, and we crashed) is told too:
        # the capture, asked again, finds out what became of it
        await authorised(shop, caller, order, intent)
        return
    subject = Subject(order.user_id, order.order_id)
    await participant_hears(shop, caller, PAYMENT, subject, fact)


async def _marked(shop: Shop, caller: Caller, event: PaymentEvent, state: str) -> None:
    done = event.but(state=state, ttl=KEPT_SECONDS)
    try:
        await shop.store.commit(Change(by=caller, puts=(done,)))
    except VersionConflict:
        return
