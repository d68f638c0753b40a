"""What people did in the shop without an event: product views, pieces put into carts, checkouts begun.

They are counted, not kept one by one, and a count may be lost: nothing that is owed or owned rests on them.
"""

from collections.abc import Mapping
from typing import ClassVar, Final, Self

from domain.entity import Entity

TRAFFIC_ID: Final = "traffic"
VIEWS: Final = "views"
CART_ADDS: Final = "cart_adds"
CARTS: Final = "carts"
CHECKOUTS: Final = "checkouts"


class Traffic(Entity):
    """The counts of one day, of the shop or of one product: ``views``, ``cart_adds``, ``carts``, ``checkouts``.

    ``carts`` are the carts that something was put into, ``checkouts`` those that were taken to a checkout, each
    cart once a day. ``batch`` is the number of the last batch of counts that is in here: a batch is added once.
    """

    kind: ClassVar[str] = "traffic"
    container: ClassVar[str] = "Rollups"
    partition_field: ClassVar[str] = "period"

    period: str
    product_id: str = ""
    views: int = 0
    cart_adds: int = 0
    carts: int = 0
    checkouts: int = 0
    batch: int = 0

    def with_batch(self, number: int, counts: Mapping[str, int]) -> Self:
        """The counts with those of the batch, by field; as they are where the batch is in already."""
        if number <= self.batch:
            return self
        sums = {name: getattr(self, name) + count for name, count in counts.items()}
        return self.but(batch=number, **sums)


def traffic_id(product_id: str) -> str:
    """The id of a product's counts; the shop's own are ``traffic``."""
    return f"{TRAFFIC_ID}:{product_id}" if product_id else TRAFFIC_ID
