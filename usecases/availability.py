"""Telling the shelves whether a product can be bought."""

from domain.access import Caller
from domain.category import ALL
from domain.listing import ListingCard, card_id
from domain.product import Product
from domain.stock import STOCK_ID, Stock
from usecases.products import stored_product
from usecases.shelving import reshelve
from usecases.shop import Shop


async def show_availability(shop: Shop, by: Caller, product_id: str) -> bool:
    """Make the product's cards say whether a variant is available; whether they said something else.

    It reads what is so now, so it may be told late, twice or out of order. While nothing has to change it
    costs three reads and one for each variant.
    """
    product = await stored_product(shop, product_id)
    card = await shop.store.get(ListingCard, card_id(product_id), ALL)
    if product is None or card is None:
        return False
    in_stock = await is_available(shop, product)
    if card.in_stock == in_stock:
        return False
    await reshelve(shop, by, product, in_stock=in_stock)
    return True


async def is_available(shop: Shop, product: Product) -> bool:
    """Whether a piece of any variant can be bought now; at most one read for each."""
    for variant in product.variants:
        stock = await shop.store.get(Stock, STOCK_ID, variant.sku)
        if stock is not None and stock.available > 0:
            return True
    return False
