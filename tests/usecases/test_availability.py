"""Cards that tell whether a product can be bought."""

from domain.facets import FACETS_ID, FacetSummary
from domain.listing import ListingCard, card_id
from domain.product import product_id
from domain.stock import STOCK_ID, Stock
from tests.usecases.catalog_shop import STAFF, filled, row
from usecases import meter
from usecases.availability import show_availability
from usecases.ports.store import Change
from usecases.shop import Shop

MUG = product_id("copper-mug")


async def set_pieces(shop: Shop, sku: str, delta: int) -> None:
    stock = await shop.store.get(Stock, STOCK_ID, sku)
    assert stock is not None
    await shop.store.commit(Change(by=STAFF, puts=(stock.adjusted(delta, shop.clock.now()),)))


async def in_stock(shop: Shop) -> list[tuple[bool, int]]:
    found = []
    for shelf in ("~all", "home", "home-kitchen"):
        card = await shop.store.get(ListingCard, card_id(MUG), shelf)
        summary = await shop.store.get(FacetSummary, FACETS_ID, shelf)
        assert card is not None
        assert summary is not None
        found.append((card.in_stock, summary.in_stock))
    return found


async def test_a_sold_out_product_is_told_on_every_shelf_and_counted() -> None:
    shop = await filled(row("copper-mug"), row("tin-cup"))
    await set_pieces(shop, "copper-mug-sku", -5)

    assert await show_availability(shop, STAFF, MUG)
    assert await in_stock(shop) == [(False, 1)] * 3

    await set_pieces(shop, "copper-mug-sku", +1)
    assert await show_availability(shop, STAFF, MUG)
    assert await in_stock(shop) == [(True, 2)] * 3


async def test_while_nothing_changes_it_only_reads() -> None:
    shop = await filled(row("copper-mug"))
    counted = meter.begin()

    assert not await show_availability(shop, STAFF, MUG)

    assert counted.operations == 4


async def test_what_is_not_on_a_shelf_has_nothing_to_tell() -> None:
    shop = await filled(row("copper-mug", status="draft"))

    assert not await show_availability(shop, STAFF, MUG)
    assert not await show_availability(shop, STAFF, product_id("gone"))
