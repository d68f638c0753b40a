"""Counting costs a call nothing: it is gathered, and pushed each second, once, however many tries it takes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest

from adapters import gathered as module
from adapters.gathered import MOST_GATHERED, MOST_IN_A_PUSH, PUSH_SECONDS, GatheredCounters
from domain.traffic import CARTS, VIEWS
from tests.adapters.embedded.fixtures import NOON
from tests.listening import Listener
from tests.usecases.memory_counters import MemoryCounters
from usecases.ports.counters import Counter, CountersAway, Push

TODAY = NOON.date()
YESTERDAY = date(2026, 1, 24)
MUG, FILLED = Counter(VIEWS, "mug"), Counter(CARTS)


class SecondHand:
    """A clock by which nobody's sleep ends before a test says so."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._ends = asyncio.Event()

    def now(self) -> datetime:
        return NOON

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self._ends.wait()
        self._ends.clear()

    async def tick(self) -> None:
        """Let the sleep end, and what comes of it happen."""
        self._ends.set()
        for _ in range(10):
            await asyncio.sleep(0)


class Fickle(MemoryCounters):
    """Counters that note each push, and are away or lose their answers as a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.pushes: list[Push] = []
        self.is_away = self.is_mute = False

    async def push(self, push: Push) -> None:
        self.pushes.append(push)
        if self.is_away:
            raise CountersAway("away")
        await super().push(push)
        if self.is_mute:
            raise CountersAway("no answer")


@pytest.fixture
async def clock() -> SecondHand:
    return SecondHand()


@pytest.fixture
def shared() -> Fickle:
    return Fickle()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def counters(
    shared: Fickle, clock: SecondHand, listener: Listener
) -> AsyncIterator[GatheredCounters]:
    gathered = GatheredCounters(shared, clock, telemetry=listener.telemetry)
    yield gathered
    shared.is_away = shared.is_mute = False
    await gathered.close()


def dropped(listener: Listener) -> int:
    rows = listener.measures().get("shop.counts.dropped", [])
    return sum(int(amount) for amount, _ in rows)


async def test_a_seconds_counts_are_one_push(
    counters: GatheredCounters, shared: Fickle, clock: SecondHand
) -> None:
    for _ in range(1000):
        counters.add(TODAY, MUG)
        counters.add(TODAY, FILLED, "c-1")
    await asyncio.sleep(0)
    assert (shared.pushes, clock.slept) == ([], [PUSH_SECONDS])

    await clock.tick()

    (push,) = shared.pushes
    assert (push.number, push.day) == (1, TODAY)
    assert push.counts == {(MUG, ""): 1000, (FILLED, "c-1"): 1}


async def test_where_nobody_counts_nothing_runs(
    counters: GatheredCounters, shared: Fickle, clock: SecondHand
) -> None:
    counters.add(TODAY, MUG)
    await clock.tick()
    await clock.tick()
    assert clock.slept == [PUSH_SECONDS]
    counters.add(TODAY, MUG)
    await clock.tick()

    assert [push.number for push in shared.pushes] == [1, 2]
    assert {push.source for push in shared.pushes} == {shared.pushes[0].source}


async def test_two_processes_are_two_sources(shared: Fickle, clock: SecondHand) -> None:
    for _ in range(2):
        counters = GatheredCounters(shared, clock)
        counters.add(TODAY, MUG)
        await counters.close()

    batch = await shared.take(TODAY)
    assert batch is not None
    assert batch.counts == {MUG: 2}


async def test_what_got_no_answer_goes_again_as_it_was_and_counts_once(
    counters: GatheredCounters, shared: Fickle, clock: SecondHand
) -> None:
    counters.add(TODAY, MUG)
    shared.is_mute = True
    await clock.tick()
    counters.add(TODAY, MUG)
    await clock.tick()
    shared.is_mute = False
    await clock.tick()

    assert [push.number for push in shared.pushes] == [1, 1, 1, 2]
    batch = await shared.take(TODAY)
    assert batch is not None
    assert batch.counts == {MUG: 2}


async def test_days_are_pushed_apart_and_large_heaps_in_parts(
    counters: GatheredCounters, shared: Fickle
) -> None:
    counters.add(YESTERDAY, MUG)
    for number in range(MOST_IN_A_PUSH + 1):
        counters.add(TODAY, FILLED, f"c-{number}")

    assert await counters.waiting() == (YESTERDAY, TODAY)

    told = [(push.day, len(push.counts)) for push in shared.pushes]
    assert told == [(YESTERDAY, 1), (TODAY, MOST_IN_A_PUSH), (TODAY, 1)]


async def test_the_timer_of_this_process_finds_what_it_has_gathered(
    counters: GatheredCounters, shared: Fickle
) -> None:
    counters.add(TODAY, MUG)

    assert await counters.waiting() == (TODAY,)
    batch = await counters.take(TODAY)
    assert batch is not None
    assert batch.counts == {MUG: 1}
    await counters.settle(TODAY, batch.number)
    assert await counters.waiting() == ()

    counters.add(TODAY, MUG)
    shared.is_away = True
    with pytest.raises(CountersAway):
        await counters.waiting()


async def test_while_the_counters_are_away_no_more_is_kept_than_there_is_room_for(
    counters: GatheredCounters,
    shared: Fickle,
    clock: SecondHand,
    listener: Listener,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shared.is_away = True
    for number in range(MOST_GATHERED + 3):
        counters.add(TODAY, FILLED, f"c-{number}")
    counters.add(TODAY, FILLED, "c-1")
    lost = dropped(listener)
    shared.is_away = False
    await clock.tick()
    await counters.waiting()

    assert lost == 3
    assert len(caplog.records) == 1, "it is told once"
    batch = await shared.take(TODAY)
    assert batch is not None
    assert batch.counts == {FILLED: MOST_GATHERED}


async def test_a_push_that_never_succeeds_is_given_up_and_the_next_goes_on(
    counters: GatheredCounters,
    shared: Fickle,
    clock: SecondHand,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_TRIES", 2)
    shared.is_away = True
    counters.add(TODAY, MUG)
    counters.add(TODAY, MUG)
    await clock.tick()
    counters.add(TODAY, FILLED, "c-1")
    await clock.tick()
    shared.is_away = False
    await clock.tick()

    assert [push.number for push in shared.pushes] == [1, 1, 2, 2]
    assert dropped(listener) == 2
    batch = await shared.take(TODAY)
    assert batch is not None
    assert batch.counts == {FILLED: 1}


async def test_closing_pushes_what_is_left_and_waits_for_nobody(
    counters: GatheredCounters, shared: Fickle
) -> None:
    counters.add(TODAY, MUG)
    await counters.close()
    assert [push.counts for push in shared.pushes] == [{(MUG, ""): 1}]

    counters.add(TODAY, MUG)
    shared.is_away = True
    await counters.close()
    await counters.close()
