"""Opening tickets, looking at one's own, and replying."""

from dataclasses import replace
from typing import Any

import pytest

from domain.access import Caller, Role, Trace
from domain.cursor import BadCursor
from domain.errors import TooMany
from domain.limit import LIMITS, Limit
from domain.order import OrderNotFound
from domain.ticket import Ticket, TicketClosed, TicketNotFound
from domain.ticket_message import TicketMessage
from domain.ticket_number import TicketPointer, opening_of, ticket_id_of
from tests.usecases.meddling import Crash, crash, meddled
from tests.usecases.shop_fixtures import Bench, carry_on, open_bench, placed, sells
from usecases.again import Contended
from usecases.gate import CLOSED
from usecases.shop import Shop
from usecases.ticketing import (
    ListTickets,
    NoFreeNumber,
    OpenTicket,
    ReplyToTicket,
    get_ticket,
    list_tickets,
    open_ticket,
    reply,
)

CUSTOMER = Caller("u-1", Role.CUSTOMER, Trace("c-1", "r-1"))
OTHER = Caller("u-2", Role.CUSTOMER, Trace("c-2", "r-2"))


def asking(**but: Any) -> OpenTicket:
    """What a customer asks."""
    whole = {"type": "delivery", "subject": "Where is it?", "description": "It is not here."}
    return OpenTicket.model_validate(whole | but)


class Blind:
    """A store that does not see yet what others have written of some kinds."""

    def __init__(self, bench: Bench, *kinds: type) -> None:
        self._store, self._kinds = bench.store, kinds

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        return None if kind in self._kinds else await self._store.get(kind, id, partition)

    async def commit(self, change: Any) -> Any:
        return await self._store.commit(change)


def blind(bench: Bench, *kinds: type) -> Shop:
    store: Any = Blind(bench, *kinds)
    return replace(bench.shop, store=store)


async def test_a_ticket_is_opened_and_told() -> None:
    bench = open_bench()

    view = await open_ticket(bench.shop, CUSTOMER, asking(priority="high"))

    (ticket,) = bench.documents(Ticket)
    assert view.ticket_number == f"HPH-T-2026-{view.ticket_id[:4]}-{view.ticket_id[4:]}"
    assert (view.status, view.priority, view.type, view.order_id) == ("new", "high", "delivery", "")
    assert [(one.author_type, one.message) for one in view.messages] == [
        ("customer", "It is not here.")
    ]
    assert (ticket.user_id, ticket.sequence) == ("u-1", 1)
    (event,) = bench.hubs.events
    assert (event.event_type, event.subject, event.sequence) == (
        "TicketCreated",
        view.ticket_id,
        1,
    )
    assert event.data["user_id"] == "u-1"
    assert "It is not here" not in event.model_dump_json()


async def test_without_a_key_each_request_opens_one() -> None:
    bench = open_bench()

    one = await open_ticket(bench.shop, CUSTOMER, asking())
    other = await open_ticket(bench.shop, CUSTOMER, asking())

    assert one.ticket_id != other.ticket_id


async def test_under_a_key_the_same_request_opens_one() -> None:
    bench = open_bench()
    first = await open_ticket(bench.shop, CUSTOMER, asking(), key="k")
    state = bench.state()

    again = await open_ticket(bench.shop, CUSTOMER, asking(), key="k")

    assert again == first
    assert bench.state() == state
    for caller, command, key in (
        (OTHER, asking(), "k"),
        (CUSTOMER, asking(subject="Another thing"), "k"),
        (CUSTOMER, asking(), "k-2"),
    ):
        other = await open_ticket(bench.shop, caller, command, key=key)
        assert other.ticket_id != first.ticket_id


@pytest.mark.parametrize("commit", [1, 2, 3])
async def test_who_was_cut_off_finds_the_ticket_that_was_begun(commit: int) -> None:
    bench = open_bench()
    with pytest.raises(Crash):
        await open_ticket(meddled(bench, {commit: crash}), CUSTOMER, asking(), key="k")

    await open_ticket(bench.shop, CUSTOMER, asking(), key="k")

    assert len(bench.documents(Ticket)) == len(bench.documents(TicketPointer)) == 1


async def test_a_number_that_is_taken_is_passed_over() -> None:
    bench = open_bench()
    opening = opening_of("u-1", "k", asking().model_dump_json())
    ids = [ticket_id_of(opening, attempt) for attempt in range(5)]
    taken = [
        TicketPointer(id=f"~{id}", user_id=f"~{id}", owner="u-9", opening="another") for id in ids
    ]
    await bench.put(*taken[:2])

    view = await open_ticket(bench.shop, CUSTOMER, asking(), key="k")

    assert view.ticket_id == ids[2]
    await bench.put(*taken[3:])
    again = await open_ticket(bench.shop, CUSTOMER, asking(), key="k")
    assert again.ticket_id == ids[2]


async def test_where_no_number_is_free_the_caller_tries_again() -> None:
    bench = open_bench()
    opening = opening_of("u-1", "k", asking().model_dump_json())
    ids = [ticket_id_of(opening, attempt) for attempt in range(5)]
    for id in ids:
        await bench.put(TicketPointer(id=f"~{id}", user_id=f"~{id}", owner="u", opening="other"))

    with pytest.raises(NoFreeNumber):
        await open_ticket(bench.shop, CUSTOMER, asking(), key="k")
    assert bench.documents(Ticket) == []


