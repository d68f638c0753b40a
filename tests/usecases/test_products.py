"""The product behind an id."""

from domain.product import ProductPointer, pointer_id
from tests.usecases.shop_fixtures import open_bench, reprice, sells
from usecases.meter import begin
from usecases.products import PRODUCT_SECONDS, find_product


async def test_a_product_is_read_once_and_then_remembered() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    meter = begin()

    found = [await find_product(bench.shop, "p-MUG") for _ in range(3)]

    assert [one and one.name for one in found] == ["The MUG"] * 3
    assert meter.operations == 2


async def test_a_change_reaches_everybody_within_ten_minutes() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    await find_product(bench.shop, "the-mug")
    await reprice(bench, "MUG", name="Another mug")

    stale = await find_product(bench.shop, "the-mug")
    bench.clock.move(PRODUCT_SECONDS)
    fresh = await find_product(bench.shop, "the-mug")

    assert (stale and stale.name, fresh and fresh.name) == ("The MUG", "Another mug")


async def test_what_is_not_there_is_asked_for_each_time() -> None:
    bench = open_bench()
    assert await find_product(bench.shop, "p-MUG") is None

    await sells(bench, "MUG")
    assert await find_product(bench.shop, "p-MUG") is not None


async def test_a_pointer_to_nothing_finds_nothing() -> None:
    bench = open_bench()
    place = pointer_id("p-X")
    await bench.put(
        ProductPointer(id=place, category_slug=place, product_id="p-X", target="kitchen")
    )
    meter = begin()

    assert await find_product(bench.shop, "p-X") is None
    assert meter.operations == 4, "it might have been moving just then, so it is looked for twice"
