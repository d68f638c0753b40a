"""What is counted as people look, choose and check out: each thing once, and nothing that did not happen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from domain.cart import CartEmpty
from domain.product import ProductNotFound, product_id
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.catalog_shop import VISITOR, filled, row
from tests.usecases.meddling import failing, meddled
from tests.usecases.memory_counters import MemoryCounters
from tests.usecases.shop_fixtures import ADDRESS, GUEST, Bench, guest
from tests.usecases.test_carting import a_shop
from usecases.carting import AddItem, NotEnoughStock, add_item, empty_cart
from usecases.detailing import product_detail
from usecases.ports.store import StoreBusy, VersionConflict
from usecases.quoting import ValidateCheckout, validate_checkout

TODAY = NOON.date()
MUGS = AddItem(product_id="p-MUG", quantity=2)
HERE = ValidateCheckout(shipping_address=ADDRESS)


async def counts(counters: MemoryCounters, day: date = TODAY) -> Mapping[str, int]:
    """What was counted on that day, by counter."""
    batch = await counters.take(day)
    return {str(counter): count for counter, count in batch.counts.items()} if batch else {}


@pytest.fixture
def counters() -> MemoryCounters:
    return MemoryCounters()


async def counting(counters: MemoryCounters) -> Bench:
    """A shop with mugs that counts."""
    bench = await a_shop()
    return replace(bench, shop=replace(bench.shop, counters=counters))


async def test_a_page_is_seen_as_often_as_it_is_found_under_one_id(
    counters: MemoryCounters,
) -> None:
    shop = replace(await filled(row("copper-mug"), agents_enabled=False), counters=counters)
    mug = product_id("copper-mug")
    for name in ("copper-mug", mug, mug):
        await product_detail(shop, VISITOR, name)
    with pytest.raises(ProductNotFound):
        await product_detail(shop, VISITOR, "gone")

    assert await counts(counters, shop.clock.now().date()) == {f"views:{mug}": 3}


async def test_a_product_is_put_in_as_often_as_that_is_done_and_a_cart_counts_once_a_day(
    counters: MemoryCounters,
) -> None:
    bench = await counting(counters)
    for who in (GUEST, GUEST, guest("g-2")):
        await add_item(bench.shop, who, MUGS)
    await empty_cart(bench.shop, GUEST)
    bench.clock.move(24 * 3600)
    await add_item(bench.shop, GUEST, MUGS)

    assert await counts(counters) == {"cart_adds:p-MUG": 3, "carts:": 2}
    assert await counts(counters, date(2026, 1, 26)) == {"cart_adds:p-MUG": 1, "carts:": 1}


async def test_what_is_repeated_under_its_key_counts_once(counters: MemoryCounters) -> None:
    bench = await counting(counters)
    for _ in range(3):
        await add_item(bench.shop, GUEST, MUGS, command_id="c-1")
    overtaken = replace(meddled(bench, {1: failing(VersionConflict("x"))}), counters=counters)
    await add_item(overtaken, GUEST, MUGS, command_id="c-2")

    assert await counts(counters) == {"cart_adds:p-MUG": 2, "carts:": 1}


async def test_what_was_refused_or_failed_does_not_count(counters: MemoryCounters) -> None:
    bench = await counting(counters)
    busy = meddled(bench, {1: failing(StoreBusy("away"))})

    with pytest.raises(NotEnoughStock):
        await add_item(bench.shop, GUEST, AddItem(product_id="p-MUG", quantity=99))
    with pytest.raises(StoreBusy):
        await add_item(busy, GUEST, MUGS)
    with pytest.raises(CartEmpty):
        await validate_checkout(bench.shop, GUEST, HERE)

    assert await counts(counters) == {}


async def test_a_cart_begins_one_checkout_a_day(counters: MemoryCounters) -> None:
    bench = await counting(counters)
    for who in (GUEST, guest("g-2")):
        await add_item(bench.shop, who, MUGS)
        for _ in range(2):
            await validate_checkout(bench.shop, who, HERE)

    assert await counts(counters) == {"cart_adds:p-MUG": 2, "carts:": 2, "checkouts:": 2}
