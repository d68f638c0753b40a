"""Products as the tests of the catalogue make them."""

from datetime import UTC, datetime
from typing import Any

from domain.listing import ListingCard, cards
from domain.product import Price, Product, Variant, product_id, variant_id

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def product(slug: str = "copper-mug", **changes: Any) -> Product:
    """A product of one variant for 19.99 in ``Kitchen > Mugs``, unless told otherwise."""
    id = product_id(slug)
    only = Variant(variant_id=variant_id(id, slug), sku=slug, currency="USD", price_adjustment=0)
    fields: dict[str, Any] = {
        "id": id,
        "product_id": id,
        "category_slug": "kitchen-mugs",
        "category_path": ("Kitchen", "Mugs"),
        "sku": slug,
        "name": slug.replace("-", " ").title(),
        "slug": slug,
        "brand": "Emberfold",
        "price": Price(amount="19.99", currency="USD"),
        "variants": (only,),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Product.model_validate(fields | changes)


def variant(sku: str, **attributes: str) -> Variant:
    """A variant at the base price."""
    return Variant(
        variant_id=sku, sku=sku, attributes=attributes, currency="USD", price_adjustment=0
    )


def card(slug: str = "copper-mug", *, in_stock: bool = True, **changes: Any) -> ListingCard:
    """The product's card on the shelf of everything."""
    return cards(product(slug, **changes), in_stock=in_stock)[0]
