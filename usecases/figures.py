"""Reading rolled-up figures: which days are meant, and what is kept of them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched
from typing import Annotated, Final

from pydantic import Field

from domain.entity import Command
from domain.errors import Invalid, RuleBroken
from domain.model import View
from domain.money import Amount, Money
from domain.period import Day, Granularity, day_of, next_period, period_key, periods
from domain.rollup import (
    GROSS,
    ORDERS,
    REFUNDED,
    UNITS,
    UNITS_BACK,
    Breakdown,
    Rollup,
    Row,
    gather,
)
from usecases.settling import found_by_id
from usecases.shop import Shop

DEFAULT_DAYS: Final = 30
EARLIEST: Final = date(2000, 1, 1)
"""No shop has figures from before."""
MOST_PERIODS: Final[Mapping[Granularity, int]] = {"day": 92, "week": 106, "month": 60}
"""So many periods are shown at once: a quarter by day, two years by week, five by month."""
AT_ONCE: Final = 16
"""So many periods are read at the same time."""
RATE_DIGITS: Final = 4

type Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class RangeTooLong(RuleBroken):
    """More than is shown in one answer; ``most`` says how much is, in ``unit``s."""

    code = "RANGE_TOO_LONG"
    message = "The range is longer than one answer may be; ask for less, or by a longer period."


class OfDays(Command):
    """Which days: UTC, both included; the last thirty where nothing is said. Days to come are left out."""

    start_date: Day | None = None
    end_date: Day | None = None


class OfPeriods(OfDays):
    """Which days, and by what they are shown: every day, ISO week or month that has one of them, whole."""

    granularity: Granularity = "day"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days + 1


class Sold(View):
    """What was sold of something, without tax and shipping: pieces and money that were not given back."""

    orders: int
    units: int
    revenue: Amount
    gross: Amount
    refunded: Amount


def span_of(shop: Shop, asked: OfDays) -> Span:
    """The days that are meant. Raises ``Invalid`` where there are none."""
    today = day_of(shop.clock.now())
    end = max(min(asked.end_date or today, today), EARLIEST)
    start = max(asked.start_date or end - timedelta(days=DEFAULT_DAYS - 1), EARLIEST)
    if start > end:
        message = "is after end_date, or still to come"
        raise Invalid(
            "There is no such range.", fields=[{"field": "start_date", "message": message}]
        )
    return Span(start, end)


def shown_periods(shop: Shop, asked: OfPeriods) -> tuple[Span, tuple[date, ...]]:
    """The first days of the periods to show, and the days that these make up, today being the last.

    Raises ``Invalid`` and ``RangeTooLong``.
    """
    span, most = span_of(shop, asked), MOST_PERIODS[asked.granularity]
    firsts = periods(asked.granularity, span.start, span.end)
    if len(firsts) > most:
        raise RangeTooLong(most=most, unit=asked.granularity)
    last = next_period(asked.granularity, firsts[-1]) - timedelta(days=1)
    return Span(firsts[0], min(last, day_of(shop.clock.now()))), firsts


def check_days(span: Span, most: int) -> Span:
    """The span, where it has so many days at most. Raises ``RangeTooLong``."""
    if span.days > most:
        raise RangeTooLong(most=most, unit="day")
    return span


async def read(
    shop: Shop, keys: Sequence[str], *breakdowns: Breakdown
) -> list[Mapping[str, Rollup]]:
    """The documents of each period by breakdown, in the order of the keys; one operation for each period."""
    found: list[Mapping[str, Rollup]] = []
    for some in batched(keys, AT_ONCE, strict=False):
        reads = (found_by_id(shop, Rollup, key, breakdowns) for key in some)
        found += await asyncio.gather(*reads)
    return found


async def read_by_period(
    shop: Shop, granularity: Granularity, firsts: Sequence[date], breakdown: Breakdown
) -> list[tuple[Row, ...]]:
    """The rows of each period in one breakdown, empty where nothing is kept of it."""
    keys = [period_key(granularity, first) for first in firsts]
    return [rows_of(found, breakdown) for found in await read(shop, keys, breakdown)]


def rows_of(found: Mapping[str, Rollup], breakdown: Breakdown) -> tuple[Row, ...]:
    """The rows of that breakdown among the documents of a period."""
    return found[breakdown].rows if breakdown in found else ()


def summed(rows: Iterable[tuple[Row, ...]]) -> dict[str, Row]:
    """The rows of several periods as one, by key."""
    sums: dict[str, Row] = {}
    for some in rows:
        gather(sums, some)
    return sums


def sold(row: Row, currency: str) -> Sold:
    """What the row says was sold."""
    gross, refunded = (Money(row.count(name), currency) for name in (GROSS, REFUNDED))
    return Sold(
        orders=row.count(ORDERS),
        units=row.count(UNITS) - row.count(UNITS_BACK),
        revenue=gross - refunded,
        gross=gross,
        refunded=refunded,
    )


def average(amount: Money, count: int) -> Money | None:
    """What each of them comes to, rounded half up to the minor unit; ``None`` of none."""
    return (
        Money((2 * amount.amount_minor + count) // (2 * count), amount.currency) if count else None
    )


def rate(count: int, base: int) -> float | None:
    """Which part of the base, in four digits; ``None`` of none. Over 1 where more came than were counted before."""
    return round(count / base, RATE_DIGITS) if base else None
