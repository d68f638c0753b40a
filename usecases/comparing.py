"""One payment of the card network, held against the books of its order.

What was not heard is heard now, on the very path of the webhooks; what that cannot mend is kept as a
difference, which opens when it lasts, is told once, and is settled when both agree again.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import Final

from domain.access import Caller
from domain.difference import (
    REMEDIES,
    Difference,
    Name,
    Ours,
    Theirs,
    compare,
    difference_id,
    told,
    unknown_there,
)
from domain.errors import Refusal
from domain.ledger import LedgerEntry
from domain.moment import moment_text
from domain.money import Money
from domain.order import Order, order_id_from
from domain.participant import RecordedWord, word_id
from domain.saga.payment import CONSUMER, START, Phase
from domain.timeline import TimelineEntry, entry_id
from usecases.again import again
from usecases.ports.payments import Declined, Intent
from usecases.ports.store import AlreadyExists, Change, Refused
from usecases.settling import found_by_id
from usecases.shop import Shop
from usecases.webhooks import report

log = logging.getLogger("shop.ledger")

LEDGER: Final = "ledger"


class Outcome(Enum):
    """What came of a comparison."""

    AGREED = "agreed"
    HEALED = "healed"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment, and the order in whose name it is; ``intent`` is ``None`` where the network knows none."""

    id: str
    owner: str
    order_id: str
    intent: Intent | None


@dataclass(frozen=True, slots=True)
class _Found:
    payment: Payment
    name: Name | None
    detail: str


def payment_of(intent: Intent) -> Payment:
    """The payment that the network lists."""
    order_id, owner = (intent.metadata.get(key, "") for key in ("order_id", "user_id"))
    return Payment(intent.id, owner, order_id, intent)


async def compared(shop: Shop, caller: Caller, payment: Payment) -> Outcome:
    """Compare, heal what the payment participant has not heard, and note what is different still.

    Three operations where both agree. Safe to repeat, and in several processes at once. Raises the passing
    faults of the ports.
    """
    found = await _found(shop, payment)
    if found.name is None:
        return Outcome.AGREED
    remedy = REMEDIES.get(found.name)
    if payment.intent is not None and remedy is not None:
        found = await _healed(shop, caller, found, payment.intent, remedy)
    name = found.name
    if name is None:
        return Outcome.HEALED
    await again(shop, lambda: _noted(shop, caller, found, name))
    return Outcome.DIFFERS


async def compared_again(shop: Shop, caller: Caller, difference: Difference) -> Outcome:
    """Compare a payment that differed; where both agree by now, the difference is settled."""
    intent = await shop.payments.retrieve(difference.intent_id)
    payment = Payment(difference.intent_id, difference.owner, difference.order_id, intent)
    outcome = await compared(shop, caller, payment)
    if outcome is not Outcome.DIFFERS:
        await _settled(shop, caller, difference)
    return outcome


async def _found(shop: Shop, payment: Payment) -> _Found:
    ours = await _ours(shop, payment)
    if payment.intent is None:
        name = unknown_there(ours.charged) if ours else None
        return _Found(payment, name, told(ours, None))
    theirs = _theirs(payment.intent)
    return _Found(payment, compare(ours, theirs), told(ours, theirs))


def _theirs(intent: Intent) -> Theirs:
    is_held = intent.status == "requires_capture"
    return Theirs(intent.id, intent.amount, is_held, intent.received, intent.refunded)


async def _ours(shop: Shop, payment: Payment) -> Ours | None:
    """The order's books; ``None`` where the name that the network has is no order's."""
    order = await _order(shop, payment.owner, payment.order_id)
    if order is None:
        return None
    charged, refunded = await _booked(shop, order)
    word_of_it = word_id(CONSUMER, order.order_id)
    word = await shop.store.get(RecordedWord, word_of_it, order.user_id)
    phase = Phase((word.word if word else START).phase)
    return Ours(order.payment.intent_id, order.totals.total, phase, charged, refunded)


async def _order(shop: Shop, owner: str, order_id: str) -> Order | None:
    """The order of that name; what somebody else has written at the network may be no name of an order."""
    if not owner or order_id_from(order_id) != order_id:
        return None
    return await shop.store.get(Order, order_id, owner)


async def _booked(shop: Shop, order: Order) -> tuple[Money, Money]:
    charge, refund = (f"ledger:{order.order_id}:{move}" for move in ("charge", "refund"))
    found = await found_by_id(shop, LedgerEntry, order.user_id, [charge, refund])
    nothing = Money(0, order.totals.currency)
    return (
        found[charge].amount if charge in found else nothing,
        found[refund].amount if refund in found else nothing,
    )


async def _healed(shop: Shop, caller: Caller, found: _Found, intent: Intent, remedy: str) -> _Found:
    """What is found after the participant has heard the fact; the same where it could not."""
    try:
        await report(shop, caller, intent, remedy)
    except (Refusal, Declined):
        extra = {"id": intent.id, "shop.difference": str(found.name)}
        log.warning("not healed", extra=extra, exc_info=True)
        return found
    fresh = await shop.payments.retrieve(intent.id)
    return await _found(shop, replace(found.payment, intent=fresh))


async def _noted(shop: Shop, caller: Caller, found: _Found, name: Name) -> None:
    now, payment = shop.clock.now(), found.payment
    id_ = difference_id(payment.id)
    known = await shop.store.get(Difference, id_, LEDGER)
    if known is None:
        changed = _new(found, name, shop)
    else:
        patience = timedelta(seconds=shop.settings.ledger_young_seconds)
        changed = known.again(name, found.detail, now, patience)
    if changed == known:
        return
    is_news = known is not None and (known.state, changed.state) == ("seen", "open")
    if is_news:
        await _shown(shop, caller, changed)
    await shop.store.commit(Change(by=caller, puts=(changed,)))
    if is_news:
        _tell(changed)


def _new(found: _Found, name: Name, shop: Shop) -> Difference:
    payment = found.payment
    return Difference(
        id=difference_id(payment.id),
        intent_id=payment.id,
        owner=payment.owner,
        order_id=payment.order_id,
        name=name,
        detail=found.detail,
        parked_at=shop.clock.now(),
    )


def _tell(difference: Difference) -> None:
    extra = {
        "event.name": "ledger.difference",
        "shop.difference": str(difference.name),
        "shop.intent.id": difference.intent_id,
        "shop.order.id": difference.order_id,
        "detail": difference.detail,
    }
    log.error("ledger difference", extra=extra)


async def _shown(shop: Shop, caller: Caller, difference: Difference) -> None:
    """Show it to staff in the order's timeline, where there is an order; once for each state of it."""
    order = await _order(shop, difference.owner, difference.order_id)
    if order is None:
        return
    cause_id = f"{difference.id}:{moment_text(difference.parked_at)}:{difference.state}"
    step = TimelineEntry(
        id=entry_id(order.order_id, LEDGER, cause_id),
        user_id=order.user_id,
        order_id=order.order_id,
        actor=LEDGER,
        cause=str(difference.name),
        cause_id=cause_id,
        state=difference.state,
        created_at=shop.clock.now(),
    )
    with suppress(AlreadyExists):
        await shop.store.commit(Change(by=caller, puts=(step,)))


async def _settled(shop: Shop, caller: Caller, difference: Difference) -> None:
    settled = difference.settled(shop.clock.now())
    if difference.state == "open":
        await _shown(shop, caller, settled)
    try:
        await shop.store.commit(Change(by=caller, puts=(settled,)))
    except Refused:
        log.info("settled by somebody else", extra={"intent_id": difference.intent_id})
