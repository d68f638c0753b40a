"""Parcels on their way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from domain.carrier import CarrierService
from domain.order import CROCKFORD, OrderNotFound, order_id_of
from domain.shipment import Shipment, TrackingEvent, shipment_id
from tests.adapters.embedded.fixtures import StillClock
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import (
    ADDRESS,
    CLOCKWORK,
    GUEST,
    Bench,
    carry_on,
    fill_cart,
    open_bench,
    order_command,
    paid,
    sells,
    shipped,
)
from usecases.ordering import place_order
from usecases.orders import OrderView
from usecases.parcels import MOST_POLLED, poll_carriers, scanned
from usecases.ports.carriers import Carriers, Label, Scan


async def a_parcel(postal_code: str = "38103") -> tuple[Bench, OrderView, str]:
    """An order whose parcel was just handed over; a scan comes each second."""
    bench = open_bench()
    await sells(bench, "MUG", 10)
    await fill_cart(bench, MUG=2)
    there = ADDRESS.model_copy(update={"postal_code": postal_code})
    view = await place_order(bench.shop, GUEST, order_command(shipping_address=there))
    await paid(bench, view)
    await carry_on(bench)
    return bench, view, await shipped(bench, view)


async def shipment(bench: Bench) -> Shipment:
    (found,) = bench.documents(Shipment)
    assert isinstance(found, Shipment)
    return found


def told(bench: Bench) -> list[tuple[str, str]]:
    """Type and status of what the parcel told."""
    mine = [event for event in bench.hubs.events if "occurred_at" in event.data]
    return [(event.event_type, event.data["status"]) for event in mine]


async def test_every_scan_is_kept_and_told_once() -> None:
    bench, _, number = await a_parcel()

    for _ in range(4):
        await poll_carriers(bench.shop, CLOCKWORK)
        bench.clock.move(1)
    await poll_carriers(bench.shop, CLOCKWORK)

    parcel = await shipment(bench)
    assert (parcel.status, parcel.tracking_number) == ("delivered", number)
    assert [event.status for event in parcel.events] == [
        "label_created",
        "label_created",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]
    assert parcel.actual_delivery == parcel.events[-1].timestamp
    assert told(bench) == [
        ("ShipmentStatusUpdated", "in_transit"),
        ("ShipmentStatusUpdated", "out_for_delivery"),
        ("DeliveryCompleted", "delivered"),
    ]


async def test_a_scan_carries_where_and_when() -> None:
    bench, view, number = await a_parcel()
    bench.clock.move(1)
    await poll_carriers(bench.shop, CLOCKWORK)

    event = bench.hubs.events[-1]

    assert (event.subject, event.sequence) == (view.order_id, 1)
    assert event.data["tracking_id"] == number
    assert (event.data["location"], event.data["notes"]) == ("Kansas City, KS", "Picked up")
    assert event.data["occurred_at"] == "2026-01-25T12:00:01+00:00"


async def test_no_news_changes_nothing() -> None:
    bench, _, _ = await a_parcel()
    assert await poll_carriers(bench.shop, CLOCKWORK) == 1
    before = bench.state()

    assert await poll_carriers(bench.shop, CLOCKWORK) == 0
    assert bench.state() == before


async def test_a_delivered_parcel_is_not_asked_about_again() -> None:
    bench, _, _ = await a_parcel()
    bench.clock.move(10)
    assert await poll_carriers(bench.shop, CLOCKWORK) == 1
    before = bench.state()

    assert await poll_carriers(bench.shop, CLOCKWORK) == 0
    assert bench.state() == before


async def test_a_lost_parcel_ends_its_order_and_the_money_goes_back() -> None:
    bench, view, _ = await a_parcel("00001")
    bench.clock.move(10)

    await poll_carriers(bench.shop, CLOCKWORK)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        "cancelled",
        "refunded",
        "failed",
    )
    assert (await bench.stock("MUG"), (await shipment(bench)).status) == ((8, 8), "failed")


async def test_two_polls_at_once_tell_each_scan_once() -> None:
    bench, _, _ = await a_parcel()
    bench.clock.move(10)

    async def other_poll() -> None:
        await poll_carriers(bench.shop, CLOCKWORK)

    assert await poll_carriers(meddled(bench, {1: other_poll}), CLOCKWORK) == 1

    assert [type_ for type_, _ in told(bench)] == [
        "ShipmentStatusUpdated",
        "ShipmentStatusUpdated",
        "DeliveryCompleted",
    ]
    assert (await shipment(bench)).sequence == 3


async def test_a_parcel_without_its_order_is_left_and_stops_no_other() -> None:
    bench, _, _ = await a_parcel()
    orphan = (await shipment(bench)).model_copy(
        update={"id": "0-S1", "order_id": "0", "user_id": "nobody"}
    )
    await bench.put(Shipment.model_validate(orphan.model_dump() | {"audit_head": None}))
    bench.clock.move(1)

    assert await poll_carriers(bench.shop, CLOCKWORK) == 1

    event = TrackingEvent(event_id="e", status="in_transit", timestamp=bench.clock.now())
    with pytest.raises(OrderNotFound):
        await scanned(bench.shop, CLOCKWORK, orphan, event)


async def test_many_lost_parcels_do_not_keep_the_others_from_being_asked_about() -> None:
    bench, _, _ = await a_parcel()
    mine = await shipment(bench)
    for number in range(MOST_POLLED):
        lost = {"order_id": f"LOST-{number}", "id": f"LOST-{number}-S1", "status": "failed"}
        await bench.put(Shipment.model_validate(mine.model_dump() | lost | {"audit_head": None}))
    bench.clock.move(1)

    assert await poll_carriers(bench.shop, CLOCKWORK) > 0

    assert (await bench.store.get(Shipment, mine.id, mine.order_id) or mine).status == "in_transit"


@dataclass
class SlowCarriers:
    """Carriers that have seen nothing, take their time, and remember what they were asked about."""

    inner: Carriers
    clock: StillClock
    seconds: float = 0
    asked: list[str] = field(default_factory=list)

    async def buy_label(
        self, shipment_id: str, address: Mapping[str, str], *, service: CarrierService, key: str
    ) -> Label:
        return await self.inner.buy_label(shipment_id, address, service=service, key=key)

    @property
    def names(self) -> Collection[str]:
        return self.inner.names

    async def void_label(self, carrier: str, tracking_number: str, *, key: str) -> None:
        await self.inner.void_label(carrier, tracking_number, key=key)

    async def track(self, carrier: str, tracking_number: str) -> Sequence[Scan]:
        self.asked.append(tracking_number)
        self.clock.move(self.seconds)
        return ()


async def many_parcels(count: int, seconds: float = 0) -> tuple[Bench, SlowCarriers]:
    bench, _, _ = await a_parcel()
    mine = await shipment(bench)
    for number in range(count):
        order_id = order_id_of(b"k" * 32, f"cart-{number}", 0)
        other = {"order_id": order_id, "id": shipment_id(order_id), "tracking_number": order_id}
        fresh = mine.model_dump() | other | {"audit_head": None, "status": "in_transit"}
        await bench.put(Shipment.model_validate(fresh))
    return bench, SlowCarriers(bench.shop.carriers, bench.clock, seconds)


async def test_more_parcels_than_a_scan_finds_are_all_asked_about() -> None:
    bench, carriers = await many_parcels(3 * MOST_POLLED)

    await poll_carriers(replace(bench.shop, carriers=carriers), CLOCKWORK)

    on_the_way = [order_id_of(b"k" * 32, f"cart-{number}", 0) for number in range(3 * MOST_POLLED)]
    assert set(on_the_way) <= set(carriers.asked)
    assert len(carriers.asked) == len(set(carriers.asked))


async def test_a_round_has_an_end_and_the_next_begins_elsewhere() -> None:
    bench, carriers = await many_parcels(3 * MOST_POLLED, seconds=10)
    shop = replace(bench.shop, carriers=carriers)
    await poll_carriers(shop, CLOCKWORK)
    first = set(carriers.asked)

    for _ in range(8 * len(CROCKFORD)):
        await poll_carriers(shop, CLOCKWORK)

    assert 12 <= len(first) < 40
    assert len(set(carriers.asked)) > 3 * MOST_POLLED
