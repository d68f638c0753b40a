"""Pieces that an order has taken from what is available."""

from typing import ClassVar, Literal, Self

from domain.entity import Audited

type HoldState = Literal["held", "released", "sold", "gone"]

RELEASED_TTL_SECONDS = 90 * 24 * 3600
"""How long an ended hold is remembered, so that no late attempt can take it again."""


class Hold(Audited):
    """Pieces of one SKU held for one order, beside the stock they were taken from.

    It ends once: released (the pieces are available again) or sold (they left the shelf), and is then
    kept as a mark. Released pieces that the carrier took all the same are ``gone``. A hold that is
    made ``released`` was never taken: it keeps a stalled attempt from taking it later.
    """

    kind: ClassVar[str] = "hold"
    container: ClassVar[str] = "Inventory"
    partition_field: ClassVar[str] = "sku"

    sku: str
    order_id: str
    quantity: int
    state: HoldState = "held"

    @property
    def is_held(self) -> bool:
        """Whether the pieces are still held."""
        return self.state == "held"

    def ended(self, state: HoldState) -> Self:
        """The hold after its pieces were released or sold."""
        assert self.is_held, "a hold ends once"
        return self.but(state=state, ttl=RELEASED_TTL_SECONDS)


def hold_id(order_id: str) -> str:
    """The id of the order's hold in the SKU's partition."""
    return f"hold:{order_id}"
