"""A small catalogue that staff keep, and what must hold of it at every moment and when all is heard."""

from typing import Any, Final

from domain.access import Caller, Role, Trace
from domain.listing import cards
from domain.product import Product, product_id, variant_id
from domain.search import postings
from tests.adapters.embedded.fixtures import finish
from tests.proofs.steps import cut_off
from tests.proofs.world import World, clockwork
from usecases.availability import show_availability
from usecases.category_keeping import CreateCategory, create_category
from usecases.placing import show_product
from usecases.product_editing import (
    ChangeProduct,
    CreateProduct,
    change_product,
    create_product,
)
from usecases.relaying import sweep
from usecases.stocking import SetStock, set_stock

STAFF: Final = Caller("s-1", Role.STAFF, Trace("c-s", "r-s"))
OTHER: Final = Caller("s-2", Role.STAFF, Trace("c-o", "r-o"))
MUG: Final = product_id("mug")
MUG_VARIANT: Final = variant_id(MUG, "mug")
READ: Final = frozenset({1})
"""The version that everybody has read."""

_MUG: Final[dict[str, Any]] = {
    "name": "Mug",
    "category": "home",
    "variants": [{"sku": "mug", "prices": {"USD": 10}}],
}


def new(slug: str = "mug", **fields: Any) -> CreateProduct:
    """A mug that is not there yet."""
    return CreateProduct.model_validate(_MUG | {"slug": slug} | fields)


def other(**fields: Any) -> ChangeProduct:
    """The mug, with these fields otherwise."""
    return ChangeProduct.model_validate(_MUG | {"status": "active"} | fields)


def two_categories() -> World:
    """A shop with two categories and nothing to sell."""
    world = World()
    for name in ("Home", "Garden"):
        finish(create_category(world.shop("before"), STAFF, CreateCategory(name=name)))
    return world


def one_mug(pieces: int = 0, *, is_placed: bool = True) -> World:
    """The same, with a mug on sale."""
    world = two_categories()
    finish(create_product(world.shop("before"), STAFF, new()))
    if pieces:
        command = SetStock(variant_id=MUG_VARIANT, on_hand=pieces, reason="counted")
        finish(set_stock(world.shop("before"), STAFF, MUG, command))
    if is_placed:
        hear(world)
        check_agreed(world)
    return world


def mug_on_the_move() -> World:
    """A mug whose move to the garden was written down, and nothing of it done."""
    world = one_mug()
    command = other(category="garden", name="Moved")
    cut_off(change_product(world.stepped("dying"), STAFF, MUG, command), calls=5)
    (product,) = world.documents("product")
    assert product["moves_to"] == "garden"
    return world


def hear(world: World) -> None:
    """What was told of products and stock is heard, what was not relayed too."""
    finish(world.clock.move(6))
    finish(sweep(world.shop("sweep"), clockwork("sweep")))
    shop, views = world.shop("views"), clockwork("views")
    for _, _, event in world.hubs.log.events:
        show = show_product if event.hub == "product-events" else show_availability
        finish(show(shop, views, event.data["product_id"]))


def always(world: World) -> None:
    """Whoever has found the product finds it at every moment, and no piece is sold that is not there."""
    kept = {(one["id"], one["category_slug"]): one for one in world.documents("product")}
    told = {one["sku"] for one in kept.values()}
    for pointer in world.documents("pointer"):
        if told:
            place = (pointer["product_id"], pointer["target"])
            is_known = any(id == pointer["product_id"] for id, _ in kept)
            assert place in kept or not is_known, "a pointer leads nowhere"
    for stock in world.documents("stock"):
        assert 0 <= stock["available"] <= stock["on_hand"]


def check_agreed(world: World) -> None:
    """Each product is there once; pointers, shelves, search, facets, stock and news say what it says."""
    products = {one["id"]: Product.of_document(one, "") for one in world.documents("product")}
    assert len(products) == len(world.documents("product")), "a product lies in two categories"
    for product in products.values():
        assert (product.unplaced, product.moves_to) == (None, "")
        _check_found(world, product)
        _check_told(world, product)
    _check_shelves(world)


def _check_found(world: World, product: Product) -> None:
    pointers = [one for one in world.documents("pointer") if one["product_id"] == product.id]
    assert [(one["target"], one["leaving"]) for one in pointers] == [(product.partition, "")] * 2
    stocks = {one["sku"]: one for one in world.documents("stock")}
    own = [stocks[variant.sku] for variant in product.variants]
    assert {(one["product_id"], one["category_slug"]) for one in own} == {
        (product.id, product.partition)
    }
    in_stock = any(one["available"] > 0 for one in own)
    shown = [one for one in world.documents("card") if one["product_id"] == product.id]
    assert _by_place(shown) == _by_place(
        [card.document() for card in cards(product, in_stock=in_stock)]
    ), "the shelves say something else"
    words = [one for one in world.documents("posting") if one["id"] == product.id]
    assert _by_place(words) == _by_place([one.document() for one in postings(product)])


def _check_told(world: World, product: Product) -> None:
    told = {
        event.event_id: event
        for _, key, event in world.hubs.log.events
        if event.hub == "product-events" and key == product.id
    }
    assert sorted(event.sequence for event in told.values()) == list(range(1, product.sequence + 1))
    last = max(told.values(), key=lambda event: event.sequence)
    assert (last.data["name"], last.data["category_slug"], last.data["status"]) == (
        product.name,
        product.category_slug,
        product.status,
    )


def _check_shelves(world: World) -> None:
    shown = world.documents("card")
    for facets in world.documents("facets"):
        on_it = [one for one in shown if one["category_slug"] == facets["category_slug"]]
        assert (facets["total"], facets["in_stock"]) == (
            len(on_it),
            sum(one["in_stock"] for one in on_it),
        )


def _by_place(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one.get("token") or one["category_slug"]: one for one in documents}
