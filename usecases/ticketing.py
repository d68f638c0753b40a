"""What customers do with tickets: open one, look at theirs, reply. Only their own are there for them."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from domain.access import Caller
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.errors import Unavailable
from domain.model import View
from domain.ticket import LONGEST_SUBJECT, Ticket, TicketPriority, TicketTopic
from domain.ticket_message import TicketMessage
from domain.ticket_number import (
    TicketPointer,
    opening_of,
    ticket_id_of,
    ticket_number_of,
    ticket_pointer_key,
)
from usecases.again import Contended
from usecases.limiting import spend
from usecases.orders import own_order
from usecases.ports.store import AlreadyExists, Change, Position, Query, Where
from usecases.relaying import relay
from usecases.shelves import cursor_keys
from usecases.shop import Shop
from usecases.tickets import (
    Text,
    TicketLine,
    TicketMessageView,
    TicketReply,
    TicketView,
    messages_of,
    own_ticket,
    say,
    words,
)

MOST_ATTEMPTS: Final = 5
"""Ids that are tried for a new ticket: even with ten million tickets each is free but for 1 in 100,000."""

PUBLIC: Final = Where("is_internal", "=", False)
"""What a customer may see: the store leaves out everything else."""


class NoFreeNumber(Unavailable):
    """Every number that was tried belongs to another ticket."""

    code = "NO_FREE_NUMBER"
    message = "No number was free for the ticket; try again."


class OpenTicket(Command):
    """What the caller asks of the shop; ``order_id`` is the id or number of an order of theirs."""

    type: TicketTopic
    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT, pattern=r"\S")]
    description: Text
    priority: TicketPriority = "normal"
    order_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class ReplyToTicket(Command):
    """What the customer adds."""

    message: Text


class ListTickets(Command):
    """A page of the caller's tickets, newest first."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""


class TicketLines(View):
    """A page of them."""

    items: tuple[TicketLine, ...]
    next_cursor: str | None
    limit: int


async def open_ticket(
    shop: Shop, caller: Caller, command: OpenTicket, *, key: str = ""
) -> TicketView:
    """Open a ticket. Under one ``key`` the same request opens one ticket, also after a crash at any point.

    Raises ``TooMany``, ``OrderNotFound`` for an order that is not the caller's, ``NoFreeNumber`` and
    ``Contended``.
    """
    await spend(shop, caller, "ticket")
    order_id = ""
    if command.order_id is not None:
        order_id = (await own_order(shop, caller, command.order_id)).order_id
    content = (key, command.model_dump_json()) if key else (shop.ids.new(),)
    opening = opening_of(caller.user_id, *content)
    ticket_id = await claimed_id(shop, caller, caller.user_id, opening)
    return _view(await _opened(shop, caller, _draft(shop, caller, command, ticket_id, order_id)))


async def list_tickets(shop: Shop, caller: Caller, query: ListTickets) -> TicketLines:
    """The caller's tickets, newest first; one query. Raises ``BadCursor``."""
    name, keys = f"tickets:{caller.user_id}", await cursor_keys(shop)
    page = await shop.store.find(
        Ticket,
        Query(
            partition=caller.user_id,
            where=(PUBLIC,),
            order_by="created_at",
            descending=True,
            limit=query.limit,
            after=Position(*opened(query.cursor, name, keys)) if query.cursor else None,
        ),
    )
    return TicketLines(
        items=tuple(map(TicketLine.model_validate, page.items)),
        next_cursor=sealed((page.next.value, page.next.entity_id), name, keys)
        if page.next
        else None,
        limit=query.limit,
    )


async def get_ticket(shop: Shop, caller: Caller, id_or_number: str) -> TicketView:
    """One of the caller's tickets with what was said; two reads. Raises ``TicketNotFound``."""
    ticket = await own_ticket(shop, caller, id_or_number)
    return _view(ticket, await messages_of(shop, ticket, PUBLIC))


async def reply(
    shop: Shop, caller: Caller, id_or_number: str, command: ReplyToTicket, *, key: str = ""
) -> TicketReply:
    """Say something on one's own ticket; a resolved one is open again. Under one ``key`` it is said once.

    Raises ``TicketNotFound``, ``TicketClosed``, ``TicketFull``, ``TicketErased`` and ``Contended``.
    """
    ticket = await own_ticket(shop, caller, id_or_number)
    said = words(shop, caller, f"{ticket.ticket_id}:reply", command.message, key=key)
    replied, message = await say(shop, caller, ticket, said, Ticket.replied)
    return TicketReply(
        **TicketLine.model_validate(replied).model_dump(),
        message=TicketMessageView.model_validate(message),
    )


async def claimed_id(shop: Shop, by: Caller, owner: str, opening: str) -> str:
    """The id of the ticket that this opening is for, its pointer written: the same at every try.

    Raises ``NoFreeNumber`` and ``Contended``.
    """
    for attempt in range(MOST_ATTEMPTS):
        ticket_id = ticket_id_of(opening, attempt)
        place = ticket_pointer_key(ticket_id)
        pointer = TicketPointer(id=place, user_id=place, owner=owner, opening=opening)
        try:
            await shop.store.commit(Change(by=by, puts=(pointer,)))
        except AlreadyExists:
            if not await _is_mine(shop, pointer):
                continue
        return ticket_id
    raise NoFreeNumber


async def _is_mine(shop: Shop, pointer: TicketPointer) -> bool:
    """Whether an earlier try of the same request has written the pointer. Raises ``Contended`` while this
    process does not see whose it is."""
    there = await shop.store.get(TicketPointer, pointer.id, pointer.partition)
    if there is None:
        raise Contended(retry_after=1)
    return there.opening == pointer.opening


async def _opened(shop: Shop, caller: Caller, draft: Ticket) -> Ticket:
    """The ticket, written and told; or as an earlier try wrote it."""
    told, event = draft.telling(trace=caller.trace, at=draft.updated_at)
    try:
        done = await shop.store.commit(Change(by=caller, puts=(told,), events=(event,)))
    except AlreadyExists:
        there = await shop.store.get(Ticket, draft.id, draft.user_id)
        if there is None:
            raise Contended(retry_after=1) from None
        return there
    await relay(shop, caller, done)
    written: Ticket = done.entities[0]
    return written


def _draft(
    shop: Shop, caller: Caller, command: OpenTicket, ticket_id: str, order_id: str
) -> Ticket:
    now = shop.clock.now()
    return Ticket(
        id=ticket_id,
        ticket_id=ticket_id,
        ticket_number=ticket_number_of(ticket_id, now),
        user_id=caller.user_id,
        type=command.type,
        priority=command.priority,
        subject=command.subject,
        description=command.description,
        order_id=order_id,
        created_at=now,
        updated_at=now,
    )


def _view(ticket: Ticket, messages: Sequence[TicketMessage] = ()) -> TicketView:
    first = TicketMessageView(
        author_type="customer", message=ticket.description, created_at=ticket.created_at
    )
    return TicketView(
        **TicketLine.model_validate(ticket).model_dump(),
        description=ticket.description,
        resolution=ticket.resolution,
        resolved_at=ticket.resolved_at,
        messages=(first, *map(TicketMessageView.model_validate, messages)),
    )
