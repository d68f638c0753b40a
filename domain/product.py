"""What the shop sells: a product, its variants and what they cost."""

import re
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self
from uuid import UUID, uuid5

from pydantic import Field

from domain.access import Trace
from domain.entity import Audited, Entity, Value
from domain.errors import Conflict, NotFound
from domain.events import Event, event_id
from domain.money import Amount, Amounts, Money

_NAMESPACE: Final = UUID("0b7c4f53-5c3e-5b0a-9d52-4f6f0d8a7a11")

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,599}")

type ProductStatus = Literal["active", "draft", "retired"]

SEPARATELY_KEPT: Final = frozenset(
    {"created_at", "updated_at", "published_at", "sequence", "rating", "review_count", "popularity"}
    | {"unplaced", "moves_to"}
)
"""Fields that the shop itself keeps, which a repeated import leaves alone."""


class ProductNotFound(NotFound):
    """There is no such product on sale."""

    code = "PRODUCT_NOT_FOUND"
    message = "There is no such product."


class VariantNotFound(NotFound):
    """The product has no such variant."""

    code = "VARIANT_NOT_FOUND"
    message = "The product has no such variant."


class SlugTaken(Conflict):
    """Another product has the slug, or somebody is about to create one; ``category`` is where."""

    code = "SLUG_TAKEN"
    message = "Another product has this slug."


class SkuTaken(Conflict):
    """Another product has the SKU."""

    code = "SKU_TAKEN"
    message = "Another product has this SKU."


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


class Places(Value):
    """Where a product may be found: shelves, and words of the search."""

    shelves: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class Product(Audited):
    """A product in its category; its ``id`` follows from its slug, so that importing twice is once.

    ``category_path`` are the category's names from the root. ``rating`` is 0 to 5, ``popularity`` a
    count that only ranks. ``sequence`` counts its events. While shelves and search do not say yet what it
    says, ``unplaced`` are the places where it was. ``moves_to`` is the category into which it is being
    moved: then nothing changes it but its move.
    """

    kind: ClassVar[str] = "product"
    container: ClassVar[str] = "Products"
    partition_field: ClassVar[str] = "category_slug"

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
    seo: Seo = Field(default_factory=Seo)
    status: ProductStatus = "active"
    featured: bool = False
    rating: float = 0.0
    review_count: int = 0
    popularity: int = 0
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    sequence: int = 0
    unplaced: Places | None = None
    moves_to: str = ""

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

    def price_of(self, variant: Variant) -> Money:
        """What one piece of the variant costs before promotions and tax."""
        return self.price.amount + variant.price_adjustment

    def differences(self, other: Self) -> tuple[str, ...]:
        """The fields in which an import of ``other`` would change this product, in order of name."""
        names = sorted(type(self).model_fields.keys() - SEPARATELY_KEPT - {"audit_head"})
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))

    def after(self, before: Self, at: datetime) -> Self:
        """This product as the next one after ``before``: what the shop itself keeps is taken from there."""
        kept = {name: getattr(before, name) for name in SEPARATELY_KEPT}
        counted = {
            "sequence": before.sequence + 1,
            "updated_at": at,
            "published_at": before.published_at or self.published_at,
        }
        return self.but(**kept | counted)

    def announced(self, before: Self | None, *, trace: Trace, at: datetime) -> Event:
        """The event that tells of this version: ProductCreated, or what became of the one ``before``."""
        changed = before.differences(self) if before else ()
        type_ = self._type_of_news(before)
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

    def _type_of_news(self, before: Self | None) -> str:
        if before is None:
            return "ProductCreated"
        is_gone = self.status == "retired" and before.status != "retired"
        return "ProductDeleted" if is_gone else "ProductUpdated"

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


class ProductPointer(Entity):
    """Where the product with an id (``~<id>``) or a slug (``~slug:<slug>``) is kept, since categories change.

    ``leaving`` is the category that it is moving out of, until nothing of it is left there. ``sequence`` is
    the product's when it came to be where it is, so that a late hand does not move it again.
    """

    kind: ClassVar[str] = "pointer"
    container: ClassVar[str] = "Products"
    partition_field: ClassVar[str] = "category_slug"

    category_slug: str
    """The pointer's own partition, the same as its id."""
    product_id: str
    target: str
    leaving: str = ""
    sequence: int = 0


def is_name(text: str) -> bool:
    """Whether the text can be a product's id or slug, or a category's slug, at all."""
    return _NAME.fullmatch(text) is not None


def is_product_id(text: str) -> bool:
    """Whether the text has the form of an id; a slug never has."""
    return _ID.fullmatch(text) is not None


def pointer_id(id_or_slug: str) -> str:
    """The id, and partition, of the pointer to a product."""
    return f"~{id_or_slug}" if is_product_id(id_or_slug) else f"~slug:{id_or_slug}"


def pointers(product: Product, leaving: str = "") -> tuple[ProductPointer, ProductPointer]:
    """The two pointers to the product: by id and by slug."""
    by_id, by_slug = pointer_id(product.id), f"~slug:{product.slug}"
    return (
        _pointer(by_id, product, leaving),
        _pointer(by_slug, product, ""),
    )


def _pointer(id: str, product: Product, leaving: str) -> ProductPointer:
    return ProductPointer(
        id=id,
        category_slug=id,
        product_id=product.id,
        target=product.category_slug,
        leaving=leaving,
        sequence=product.sequence,
    )


def product_id(slug: str) -> str:
    """The id of the product with this slug: always the same (UUID version 5, RFC 9562)."""
    return str(uuid5(_NAMESPACE, slug))


def variant_id(product: str, sku: str) -> str:
    """The id of the product's variant with this SKU: always the same."""
    return str(uuid5(_NAMESPACE, f"{product}/{sku}"))
