"""The staff's list of tickets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.cursor import BadCursor
from domain.errors import Invalid
from domain.ticket import Ticket
from domain.ticket_listing import TicketListing
from tests.domain.test_ticket import a_ticket
from tests.usecases.shop_fixtures import CLOCKWORK, Bench, open_bench
from usecases.ticket_lists import ListStaffTickets, StaffTicketLines, list_tickets, show_ticket

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def numbered(number: int, at: datetime, **but: Any) -> Ticket:
    """One of many tickets."""
    id = f"{number:08}"
    return a_ticket(id=id, ticket_id=id, created_at=at, sequence=1, **but)


async def listed(bench: Bench, **query: Any) -> StaffTicketLines:
    return await list_tickets(bench.shop, ListStaffTickets.model_validate(query))


def numbers(page: StaffTicketLines) -> list[int]:
    return [int(line.ticket_id) for line in page.items]


async def seven_around_new_year() -> Bench:
    """Four tickets of the old year and three of the new one, the seventh the newest."""
    bench = open_bench()
    bench.clock.time = NEW_YEAR + timedelta(days=30)
    for number in range(1, 8):
        at = NEW_YEAR + timedelta(hours=number - 5)
        await show_ticket(bench.shop, CLOCKWORK, numbered(number, at))
    return bench


async def test_tickets_are_listed_newest_first_over_the_years() -> None:
    bench = await seven_around_new_year()

    assert numbers(await listed(bench)) == [7, 6, 5, 4, 3, 2, 1]
    for limit in (1, 2, 3, 4, 7):
        found, cursor = [], ""
        for _ in range(9):
            page = await listed(bench, limit=limit, cursor=cursor)
            found += numbers(page)
            cursor = page.next_cursor or ""
            if not cursor:
                break
        assert (found, cursor) == ([7, 6, 5, 4, 3, 2, 1], "")


async def test_a_page_is_the_same_as_by_cursor() -> None:
    bench = await seven_around_new_year()

    pages = [numbers(await listed(bench, limit=2, page=page)) for page in range(1, 6)]

    assert pages == [[7, 6], [5, 4], [3, 2], [1], []]
    with pytest.raises(Invalid):
        await listed(bench, limit=100, page=11)


async def test_far_pages_are_reached_in_few_steps() -> None:
    bench = open_bench()
    for number in range(250):
        at = bench.clock.now() + timedelta(seconds=number)
        await show_ticket(bench.shop, CLOCKWORK, numbered(number, at))

    assert numbers(await listed(bench, limit=10, page=25)) == list(range(9, -1, -1))
    assert numbers(await listed(bench, limit=10, page=27)) == []


async def test_filters_are_joined_by_and() -> None:
    bench = open_bench()
    now = bench.clock.now()
    many: list[dict[str, Any]] = [
        {"status": "new", "type": "delivery", "priority": "high"},
        {"status": "assigned", "type": "delivery", "priority": "high", "assigned_to": "s-1"},
        {"status": "assigned", "type": "payment", "priority": "low", "assigned_to": "s-2"},
    ]
    for number, fields in enumerate(many):
        await show_ticket(bench.shop, CLOCKWORK, numbered(number, now, **fields))

    assert numbers(await listed(bench, status="assigned")) == [2, 1]
    assert numbers(await listed(bench, type="delivery", priority="high")) == [1, 0]
    assert numbers(await listed(bench, assigned_to="s-2")) == [2]
    assert numbers(await listed(bench, status="new", assigned_to="s-2")) == []


async def test_a_cursor_serves_the_list_that_gave_it() -> None:
    bench = await seven_around_new_year()
    cursor = (await listed(bench, limit=1)).next_cursor

    with pytest.raises(BadCursor):
        await listed(bench, limit=1, cursor=cursor, status="new")


async def test_a_line_says_what_the_ticket_says() -> None:
    bench = open_bench()
    await show_ticket(bench.shop, CLOCKWORK, a_ticket(message_count=2))

    (line,) = (await listed(bench)).items
    assert (line.ticket_id, line.user_id, line.subject) == ("7K3MPX9Q", "u-1", "Where is it?")
    assert (line.message_count, line.status, line.assigned_to) == (2, "new", "")


async def test_a_newer_line_is_never_overwritten() -> None:
    bench = open_bench()
    for sequence in (1, 3, 3, 2):
        await show_ticket(bench.shop, CLOCKWORK, a_ticket(subject=str(sequence), sequence=sequence))

    (line,) = bench.documents(TicketListing)
    assert (line.subject, line.sequence) == ("3", 3)
