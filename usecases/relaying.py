"""Publishing what was committed: at once after the commit, and by a sweep of what was left."""

import logging
from datetime import timedelta
from itertools import groupby
from typing import Final

from domain.access import Caller
from domain.companions import OUTBOX_TTL_SECONDS, Outbox, beside
from domain.containers import PARTITION_KEYS
from domain.events import Event
from domain.moment import moment_text
from usecases.ports.events import EventsBusy
from usecases.ports.faults import PortFault
from usecases.ports.store import MOST_ON_A_PAGE, Change, Committed, Query, Refused, Scan, Where
from usecases.ports.telemetry import EVENTS_SENT, OUTBOX_AGE
from usecases.shop import Shop

log = logging.getLogger("shop.relay")

UNSENT: Final = Where("sent_at", "missing")

MOST_ROUNDS: Final = 10
"""Full scans of one container in one sweep: a backlog is worked off, and the timer still ends."""


async def relay(shop: Shop, caller: Caller, done: Committed) -> None:
    """Publish the events of a commit; when that fails, the sweep will.

    Safe to repeat: an event that is published twice has one id. What the same aggregate said before
    goes first, so its first event needs no look.
    """
    outbox = done.outbox
    if not isinstance(outbox, Outbox):
        return
    try:
        if outbox.sequence == 1:
            await _send(shop, caller, outbox)
        else:
            await _relay_key(shop, caller, outbox)
    except PortFault:
        log.warning("relay postponed", extra={"outbox": outbox.id})


async def sweep(shop: Shop, caller: Caller) -> int:
    """Publish what lies unsent for longer than a relay takes; how many outbox documents were sent.

    A key that fails is left for the next sweep; others go on. How old the oldest unsent document was
    is reported also where there was none: a sweep that says nothing has died.
    """
    sent, oldest_seconds = 0, 0.0
    for container in PARTITION_KEYS:
        sent_here, age_seconds = await _sweep_container(shop, caller, container)
        sent, oldest_seconds = sent + sent_here, max(oldest_seconds, age_seconds)
    shop.telemetry.measure(OUTBOX_AGE, oldest_seconds)
    return sent


async def _sweep_container(shop: Shop, caller: Caller, container: str) -> tuple[int, float]:
    """How many outbox documents were sent, and the age of the oldest that was found, in seconds."""
    kind, sent, oldest_seconds = beside(Outbox, container), 0, 0.0
    for _ in range(MOST_ROUNDS):
        found = await shop.store.find(kind, Scan(where=(UNSENT, _overdue(shop))))
        oldest_seconds = max([oldest_seconds, *(_age_seconds(shop, one) for one in found.items)])
        keys = {(outbox.partition, outbox.key): outbox for outbox in found.items}
        now_sent = sum([await _relay_key(shop, caller, outbox) for outbox in keys.values()])
        sent += now_sent
        if not now_sent or len(found.items) < MOST_ON_A_PAGE:
            break
    return sent, oldest_seconds


def _overdue(shop: Shop) -> Where:
    """Committed so long ago that its own relay must have failed."""
    patience = timedelta(seconds=shop.settings.relay_after_seconds)
    return Where("created_at", "<=", moment_text(shop.clock.now() - patience))


def _age_seconds(shop: Shop, outbox: Outbox) -> float:
    return (shop.clock.now() - outbox.created_at).total_seconds()


async def _relay_key(shop: Shop, caller: Caller, outbox: Outbox) -> int:
    """Send what this outbox's key has not sent, in order, up to what fails; how many were sent.

    The key is read anew: what a scan meets is in no order, and not all of it.
    """
    where = (UNSENT, Where("key", "=", outbox.key))
    query = Query(
        partition=outbox.partition, where=where, order_by="sequence", limit=MOST_ON_A_PAGE
    )
    found = await shop.store.find(type(outbox), query)
    for number, unsent in enumerate(found.items):
        try:
            await _send(shop, caller, unsent)
        except PortFault:
            log.warning("relay stopped", extra={"key": outbox.key, "sent": number})
            return number
    return len(found.items)


async def _send(shop: Shop, caller: Caller, outbox: Outbox) -> None:
    for hub, events in groupby(outbox.events, key=lambda event: event.hub):
        await _publish(shop, hub, outbox.key, tuple(events))
    sent = outbox.but(sent_at=shop.clock.now(), ttl=OUTBOX_TTL_SECONDS)
    try:
        await shop.store.commit(Change(by=caller, puts=(sent,)))
    except Refused:
        log.info("relayed by somebody else", extra={"outbox": outbox.id})


async def _publish(shop: Shop, hub: str, key: str, events: tuple[Event, ...]) -> None:
    try:
        await shop.events.publish(hub, key, events)
    except EventsBusy:
        await shop.clock.sleep(0.05)
        await shop.events.publish(hub, key, events)
    shop.telemetry.measure(EVENTS_SENT, len(events), {"messaging.destination.name": hub})
