"""The one way in for events: every Event Hubs function is declared here and answered here.

The host moves its checkpoint on whatever happens, so nothing may be left to it: an event that cannot
be applied for good is parked; one that meets a passing fault makes the batch run again, and is parked
on the last try. Events of one key wait for each other within a batch; others go on.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import azure.functions as func
from pydantic import ValidationError

from blueprints._area import Area, OpenShop
from blueprints._telling import applying
from blueprints._triggers import MOST_RETRIES, OnEvents
from domain.access import Caller, Trace, system
from domain.events import HUB_OF, Event
from domain.order import OrderNotFound
from usecases.again import Contended
from usecases.parking import Unapplied, park
from usecases.ports.faults import PortFault
from usecases.ports.store import StoreError
from usecases.ports.telemetry import Span
from usecases.shop import Shop

log = logging.getLogger("shop.consumer")

MOST_EVENT_BYTES: Final = 1_000_000
PASSING: Final = (PortFault, StoreError, Contended, OrderNotFound)
"""What may be gone when the batch runs again; an order may not be visible to this process yet."""

type Hears = Callable[[Shop, Caller, Event], Awaitable[None]]


class Postponed(Exception):
    """Some events of the batch met a passing fault: the host shall run the batch again."""


@dataclass(slots=True)
class Batch:
    """One run of one batch: who reads it, which keys wait for the next run, and what could not be parked."""

    shop: Shop
    hub: str
    group: str
    is_last_try: bool
    attempt: int
    waiting: set[str] = field(default_factory=set)
    unparked: int = 0


def consumer(area: Area, hub: str, group: str) -> Callable[[Hears], Hears]:
    """Declare the function of ``area`` that reads ``hub`` in the consumer group ``group``."""

    def declare(hears: Hears) -> Hears:
        trigger = OnEvents(area.name, f"{group}_on_{hub.replace('-', '_')}", hub, group)
        area.add(trigger, partial(_read, trigger, hears))
        return hears

    return declare


async def _read(
    trigger: OnEvents,
    hears: Hears,
    open_shop: OpenShop,
    events: list[func.EventHubEvent],
    context: func.Context,
) -> None:
    tries = context.retry_context.retry_count if context.retry_context else 0
    hub, group = trigger.hub, trigger.group
    shop = await open_shop()
    batch = Batch(shop, hub, group, tries >= MOST_RETRIES, tries + 1)
    with shop.telemetry.span(f"{group} on {hub}", "batch") as span:
        span.note({"messaging.batch.message_count": len(events)})
        for raw in events:
            await _one(batch, hears, raw.get_body(), span)
        if batch.waiting or batch.unparked:
            waits = f"{len(batch.waiting)} keys wait, {batch.unparked} events are not parked"
            raise Postponed(f"{group} on {hub}: {waits}")


async def _one(batch: Batch, hears: Hears, body: bytes, run: Span) -> None:
    event = await _decoded(batch, body)
    if event is None or event.subject in batch.waiting:
        return
    run.link(event.traceparent)
    with applying(batch.shop, event, batch.hub, batch.group) as span:
        span.link(run.traceparent)
        trace = Trace(
            correlation_id=event.correlation_id,
            causation_id=event.event_id,
            traceparent=span.traceparent or event.traceparent,
        )
        try:
            await hears(batch.shop, system(batch.group, trace), event)
        except PASSING as fault:
            span.fail(type(fault).__name__)
            await _postpone(batch, event, body, fault)
        except Exception as fault:
            span.fail(type(fault).__name__)
            log.exception("not applied", extra={"event_id": event.event_id, "group": batch.group})
            await _park(batch, body, "failed", repr(fault), event)


async def _decoded(batch: Batch, body: bytes) -> Event | None:
    """The event, if it is one that this release applies; others are parked, or not for us."""
    if len(body) > MOST_EVENT_BYTES:
        await _park(batch, body, "too_large", f"{len(body)} bytes")
        return None
    try:
        event = Event.model_validate_json(body)
    except ValidationError as fault:
        await _park(batch, body, "unreadable", str(fault))
        return None
    if event.event_version.partition(".")[0] != "1":
        await _park(batch, body, "newer_version", event.event_version, event)
        return None
    return event if HUB_OF.get(event.event_type) == batch.hub else None


async def _postpone(batch: Batch, event: Event, body: bytes, fault: Exception) -> None:
    if batch.is_last_try:
        await _park(batch, body, "gave_up", repr(fault), event)
        return
    log.warning("postponed", extra={"event_id": event.event_id, "fault": repr(fault)})
    batch.waiting.add(event.subject)


async def _park(
    batch: Batch, body: bytes, reason: str, detail: str, event: Event | None = None
) -> None:
    log.error("parked", extra={"group": batch.group, "hub": batch.hub, "reason": reason})
    unapplied = Unapplied(
        hub=batch.hub,
        group=batch.group,
        body=body,
        reason=reason,
        detail=detail,
        attempts=batch.attempt,
        event_id=event.event_id if event else "",
        event_type=event.event_type if event else "",
    )
    trace = Trace(correlation_id=unapplied.event_id, causation_id=unapplied.event_id)
    try:
        await park(batch.shop, system(batch.group, trace), unapplied)
    except PortFault:
        log.exception("not parked", extra={"event_id": unapplied.event_id, "reason": reason})
        batch.unparked += 1
