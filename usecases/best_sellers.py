"""Which products sold most, took most, or were looked at most."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.model import View
from domain.period import covering
from domain.rollup import INTEREST, OTHERS, PRODUCTS, Row
from domain.traffic import CART_ADDS, VIEWS
from usecases.figures import (
    Currency,
    OfDays,
    Sold,
    check_days,
    read,
    rows_of,
    sold,
    span_of,
    summed,
)
from usecases.reports import Estimate
from usecases.served import ANALYTICS_SECONDS, Served, served
from usecases.shelves import listed_by_id
from usecases.shop import Shop

MOST_DAYS: Final = 366
"""A year is put together of its months."""

type SortedBy = Literal["sales", "revenue", "views"]


class ShowTopProducts(OfDays):
    """How many products, and the first by what: pieces sold, revenue, or views."""

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    sort_by: SortedBy = "sales"
    currency: Currency | None = None


class TopProduct(Sold):
    """What was sold of a product in its last known name, and how often it was looked at and put into a cart."""

    product_id: str
    name: str
    category_slug: str
    views: int
    cart_adds: int


class TopProducts(View):
    """The first products. What ``estimates`` names is counted and may miss some; the rest is exact.

    Of a day, week or month the first 500 by pieces, by revenue and by views are kept each by itself.
    """

    currency: str
    start_date: date
    end_date: date
    sort_by: SortedBy
    estimates: tuple[Estimate, ...] = ("views", "cart_adds")
    items: tuple[TopProduct, ...]


_RANKS: Final[Mapping[SortedBy, Callable[[TopProduct], float]]] = {
    "sales": lambda product: product.units,
    "revenue": lambda product: product.revenue.amount_minor,
    "views": lambda product: product.views,
}


async def top_products(shop: Shop, asked: ShowTopProducts) -> Served:
    """The first products of these days; one read for each month, week or day that they are made of, and one for
    names of products that nobody bought. Raises ``Invalid`` and ``RangeTooLong``."""
    span = check_days(span_of(shop, asked), MOST_DAYS)
    currency = asked.currency or shop.settings.currency

    async def build() -> tuple[TopProducts, int]:
        found = await read(shop, covering(span.start, span.end), PRODUCTS, INTEREST)
        sales = summed(rows_of(each, PRODUCTS) for each in found).values()
        looks = summed(rows_of(each, INTEREST) for each in found).values()
        products = _products((row for row in sales if row.currency == currency), looks, currency)
        rank = _RANKS[asked.sort_by]
        first = sorted(products, key=lambda one: (-rank(one), one.product_id))[: asked.limit]
        report = TopProducts(
            currency=currency,
            start_date=span.start,
            end_date=span.end,
            sort_by=asked.sort_by,
            items=await _named(shop, [one for one in first if rank(one) > 0]),
        )
        return report, ANALYTICS_SECONDS

    name = f"top:{asked.sort_by}|{asked.limit}|{currency}"
    return await served(shop, f"analytics:{name}|{span.start}|{span.end}", build)


def _products(sales: Iterable[Row], looks: Iterable[Row], currency: str) -> Iterable[TopProduct]:
    """Each product that was sold or looked at."""
    sold_by_id = {row.subject: row for row in sales if row.subject != OTHERS}
    seen_by_id = {row.subject: row for row in looks if row.subject != OTHERS}
    nothing = Row(counts={})
    for product_id in sold_by_id.keys() | seen_by_id.keys():
        row, seen = (rows.get(product_id, nothing) for rows in (sold_by_id, seen_by_id))
        yield TopProduct(
            **dict(sold(row, currency)),
            product_id=product_id,
            name=row.name,
            category_slug=row.category_slug,
            views=seen.count(VIEWS),
            cart_adds=seen.count(CART_ADDS),
        )


async def _named(shop: Shop, products: list[TopProduct]) -> tuple[TopProduct, ...]:
    """The products, each with the name it has in the shop where no sale told one."""
    unnamed = [one.product_id for one in products if not one.name]
    cards = {card.product_id: card for card in await listed_by_id(shop, unnamed)}
    return tuple(
        one.model_copy(update={"name": card.name, "category_slug": card.category_slug})
        if (card := cards.get(one.product_id)) and not one.name
        else one
        for one in products
    )
