"""What was counted goes into the figures of its day: once, in few commits, past what fails."""

import logging
from dataclasses import replace
from datetime import date

import pytest

from domain.period import period_key
from domain.traffic import CART_ADDS, CARTS, CHECKOUTS, VIEWS, Traffic, traffic_id
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.meddling import Crash, crash, failing, meddled
from tests.usecases.memory_counters import MemoryCounters
from tests.usecases.shop_fixtures import CLOCKWORK, Bench, open_bench
from usecases import meter
from usecases.flushing import MOST_AT_ONCE, flush
from usecases.ports.counters import Counter, CountersAway
from usecases.ports.store import StoreBusy, VersionConflict
from usecases.shop import Shop

TODAY = NOON.date()
YESTERDAY = date(2026, 1, 24)


@pytest.fixture
def counters() -> MemoryCounters:
    return MemoryCounters()


@pytest.fixture
def bench(counters: MemoryCounters) -> Bench:
    opened = open_bench()
    return replace(opened, shop=replace(opened.shop, counters=counters))


async def figures(bench: Bench, product_id: str = "", day: date = TODAY) -> tuple[int, ...]:
    """Views, cart adds, carts and checkouts; nothing where there is no document."""
    found = await bench.store.get(Traffic, traffic_id(product_id), period_key("day", day))
    return (found.views, found.cart_adds, found.carts, found.checkouts) if found else ()


async def test_a_days_counts_go_to_each_product_and_in_sum_to_the_shop(
    bench: Bench, counters: MemoryCounters
) -> None:
    for product_id in ("mug", "mug", "tray"):
        counters.add(TODAY, Counter(VIEWS, product_id))
    counters.add(TODAY, Counter(CART_ADDS, "mug"))
    for name, cart in ((CARTS, "c-1"), (CARTS, "c-1"), (CARTS, "c-2"), (CHECKOUTS, "c-1")):
        counters.add(TODAY, Counter(name), cart)
    counters.add(YESTERDAY, Counter(VIEWS, "mug"))

    assert await flush(bench.shop, CLOCKWORK) == 2
    assert await flush(bench.shop, CLOCKWORK) == 0

    assert await figures(bench) == (3, 1, 2, 1)
    assert await figures(bench, "mug") == (2, 1, 0, 0)
    assert await figures(bench, "tray") == (1, 0, 0, 0)
    assert await figures(bench, "mug", YESTERDAY) == await figures(bench, "", YESTERDAY)
    assert await figures(bench, "mug", YESTERDAY) == (1, 0, 0, 0)
    assert await counters.waiting() == ()


async def test_later_counts_are_added_to_what_is_there(
    bench: Bench, counters: MemoryCounters
) -> None:
    for _ in range(3):
        counters.add(TODAY, Counter(VIEWS, "mug"))
        await flush(bench.shop, CLOCKWORK)

    assert await figures(bench, "mug") == (3, 0, 0, 0)
    assert await figures(bench) == (3, 0, 0, 0)


async def test_many_products_are_a_query_and_a_commit_for_each_ninety_nine(
    bench: Bench, counters: MemoryCounters
) -> None:
    for number in range(MOST_AT_ONCE):
        counters.add(TODAY, Counter(VIEWS, f"p-{number}"))

    with meter.part() as cost:
        await flush(bench.shop, CLOCKWORK)

    assert cost.operations == 4, "the shop's own document makes it one more than one commit takes"
    assert await figures(bench) == (99, 0, 0, 0)
    assert await figures(bench, "p-98") == (1, 0, 0, 0)


