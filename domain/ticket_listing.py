"""Tickets as staff list them: one line each, in the year in which it was opened."""

from datetime import datetime
from typing import ClassVar, Final

from domain.entity import Entity
from domain.moment import Moment
from domain.ticket import Ticket, TicketPriority, TicketStatus, TicketType

FIRST_YEAR: Final = 2026
"""The shop has no older tickets."""


class TicketListing(Entity):
    """The line of a ticket; id that of the ticket, partition ``~view:<year>``. A newer ``sequence`` wins."""

    kind: ClassVar[str] = "ticket-listing"
    container: ClassVar[str] = "Tickets"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    owner: str
    ticket_number: str
    type: TicketType
    priority: TicketPriority
    status: TicketStatus
    subject: str
    order_id: str
    assigned_to: str
    message_count: int
    sequence: int
    created_at: Moment
    updated_at: datetime


def view_partition(year: int) -> str:
    """Where the lines of a year lie: a ticket never moves from one to another."""
    return f"~view:{year}"


def line_of(ticket: Ticket) -> TicketListing:
    """The ticket's line."""
    return TicketListing(
        id=ticket.ticket_id,
        user_id=view_partition(ticket.created_at.year),
        owner=ticket.user_id,
        ticket_number=ticket.ticket_number,
        type=ticket.type,
        priority=ticket.priority,
        status=ticket.status,
        subject=ticket.subject,
        order_id=ticket.order_id,
        assigned_to=ticket.assigned_to,
        message_count=ticket.message_count,
        sequence=ticket.sequence,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
    )