@pytest.mark.parametrize("kind", [TicketPointer, Ticket])
async def test_what_is_there_and_not_seen_yet_is_never_opened_twice(kind: type) -> None:
    bench = open_bench()
    await open_ticket(bench.shop, CUSTOMER, asking(), key="k")

    with pytest.raises(Contended):
        await open_ticket(blind(bench, kind), CUSTOMER, asking(), key="k")
    assert len(bench.documents(Ticket)) == 1


async def test_an_order_is_named_by_id_or_number() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    order = await placed(bench, CUSTOMER, MUG=1)

    view = await open_ticket(bench.shop, CUSTOMER, asking(order_id=order.order_number))

    assert view.order_id == order.order_id
    assert bench.hubs.events[-1].data["order_id"] == order.order_id


async def test_no_saga_minds_a_ticket_about_its_order() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    order = await placed(bench, CUSTOMER, MUG=1)
    await carry_on(bench)
    await open_ticket(bench.shop, CUSTOMER, asking(order_id=order.order_id))
    state = bench.state()

    await carry_on(bench)

    assert bench.state() == state


async def test_anothers_order_is_not_there() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    order = await placed(bench, OTHER, MUG=1)
    state = bench.state()

    for text in (order.order_id, "x"):
        with pytest.raises(OrderNotFound):
            await open_ticket(bench.shop, CUSTOMER, asking(order_id=text))
    assert bench.state() == state


async def test_nobody_opens_tickets_without_end() -> None:
    bench = open_bench()
    asked: list[tuple[str, Limit]] = []

    class FullBuckets:
        async def take(self, key: str, limit: Limit) -> float:
            asked.append((key, limit))
            return 12.3

    shop = replace(bench.shop, gate=replace(CLOSED, buckets=FullBuckets()))
    with pytest.raises(TooMany) as refused:
        await open_ticket(shop, CUSTOMER, asking())

    assert refused.value.facts == {"retry_after": 13}
    assert asked == [("ticket:user:u-1", LIMITS["ticket"])]
    assert bench.documents(Ticket) == []


async def test_ones_own_are_listed_newest_first_a_page_at_a_time() -> None:
    bench = open_bench()
    ids = []
    for _ in range(3):
        bench.clock.move(60)
        ids.append((await open_ticket(bench.shop, CUSTOMER, asking())).ticket_id)
    await open_ticket(bench.shop, OTHER, asking())
    hidden = bench.documents(Ticket)[0].but(id="X", user_id="u-1", is_internal=True)
    await bench.put(Ticket.model_validate(hidden.model_dump()))

    first = await list_tickets(bench.shop, CUSTOMER, ListTickets(limit=2))
    assert first.next_cursor is not None
    rest = await list_tickets(bench.shop, CUSTOMER, ListTickets(limit=2, cursor=first.next_cursor))

    assert [one.ticket_id for one in (*first.items, *rest.items)] == ids[::-1]
    assert (rest.next_cursor, first.limit) == (None, 2)
    with pytest.raises(BadCursor):
        await list_tickets(bench.shop, OTHER, ListTickets(cursor=first.next_cursor))


async def test_anothers_ticket_is_not_there() -> None:
    bench = open_bench()
    view = await open_ticket(bench.shop, CUSTOMER, asking())
    state = bench.state()

    for text in (view.ticket_id, view.ticket_number, "x"):
        with pytest.raises(TicketNotFound):
            await get_ticket(bench.shop, OTHER, text)
        with pytest.raises(TicketNotFound):
            await reply(bench.shop, OTHER, text, ReplyToTicket(message="Mine now"))
    assert bench.state() == state


async def test_what_only_staff_see_is_not_there_for_the_customer() -> None:
    bench = open_bench()
    view = await open_ticket(bench.shop, CUSTOMER, asking())
    (ticket,) = bench.documents(Ticket)
    await bench.put(ticket.but(is_internal=True))

    with pytest.raises(TicketNotFound):
        await get_ticket(bench.shop, CUSTOMER, view.ticket_id)


async def test_a_reply_is_read_beside_the_description() -> None:
    bench = open_bench()
    view = await open_ticket(bench.shop, CUSTOMER, asking())

    after = await reply(bench.shop, CUSTOMER, view.ticket_number, ReplyToTicket(message="Hello?"))

    seen = await get_ticket(bench.shop, CUSTOMER, view.ticket_id)
    assert [one.message for one in seen.messages] == ["It is not here.", "Hello?"]
    assert after.message == seen.messages[1]
    assert (after.ticket_id, after.updated_at) == (seen.ticket_id, seen.updated_at)
    assert bench.hubs.types() == ["TicketCreated", "TicketUpdated"]
    assert bench.hubs.events[-1].data["changed"] == ["message_count"]


async def test_under_a_key_a_reply_is_said_once() -> None:
    bench = open_bench()
    id = (await open_ticket(bench.shop, CUSTOMER, asking())).ticket_id
    hello = ReplyToTicket(message="Hello?")

    first = await reply(bench.shop, CUSTOMER, id, hello, key="k")
    assert await reply(bench.shop, CUSTOMER, id, hello, key="k") == first
    assert len(bench.documents(TicketMessage)) == 1
    (ticket,) = bench.documents(Ticket)
    await bench.put(ticket.but(status="closed"))

    repeated = await reply(bench.shop, CUSTOMER, id, hello, key="k")
    assert (repeated.status, repeated.message) == ("closed", first.message)
    with pytest.raises(TicketClosed):
        await reply(bench.shop, CUSTOMER, id, hello, key="k-2")
    with pytest.raises(TicketClosed):
        await reply(bench.shop, CUSTOMER, id, hello)
