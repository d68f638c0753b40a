"""Tickets while the store fails in every way it can: opened once, said once, listed as they are."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from adapters.counting import CountingStore
from adapters.embedded.ids import SystemIds
from domain.access import Caller, Role, Trace
from domain.events import Event
from domain.ticket import Ticket
from domain.ticket_message import TicketMessage
from tests.adapters.cosmos.peers import Peer, opened, ours_only
from tests.adapters.cosmos.test_orders_under_faults import FAULTS, MOST_TRIES
from tests.adapters.store_kinds import StillClock
from tests.proofs.tickets import STAFF, answering, assigning, moving, replying, user_of
from tests.usecases.catalog_shop import open_shop
from usecases.erasing import erase_traces
from usecases.incidents import hear_ticket
from usecases.ports.store import Change, Scan, StoreBusy
from usecases.relaying import sweep
from usecases.shop import Shop
from usecases.ticket_lists import ListStaffTickets, list_tickets
from usecases.ticketing import ListTickets, OpenTicket, open_ticket
from usecases.ticketing import list_tickets as list_own

pytestmark = ours_only

TICKETS = 12
ASKED = OpenTicket(type="question", subject="What?", description="How?")


@dataclass
class Recorded:
    """Events, in the order in which they were published."""

    events: list[Event] = field(default_factory=list)

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        self.events.extend(events)

    async def check(self) -> None:
        """There."""


@dataclass
class Trial:
    """A shop whose store fails now and then, by dice."""

    shop: Shop
    peer: Peer
    told: Recorded
    dice: random.Random

    async def insist[T](self, asks: Callable[[], Awaitable[T]]) -> T:
        """Ask until the store answers, as a client or a consumer does."""
        for _ in range(MOST_TRIES):
            if self.dice.random() < 0.6:
                self.peer.emulator.faults.set(self.dice.choice(FAULTS))
            try:
                return await asks()
            except StoreBusy:
                continue
        raise AssertionError("the store never answers")


@pytest.fixture
async def trial(clock: StillClock) -> AsyncIterator[Trial]:
    async with opened(clock, containers=True) as peer:
        peer.emulator.lags = False  # a lost answer costs the session its token
        told = Recorded()
        store = CountingStore(peer.store)
        shop = replace(open_shop(), store=store, clock=clock, ids=SystemIds(), events=told)
        await store.commit(Change(by=STAFF, puts=(user_of("s-1", "staff"),)))
        yield Trial(shop, peer, told, random.Random(7))


async def lives(trial: Trial, number: int) -> str:
    """A customer's ticket is opened, assigned, answered and resolved; the customer's id."""
    user = f"u-{number}"
    caller, key = Caller(user, Role.CUSTOMER, Trace("c", "r")), f"k-{number}"
    shop = trial.shop
    view = await trial.insist(lambda: open_ticket(shop, caller, ASKED, key=key))
    steps: list[Any] = [
        assigning("s-1"),
        moving("in_progress"),
        answering("So.", key),
        replying("I see.", key, by=caller),
        moving("resolved", "Told."),
    ]
    for step in steps:
        await trial.insist(partial(step, shop, view.ticket_id))
    return user


async def test_every_ticket_ends_as_if_nothing_had_failed(trial: Trial) -> None:
    users = [await lives(trial, number) for number in range(TICKETS)]
    trial.peer.emulator.faults.clear()
    await trial.peer.clock.sleep(6)
    await sweep(trial.shop, STAFF)
    for event in trial.told.events:
        await hear_ticket(trial.shop, STAFF, event)

    tickets = (await trial.shop.store.find(Ticket, Scan())).items
    assert sorted(ticket.user_id for ticket in tickets) == sorted(users)
    assert {(one.status, one.message_count, one.sequence) for one in tickets} == {
        ("resolved", 2, 6)
    }
    messages = (await trial.shop.store.find(TicketMessage, Scan())).items
    assert len(messages) == 2 * TICKETS
    told = {event.event_id: event for event in trial.told.events}
    assert len(told) == 6 * TICKETS
    await _check_lists(trial, users[0])


async def _check_lists(trial: Trial, user: str) -> None:
    """By cursor, newest first, filtered: each ticket once."""
    found: list[str] = []
    cursor = ""
    for _ in range(TICKETS):
        query = ListStaffTickets(status="resolved", assigned_to="s-1", limit=5, cursor=cursor)
        page = await list_tickets(trial.shop, query)
        found += [line.ticket_id for line in page.items]
        cursor = page.next_cursor or ""
        if not cursor:
            break
    assert len(found) == len(set(found)) == TICKETS
    caller = Caller(user, Role.CUSTOMER, Trace("c", "r"))
    assert len((await list_own(trial.shop, caller, ListTickets())).items) == 1


async def test_the_words_of_who_has_left_go_all_the_same(trial: Trial) -> None:
    user = await lives(trial, 0)
    gone = user_of(user, "customer").erased(trial.shop.clock.now())
    await trial.insist(lambda: _written(trial, gone))

    for _ in range(MOST_TRIES):
        trial.peer.emulator.faults.set(trial.dice.choice(FAULTS))
        await erase_traces(trial.shop, STAFF)
    trial.peer.emulator.faults.clear()
    await erase_traces(trial.shop, STAFF)

    (ticket,) = (await trial.shop.store.find(Ticket, Scan())).items
    messages = (await trial.shop.store.find(TicketMessage, Scan())).items
    assert (ticket.subject, ticket.description, ticket.resolution) == ("", "", "")
    assert [one.message for one in messages] == ["", ""]


async def _written(trial: Trial, entity: Any) -> None:
    if await trial.shop.store.get(type(entity), entity.id, entity.partition) is None:
        await trial.shop.store.commit(Change(by=STAFF, puts=(entity,)))
