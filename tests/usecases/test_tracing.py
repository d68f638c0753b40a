"""What happened to an order."""

from datetime import datetime, timedelta

import pytest

from domain.order import OrderNotFound
from domain.timeline import TimelineEntry, entry_id
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
from usecases.commanding import cancel_order
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

    seen = await tracking(bench.shop, NOBODY, view.order_id, "BUYER@example.com")

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
        await tracking(bench.shop, NOBODY, view.order_id, "other@example.com")


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


def a_step(view: OrderView, number: int, at: datetime) -> TimelineEntry:
    return TimelineEntry(
        id=entry_id(view.order_id, "orders", f"e-{number}"),
        user_id=view.user_id,
        order_id=view.order_id,
        actor="orders",
        cause="ShipmentStatusUpdated",
        cause_id=f"e-{number}",
        state="shipped",
        created_at=at,
    )


@pytest.mark.parametrize(
    ("more", "shown", "has_more"), [(150, 151, False), (999, 1_000, False), (1_000, 1_000, True)]
)
async def test_a_long_timeline_is_told_whole_or_says_that_there_is_more(
    more: int, shown: int, has_more: bool
) -> None:
    bench, view = await an_order()
    for number in range(more):
        await bench.put(a_step(view, number, view.created_at + timedelta(seconds=number + 1)))

    told = await timeline(bench.shop, view.order_id)

    assert (len(told.steps), told.has_more) == (shown, has_more)
    assert [step.cause_id for step in told.steps[1:]] == [f"e-{n}" for n in range(shown - 1)]


async def test_staff_read_why_an_order_was_cancelled() -> None:
    bench, view = await an_order()
    assert (await timeline(bench.shop, view.order_id)).cancel_reason == ""

    await cancel_order(bench.shop, GUEST, view.order_id, "Ordered twice")

    assert (await timeline(bench.shop, view.order_id)).cancel_reason == "Ordered twice"
