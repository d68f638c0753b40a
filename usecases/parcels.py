"""Parcels on their way: what the carriers saw becomes the shipment's story and the saga's facts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from domain.access import Caller
from domain.events import event_id
from domain.moment import moment_text
from domain.order import CROCKFORD, Order
from domain.order_events import events_of, parcel_facts
from domain.saga import Publish, names
from domain.shipment import Shipment, TrackingEvent
from usecases.again import again
from usecases.orders import order_of
from usecases.ports.carriers import Scan as CarrierScan
from usecases.ports.store import Change, Scan, Where
from usecases.relaying import relay
from usecases.shop import Shop
from usecases.sweeping import each

CONSUMER: Final = "shipments"
MOVING: Final = ("label_created", "in_transit", "out_for_delivery", "failed")
HUB: Final = "shipping-events"

MOST_POLLED: Final = 100
"""Parcels that one scan finds; it cannot go on after them."""

MOST_LETTERS: Final = 3
"""Of the order's id, by which scans that find too much are split: good for three million parcels a status."""

ROUND: Final = timedelta(minutes=2)
"""How long a round may take; each begins at a letter that only its moment says, so nobody is left out for long."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of asking about parcels of one status: until when, and the letters in this round's order."""

    status: str
    until: datetime
    letters: str


async def poll_carriers(shop: Shop, caller: Caller) -> int:
    """Ask the carriers about parcels under way; how many parcels had news.

    Each status has scans of its own: parcels that are lost stay so, and must not keep others from
    being asked about.
    """
    now, news = shop.clock.now(), 0
    first = crc32(moment_text(now).encode()) % len(CROCKFORD)
    letters = CROCKFORD[first:] + CROCKFORD[:first]
    for status in MOVING:
        news += await _polled_part(shop, caller, Round(status, now + ROUND, letters))
    return news


async def _polled_part(shop: Shop, caller: Caller, round_: Round, prefix: str = "") -> int:
    """Ask about the parcels of orders whose ids begin so; where there are too many, letter by letter."""
    if shop.clock.now() >= round_.until:
        return 0
    part = (Where("order_id", "prefix", prefix),) if prefix else ()
    in_it = Scan(where=(Where("status", "=", round_.status), *part), limit=MOST_POLLED)
    found = await shop.store.find(Shipment, in_it)
    if len(found.items) < MOST_POLLED or len(prefix) == MOST_LETTERS:
        return await each(found.items, lambda shipment: _polled(shop, caller, shipment))
    longer = [prefix + letter for letter in round_.letters]
    return sum([await _polled_part(shop, caller, round_, start) for start in longer])


async def _polled(shop: Shop, caller: Caller, shipment: Shipment) -> bool:
    scans = await shop.carriers.track(shipment.carrier, shipment.tracking_number)
    events = [_event(shipment, scan) for scan in scans]
    known = {event.event_id for event in shipment.events}
    fresh = [event for event in events if event.event_id not in known]
    for event in fresh:
        await scanned(shop, caller, shipment, event)
    return bool(fresh)


async def scanned(shop: Shop, caller: Caller, shipment: Shipment, event: TrackingEvent) -> None:
    """The carrier saw the parcel: one commit keeps it and tells it. Safe to repeat."""
    order = await order_of(shop, shipment.user_id, shipment.order_id)

    async def step() -> None:
        fresh = await shop.store.get(Shipment, shipment.id, shipment.order_id)
        assert fresh is not None, "shipments are never removed"
        changed = fresh.seen(event)
        if changed is not fresh:
            await _committed(shop, caller, order, changed, event)

    await again(shop, step)


async def _committed(
    shop: Shop, caller: Caller, order: Order, shipment: Shipment, event: TrackingEvent
) -> None:
    told = [publish for publish in (_news(event),) if publish]
    facts = parcel_facts(shipment) | {
        "status": event.status,
        "location": event.location,
        "notes": event.description,
        "occurred_at": event.timestamp.isoformat(),
    }
    events = events_of(
        order,
        told,
        after=shipment.sequence,
        trace=caller.trace,
        at=shop.clock.now(),
        facts=facts,
    )
    kept = shipment.but(sequence=shipment.sequence + len(events))
    change = Change(by=caller, puts=(kept,), events=events)
    await relay(shop, caller, await shop.store.commit(change))


def _news(event: TrackingEvent) -> Publish | None:
    """The saga's fact: a delivery completes, other scans are a status."""
    if event.status == "label_created":
        return None
    type_ = (
        names.DELIVERY_COMPLETED if event.status == "delivered" else names.SHIPMENT_STATUS_UPDATED
    )
    fact = Publish(HUB, type_, event_id(CONSUMER, event.event_id, type_))
    return replace(fact, status=event.status)


def _event(shipment: Shipment, scan: CarrierScan) -> TrackingEvent:
    return TrackingEvent(
        event_id=f"{shipment.tracking_number}:{scan.status}:{scan.occurred_at.isoformat()}",
        status=scan.status,
        location=scan.location,
        timestamp=scan.occurred_at,
        description=scan.description,
    )
