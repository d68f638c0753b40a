"""One step of the saga, as one commit: the new state, its events, its timeline, its inbox mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.access import Caller
from domain.companions import MARKER_TTL_SECONDS, Marker, beside
from domain.document_id import outside_part
from domain.entity import Entity
from domain.events import Event
from domain.order import RETURN_WINDOW, Order, deadline_after
from domain.order_events import events_of
from domain.saga import Arm, Decision, Disarm, Effect, Limits, Publish, Signal, Status, names
from domain.timeline import TimelineEntry, entry_id
from usecases.ports.store import Change
from usecases.shop import Shop

TRACKER = "orders"


@dataclass(frozen=True, slots=True)
class Subject:
    """Which order an event is about, and in whose partition it lies."""

    user_id: str
    order_id: str


def limits_of(shop: Shop) -> Limits:
    """How patient the saga is, by setting."""
    return Limits(shop.settings.saga_nudges, shop.settings.payment_declines)


def order_change(
    shop: Shop,
    caller: Caller,
    order: Order,
    decision: Decision,
    signal: Signal,
    *,
    beside_it: tuple[Entity, ...] = (),
) -> Change:
    """The commit that moves an order by a decision of its saga; the order comes first in it."""
    assert decision.facets is not None, "a decision about an order leaves an order"
    now = shop.clock.now()
    waiting = order.waiting(None) if is_spent(order, signal) else order
    moved = _timed(shop, waiting.moved(decision.facets, now), decision.effects, now)
    told = published(decision.effects)
    events = events_of(moved, told, after=order.sequence, trace=caller.trace, at=now)
    moved = moved.but(sequence=order.sequence + len(events))
    step = timeline_entry(moved, TRACKER, signal, moved.status, events, now)
    return Change(by=caller, puts=(moved, step, *beside_it), events=events)


def is_spent(order: Order, signal: Signal) -> bool:
    """Whether the signal is the order's own deadline that has passed.

    Only that uses a deadline up. Any other signal leaves one that is overdue, or what is waited for
    would never be asked for again.
    """
    deadline = order.deadline
    if deadline is None:
        return False
    if signal.type == names.TIMER:
        return (deadline.stage, deadline.attempt) == (signal.stage, signal.attempt)
    return signal.type == names.RETURN_WINDOW_CLOSED and deadline.stage == RETURN_WINDOW


def published(effects: Sequence[Effect]) -> list[Publish]:
    """What a decision tells the world, in order."""
    return [effect for effect in effects if isinstance(effect, Publish)]


def timeline_entry(
    order: Order, actor: str, signal: Signal, state: str, events: Sequence[Event], at: datetime
) -> TimelineEntry:
    """The step as staff see it."""
    return TimelineEntry(
        id=entry_id(order.order_id, actor, signal.id),
        user_id=order.user_id,
        order_id=order.order_id,
        actor=actor,
        cause=signal.kind,
        cause_id=signal.id,
        state=state,
        published=tuple(event.event_type for event in events),
        created_at=at,
    )


def inbox_mark(group: str, event_id: str, user_id: str) -> Marker:
    """The mark that this group has applied this event, in the order's partition."""
    kind: Any = beside(Marker, Order.container)
    mark: Marker = kind(id=mark_id(group, event_id), user_id=user_id, ttl=MARKER_TTL_SECONDS)
    return mark


def mark_id(group: str, event_id: str) -> str:
    """The id of that mark; an event of others may have any id."""
    return f"in:{group}:{outside_part(event_id)}"


def _timed(shop: Shop, order: Order, effects: Sequence[Effect], now: datetime) -> Order:
    """The order with the deadline that the decision arms, or the one that it had.

    A delivered order that waits for no word waits for the return window to close.
    """
    for effect in effects:
        if isinstance(effect, Arm):
            wait = shop.settings.deadline(effect.stage)
            return order.waiting(deadline_after(effect.stage, effect.attempt, wait, now))
        if isinstance(effect, Disarm):
            order = order.waiting(None)
    if order.status == Status.DELIVERED and order.deadline is None:
        wait = shop.settings.deadline(RETURN_WINDOW)
        return order.waiting(deadline_after(RETURN_WINDOW, 0, wait, now))
    return order
