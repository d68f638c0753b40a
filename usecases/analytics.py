"""What staff see of the shop's business: figures that were rolled up, never orders.

An answer is kept for ten minutes, and figures are rolled up every few, so what just happened shows a little later.
Days begin at midnight UTC.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

from domain.model import View
from domain.period import Granularity, period_key
from domain.rollup import (
    CANCELLED,
    CATEGORIES,
    GROSS,
    NEWCOMERS,
    ORDERS,
    PAID,
    REFUNDED,
    SHOP,
    Breakdown,
    Row,
    gather,
    kept,
    with_others,
)
from usecases.figures import (
    OfPeriods,
    Span,
    average,
    rate,
    read_by_period,
    shown_periods,
    sold,
    summed,
)
from usecases.reports import (
    ESTIMATES,
    CategoryReport,
    CategorySales,
    ConversionReport,
    PeriodCategories,
    PeriodConversion,
    PeriodSales,
    SalesReport,
    ShowSales,
)
from usecases.served import ANALYTICS_SECONDS, Served, served
from usecases.shop import Shop

MOST_CATEGORIES: Final = 50
"""So many categories are shown, those that took the most; the others are summed in one line, ``~others``."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of each period that was asked for, from the first day of the first to the last of the last."""

    by: Granularity
    span: Span
    firsts: tuple[date, ...]
    rows: Sequence[tuple[Row, ...]]

    @property
    def head(self) -> dict[str, Any]:
        """What every report says of itself."""
        return {
            "granularity": self.by,
            "start_date": self.span.start,
            "end_date": self.span.end,
        }

    def periods(self) -> Iterable[tuple[dict[str, Any], tuple[Row, ...]]]:
        """What names each period, and its rows."""
        for first, rows in zip(self.firsts, self.rows, strict=True):
            yield {"period": period_key(self.by, first), "start_date": first}, rows


async def sales(shop: Shop, asked: ShowSales) -> Served:
    """Revenue, orders and new customers; one read for each period. Raises ``Invalid`` and ``RangeTooLong``."""
    currency = asked.currency or shop.settings.currency

    def report(found: _Found) -> SalesReport:
        return SalesReport(
            **_sales(summed(found.rows).values(), currency),
            **found.head,
            currency=currency,
            series=tuple(
                PeriodSales(**_sales(rows, currency), **name) for name, rows in found.periods()
            ),
        )

    return await _reported(shop, asked, SHOP, f"sales:{currency}", report)


async def categories(shop: Shop, asked: ShowSales) -> Served:
    """Sales by category; one read for each period. Raises ``Invalid`` and ``RangeTooLong``."""
    currency = asked.currency or shop.settings.currency

    def report(found: _Found) -> CategoryReport:
        all_of_them = gather({}, _in_currency(chain.from_iterable(found.rows), currency))
        shown = kept((_revenue_minor,), all_of_them, MOST_CATEGORIES)
        keys = frozenset(row.key for row in shown)
        return CategoryReport(
            **found.head,
            currency=currency,
            items=_by_category(shown, currency),
            series=tuple(
                PeriodCategories(
                    **name,
                    items=_by_category(with_others(_in_currency(rows, currency), keys), currency),
                )
                for name, rows in found.periods()
            ),
        )

    return await _reported(shop, asked, CATEGORIES, f"categories:{currency}", report)


async def conversion(shop: Shop, asked: OfPeriods) -> Served:
    """From views to orders; one read for each period. Raises ``Invalid`` and ``RangeTooLong``."""

    def report(found: _Found) -> ConversionReport:
        return ConversionReport(
            **_conversion(summed(found.rows).values()),
            **found.head,
            series=tuple(
                PeriodConversion(**_conversion(rows), **name) for name, rows in found.periods()
            ),
        )

    return await _reported(shop, asked, SHOP, "conversion", report)


async def _reported(
    shop: Shop, asked: OfPeriods, breakdown: Breakdown, name: str, report: Callable[[_Found], View]
) -> Served:
    """The report on the periods asked for, made where the cache has none."""
    span, firsts = shown_periods(shop, asked)
    by = asked.granularity

    async def build() -> tuple[View, int]:
        rows = await read_by_period(shop, by, firsts, breakdown)
        return report(_Found(by, span, firsts, rows)), ANALYTICS_SECONDS

    return await served(shop, f"analytics:{name}|{by}|{span.start}|{span.end}", build)


def _in_currency(rows: Iterable[Row], currency: str) -> Iterable[Row]:
    return (row for row in rows if row.currency == currency)


def _sales(rows: Iterable[Row], currency: str) -> dict[str, Any]:
    """The shop's own figures in one currency; who came new is counted once for all of them."""
    by_currency = {row.currency: row for row in rows}
    row, everybody = (by_currency.get(key, Row(counts={})) for key in (currency, ""))
    figures = sold(row, currency)
    return {
        "revenue": figures.revenue,
        "gross": figures.gross,
        "refunded": figures.refunded,
        "orders": figures.orders,
        "paid_orders": row.count(PAID),
        "cancelled_orders": row.count(CANCELLED),
        "avg_order_value": average(figures.gross, row.count(PAID)),
        "new_customers": everybody.count(NEWCOMERS),
    }


def _by_category(rows: Iterable[Row], currency: str) -> tuple[CategorySales, ...]:
    ranked = sorted(rows, key=lambda row: (-_revenue_minor(row), row.key))
    return tuple(
        CategorySales(category_slug=row.subject, **dict(sold(row, currency))) for row in ranked
    )


def _revenue_minor(row: Row) -> int:
    return row.count(GROSS) - row.count(REFUNDED)


def _conversion(rows: Iterable[Row]) -> dict[str, Any]:
    """Orders are those of all currencies, since nobody looks at a product in one."""
    counts = dict.fromkeys((*ESTIMATES, ORDERS), 0)
    for row in rows:
        counts = {name: count + row.count(name) for name, count in counts.items()}
    steps = (*ESTIMATES, ORDERS)
    names = ("cart_rate", "checkout_rate", "order_rate")
    rates = {
        name: rate(counts[step], counts[before])
        for name, before, step in zip(names, steps, steps[1:], strict=False)
    }
    return {**counts, **rates, "overall_rate": rate(counts[ORDERS], counts[steps[0]])}
