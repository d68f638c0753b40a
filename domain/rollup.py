"""The shop's figures of a period: sums that dashboards read instead of orders.

A period has one document for each breakdown: the shop's own figures by currency, those by category, those by
product, and what was looked at. Folding is adding, so neither the order of the facts nor how they are paged changes
a figure, and a week is the sum of its days.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import ClassVar, Final, Literal, Self

from domain.entity import Entity, Value
from domain.newcomer import Newcomer
from domain.sale import Sale, SaleLine
from domain.traffic import CART_ADDS, CARTS, CHECKOUTS, VIEWS, Traffic

type Breakdown = Literal["shop", "categories", "products", "interest"]
type Fact = Sale | Newcomer | Traffic
type Rows = Mapping[str, "Row"]

SHOP: Final = "shop"
CATEGORIES: Final = "categories"
PRODUCTS: Final = "products"
INTEREST: Final = "interest"
BREAKDOWNS: Final[tuple[Breakdown, ...]] = (SHOP, CATEGORIES, PRODUCTS, INTEREST)

ORDERS: Final = "orders"
CANCELLED: Final = "cancelled"
PAID: Final = "paid"
UNITS: Final = "units"
UNITS_BACK: Final = "units_back"
GROSS: Final = "gross_minor"
REFUNDED: Final = "refunded_minor"
NEWCOMERS: Final = "new_customers"
VISITS: Final = (VIEWS, CART_ADDS, CARTS, CHECKOUTS)

OTHERS: Final = "~others"
"""The row that holds the sum of those that are too many to be kept one by one."""
MOST_BY_RANK: Final = 500
"""So many rows are kept for each way to rank them: some 200 kB, a tenth of what a document may have."""


class Row(Value):
    """What was counted of one thing: of a category, a product or, where ``subject`` is empty, the whole shop.

    ``currency`` is empty where nothing is money. Of several names that a product had, the last by alphabet is kept.
    """

    subject: str = ""
    currency: str = ""
    name: str = ""
    category_slug: str = ""
    counts: dict[str, int]

    @property
    def key(self) -> str:
        """What rows are told apart by."""
        return f"{self.currency}:{self.subject}"

    def count(self, name: str) -> int:
        """How many of these; 0 where there were none."""
        return self.counts.get(name, 0)

    def plus(self, other: Self) -> Self:
        """Both together."""
        counts = {
            name: self.count(name) + other.count(name)
            for name in sorted(self.counts.keys() | other.counts.keys())
        }
        name, slug = max((self.name, self.category_slug), (other.name, other.category_slug))
        return self.model_copy(update={"name": name, "category_slug": slug, "counts": counts})


class Rollup(Entity):
    """The figures of one period in one breakdown, whose name is its id; rows by key."""

    kind: ClassVar[str] = "rollup"
    container: ClassVar[str] = "Rollups"
    partition_field: ClassVar[str] = "period"

    period: str
    rows: tuple[Row, ...]


class Tally:
    """Figures on the way: rows are added, and rollups taken out in the end."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in BREAKDOWNS}

    def add(self, breakdown: str, rows: Iterable[Row]) -> None:
        """Add the rows to those that are here."""
        gather(self._rows[breakdown], rows)

    def add_fact(self, fact: Fact) -> None:
        """Add what the fact says to every breakdown."""
        for breakdown, rows in _told(fact):
            self.add(breakdown, rows)

    def rollups(self, period: str) -> tuple[Rollup, ...]:
        """The period's documents, of those breakdowns that hold anything; what is too much is summed."""
        return tuple(
            Rollup(id=name, period=period, rows=kept(RANKS[name], rows))
            for name, rows in self._rows.items()
            if rows
        )


def gather(sums: dict[str, Row], rows: Iterable[Row]) -> dict[str, Row]:
    """Add each row to that of its key."""
    for row in rows:
        there = sums.get(row.key)
        sums[row.key] = there.plus(row) if there else row
    return sums


type Rank = Callable[[Row], int]

RANKS: Final[Mapping[str, tuple[Rank, ...]]] = {
    SHOP: (lambda row: row.count(ORDERS),),
    CATEGORIES: (lambda row: row.count(GROSS),),
    PRODUCTS: (lambda row: row.count(UNITS), lambda row: row.count(GROSS)),
    INTEREST: (lambda row: row.count(VIEWS),),
}
"""What the rows of a breakdown are ranked by, where there are too many."""


