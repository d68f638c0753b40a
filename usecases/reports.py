"""What staff are shown of the shop's business: the queries, and the reports that answer them."""

from datetime import date
from typing import Final, Literal

from domain.model import View
from domain.money import Amount
from domain.period import Granularity
from usecases.figures import Currency, OfPeriods, Sold

type Estimate = Literal["views", "carts", "checkouts", "cart_adds"]

ESTIMATES: Final[tuple[Estimate, ...]] = ("views", "carts", "checkouts")


class ShowSales(OfPeriods):
    """Which periods, and in which currency; the shop's own where none is said."""

    currency: Currency | None = None


class Sales(View):
    """What the shop took: ``gross`` was charged, tax and shipping included, ``revenue`` is what was not given back.

    ``orders`` were placed on these days; of them ``paid_orders`` were charged and ``cancelled_orders`` called off,
    and some were both. ``avg_order_value`` is gross by paid order, ``null`` without any. What happens to an order
    later changes the figures of the day on which it was placed. New customers opened an account.
    """

    revenue: Amount
    gross: Amount
    refunded: Amount
    orders: int
    paid_orders: int
    cancelled_orders: int
    avg_order_value: Amount | None
    new_customers: int


class PeriodSales(Sales):
    """Those of one period, which begins on ``start_date``: ``day:2026-01-25``, ``week:2026-W04``, ``month:2026-01``."""

    period: str
    start_date: date


class SalesReport(Sales):
    """Those of all periods together, and by period. ``start_date`` and ``end_date`` are the days that these have."""

    currency: str
    granularity: Granularity
    start_date: date
    end_date: date
    series: tuple[PeriodSales, ...]


class CategorySales(Sold):
    """What was sold of a category, where each product stood when it was bought; empty for products that are gone."""

    category_slug: str


class PeriodCategories(View):
    """The categories of one period."""

    period: str
    start_date: date
    items: tuple[CategorySales, ...]


class CategoryReport(View):
    """Sales by category, that with the most revenue first; money is without tax and shipping."""

    currency: str
    granularity: Granularity
    start_date: date
    end_date: date
    items: tuple[CategorySales, ...]
    series: tuple[PeriodCategories, ...]


class Conversion(View):
    """How many got how far. Rates are to the step before, ``order_rate`` too; ``null`` where that has none.

    ``overall_rate`` is orders by views.
    """

    views: int
    carts: int
    checkouts: int
    orders: int
    cart_rate: float | None
    checkout_rate: float | None
    order_rate: float | None
    overall_rate: float | None


class PeriodConversion(Conversion):
    """That of one period."""

    period: str
    start_date: date


class ConversionReport(Conversion):
    """That of all periods together, and by period. What ``estimates`` names is counted and may miss some."""

    granularity: Granularity
    start_date: date
    end_date: date
    estimates: tuple[Estimate, ...] = ESTIMATES
    series: tuple[PeriodConversion, ...]
