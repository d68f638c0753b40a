"""What people do with their wishlist: products that they would like to have, at what they cost today.

The caller's own list is the only one that is ever read.
"""

import asyncio
from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.access import Caller
from domain.entity import Command
from domain.listing import ListedProduct, ShownPrice
from domain.model import View
from domain.product import Product, Variant
from domain.wishlist import WISHLIST_ID, Wish, Wishlist
from usecases.again import again
from usecases.detailing import sold_product, variant_stock
from usecases.ports.store import Change
from usecases.products import find_product
from usecases.shelves import listed_by_id
from usecases.shop import Shop


class AddWish(Command):
    """Wish for a product, by its id or slug; in one of its variants, where one is named."""

    product_id: Annotated[str, Field(min_length=1, max_length=100)]
    variant_id: Annotated[str, Field(max_length=100)] = ""


class WishView(View):
    """A wish as it could be bought now.

    ``is_sold``: whether the shop sells the product, or the variant, at all; where it does not, there is no price.
    ``in_stock`` of a variant is what its stock says, that of a product what the shop's lists say.
    """

    product_id: str
    variant_id: str
    name: str
    variant_name: str = ""
    slug: str = ""
    image_url: str = ""
    price: ShownPrice | None = None
    is_sold: bool = False
    in_stock: bool = False
    added_at: datetime


class WishlistView(View):
    """The whole list, the newest wish first: it is short, so it is one page."""

    items: tuple[WishView, ...]


async def show_wishlist(shop: Shop, who: Caller) -> WishlistView:
    """The caller's wishes at today's prices and stock.

    One read and one query; for each wish that names its variant the product, from the cache or in two reads, and
    its stock in one, all of them at the same time. What is gone stays in the list, so that it can be seen and removed.
    """
    wishes = (await wishlist_of(shop, who.user_id)).wishes
    listed = await listed_by_id(shop, [wish.product_id for wish in wishes])
    products = {one.id: one for one in listed}
    views = (_view(shop, wish, products.get(wish.product_id)) for wish in wishes)
    return WishlistView(items=tuple(await asyncio.gather(*views)))


async def add_wish(shop: Shop, who: Caller, command: AddWish) -> Wish:
    """Put a product on the list. Safe to repeat: a product stands there once, in the variant that was named last.

    Raises ``ProductNotFound``, ``VariantNotFound``, ``WishlistFull``.
    """
    product = await sold_product(shop, command.product_id)
    variant_id = product.variant(command.variant_id).variant_id if command.variant_id else ""
    wish = Wish(
        product_id=product.id,
        variant_id=variant_id,
        name=product.name,
        added_at=shop.clock.now(),
    )

    async def step() -> Wish:
        wishlist = await wishlist_of(shop, who.user_id)
        changed = wishlist.wishing(wish)
        if changed is not wishlist:
            await shop.store.commit(Change(by=who, puts=(changed,)))
        return changed.wish(wish.product_id)

    return await again(shop, step)


async def remove_wish(shop: Shop, who: Caller, product_id: str) -> None:
    """Take a product off the list. Raises ``WishNotFound``, also the second time."""

    async def step() -> None:
        wishlist = await wishlist_of(shop, who.user_id)
        await shop.store.commit(Change(by=who, puts=(wishlist.without(product_id),)))

    await again(shop, step)


async def wishlist_of(shop: Shop, user_id: str) -> Wishlist:
    """The person's wishlist, new and unwritten where there is none; one read."""
    return await shop.store.get(Wishlist, WISHLIST_ID, user_id) or Wishlist(user_id=user_id)


async def _view(shop: Shop, wish: Wish, listed: ListedProduct | None) -> WishView:
    if listed is None:
        return WishView(**wish.model_dump())
    view = WishView(
        **wish.model_dump(exclude={"name"}),
        name=listed.name,
        slug=listed.slug,
        image_url=listed.image_url,
        price=listed.price,
        is_sold=True,
        in_stock=listed.in_stock,
    )
    return await _of_variant(shop, view) if wish.variant_id else view


async def _of_variant(shop: Shop, view: WishView) -> WishView:
    product = await find_product(shop, view.product_id)
    variant = _variant(product, view.variant_id) if product else None
    if product is None or variant is None:
        return view.model_copy(update={"price": None, "is_sold": False, "in_stock": False})
    cost = product.price_of(variant)
    price = ShownPrice(currency=cost.currency, amount=cost.number)
    stock = await variant_stock(shop, variant)
    changes = {"variant_name": variant.name, "price": price, "in_stock": stock.in_stock}
    return view.model_copy(update=changes)


def _variant(product: Product, id: str) -> Variant | None:
    return next((one for one in product.variants if one.variant_id == id), None)