def kept(ranks: Iterable[Rank], rows: Rows, most: int = MOST_BY_RANK) -> tuple[Row, ...]:
    """The first ``most`` rows by each rank, in the order of their keys, and the rest in one row a currency."""
    single = [row for row in rows.values() if row.subject != OTHERS]
    first = {row.key for rank in ranks for row in _ranked(single, rank)[:most]}
    return with_others(rows.values(), first)


def with_others(rows: Iterable[Row], first: Collection[str]) -> tuple[Row, ...]:
    """The rows with these keys, in the order of their keys; all others are summed in one row a currency, ``OTHERS``."""
    sums = gather(
        {},
        (
            row
            if row.key in first
            else Row(subject=OTHERS, currency=row.currency, counts=row.counts)
            for row in rows
        ),
    )
    return tuple(sums[key] for key in sorted(sums))


def _ranked(rows: Iterable[Row], rank: Rank) -> list[Row]:
    return sorted(rows, key=lambda row: (-rank(row), row.key))


def _told(fact: Fact) -> Iterable[tuple[Breakdown, tuple[Row, ...]]]:
    match fact:
        case Sale():
            yield from _sold(fact)
        case Newcomer():
            yield SHOP, (Row(counts={NEWCOMERS: 1}),)
        case Traffic(product_id=""):
            yield SHOP, (Row(counts=_visits(fact)),)
        case _:
            yield INTEREST, (Row(subject=fact.product_id, counts=_visits(fact)),)


def _visits(traffic: Traffic) -> dict[str, int]:
    return {name: getattr(traffic, name) for name in VISITS if getattr(traffic, name)}


def _sold(sale: Sale) -> Iterable[tuple[Breakdown, tuple[Row, ...]]]:
    """The order once in each breakdown, or in each row that one of its lines belongs to."""
    order = _order_counts(sale)
    money = {GROSS: sale.charged_minor, REFUNDED: sale.refunded_minor}
    yield (
        SHOP,
        (Row(currency=sale.currency, counts=_some(order | _units(sale, sale.lines) | money)),),
    )
    for breakdown, subject in _SUBJECTS:
        by_subject: dict[str, list[SaleLine]] = {}
        for line in sale.lines:
            by_subject.setdefault(subject(line), []).append(line)
        yield (
            breakdown,
            tuple(_row(sale, breakdown, key, lines) for key, lines in by_subject.items()),
        )


_SUBJECTS: Final[tuple[tuple[Breakdown, Callable[[SaleLine], str]], ...]] = (
    (CATEGORIES, lambda line: line.category_slug),
    (PRODUCTS, lambda line: line.product_id),
)


def _row(sale: Sale, breakdown: Breakdown, subject: str, lines: list[SaleLine]) -> Row:
    """What the order's lines of one category or product were sold for; without tax and shipping."""
    total_minor = sum(line.total_minor for line in lines)
    money = {
        GROSS: total_minor if sale.is_paid else 0,
        REFUNDED: total_minor if sale.is_given_back else 0,
    }
    row = Row(
        subject=subject,
        currency=sale.currency,
        counts=_some(_order_counts(sale) | _units(sale, lines) | money),
    )
    if breakdown == CATEGORIES:
        return row
    name, slug = max((line.name, line.category_slug) for line in lines)
    return row.model_copy(update={"name": name, "category_slug": slug})


def _order_counts(sale: Sale) -> dict[str, int]:
    return {ORDERS: 1, CANCELLED: int(sale.is_cancelled), PAID: int(sale.is_paid)}


def _units(sale: Sale, lines: Iterable[SaleLine]) -> dict[str, int]:
    """Pieces that were paid for, and those of them whose money went back."""
    pieces = sum(line.quantity for line in lines)
    return {
        UNITS: pieces if sale.is_paid else 0,
        UNITS_BACK: pieces if sale.is_given_back else 0,
    }


def _some(counts: dict[str, int]) -> dict[str, int]:
    """Those that are not zero: a row says nothing of what it has none of."""
    return {name: count for name, count in counts.items() if count}
