"""What the shop's figures know of one order: a fact that is made of the order as it is, never added up from events."""

from collections.abc import Mapping
from typing import ClassVar, Self

from domain.entity import Entity, Value
from domain.ledger import TAKEN
from domain.order import Order
from domain.period import day_of, period_key
from domain.saga import Word
from domain.saga.payment import Phase


class SaleLine(Value):
    """Some pieces of one SKU; ``total_minor`` is what they cost after codes, without tax and shipping.

    ``category_slug`` is where the product stood when the sale was first written down, empty where it was gone.
    """

    sku: str
    product_id: str
    name: str
    category_slug: str
    quantity: int
    total_minor: int


class Sale(Entity):
    """One placed order, in the partition of the day (UTC) on which it was placed, and nobody's name.

    ``total_minor`` is the order's whole total. ``charged_minor`` and ``refunded_minor`` are what moved on the
    card by our own books. What it says only ever grows: a sale that is cancelled stays so, money that moved has
    moved. So two readings of one order are joined, whichever is older, and nothing need say which.
    """

    kind: ClassVar[str] = "sale"
    container: ClassVar[str] = "Rollups"
    partition_field: ClassVar[str] = "period"

    period: str
    order_id: str
    currency: str
    lines: tuple[SaleLine, ...]
    total_minor: int
    is_cancelled: bool = False
    charged_minor: int = 0
    refunded_minor: int = 0

    @classmethod
    def of(cls, order: Order, word: Word | None, categories: Mapping[str, str]) -> Self:
        """The sale that the order is, with the payment's word on it and each product's category by its id."""
        total_minor = order.totals.total.amount_minor
        phase = word.phase if word else Phase.NOTHING
        return cls(
            id=sale_id(order.order_id),
            period=sale_period(order),
            order_id=order.order_id,
            currency=order.totals.currency,
            lines=_lines(order, categories),
            total_minor=total_minor,
            is_cancelled=order.facets is not None and order.facets.cancel != "",
            charged_minor=total_minor if phase in TAKEN else 0,
            refunded_minor=total_minor if phase == Phase.REFUNDED else 0,
        )

    def joined(self, other: Self) -> Self:
        """All that either of two readings of the order knows; the lines are those that were written first."""
        return self.but(
            is_cancelled=self.is_cancelled or other.is_cancelled,
            charged_minor=max(self.charged_minor, other.charged_minor),
            refunded_minor=max(self.refunded_minor, other.refunded_minor),
        )

    @property
    def is_paid(self) -> bool:
        """Whether the customer was charged, also where the money went back later."""
        return self.charged_minor > 0

    @property
    def is_given_back(self) -> bool:
        """Whether all that was charged was given back."""
        return 0 < self.charged_minor <= self.refunded_minor


def sale_id(order_id: str) -> str:
    """The id of the order's sale."""
    return f"sale:{order_id}"


def sale_period(order: Order) -> str:
    """The partition of the order's sale."""
    return period_key("day", day_of(order.created_at))


def _lines(order: Order, categories: Mapping[str, str]) -> tuple[SaleLine, ...]:
    return tuple(
        SaleLine(
            sku=line.sku,
            product_id=line.product_id,
            name=line.name,
            category_slug=categories.get(line.product_id, ""),
            quantity=line.quantity,
            total_minor=line.line_total.amount_minor
            - (line.discount.amount_minor if line.discount else 0),
        )
        for line in order.items
    )
