"""What the ``views`` consumer does about tickets: keep the list, and put the saga's own tickets on it.

The saga of an order that needs a person says ``TicketCreated`` for ``<order_id>:<reason>``. That becomes an
``incident``: a ticket for staff, beside the order's customer, whom it does not show itself to.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from domain.access import Caller
from domain.events import Event
from domain.ticket import Ticket
from domain.ticket_number import TicketPointer, opening_of, ticket_number_of, ticket_pointer_key
from usecases.orders import find_order
from usecases.ports.faults import NotVisible
from usecases.ports.store import AlreadyExists, Change
from usecases.shop import Shop
from usecases.ticket_lists import show_ticket
from usecases.ticketing import claimed_id

TOLD: Final = frozenset({"TicketCreated", "TicketUpdated", "TicketResolved"})
OF_AN_ORDER: Final = ":"
"""In the ``ticket_id`` of what a saga tells; never in that of a ticket."""


async def hear_ticket(shop: Shop, by: Caller, event: Event) -> None:
    """A ticket was told of: the list shows it as it is now. An event about anything else is not for us.

    Safe to repeat, at once and in any order. Raises ``NotVisible``, ``OrderNotFound`` for an incident of an
    order that this process does not see yet, and the passing faults of the ports.
    """
    if event.event_type not in TOLD:
        return
    ticket_id = _text(event.data, "ticket_id")
    if OF_AN_ORDER in ticket_id:
        await show_ticket(shop, by, await _incident(shop, by, event))
        return
    ticket = await _ticket(shop, ticket_id)
    if ticket is None or ticket.sequence < event.sequence:
        raise NotVisible(f"ticket {ticket_id!r} at {event.sequence}")
    await show_ticket(shop, by, ticket)


async def _ticket(shop: Shop, ticket_id: str) -> Ticket | None:
    """The pointer says whose it is: an event may not tell."""
    key = ticket_pointer_key(ticket_id)
    pointer = await shop.store.get(TicketPointer, key, key)
    return await shop.store.get(Ticket, ticket_id, pointer.owner) if pointer else None


async def _incident(shop: Shop, by: Caller, event: Event) -> Ticket:
    """The ticket of what the saga has told, written once."""
    reference = _text(event.data, "ticket_id")
    owner = _text(event.data, "user_id") or (await find_order(shop, _order_id(event))).user_id
    ticket_id = await claimed_id(shop, by, owner, opening_of("incident", reference))
    draft = _draft(event, ticket_id, owner)
    try:
        done = await shop.store.commit(Change(by=by, puts=(draft,)))
    except AlreadyExists:
        there = await shop.store.get(Ticket, ticket_id, owner)
        if there is None:
            raise NotVisible(f"ticket {ticket_id!r}") from None
        return there
    written: Ticket = done.entities[0]
    return written


def _draft(event: Event, ticket_id: str, owner: str) -> Ticket:
    reference, at = _text(event.data, "ticket_id"), event.timestamp.astimezone(UTC)
    reason = reference.partition(OF_AN_ORDER)[2].replace("_", " ")
    number = _text(event.data, "order_number") or _order_id(event)
    return Ticket(
        id=ticket_id,
        ticket_id=ticket_id,
        ticket_number=ticket_number_of(ticket_id, at),
        user_id=owner,
        order_id=_order_id(event),
        reference=reference,
        type="incident",
        priority="high",
        subject=f"Order {number}: {reason}",
        description="The order cannot go on by itself. Its timeline says what has happened.",
        is_internal=True,
        created_at=at,
        updated_at=at,
    )


def _order_id(event: Event) -> str:
    return _text(event.data, "ticket_id").partition(OF_AN_ORDER)[0]


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
