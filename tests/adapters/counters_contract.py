"""The contract of the counters: one suite, passed by every end that processes share.

To add an end, write a test module with a subclass of ``CountersContract`` named ``Test…`` that has a fixture
``counters``: an end with nothing in it.
"""

from collections import Counter as Sums
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

from domain.traffic import CART_ADDS, CARTS, VIEWS
from tests.adapters.embedded.fixtures import NOON
from usecases.ports.counters import Batch, Counter, Push, SharedCounters

TODAY = NOON.date()
YESTERDAY = date(2026, 1, 24)
MUG, TRAY = Counter(VIEWS, "mug"), Counter(VIEWS, "tray")
ADDED, FILLED = Counter(CART_ADDS, "mug"), Counter(CARTS)


def push(
    number: int,
    counts: Mapping[Counter, int] | None = None,
    *firsts: str,
    source: str = "p",
    day: date = TODAY,
) -> Push:
    """These counts, and a cart for each of ``firsts``."""
    members = {(FILLED, member): 1 for member in firsts}
    return Push(
        source, number, day, {(each, ""): n for each, n in (counts or {}).items()} | members
    )


async def taken(counters: SharedCounters, day: date = TODAY) -> Batch:
    """The day's batch, which there must be."""
    batch = await counters.take(day)
    assert batch is not None
    return batch


class CountersContract:
    """What every shared end of the counters does. A subclass brings the fixture ``counters``."""

    async def test_where_nobody_counted_there_is_nothing(self, counters: SharedCounters) -> None:
        await counters.settle(TODAY, 1)

        assert await counters.waiting() == ()
        assert await counters.take(TODAY) is None

    async def test_what_all_processes_pushed_comes_in_one_batch(
        self, counters: SharedCounters
    ) -> None:
        await counters.push(push(1, {MUG: 2, ADDED: 1}))
        await counters.push(push(2, {MUG: 3}))
        await counters.push(push(1, {MUG: 10, TRAY: 1}, source="other"))

        assert (await taken(counters)).counts == {MUG: 15, TRAY: 1, ADDED: 1}

    async def test_a_push_that_is_repeated_counts_once(self, counters: SharedCounters) -> None:
        await counters.push(push(1, {MUG: 2}))
        await counters.push(push(1, {MUG: 2}))
        first = await taken(counters)
        await counters.push(push(1, {MUG: 2}))
        await counters.settle(TODAY, first.number)
        await counters.push(push(1, {MUG: 2}))

        assert first.counts == {MUG: 2}
        assert await counters.take(TODAY) is None

    async def test_a_member_is_counted_once_a_day(self, counters: SharedCounters) -> None:
        await counters.push(push(1, {}, "cart-1", "cart-2"))
        first = await taken(counters)
        await counters.settle(TODAY, first.number)
        await counters.push(push(2, {}, "cart-2", "cart-3"))
        await counters.push(push(3, {}, "cart-2", day=YESTERDAY))

        assert first.counts == {FILLED: 2}
        assert (await taken(counters)).counts == {FILLED: 1}
        assert (await taken(counters, YESTERDAY)).counts == {FILLED: 1}

    async def test_a_batch_is_given_again_until_it_is_settled(
        self, counters: SharedCounters
    ) -> None:
        await counters.push(push(1, {MUG: 1}))
        first = await taken(counters)
        await counters.push(push(2, {MUG: 5}))

        assert await counters.take(TODAY) == first
        await counters.settle(TODAY, first.number)
        second = await taken(counters)

        assert (first.counts, second.counts) == ({MUG: 1}, {MUG: 5})
        assert second.number > first.number
        assert await counters.take(TODAY) == second

    async def test_who_settles_late_or_what_was_not_taken_settles_nothing(
        self, counters: SharedCounters
    ) -> None:
        await counters.push(push(1, {MUG: 1}))
        first = await taken(counters)
        await counters.settle(TODAY, first.number)
        await counters.settle(TODAY, first.number)
        await counters.push(push(2, {MUG: 2}))
        await counters.settle(TODAY, first.number)
        second = await taken(counters)
        await counters.push(push(3, {MUG: 4}))
        await counters.settle(TODAY, first.number)

        assert await counters.take(TODAY) == second
        await counters.settle(TODAY, second.number)
        assert (await taken(counters)).counts == {MUG: 4}

    async def test_what_is_still_counted_cannot_be_settled(self, counters: SharedCounters) -> None:
        await counters.push(push(1, {MUG: 1}))
        number = (await taken(counters)).number
        await counters.push(push(2, {MUG: 2}))

        for each in range(number + 1, number + 3):
            await counters.settle(TODAY, each)
        await counters.settle(TODAY, number)

        assert (await taken(counters)).counts == {MUG: 2}

    async def test_days_are_apart_and_wait_in_their_order(self, counters: SharedCounters) -> None:
        await counters.push(push(1, {MUG: 1}))
        await counters.push(push(2, {MUG: 2}, day=YESTERDAY))

        waiting = await counters.waiting()
        today, yesterday = await taken(counters), await taken(counters, YESTERDAY)
        await counters.settle(TODAY, yesterday.number)
        assert await counters.waiting() == (YESTERDAY, TODAY)
        await counters.settle(TODAY, today.number)
        await counters.settle(YESTERDAY, yesterday.number)
        assert await counters.take(TODAY) is await counters.take(YESTERDAY) is None

        assert waiting == (YESTERDAY, TODAY)
        assert (today.counts, yesterday.counts) == ({MUG: 1}, {MUG: 2})
        assert today.number != yesterday.number
        assert await counters.waiting() == ()

    async def test_a_counter_of_a_name_that_nobody_knows_yet_is_kept(
        self, counters: SharedCounters
    ) -> None:
        newer = Counter("shares", "mug:à la crème")

        await counters.push(push(1, {newer: 7}))

        assert (await taken(counters)).counts == {newer: 7}


