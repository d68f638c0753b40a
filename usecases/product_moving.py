"""Moving a product to another category, which is another partition: as often as one likes, by whoever meets it.

A move is written down first, where the product was, with all that it shall be (``moves_to``); from then on
nobody changes it there. Then it is written where it belongs, the pointers follow, and the old one goes.
Each step looks whether it was done, and what is newer stays: ``sequence`` tells.
"""

from contextlib import suppress
from functools import partial

from domain.access import Caller
from domain.placing import arrived
from domain.product import Product, ProductPointer, pointer_id, pointers
from domain.stock import STOCK_ID, Stock
from usecases.again import again
from usecases.ports.store import Change, VersionConflict
from usecases.settling import as_found
from usecases.shop import Shop


async def finish_move(shop: Shop, by: Caller, moving: Product) -> None:
    """Bring a product that moves to its next category, and let its pointers follow."""
    fresh = arrived(moving)
    await again(shop, partial(_arrive, shop, by, fresh))
    by_id, by_slug = pointers(fresh, leaving=moving.partition)
    for pointer in (by_slug, by_id):
        await again(shop, partial(_repoint, shop, by, pointer))
    await leave(shop, by, moving.id)
    await _withdraw(shop, by, fresh)


async def leave(shop: Shop, by: Caller, product_id: str) -> None:
    """Remove what is left of a product in the category that it has left; nothing where it left none."""
    pointer = await shop.store.get(ProductPointer, pointer_id(product_id), pointer_id(product_id))
    if pointer is None or not pointer.leaving:
        return
    here = await shop.store.get(Product, product_id, pointer.target)
    old = await shop.store.get(Product, product_id, pointer.leaving)
    if here and old and not here.moves_to and old.sequence <= here.sequence:
        with suppress(VersionConflict):
            await shop.store.commit(Change(by=by, removes=(old,)))
    with suppress(VersionConflict):
        await shop.store.commit(Change(by=by, puts=(pointer.but(leaving=""),)))


async def file_stock(shop: Shop, by: Caller, product: Product, sku: str) -> None:
    """Let the stock of a product that moves name its new category."""

    async def step() -> None:
        there = await shop.store.get(Stock, STOCK_ID, sku)
        if there is not None and there.category_slug != product.category_slug:
            filed = there.but(category_slug=product.category_slug)
            await shop.store.commit(Change(by=by, puts=(filed,)))

    await again(shop, step)


async def _arrive(shop: Shop, by: Caller, fresh: Product) -> None:
    there = await shop.store.get(Product, fresh.id, fresh.partition)
    if there is None:
        await shop.store.commit(Change(by=by, puts=(fresh,)))
    elif there.sequence < fresh.sequence:
        await shop.store.commit(Change(by=by, puts=(as_found(there, fresh),)))


async def _repoint(shop: Shop, by: Caller, pointer: ProductPointer) -> None:
    """Let the pointer follow, unless it has followed a later move already."""
    there = await shop.store.get(ProductPointer, pointer.id, pointer.partition)
    if there is not None and there.sequence < pointer.sequence:
        await shop.store.commit(Change(by=by, puts=(as_found(there, pointer),)))


async def _withdraw(shop: Shop, by: Caller, fresh: Product) -> None:
    """Take back what was written late: the product had arrived, and moved on, before."""
    pointer = await shop.store.get(ProductPointer, pointer_id(fresh.id), pointer_id(fresh.id))
    if pointer is None or pointer.target == fresh.partition:
        return
    late = await shop.store.get(Product, fresh.id, fresh.partition)
    if late is not None and late.sequence == fresh.sequence:
        with suppress(VersionConflict):
            await shop.store.commit(Change(by=by, removes=(late,)))
