"""What staff do with products, beside an import and a store that knows more."""

import json

import pytest

from domain.product import SlugTaken, product_id
from domain.stock import STOCK_ID, Stock
from tests.proofs.kept_shop import MUG, STAFF, check_agreed, hear, new, one_mug, other
from tests.proofs.steps import cut_off
from usecases.importing import import_catalogue
from usecases.product_editing import change_product, create_product, retire_product
from usecases.product_keeping import look_up, write
from usecases.products import stored_product


def row(**fields: object) -> str:
    variant = {"sku": "mug", "prices": {"USD": 10}}
    whole = {"slug": "mug", "name": "Mug", "category": ["Home"], "variants": [variant]}
    return json.dumps(whole | fields)


async def test_the_same_product_in_a_catalogue_is_unchanged() -> None:
    world = one_mug()

    report = await import_catalogue(world.shop("import"), STAFF, [row()])

    assert (report.unchanged, report.changed, report.refused) == (1, 0, [])


async def test_a_catalogue_brings_a_retired_product_back_and_retires_it() -> None:
    world = one_mug()
    await retire_product(world.shop("staff"), STAFF, MUG)

    await import_catalogue(world.shop("import"), STAFF, [row()])
    await import_catalogue(world.shop("import"), STAFF, [row(status="retired")])

    hear(world)
    check_agreed(world)
    told = [event.event_type for _, key, event in world.hubs.log.events if key == MUG]
    assert told[1:] == ["ProductDeleted", "ProductUpdated", "ProductDeleted"]


async def test_what_staff_change_under_an_import_is_taken_off_its_places_in_the_end() -> None:
    """The import has the last word, and nothing of what it overwrites stays on a shelf or in the search."""
    world = one_mug()
    shop = world.shop("import")
    known = await look_up(shop, STAFF, MUG)
    assert known.product is not None
    await change_product(world.shop("staff"), STAFF, MUG, other(name="Quite Another"))
    hear(world)

    await write(shop, STAFF, known.product.but(name="Beaker"), known)

    hear(world)
    check_agreed(world)
    found = await stored_product(shop, MUG)
    assert (found and found.name, found and found.sequence) == ("Beaker", 3)


async def test_a_slug_that_somebody_began_with_is_created_where_it_was_begun() -> None:
    world = one_mug()
    shop = world.shop("staff")
    begun = new("cup", variants=[{"sku": "cup", "prices": {"USD": 5}}])
    assert cut_off(create_product(world.stepped("dying"), STAFF, begun), calls=4)

    with pytest.raises(SlugTaken) as refusal:
        await create_product(shop, STAFF, begun.model_copy(update={"category": "garden"}))
    created = await create_product(shop, STAFF, begun.model_copy(update={"name": "Cup"}))

    assert refusal.value.facts == {"slug": "cup", "category": "home"}
    assert (created.id, created.name) == (product_id("cup"), "Cup")


async def test_a_variant_that_goes_leaves_its_stock_to_the_orders() -> None:
    world = one_mug(pieces=3)
    big = [{"sku": "big-mug", "prices": {"USD": 12}}]

    changed = await change_product(world.shop("staff"), STAFF, MUG, other(variants=big))

    stock = await world.store.get(Stock, STOCK_ID, "mug")
    assert [variant.sku for variant in changed.variants] == ["big-mug"]
    assert (stock and stock.on_hand, changed.sku) == (3, "big-mug")
