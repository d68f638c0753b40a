"""The order's side of the saga: it tracks the participants and turns failures into one signal.

A decision has four steps: a command may be refused; the signal moves what it is about and nothing
else; a failure starts the compensation; and what there is to tell follows from the difference
between before and after.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from domain.saga import names
from domain.saga.facets import (
    Facets,
    Shipment,
    Stage,
    can_ship,
    has_left,
    listen,
    restock,
    stage,
    status,
)
from domain.saga.signals import (
    DEFAULT_LIMITS,
    Arm,
    Disarm,
    Effect,
    Limits,
    Publish,
    Reject,
    Signal,
    publish,
)

CONSUMER: Final = "orders"

UNKNOWN_ORDER: Final = "unknown_order"
ALREADY_SHIPPED: Final = "already_shipped"
NOT_SHIPPABLE: Final = "not_shippable"


@dataclass(frozen=True, slots=True)
class Decision:
    """The order after a signal, ``None`` while there is none, and what is to be told, in order."""

    facets: Facets | None
    effects: tuple[Effect, ...] = ()


FAILURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        names.INVENTORY_RESERVATION_FAILED: names.BY_INVENTORY_FAILED,
        names.PAYMENT_FAILED: names.BY_PAYMENT_FAILED,
        names.REFUND_PROCESSED: names.BY_PAYMENT_REFUNDED,
        names.SHIPMENT_FAILED: names.BY_SHIPMENT_FAILED,
        names.SHIPMENT_CANCELLED: names.BY_SHIPMENT_FAILED,
    }
)


def decide(facets: Facets | None, signal: Signal, limits: Limits = DEFAULT_LIMITS) -> Decision:
    """What a signal changes in an order, and what there is to tell for it.

    Defined for every state and every signal. Safe to ask twice and in any order: a fact that is
    late or repeated changes nothing and tells nothing. A RefundProcessed is for the order only when
    it gives the whole order back; that of a return belongs to ``returns``.
    """
    if facets is None:
        return _without_an_order(signal)
    refusal = _refusal(facets, signal)
    if refusal:
        return Decision(facets, (Reject(refusal),))
    moved = _move(facets, signal, limits)
    after = _judge(facets, moved, signal)
    if stage(after) != stage(facets):
        after = replace(after, attempt=0)
    return Decision(after, tuple(_effects(facets, after, signal)))


def _without_an_order(signal: Signal) -> Decision:
    """Only PlaceOrder makes an order; a hub event is tried again, as its order may not be visible
    yet.
    """
    if signal.type != names.PLACE_ORDER:
        return Decision(None, (Reject(UNKNOWN_ORDER),))
    created = publish(CONSUMER, signal, names.ORDER_CREATED)
    return Decision(Facets(), (created, Arm(Stage.INVENTORY, 0)))


def _refusal(facets: Facets, signal: Signal) -> str:
    """The code with which a command is refused; '' when it is not, also when it was already done.

    The order document is the pivot: of CancelOrder and MarkShipped exactly one wins.
    """
    if signal.type == names.CANCEL_ORDER:
        return ALREADY_SHIPPED if has_left(facets) and not facets.cancel else ""
    if signal.type == names.MARK_SHIPPED:
        already = facets.shipment == Shipment.SHIPPED
        return "" if already or can_ship(facets) else NOT_SHIPPABLE
    return ""


def _move(facets: Facets, signal: Signal, limits: Limits) -> Facets:
    if signal.type == names.TIMER:
        return _time_out(facets, signal, limits)
    command = COMMANDS.get(signal.type)
    return command(facets, signal) if command else listen(facets, signal.kind)


def _cancel(facets: Facets, signal: Signal) -> Facets:
    return replace(facets, cancel=facets.cancel or signal.reason or names.BY_CUSTOMER)


def _mark_shipped(facets: Facets, _signal: Signal) -> Facets:
    return replace(facets, shipment=Shipment.SHIPPED)


def _close_return_window(facets: Facets, _signal: Signal) -> Facets:
    delivered = facets.shipment == Shipment.DELIVERED and not facets.cancel
    return replace(facets, completed=facets.completed or delivered)


COMMANDS: Final[Mapping[str, Callable[[Facets, Signal], Facets]]] = MappingProxyType(
    {
        names.CANCEL_ORDER: _cancel,
        names.MARK_SHIPPED: _mark_shipped,
        names.RETURN_WINDOW_CLOSED: _close_return_window,
    }
)


def _time_out(facets: Facets, signal: Signal, limits: Limits) -> Facets:
    """Ask again, then give up: a cancellation, or a person where nothing can be cancelled any more."""
    if not signal.stage or (signal.stage, signal.attempt) != (stage(facets), facets.attempt):
        return facets  # stale: that stage is over
    if facets.attempt < limits.max_nudges:
        return replace(facets, attempt=facets.attempt + 1)
    if facets.cancel:
        return _with_ticket(facets, "compensation_stuck")
    if has_left(facets):
        # An earlier word was lost on the way.
        return _with_ticket(facets, f"timeout_{signal.stage}_after_shipping")
    return replace(facets, cancel=f"timeout_{signal.stage}")


def _judge(before: Facets, moved: Facets, signal: Signal) -> Facets:
    """A failure starts the compensation, once; where the goods have left, a person decides."""
    if moved.cancel:
        contradiction = _contradiction(moved, signal.kind)
        return _with_ticket(moved, contradiction) if contradiction else moved
    failure = _failure(before, signal) if moved != before else ""
    if not failure:
        return moved
    if has_left(before) and failure != names.BY_LOSS:
        return _with_ticket(moved, f"{failure}_after_shipping")
    return replace(moved, cancel=failure)


def _contradiction(facets: Facets, kind: str) -> str:
    """The ticket for goods that move although the order is cancelled; '' when there is none to
    open.

    The shipment facet may say anything. A first scan says nothing new of goods that are known to be
    lost; their delivery does.
    """
    if kind not in names.GOODS_LEFT:
        return ""
    if facets.cancel != names.BY_LOSS:
        return "shipped_after_cancel"
    return "delivered_after_loss" if kind == names.DELIVERY_COMPLETED else ""


def _failure(before: Facets, signal: Signal) -> str:
    """Why the word that has just moved a facet ends the order; '' when it does not.

    What undoes something may overtake the event that caused it, and so names the cause itself.
    """
    kind, reason = signal.kind, signal.reason
    if kind == names.INVENTORY_RELEASED:
        return reason or names.BY_RESERVATION_EXPIRED
    if kind == names.REFUND_PROCESSED and reason == names.BY_PAYMENT_FAILED:
        return names.BY_PAYMENT_FAILED
    if kind == names.SHIPMENT_FAILED and has_left(before):
        return names.BY_LOSS
    return FAILURES.get(kind, "")


def _with_ticket(facets: Facets, reason: str) -> Facets:
    return replace(facets, ticket=facets.ticket or reason)


def _effects(before: Facets, after: Facets, signal: Signal) -> Iterator[Effect]:
    yield from _deeds(before, after, signal)
    yield from _requests(before, after, signal)
    if after.ticket != before.ticket:
        yield replace(publish(CONSUMER, signal, names.TICKET_CREATED), ticket=after.ticket)
    if (stage(after), after.attempt) != (stage(before), before.attempt):
        yield Arm(stage(after), after.attempt) if stage(after) else Disarm()
    if status(after) != status(before):
        yield replace(publish(CONSUMER, signal, names.ORDER_UPDATED), status=status(after))


def _deeds(before: Facets, after: Facets, signal: Signal) -> Iterator[Publish]:
    """What the order itself has just done."""
    if signal.type == names.MARK_SHIPPED and after != before:
        shipped = publish(CONSUMER, signal, names.SHIPMENT_STATUS_UPDATED)
        yield replace(shipped, status=names.IN_TRANSIT)
    if after.completed and not before.completed:
        yield publish(CONSUMER, signal, names.ORDER_COMPLETED)


def _requests(before: Facets, after: Facets, signal: Signal) -> Iterator[Publish]:
    """What the participants are asked for: to stop, or by a nudge what they were asked before."""
    nudged = after.attempt > before.attempt
    if after.cancel and (nudged or not before.cancel):
        cancelled = publish(CONSUMER, signal, names.ORDER_CANCELLED)
        yield replace(cancelled, reason=after.cancel, restock=restock(after))
    elif nudged:
        yield publish(CONSUMER, signal, names.ORDER_CREATED)
