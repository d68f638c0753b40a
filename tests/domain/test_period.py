"""Days, weeks and months."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from domain.period import (
    Day,
    Granularity,
    covering,
    day_of,
    end_of,
    first_day,
    next_period,
    period_key,
    periods,
)

DAYS = some.dates(date(2020, 1, 1), date(2035, 12, 31))
GRANULARITIES = some.sampled_from(("day", "week", "month"))


def test_a_day_is_a_day_in_utc() -> None:
    in_auckland = datetime(2026, 1, 25, 9, 0, tzinfo=timezone(timedelta(hours=13)))

    assert day_of(in_auckland) == date(2026, 1, 24)
    assert day_of(datetime(2026, 1, 25, 23, 59, tzinfo=UTC)) == date(2026, 1, 25)


@pytest.mark.parametrize(
    ("granularity", "day", "key"),
    [
        ("day", date(2026, 1, 25), "day:2026-01-25"),
        ("week", date(2026, 1, 25), "week:2026-W04"),
        ("week", date(2027, 1, 1), "week:2026-W53"),
        ("week", date(2024, 12, 30), "week:2025-W01"),
        ("month", date(2026, 12, 31), "month:2026-12"),
    ],
)
def test_a_period_is_named_as_iso_8601_names_it(
    granularity: Granularity, day: date, key: str
) -> None:
    assert period_key(granularity, day) == key


def test_a_range_has_every_period_that_it_touches() -> None:
    start, end = date(2025, 12, 31), date(2026, 2, 1)

    assert periods("month", start, end) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert periods("week", date(2026, 1, 4), date(2026, 1, 5)) == (
        date(2025, 12, 29),
        date(2026, 1, 5),
    )
    assert periods("day", start, start) == (start,)
    assert periods("day", end, start) == ()


@given(GRANULARITIES, DAYS)
def test_a_period_is_the_days_from_its_first_to_the_next_ones_first(
    granularity: Granularity, day: date
) -> None:
    """A day has the key of its period's first day, and the next period's first day has another."""
    first = first_day(granularity, day)
    after = next_period(granularity, first)

    assert first <= day < after
    assert period_key(granularity, first) == period_key(granularity, day)
    assert period_key(granularity, after - timedelta(days=1)) == period_key(granularity, day)
    assert period_key(granularity, after) != period_key(granularity, day)
    assert first_day(granularity, after) == after


def test_a_query_names_a_day_by_its_date_alone() -> None:
    day: TypeAdapter[date] = TypeAdapter(Day)

    assert day.validate_python("2026-01-25") == date(2026, 1, 25)
    for text in ("1769299200", "2026-1-25", "2026-01-25T00:00:00Z", "2026-02-30", ""):
        with pytest.raises(ValidationError):
            day.validate_python(text)


def test_a_day_is_over_at_midnight_in_utc() -> None:
    assert end_of(date(2026, 1, 31)) == datetime(2026, 2, 1, tzinfo=UTC)


def test_a_range_is_put_together_of_months_then_weeks_then_days() -> None:
    assert covering(date(2026, 1, 24), date(2026, 3, 11)) == (
        "day:2026-01-24",
        "day:2026-01-25",
        "day:2026-01-26",
        "day:2026-01-27",
        "day:2026-01-28",
        "day:2026-01-29",
        "day:2026-01-30",
        "day:2026-01-31",
        "month:2026-02",
        "day:2026-03-01",
        "week:2026-W10",
        "day:2026-03-09",
        "day:2026-03-10",
        "day:2026-03-11",
    )
    assert covering(date(2026, 2, 1), date(2026, 1, 31)) == ()


@given(DAYS, some.integers(0, 400))
def test_what_covers_a_range_has_each_of_its_days_once(start: date, length: int) -> None:
    """The days of the periods found are the days asked for, and a year takes few documents."""
    end = start + timedelta(days=length)
    found = covering(start, end)

    days = periods("day", start - timedelta(days=40), end + timedelta(days=40))
    held = [
        day
        for key in found
        for day in days
        if key in {period_key(granularity, day) for granularity in ("day", "week", "month")}
    ]
    assert held == list(periods("day", start, end))
    assert len(found) <= 12 + 2 * 16
