"""How many pieces of a SKU there are, and how many of them nobody holds."""

from datetime import datetime
from typing import ClassVar, Final, Literal, Self

from domain.access import Trace
from domain.entity import Audited
from domain.errors import RuleBroken
from domain.events import Event, event_id
from domain.hold import RELEASED_TTL_SECONDS

STOCK_ID: Final = "stock"

MOST_ON_HAND: Final = 10_000_000
"""More pieces than this of one SKU are a slip of the keyboard."""

type StockCause = Literal["sale", "release", "restock", "adjustment", "return"]


class StockBelowHolds(RuleBroken):
    """Fewer pieces would be on hand than orders hold."""

    code = "STOCK_BELOW_HOLDS"
    message = "Orders hold more pieces than would be left."


class StockTooLarge(RuleBroken):
    """No shelf holds that many."""

    code = "STOCK_TOO_LARGE"
    message = "That is more than a shelf can hold."


class Stock(Audited):
    """The stock of one SKU, alone in its partition with the holds of orders.

    ``on_hand`` pieces lie on the shelf, ``available`` of them are held by no order:
    ``0 <= available <= on_hand``. ``sequence`` counts what was told of it. An order takes from
    ``available`` by a guarded change, so two buyers never get the same piece.
    """

    kind: ClassVar[str] = "stock"
    container: ClassVar[str] = "Inventory"
    partition_field: ClassVar[str] = "sku"

    id: str = STOCK_ID
    sku: str
    product_id: str
    variant_id: str
    category_slug: str
    on_hand: int
    available: int
    sequence: int = 0
    updated_at: datetime

    @property
    def held(self) -> int:
        """How many pieces orders hold."""
        return self.on_hand - self.available

    def adjusted(self, delta: int, at: datetime) -> Self:
        """The stock with ``delta`` pieces more (or fewer) on the shelf; holds stay.

        Raises ``StockBelowHolds`` where fewer than the held pieces would be left by taking some away, and
        ``StockTooLarge`` beyond ``MOST_ON_HAND``.
        """
        if delta < 0 and self.available + delta < 0:
            raise StockBelowHolds(sku=self.sku, held=self.held, on_hand=self.on_hand, delta=delta)
        if self.on_hand + delta > MOST_ON_HAND:
            raise StockTooLarge(sku=self.sku, on_hand=self.on_hand, delta=delta, limit=MOST_ON_HAND)
        return self.but(
            on_hand=self.on_hand + delta,
            available=self.available + delta,
            sequence=self.sequence + 1,
            updated_at=at,
        )

    def level_changed(self, cause: StockCause, delta: int, *, trace: Trace, at: datetime) -> Event:
        """The event that tells of this level; ``delta`` pieces came or went."""
        return Event(
            event_id=event_id("stock", f"{self.sku}:{self.sequence}", "StockLevelChanged"),
            event_type="StockLevelChanged",
            timestamp=at,
            subject=self.sku,
            sequence=self.sequence,
            data={
                "sku": self.sku,
                "product_id": self.product_id,
                "available": self.available,
                "on_hand": self.on_hand,
                "delta": delta,
                "cause": cause,
            },
            correlation_id=trace.correlation_id,
            causation_id=trace.causation_id,
            traceparent=trace.traceparent,
        )


class StockAdjustment(Audited):
    """That staff changed a stock, and why; beside it, in the same batch.

    Its id follows from the caller's key: the same request again finds it, and counts nothing twice.
    """

    kind: ClassVar[str] = "stock-adjustment"
    container: ClassVar[str] = "Inventory"
    partition_field: ClassVar[str] = "sku"

    sku: str
    delta: int
    on_hand: int
    reason: str
    ttl: int | None = RELEASED_TTL_SECONDS


def adjustment_id(whose: str) -> str:
    """The id of an adjustment in the SKU's partition."""
    return f"adjustment:{whose}"
