"""What each consumer group does about an event of a hub: the saga's steps, by the group's name."""

from collections.abc import Mapping
from typing import Any, Final

from domain.access import Caller
from domain.events import Event
from domain.saga import Signal
from usecases.hearing import (
    INVENTORY,
    LOGISTICS,
    PAYMENT,
    Participant,
    order_hears,
    participant_hears,
)
from usecases.orders import find_order
from usecases.shop import Shop
from usecases.stepping import TRACKER, Subject

PARTICIPANTS: Final[Mapping[str, Participant]] = {
    each.name: each for each in (INVENTORY, PAYMENT, LOGISTICS)
}


async def listen(shop: Shop, caller: Caller, group: str, event: Event) -> None:
    """The group hears the event: a participant answers the order, or the tracker moves it.

    An event about no order, and for the tracker one of a return, is not for us. Safe to repeat, at once
    and in any order. Raises ``OrderNotFound`` and the passing faults of the ports; ``KeyError`` for a
    group that is not ours.
    """
    subject = await _subject(shop, event)
    if subject is None:
        return
    if group != TRACKER:
        await participant_hears(shop, caller, PARTICIPANTS[group], subject, _signal(event))
    elif not _is_of_a_return(event):
        await order_hears(shop, caller, subject, _signal(event), event.data)


async def _subject(shop: Shop, event: Event) -> Subject | None:
    """Whose order the event is about; a reply of an agent may carry the order's id only."""
    order_id = _text(event.data, "order_id")
    if not order_id:
        return None
    user_id = _text(event.data, "user_id")
    if user_id:
        return Subject(user_id, order_id)
    order = await find_order(shop, order_id)
    return Subject(order.user_id, order.order_id)


def _is_of_a_return(event: Event) -> bool:
    """A refund of a return is not the order's own: its id does not end in ``:cancel``."""
    refund_id = _text(event.data, "refund_id")
    return event.event_type == "RefundProcessed" and not refund_id.endswith(":cancel")


def _signal(event: Event) -> Signal:
    return Signal(
        event.event_type,
        event.event_id,
        reason=_text(event.data, "reason"),
        restock=event.data.get("restock") is not False,
        status=_text(event.data, "status"),
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
