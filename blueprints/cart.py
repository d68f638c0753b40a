"""The cart of a guest or a customer."""

from blueprints._area import Area
from blueprints._caller import guest_session_of
from blueprints._endpoint import Call, endpoint
from domain.cart import CartClaimed, CartFull, CartLineNotFound, QuantityTooLarge
from domain.product import ProductNotFound, VariantNotFound
from usecases import carting, merging
from usecases.again import Contended
from usecases.carting import AddItem, CartView, ChangeQuantity, NotEnoughStock
from usecases.merging import GuestCartMismatch, MergeCart

area = Area("cart")


@endpoint(area, "GET", "api/cart", may="cart:use", returns=CartView)
async def get_cart(call: Call[None]) -> CartView:
    """Get the cart of the user or guest session; an empty one where there is none."""
    return await carting.get_cart(call.shop, call.who)


@endpoint(
    area,
    "POST",
    "api/cart/items",
    may="cart:use",
    body=AddItem,
    returns=CartView,
    status=201,
    raises=(
        ProductNotFound,
        VariantNotFound,
        NotEnoughStock,
        CartFull,
        QuantityTooLarge,
        CartClaimed,
        Contended,
    ),
)
async def add_item(call: Call[AddItem]) -> CartView:
    """Put pieces of a product into the cart, beside those of the same variant."""
    return await carting.add_item(call.shop, call.who, call.body, command_id=call.command_id)


@endpoint(
    area,
    "PUT",
    "api/cart/items/{id}",
    may="cart:use",
    body=ChangeQuantity,
    returns=CartView,
    raises=(CartLineNotFound, NotEnoughStock, CartClaimed, Contended),
)
async def change_item(call: Call[ChangeQuantity]) -> CartView:
    """Change how many pieces a line has. Safe to repeat."""
    wanted = (call.path["id"], call.body)
    return await carting.change_quantity(call.shop, call.who, *wanted, command_id=call.command_id)


@endpoint(
    area,
    "DELETE",
    "api/cart/items/{id}",
    may="cart:use",
    returns=CartView,
    raises=(CartLineNotFound, CartClaimed, Contended),
)
async def remove_item(call: Call[None]) -> CartView:
    """Remove a line."""
    line_id = call.path["id"]
    return await carting.remove_item(call.shop, call.who, line_id, command_id=call.command_id)


@endpoint(
    area, "DELETE", "api/cart", may="cart:use", returns=CartView, raises=(CartClaimed, Contended)
)
async def empty_cart(call: Call[None]) -> CartView:
    """Empty the cart. Safe to repeat."""
    return await carting.empty_cart(call.shop, call.who, command_id=call.command_id)


@endpoint(
    area,
    "POST",
    "api/cart/merge",
    may="cart:merge",
    body=MergeCart,
    returns=CartView,
    raises=(GuestCartMismatch, CartClaimed, CartFull, Contended),
)
async def merge_cart(call: Call[MergeCart]) -> CartView:
    """Take the cart of this browser's guest session into the account's. Safe to repeat."""
    guest = await guest_session_of(call.shop, call.request)
    if guest is None:
        return await carting.get_cart(call.shop, call.who)
    return await merging.merge_cart(call.shop, call.who, guest.user_id, call.body)
