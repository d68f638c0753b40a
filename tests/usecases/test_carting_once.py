"""A change of the cart that came under a key is made once, whoever repeats it."""

import pytest

from domain.stock import STOCK_ID, Stock
from tests.usecases.shop_fixtures import GUEST, STAFF, guest, placed, reprice
from tests.usecases.test_carting import a_shop
from usecases.carting import AddItem, NotEnoughStock, add_item
from usecases.merging import merge_cart


async def test_a_command_is_done_once_and_its_repeat_writes_nothing() -> None:
    bench = await a_shop()
    asked = AddItem(product_id="p-MUG", quantity=2)
    first = await add_item(bench.shop, GUEST, asked, command_id="c-1")
    before = bench.state()

    again = await add_item(bench.shop, GUEST, asked, command_id="c-1")

    assert (again, bench.state()) == (first, before)


async def test_a_command_that_was_done_is_not_refused_to_its_repeat() -> None:
    """What it took has since been sold to others, and the product is gone."""
    bench = await a_shop()
    asked = AddItem(product_id="p-MUG", quantity=10)
    first = await add_item(bench.shop, GUEST, asked, command_id="c-1")
    await placed(bench, guest("g-2"), MUG=10)
    await reprice(bench, "MUG", status="retired")

    assert await add_item(bench.shop, GUEST, asked, command_id="c-1") == first


async def test_a_command_that_was_refused_is_tried_again() -> None:
    bench = await a_shop()
    asked = AddItem(product_id="p-MUG", quantity=11)
    with pytest.raises(NotEnoughStock):
        await add_item(bench.shop, GUEST, asked, command_id="c-1")
    stock = await bench.store.get(Stock, STOCK_ID, "MUG")
    assert stock is not None
    await bench.put(stock.adjusted(1, bench.clock.now()))

    cart = await add_item(bench.shop, GUEST, asked, command_id="c-1")

    assert cart.item_count == 11


async def test_a_command_is_forgotten_when_its_key_is() -> None:
    bench = await a_shop()
    asked = AddItem(product_id="p-MUG", quantity=2)
    await add_item(bench.shop, GUEST, asked, command_id="c-1")
    bench.clock.move(bench.shop.settings.idempotency_hours * 3600)

    cart = await add_item(bench.shop, GUEST, asked, command_id="c-1")

    assert cart.item_count == 4


async def test_a_guests_command_is_not_done_again_after_signing_in() -> None:
    bench = await a_shop()
    asked = AddItem(product_id="p-MUG", quantity=2)
    await add_item(bench.shop, GUEST, asked, command_id="c-1")
    await merge_cart(bench.shop, STAFF, GUEST.user_id)

    cart = await add_item(bench.shop, STAFF, asked, command_id="c-1")

    assert (cart.user_id, cart.item_count) == (STAFF.user_id, 2)
