"""The wishlist: among the caller's own things, and under the short path that the product page uses."""

from typing import Final

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.errors import Refusal
from domain.product import ProductNotFound, VariantNotFound
from domain.wishlist import Wish, WishlistFull, WishNotFound
from usecases import wishlist
from usecases.again import Contended
from usecases.wishlist import AddWish, WishlistView

area = Area("wishlist")

ADDING: Final[tuple[type[Refusal], ...]] = (
    ProductNotFound,
    VariantNotFound,
    WishlistFull,
    Contended,
)
REMOVING: Final[tuple[type[Refusal], ...]] = (WishNotFound, Contended)


@endpoint(area, "GET", "api/users/me/wishlist", may="self:read", returns=WishlistView)
async def show(call: Call[None]) -> WishlistView:
    """The caller's wishlist, whole, at today's prices and stock; what is gone is shown as not sold."""
    return await wishlist.show_wishlist(call.shop, call.who)


@endpoint(
    area,
    "POST",
    "api/users/me/wishlist",
    may="self:change",
    body=AddWish,
    returns=Wish,
    status=201,
    raises=ADDING,
)
async def add(call: Call[AddWish]) -> Wish:
    """Put a product on the wishlist, at most 50. Safe to repeat: a product stands there once."""
    return await wishlist.add_wish(call.shop, call.who, call.body)


@endpoint(
    area,
    "DELETE",
    "api/users/me/wishlist/{product_id}",
    may="self:change",
    status=204,
    media_type="text/plain",
    raises=REMOVING,
)
async def remove(call: Call[None]) -> None:
    """Take a product off the wishlist."""
    await wishlist.remove_wish(call.shop, call.who, call.path["product_id"])


@endpoint(
    area,
    "POST",
    "api/wishlist",
    may="self:change",
    body=AddWish,
    returns=Wish,
    status=201,
    raises=ADDING,
)
async def add_from_product_page(call: Call[AddWish]) -> Wish:
    """The same as under the caller's own things."""
    return await wishlist.add_wish(call.shop, call.who, call.body)


@endpoint(
    area,
    "DELETE",
    "api/wishlist/{product_id}",
    may="self:change",
    status=204,
    media_type="text/plain",
    raises=REMOVING,
)
async def remove_from_product_page(call: Call[None]) -> None:
    """The same as under the caller's own things."""
    await wishlist.remove_wish(call.shop, call.who, call.path["product_id"])
