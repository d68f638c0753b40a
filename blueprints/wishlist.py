"""The wishlist: among the caller's own things, and under the short path that the product page uses."""

from functools import partial

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.product import ProductNotFound, VariantNotFound
from domain.wishlist import Wish, WishlistFull, WishNotFound
from usecases import wishlist
from usecases.again import Contended
from usecases.wishlist import AddWish, WishlistView

area = Area("wishlist")

adding = partial(
    endpoint,
    area,
    "POST",
    may="self:change",
    body=AddWish,
    returns=Wish,
    status=201,
    raises=(ProductNotFound, VariantNotFound, WishlistFull, Contended),
)
removing = partial(
    endpoint,
    area,
    "DELETE",
    may="self:change",
    status=204,
    media_type="text/plain",
    raises=(WishNotFound, Contended),
)


@endpoint(area, "GET", "api/users/me/wishlist", may="self:read", returns=WishlistView)
async def show(call: Call[None]) -> WishlistView:
    """The caller's wishlist, whole, at today's prices and stock; what is gone is shown as not sold."""
    return await wishlist.show_wishlist(call.shop, call.who)


@adding("api/users/me/wishlist")
async def add(call: Call[AddWish]) -> Wish:
    """Put a product on the wishlist, at most 50. Safe to repeat: a product stands there once."""
    return await wishlist.add_wish(call.shop, call.who, call.body)


@removing("api/users/me/wishlist/{product_id}")
async def remove(call: Call[None]) -> None:
    """Take a product off the wishlist."""
    await wishlist.remove_wish(call.shop, call.who, call.path["product_id"])


@adding("api/wishlist")
async def add_from_product_page(call: Call[AddWish]) -> Wish:
    """Put a product on the wishlist, as under the caller's own things."""
    return await wishlist.add_wish(call.shop, call.who, call.body)


@removing("api/wishlist/{product_id}")
async def remove_from_product_page(call: Call[None]) -> None:
    """Take a product off the wishlist, as under the caller's own things."""
    await wishlist.remove_wish(call.shop, call.who, call.path["product_id"])
