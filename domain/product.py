"""What the shop sells: a product, its variants and what they cost."""

from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self
from uuid import UUID, uuid5

from pydantic import Field

from domain.access import Trace
from domain.entity import Entity, Value
from domain.errors import NotFound
from domain.events import Event, event_id
from domain.money import Amount, Amounts, Money

_NAMESPACE: Final = UUID("0b7c4f53-5c3e-5b0a-9d52-4f6f0d8a7a11")

type ProductStatus = Literal["active", "draft", "retired"]

SEPARATELY_KEPT: Final = frozenset(
    {"created_at", "updated_at", "published_at", "sequence", "rating", "review_count", "popularity"}
)
"""Fields that the shop itself keeps, which a repeated import leaves alone."""


class VariantNotFound(NotFound):
    """The product has no such variant."""

    code = "VARIANT_NOT_FOUND"
    message = "The product has no such variant."


class Price(Amounts):
    """What the cheapest variant costs. ``tax_rate`` is a fraction for display; the tax table decides."""

    amount: Amount
    compare_at: Amount | None = None
    tax_rate: float = 0.0


class OtherPrice(Amounts):
    """What a variant costs in a currency that the shop does not sell in."""

    amount: Amount


class Variant(Amounts):
    """What is put into a cart: its own SKU, and its price as a difference to the product's."""

    variant_id: str
    sku: str
    name: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)
    price_adjustment: Amount
    other_prices: tuple[OtherPrice, ...] = ()


class Image(Value):
    """A picture of the product; ``order`` begins at 1."""

    url: str
    alt: str = ""
    order: int = 1


class Seo(Value):
    """What search engines are told."""

    meta_title: str = ""
    meta_description: str = ""
    canonical_url: str = ""


class Product(Entity):
    """A product in its category; its ``id`` follows from its slug, so that importing twice is once.

    ``category_path`` are the category's names from the root. ``rating`` is 0 to 5, ``popularity`` a
    count that only ranks. ``sequence`` counts its events.
    """

    kind: ClassVar[str] = "product"
    container: ClassVar[str] = "Products"
    partition_field: ClassVar[str] = "category_slug"
    audited: ClassVar[bool] = True

    product_id: str
    category_slug: str
    category_path: tuple[str, ...]
    sku: str
    name: str
    slug: str
    type: str = ""
    description: str = ""
    long_description: str = ""
    brand: str = ""
    price: Price
    images: tuple[Image, ...] = ()
    variants: tuple[Variant, ...]
    attributes: dict[str, str] = Field(default_factory=dict)
    seo: Seo = Seo()
    status: ProductStatus = "active"
    featured: bool = False
    rating: float = 0.0
    review_count: int = 0
    popularity: int = 0
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    sequence: int = 0

    @property
    def is_sold(self) -> bool:
        """Whether customers see it and may buy it."""
        return self.status == "active"

    def variant(self, variant_id: str) -> Variant:
        """The variant; an empty id means the first one. Raises ``VariantNotFound``."""
        for variant in self.variants:
            if variant_id in ("", variant.variant_id):
                return variant
        raise VariantNotFound(product_id=self.id, variant_id=variant_id)

    def variant_with(self, sku: str) -> Variant:
        """The variant that carries the SKU. Raises ``VariantNotFound``."""
        for variant in self.variants:
            if variant.sku == sku:
                return variant
        raise VariantNotFound(product_id=self.id, sku=sku)

    def price_of(self, variant: Variant) -> Money:
        """What one piece of the variant costs before promotions and tax."""
        return self.price.amount + variant.price_adjustment

    def differences(self, other: Self) -> tuple[str, ...]:
        """The fields in which an import of ``other`` would change this product, in order of name."""
        ours, theirs = self.document(), other.document()
        names = sorted((ours.keys() | theirs.keys()) - SEPARATELY_KEPT)
        return tuple(name for name in names if ours.get(name) != theirs.get(name))

    def announced(
        self, type_: str, changed: tuple[str, ...], *, trace: Trace, at: datetime
    ) -> Event:
        """The event that tells of this version; ``type_`` is ProductCreated, -Updated or -Deleted."""
        return Event(
            event_id=event_id("catalog", f"{self.id}:{self.sequence}", type_),
            event_type=type_,
            timestamp=at,
            subject=self.id,
            sequence=self.sequence,
            data=self._news() | {"changed": list(changed)},
            correlation_id=trace.correlation_id,
            causation_id=trace.causation_id,
            traceparent=trace.traceparent,
        )

    def _news(self) -> dict[str, Any]:
        return {
            "product_id": self.id,
            "id": self.id,
            "sku": self.sku,
            "name": self.name,
            "category_slug": self.category_slug,
            "category_id": self.category_slug,
            "price": self.price.amount.number,
            "currency": self.price.currency,
            "status": self.status,
        }


def product_id(slug: str) -> str:
    """The id of the product with this slug: always the same (UUID version 5, RFC 9562)."""
    return str(uuid5(_NAMESPACE, slug))


def variant_id(product: str, sku: str) -> str:
    """The id of the product's variant with this SKU: always the same."""
    return str(uuid5(_NAMESPACE, f"{product}/{sku}"))
