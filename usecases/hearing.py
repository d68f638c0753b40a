"""The participants and the tracker of the order saga, hearing one signal each.

Every step reads anew, decides by a pure function, does the outside effects under their keys, and
commits word, inbox mark, ledger, timeline and events in one batch. A signal that was applied before is
dropped by its mark; one that is repeated under a new id is answered with the recorded word.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from domain import saga
from domain.access import Caller
from domain.ledger import movements
from domain.order import Order, OrderNotFound
from domain.order_events import Facts, events_of
from domain.participant import RecordedWord, word_id
from domain.saga import (
    Answer,
    Do,
    Limits,
    Publish,
    Signal,
    Word,
    inventory,
    logistics,
    names,
    payment,
)
from usecases.again import again
from usecases.effects import (
    inventory_does,
    inventory_knows,
    logistics_does,
    logistics_knows,
    payment_does,
    payment_knows,
)
from usecases.labelling import call_off_label
from usecases.orders import order_of
from usecases.ports.store import AlreadyExists, Change, Committed
from usecases.relaying import relay
from usecases.shop import Shop
from usecases.stepping import (
    Subject,
    inbox_mark,
    limits_of,
    mark_id,
    order_change,
    published,
    timeline_entry,
)
from usecases.tracking import facts_onto


class Decides(Protocol):
    """The pure function of a participant."""

    def __call__(self, word: Word, signal: Signal, *, ok: bool, limits: Limits) -> Answer:
        """The word after a signal, and what is to be done and told."""


type Does = Callable[[Shop, Caller, Order, Do], Awaitable[bool]]
type Prevents = Callable[[Shop, Caller, Order], Awaitable[None]]
type Knows = Callable[[Shop, Order, Word], Awaitable[Facts]]


@dataclass(frozen=True, slots=True)
class Participant:
    """Who answers the order: its name, its pure function, its hands, and what it can tell beside a word.

    ``prevents`` keeps a stalled step from doing what a first word without a deed says was never done.
    """

    name: str
    start: Word
    decides: Decides
    does: Does
    knows: Knows
    prevents: Prevents | None = None


def _without_limits(decide: Callable[..., Answer]) -> Decides:
    def decides(word: Word, signal: Signal, *, ok: bool, limits: Limits) -> Answer:
        return decide(word, signal, ok=ok)

    return decides


INVENTORY: Final = Participant(
    "inventory", inventory.START, _without_limits(inventory.decide), inventory_does, inventory_knows
)
PAYMENT: Final = Participant("payment", payment.START, payment.decide, payment_does, payment_knows)
LOGISTICS: Final = Participant(
    "logistics",
    logistics.START,
    _without_limits(logistics.decide),
    logistics_does,
    logistics_knows,
    call_off_label,
)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One participant hears one signal about one order."""

    shop: Shop
    caller: Caller
    participant: Participant
    order: Order
    signal: Signal


async def participant_hears(
    shop: Shop, caller: Caller, participant: Participant, subject: Subject, signal: Signal
) -> None:
    """One participant hears one signal about an order.

    Safe to repeat, at once and in any order. Raises ``OrderNotFound`` while this process does not see
    the order yet, and the passing faults of the ports.
    """

    async def step() -> Committed:
        order = await order_of(shop, subject.user_id, subject.order_id)
        return await _answered(Hearing(shop, caller, participant, order, signal))

    await relay(shop, caller, await _once(shop, participant.name, signal, step))


async def order_hears(
    shop: Shop, caller: Caller, subject: Subject, signal: Signal, data: Facts
) -> None:
    """The tracker hears a participant's word: the order's facet moves, and what follows is told.

    ``data`` is what the event says beside its type: the card, the parcel. Safe like a participant.
    Raises ``OrderNotFound`` also while this process does not see that the order is placed.
    """

    async def step() -> Committed:
        order = await order_of(shop, subject.user_id, subject.order_id)
        if not order.is_placed:
            raise OrderNotFound(order_id=order.order_id)
        decision = saga.decide(order.facets, signal, limits_of(shop))
        if decision.facets == order.facets and not decision.effects:
            return Committed()
        known = facts_onto(order, signal, data, shop.clock.now())
        mark = inbox_mark("orders", signal.id, subject.user_id)
        change = order_change(shop, caller, known, decision, signal, beside_it=(mark,))
        return await shop.store.commit(change)

    await relay(shop, caller, await _once(shop, "orders", signal, step))


