"""Tickets as staff see them: everybody's, with notes and what the support agent suggests."""

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._caller import header_of
from blueprints._endpoint import Call, endpoint
from blueprints._versions import expected, versioned
from domain.cursor import BadCursor
from domain.errors import PreconditionFailed
from domain.ticket import (
    ResolutionTooEarly,
    TicketClosed,
    TicketErased,
    TicketFull,
    TicketNotFound,
    TicketUnassigned,
    WrongStatus,
)
from usecases import ticket_desk, ticket_lists
from usecases.again import Contended
from usecases.ticket_desk import (
    AnswerTicket,
    AssignTicket,
    ChangeTicketStatus,
    NotStaff,
    StaffAnswer,
    StaffTicket,
    StaffTicketView,
)
from usecases.ticket_lists import ListStaffTickets, StaffTicketLines

area = Area("staff_tickets")


@endpoint(
    area,
    "GET",
    "api/staff/tickets",
    may="ticket:handle",
    query=ListStaffTickets,
    returns=StaffTicketLines,
    raises=(BadCursor,),
)
async def list_tickets(call: Call[None]) -> StaffTicketLines:
    """All tickets that pass the filters, newest first."""
    return await ticket_lists.list_tickets(call.shop, call.query)


@endpoint(
    area,
    "GET",
    "api/staff/tickets/{id}",
    may="ticket:handle",
    returns=StaffTicketView,
    raises=(TicketNotFound,),
)
async def get_ticket(call: Call[None]) -> Answer:
    """A ticket by id or number, with internal notes, and the agent's suggestion where it answers."""
    return _answer(200, await ticket_desk.get_ticket(call.shop, call.who, call.path["id"]))


@endpoint(
    area,
    "PUT",
    "api/staff/tickets/{id}/status",
    may="ticket:handle",
    body=ChangeTicketStatus,
    returns=StaffTicket,
    raises=(
        TicketNotFound,
        PreconditionFailed,
        WrongStatus,
        TicketUnassigned,
        ResolutionTooEarly,
        TicketErased,
        Contended,
    ),
)
async def change_status(call: Call[ChangeTicketStatus]) -> Answer:
    """Move a ticket on: new, assigned, in_progress, resolved, closed; a resolved one may be reopened."""
    id, wanted = call.path["id"], expected(call)
    return _answer(
        200,
        await ticket_desk.change_status(call.shop, call.who, id, call.body, expected=wanted),
    )


@endpoint(
    area,
    "PUT",
    "api/staff/tickets/{id}/assign",
    may="ticket:handle",
    body=AssignTicket,
    returns=StaffTicket,
    raises=(TicketNotFound, NotStaff, PreconditionFailed, TicketClosed, Contended),
)
async def assign(call: Call[AssignTicket]) -> Answer:
    """Give a ticket to a member of staff; a new one is assigned by it."""
    id, wanted = call.path["id"], expected(call)
    return _answer(
        200, await ticket_desk.assign(call.shop, call.who, id, call.body, expected=wanted)
    )


@endpoint(
    area,
    "POST",
    "api/staff/tickets/{id}/response",
    may="ticket:handle",
    body=AnswerTicket,
    returns=StaffAnswer,
    status=201,
    raises=(TicketNotFound, TicketClosed, TicketFull, TicketErased, Contended),
)
async def respond(call: Call[AnswerTicket]) -> Answer:
    """Answer the customer, or leave a note that only staff see."""
    key = header_of(call.request, "idempotency-key")
    return _answer(
        201,
        await ticket_desk.respond(call.shop, call.who, call.path["id"], call.body, key=key),
    )


def _answer(status: int, ticket: StaffTicket) -> Answer:
    return versioned(status, ticket, ticket.sequence)
