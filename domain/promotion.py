"""What makes a cart cheaper: a code, what it takes off, and when, on what and how often it may be used."""

import re
from datetime import datetime
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from domain.entity import Audited, Entity
from domain.errors import RuleBroken
from domain.money import Amount, Amounts, Money

PROMOTION_ID: Final = "promotion"
ALL_CODES: Final = "~all"
"""The partition of the list of codes: no code can be that."""

MOST_CODES: Final = 3
"""So many codes at most on one cart."""

WHOLE: Final = 1_000_000
"""All of the goods, in parts per million."""

_CODE: Final = re.compile(r"[A-Z0-9]{3,32}")

type PromotionType = Literal["percentage", "amount", "free_shipping"]


class PromoRefused(RuleBroken):
    """A code cannot be used; ``promo_code`` names it.

    Passing: the codes lie on the cart, so the very same request may succeed when one was taken off.
    """

    code = "PROMO_REFUSED"
    message = "This code cannot be used."
    passing = True


class PromoUnknown(PromoRefused):
    """No such code. One that was stopped or has not begun looks the same: it is nobody's business."""

    code = "PROMO_UNKNOWN"
    message = "There is no such code."


class PromoExpired(PromoRefused):
    """Its time is over."""

    code = "PROMO_EXPIRED"
    message = "This code is no longer valid."


class PromoUsedUp(PromoRefused):
    """It was used as often as it may be, by everybody or by this customer."""

    code = "PROMO_USED_UP"
    message = "This code has been used as often as it may be."


class PromoNotMet(PromoRefused):
    """The goods that it is for cost less than it asks for; ``minimum`` and ``subtotal`` say how much."""

    code = "PROMO_NOT_MET"
    message = "The cart does not meet the conditions of this code."


class TooManyCodes(RuleBroken):
    """More codes than a cart may have."""

    code = "PROMO_TOO_MANY"
    message = f"A cart has at most {MOST_CODES} codes."
    passing = True


class PromotionLine(Entity):
    """That there is a code, where all of them lie together; what it says is read off the promotion itself.

    It is written before the promotion, so every promotion has one; a line without a promotion means nothing.
    """

    kind: ClassVar[str] = "promotion-line"
    container: ClassVar[str] = "Promotions"
    partition_field: ClassVar[str] = "code"

    code: str = ALL_CODES


class Promotion(Audited, Amounts):
    """A promotion, alone in the partition of its code with the uses that orders make of it.

    ``rate`` is taken off in parts per million, or ``amount`` off, or standard shipping is free. It is for
    goods of ``categories`` (and those below) and ``products`` (by id), or for all where both are empty; those
    must cost ``minimum``. ``limit`` is how often it may be used, by ``per_customer`` how often by one;
    ``left`` uses are left of the limit, from which an order takes by a guarded change. Its terms are never
    changed: another offer is another code, so what a shopper was shown is what the code still gives.
    ``revision`` counts the changes that people make.
    """

    kind: ClassVar[str] = "promotion"
    container: ClassVar[str] = "Promotions"
    partition_field: ClassVar[str] = "code"

    id: str = PROMOTION_ID
    code: str
    name: str
    type: PromotionType
    rate: int = Field(default=0, ge=0, le=WHOLE)
    amount: Amount | None = None
    minimum: Amount
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    limit: int | None = Field(default=None, ge=1)
    left: int | None = None
    per_customer: int | None = Field(default=None, ge=1)
    active: bool = True
    created_at: datetime
    updated_at: datetime
    revision: int = 1

    @model_validator(mode="after")
    def _gives_one_thing(self) -> Self:
        if (self.rate > 0) != (self.type == "percentage"):
            raise ValueError("a percentage has a rate, and nothing else has")
        if (self.amount is not None) != (self.type == "amount"):
            raise ValueError("an amount off has an amount, and nothing else has")
        if self.amount is not None and self.amount.amount_minor <= 0:
            raise ValueError("an amount off is more than nothing")
        if self.minimum.amount_minor < 0:
            raise ValueError("the least that goods must cost is not negative")
        return self

    @property
    def is_limited(self) -> bool:
        """Whether all customers together may use it a number of times only."""
        return self.limit is not None

    @property
    def used(self) -> int | None:
        """How many of its limited uses are taken; ``None`` where they are not counted."""
        return None if self.limit is None or self.left is None else self.limit - self.left

    def covers(self, product_id: str, categories: frozenset[str]) -> bool:
        """Whether it is for that product, which stands in these categories."""
        if not (self.products or self.categories):
            return True
        return product_id in self.products or not categories.isdisjoint(self.categories)

    def check_time(self, now: datetime) -> None:
        """Raise ``PromoUnknown`` or ``PromoExpired`` where it is not the time for it."""
        if not self.active or (self.starts_at is not None and now < self.starts_at):
            raise PromoUnknown(promo_code=self.code)
        if self.ends_at is not None and now >= self.ends_at:
            raise PromoExpired(promo_code=self.code)

    def check_left(self) -> None:
        """Raise ``PromoUsedUp`` where no use is left of the limit."""
        if self.left is not None and self.left < 1:
            raise PromoUsedUp(promo_code=self.code)

    def check_goods(self, goods: Money) -> None:
        """Raise ``PromoNotMet`` where the goods that it is for cost ``goods``, and that is not enough."""
        if not self._is_met(goods):
            raise PromoNotMet(
                promo_code=self.code,
                minimum=self.minimum.number,
                subtotal=goods.number,
                currency=self.currency,
            )

    def off(self, goods: Money) -> Money:
        """What it takes off goods that cost so much, never more than that. A rate is rounded half up."""
        if self.type == "percentage":
            return goods.share(self.rate)
        if self.amount is not None:
            return min(self.amount, goods)
        return Money(0, goods.currency)

    def _is_met(self, goods: Money) -> bool:
        if goods.currency != self.currency or goods.amount_minor == 0:
            return False
        return self.minimum <= goods


def normalised(text: str) -> str | None:
    """The code as it is kept: case, hyphens and spaces do not count. ``None`` for what no code can be."""
    bare = "".join(text.upper().replace("-", " ").split())
    return bare if _CODE.fullmatch(bare) else None