DAYS = st.sampled_from([YESTERDAY, TODAY])
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("push"),
            st.sampled_from("ab"),
            DAYS,
            st.dictionaries(st.sampled_from([MUG, TRAY, ADDED]), st.integers(1, 5), max_size=3),
            st.sets(st.sampled_from(["cart-1", "cart-2", "cart-3"]), max_size=2),
        ),
        st.tuples(st.just("again"), st.sampled_from("ab")),
        st.tuples(st.just("take"), st.sampled_from("xy"), DAYS),
        st.tuples(st.just("settle"), st.sampled_from("xy")),
    ),
    max_size=30,
)
"""What two processes and two flushers may do beside each other."""


@dataclass
class Books:
    """What was counted, and what two flushers have written of it: each counter with the batch that is in it."""

    counted: Sums[tuple[date, Counter]] = field(default_factory=Sums)
    written: Sums[tuple[date, Counter]] = field(default_factory=Sums)
    batches: dict[tuple[date, Counter], int] = field(default_factory=dict)
    members: set[tuple[date, str]] = field(default_factory=set)
    pushed: dict[str, Push] = field(default_factory=dict)
    held: dict[str, tuple[date, Batch]] = field(default_factory=dict)

    def next_push(
        self, source: str, day: date, counts: Mapping[Counter, int], firsts: set[str]
    ) -> Push:
        """The source's next push, noted as counted."""
        number = self.pushed[source].number + 1 if source in self.pushed else 1
        self.counted.update({(day, counter): count for counter, count in counts.items()})
        new = {(day, member) for member in firsts} - self.members
        self.members |= new
        self.counted[day, FILLED] += len(new)
        self.pushed[source] = push(number, counts, *firsts, source=source, day=day)
        return self.pushed[source]

    def write(self, day: date, batch: Batch) -> None:
        """Add the batch where it is not in yet."""
        for counter, count in batch.counts.items():
            if self.batches.get((day, counter), 0) < batch.number:
                self.batches[day, counter] = batch.number
                self.written[day, counter] += count


async def books_of(counters: SharedCounters, steps: Sequence[Any]) -> Books:
    """The books after these steps and after all that was left has been written, too."""
    books = Books()
    for step in steps:
        await _done(counters, books, step)
    for day in (*await counters.waiting(), *await counters.waiting()):
        while (batch := await counters.take(day)) is not None:
            books.write(day, batch)
            await counters.settle(day, batch.number)
    return books


async def _done(counters: SharedCounters, books: Books, step: Any) -> None:
    match step:
        case ("push", source, day, counts, firsts):
            await counters.push(books.next_push(source, day, counts, firsts))
        case ("again", source) if source in books.pushed:
            await counters.push(books.pushed[source])
        case ("take", flusher, day) if (batch := await counters.take(day)) is not None:
            books.held[flusher] = (day, batch)
            books.write(day, batch)
        case ("settle", flusher) if flusher in books.held:
            day, batch = books.held[flusher]
            await counters.settle(day, batch.number)
