"""Publishing what was committed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from domain.companions import OUTBOX_TTL_SECONDS
from domain.events import Event
from domain.stock import STOCK_ID, Stock
from tests.usecases.meddling import Crash, crash, failing, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    STAFF,
    Bench,
    RecordingHubs,
    open_bench,
    outboxes,
    placed,
    sells,
)
from usecases.ports.events import EventsBusy
from usecases.ports.store import MOST_ON_A_PAGE, Change, Committed, StoreBusy
from usecases.relaying import relay, sweep


async def a_shop() -> Bench:
    bench = open_bench()
    for sku in ("MUG", "CUP"):
        await sells(bench, sku, 10)
    return bench


async def counted(bench: Bench, sku: str) -> Committed:
    """One piece more of the SKU: a commit with an event, not published yet."""
    stock = await bench.store.get(Stock, STOCK_ID, sku)
    assert stock is not None
    now = bench.clock.now()
    more = stock.adjusted(1, now)
    told = more.level_changed("adjustment", 1, trace=STAFF.trace, at=now)
    return await bench.store.commit(Change(by=STAFF, puts=(more,), events=(told,)))


def told(bench: Bench) -> list[tuple[str, int]]:
    return [(event.subject, event.sequence) for event in bench.hubs.events]


def unsent(bench: Bench) -> list[int]:
    return [one.sequence for one in outboxes(bench, "Inventory") if one.sent_at is None]


async def test_a_commit_is_published_at_once_and_marked() -> None:
    bench = await a_shop()

    await relay(bench.shop, STAFF, await counted(bench, "MUG"))

    assert told(bench) == [("MUG", 1)]
    (outbox,) = outboxes(bench, "Inventory")
    assert (outbox.sent_at, outbox.ttl) == (bench.clock.now(), OUTBOX_TTL_SECONDS)


async def test_a_commit_without_events_publishes_nothing() -> None:
    bench = await a_shop()
    before = bench.state()

    await relay(bench.shop, STAFF, Committed())

    assert bench.state() == before


async def test_what_the_same_key_said_before_goes_first() -> None:
    bench = await a_shop()
    await counted(bench, "MUG")
    await counted(bench, "CUP")
    await counted(bench, "MUG")

    await relay(bench.shop, STAFF, await counted(bench, "MUG"))

    assert told(bench) == [("MUG", 1), ("MUG", 2), ("MUG", 3)]
    assert unsent(bench) == [1]  # the cup's


async def test_a_hub_that_is_busy_once_is_asked_again() -> None:
    bench = await a_shop()
    bench.hubs.busy = 1

    await relay(bench.shop, STAFF, await counted(bench, "MUG"))

    assert (told(bench), bench.clock.slept) == ([("MUG", 1)], [0.05])


async def test_a_hub_that_stays_busy_leaves_it_to_the_sweep() -> None:
    bench = await a_shop()
    for _ in range(2):
        bench.hubs.busy = 2
        await relay(bench.shop, STAFF, await counted(bench, "MUG"))
    assert (told(bench), unsent(bench)) == ([], [1, 2])

    assert await sweep(bench.shop, CLOCKWORK) == 0
    bench.clock.move(5)
    assert await sweep(bench.shop, CLOCKWORK) == 2
    assert await sweep(bench.shop, CLOCKWORK) == 0

    assert (told(bench), unsent(bench)) == ([("MUG", 1), ("MUG", 2)], [])


async def test_a_store_that_is_away_holds_up_nobody() -> None:
    bench = await a_shop()
    done = await counted(bench, "MUG")

    await relay(meddled(bench, {1: failing(StoreBusy("away"))}), STAFF, done)

    assert (told(bench), unsent(bench)) == ([("MUG", 1)], [1])


async def test_a_crash_before_the_mark_publishes_again_under_the_same_id() -> None:
    bench = await a_shop()
    done = await counted(bench, "MUG")
    with pytest.raises(Crash):
        await relay(meddled(bench, {1: crash}), STAFF, done)

    bench.clock.move(5)
    await sweep(bench.shop, CLOCKWORK)

    assert told(bench) == [("MUG", 1), ("MUG", 1)]
    assert len({event.event_id for event in bench.hubs.events}) == 1


async def test_two_relays_at_once_are_harmless() -> None:
    bench = await a_shop()
    done = await counted(bench, "MUG")

    async def other() -> None:
        await relay(bench.shop, STAFF, done)

    await relay(meddled(bench, {1: other}), STAFF, done)

    assert told(bench) == [("MUG", 1), ("MUG", 1)]
    assert unsent(bench) == []


@dataclass
class BusyAfterOneMug:
    """Hubs that are busy for mugs as soon as one was told."""

    hubs: RecordingHubs

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        if key == "MUG" and self.hubs.events:
            raise EventsBusy("full")
        await self.hubs.publish(hub, key, events)

    async def check(self) -> None:
        await self.hubs.check()


async def test_a_key_that_fails_stops_and_others_go_on() -> None:
    bench = await a_shop()
    for _ in range(3):
        await counted(bench, "MUG")
    await counted(bench, "CUP")
    bench.clock.move(5)
    hubs = BusyAfterOneMug(bench.hubs)

    assert await sweep(replace(bench.shop, events=hubs), CLOCKWORK) == 2
    assert (told(bench), unsent(bench)) == ([("MUG", 1), ("CUP", 1)], [2, 3])


async def test_the_sweep_keeps_the_order_of_a_key_whatever_a_scan_meets() -> None:
    bench = await a_shop()
    for _ in range(3):
        await counted(bench, "MUG")
    mixed = dict(reversed(list(bench.store.snapshot().items())))
    bench.store.restore(mixed)
    bench.clock.move(5)

    assert await sweep(bench.shop, CLOCKWORK) == 3
    assert told(bench) == [("MUG", 1), ("MUG", 2), ("MUG", 3)]


async def test_a_backlog_of_more_than_one_scan_is_told_whole_and_in_order() -> None:
    bench = await a_shop()
    for _ in range(60):
        await counted(bench, "MUG")
        await counted(bench, "CUP")
    mixed = dict(reversed(list(bench.store.snapshot().items())))
    bench.store.restore(mixed)
    bench.clock.move(5)

    assert await sweep(bench.shop, CLOCKWORK) == 120
    for sku in ("MUG", "CUP"):
        assert [number for key, number in told(bench) if key == sku] == list(range(1, 61))
    assert unsent(bench) == []


async def test_a_key_with_more_than_a_page_is_told_in_order() -> None:
    bench = await a_shop()
    for _ in range(MOST_ON_A_PAGE + 50):
        await counted(bench, "MUG")
    bench.clock.move(5)

    assert await sweep(bench.shop, CLOCKWORK) == MOST_ON_A_PAGE + 50
    assert told(bench) == [("MUG", number) for number in range(1, MOST_ON_A_PAGE + 51)]


async def test_one_sweep_has_an_end() -> None:
    bench = await a_shop()
    for _ in range(MOST_ON_A_PAGE + 50):
        await counted(bench, "MUG")
    bench.clock.move(5)
    bench.hubs.busy = 2

    assert await sweep(bench.shop, CLOCKWORK) == 0
    assert (told(bench), bench.clock.slept) == ([], [0.05])


async def test_every_container_is_swept() -> None:
    bench = await a_shop()
    bench.hubs.busy = 2
    view = await placed(bench, MUG=1)
    await counted(bench, "CUP")
    bench.clock.move(5)

    assert await sweep(bench.shop, CLOCKWORK) == 2
    assert sorted(told(bench)) == sorted([(view.order_id, 1), ("CUP", 1)])


async def test_events_of_two_hubs_go_to_their_own() -> None:
    bench = await a_shop()
    stock = await bench.store.get(Stock, STOCK_ID, "MUG")
    assert stock is not None
    now = bench.clock.now()
    more = stock.adjusted(1, now)
    level = more.level_changed("adjustment", 1, trace=STAFF.trace, at=now)
    person = {"user_id": "c", "role": "customer", "status": "active", "changed": []}
    other = level.model_copy(
        update={"event_type": "UserUpdated", "event_id": "e-2", "data": person}
    )
    change = Change(by=STAFF, puts=(more,), events=(level, other))

    await relay(bench.shop, STAFF, await bench.store.commit(change))

    assert [event.hub for event in bench.hubs.events] == ["inventory-events", "user-events"]
