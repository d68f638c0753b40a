"""Rolling the facts up into figures, by a timer: days from facts, weeks and months from days.

Days that may still change are folded at each run; one that is over and settled only when a fact of it is written
late, which leaves a mark. Nothing is added up over several runs, so a run that dies half-way is simply followed by
another.

Two runs at once cannot undo each other. A run reads the documents that it may write before it reads what they are
made of, and what facts say only grows: so whoever writes over another run's figures has read at least the facts
that these are made of, or is refused. And where a run finds nothing to change, nobody who began before it does.
"""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from domain.access import Caller
from domain.newcomer import Newcomer
from domain.period import Granularity, day_of, end_of, first_day, next_period, period_key, periods
from domain.roll_up_state import PROGRESS_ID, PROGRESS_PARTITION, SETTLING, LateDay, RollUpProgress
from domain.rollup import BREAKDOWNS, Fact, Rollup, Tally
from domain.sale import Sale
from domain.traffic import Traffic
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Refused, Scan, StoreError
from usecases.settling import found_by_id
from usecases.shop import Shop
from usecases.sweeping import each

log = logging.getLogger("shop.figures")

MOST_DAYS_BEHIND: Final = 31
"""So many days are folded in one run, and so far back the first run of a shop looks; a longer gap takes more runs."""
MOST_PAGES: Final = 10_000
"""Pages of one kind of fact in one day: a million orders."""

_FACTS: Final[tuple[type[Fact], ...]] = (Sale, Newcomer, Traffic)
_WHOLES: Final[tuple[Granularity, ...]] = ("week", "month")


class TooManyFacts(Exception):
    """A day has more facts than one run can fold: its figures stay as they were."""


async def roll_up(shop: Shop, by: Caller) -> int:
    """How many periods' figures have changed. Safe to run at any moment, also by several at once."""
    done = await _go_on(shop, by)
    late = await shop.store.find(LateDay, Scan())
    return done + await each(late.items, lambda mark: _caught_up(shop, by, mark))


async def _caught_up(shop: Shop, by: Caller, found: LateDay) -> bool:
    """Fold a day that changed after it was over; its mark goes last, and only if it is still the one that was read.

    It is read once more in its own partition: from then on this process sees the facts that were written with it.
    """
    mark = await shop.store.get(LateDay, found.id, found.partition)
    if mark is None:
        return False
    await _rolled(shop, by, mark.day)
    await shop.store.commit(Change(by=by, removes=(mark,)))
    return True


async def _go_on(shop: Shop, by: Caller) -> int:
    """Fold the days that are open, the oldest first; what is folded for good is not looked at again."""
    today = day_of(shop.clock.now())
    progress, done = await _progress(shop, today), 0
    open_since = progress.open_since
    for day in periods("day", progress.open_since, today)[:MOST_DAYS_BEHIND]:
        is_settled = shop.clock.now() >= end_of(day) + SETTLING
        try:
            done += await _rolled(shop, by, day)
        except StoreError:
            log.warning("left for the next run", extra={"day": str(day)}, exc_info=True)
            break
        open_since = next_period("day", day) if is_settled else open_since
    if open_since != progress.open_since:
        with suppress(Refused):  # another run has passed them too
            await shop.store.commit(Change(by=by, puts=(progress.but(open_since=open_since),)))
    return done


async def _progress(shop: Shop, today: date) -> RollUpProgress:
    there = await shop.store.get(RollUpProgress, PROGRESS_ID, PROGRESS_PARTITION)
    first = today - timedelta(days=MOST_DAYS_BEHIND - 1)
    return there or RollUpProgress(open_since=first)


async def _rolled(shop: Shop, by: Caller, day: date) -> int:
    """Fold the day's facts, then its week's and its month's days; how many of the three have changed."""
    period = period_key("day", day)
    there = await found_by_id(shop, Rollup, period, BREAKDOWNS)
    tally = Tally()
    async for fact in _facts(shop, period):
        tally.add_fact(fact)
    done = await _written(shop, by, tally.rollups(period), there)
    if there or done:
        for granularity in _WHOLES:
            done += await _summed(shop, by, granularity, day)
    return done


async def _facts(shop: Shop, period: str) -> AsyncIterator[Fact]:
    for kind in _FACTS:
        query = Query(period, limit=MOST_ON_A_PAGE)
        for _ in range(MOST_PAGES):
            page = await shop.store.find(kind, query)
            for fact in page.items:
                yield fact
            if page.next is None:
                break
            query = replace(query, after=page.next)
        else:
            raise TooManyFacts(f"{period}: {kind.kind}")


async def _summed(shop: Shop, by: Caller, granularity: Granularity, day: date) -> int:
    """Make the week or month of the day the sum of its days; whether it has changed."""
    first, period = first_day(granularity, day), period_key(granularity, day)
    last = min(next_period(granularity, first) - timedelta(days=1), day_of(shop.clock.now()))
    there = await found_by_id(shop, Rollup, period, BREAKDOWNS)
    tally = Tally()
    for one_day in periods("day", first, last):
        found = await found_by_id(shop, Rollup, period_key("day", one_day), BREAKDOWNS)
        for rollup in found.values():
            tally.add(rollup.id, rollup.rows)
    return await _written(shop, by, tally.rollups(period), there)


async def _written(
    shop: Shop, by: Caller, wanted: Sequence[Rollup], there: Mapping[str, Rollup]
) -> int:
    """Write what has changed, in one batch; whether anything has."""
    puts = tuple(
        there[one.id].but(rows=one.rows) if one.id in there else one
        for one in wanted
        if one.id not in there or there[one.id].rows != one.rows
    )
    if puts:
        await shop.store.commit(Change(by=by, puts=puts))
    return int(bool(puts))
