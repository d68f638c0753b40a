"""Days, weeks and months as the shop's figures are kept by. All of them are UTC; weeks are those of ISO 8601."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

type Granularity = Literal["day", "week", "month"]

DAYS_A_WEEK: Final = 7
MOST_DAYS_A_MONTH: Final = 31

_WRITTEN_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_day(value: object) -> object:
    """Dates may come as numbers too, which a query has no way to mean."""
    if isinstance(value, str) and not _WRITTEN_DAY.fullmatch(value):
        raise ValueError("a day is yyyy-mm-dd")
    return value


type Day = Annotated[date, BeforeValidator(_as_day)]
"""A day as a query names it: ``yyyy-mm-dd``."""


def day_of(at: datetime) -> date:
    """The day that a moment lies in."""
    return at.astimezone(UTC).date()


def end_of(day: date) -> datetime:
    """The moment at which the day is over."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def period_key(granularity: Granularity, day: date) -> str:
    """The key of the period that the day lies in: ``day:2026-01-25``, ``week:2026-W04``, ``month:2026-01``."""
    if granularity == "day":
        return f"day:{day.isoformat()}"
    if granularity == "week":
        year, week, _ = day.isocalendar()
        return f"week:{year:04}-W{week:02}"
    return f"month:{day.year:04}-{day.month:02}"


def first_day(granularity: Granularity, day: date) -> date:
    """The first day of the period that the day lies in; weeks begin on Monday."""
    if granularity == "day":
        return day
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)


def next_period(granularity: Granularity, first: date) -> date:
    """The first day of the period after the one that begins on ``first``."""
    if granularity == "day":
        return first + timedelta(days=1)
    if granularity == "week":
        return first + timedelta(days=DAYS_A_WEEK)
    return first_day("month", first + timedelta(days=MOST_DAYS_A_MONTH))


def periods(granularity: Granularity, start: date, end: date) -> tuple[date, ...]:
    """The first days of every period that has a day from ``start`` to ``end``, both included, in order."""
    found, first = [], first_day(granularity, start)
    while first <= end:
        found.append(first)
        first = next_period(granularity, first)
    return tuple(found)


def covering(start: date, end: date) -> tuple[str, ...]:
    """The keys of periods that together make up the days from ``start`` to ``end``, both included, and no others.

    Months where whole ones fit, around them weeks and days: a year is about thirteen documents to read.
    """
    found, day = [], start
    while day <= end:
        granularity = _largest(day, end)
        found.append(period_key(granularity, day))
        day = next_period(granularity, day)
    return tuple(found)


def _largest(day: date, end: date) -> Granularity:
    """The largest period that begins on the day and is over by ``end``; a week, only inside its month."""
    month_after = next_period("month", first_day("month", day))
    if day.day == 1 and month_after <= end + timedelta(days=1):
        return "month"
    week_after = next_period("week", day)
    fits = week_after <= min(month_after, end + timedelta(days=1))
    return "week" if day.weekday() == 0 and fits else "day"
