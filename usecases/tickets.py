"""Tickets: finding one, changing one, and what each audience may see of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.access import Caller
from domain.entity import Entity
from domain.model import View
from domain.ticket import (
    LONGEST_TEXT,
    Ticket,
    TicketNotFound,
    TicketPriority,
    TicketStatus,
    TicketType,
)
from domain.ticket_message import TicketMessage, Words, message_id_of
from domain.ticket_number import TicketPointer, opening_of, ticket_id_from, ticket_pointer_key
from usecases.again import again
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Where
from usecases.relaying import relay
from usecases.shop import Shop

type Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S")]
"""What people write."""

type Decides = Callable[[Ticket], Ticket]
"""The ticket as it shall be; the same where nothing has to be done."""

type Speaks = Callable[[Ticket, Words], tuple[Ticket, TicketMessage]]
"""The ticket after something was said, and the message."""


class TicketLine(View):
    """A ticket as its customer lists it."""

    model_config = ConfigDict(from_attributes=True)

    ticket_id: str
    ticket_number: str
    type: TicketType
    subject: str
    status: TicketStatus
    priority: TicketPriority
    order_id: str
    created_at: datetime
    updated_at: datetime


class TicketMessageView(View):
    """A message as its customer sees it: who of staff has written it is not told."""

    model_config = ConfigDict(from_attributes=True)

    author_type: Literal["customer", "staff"]
    message: str
    created_at: datetime


class TicketView(TicketLine):
    """A ticket as its customer sees it: without what staff say among themselves. ``messages`` begin with the
    description."""

    description: str
    resolution: str
    resolved_at: datetime | None
    messages: tuple[TicketMessageView, ...]


class TicketReply(TicketLine):
    """What the customer has said, and the ticket as it is then."""

    message: TicketMessageView


async def ticket_of(shop: Shop, user_id: str, ticket_id: str) -> Ticket:
    """The ticket in that user's partition; one read. Raises ``TicketNotFound``."""
    ticket = await shop.store.get(Ticket, ticket_id, user_id)
    if ticket is None:
        raise TicketNotFound(ticket_id=ticket_id)
    return ticket


async def own_ticket(shop: Shop, caller: Caller, id_or_number: str) -> Ticket:
    """The caller's own ticket; one read. Raises ``TicketNotFound``, also for what only staff see."""
    ticket_id = ticket_id_from(id_or_number)
    if ticket_id is None:
        raise TicketNotFound(ticket_id=id_or_number)
    ticket = await ticket_of(shop, caller.user_id, ticket_id)
    if ticket.is_internal:
        raise TicketNotFound(ticket_id=id_or_number)
    return ticket


async def find_ticket(shop: Shop, id_or_number: str) -> Ticket:
    """The ticket, whoever it belongs to; two reads. Raises ``TicketNotFound``."""
    ticket_id = ticket_id_from(id_or_number)
    if ticket_id is None:
        raise TicketNotFound(ticket_id=id_or_number)
    key = ticket_pointer_key(ticket_id)
    pointer = await shop.store.get(TicketPointer, key, key)
    if pointer is None:
        raise TicketNotFound(ticket_id=id_or_number)
    return await ticket_of(shop, pointer.owner, ticket_id)


async def messages_of(shop: Shop, ticket: Ticket, *where: Where) -> tuple[TicketMessage, ...]:
    """What was said on it, in order, at most eighty messages; one query."""
    query = Query(
        partition=ticket.user_id,
        where=(Where("ticket_id", "=", ticket.ticket_id), *where),
        order_by="sequence",
        limit=MOST_ON_A_PAGE,
    )
    return (await shop.store.find(TicketMessage, query)).items


async def change(shop: Shop, by: Caller, ticket: Ticket, decides: Decides) -> Ticket:
    """Load, decide, commit and tell: the ticket as it is then. Safe to repeat, and at once.

    ``ticket`` is what the caller has read, and is decided about first. Where nothing changes, nothing is
    written. Raises what ``decides`` raises.
    """
    read: list[Ticket] = [ticket]

    async def step() -> Ticket:
        before = read.pop() if read else await ticket_of(shop, ticket.user_id, ticket.ticket_id)
        return await _changed(shop, by, before, decides(before))

    return await again(shop, step)


async def say(
    shop: Shop, by: Caller, ticket: Ticket, said: Words, speaks: Speaks
) -> tuple[Ticket, TicketMessage]:
    """Put a message on the ticket, once: whoever repeats it finds it said. ``ticket`` as for ``change``.

    The ticket as it is then, and the message. Raises what ``speaks`` raises.
    """
    read: list[Ticket] = [ticket]

    async def step() -> tuple[Ticket, TicketMessage]:
        there = await shop.store.get(TicketMessage, said.message_id, ticket.user_id)
        if there is not None:
            return await ticket_of(shop, ticket.user_id, ticket.ticket_id), there
        before = read.pop() if read else await ticket_of(shop, ticket.user_id, ticket.ticket_id)
        after, message = speaks(before, said)
        return await _changed(shop, by, before, after, message), message

    return await again(shop, step)


def words(shop: Shop, by: Caller, what: str, text: str, *, key: str) -> Words:
    """What the caller says; ``what`` names to whom and how. Under one key it is one message, however often said."""
    parts = (by.user_id, what, key, text) if key else (shop.ids.new(),)
    message_id = message_id_of(opening_of(*parts))
    return Words(message_id=message_id, author_id=by.user_id, text=text, at=shop.clock.now())


async def _changed(
    shop: Shop, by: Caller, before: Ticket, after: Ticket, *beside: Entity
) -> Ticket:
    changed = after.changed_since(before)
    if not changed:
        return before
    told, event = after.telling(changed, trace=by.trace, at=shop.clock.now())
    done = await shop.store.commit(Change(by=by, puts=(told, *beside), events=(event,)))
    await relay(shop, by, done)
    written: Ticket = done.entities[0]
    return written
