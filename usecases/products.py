"""The product behind an id, as often as it is asked for."""

from typing import Final

from domain.product import Product, ProductPointer, pointer_id
from usecases.shop import Shop

PRODUCT_SECONDS: Final = 600
"""How long a product may be served from the cache; a price change reaches every process within that time."""

MOST_LOOKS: Final = 2
"""Looks for a product that has a pointer: it may be moving to another category just then."""


async def find_product(shop: Shop, product_id: str) -> Product | None:
    """The product with this id or slug, or ``None``; from the cache, or in two reads."""
    read: Product | None = None

    async def found() -> tuple[bytes, int] | None:
        nonlocal read
        read = await stored_product(shop, product_id)
        return (read.model_dump_json().encode(), PRODUCT_SECONDS) if read else None

    known = await shop.cache.fetch(f"product:{product_id}", found)
    if known is None:
        return None
    return read or Product.model_validate_json(known)


async def stored_product(shop: Shop, product_id: str) -> Product | None:
    """The product with this id or slug as it is now, sold or not, or ``None``; two reads."""
    place = pointer_id(product_id)
    for _ in range(MOST_LOOKS):
        pointer = await shop.store.get(ProductPointer, place, place)
        if pointer is None:
            return None
        product = await shop.store.get(Product, pointer.product_id, pointer.target)
        if product is not None:
            return product
    return None
