"""Filling the cart."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.cart import (
    CART_ID,
    Cart,
    CartClaimed,
    CartFull,
    CartLineNotFound,
    QuantityTooLarge,
    cart_item_id,
)
from domain.errors import Refusal
from domain.product import ProductNotFound, VariantNotFound
from domain.stock import STOCK_ID, Stock
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import (
    GUEST,
    STAFF,
    Bench,
    fill_cart,
    guest,
    open_bench,
    reprice,
    sells,
)
from usecases.carting import (
    AddItem,
    ChangeQuantity,
    NotEnoughStock,
    add_item,
    change_quantity,
    empty_cart,
    get_cart,
    remove_item,
)

DAY = 24 * 3600


async def a_shop() -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", 10, 1000)
    await sells(bench, "CUP", 10, 250)
    return bench


async def kept_cart(bench: Bench, user_id: str = GUEST.user_id) -> Cart:
    cart = await bench.store.get(Cart, CART_ID, user_id)
    assert cart is not None
    return cart


async def refused(bench: Bench, kind: type[Refusal], call: Awaitable[object]) -> Refusal:
    """The refusal, after which nothing has changed."""
    before = bench.state()
    with pytest.raises(kind) as refusal:
        await call
    assert bench.state() == before
    return refusal.value


async def test_a_cart_begins_empty_and_unwritten() -> None:
    bench = await a_shop()
    before = bench.state()

    cart = await get_cart(bench.shop, GUEST)

    assert (cart.items, cart.item_count, cart.user_id) == ((), 0, "guest:g-1")
    assert cart.totals.model_dump(mode="json") == {
        "currency": "USD",
        "subtotal": 0.0,
        "discount": 0.0,
    }
    assert bench.state() == before


async def test_pieces_come_into_the_cart_at_todays_price() -> None:
    bench = await a_shop()

    cart = await add_item(bench.shop, GUEST, AddItem(product_id="p-MUG", quantity=2))

    (line,) = cart.items
    assert line.model_dump(mode="json") == {
        "currency": "USD",
        "cart_item_id": cart_item_id(cart.id, "MUG"),
        "product_id": "p-MUG",
        "variant_id": "v-MUG",
        "sku": "MUG",
        "name": "The MUG",
        "variant_name": "",
        "quantity": 2,
        "unit_price": 10.0,
        "line_total": 20.0,
        "image_url": "",
        "added_at": "2026-01-25T12:00:00Z",
    }
    assert (cart.item_count, cart.totals.subtotal.amount_minor) == (2, 2000)
    assert await get_cart(bench.shop, GUEST) == cart


async def test_a_product_may_be_named_by_its_slug() -> None:
    bench = await a_shop()

    by_slug = await add_item(bench.shop, GUEST, AddItem(product_id="the-mug"))

    assert [line.product_id for line in by_slug.items] == ["p-MUG"]


async def test_the_same_sku_twice_is_one_line() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2, CUP=1)

    cart = await add_item(bench.shop, GUEST, AddItem(product_id="p-MUG", quantity=3))

    assert [(line.sku, line.quantity) for line in cart.items] == [("MUG", 5), ("CUP", 1)]
    assert cart.totals.subtotal.amount_minor == 5250


async def test_nothing_is_held_by_a_cart() -> None:
    bench = await a_shop()

    await fill_cart(bench, MUG=10)
    await fill_cart(bench, guest("g-2"), MUG=10)

    assert await bench.stock("MUG") == (10, 10)


@pytest.mark.parametrize("by_whom", ["guest", "customer"])
async def test_a_cart_is_forgotten_after_its_days(by_whom: str) -> None:
    bench = await a_shop()
    caller = GUEST if by_whom == "guest" else STAFF
    days = 14 if by_whom == "guest" else 90

    await fill_cart(bench, caller, MUG=1)
    assert (await kept_cart(bench, caller.user_id)).ttl == days * DAY
    bench.clock.move(days * DAY)

    assert (await get_cart(bench.shop, caller)).items == ()


async def test_what_is_not_sold_cannot_be_put_in() -> None:
    bench = await a_shop()
    await reprice(bench, "MUG", status="draft")

    for product_id in ("p-MUG", "the-mug", "p-NONE"):
        refusal = await refused(
            bench, ProductNotFound, add_item(bench.shop, GUEST, AddItem(product_id=product_id))
        )
        assert refusal.facts == {"product_id": product_id}


async def test_a_variant_must_be_one_of_the_products() -> None:
    bench = await a_shop()

    call = add_item(bench.shop, GUEST, AddItem(product_id="p-MUG", variant_id="v-CUP"))
    assert (await refused(bench, VariantNotFound, call)).facts == {
        "product_id": "p-MUG",
        "variant_id": "v-CUP",
    }


async def test_a_cart_wants_no_more_than_there_is() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=6)

    call = add_item(bench.shop, GUEST, AddItem(product_id="p-MUG", quantity=5))
    refusal = await refused(bench, NotEnoughStock, call)

    assert refusal.facts == {"sku": "MUG", "requested": 11, "available": 10}


async def test_an_oversold_sku_shows_as_none_available() -> None:
    bench = await a_shop()
    stock = await bench.store.get(Stock, STOCK_ID, "MUG")
    assert stock is not None
    await bench.put(stock.but(available=-3))

    refusal = await refused(
        bench, NotEnoughStock, add_item(bench.shop, GUEST, AddItem(product_id="p-MUG"))
    )

    assert refusal.facts["available"] == 0


async def test_a_line_has_a_limit_also_by_adding_up() -> None:
    bench = open_bench()
    await sells(bench, "MUG", 2000)
    await fill_cart(bench, MUG=999)

    call = add_item(bench.shop, GUEST, AddItem(product_id="p-MUG", quantity=1))
    refusal = await refused(bench, QuantityTooLarge, call)

    assert refusal.facts == {"sku": "MUG", "quantity": 1000, "limit": 999}


async def test_a_cart_has_at_most_a_hundred_lines() -> None:
    bench = open_bench()
    for number in range(101):
        await sells(bench, f"S{number}")
    await fill_cart(bench, GUEST, **{f"S{number}": 1 for number in range(100)})

    await refused(bench, CartFull, add_item(bench.shop, GUEST, AddItem(product_id="p-S100")))

    assert len((await get_cart(bench.shop, GUEST)).items) == 100


@pytest.mark.parametrize("quantity", [0, -1, 1000, 1.0, "1", True, None, 10**30])
def test_a_quantity_is_a_whole_number_within_bounds(quantity: object) -> None:
    with pytest.raises(ValidationError):
        AddItem.model_validate({"product_id": "p-MUG", "quantity": quantity})
    with pytest.raises(ValidationError):
        ChangeQuantity.model_validate({"quantity": quantity})


async def test_a_line_can_have_another_quantity() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2, CUP=1)
    (mug, _) = (await get_cart(bench.shop, GUEST)).items

    cart = await change_quantity(bench.shop, GUEST, mug.cart_item_id, ChangeQuantity(quantity=10))

    assert [(line.sku, line.quantity) for line in cart.items] == [("MUG", 10), ("CUP", 1)]
    call = change_quantity(bench.shop, GUEST, mug.cart_item_id, ChangeQuantity(quantity=11))
    assert (await refused(bench, NotEnoughStock, call)).facts["requested"] == 11


async def test_lines_can_be_taken_out() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2, CUP=1)
    (mug, cup) = (await get_cart(bench.shop, GUEST)).items

    left = await remove_item(bench.shop, GUEST, mug.cart_item_id)
    assert [line.sku for line in left.items] == ["CUP"]
    assert (await empty_cart(bench.shop, GUEST)).items == ()
    assert (await empty_cart(bench.shop, GUEST)).items == ()
    await refused(bench, CartLineNotFound, remove_item(bench.shop, GUEST, cup.cart_item_id))
    await refused(
        bench,
        CartLineNotFound,
        change_quantity(bench.shop, GUEST, cup.cart_item_id, ChangeQuantity(quantity=1)),
    )


async def test_nobody_reaches_into_another_shoppers_cart() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    (mug,) = (await get_cart(bench.shop, GUEST)).items
    thief = guest("g-2")

    await refused(bench, CartLineNotFound, remove_item(bench.shop, thief, mug.cart_item_id))

    assert (await get_cart(bench.shop, thief)).items == ()


CHANGES: list[Callable[[Bench, str], Awaitable[object]]] = [
    lambda bench, _: add_item(bench.shop, GUEST, AddItem(product_id="p-CUP")),
    lambda bench, line: change_quantity(bench.shop, GUEST, line, ChangeQuantity(quantity=1)),
    lambda bench, line: remove_item(bench.shop, GUEST, line),
    lambda bench, _: empty_cart(bench.shop, GUEST),
]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_claimed_cart_takes_no_change(
    change: Callable[[Bench, str], Awaitable[object]],
) -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    cart = await kept_cart(bench)
    await bench.put(cart.claimed("o-1", until=NOON + timedelta(seconds=30)))

    await refused(bench, CartClaimed, change(bench, cart.items[0].cart_item_id))


async def test_a_claim_that_nobody_ended_locks_no_cart_for_good() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    await bench.put((await kept_cart(bench)).claimed("o-1", until=NOON + timedelta(seconds=30)))

    bench.clock.move(30)
    cart = await add_item(bench.shop, GUEST, AddItem(product_id="p-CUP"))

    assert [(line.sku, line.quantity) for line in cart.items] == [("MUG", 2), ("CUP", 1)]
    assert (await kept_cart(bench)).attempt == 1


async def test_two_clicks_at_once_are_both_in_the_cart() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=1)

    async def other_click() -> None:
        await fill_cart(bench, MUG=2)

    shop = meddled(bench, {1: other_click})
    cart = await add_item(shop, GUEST, AddItem(product_id="p-MUG", quantity=4))

    assert [(line.sku, line.quantity) for line in cart.items] == [("MUG", 7)]
