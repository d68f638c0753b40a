"""Tickets of people whose accounts are gone."""

from domain.access import Trace, system
from domain.ticket import LONGEST_TEXT, MOST_MESSAGES, Ticket
from domain.ticket_listing import TicketListing
from domain.ticket_message import TicketMessage
from domain.user import User
from tests.usecases.shop_fixtures import Bench, open_bench
from tests.usecases.test_incidents import VIEWS
from tests.usecases.test_ticket_desk import NOTE, STAFF, a_user, given, moved
from tests.usecases.test_ticketing import CUSTOMER, asking
from usecases.erasing import LAST_WORDS, erase_traces
from usecases.incidents import hear_ticket
from usecases.ticket_desk import AnswerTicket, respond
from usecases.ticketing import open_ticket

CLOCK = system("erase_accounts", Trace(correlation_id="c", causation_id="r"))


async def somebody(bench: Bench, id: str = "u-1") -> User:
    await bench.put(a_user(bench, "s-1", role="staff"))
    (user,) = await bench.put(a_user(bench, id))
    found: User = user
    return found


async def gone(bench: Bench, user: User) -> User:
    (written,) = await bench.put(user.erased(bench.clock.now()))
    bench.clock.move(LAST_WORDS.total_seconds())
    left: User = written
    return left


async def leaves_traces(bench: Bench) -> bool:
    user = await bench.store.get(User, "u-1", "u-1")
    assert user is not None
    return user.leaves_traces


async def test_words_go_and_what_became_of_the_ticket_stays() -> None:
    bench = open_bench()
    user = await somebody(bench)
    id = (await open_ticket(bench.shop, CUSTOMER, asking())).ticket_id
    await given(bench, id)
    await moved(bench, id, "in_progress")
    await respond(bench.shop, STAFF, id, NOTE)
    await moved(bench, id, "resolved", "Sent again.")
    await gone(bench, user)

    assert await erase_traces(bench.shop, CLOCK) == 1

    (ticket,), (message,) = bench.documents(Ticket), bench.documents(TicketMessage)
    assert (ticket.subject, ticket.description, ticket.resolution) == ("", "", "")
    assert (ticket.status, ticket.assigned_to, ticket.is_anonymous) == ("resolved", "s-1", True)
    assert (message.message, message.is_internal) == ("", True)
    assert not await leaves_traces(bench)
    await hear_ticket(bench.shop, VIEWS, bench.hubs.events[-1])
    (line,) = bench.documents(TicketListing)
    assert (line.subject, line.status) == ("", "resolved")


async def test_an_open_ticket_is_not_waited_for() -> None:
    bench = open_bench()
    user = await somebody(bench)
    await open_ticket(bench.shop, CUSTOMER, asking())
    await gone(bench, user)

    await erase_traces(bench.shop, CLOCK)

    (ticket,) = bench.documents(Ticket)
    assert (ticket.status, ticket.description) == ("new", "")


async def test_a_ticket_that_is_full_of_long_text_goes_at_once() -> None:
    bench = open_bench()
    user = await somebody(bench)
    id = (await open_ticket(bench.shop, CUSTOMER, asking())).ticket_id
    for _ in range(MOST_MESSAGES):
        await respond(bench.shop, STAFF, id, AnswerTicket(message="\U0001f384" * LONGEST_TEXT))
    await gone(bench, user)

    assert await erase_traces(bench.shop, CLOCK) == 1

    messages = bench.documents(TicketMessage)
    assert [one.message for one in messages] == [""] * MOST_MESSAGES


async def test_more_tickets_than_one_sweep_takes_are_taken_by_the_next() -> None:
    bench = open_bench()
    user = await somebody(bench)
    for _ in range(101):
        await open_ticket(bench.shop, CUSTOMER, asking())
    await gone(bench, user)

    assert await erase_traces(bench.shop, CLOCK) == 0
    assert await leaves_traces(bench)
    assert await erase_traces(bench.shop, CLOCK) == 1

    assert all(ticket.is_anonymous for ticket in bench.documents(Ticket))


async def test_who_has_come_back_keeps_what_they_wrote() -> None:
    bench = open_bench()
    left = await gone(bench, await somebody(bench))
    await bench.put(left.but(status="active"))
    await open_ticket(bench.shop, CUSTOMER, asking())

    await erase_traces(bench.shop, CLOCK)

    (ticket,) = bench.documents(Ticket)
    assert ticket.description == "It is not here."
