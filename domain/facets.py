"""The facet summary of a shelf: what its products can be filtered by, with counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Final, Self

from pydantic import Field

from domain.entity import Entity, Value
from domain.listing import ListingCard
from domain.model import View
from domain.money import decimals_of

FACETS_ID: Final = "facets"

MOST_TOKENS: Final = 3_000
"""Values kept for one shelf: what comes later is sold and found, and not counted."""

MOST_SHOWN: Final = 50
"""Values shown for one field, the most frequent."""

_EDGES: Final = (0, 10, 25, 50, 100, 250, 500, 1_000)
"""Lower edges of the price ranges, in units of a currency with decimals."""


class Count(Value):
    """How many products have a value; ``label`` is the value as people read it."""

    label: str
    count: int


class ShownValue(View):
    """A value to filter by: what to send, what to show, how many products have it."""

    value: str
    label: str
    count: int


class ShownAttribute(View):
    """An attribute with its values, the most frequent first."""

    name: str
    label: str
    values: tuple[ShownValue, ...]


class PriceRange(View):
    """Products from ``min`` to below ``max``; the last range has no ``max``."""

    min: int
    max: int | None
    count: int


class ShownFacets(View):
    """What a shelf can be filtered by."""

    category: str
    total: int
    in_stock: int
    currency: str
    price_ranges: tuple[PriceRange, ...]
    brands: tuple[ShownValue, ...]
    attributes: tuple[ShownAttribute, ...]


class FacetSummary(Entity):
    """The counts of one shelf, written in the same batch as the cards that change them.

    Whatever the cards' history, the counts are those that counting them anew would give (as long as
    there are at most ``MOST_TOKENS`` values).
    """

    kind: ClassVar[str] = "facets"
    container: ClassVar[str] = "Products"
    partition_field: ClassVar[str] = "category_slug"

    id: str = FACETS_ID
    category_slug: str
    currency: str
    total: int = 0
    in_stock: int = 0
    prices: tuple[int, ...] = (0,) * len(_EDGES)
    tokens: dict[str, Count] = Field(default_factory=dict)

    def rearranged(
        self, *, off: Sequence[ListingCard] = (), on: Sequence[ListingCard] = ()
    ) -> Self:
        """The counts after the cards ``off`` were taken off the shelf and the cards ``on`` put there."""
        changes: Counter[str] = Counter()
        labels: dict[str, str] = {}
        prices = list(self.prices)
        for by, card in (*((-1, card) for card in off), *((+1, card) for card in on)):
            prices[self._bucket(card)] += by
            labels |= zip(card.facets, card.labels, strict=True)
            for token in card.facets:
                changes[token] += by
        return self.but(
            total=self.total + len(on) - len(off),
            in_stock=self.in_stock + sum(c.in_stock for c in on) - sum(c.in_stock for c in off),
            prices=tuple(prices),
            tokens=_counted(self.tokens, changes, labels),
        )

    def shown(self) -> ShownFacets:
        """The summary as a visitor reads it."""
        return ShownFacets(
            category=self.category_slug,
            total=self.total,
            in_stock=self.in_stock,
            currency=self.currency,
            price_ranges=self._ranges(),
            brands=self._values("brand"),
            attributes=tuple(map(self._attribute, self._names())),
        )

    def _bucket(self, card: ListingCard) -> int:
        amount = card.price.amount.number
        return sum(amount >= edge for edge in self._edges()) - 1

    def _edges(self) -> tuple[int, ...]:
        scale = 1 if decimals_of(self.currency) else 100
        return tuple(edge * scale for edge in _EDGES)

    def _ranges(self) -> tuple[PriceRange, ...]:
        bounds = pairwise((*self._edges(), None))
        return tuple(
            PriceRange(min=low or 0, max=high, count=count)
            for (low, high), count in zip(bounds, self.prices, strict=True)
            if count
        )

    def _names(self) -> list[str]:
        return sorted({token.partition("=")[0] for token in self.tokens} - {"brand"})

    def _attribute(self, name: str) -> ShownAttribute:
        label = name.replace("_", " ").capitalize()
        return ShownAttribute(name=name, label=label, values=self._values(name))

    def _values(self, name: str) -> tuple[ShownValue, ...]:
        found = (
            ShownValue(value=token.partition("=")[2], label=entry.label, count=entry.count)
            for token, entry in self.tokens.items()
            if token.startswith(f"{name}=")
        )
        return tuple(sorted(found, key=lambda value: (-value.count, value.value))[:MOST_SHOWN])


def _counted(
    tokens: Mapping[str, Count], changes: Mapping[str, int], labels: Mapping[str, str]
) -> dict[str, Count]:
    counts = dict(tokens)
    for token in sorted(changes):
        before = counts.get(token) or Count(label=labels[token], count=0)
        count = before.count + changes[token]
        if count <= 0:
            counts.pop(token, None)
        elif token in counts or len(counts) < MOST_TOKENS:
            counts[token] = Count(label=before.label, count=count)
    return counts
