"""Uses of a promotion, beside the promotion that they were taken from."""

import hmac
from typing import ClassVar, Literal, Self

from domain.entity import Audited, Entity
from domain.hold import RELEASED_TTL_SECONDS
from domain.keys import derived

type UseState = Literal["taken", "freed"]


class PromotionUse(Audited):
    """One use of a code by one order; a hold on one of the uses that the promotion has.

    It is freed once, when the order comes to nothing, and is then kept as a mark. One that is made ``freed``
    was never taken: it keeps a stalled attempt from taking it later. ``customer`` is whose counter it was
    taken from, empty where there is none.
    """

    kind: ClassVar[str] = "promotion-use"
    container: ClassVar[str] = "Promotions"
    partition_field: ClassVar[str] = "code"

    code: str
    order_id: str
    customer: str = ""
    state: UseState = "taken"

    @property
    def is_taken(self) -> bool:
        """Whether it still counts against the limit."""
        return self.state == "taken"

    def freed(self) -> Self:
        """The use after its order came to nothing; what is no longer counted is forgotten in time."""
        return self.but(state="freed", ttl=RELEASED_TTL_SECONDS)


class CustomerUses(Entity):
    """How often one customer may still use the code; made by the first use, never removed."""

    kind: ClassVar[str] = "customer-uses"
    container: ClassVar[str] = "Promotions"
    partition_field: ClassVar[str] = "code"

    code: str
    left: int


def use_id(order_id: str) -> str:
    """The id of the order's use in the code's partition."""
    return f"use:{order_id}"


def customer_id(secret: bytes, user_id: str, email: str) -> str:
    """The id of the customer's counter, which names nobody: the account's, a guest's by the e-mail address.

    A guest session costs nothing, so it is no customer; neither is another address, but it must be read.
    """
    whose = email.strip().casefold() if user_id.startswith("guest:") else user_id
    digest = hmac.digest(derived(secret, "promotion-customer"), whose.encode(), "sha256")
    return f"customer:{digest.hex()[:32]}"
