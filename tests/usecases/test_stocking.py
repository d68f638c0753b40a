"""Stock as staff set it."""

import pytest

from domain.product import ProductNotFound, VariantNotFound
from domain.stock import STOCK_ID, Stock, StockTooLarge
from tests.proofs.kept_shop import MUG, MUG_VARIANT, STAFF, one_mug
from usecases.holding import NoStock
from usecases.ports.store import Change
from usecases.stocking import SetStock, set_stock


def command(**body: object) -> SetStock:
    whole = {"variant_id": MUG_VARIANT, "reason": "counted"} | body
    return SetStock.model_validate(whole)


async def test_a_count_that_finds_what_was_known_tells_nobody_and_is_written_down() -> None:
    world = one_mug(pieces=2)
    told = len(world.hubs.log.events)

    view = await set_stock(world.shop("staff"), STAFF, MUG, command(on_hand=2))

    (before, now) = sorted(world.documents("stock-adjustment"), key=lambda one: -one["delta"])
    assert (view.on_hand, before["delta"], now["delta"]) == (2, 2, 0)
    assert len(world.hubs.log.events) == told


async def test_a_repeat_that_comes_late_does_not_count_again() -> None:
    world = one_mug(pieces=2)
    shop = world.shop("staff")
    await set_stock(shop, STAFF, MUG, command(on_hand=5), command_id="k")
    await set_stock(shop, STAFF, MUG, command(adjust=-3))

    late = await set_stock(shop, STAFF, MUG, command(on_hand=5), command_id="k")

    assert (late.on_hand, late.available, late.held) == (2, 2, 0)


async def test_what_cannot_be_stocked_is_refused() -> None:
    world = one_mug(pieces=1)
    shop = world.shop("staff")
    before = world.digest()

    with pytest.raises(StockTooLarge):
        await set_stock(shop, STAFF, MUG, command(adjust=10_000_000))
    with pytest.raises(VariantNotFound):
        await set_stock(shop, STAFF, MUG, command(variant_id="x", adjust=1))
    with pytest.raises(ProductNotFound):
        await set_stock(shop, STAFF, "mug", command(adjust=1))
    assert world.digest() == before


async def test_a_variant_without_stock_of_its_own_cannot_be_stocked() -> None:
    world = one_mug()
    stock = await world.store.get(Stock, STOCK_ID, "mug")
    assert stock is not None
    await world.store.commit(Change(by=STAFF, removes=(stock,)))

    with pytest.raises(NoStock):
        await set_stock(world.shop("staff"), STAFF, MUG, command(adjust=1))
