"""The timer that makes figures of facts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.entity import Document
from domain.newcomer import Newcomer
from domain.period import period_key
from domain.roll_up_state import LateDay, RollUpProgress
from domain.rollup import Rollup
from domain.traffic import Traffic, traffic_id
from tests.adapters.embedded.fixtures import NOON
from tests.domain.figures_samples import GIVEN_BACK, PAID, a_line, a_sale
from tests.usecases.meddling import Meddler, failing, meddled
from tests.usecases.shop_fixtures import CLOCKWORK, Bench, open_bench
from usecases import rolling_up
from usecases.meter import begin
from usecases.ports.store import Store, StoreBusy
from usecases.rolling_up import MOST_DAYS_BEHIND, TooManyFacts, roll_up

TODAY = NOON.date()
AN_HOUR = 3600
A_DAY = 24 * AN_HOUR
DAY, WEEK, MONTH = "day:2026-01-25", "week:2026-W04", "month:2026-01"


class Unmarked(Meddler):
    """A store in which marks are found, and gone when they are read."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner, {})

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        return None if kind is LateDay else await super().get(kind, id, partition)


async def rolled(bench: Bench) -> int:
    return await roll_up(bench.shop, CLOCKWORK)


def counts(bench: Bench, period: str, breakdown: str = "shop") -> dict[str, dict[str, int]]:
    return {
        row.key: row.counts
        for rollup in bench.documents(Rollup)
        if (rollup.period, rollup.id) == (period, breakdown)
        for row in rollup.rows
    }


def open_since(bench: Bench) -> date:
    (progress,) = bench.documents(RollUpProgress)
    day: date = progress.open_since
    return day


async def change(bench: Bench, order_id: str, period: str, **but: Any) -> None:
    """A sale of a day that is over changes, and leaves its mark."""
    (sale,) = [each for each in bench.documents(type(a_sale())) if each.order_id == order_id]
    (mark,) = bench.documents(LateDay) or [LateDay(period=period, day=TODAY)]
    await bench.put(sale.but(**but))
    await bench.put(mark.but(changes=mark.changes + 1))


async def test_facts_become_figures_of_day_week_and_month() -> None:
    bench = open_bench()
    shop = Traffic(id=traffic_id(""), period=DAY, views=9, carts=3)
    mug = Traffic(id=traffic_id("mug"), period=DAY, product_id="mug", views=7)
    await bench.put(a_sale("A", **PAID), a_sale("B", **GIVEN_BACK))
    await bench.put(Newcomer.of(b"k", "u", TODAY), shop, mug)

    assert await rolled(bench) == 3

    for period in (DAY, WEEK, MONTH):
        assert counts(bench, period) == {
            ":": {"new_customers": 1, "views": 9, "carts": 3},
            "USD:": {
                "orders": 2,
                "cancelled": 1,
                "paid": 2,
                "units": 4,
                "units_back": 2,
                "gross_minor": 5000,
                "refunded_minor": 2500,
            },
        }
        assert counts(bench, period, "interest") == {":mug": {"views": 7}}
        assert list(counts(bench, period, "products")) == ["USD:mug"]
        assert list(counts(bench, period, "categories")) == ["USD:kitchen"]


async def test_what_has_not_changed_is_not_written() -> None:
    bench = open_bench()
    await bench.put(a_sale("A", **PAID))
    await rolled(bench)
    before = bench.state()

    assert await rolled(bench) == 0
    assert bench.state() == before


async def test_only_the_breakdown_that_changed_is_written() -> None:
    bench = open_bench()
    await bench.put(a_sale("A"))
    await rolled(bench)
    versions = {(one.period, one.id): one.version for one in bench.documents(Rollup)}
    await bench.put(Newcomer.of(b"k", "u", TODAY))

    await rolled(bench)

    changed = {
        (one.period, one.id)
        for one in bench.documents(Rollup)
        if one.version != versions[one.period, one.id]
    }
    assert changed == {(DAY, "shop"), (WEEK, "shop"), (MONTH, "shop")}


async def test_more_facts_than_a_page_are_all_counted() -> None:
    bench = open_bench()
    for number in range(230):
        await bench.put(a_sale(f"{number:03}", **PAID))

    await rolled(bench)

    assert counts(bench, DAY)["USD:"]["gross_minor"] == 230 * 2500


async def test_a_week_and_a_month_are_made_of_their_days() -> None:
    bench = open_bench()
    for number in range(8):
        day = TODAY + timedelta(days=number)
        await bench.put(a_sale(f"{number}", period=period_key("day", day), **PAID))
        await rolled(bench)
        bench.clock.move(A_DAY)

    def orders(period: str) -> int:
        return counts(bench, period)["USD:"]["orders"]

    assert [orders(period) for period in (WEEK, "week:2026-W05", MONTH, "month:2026-02")] == [
        1,
        7,
        7,
        1,
    ]


