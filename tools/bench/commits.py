"""How many commits a second the embedded store takes, each of them on the disk when it is answered.

A commit writes one audited entity, its audit record and the outbox with its event, as most of the shop's
do; sixteen clients keep one commit each under way, in this process, with ``synchronous=FULL``.
"""

import asyncio
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Final

from domain.access import Caller, Trace, system
from domain.stock import STOCK_ID, Stock
from tools.bench.load import CONCURRENCY
from tools.seed import local_shop
from usecases.ports.store import Change
from usecases.shop import Shop

SECONDS: Final = 2.0
ROUNDS: Final = 3


def commits_a_second(folder: Path) -> float:
    """The median of some rounds, over a new file in ``folder``."""
    with local_shop(folder / "commits.db") as shop:
        return median(asyncio.run(_round(shop, number)) for number in range(ROUNDS))


async def _round(shop: Shop, number: int) -> float:
    by = system("bench", Trace(correlation_id="bench", causation_id="bench"))
    until = monotonic() + SECONDS
    clients = (
        _client(shop, by, f"bench-{number}-{client}", until) for client in range(CONCURRENCY)
    )
    return sum(await asyncio.gather(*clients)) / SECONDS


async def _client(shop: Shop, by: Caller, sku: str, until: float) -> int:
    stock, done = _stock(shop, sku), 0
    while monotonic() < until:
        now = shop.clock.now()
        stock = stock.adjusted(1, now)
        event = stock.level_changed("restock", 1, trace=by.trace, at=now)
        committed = await shop.store.commit(Change(by=by, puts=(stock,), events=(event,)))
        stock = committed.entities[0]
        done += 1
    return done


def _stock(shop: Shop, sku: str) -> Stock:
    return Stock(
        id=STOCK_ID,
        sku=sku,
        product_id=sku,
        variant_id=sku,
        category_slug="bench",
        on_hand=0,
        available=0,
        updated_at=shop.clock.now(),
    )
