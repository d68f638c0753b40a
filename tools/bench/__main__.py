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

from tools.bench import ends, growth, looking, starting
from tools.bench.buying import Counter
from tools.bench.commits import commits_a_second
from tools.bench.house import front, seed, whole, workroom
from tools.bench.load import Server, resident_megabytes
from tools.bench.looking import Goods
from tools.bench.report import Figure, last_line, table
from tools.bench.ruler import Ruler

PLAIN: Final = "bulk-"
"""How the slugs of the products begin that are bought: there are enough of each."""

PLAIN_PRODUCTS: Final = 1_000
MOST_GROWTH: Final = 0.05


async def measured(shop: Path, grown: dict[int, Path]) -> list[Figure]:
    """Every figure of a running shop, in the order of the report; ``grown`` are shops by size."""
    async with Ruler() as ruler:
        with front(shop) as server:
            _say("looking around")
            figures = await _looking(ruler, server)
            _say("buying")
            figures += await _buying(ruler, server)
            front_megabytes = resident_megabytes(server.pid)
        with front(shop, with_agents=True) as server:
            figures.append(await _advised(ruler, server))
        with whole(shop) as server:
            figures.append(await _with_saga(ruler, server))
            megabytes = round(max(front_megabytes, resident_megabytes(server.pid)))
            figures.append(Figure("resident after load", megabytes, "MB", 180))
        if grown:
            _say("growing")
            figures += await _growing(ruler, grown)
    return figures


def _starting(folder: Path) -> list[Figure]:
    start = starting.first_answer(folder)
    wall = f"{start.wall_seconds:.2f} s on the clock"
    load = round(starting.load_over_floor(), 2)
    answers = starting.answers_over_hello()
    return [
        Figure("start to first 200", round(start.cpu_seconds, 2), "CPU s", 1.5, note=wall),
        Figure("loading the app", load, "times azure.functions and one pydantic model", 1.3),
        *(
            Figure(f"loading and a first {name}", round(cost, 2), "times an app of one function")
            for name, cost in answers.items()
        ),
    ]


def _first_uses() -> list[Figure]:
    """What the ends in Azure add to an instance that starts."""
    return [
        Figure(
            f"first use of {name}",
            round(extra.cpu_seconds, 2),
            "CPU s more",
            note=f"{len(extra.modules)} modules more",
        )
        for name, extra in ends.extras().items()
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
    bought = await Counter(ruler, server, await _plain(server)).sell()
    operations = round(bought.checkout.operations, 1)
    return [
        Figure.of("add to cart", bought.add, 8),
        Figure.of("place an order of 3 lines", bought.place, 30),
        Figure.of("whole checkout", bought.checkout, None),
        Figure("store operations of a checkout", operations, "", 24),
    ]


async def _advised(ruler: Ruler, server: Server) -> Figure:
    """A product page and the stand-in of the agent that enriches it, in one process."""
    detail = await looking.detail(ruler, server, await looking.goods_of(server))
    return Figure.of("detail and the agent's stand-in", detail, None)


async def _with_saga(ruler: Ruler, server: Server) -> Figure:
    placed = await Counter(ruler, server, await _plain(server)).place_with_saga()
    return Figure.of("place and the saga up to payment", placed, None)


async def _plain(server: Server) -> list[Goods]:
    return [one for one in await looking.goods_of(server) if one.slug.startswith(PLAIN)]


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
        _say("seeding")
        seed(room / "shop")
        seed(room / "shop", PLAIN_PRODUCTS)
        grown = {} if asked.quick else growth.fill(room)
        _say("starting")
        figures = _starting(room / "shop") + _first_uses()
        figures += asyncio.run(measured(room / "shop", grown))
    figures.append(Figure("commits, 16 at once", commits, "/s", 2_000, is_floor=True))
    print(table(figures))
    print(last_line(figures, monotonic() - began))
    return 0


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
