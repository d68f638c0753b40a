"""The races of the shop, each with the end that is right."""

from typing import Any

from domain.order import OutOfStock
from tests.proofs import laws
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.world import BUY, World, guest
from usecases.ordering import place_order
from usecases.shop import Shop

BUYERS = ("ann", "bob", "cid")


def last_unit(buyers: int, **switches: bool) -> Scenario:
    """So many buyers, one piece: one order, and the others hear which line is short."""
    world = World(**switches)
    world.offer("mug", 1)
    names = BUYERS[:buyers]
    for name in names:
        world.fill_cart(guest(name), mug=1)

    def finally_(world: World, ends: Outcomes) -> None:
        bought = [end.value for end in ends.values() if end.error is None]
        assert len(bought) == 1, f"{len(bought)} buyers got the last piece"
        for end in ends.values():
            assert end.error is None or _short(end.error) == {"mug": 0}, repr(end.error)
        assert laws.stock_of(world, "mug") == (0, 1)
        laws.check_nothing_held(world, besides=[bought[0].order_id])
        laws.check_told(world)

    clients = {name: buying(name) for name in names}
    return Scenario(f"last unit, {buyers} buyers", world, clients, laws.always, finally_)


def buying(name: str) -> Client:
    """The shopper orders the cart."""

    async def buy(shop: Shop) -> Any:
        return await place_order(shop, guest(name), BUY)

    return buy


def _short(error: Exception) -> dict[str, int]:
    if not isinstance(error, OutOfStock):
        return {}
    return {line["sku"]: line["available"] for line in error.facts["lines"]}
