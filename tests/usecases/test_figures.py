"""Which days are meant, and what comes of the figures."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import Invalid
from domain.money import Money
from domain.period import Granularity
from domain.rollup import Rollup, Row
from tests.usecases.figures_bench import TODAY, key
from tests.usecases.shop_fixtures import open_bench
from usecases.figures import (
    AT_ONCE,
    MOST_PERIODS,
    OfDays,
    OfPeriods,
    RangeTooLong,
    Span,
    average,
    check_days,
    rate,
    read_by_period,
    shown_periods,
    span_of,
)
from usecases.meter import begin

SHOP = open_bench().shop


def days(**query: Any) -> Span:
    return span_of(SHOP, OfDays.model_validate(query))


def test_days_are_the_last_thirty_where_nothing_is_said() -> None:
    assert days() == Span(date(2025, 12, 27), TODAY)
    assert days().days == 30
    assert days(end_date="2026-01-10") == Span(date(2025, 12, 12), date(2026, 1, 10))
    assert days(start_date="2026-01-24") == Span(date(2026, 1, 24), TODAY)


def test_days_to_come_are_left_out_and_days_before_any_shop_too() -> None:
    assert days(start_date="2026-01-25", end_date="9999-12-31") == Span(TODAY, TODAY)
    assert days(start_date="0001-01-01", end_date="0001-01-02") == Span(
        date(2000, 1, 1), date(2000, 1, 1)
    )


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-26"},
        {"start_date": "2026-01-24", "end_date": "2026-01-23"},
        {"start_date": "9999-12-31", "end_date": "9999-12-31"},
    ],
)
def test_a_range_without_days_is_refused_by_name(query: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        days(**query)

    assert refused.value.facts["fields"][0]["field"] == "start_date"


@pytest.mark.parametrize(
    ("granularity", "first", "most"),
    [("day", "2025-10-26", 92), ("week", "2024-01-15", 106), ("month", "2021-02-28", 60)],
)
def test_so_many_periods_are_shown_and_no_more(
    granularity: Granularity, first: str, most: int
) -> None:
    start = date.fromisoformat(first)
    _, firsts = shown_periods(SHOP, OfPeriods(start_date=start, granularity=granularity))
    assert len(firsts) == most == MOST_PERIODS[granularity]

    too_early = (start.replace(day=1) if granularity == "month" else start) - timedelta(days=1)
    with pytest.raises(RangeTooLong) as refused:
        shown_periods(SHOP, OfPeriods(start_date=too_early, granularity=granularity))

    assert refused.value.facts == {"most": most, "unit": granularity}


def test_a_month_under_way_ends_today() -> None:
    span, firsts = shown_periods(SHOP, OfPeriods(start_date=TODAY, granularity="month"))

    assert (span, firsts) == (Span(date(2026, 1, 1), TODAY), (date(2026, 1, 1),))


def test_days_may_be_limited() -> None:
    assert check_days(days(), 30) == days()
    with pytest.raises(RangeTooLong):
        check_days(days(), 29)


async def test_periods_are_read_in_order_however_many_they_are() -> None:
    bench = open_bench()
    firsts = [TODAY - timedelta(days=number) for number in range(AT_ONCE + 5)]
    for number, day in enumerate(firsts):
        row = Row(currency="USD", counts={"orders": number})
        await bench.put(Rollup(id="shop", period=key(day), rows=(row,)))
    meter = begin()

    found = await read_by_period(bench.shop, "day", firsts, "shop")

    assert [rows[0].count("orders") for rows in found] == list(range(AT_ONCE + 5))
    assert meter.operations == AT_ONCE + 5


def test_an_average_is_rounded_half_up_and_there_is_none_of_nothing() -> None:
    assert average(Money(8437, "USD"), 2) == Money(4219, "USD")
    assert average(Money(100, "USD"), 3) == Money(33, "USD")
    assert average(Money(0, "USD"), 0) is None


def test_a_rate_has_four_digits_and_there_is_none_of_nothing() -> None:
    assert rate(1, 3) == 0.3333
    assert rate(3, 2) == 1.5
    assert rate(1, 0) is None
