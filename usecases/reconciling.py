"""Comparing our money ledger with the card network's, by the clock.

Three walks, each of them kept so that the next run goes on where one ended, however long ago that was:

- ``recent``: what the network lists since the last run, and again what lies a while before it;
- ``lap``: once a day everything that is young enough for money still to move;
- ``booked``: what our books took since the last run and the network did not list.

What differed before is looked at in every run, first of all.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from domain.access import Caller
from domain.difference import Difference
from domain.ledger import LedgerEntry
from domain.moment import moment_text
from domain.walk import Walk
from usecases.comparing import (
    LEDGER,
    Outcome,
    Payment,
    compared,
    compared_again,
    payment_of,
)
from usecases.ports.faults import PortFault
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Refused, Scan, Where
from usecases.ports.telemetry import LEDGER_DIFFERENCES
from usecases.shop import Shop
from usecases.sweeping import HasId, each_until_away

log = logging.getLogger("shop.ledger")

RECENT: Final = "recent"
LAP: Final = "lap"
BOOKED: Final = "booked"

MOST_RECENT_PAGES: Final = 20
"""Pages of new payments in one run: what an outage has left is caught up, and the timer still ends."""
MOST_LAP_PAGES: Final = 5
MOST_SLICES: Final = 10
MOST_HALVINGS: Final = 20
"""A slice of time with more charges than a look can show is halved; 20 times makes a month three seconds."""
LAP_EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the comparison: when it began, which payments it has looked at, and what of them broke."""

    shop: Shop
    caller: Caller
    now: datetime
    looked_at: set[str] = field(default_factory=set)
    broken: list[Exception] = field(default_factory=list)

    @property
    def young(self) -> datetime:
        """What came after it is still under way."""
        return self.now - timedelta(seconds=self.shop.settings.ledger_young_seconds)

    @property
    def overlap(self) -> timedelta:
        """How far is looked back behind the last run."""
        return timedelta(seconds=self.shop.settings.ledger_overlap_seconds)

    @property
    def reach(self) -> datetime:
        """What came before it is not compared any more."""
        return self.now - timedelta(days=self.shop.settings.ledger_reach_days)


async def compare_ledgers(shop: Shop, caller: Caller) -> int:
    """Compare what moved on cards with what our books say; how many payments were healed.

    How many differences wait for a person is reported in every run, also where there is none. Safe to run in
    several processes at once. A port that is away ends the run; the next one goes on from there.
    """
    run = Run(shop, caller, shop.clock.now())
    healed = 0
    try:
        for walk in (_differing, _recent, _lap, _booked):
            healed += await walk(run)
    except PortFault:
        log.warning("comparison postponed", exc_info=True)
    shop.telemetry.measure(LEDGER_DIFFERENCES, await _open(shop))
    if run.broken:
        raise run.broken[0]
    return healed


async def _open(shop: Shop) -> int:
    """How many differences wait for a person, counted up to a page."""
    query = Query(LEDGER, where=(Where("state", "=", "open"),), limit=MOST_ON_A_PAGE)
    return len((await shop.store.find(Difference, query)).items)


async def _differing(run: Run) -> int:
    """Look again at what differed; how many are healed."""
    where = (Where("state", "in", ("seen", "open")),)
    query = Query(LEDGER, where=where, order_by="parked_at", limit=MOST_ON_A_PAGE)
    found = await run.shop.store.find(Difference, query)

    async def step(difference: Difference) -> bool:
        run.looked_at.add(difference.intent_id)
        return await compared_again(run.shop, run.caller, difference) is Outcome.HEALED

    return await _swept(run, found.items, step)


async def _recent(run: Run) -> int:
    """What was created since the last run, and again what lies the overlap before it."""
    known = await run.shop.store.get(Walk, RECENT, LEDGER)
    if known is None:
        known = _first(run, RECENT, run.reach)
    elif known.is_over:
        known = known.anew(known.until - run.overlap, run.young, run.now)
    return await _walked(run, known, MOST_RECENT_PAGES)


async def _lap(run: Run) -> int:
    """Everything within reach, once a day, some pages a run."""
    known = await run.shop.store.get(Walk, LAP, LEDGER)
    if known is None:
        known = _first(run, LAP, run.reach)
    elif known.is_over:
        if run.now - known.began_at < LAP_EVERY:
            return 0
        known = known.anew(run.reach, run.young, run.now)
    return await _walked(run, known, MOST_LAP_PAGES)


def _first(run: Run, name: str, since: datetime) -> Walk:
    return Walk(id=name, since=since, until=run.young, began_at=run.now)


async def _walked(run: Run, walk: Walk, most_pages: int) -> int:
    """Go on with the walk, so many pages far; how many payments were healed.

    A page is turned when all of it was compared. Where another process has turned it, that one goes on.
    """
    healed = 0
    for _ in range(most_pages):
        if walk.is_over:
            break
        page = await run.shop.payments.list_intents(
            since=walk.since, until=walk.until, cursor=walk.cursor
        )
        healed += await _all(run, map(payment_of, page.intents))
        turned = await _kept(run, walk.turned(page.next))
        if turned is None:
            break
        walk = turned
    return healed


async def _booked(run: Run) -> int:
    """What we charged since the last run, of payments that the network did not list; how many were healed."""
    walk = await run.shop.store.get(Walk, BOOKED, LEDGER)
    if walk is None:
        walk = _first(run, BOOKED, run.reach).reached(run.young - run.overlap)
    healed = 0
    for _ in range(MOST_SLICES):
        if walk.until >= run.young:
            break
        charges, until = await _charges(run, walk.until)
        healed += await _all(run, [await _charged(run, one) for one in charges])
        turned = await _kept(run, walk.reached(until))
        if turned is None:
            break
        walk = turned
    return healed


async def _charges(run: Run, since: datetime) -> tuple[list[LedgerEntry], datetime]:
    """What was charged from then on and was not looked at, and up to when that is all."""
    until = run.young
    found = await _between(run, since, until)
    for _ in range(MOST_HALVINGS):
        if len(found) < MOST_ON_A_PAGE:
            break
        until = since + (until - since) / 2
        found = await _between(run, since, until)
    return [one for one in found if one.intent_id not in run.looked_at], until


async def _between(run: Run, since: datetime, until: datetime) -> tuple[LedgerEntry, ...]:
    where = (
        Where("charged_at", ">=", moment_text(since)),
        Where("charged_at", "<", moment_text(until)),
    )
    return (await run.shop.store.find(LedgerEntry, Scan(where))).items


async def _charged(run: Run, entry: LedgerEntry) -> Payment:
    intent = await run.shop.payments.retrieve(entry.intent_id)
    return Payment(entry.intent_id, entry.user_id, entry.order_id, intent)


async def _all(run: Run, payments: Iterable[Payment]) -> int:
    """Compare those that this run has not looked at; how many were healed."""

    async def step(payment: Payment) -> bool:
        if payment.id in run.looked_at:
            return False
        run.looked_at.add(payment.id)
        return await compared(run.shop, run.caller, payment) is Outcome.HEALED

    return await _swept(run, payments, step)


async def _swept[T: HasId](
    run: Run, found: Iterable[T], step: Callable[[T], Awaitable[bool]]
) -> int:
    done, broken = await each_until_away(found, step)
    run.broken.extend(broken)
    return done


async def _kept(run: Run, walk: Walk) -> Walk | None:
    """The walk as written; ``None`` where another process was faster."""
    try:
        done = await run.shop.store.commit(Change(by=run.caller, puts=(walk,)))
    except Refused:
        return None
    written: Walk = done.entities[0]
    return written
