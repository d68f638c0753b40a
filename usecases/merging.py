"""A guest's cart goes over into the cart of the account: no line is lost, and none is taken twice."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from domain.access import Caller, Role
from domain.cart import CART_ID, Cart, CartClaimed, CartFull
from domain.entity import Command
from domain.errors import RuleBroken
from usecases import flags
from usecases.again import again
from usecases.carting import CartView, cart_of, get_cart, ttl_seconds
from usecases.flags import CART_MAX_ITEMS
from usecases.ports.store import Change
from usecases.shop import Shop


class MergeCart(Command):
    """Merge the cart of the guest session; ``guest_cart_id``, where it is sent, must be that cart's."""

    guest_cart_id: Annotated[str, Field(max_length=100)] = ""


class GuestCartMismatch(RuleBroken):
    """The client means another cart than the session's."""

    code = "CART_MISMATCH"
    message = "The guest session has another cart."


async def merge_cart(
    shop: Shop, caller: Caller, guest_id: str, command: MergeCart | None = None
) -> CartView:
    """The account's cart with the guest's lines and codes in it.

    The guest's cart is marked first, then the account's is changed, then the guest's is emptied: a crash
    between leaves a mark that the next try goes on from, and the account's cart remembers what it took in.
    Raises ``CartClaimed`` while an order is made of either, ``CartFull``, and ``GuestCartMismatch``.
    """
    guest = replace(caller, user_id=guest_id, role=Role.GUEST)
    taken_in = await again(shop, lambda: _marked(shop, caller, guest, command))
    if taken_in is None:
        return await get_cart(shop, caller)
    try:
        await again(shop, lambda: _taken_in(shop, caller, taken_in))
    except (CartFull, CartClaimed):
        await again(shop, lambda: _given_back(shop, caller, guest))
        raise
    await again(shop, lambda: _emptied(shop, caller, guest))
    return await get_cart(shop, caller)


async def _marked(
    shop: Shop, caller: Caller, guest: Caller, command: MergeCart | None
) -> Cart | None:
    """The guest's cart, marked for this account; ``None`` where there is nothing to take in."""
    cart = await cart_of(shop, guest)
    wanted = command.guest_cart_id if command else ""
    if wanted and wanted != cart.uuid:
        raise GuestCartMismatch
    if cart.merged_into is not None:
        return cart if cart.merged_into == caller.user_id else None
    if not (cart.items or cart.promo_codes):
        return None
    await _joined(shop, caller, cart)
    done = await shop.store.commit(Change(by=caller, puts=(cart.going_over(caller.user_id),)))
    marked: Cart = done.entities[0]
    return marked


async def _taken_in(shop: Shop, caller: Caller, other: Cart) -> None:
    whole = await _joined(shop, caller, other)
    kept = whole.but(ttl=await ttl_seconds(shop, caller))
    await shop.store.commit(Change(by=caller, puts=(kept,)))


async def _joined(shop: Shop, caller: Caller, other: Cart) -> Cart:
    """The account's cart as it would be. Raises ``CartFull`` and ``CartClaimed``."""
    most_lines = await flags.value(shop, CART_MAX_ITEMS)
    return (await cart_of(shop, caller)).with_all_of(other, shop.clock.now(), most_lines)


async def _given_back(shop: Shop, caller: Caller, guest: Caller) -> None:
    cart = await _of(shop, guest)
    if cart is not None and cart.merged_into == caller.user_id:
        await shop.store.commit(Change(by=caller, puts=(cart.but(merged_into=None),)))


async def _emptied(shop: Shop, caller: Caller, guest: Caller) -> None:
    cart = await _of(shop, guest)
    if cart is not None and cart.merged_into == caller.user_id:
        empty = cart.gone_over(shop.ids.new(), shop.clock.now())
        await shop.store.commit(Change(by=caller, puts=(empty,)))


async def _of(shop: Shop, guest: Caller) -> Cart | None:
    return await shop.store.get(Cart, CART_ID, guest.user_id)
