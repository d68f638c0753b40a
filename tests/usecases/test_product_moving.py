"""Moves that others finished before: a late hand changes nothing, and takes back what it wrote."""

from dataclasses import replace
from typing import Any

import pytest

from domain.product import Product, ProductPointer, pointer_id
from tests.proofs.kept_shop import (
    MUG,
    OTHER,
    STAFF,
    check_agreed,
    hear,
    mug_on_the_move,
    one_mug,
    other,
)
from tests.proofs.world import World
from usecases.again import Contended
from usecases.ports.store import Change
from usecases.product_editing import change_product
from usecases.product_keeping import look_up
from usecases.product_moving import finish_move, leave


async def fenced_mug(world: World) -> Product:
    moving = await world.store.get(Product, MUG, "home")
    assert moving is not None
    return moving


async def test_what_arrives_late_is_taken_back() -> None:
    world = mug_on_the_move()
    moving = await fenced_mug(world)
    await change_product(world.shop("staff"), STAFF, MUG, other())

    await finish_move(world.shop("late"), OTHER, moving)

    hear(world)
    check_agreed(world)
    (product,) = world.documents("product")
    assert (product["category_slug"], product["sequence"]) == ("home", 3)


async def test_what_was_left_behind_once_is_overwritten_by_what_is_newer() -> None:
    world = mug_on_the_move()
    moving = await fenced_mug(world)
    fields = moving.model_dump(mode="json", exclude={"audit_head"})
    old = {"moves_to": "", "category_slug": "garden", "name": "Old", "sequence": 1}
    await world.store.commit(Change(by=STAFF, puts=(Product.model_validate(fields | old),)))

    await look_up(world.shop("views"), STAFF, MUG)

    hear(world)
    check_agreed(world)
    (product,) = world.documents("product")
    assert (product["category_slug"], product["name"]) == ("garden", "Moved")


async def test_who_left_nothing_leaves_nothing() -> None:
    world = one_mug()
    before = world.digest()

    await leave(world.shop("views"), STAFF, MUG)
    await leave(world.shop("views"), STAFF, "no-such")

    assert world.digest() == before


class Restless:
    """A store in which the product is always about to move."""

    def __init__(self, world: World) -> None:
        self._store = world.store
        self.find, self.commit = world.store.find, world.store.commit

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        found = await self._store.get(kind, id, partition)
        return found.but(moves_to="garden") if isinstance(found, Product) else found


async def test_a_product_that_is_moved_over_and_over_is_contended() -> None:
    world = one_mug()
    store: Any = Restless(world)

    with pytest.raises(Contended):
        await look_up(replace(world.shop("staff"), store=store), STAFF, MUG)


async def test_a_slug_that_was_claimed_is_the_slug_of_no_product() -> None:
    world = one_mug()
    place = pointer_id("cup")
    claim = ProductPointer(id=place, category_slug=place, product_id="cup", target="home")
    await world.store.commit(Change(by=STAFF, puts=(claim,)))

    known = await look_up(world.shop("staff"), STAFF, "cup")

    assert (known.product, known.pointer and known.pointer.target) == (None, "home")
