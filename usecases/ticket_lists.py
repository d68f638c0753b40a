"""The list of all tickets, as staff read it: kept by the ``views`` consumer, newest first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from domain.access import Caller
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.model import View
from domain.moment import moment_text
from domain.ticket import Ticket, TicketPriority, TicketStatus, TicketType
from domain.ticket_listing import FIRST_YEAR, TicketListing, line_of, view_partition
from usecases.again import again
from usecases.ports.store import MOST_ON_A_PAGE, Change, Position, Query, Where
from usecases.shelves import check_skipped, cursor_keys
from usecases.shop import Shop

FILTERS: Final = ("status", "type", "priority", "assigned_to")


class ListStaffTickets(Command):
    """A page of all tickets, newest first; what is left out is not filtered by."""

    status: TicketStatus | None = None
    type: TicketType | None = None
    priority: TicketPriority | None = None
    assigned_to: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""
    page: Annotated[int, Field(ge=1, le=1_000)] = 1


class StaffTicketLine(View):
    """A ticket in the list; as old as the events that told of it."""

    ticket_id: str
    ticket_number: str
    user_id: str
    type: TicketType
    subject: str
    status: TicketStatus
    priority: TicketPriority
    assigned_to: str
    order_id: str
    message_count: int
    created_at: datetime
    updated_at: datetime


class StaffTicketLines(View):
    """A page of them."""

    items: tuple[StaffTicketLine, ...]
    next_cursor: str | None
    limit: int


async def list_tickets(shop: Shop, query: ListStaffTickets) -> StaffTicketLines:
    """All tickets that pass the filters, newest first; one query, and one more for each year that it reaches back.

    Raises ``BadCursor``, and ``Invalid`` for a ``page`` beyond the 1,000th ticket.
    """
    where = _where(query)
    name, keys = f"staff-tickets:{where}", await cursor_keys(shop)
    after = Position(*opened(query.cursor, name, keys)) if query.cursor else None
    if after is None and query.page > 1:
        after = await _skipped(shop, where, (query.page - 1) * query.limit)
        if after is None:
            return StaffTicketLines(items=(), next_cursor=None, limit=query.limit)
    lines = await _lines(shop, where, query.limit, after)
    end = _end(lines) if len(lines) == query.limit else None
    return StaffTicketLines(
        items=tuple(map(_shown, lines)),
        next_cursor=sealed((end.value, end.entity_id), name, keys) if end else None,
        limit=query.limit,
    )


async def show_ticket(shop: Shop, by: Caller, ticket: Ticket) -> None:
    """Make the list say what the ticket says. Safe to repeat, at once and in any order: the newest stays."""
    line = line_of(ticket)

    async def step() -> None:
        there = await shop.store.get(TicketListing, line.id, line.user_id)
        if there is None:
            await shop.store.commit(Change(by=by, puts=(line,)))
        elif there.sequence < line.sequence:
            fresh = there.but(**line.model_dump(exclude={"id", "user_id", "ttl"}))
            await shop.store.commit(Change(by=by, puts=(fresh,)))

    await again(shop, step)


def _where(query: ListStaffTickets) -> tuple[Where, ...]:
    given = ((name, getattr(query, name)) for name in FILTERS)
    return tuple(Where(name, "=", value) for name, value in given if value is not None)


async def _skipped(shop: Shop, where: tuple[Where, ...], count: int) -> Position | None:
    """The end of the first so many lines; ``None`` where there are no more than these. Raises ``Invalid``."""
    check_skipped(count)
    end: Position | None = None
    while count:
        step = min(count, MOST_ON_A_PAGE)
        lines = await _lines(shop, where, step, end)
        if len(lines) < step:
            return None
        end, count = _end(lines), count - step
    return end


async def _lines(
    shop: Shop, where: tuple[Where, ...], limit: int, after: Position | None
) -> list[TicketListing]:
    """So many lines after that place, from as many years as it takes: each of them is read once at most."""
    lines: list[TicketListing] = []
    newest = int(str(after.value)[:4]) if after else shop.clock.now().year
    query = Query("", where=where, order_by="created_at", descending=True, after=after)
    for year in range(newest, FIRST_YEAR - 1, -1):
        asked = replace(query, partition=view_partition(year), limit=limit - len(lines))
        lines += (await shop.store.find(TicketListing, asked)).items
        if len(lines) == limit:
            break
    return lines


def _end(lines: Sequence[TicketListing]) -> Position:
    return Position(moment_text(lines[-1].created_at), lines[-1].id)


def _shown(line: TicketListing) -> StaffTicketLine:
    return StaffTicketLine(
        ticket_id=line.id,
        user_id=line.owner,
        **line.model_dump(include=set(StaffTicketLine.model_fields) - {"user_id"}),
    )
