"""What looking around costs: hello, lists from cache and store, product pages, deep pages."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from random import Random
from typing import Any, Final
from urllib.parse import quote

from tools.bench.load import Ask, Connection, Journey, Server, asking
from tools.bench.ruler import Compared, Ruler

ROUNDS: Final = 5
HELLOS: Final = 2_500
LISTINGS: Final = 400
SORTS: Final = ("popularity", "price", "name", "created_at", "rating")
DEEP: Final = 50
WALKS: Final = 160

LIVE: Final = Ask.of("GET", "/health/live")
FIRST_PAGE: Final = Ask.of("GET", "/api/products?limit=20")


@dataclass(frozen=True, slots=True)
class Goods:
    """A product to look at and to buy."""

    id: str
    slug: str


async def hello(ruler: Ruler, server: Server) -> Compared:
    """``/health/live``: what the host, the worker and our wrapper cost by themselves."""
    return await ruler.compare(server, [[asking(LIVE)] * HELLOS] * ROUNDS)


async def cached_listing(ruler: Ruler, server: Server) -> Compared:
    """The same page of 20 again and again."""
    return await ruler.compare(server, [[asking(FIRST_PAGE)] * HELLOS] * ROUNDS)


async def stored_listing(ruler: Ruler, server: Server, categories: Sequence[str]) -> Compared:
    """Pages of 20 that nobody has asked for before: each has another highest price, above all."""
    asks = _listings(categories)
    rounds = [[asking(ask) for ask in islice(asks, LISTINGS)] for _ in range(ROUNDS)]
    return await ruler.compare(server, rounds)


async def detail(ruler: Ruler, server: Server, goods: Sequence[Goods]) -> Compared:
    """The page of every product, in random order, once by id and once by slug: never from the cache."""
    return await ruler.compare(server, shared_out(product_pages(goods), ROUNDS))


async def deep_pages(ruler: Ruler, server: Server) -> tuple[Compared, Compared]:
    """The first and the fiftieth page by cursor, from the store, of as many lists."""
    walks = [_Walk(number) for number in range(WALKS)]
    first = await ruler.once(server, [walk.step for walk in walks])
    connection = await Connection.to(server.port)
    for walk in walks:
        for _ in range(DEEP - 2):
            await walk.step(connection)
    await connection.close()
    return first, await ruler.once(server, [walk.step for walk in walks])


async def goods_of(server: Server, most: int = 1_000) -> list[Goods]:
    """Products of the shop, the cheapest first."""
    goods: list[Goods] = []
    connection, cursor = await Connection.to(server.port), ""
    while cursor is not None and len(goods) < most:
        page = await _read(connection, f"/api/products?limit=100&sort=price&cursor={cursor}")
        goods += [Goods(one["id"], one["slug"]) for one in page["items"]]
        cursor = page["next_cursor"]
    await connection.close()
    return goods


async def categories_of(server: Server) -> list[str]:
    """The slugs of the categories."""
    connection = await Connection.to(server.port)
    page = await _read(connection, "/api/categories?limit=100")
    await connection.close()
    return [one["slug"] for one in page["items"]]


def product_pages(goods: Iterable[Goods]) -> list[Journey]:
    """A look at every product by id and by slug, shuffled, always in the same way."""
    asks = [Ask.of("GET", f"/api/products/{name}") for one in goods for name in (one.id, one.slug)]
    Random(1).shuffle(asks)
    return [asking(ask) for ask in asks]


def shared_out(journeys: Sequence[Journey], rounds: int) -> list[Sequence[Journey]]:
    """The journeys in so many rounds of equal length."""
    length = len(journeys) // rounds
    return [journeys[start * length : (start + 1) * length] for start in range(rounds)]


def _listings(categories: Sequence[str]) -> Iterator[Ask]:
    for number in range(1_000_000, 2_000_000):
        for category, sort, order in product(("", *categories), SORTS, ("asc", "desc")):
            price = quote(json.dumps({"price": {"max": number}}))
            query = f"category={category}&sort={sort}&order={order}&limit=20&filters={price}"
            yield Ask.of("GET", f"/api/products?{query}")


class _Walk:
    """A list of its own, read page by page."""

    def __init__(self, number: int) -> None:
        price = quote(json.dumps({"price": {"max": 3_000_000 + number}}))
        self._path = f"/api/products?limit=20&sort=price&filters={price}&cursor="
        self._cursor = ""

    async def step(self, connection: Connection) -> int:
        """Read the next page."""
        answer = await connection.send(Ask.of("GET", self._path + self._cursor))
        page = json.loads(answer.body)
        assert len(page["items"]) == 20, "the list is too short"
        self._cursor = page["next_cursor"]
        return answer.operations


async def _read(connection: Connection, path: str) -> Any:
    return json.loads((await connection.send(Ask.of("GET", path))).body)