async def _once(
    shop: Shop, group: str, signal: Signal, step: Callable[[], Awaitable[Committed]]
) -> Committed:
    async def unless_applied() -> Committed:
        try:
            return await step()
        except AlreadyExists as conflict:
            if conflict.entity_id == mark_id(group, signal.id):
                return Committed()
            raise

    return await again(shop, unless_applied)


async def _answered(hearing: Hearing) -> Committed:
    """Decide, do, and where the world refuses decide again; then commit the word."""
    recorded = await _recorded(hearing)
    decides = partial(
        hearing.participant.decides,
        recorded.word,
        hearing.signal,
        limits=limits_of(hearing.shop),
    )
    answer = decides(ok=True)
    if _deeds(answer) and await _was_heard(hearing):
        return Committed()
    if not await _done(hearing, answer):
        answer = decides(ok=False)
        done = await _done(hearing, answer)
        assert done, f"{hearing.participant.name}: only the first answer may be refused"
    if answer == Answer(recorded.word):
        return Committed()
    prevents, start = hearing.participant.prevents, hearing.participant.start
    if prevents and recorded.word == start and not _deeds(answer):
        await prevents(hearing.shop, hearing.caller, hearing.order)
    return await _committed(hearing, recorded, answer)


def _told(answer: Answer) -> list[Publish]:
    """What the participant tells; a level of stock is told by the stock itself, under its SKU."""
    return [each for each in published(answer.effects) if each.type != names.STOCK_LEVEL_CHANGED]


async def _recorded(hearing: Hearing) -> RecordedWord:
    order, participant = hearing.order, hearing.participant
    id_ = word_id(participant.name, order.order_id)
    found = await hearing.shop.store.get(RecordedWord, id_, order.user_id)
    return found or RecordedWord(
        id=id_,
        user_id=order.user_id,
        order_id=order.order_id,
        participant=participant.name,
        word=participant.start,
    )


async def _done(hearing: Hearing, answer: Answer) -> bool:
    """Do the answer's effects in order; ``False`` as soon as the world refuses one."""
    does = hearing.participant.does
    for deed in _deeds(answer):
        if not await does(hearing.shop, hearing.caller, hearing.order, deed):
            return False
    return True


def _deeds(answer: Answer) -> list[Do]:
    return [effect for effect in answer.effects if isinstance(effect, Do)]


async def _was_heard(hearing: Hearing) -> bool:
    """Whether the signal was applied before: one that is counted must not be counted on into a deed."""
    mark = inbox_mark(hearing.participant.name, hearing.signal.id, hearing.order.user_id)
    return await hearing.shop.store.get(type(mark), mark.id, mark.partition) is not None


async def _committed(hearing: Hearing, recorded: RecordedWord, answer: Answer) -> Committed:
    shop, order, signal = hearing.shop, hearing.order, hearing.signal
    now, name = shop.clock.now(), hearing.participant.name
    events = events_of(
        order,
        _told(answer),
        after=recorded.sequence,
        trace=hearing.caller.trace,
        at=now,
        facts=await hearing.participant.knows(shop, order, answer.word),
    )
    word = recorded.but(word=answer.word, sequence=recorded.sequence + len(events))
    mark = inbox_mark(name, signal.id, order.user_id)
    step = timeline_entry(order, name, signal, str(answer.word.phase), events, now)
    moves = movements(order, recorded.word, answer.word, now) if name == PAYMENT.name else ()
    change = Change(by=hearing.caller, puts=(mark, word, step, *moves), events=events)
    return await shop.store.commit(change)
