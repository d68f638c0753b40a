"""Promo codes on the cart."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.access import Role
from domain.cart import CART_ID, Cart, CartClaimed, CartEmpty
from domain.promotion import (
    PromoExpired,
    PromoNotMet,
    PromoRefused,
    PromoUnknown,
    PromoUsedUp,
    TooManyCodes,
)
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import (
    GUEST,
    Bench,
    fill_cart,
    guest,
    open_bench,
    order_command,
    placed,
    promotes,
    sells,
    type_code,
)
from usecases.carting import CartView, empty_cart, get_cart
from usecases.merging import merge_cart
from usecases.ordering import place_order
from usecases.promoting import RemoveCode, remove_code

CUSTOMER = replace(guest("c"), user_id="u-1", role=Role.CUSTOMER)


async def a_cart(**terms: Any) -> Bench:
    """Two mugs and a cup, and a code of ten percent, or of these terms."""
    bench = open_bench()
    await sells(bench, "MUG", 10, 1000)
    await sells(bench, "CUP", 10, 250)
    await fill_cart(bench, MUG=2, CUP=1)
    await promotes(bench, "TEN", **terms)
    return bench


def off(cart: CartView) -> dict[str, int]:
    """What each code saves, in minor units."""
    return {each.code: each.discount.amount_minor for each in cart.promotions}


async def refused(bench: Bench, kind: type[PromoRefused], code: str = "TEN") -> PromoRefused:
    """The refusal, after which nothing has changed."""
    before = bench.state()
    with pytest.raises(kind) as refusal:
        await type_code(bench, code)
    assert bench.state() == before
    return refusal.value


async def test_a_code_lies_on_the_cart_and_says_what_it_saves() -> None:
    bench = await a_cart()

    cart = await type_code(bench, " t-e-n ")

    assert cart == await get_cart(bench.shop, GUEST)
    assert cart.totals.model_dump(mode="json") == {
        "currency": "USD",
        "subtotal": 22.5,
        "discount": 2.25,
    }
    assert [each.model_dump(mode="json") for each in cart.promotions] == [
        {
            "currency": "USD",
            "code": "TEN",
            "name": "",
            "type": "percentage",
            "discount": 2.25,
            "problem": None,
        }
    ]


async def test_typing_a_code_twice_is_once() -> None:
    bench = await a_cart()
    await type_code(bench, "TEN")

    assert off(await type_code(bench, "TEN")) == {"TEN": 225}


async def test_the_discount_follows_the_cart() -> None:
    bench = await a_cart()
    await type_code(bench, "TEN")

    await fill_cart(bench, MUG=1)

    assert off(await get_cart(bench.shop, GUEST)) == {"TEN": 325}


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"active": False}, PromoUnknown),
        ({"starts_at": NOON + timedelta(days=1)}, PromoUnknown),
        ({"ends_at": NOON}, PromoExpired),
        ({"minimum": 100}, PromoNotMet),
        ({"products": ["p-BOWL"]}, PromoNotMet),
        ({"categories": ["toys"]}, PromoNotMet),
    ],
)
async def test_a_code_that_does_not_hold_is_refused(
    terms: dict[str, Any], refusal: type[PromoRefused]
) -> None:
    bench = await a_cart(**terms)

    assert (await refused(bench, refusal)).facts["promo_code"] == "TEN"


@pytest.mark.parametrize("code", ["ELEVEN", "a/b?c#d", "--", "é"])
async def test_what_is_no_code_is_unknown(code: str) -> None:
    await refused(await a_cart(), PromoUnknown, code)


async def test_a_code_whose_uses_are_gone_is_refused() -> None:
    bench = await a_cart(limit=1)
    await fill_cart(bench, guest("g-2"), MUG=1)
    await type_code(bench, "TEN", guest("g-2"))
    await place_order(bench.shop, guest("g-2"), order_command())

    await refused(bench, PromoUsedUp)


async def test_somebody_who_has_signed_in_hears_at_once_of_having_used_a_code_up() -> None:
    bench = await a_cart(per_customer=1)
    for refusal in (None, PromoUsedUp):
        await fill_cart(bench, CUSTOMER, MUG=1)
        if refusal is None:
            await type_code(bench, "TEN", CUSTOMER)
            await place_order(bench.shop, CUSTOMER, order_command())
            continue
        with pytest.raises(refusal):
            await type_code(bench, "TEN", CUSTOMER)


async def test_a_code_may_be_for_some_goods_only() -> None:
    bench = await a_cart(products=["p-CUP"])
    await promotes(bench, "KITCHEN", percent=50, categories=["kitchen"])

    assert off(await type_code(bench, "TEN")) == {"TEN": 25}
    assert off(await type_code(bench, "KITCHEN")) == {"TEN": 13, "KITCHEN": 1125}


async def test_an_empty_cart_takes_no_code() -> None:
    bench = open_bench()
    await promotes(bench, "TEN")

    with pytest.raises(CartEmpty):
        await type_code(bench, "TEN")


async def test_a_cart_takes_three_codes() -> None:
    bench = await a_cart()
    for code in ("ONE", "TWO", "THREE"):
        await promotes(bench, code)
        await type_code(bench, code)

    before = bench.state()
    with pytest.raises(TooManyCodes):
        await type_code(bench, "TEN")
    assert bench.state() == before


async def test_a_claimed_cart_takes_no_code_and_loses_none() -> None:
    bench = await a_cart()
    cart = await bench.store.get(Cart, CART_ID, GUEST.user_id)
    assert cart is not None
    coded = cart.with_code("TEN", NOON)
    await bench.put(coded.claimed("O1", until=NOON + timedelta(minutes=1)))

    with pytest.raises(CartClaimed):
        await type_code(bench, "TEN")
    with pytest.raises(CartClaimed):
        await remove_code(bench.shop, GUEST, RemoveCode())


@pytest.mark.parametrize(
    ("code", "left"), [("ten", ["TWO"]), ("", []), ("nope", ["TEN", "TWO"]), ("%", ["TEN", "TWO"])]
)
async def test_a_code_can_be_taken_off_and_so_can_all(code: str, left: list[str]) -> None:
    bench = await a_cart()
    await promotes(bench, "TWO", amount_off=2)
    for each in ("TEN", "TWO"):
        await type_code(bench, each)

    cart = await remove_code(bench.shop, GUEST, RemoveCode(code=code))

    assert [each.code for each in cart.promotions] == left
    assert cart == await get_cart(bench.shop, GUEST)


async def test_emptying_the_cart_takes_its_codes_off() -> None:
    bench = await a_cart()
    await type_code(bench, "TEN")

    assert (await empty_cart(bench.shop, GUEST)).promotions == ()


async def test_a_cart_shows_why_a_code_does_not_hold_any_more() -> None:
    bench = await a_cart(ends_at=NOON + timedelta(days=1))
    await promotes(bench, "FIVE", amount_off=5)
    await type_code(bench, "TEN")
    await type_code(bench, "FIVE")
    bench.clock.move(24 * 3600)

    cart = await get_cart(bench.shop, GUEST)

    assert [(one.code, one.problem) for one in cart.promotions] == [
        ("FIVE", None),
        ("TEN", "PROMO_EXPIRED"),
    ]
    assert off(cart) == {"FIVE": 500, "TEN": 0}
    assert cart.totals.discount.amount_minor == 500


async def test_a_code_that_holds_no_more_stands_in_nobodys_way() -> None:
    bench = await a_cart(ends_at=NOON + timedelta(days=1))
    await promotes(bench, "FIVE", amount_off=5)
    await type_code(bench, "TEN")
    bench.clock.move(24 * 3600)

    assert off(await type_code(bench, "FIVE")) == {"FIVE": 500, "TEN": 0}


async def test_codes_come_along_when_a_guest_signs_in() -> None:
    bench = await a_cart()
    await type_code(bench, "TEN")

    cart = await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert off(cart) == {"TEN": 225}
    assert (await get_cart(bench.shop, GUEST)).promotions == ()


async def test_the_next_cart_has_no_codes() -> None:
    bench = await a_cart()
    await type_code(bench, "TEN")
    await placed(bench)

    assert (await get_cart(bench.shop, GUEST)).promotions == ()
