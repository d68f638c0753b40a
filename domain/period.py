"""Days, weeks and months as the shop's figures are kept by. All of them are UTC; weeks are those of ISO 8601."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

type Granularity = Literal["day", "week", "month"]

DAYS_A_WEEK: Final = 7
MOST_DAYS_A_MONTH: Final = 31


def day_of(at: datetime) -> date:
    """The day that a moment lies in."""
    return at.astimezone(UTC).date()


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
