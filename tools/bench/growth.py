"""How the cost of a shop's daily work grows with the shop: n products and n orders, n from 10³ to 10⁵.

The three shops run side by side and take turns, so that what the machine does meanwhile hits all alike.
"""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from domain.product import product_id
from tools.bench.bulk import multiply
from tools.bench.buying import Counter
from tools.bench.fit import exponent
from tools.bench.house import front, seed
from tools.bench.load import Server
from tools.bench.looking import Goods, product_pages, shared_out
from tools.bench.orders import write_orders
from tools.bench.ruler import Ruler

SIZES: Final = (1_000, 10_000, 100_000)
ROUNDS: Final = 3
FIRST: Final = tuple(
    Goods(product_id(slug), slug) for slug in (f"bulk-{number:06d}" for number in range(SIZES[0]))
)
"""The products that are looked at and bought, whatever the size."""

type Costs = dict[int, float]
"""Hellos by size."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What one kind of request cost at each size, and the k of the n^k that fits."""

    costs: Costs

    @property
    def k(self) -> float:
        """The exponent: 0 where size does not matter."""
        return exponent(self.costs)


def fill(room: Path) -> dict[int, Path]:
    """Shops of every size with as many products as orders; their folders."""
    smallest = SIZES[0]
    folders = {size: room / f"shop-{size}" for size in SIZES}
    seed(folders[smallest], smallest)
    for size in SIZES[1:]:
        multiply(folders[smallest], folders[size], size // smallest)
    for size, folder in folders.items():
        write_orders(folder, size)
    os.sync()  # what is still on its way to the disk would slow the first commits
    return folders


async def growth(ruler: Ruler, folders: dict[int, Path]) -> dict[str, Growth]:
    """Detail, add and place by size, the shops taking turns."""
    with ExitStack() as stack:
        servers = {size: stack.enter_context(front(at)) for size, at in folders.items()}
        shops = {size: _Shop(ruler, server) for size, server in servers.items()}
        for _ in range(ROUNDS):
            for shop in shops.values():
                await shop.take_turn()
        names = ("detail", "add", "place")
        return {name: Growth({size: shops[size].cost(name) for size in SIZES}) for name in names}


class _Shop:
    """One of the shops, and what each turn cost it."""

    def __init__(self, ruler: Ruler, server: Server) -> None:
        self._ruler, self._server = ruler, server
        self._counter = Counter(ruler, server, FIRST)
        self._pages = iter(shared_out(product_pages(FIRST), ROUNDS))
        self._costs: dict[str, list[float]] = {"detail": [], "add": [], "place": []}

    async def take_turn(self) -> None:
        """One round of each kind of request."""
        looked = await self._ruler.once(self._server, next(self._pages))
        guests, added = await self._counter.fill()
        placed = await self._counter.place(guests)
        for name, cost in (("detail", looked), ("add", added), ("place", placed)):
            self._costs[name].append(cost.multiple)

    def cost(self, name: str) -> float:
        """The median of the turns, in hellos."""
        return median(self._costs[name])