async def test_a_day_is_folded_until_an_hour_after_its_end() -> None:
    bench = open_bench()
    await rolled(bench)
    assert open_since(bench) == TODAY
    bench.clock.move(12 * AN_HOUR + 0.9 * AN_HOUR)
    await bench.put(a_sale("A", **PAID))

    await rolled(bench)
    assert (open_since(bench), counts(bench, DAY)["USD:"]["orders"]) == (TODAY, 1)
    bench.clock.move(0.1 * AN_HOUR)
    await rolled(bench)
    assert open_since(bench) == TODAY + timedelta(days=1)
    await bench.put(a_sale("B", **PAID))
    await rolled(bench)

    assert counts(bench, DAY)["USD:"]["orders"] == 1


async def test_days_on_which_no_timer_ran_are_made_up_for() -> None:
    bench = open_bench()
    await rolled(bench)
    await bench.put(a_sale("A", **PAID))
    bench.clock.move(40 * A_DAY)
    await bench.put(a_sale("B", period="day:2026-03-06", **PAID))

    await rolled(bench)
    assert open_since(bench) == TODAY + timedelta(days=MOST_DAYS_BEHIND)
    assert counts(bench, "day:2026-03-06") == {}
    await rolled(bench)

    assert open_since(bench) == date(2026, 3, 6)
    for period in (DAY, "day:2026-03-06", MONTH, "month:2026-03"):
        assert counts(bench, period)["USD:"]["gross_minor"] == 2500


async def test_a_sale_that_changes_late_changes_the_figures_of_its_day() -> None:
    bench = open_bench()
    await bench.put(a_sale("A", **PAID))
    await rolled(bench)
    bench.clock.move(45 * A_DAY)
    await rolled(bench)
    await rolled(bench)
    await change(bench, "A", DAY, **GIVEN_BACK)

    assert await rolled(bench) == 1

    for period in (DAY, WEEK, MONTH):
        assert counts(bench, period)["USD:"]["refunded_minor"] == 2500
    assert bench.documents(LateDay) == []


async def test_a_mark_that_somebody_else_has_dealt_with_meanwhile_is_left_alone() -> None:
    bench = open_bench()
    await rolled(bench)
    await bench.put(LateDay(period=DAY, day=TODAY))
    before = bench.state()

    shop = replace(bench.shop, store=Unmarked(bench.store))
    assert await roll_up(shop, CLOCKWORK) == 0

    assert bench.state() == before


async def test_a_day_that_cannot_be_written_is_left_and_the_ones_after_it_wait() -> None:
    bench = open_bench()
    await rolled(bench)
    await bench.put(a_sale("A", **PAID))
    bench.clock.move(2 * A_DAY)

    busy = meddled(bench, {1: failing(StoreBusy("busy"))})
    assert await roll_up(busy, CLOCKWORK) == 0
    assert open_since(bench) == TODAY
    await rolled(bench)

    assert open_since(bench) == TODAY + timedelta(days=2)
    assert counts(bench, MONTH)["USD:"]["orders"] == 1


async def test_more_facts_than_one_run_can_fold_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = open_bench()
    monkeypatch.setattr(rolling_up, "MOST_PAGES", 1)
    for number in range(101):
        await bench.put(a_sale(f"{number:03}"))

    with pytest.raises(TooManyFacts):
        await rolled(bench)

    assert bench.documents(Rollup) == []


async def test_many_products_are_summed_beyond_the_first() -> None:
    bench = open_bench()
    for number in range(9):
        lines = [a_line(f"p-{number}-{each}", quantity=number + 1) for each in range(100)]
        await bench.put(a_sale(f"{number}", *lines, **PAID))

    await rolled(bench)

    rows = counts(bench, DAY, "products")
    assert len(rows) <= 1001
    assert sum(row["units"] for row in rows.values()) == counts(bench, DAY)["USD:"]["units"] == 4500


async def test_a_run_costs_few_operations() -> None:
    bench = open_bench()
    costs = []
    await rolled(bench)
    await bench.put(a_sale("A", **PAID))
    for _ in range(2):
        meter = begin()
        await rolled(bench)
        costs.append(meter.operations)

    days_of_week, days_of_month = 7, 25
    reads = 1 + 4 + (1 + days_of_week) + (1 + days_of_month) + 1
    assert costs == [reads + 3, reads]
