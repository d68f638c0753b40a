"""What happened to an order: for its customer the parcel's way, for staff every step."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from pydantic import ConfigDict

from domain.access import Caller
from domain.model import View
from domain.order import Order
from domain.shipment import Shipment, TrackingEvent, shipment_id
from domain.timeline import TimelineEntry
from usecases.orders import find_order, visible_order
from usecases.ports.store import MOST_ON_A_PAGE, Query, Where
from usecases.shop import Shop

MOST_STEPS: Final = 1_000
"""An order that went well has about a dozen; one whose parcel was seen for weeks has some hundred."""


class TrackingView(View):
    """A parcel as its customer sees it; empty fields while there is none yet."""

    order_id: str
    order_number: str
    status: str
    fulfillment_status: str
    carrier: str
    tracking_number: str
    estimated_delivery: datetime | None
    actual_delivery: datetime | None
    events: tuple[TrackingEvent, ...]


class TimelineStep(View):
    """One step of the saga."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    actor: str
    cause: str
    cause_id: str
    state: str
    published: tuple[str, ...]


class Timeline(View):
    """Every step of an order, oldest first; ``has_more`` where it has over a thousand.

    ``cancel_reason`` is what the person who cancelled it wrote.
    """

    order_id: str
    order_number: str
    status: str
    cancel_reason: str
    steps: tuple[TimelineStep, ...]
    has_more: bool


async def tracking(shop: Shop, caller: Caller, id_or_number: str, email: str) -> TrackingView:
    """The parcel of an order that the caller may see. Raises ``OrderNotFound``."""
    order = await visible_order(shop, caller, id_or_number, email)
    shipment = await shop.store.get(Shipment, shipment_id(order.order_id), order.order_id)
    return TrackingView(
        order_id=order.order_id,
        order_number=order.order_number,
        status=order.status,
        fulfillment_status=order.fulfillment_status,
        carrier=order.shipping.carrier,
        tracking_number=order.shipping.tracking_number,
        estimated_delivery=order.shipping.estimated_delivery,
        actual_delivery=shipment.actual_delivery if shipment else None,
        events=shipment.events if shipment else (),
    )


async def timeline(shop: Shop, id_or_number: str) -> Timeline:
    """Every event and saga step of an order. Raises ``OrderNotFound``."""
    order = await find_order(shop, id_or_number)
    steps, has_more = await _steps(shop, order)
    return Timeline(
        order_id=order.order_id,
        order_number=order.order_number,
        status=order.status,
        cancel_reason=order.cancel_reason,
        steps=steps,
        has_more=has_more,
    )


async def _steps(shop: Shop, order: Order) -> tuple[tuple[TimelineStep, ...], bool]:
    """The steps up to ``MOST_STEPS``, and whether there are more; one read for each hundred."""
    query = Query(
        partition=order.user_id,
        where=(Where("order_id", "=", order.order_id),),
        order_by="created_at",
        limit=MOST_ON_A_PAGE,
    )
    steps: list[TimelineStep] = []
    while len(steps) < MOST_STEPS:
        found = await shop.store.find(TimelineEntry, query)
        steps += map(_step, found.items)
        if found.next is None:
            return tuple(steps), False
        query = replace(query, after=found.next)
    return tuple(steps), True


def _step(entry: TimelineEntry) -> TimelineStep:
    return TimelineStep(
        at=entry.created_at,
        actor=entry.actor,
        cause=entry.cause,
        cause_id=entry.cause_id,
        state=entry.state,
        published=entry.published,
    )
