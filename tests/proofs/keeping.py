"""Two members of staff at the same thing at once, beside shoppers and consumers."""

from collections.abc import Callable, Coroutine
from typing import Any

from domain.access import Caller
from domain.errors import PreconditionFailed
from domain.order import OutOfStock
from domain.product import Product, SkuTaken, SlugTaken
from domain.promotion import PromoUsedUp
from domain.promotion_terms import LimitBelowUses, PromotionChange
from domain.stock import StockBelowHolds
from tests.adapters.embedded.fixtures import finish
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.kept_shop import (
    MUG,
    MUG_VARIANT,
    OTHER,
    READ,
    STAFF,
    always,
    check_agreed,
    hear,
    mug_on_the_move,
    new,
    one_mug,
    other,
    two_categories,
)
from tests.proofs.scenarios import buying
from tests.proofs.world import World, clockwork, guest
from usecases.placing import show_product
from usecases.product_editing import change_product, create_product, retire_product
from usecases.product_keeping import look_up
from usecases.product_moving import finish_move
from usecases.promotion_desk import change_promotion
from usecases.shop import Shop
from usecases.stocking import SetStock, set_stock

type Deed = Callable[[Shop], Coroutine[Any, Any, Any]]


def created_twice() -> Scenario:
    """Two create a product of one slug: one is there, whoever wanted another one is told so."""
    clients = {"first": creating(name="First"), "second": creating(name="Second")}
    return _one_wins("created twice", two_categories(), clients, SlugTaken)


def created_in_two_categories() -> Scenario:
    """The same, in two categories: the slug decides, not the place."""
    clients = {"first": creating(name="First"), "second": creating(category="garden")}
    return _one_wins("created in two categories", two_categories(), clients, SlugTaken)


def one_sku_for_two() -> Scenario:
    """Two products want one SKU: one has it."""
    clients = {"mug": creating(), "cup": creating("cup")}
    return _one_wins("one SKU for two", two_categories(), clients, SkuTaken)


def created_by_a_repeat() -> Scenario:
    """The same request twice at once: one product, the same answer."""

    def finally_(world: World, ends: Outcomes) -> None:
        assert ends["first"].value == ends["second"].value
        hear(world)
        check_agreed(world)

    clients = {"first": creating(), "second": creating()}
    return Scenario("created by a repeat", two_categories(), clients, always, finally_)


def changed_twice() -> Scenario:
    """Two change what both have read: one does, the other hears that it has changed."""
    clients = {
        "first": changing(name="First", expected=READ),
        "second": changing(by=OTHER, name="Second", expected=READ),
    }
    return _one_wins("changed twice", one_mug(), clients, PreconditionFailed)


def moved_while_changed() -> Scenario:
    """One moves it to another category while the other changes what both have read: one of them does."""
    clients = {
        "moves": changing(by=OTHER, category="garden", name="Moved", expected=READ),
        "changes": changing(name="Changed", expected=READ),
    }
    return _one_wins("moved while changed", one_mug(), clients, PreconditionFailed)


def move_finished_twice() -> Scenario:
    """A move was cut off at its beginning, and two meet it at once: it is finished, once."""
    world = mug_on_the_move()
    clients: dict[str, Client] = {"first": looking, "second": looking}
    return _agreed("a move finished twice", world, clients)


def move_finished_late() -> Scenario:
    """Somebody who finishes a move is slow; meanwhile it is finished, and moved back: it stays there."""
    world = mug_on_the_move()
    moving = finish(world.store.get(Product, MUG, "home"))
    assert moving is not None
    clients: dict[str, Client] = {
        "late": lambda shop: finish_move(shop, clockwork("views"), moving),
        "moves back": changing(name="Back"),
    }

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        hear(world)
        check_agreed(world)
        (product,) = world.documents("product")
        assert (product["category_slug"], product["name"]) == ("home", "Back")

    return Scenario("a move finished late", world, clients, always, finally_)


def moved_away_and_back() -> Scenario:
    """One moves it away, the other changes it where it was, neither looking: both are done, one after the other."""
    clients = {
        "moves": changing(by=OTHER, category="garden", name="Moved"),
        "changes": changing(name="Changed"),
    }
    return _both_are_done("moved away and back", one_mug(), clients)


def retired_while_changed() -> Scenario:
    """One retires it while the other changes it, neither looking: both are done, one after the other."""
    clients: dict[str, Client] = {"retires": retiring, "changes": changing(name="Changed")}
    return _both_are_done("retired while changed", one_mug(), clients)


def placed_while_changed() -> Scenario:
    """Shelves and search follow one version while the next is written: they end with the last."""
    clients: dict[str, Client] = {"places": placing, "changes": changing(name="Cup")}
    return _agreed("placed while changed", one_mug(is_placed=False), clients)


