"""What promotions take off, to the smallest unit of the currency, and off which line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from domain.money import Money, total
from domain.promotion import Promotion, PromotionType

RANKS: Final[dict[PromotionType, int]] = {"percentage": 0, "amount": 1, "free_shipping": 2}
"""Percentages first, each on what those before it left: the order in which codes were typed does not count."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A line, as far as a discount is concerned: its SKU and what all its pieces cost."""

    sku: str
    cost: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion that may be used, and the SKUs of the cart that it is for."""

    promotion: Promotion
    skus: frozenset[str]


@dataclass(frozen=True, slots=True)
class Discount:
    """What is off each line, in the order given, and by which code; ``ships_free`` codes pay for shipping."""

    by_line: tuple[Money, ...]
    by_code: Mapping[str, Money]
    ships_free: tuple[str, ...]


def discounted(goods: Sequence[Goods], offers: Sequence[Offer]) -> Discount:
    """What the offers take off these goods; no line ever costs less than nothing.

    What is off the whole is exact, and so is its spread over the lines. Neither the order of the lines nor
    that of the offers counts.
    """
    places = sorted(range(len(goods)), key=lambda at: (goods[at].sku, goods[at].cost.amount_minor))
    left = [goods[at] for at in places]
    by_code: dict[str, Money] = {}
    for offer in sorted(offers, key=_rank):
        shares = _shares(offer, left)
        by_code[offer.promotion.code] = total(shares, offer.promotion.currency)
        left = [
            Goods(line.sku, line.cost - share) for line, share in zip(left, shares, strict=True)
        ]
    rest = dict(zip(places, left, strict=True))
    return Discount(
        by_line=tuple(line.cost - rest[at].cost for at, line in enumerate(goods)),
        by_code=by_code,
        ships_free=tuple(code for code in by_code if code in _shipping(offers)),
    )


def spread(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """The amount in parts as the weights are, none over its weight where the amount is not over their sum.

    Each part is the step between two rounded points of the running sum, so the parts add up exactly.
    """
    whole = sum(weights)
    points = [amount.amount_minor * sofar // whole if whole else 0 for sofar in accumulate(weights)]
    before = [0, *points[:-1]]
    return tuple(Money(b - a, amount.currency) for a, b in zip(before, points, strict=False))


def _shares(offer: Offer, goods: Sequence[Goods]) -> tuple[Money, ...]:
    weights = [line.cost.amount_minor if line.sku in offer.skus else 0 for line in goods]
    return spread(offer.promotion.off(Money(sum(weights), offer.promotion.currency)), weights)


def _rank(offer: Offer) -> tuple[int, str]:
    return RANKS[offer.promotion.type], offer.promotion.code


def _shipping(offers: Sequence[Offer]) -> set[str]:
    return {one.promotion.code for one in offers if one.promotion.type == "free_shipping"}
