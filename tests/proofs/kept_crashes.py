"""A crash after every port call of what staff do with the catalogue, and of what follows from it."""

from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, Final

from domain.promotion_terms import PromotionChange, PromotionTerms
from tests.adapters.embedded.fixtures import finish
from tests.proofs.keeping import changing, creating, placing, retiring, stocking
from tests.proofs.kept_shop import (
    READ,
    STAFF,
    always,
    check_agreed,
    hear,
    one_mug,
    two_categories,
)
from tests.proofs.steps import cut_off
from tests.proofs.world import World
from usecases.category_keeping import (
    ChangeCategory,
    CreateCategory,
    change_category,
    create_category,
)
from usecases.promotion_desk import change_promotion, create_promotion
from usecases.shop import Shop

type Deed = Callable[[Shop], Coroutine[Any, Any, Any]]


def crashes(name: str) -> int:
    """How often a deed was cut off, once after each of its port calls: what is heard agrees, and the repeat ends it.

    Raises ``AssertionError`` where it does not.
    """
    before, deed = DEEDS[name]
    world = before()
    begin = world.moment()
    finish(deed(world.shop("whole")))
    whole = _end(world)
    for calls in count(1):
        world.back_to(begin)
        if not cut_off(deed(world.stepped("crashed")), calls):
            return calls - 1
        always(world)
        cut = world.moment()
        hear(world)
        check_agreed(world)
        for hears_first in (False, True):
            world.back_to(cut)
            if hears_first:
                hear(world)
            world.clock.time = begin.time
            finish(deed(world.shop("again")))
            assert _end(world) == whole, f"{name}, cut off after call {calls}"
    raise AssertionError("unreachable")


def _end(world: World) -> list[dict[str, Any]]:
    """How things stand when all is heard; marks of the audit, counts of the search and empty shelves aside."""
    hear(world)
    check_agreed(world)
    kinds = ("product", "pointer", "card", "facets", "posting", "stock", "stock-adjustment")
    more = ("category", "promotion", "promotion-line")
    found = [one for kind in (*kinds, *more) for one in world.documents(kind)]
    bare = [
        {name: value for name, value in one.items() if name != "audit_head"}
        for one in found
        if one.get("total") != 0
    ]
    return sorted(bare, key=str)


def _one_code() -> World:
    world = one_mug()
    finish(create_promotion(world.shop("before"), STAFF, TEN))
    return world


TEN: Final = PromotionTerms(code="TEN", percent="10", limit=3)

DEEDS: Final[dict[str, tuple[Callable[[], World], Deed]]] = {
    "a product created": (two_categories, creating()),
    "a product changed": (one_mug, changing(name="Cup", expected=READ)),
    "a variant added": (
        one_mug,
        changing(variants=[{"sku": sku, "prices": {"USD": 9}} for sku in ("mug", "big")]),
    ),
    "a product moved": (one_mug, changing(category="garden", name="Pot", expected=READ)),
    "a product moved unseen": (lambda: one_mug(is_placed=False), changing(category="garden")),
    "a product retired": (one_mug, retiring),
    "a product placed": (lambda: one_mug(2, is_placed=False), placing),
    "stock counted": (one_mug, stocking("k", on_hand=3)),
    "pieces brought": (lambda: one_mug(2), stocking("k", adjust=3)),
    "nothing new counted": (lambda: one_mug(2), stocking("k", on_hand=2)),
    "a category created": (
        one_mug,
        lambda shop: create_category(shop, STAFF, CreateCategory(name="Pots", parent="home")),
    ),
    "a category changed": (
        one_mug,
        lambda shop: change_category(shop, STAFF, "home", ChangeCategory(name="House"), READ),
    ),
    "a code made": (one_mug, lambda shop: create_promotion(shop, STAFF, TEN)),
    "a code stopped": (
        _one_code,
        lambda shop: change_promotion(shop, STAFF, "TEN", PromotionChange(active=False), READ),
    ),
}