async def test_a_flusher_that_dies_between_its_commits_doubles_nothing(
    bench: Bench, counters: MemoryCounters
) -> None:
    for number in range(MOST_AT_ONCE):
        counters.add(TODAY, Counter(VIEWS, f"p-{number}"))
    with pytest.raises(Crash):
        await flush(meddled(bench, {2: crash}), CLOCKWORK)
    assert (await figures(bench), await figures(bench, "p-99")) == ((99, 0, 0, 0), ())

    with meter.part() as cost:
        assert await flush(bench.shop, CLOCKWORK) == 1

    assert cost.operations == 3, "what the first commit brought is only looked at"
    assert await figures(bench) == (99, 0, 0, 0)
    assert {await figures(bench, f"p-{number}") for number in range(99)} == {(1, 0, 0, 0)}


async def test_a_day_that_fails_waits_and_keeps_no_other_from_going_on(
    bench: Bench, counters: MemoryCounters, caplog: pytest.LogCaptureFixture
) -> None:
    counters.add(YESTERDAY, Counter(VIEWS, "mug"))
    counters.add(TODAY, Counter(VIEWS, "mug"))

    assert await flush(meddled(bench, {1: failing(StoreBusy("away"))}), CLOCKWORK) == 1

    assert [record.message for record in caplog.records] == ["flush postponed"]
    assert await counters.waiting() == (YESTERDAY,)
    assert (await figures(bench), await figures(bench, "", YESTERDAY)) == ((1, 0, 0, 0), ())
    assert await flush(bench.shop, CLOCKWORK) == 1
    assert await figures(bench, "", YESTERDAY) == (1, 0, 0, 0)


async def test_who_is_overtaken_all_the_time_leaves_it_to_the_next_run(
    bench: Bench, counters: MemoryCounters
) -> None:
    counters.add(TODAY, Counter(VIEWS, "mug"))
    conflict = failing(VersionConflict("x"))

    assert await flush(meddled(bench, dict.fromkeys(range(1, 9), conflict)), CLOCKWORK) == 0
    assert await counters.waiting() == (TODAY,)


async def test_what_only_a_newer_release_counts_is_left_out_and_blocks_nothing(
    bench: Bench, counters: MemoryCounters, caplog: pytest.LogCaptureFixture
) -> None:
    for product_id in ("mug", "tray"):
        counters.add(TODAY, Counter("shares", product_id))
    counters.add(TODAY, Counter(VIEWS, "mug"))
    counters.add(YESTERDAY, Counter("batch"))

    with caplog.at_level(logging.WARNING):
        assert await flush(bench.shop, CLOCKWORK) == 2

    assert [vars(record)["counters"] for record in caplog.records] == [["batch"], ["shares"]]
    assert await figures(bench, "mug") == (1, 0, 0, 0)
    assert await figures(bench, "", YESTERDAY) == ()
    assert await counters.waiting() == ()


class AwayCounters(MemoryCounters):
    """Counters that do not answer."""

    async def waiting(self) -> tuple[date, ...]:
        raise CountersAway("away")


async def test_counters_that_are_away_are_told_and_nothing_is_written(bench: Bench) -> None:
    away = replace(bench.shop, counters=AwayCounters())
    before = bench.store.snapshot()

    with pytest.raises(CountersAway):
        await flush(away, CLOCKWORK)

    assert bench.store.snapshot() == before


async def test_a_shop_in_which_nobody_counts_has_nothing_to_flush() -> None:
    shop: Shop = open_bench().shop

    shop.counters.add(TODAY, Counter(VIEWS, "mug"))
    await shop.counters.settle(TODAY, 1)

    assert await flush(shop, CLOCKWORK) == 0
    assert await shop.counters.take(TODAY) is None


class Overtaken(MemoryCounters):
    """Counters of which another has flushed all since they were asked what waits."""

    async def waiting(self) -> tuple[date, ...]:
        return (TODAY,)


async def test_a_day_that_another_has_flushed_meanwhile_is_passed_over(bench: Bench) -> None:
    shop = replace(bench.shop, counters=Overtaken())

    with meter.part() as cost:
        assert await flush(shop, CLOCKWORK) == 0

    assert cost.operations == 0
