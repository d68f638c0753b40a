"""What the views consumer makes of the events about tickets."""

from typing import Any

import pytest

from domain.access import Caller, Role, Trace, system
from domain.events import Event
from domain.order import OrderNotFound
from domain.ticket import Ticket
from domain.ticket_listing import TicketListing
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.meddling import Crash, crash, meddled
from tests.usecases.shop_fixtures import Bench, fill_cart, open_bench, placed, sells
from tests.usecases.test_ticketing import CUSTOMER, asking, blind
from usecases.incidents import hear_ticket
from usecases.ports.faults import NotVisible
from usecases.ticket_desk import get_ticket
from usecases.ticketing import open_ticket

VIEWS = system("views", Trace(correlation_id="c-v", causation_id="r-v"))
STAFF = Caller("s-1", Role.STAFF, Trace("c-s", "r-s"))
REFERENCE = "7K3MPX9QW2ZD:compensation_stuck"


def an_incident(**data: Any) -> Event:
    """What the saga of an order says when it needs a person."""
    said = {
        "ticket_id": REFERENCE,
        "order_id": "7K3MPX9QW2ZD",
        "order_number": "HPH-2026-7K3M-PX9Q-W2ZD",
        "user_id": "guest:g-1",
        "type": "compensation_stuck",
        "priority": "high",
        "status": "new",
    }
    return Event(
        event_id="e-1",
        event_type="TicketCreated",
        timestamp=NOON,
        subject="7K3MPX9QW2ZD",
        sequence=9,
        data=said | data,
        correlation_id="c",
        causation_id="r",
    )


async def opened(bench: Bench) -> Event:
    await open_ticket(bench.shop, CUSTOMER, asking())
    return bench.hubs.events[-1]


async def test_a_ticket_that_is_told_of_is_on_the_list() -> None:
    bench = open_bench()
    event = await opened(bench)

    for _ in range(2):
        await hear_ticket(bench.shop, VIEWS, event)

    (line,) = bench.documents(TicketListing)
    assert (line.id, line.owner, line.status) == (event.subject, "u-1", "new")


async def test_what_is_not_seen_yet_waits() -> None:
    bench = open_bench()
    event = await opened(bench)

    with pytest.raises(NotVisible):
        await hear_ticket(blind(bench, Ticket), VIEWS, event)
    with pytest.raises(NotVisible):
        await hear_ticket(bench.shop, VIEWS, event.model_copy(update={"sequence": 2}))
    strange = event.model_copy(update={"data": {"ticket_id": 7}})
    with pytest.raises(NotVisible):
        await hear_ticket(bench.shop, VIEWS, strange)
    assert bench.documents(TicketListing) == []


async def test_the_saga_hands_an_order_to_a_person() -> None:
    bench = open_bench()

    for _ in range(2):
        await hear_ticket(bench.shop, VIEWS, an_incident())

    (line,) = bench.documents(TicketListing)
    view = await get_ticket(bench.shop, STAFF, line.id)
    assert (view.type, view.priority, view.status) == ("incident", "high", "new")
    assert (view.user_id, view.order_id, view.reference) == (
        "guest:g-1",
        "7K3MPX9QW2ZD",
        REFERENCE,
    )
    assert view.subject == "Order HPH-2026-7K3M-PX9Q-W2ZD: compensation stuck"
    assert (view.is_internal, view.messages[0].author_type) == (True, "shop")
    assert bench.hubs.events == [], "the saga has told of it"


@pytest.mark.parametrize("commit", [1, 2, 3])
async def test_an_incident_is_written_once_whatever_call_was_the_last(commit: int) -> None:
    bench = open_bench()
    with pytest.raises(Crash):
        await hear_ticket(meddled(bench, {commit: crash}), VIEWS, an_incident())

    await hear_ticket(bench.shop, VIEWS, an_incident())

    assert len(bench.documents(Ticket)) == len(bench.documents(TicketListing)) == 1


async def test_an_incident_that_is_there_and_not_seen_yet_waits() -> None:
    bench = open_bench()
    await hear_ticket(bench.shop, VIEWS, an_incident())

    with pytest.raises(NotVisible):
        await hear_ticket(blind(bench, Ticket), VIEWS, an_incident())


async def test_whose_order_it_is_is_looked_up_where_it_is_not_told() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    await fill_cart(bench, CUSTOMER, MUG=1)
    order = await placed(bench, CUSTOMER)
    reference = f"{order.order_id}:goods_missing"

    await hear_ticket(
        bench.shop, VIEWS, an_incident(ticket_id=reference, user_id="", order_number="")
    )

    (ticket,) = bench.documents(Ticket)
    assert (ticket.user_id, ticket.subject) == ("u-1", f"Order {order.order_id}: goods missing")
    with pytest.raises(OrderNotFound):
        await hear_ticket(bench.shop, VIEWS, an_incident(user_id=""))


async def test_a_return_is_not_for_this_list() -> None:
    bench = open_bench()
    state = bench.state()

    await hear_ticket(
        bench.shop,
        VIEWS,
        an_incident().model_copy(update={"event_type": "ReturnApproved"}),
    )

    assert bench.state() == state
