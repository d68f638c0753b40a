"""Measure the shop: ``python -m tools.bench``, or ``make bench``.

Prints a table of figures beside their goals; the last line is ``bench: {…}``, the same as JSON. Costs are
multiples of a bare FastAPI hello-world under the same web server, measured in the same run.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from tools.bench import growth, looking, starting
from tools.bench.buying import Counter
from tools.bench.commits import commits_a_second
from tools.bench.house import opened, seed, workroom
from tools.bench.load import Server, resident_megabytes
from tools.bench.report import Figure, last_line, table
from tools.bench.ruler import Ruler

PLAIN: Final = "bulk-"
"""How the slugs of the products begin that are bought: there are enough of each."""

PLAIN_PRODUCTS: Final = 1_000
MOST_GROWTH: Final = 0.05


async def measured(room: Path, *, with_growth: bool) -> list[Figure]:
    """Every figure, in the order of the report."""
    _say("seeding")
    seed(room / "shop")
    seed(room / "shop", PLAIN_PRODUCTS)
    folders = growth.fill(room) if with_growth else {}
    _say("starting")
    figures = _starting(room / "shop")
    async with Ruler() as ruler:
        with opened(room / "shop") as server:
            _say("looking around")
            figures += await _looking(ruler, server)
            _say("buying")
            figures += await _buying(ruler, server)
            memory = round(resident_megabytes(server.pid))
            figures.append(Figure("resident after load", memory, "MB", 180))
        if folders:
            _say("growing")
            figures += await _growing(ruler, folders)
    return figures


def _starting(folder: Path) -> list[Figure]:
    start = starting.first_answer(folder)
    wall = f"{start.wall_seconds:.2f} s on the clock"
    load = starting.load_over_floor()
    return [
        Figure("start to first 200", round(start.cpu_seconds, 2), "CPU s", 1.5, note=wall),
        Figure("loading the app", round(load, 2), "times azure.functions and pydantic alone"),
    ]


async def _looking(ruler: Ruler, server: Server) -> list[Figure]:
    categories = await looking.categories_of(server)
    goods = await looking.goods_of(server)
    hello = await looking.hello(ruler, server)
    cached = await looking.cached_listing(ruler, server)
    stored = await looking.stored_listing(ruler, server, categories)
    detail = await looking.detail(ruler, server, goods)
    first, fiftieth = await looking.deep_pages(ruler, server)
    ratio = round(fiftieth.multiple / first.multiple, 2)
    return [
        Figure.of("hello", hello, 1.3),
        Figure.of("cached listing of 20", cached, 1.6),
        Figure.of("listing from the store", stored, 5),
        Figure.of("detail, not cached", detail, 3),
        Figure("fiftieth page", ratio, "times the first"),
    ]


async def _buying(ruler: Ruler, server: Server) -> list[Figure]:
    goods = [one for one in await looking.goods_of(server) if one.slug.startswith(PLAIN)]
    bought = await Counter(ruler, server, goods).sell()
    operations = round(bought.checkout.operations, 1)
    return [
        Figure.of("add to cart", bought.add, 8),
        Figure.of("place an order of 3 lines", bought.place, 30),
        Figure.of("whole checkout", bought.checkout, None),
        Figure("store operations of a checkout", operations, "", 24),
    ]


async def _growing(ruler: Ruler, folders: dict[int, Path]) -> list[Figure]:
    grown = await growth.growth(ruler, folders)
    return [
        Figure(f"growth of {name}", round(one.k, 3), "= k of n^k", MOST_GROWTH, note=_costs(one))
        for name, one in grown.items()
    ]


def _costs(grown: growth.Growth) -> str:
    return ", ".join(f"{cost:.1f} hellos at {size:,}" for size, cost in grown.costs.items())


def main(arguments: Sequence[str]) -> int:
    """Measure and report; 0 whether goals are met or not, since figures are not a test."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave the large shops out")
    asked = parser.parse_args(arguments)
    began = monotonic()
    with workroom() as room:
        _say("committing")
        commits = round(commits_a_second(room))
        figures = asyncio.run(measured(room, with_growth=not asked.quick))
    figures.append(Figure("commits, 16 at once", commits, "/s", 2_000, is_floor=True))
    print(table(figures))
    print(last_line(figures, monotonic() - began))
    return 0


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
