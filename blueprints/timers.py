"""What happens by the clock: sweeps that finish what a crash or a lost message has left."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import azure.functions as func

from blueprints._area import Area, OpenShop
from blueprints._telling import cost
from blueprints._triggers import OnTime
from domain.access import Caller, Trace, system
from usecases import (
    commanding,
    erasing,
    flushing,
    parcels,
    projecting,
    reconciling,
    relaying,
    rolling_up,
    webhooks,
)
from usecases.meter import part
from usecases.shop import Shop

log = logging.getLogger("shop.timer")

area = Area("timers")

EVERY_HOUR: Final = "0 30 * * * *"

type Sweeps = Callable[[Shop, Caller], Awaitable[int]]


def timer(schedule: str) -> Callable[[Sweeps], Sweeps]:
    """Declare a timer function of this area; ``schedule`` is a six-field NCRONTAB or ``%SETTING%``."""

    def declare(sweeps: Sweeps) -> Sweeps:
        area.add(OnTime(area.name, sweeps.__name__, schedule), partial(_swept, sweeps))
        return sweeps

    return declare


async def _swept(sweeps: Sweeps, open_shop: OpenShop, _: func.TimerRequest) -> None:
    shop = await open_shop()
    run = shop.ids.new()
    name = sweeps.__name__
    with shop.telemetry.span(name, "timer") as span, part() as meter:
        trace = Trace(correlation_id=run, causation_id=run, traceparent=span.traceparent)
        done = await sweeps(shop, system(name, trace))
        span.note({"shop.done": done, **cost(meter)})
    if done:
        log.info("swept", extra={"timer": name, "done": done})


@timer("%RELAY_SCHEDULE%")
async def relay_outbox(shop: Shop, caller: Caller) -> int:
    """Publish what was committed and not published."""
    return await relaying.sweep(shop, caller)


@timer("%AUDIT_SCHEDULE%")
async def project_audit(shop: Shop, caller: Caller) -> int:
    """Bring the audit together where all of a day lies side by side."""
    return await projecting.project(shop, caller)


@timer("%WATCHDOG_SCHEDULE%")
async def watch_orders(shop: Shop, caller: Caller) -> int:
    """Ask again, or give up, where an order is past its deadline."""
    return await commanding.look_again(shop, caller)


@timer("%WEBHOOK_SCHEDULE%")
async def drain_webhooks(shop: Shop, caller: Caller) -> int:
    """Apply webhooks that were received and not applied."""
    return await webhooks.drain(shop, caller)


@timer("%LEDGER_SCHEDULE%")
async def compare_ledgers(shop: Shop, caller: Caller) -> int:
    """Compare our money ledger with the card network's; heal, or call a person."""
    return await reconciling.compare_ledgers(shop, caller)


@timer("%CARRIER_SCHEDULE%")
async def poll_carriers(shop: Shop, caller: Caller) -> int:
    """Ask the carriers about parcels under way."""
    return await parcels.poll_carriers(shop, caller)


@timer("%COUNTERS_SCHEDULE%")
async def flush_counters(shop: Shop, caller: Caller) -> int:
    """Bring what was counted without an event into the figures of its day."""
    return await flushing.flush(shop, caller)


@timer("%ROLLUP_SCHEDULE%")
async def roll_up_sales(shop: Shop, caller: Caller) -> int:
    """Fold what was sold into the figures of days, weeks and months."""
    return await rolling_up.roll_up(shop, caller)


@timer(EVERY_HOUR)
async def erase_accounts(shop: Shop, caller: Caller) -> int:
    """Erase what tickets and ended orders still say of people whose accounts are gone."""
    return await erasing.erase_traces(shop, caller)
