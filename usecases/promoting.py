"""Putting promo codes on the cart, and taking them off again."""

from typing import Annotated

from pydantic import Field

from domain.access import Caller
from domain.cart import Cart, CartEmpty
from domain.entity import Command
from domain.promotion import PromoUnknown, PromoUsedUp, normalised
from domain.redemption import CustomerUses, customer_id
from usecases.again import again
from usecases.carting import CartView, cart_of, codes_of, saved, view_of
from usecases.limiting import spend
from usecases.offering import Considered
from usecases.shop import Shop

type WrittenCode = Annotated[str, Field(min_length=1, max_length=40)]


class ApplyCode(Command):
    """Put a code on the cart, written as people write it."""

    code: WrittenCode


class RemoveCode(Command):
    """Take a code off the cart; without one, every code."""

    code: Annotated[str, Field(max_length=40)] = ""


async def apply_code(shop: Shop, caller: Caller, command: ApplyCode) -> CartView:
    """Put the code on the cart and say what it saves; safe to repeat.

    Every try costs a token of the caller's, good or bad, so that codes cannot be guessed. Nothing is taken
    from the code's limit before an order is placed. Raises ``TooMany``, ``CartEmpty``, ``TooManyCodes``,
    ``CartClaimed`` and the ``PromoRefused`` that stands in the way.
    """
    await spend(shop, caller, "promo")
    code = known(command.code)

    async def step() -> CartView:
        cart = await cart_of(shop, caller)
        if not cart.items:
            raise CartEmpty
        changed = cart.with_code(code, shop.clock.now())
        codes = await codes_of(shop, changed)
        codes.check(code)
        await _check_customer(shop, caller, code, codes)
        return await saved(shop, caller, changed, codes)

    return await again(shop, step)


async def remove_code(shop: Shop, caller: Caller, command: RemoveCode) -> CartView:
    """Take the code off the cart, or all of them; safe to repeat. Raises ``CartClaimed``."""
    code = normalised(command.code) or command.code

    async def step() -> CartView:
        cart = await cart_of(shop, caller)
        changed = cart.without_code(code, shop.clock.now())
        if changed is cart:
            return view_of(cart, await codes_of(shop, cart))
        return await saved(shop, caller, changed)

    return await again(shop, step)


async def tried_codes(
    shop: Shop, caller: Caller, cart: Cart, written: tuple[str, ...] | None
) -> tuple[str, ...]:
    """The codes to price the cart with: those on it, or those that are named instead.

    A named one that is not on the cart is a try like any other, and costs a token. Raises ``TooMany``.
    """
    if written is None:
        return cart.promo_codes
    codes = tuple(dict.fromkeys(normalised(each) or each for each in written))
    for _ in [code for code in codes if code not in cart.promo_codes]:
        await spend(shop, caller, "promo")
    return codes


def known(written: str) -> str:
    """The code that is meant. Raises ``PromoUnknown`` for what no code can be."""
    code = normalised(written)
    if code is None:
        raise PromoUnknown(promo_code=written)
    return code


async def _check_customer(shop: Shop, caller: Caller, code: str, codes: Considered) -> None:
    """Somebody who has signed in hears at once of having used it up; a guest does when the e-mail is known."""
    if not caller.is_person or not codes.counts_customers(code):
        return
    counter = customer_id(shop.secret, caller.user_id, "")
    uses = await shop.store.get(CustomerUses, counter, code)
    if uses is not None and uses.left < 1:
        raise PromoUsedUp(promo_code=code)