def placed_while_retired() -> Scenario:
    """The same while it is retired and the rest of its news is heard: nothing of it stays on a shelf."""

    async def retires_and_hears(shop: Shop) -> None:
        await retiring(shop)
        await placing(shop)

    clients: dict[str, Client] = {"places": placing, "retires": retires_and_hears}
    return _agreed("placed while retired", one_mug(is_placed=False), clients)


def taken_out_while_bought() -> Scenario:
    """Staff take the last piece off the shelf while somebody buys it: one of them has it."""
    world = one_mug(pieces=1)
    product = finish(world.store.get(Product, MUG, "home"))
    assert product is not None
    world.cache.kept[f"product:{MUG}"] = product.model_dump_json().encode()
    world.fill_cart(guest("one"), mug=1)

    def finally_(world: World, ends: Outcomes) -> None:
        errors = {name: type(end.error) for name, end in ends.items() if end.error}
        assert errors in ({"takes": StockBelowHolds}, {"buys": OutOfStock})

    clients: dict[str, Client] = {"takes": stocking(adjust=-1), "buys": buying("one")}
    return Scenario("taken out while bought", world, clients, always, finally_)


def restocked_twice_under_a_key() -> Scenario:
    """The same pieces under one key at once are counted once; others beside them too."""

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None] * 3
        (stock,) = world.documents("stock")
        assert (stock["on_hand"], stock["sequence"]) == (8, 2)

    clients = {
        "first": stocking("k-1", adjust=5),
        "again": stocking("k-1", adjust=5),
        "other": stocking("k-2", adjust=3),
    }
    return Scenario("restocked twice", one_mug(), clients, always, finally_)


def limit_lowered_while_used() -> Scenario:
    """Staff lower the limit to none left while a shopper takes the last use: never more uses than the limit."""
    world = World()
    for sku in ("mug", "pen"):
        world.offer(sku, 1)
    world.promote("TEN", limit=2)
    for name, sku in (("early", "pen"), ("one", "mug")):
        world.fill_cart(guest(name), **{sku: 1})
        world.type_code(guest(name), "TEN")
    finish(buying("early")(world.shop("early")))

    def within(world: World) -> None:
        (promotion,) = world.documents("promotion")
        taken = sum(use["state"] == "taken" for use in world.documents("promotion-use"))
        assert promotion["limit"] - promotion["left"] == taken <= promotion["limit"]

    def finally_(world: World, ends: Outcomes) -> None:
        within(world)
        errors = {name: type(end.error) for name, end in ends.items() if end.error}
        assert errors in ({"lowers": LimitBelowUses}, {"buys": PromoUsedUp})

    clients: dict[str, Client] = {
        "lowers": lambda shop: change_promotion(shop, STAFF, "TEN", PromotionChange(limit=1)),
        "buys": buying("one"),
    }
    return Scenario("limit lowered while used", world, clients, within, finally_)


def _one_wins(
    name: str, world: World, clients: dict[str, Client], refusal: type[Exception]
) -> Scenario:
    def finally_(world: World, ends: Outcomes) -> None:
        assert [type(end.error) for end in ends.values() if end.error] == [refusal]
        (won,) = (end.value for end in ends.values() if not end.error)
        (product,) = world.documents("product")
        assert (won.id, won.name, won.revision) == tuple(
            product[name] for name in ("id", "name", "sequence")
        )
        hear(world)
        check_agreed(world)

    return Scenario(name, world, clients, always, finally_)


def _both_are_done(name: str, world: World, clients: dict[str, Client]) -> Scenario:
    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        hear(world)
        check_agreed(world)
        (product,) = world.documents("product")
        assert product["sequence"] == 3

    return Scenario(name, world, clients, always, finally_)


def _agreed(name: str, world: World, clients: dict[str, Client]) -> Scenario:
    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        hear(world)
        check_agreed(world)

    return Scenario(name, world, clients, always, finally_)


def creating(slug: str = "mug", **fields: Any) -> Client:
    """Somebody creates a product."""
    return lambda shop: create_product(shop, STAFF, new(slug, **fields))


def changing(
    *, by: Caller = STAFF, expected: frozenset[int] | None = None, **fields: Any
) -> Client:
    """Somebody changes the mug."""
    return lambda shop: change_product(shop, by, MUG, other(**fields), expected)


def stocking(command_id: str = "", **body: Any) -> Client:
    """Somebody counts or brings pieces."""
    command = SetStock(variant_id=MUG_VARIANT, reason="so", **body)
    return lambda shop: set_stock(shop, STAFF, MUG, command, command_id=command_id)


def retiring(shop: Shop) -> Coroutine[Any, Any, None]:
    """Somebody retires the mug."""
    return retire_product(shop, STAFF, MUG)


def placing(shop: Shop) -> Coroutine[Any, Any, None]:
    """The consumer hears of the mug."""
    return show_product(shop, clockwork("views"), MUG)


async def looking(shop: Shop) -> None:
    """Somebody looks the mug up, and finishes whatever move is under way."""
    await look_up(shop, clockwork("views"), MUG)
