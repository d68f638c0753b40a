"""The figures as a table that a spreadsheet reads: a row for each day and what was sold on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from domain.errors import RuleBroken
from domain.money import Money
from domain.period import period_key, periods
from domain.rollup import (
    CANCELLED,
    CATEGORIES,
    NEWCOMERS,
    ORDERS,
    PAID,
    PRODUCTS,
    SHOP,
    Breakdown,
    Rollup,
    Row,
)
from usecases.figures import OfDays, Span, check_days, read, rows_of, sold, span_of
from usecases.shop import Shop

MOST_DAYS: Final = 92
MOST_ROWS: Final = 20_000
"""About two megabytes, in a second or two."""

type Cell = str | int | date | Money

COLUMNS: Final = (
    "date",
    "breakdown",
    "id",
    "name",
    "category",
    "currency",
    "orders",
    "paid_orders",
    "cancelled_orders",
    "units",
    "gross",
    "refunded",
    "revenue",
    "new_customers",
)
"""``breakdown`` says what a row is about: the whole ``shop``, a ``category`` or a ``product``, so that no sum is taken
over all of them. The shop's money has tax and shipping in it, that of the others has not."""

_BREAKDOWNS: Final[tuple[tuple[str, Breakdown], ...]] = (
    ("shop", SHOP),
    ("category", CATEGORIES),
    ("product", PRODUCTS),
)


class ExportTooLarge(RuleBroken):
    """More rows than one file may have; ``most`` says how many."""

    code = "EXPORT_TOO_LARGE"
    message = "The export has too many rows for one file; ask for fewer days."


class ExportSales(OfDays):
    """Which days, at most ninety-two, and as what."""

    format: Literal["csv", "xlsx"] = "csv"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under ``COLUMNS``, and the days that they are of."""

    span: Span
    rows: tuple[tuple[Cell, ...], ...]


async def export_sales(shop: Shop, asked: ExportSales) -> Table:
    """The figures of these days in every currency; one read for each day.

    Nothing larger than one answer is made: there is no job that writes a file to be fetched later.
    Raises ``Invalid``, ``RangeTooLong`` and ``ExportTooLarge``.
    """
    span = check_days(span_of(shop, asked), MOST_DAYS)
    days = periods("day", span.start, span.end)
    found = await read(shop, [period_key("day", day) for day in days], SHOP, CATEGORIES, PRODUCTS)
    if sum(len(rollup.rows) for each in found for rollup in each.values()) > MOST_ROWS:
        raise ExportTooLarge(most=MOST_ROWS)
    rows = (row for day, each in zip(days, found, strict=True) for row in _of_day(day, each))
    return Table(span, tuple(rows))


def _of_day(day: date, found: Mapping[str, Rollup]) -> Iterator[tuple[Cell, ...]]:
    for name, breakdown in _BREAKDOWNS:
        yield from _lines(day, name, rows_of(found, breakdown))


def _lines(day: date, name: str, rows: Iterable[Row]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        if not row.currency and not row.count(NEWCOMERS):
            continue  # what was only looked at
        figures = sold(row, row.currency)
        yield (
            day,
            name,
            row.subject,
            row.name,
            row.category_slug if name != "category" else row.subject,
            row.currency,
            row.count(ORDERS),
            row.count(PAID),
            row.count(CANCELLED),
            figures.units,
            figures.gross,
            figures.refunded,
            figures.revenue,
            row.count(NEWCOMERS),
        )
