"""What was counted goes into the figures of its day, batch by batch.

A day's batch is written in several commits and settled after the last. Each document remembers the last batch that
is in it, so a batch is added once, whoever writes it, how often, and wherever the writer dies.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import batched
from typing import Final

from domain.access import Caller
from domain.period import period_key
from domain.traffic import CART_ADDS, CARTS, CHECKOUTS, VIEWS, Traffic, traffic_id
from usecases.again import Contended, again
from usecases.ports.counters import Batch, Counter
from usecases.ports.faults import PortFault
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Where
from usecases.shop import Shop

log = logging.getLogger("shop.counters")

MOST_AT_ONCE: Final = 99
"""Documents in one commit: they are read as one page, and a batch has a hundred operations at most."""

KNOWN: Final = frozenset({VIEWS, CART_ADDS, CARTS, CHECKOUTS})

type Counts = Mapping[str, int]


async def flush(shop: Shop, caller: Caller) -> int:
    """Write one batch of each day that has one; how many days that were.

    Safe to run at any moment, also by several at once. A day that fails waits for the next run, and keeps no other
    day from going on. Raises ``CountersAway`` where the counters cannot even say which days there are.
    """
    return sum([await _flushed(shop, caller, day) for day in await shop.counters.waiting()])


async def _flushed(shop: Shop, caller: Caller, day: date) -> bool:
    try:
        batch = await shop.counters.take(day)
        if batch is None:
            return False
        await _written(shop, caller, day, batch)
        await shop.counters.settle(day, batch.number)
    except (PortFault, Contended) as fault:
        log.warning("flush postponed", extra={"day": day.isoformat(), "error": str(fault)})
        return False
    return True


async def _written(shop: Shop, caller: Caller, day: date, batch: Batch) -> None:
    period = period_key("day", day)
    figures = sorted(_figures(batch.counts).items())
    additions = [
        (Traffic(id=traffic_id(whose), period=period, product_id=whose), counts)
        for whose, counts in figures
    ]
    for some in batched(additions, MOST_AT_ONCE, strict=False):
        await again(shop, partial(_added, shop, caller, batch.number, some))


def _figures(counted: Mapping[Counter, int]) -> dict[str, dict[str, int]]:
    """What is to be added to the figures of each product, and of the shop, which has no id.

    The shop's views and cart adds are those of all products. What only a newer release counts is left out, and
    lost: a release must know a counter before another counts with it.
    """
    figures: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (name, product_id), count in counted.items():
        for whose in {product_id, ""} if name in KNOWN else ():
            figures[whose][name] += count
    if unknown := {name for name, _ in counted} - KNOWN:
        log.warning("counts of a newer release are left out", extra={"counters": sorted(unknown)})
    return figures


async def _added(
    shop: Shop, caller: Caller, number: int, additions: Sequence[tuple[Traffic, Counts]]
) -> None:
    """Add the batch to these documents where it is not in yet: one query, and a commit unless all have it."""
    ids = tuple(blank.id for blank, _ in additions)
    query = Query(additions[0][0].period, (Where("id", "in", ids),), limit=MOST_ON_A_PAGE)
    kept = {one.id: one for one in (await shop.store.find(Traffic, query)).items}
    found = [(kept.get(blank.id, blank), counts) for blank, counts in additions]
    puts = [new for one, counts in found if (new := one.with_batch(number, counts)) is not one]
    if puts:
        await shop.store.commit(Change(by=caller, puts=tuple(puts)))
