"""Letting shelves and search follow what a product says."""

from domain.access import Caller
from domain.placing import unplaced
from domain.product import Product
from usecases import product_keeping as keeping
from usecases.again import again
from usecases.availability import is_available, show_availability
from usecases.ports.store import Change
from usecases.product_moving import file_stock
from usecases.shelving import place_anew
from usecases.shop import Shop


async def show_product(shop: Shop, by: Caller, product_id: str) -> None:
    """Put the product in its places and take it off those where it was; two reads where that is done.

    Its stock is filed under its category, too. All goes by what the product says now, and only who finds it
    unchanged afterwards has placed it: else it is placed anew, and taken off where this put it meanwhile. So it
    may be told late, twice and out of order. A move that was cut off is finished first.
    """
    placed: list[Product] = []

    async def step() -> None:
        product = (await keeping.look_up(shop, by, product_id)).product
        if product is not None and placed:
            product = unplaced(product, placed[-1])
        if product is None or product.unplaced is None:
            return
        placed.append(product)
        for variant in product.variants:
            await file_stock(shop, by, product, variant.sku)
        await place_anew(shop, by, product, in_stock=await is_available(shop, product))
        # stock may have changed before there was a card to say so
        await show_availability(shop, by, product_id)
        await shop.store.commit(Change(by=by, puts=(product.but(unplaced=None),)))

    await again(shop, step)
