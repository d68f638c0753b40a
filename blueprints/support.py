"""Tickets as customers see them: their own, without what staff say among themselves."""

from blueprints._area import Area
from blueprints._caller import header_of
from blueprints._endpoint import Call, endpoint
from domain.cursor import BadCursor
from domain.errors import TooMany
from domain.order import OrderNotFound
from domain.ticket import TicketClosed, TicketErased, TicketFull, TicketNotFound
from usecases import ticketing
from usecases.again import Contended
from usecases.ticketing import ListTickets, NoFreeNumber, OpenTicket, ReplyToTicket, TicketLines
from usecases.tickets import TicketReply, TicketView

area = Area("support")


@endpoint(
    area,
    "GET",
    "api/tickets",
    may="ticket:read",
    query=ListTickets,
    returns=TicketLines,
    raises=(BadCursor,),
)
async def list_tickets(call: Call[None]) -> TicketLines:
    """The caller's tickets, newest first."""
    return await ticketing.list_tickets(call.shop, call.who, call.query)


@endpoint(
    area,
    "POST",
    "api/tickets",
    may="ticket:open",
    body=OpenTicket,
    returns=TicketView,
    status=201,
    raises=(TooMany, OrderNotFound, NoFreeNumber, Contended),
)
async def open_ticket(call: Call[OpenTicket]) -> TicketView:
    """Open a ticket, about an order of the caller's where one is named."""
    key = header_of(call.request, "idempotency-key")
    return await ticketing.open_ticket(call.shop, call.who, call.body, key=key)


@endpoint(
    area,
    "GET",
    "api/tickets/{id}",
    may="ticket:read",
    returns=TicketView,
    raises=(TicketNotFound,),
)
async def get_ticket(call: Call[None]) -> TicketView:
    """One of the caller's tickets by id or number, with everything that was said to or by the caller."""
    return await ticketing.get_ticket(call.shop, call.who, call.path["id"])


@endpoint(
    area,
    "POST",
    "api/tickets/{id}/messages",
    may="ticket:reply",
    body=ReplyToTicket,
    returns=TicketReply,
    status=201,
    raises=(TicketNotFound, TicketClosed, TicketFull, TicketErased, Contended),
)
async def reply(call: Call[ReplyToTicket]) -> TicketReply:
    """Say something more; a resolved ticket is open again by it."""
    key = header_of(call.request, "idempotency-key")
    return await ticketing.reply(call.shop, call.who, call.path["id"], call.body, key=key)
