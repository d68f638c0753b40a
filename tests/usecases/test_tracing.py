"""What happened to an order."""

import pytest

from domain.order import OrderNotFound
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    NOBODY,
    Bench,
    carry_on,
    open_bench,
    paid,
    placed,
    sells,
    shipped,
)
from usecases.orders import OrderView
from usecases.parcels import poll_carriers
from usecases.tracing import timeline, tracking


async def an_order() -> tuple[Bench, OrderView]:
    bench = open_bench()
    await sells(bench, "MUG", 10)
    return bench, await placed(bench, MUG=2)


async def test_before_there_is_a_parcel_its_fields_are_empty() -> None:
    bench, view = await an_order()

    seen = await tracking(bench.shop, GUEST, view.order_number, "")

    assert seen.model_dump() == {
        "order_id": view.order_id,
        "order_number": view.order_number,
        "status": "pending",
        "fulfillment_status": "pending",
        "carrier": "",
        "tracking_number": "",
        "estimated_delivery": None,
        "actual_delivery": None,
        "events": (),
    }


async def test_a_parcels_way_is_seen_to_its_end() -> None:
    bench, view = await an_order()
    await paid(bench, view)
    await carry_on(bench)
    number = await shipped(bench, view)
    bench.clock.move(10)
    await poll_carriers(bench.shop, CLOCKWORK)
    await carry_on(bench)

    seen = await tracking(bench.shop, NOBODY, view.order_id, "ADA@example.com")

    assert (seen.status, seen.carrier, seen.tracking_number) == ("delivered", "USPS", number)
    assert seen.actual_delivery == seen.events[-1].timestamp
    assert [event.status for event in seen.events][-3:] == [
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]


async def test_the_way_is_seen_only_by_who_may_see_the_order() -> None:
    bench, view = await an_order()

    with pytest.raises(OrderNotFound):
        await tracking(bench.shop, NOBODY, view.order_id, "eve@example.com")


async def test_the_timeline_has_every_step_oldest_first() -> None:
    bench, view = await an_order()
    bench.clock.move(1)
    await paid(bench, view)
    bench.clock.move(1)
    await carry_on(bench)

    told = await timeline(bench.shop, view.order_number)

    assert (told.order_id, told.status) == (view.order_id, "processing")
    assert [(s.actor, s.cause, s.state, s.published) for s in told.steps[:2]] == [
        ("orders", "PlaceOrder", "pending", ("OrderCreated",)),
        ("payment", "Authorised", "authorised", ()),
    ]
    later = {(s.actor, s.cause, s.state, s.published) for s in told.steps[2:]}
    assert later == {
        ("inventory", "OrderCreated", "reserved", ("InventoryReserved",)),
        ("orders", "InventoryReserved", "pending", ()),
        ("payment", "InventoryReserved", "captured", ("PaymentProcessed",)),
        ("orders", "PaymentProcessed", "pending", ()),
        ("logistics", "PaymentProcessed", "scheduled", ("ShipmentScheduled",)),
        ("orders", "ShipmentScheduled", "processing", ("OrderUpdated",)),
    }
    assert [step.at for step in told.steps] == sorted(step.at for step in told.steps)


async def test_a_timeline_has_only_its_own_orders_steps() -> None:
    bench, first = await an_order()
    second = await placed(bench, MUG=1)

    assert len((await timeline(bench.shop, first.order_id)).steps) == 1
    assert len((await timeline(bench.shop, second.order_id)).steps) == 1
    with pytest.raises(OrderNotFound):
        await timeline(bench.shop, "nonsense")
