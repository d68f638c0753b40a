"""A catalogue's row, as other shop systems write it, and the product that it means."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from html import unescape
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError, model_validator

from domain.category import MOST_LEVELS, category_slug
from domain.entity import Command
from domain.errors import Invalid
from domain.money import Money, money
from domain.product import (
    Image,
    OtherPrice,
    Price,
    Product,
    ProductStatus,
    Seo,
    Variant,
    is_name,
    product_id,
    variant_id,
)
from domain.stock import MOST_ON_HAND

MOST_VARIANTS: Final = 100
MOST_ATTRIBUTES: Final = 50
MOST_IMAGES: Final = 50

_SKU: Final = r"^[^\s~/\\?#][^/\\?#]{0,63}$"
"""No character that the store forbids in a key (Cosmos DB: ``/ \\ ? #``)."""

type Sku = Annotated[str, Field(pattern=_SKU)]
type Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
type Short = Annotated[str, Field(min_length=1, max_length=200)]
type Attributes = Annotated[dict[Short, Short], Field(max_length=MOST_ATTRIBUTES)]
type Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
type Prices = Annotated[dict[Currency, Annotated[Decimal, Field(ge=0)]], Field(max_length=50)]


class BadRow(Invalid):
    """The row is no product."""

    code = "INVALID_CATALOGUE_ROW"
    message = "The row is not a product."


class VariantTerms(Command):
    """A variant as people write it: decimal prices by currency."""

    sku: Sku | None = None
    name: Annotated[str, Field(max_length=200)] = ""
    attributes: Attributes = Field(default_factory=dict)
    prices: Prices


class ProductTerms(Command):
    """A product as people write it, with at least one variant.

    The brand may stand in ``brand`` or among the attributes. ``compare_at`` is the price that was,
    by currency.
    """

    name: Short
    type: Annotated[str, Field(max_length=200)] = ""
    description: Annotated[str, Field(max_length=5_000)] = ""
    long_description: Annotated[str, Field(max_length=20_000)] = ""
    brand: Annotated[str, Field(max_length=200)] = ""
    attributes: Attributes = Field(default_factory=dict)
    variants: Annotated[tuple[VariantTerms, ...], Field(min_length=1, max_length=MOST_VARIANTS)]
    compare_at: Prices = Field(default_factory=dict)
    status: ProductStatus = "active"
    featured: bool = False

    @model_validator(mode="after")
    def _skus_differ(self) -> Self:
        skus = self.skus
        if len(set(skus)) < len(skus):
            raise ValueError("two variants have the same sku")
        return self

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs that were written."""
        return tuple(variant.sku for variant in self.variants if variant.sku is not None)


class RowVariant(VariantTerms):
    """A variant in a catalogue's row. No ``stock`` means none."""

    stock: Annotated[int, Field(ge=0, le=MOST_ON_HAND)] | None = None


class CatalogueRow(ProductTerms):
    """One product: its category's path from the root, and what other shop systems know of it."""

    slug: Slug
    category: Annotated[tuple[Short, ...], Field(min_length=1, max_length=MOST_LEVELS)]
    variants: Annotated[tuple[RowVariant, ...], Field(min_length=1, max_length=MOST_VARIANTS)]
    images: Annotated[tuple[Image, ...], Field(max_length=MOST_IMAGES)] = ()
    rating: float = Field(default=0.0, ge=0, le=5)
    review_count: int = Field(default=0, ge=0)
    popularity: int = Field(default=0, ge=0)
    created_at: datetime | None = None

    @model_validator(mode="after")
    def _category_has_a_slug(self) -> Self:
        if not all(category_slug((name,)) for name in self.category):
            raise ValueError("a category's name has no letter of a to z, and no digit")
        if not is_name(category_slug(self.category)):
            raise ValueError("the names of a category are too long together")
        return self

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKU of each variant; one without becomes ``<slug>-<n>``."""
        return tuple(v.sku or f"{self.slug}-{n}" for n, v in enumerate(self.variants, start=1))


def row_of(line: str | bytes) -> CatalogueRow:
    """The row in a line of JSON. Raises ``BadRow`` with each fault."""
    try:
        return CatalogueRow.model_validate_json(line)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        fields = [
            {"field": ".".join(map(str, fault["loc"])), "message": fault["msg"]}
            for fault in found[:10]
        ]
        raise BadRow(fields=fields) from None


def product_of(row: CatalogueRow, currency: str, at: datetime) -> Product:
    """The product that the row means, sold in ``currency``; prices in other currencies are kept.

    Raises ``BadRow`` where a variant has no price in it, or one finer than its smallest unit.
    """
    id = product_id(row.slug)
    prices = [_price(variant, sku, currency) for variant, sku in _with_sku(row)]
    lowest = min(prices, key=lambda price: price.amount_minor)
    text = _plain(row.description)
    brand = row.brand or row.attributes.get("Brand", "")
    return Product(
        id=id,
        product_id=id,
        category_slug=category_slug(row.category),
        category_path=row.category,
        sku=row.skus[0],
        name=_plain(row.name),
        slug=row.slug,
        type=row.type,
        description=text,
        long_description=_plain(row.long_description),
        brand=brand,
        price=Price(amount=lowest, currency=currency, compare_at=_was(row, currency)),
        images=row.images,
        variants=_variants(row, id, prices, lowest),
        attributes={name: value for name, value in row.attributes.items() if name != "Brand"},
        seo=_seo(row, text),
        status=row.status,
        featured=row.featured,
        rating=row.rating,
        review_count=row.review_count,
        popularity=row.popularity,
        created_at=row.created_at or at,
        updated_at=at,
        published_at=(row.created_at or at) if row.status == "active" else None,
    )


def _with_sku(row: CatalogueRow) -> list[tuple[RowVariant, str]]:
    return list(zip(row.variants, row.skus, strict=True))


def _price(variant: RowVariant, sku: str, currency: str) -> Money:
    if currency not in variant.prices:
        raise BadRow(f"The variant {sku} has no price in {currency}.", sku=sku)
    return _money(variant.prices[currency], currency)


def _money(amount: Decimal, currency: str) -> Money:
    try:
        return money(amount, currency)
    except ValueError as error:
        raise BadRow(str(error)) from None


def _was(row: CatalogueRow, currency: str) -> Money | None:
    amount = row.compare_at.get(currency)
    return None if amount is None else _money(amount, currency)


def _variants(
    row: CatalogueRow, id: str, prices: list[Money], lowest: Money
) -> tuple[Variant, ...]:
    return tuple(
        Variant(
            variant_id=variant_id(id, sku),
            sku=sku,
            name=variant.name,
            attributes=variant.attributes,
            currency=lowest.currency,
            price_adjustment=price - lowest,
            other_prices=_others(variant.prices, lowest.currency),
        )
        for (variant, sku), price in zip(_with_sku(row), prices, strict=True)
    )


def _others(prices: Mapping[str, Decimal], currency: str) -> tuple[OtherPrice, ...]:
    return tuple(
        OtherPrice(amount=_money(amount, other), currency=other)
        for other, amount in sorted(prices.items())
        if other != currency
    )


def _seo(row: CatalogueRow, text: str) -> Seo:
    return Seo(
        meta_title=_plain(row.name),
        meta_description=text[:160],
        canonical_url=f"/product/{row.slug}",
    )


def _plain(text: str) -> str:
    return " ".join(unescape(text).split())
