"""What people and clocks ask of an order."""

from collections.abc import Awaitable

import pytest
from pydantic import ValidationError

from domain.errors import Refusal
from domain.order import CannotCancel, Deadline, Order, OrderNotFound
from domain.timeline import TimelineEntry
from tests.domain.samples import an_order
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    STAFF,
    Bench,
    bring_webhooks,
    carry_on,
    deliver,
    guest,
    open_bench,
    paid,
    placed,
    sells,
    shipped,
)
from usecases.commanding import (
    CancelOrder,
    NotPlaced,
    NotShippable,
    cancel_order,
    look_again,
    mark_shipped,
)
from usecases.orders import OrderView
from usecases.parcels import poll_carriers

DAY = 24 * 3600


async def a_shop() -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", 10)
    return bench


async def ready_order(bench: Bench) -> OrderView:
    """An order that is reserved, paid and labelled."""
    view = await placed(bench, MUG=2)
    await paid(bench, view)
    await bring_webhooks(bench)
    await carry_on(bench)
    assert (await bench.order(view.order_id)).status == "processing"
    return view


async def delivered_order(bench: Bench) -> OrderView:
    view = await ready_order(bench)
    await shipped(bench, view)
    bench.clock.move(10)
    assert await poll_carriers(bench.shop, CLOCKWORK) == 1
    await carry_on(bench)
    return view


async def unchanged(bench: Bench, kind: type[Refusal], call: Awaitable[object]) -> Refusal:
    before = bench.state()
    with pytest.raises(kind) as refusal:
        await call
    assert bench.state() == before
    return refusal.value


async def test_an_order_that_is_cancelled_before_it_is_paid_frees_its_stock() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    cancelling = await cancel_order(bench.shop, GUEST, view.order_number.lower())
    assert cancelling.status == "cancelling"
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        "cancelled",
        "failed",
        "cancelled",
    )
    assert (await bench.stock("MUG"), order.deadline) == ((10, 10), None)


async def test_an_order_that_is_cancelled_after_it_is_paid_gives_the_money_back() -> None:
    bench = await a_shop()
    view = await ready_order(bench)

    await cancel_order(bench.shop, GUEST, view.order_id)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status) == ("cancelled", "refunded")
    (line,) = await bench.payments.ledger()
    assert (line.captured, line.refunded) == (order.totals.total, order.totals.total)
    assert await bench.stock("MUG") == (10, 10)


async def test_cancelling_again_changes_nothing() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    first = await cancel_order(bench.shop, GUEST, view.order_id)
    before = bench.state()

    assert await cancel_order(bench.shop, GUEST, view.order_id) == first
    assert bench.state() == before


async def test_the_reason_is_kept_with_the_request_that_cancels_and_is_in_no_event() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    await cancel_order(bench.shop, GUEST, view.order_id, "It was for next door")
    await cancel_order(bench.shop, GUEST, view.order_id, "Another word")
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.cancel_reason) == ("cancelled", "It was for next door")
    assert "cancel_reason" in Order.personal
    assert [
        event.data for event in bench.hubs.events if "next door" in event.model_dump_json()
    ] == []


async def test_only_its_owner_and_staff_cancel_an_order() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    call = cancel_order(bench.shop, guest("g-2"), view.order_id)
    assert (await unchanged(bench, OrderNotFound, call)).facts == {"order_id": view.order_id}
    assert (await cancel_order(bench.shop, STAFF, view.order_id)).status == "cancelling"


async def test_what_is_no_order_cannot_be_cancelled_or_shipped() -> None:
    bench = await a_shop()

    for text in ("", "nonsense", "7K3MPX9QW2ZD", "HPH-2026-7K3M-PX9Q-W2ZD"):
        await unchanged(bench, OrderNotFound, cancel_order(bench.shop, GUEST, text))
        await unchanged(bench, OrderNotFound, mark_shipped(bench.shop, STAFF, text))


async def test_an_order_that_has_left_cannot_be_cancelled() -> None:
    bench = await a_shop()
    view = await ready_order(bench)
    await shipped(bench, view)

    refusal = await unchanged(bench, CannotCancel, cancel_order(bench.shop, GUEST, view.order_id))

    assert refusal.facts == {"order_id": view.order_id, "status": "shipped"}


async def test_a_cancelled_order_is_not_shipped() -> None:
    bench = await a_shop()
    view = await ready_order(bench)
    await cancel_order(bench.shop, GUEST, view.order_id)

    refusal = await unchanged(bench, NotShippable, mark_shipped(bench.shop, STAFF, view.order_id))

    assert refusal.facts == {"order_id": view.order_id, "status": "cancelling"}


async def test_an_order_that_is_not_ready_is_not_shipped() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    await unchanged(bench, NotShippable, mark_shipped(bench.shop, STAFF, view.order_id))


async def test_shipping_twice_ships_once() -> None:
    bench = await a_shop()
    view = await ready_order(bench)
    first = await mark_shipped(bench.shop, STAFF, view.order_id)
    before = bench.state()

    assert (first.status, await mark_shipped(bench.shop, STAFF, view.order_id)) == (
        "shipped",
        first,
    )
    assert bench.state() == before


async def test_of_shipping_and_cancelling_at_once_exactly_one_wins() -> None:
    bench = await a_shop()
    view = await ready_order(bench)

    async def ship() -> None:
        await mark_shipped(bench.shop, STAFF, view.order_id)

    with pytest.raises(CannotCancel):
        await cancel_order(meddled(bench, {1: ship}), GUEST, view.order_id)

    assert (await bench.order(view.order_id)).status == "shipped"


async def test_an_order_that_is_still_being_placed_takes_no_command() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    order = await bench.order(view.order_id)
    await bench.put(order.but(facets=None, status="placing"))

    refusal = await unchanged(bench, NotPlaced, cancel_order(bench.shop, GUEST, view.order_id))

    assert refusal.facts == {"status": "placing"}


def test_a_reason_has_its_limit() -> None:
    assert CancelOrder(reason="x" * 5_000).reason == "x" * 5_000
    with pytest.raises(ValidationError):
        CancelOrder(reason="x" * 5_001)


async def test_an_order_that_waits_too_long_is_asked_about_again_then_given_up() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    bench.hubs.events.clear()
    seen = []

    for _ in range(4):
        bench.clock.move(60)
        assert await look_again(bench.shop, CLOCKWORK) in (0, 1)
        order = await bench.order(view.order_id)
        assert order.facets is not None
        seen.append((bench.hubs.types(), order.facets.attempt, order.facets.cancel))

    assert seen[0] == (["OrderCreated"], 1, "")
    assert seen[1] == (["OrderCreated"] * 2, 2, "")
    assert seen[2] == (
        ["OrderCreated"] * 2 + ["OrderCancelled", "OrderUpdated"],
        0,
        "timeout_inventory",
    )
    assert seen[3] == seen[2]


async def test_a_cancellation_that_nobody_answers_goes_to_a_person_in_the_end() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    await cancel_order(bench.shop, GUEST, view.order_id)
    bench.hubs.events.clear()

    for _ in range(4):
        bench.clock.move(300)
        await look_again(bench.shop, CLOCKWORK)

    assert bench.hubs.types() == ["OrderCancelled", "OrderCancelled", "TicketCreated"]
    assert bench.hubs.events[-1].data["ticket_id"] == f"{view.order_id}:compensation_stuck"
    assert (await bench.order(view.order_id)).due is None


async def test_nothing_is_looked_at_before_its_time() -> None:
    bench = await a_shop()
    await placed(bench, MUG=2)
    bench.clock.move(59)
    before = bench.state()

    assert await look_again(bench.shop, CLOCKWORK) == 0
    assert bench.state() == before


async def test_a_delivered_order_is_complete_when_its_return_window_closes() -> None:
    bench = await a_shop()
    view = await delivered_order(bench)
    order = await bench.order(view.order_id)
    assert (order.status, order.deadline and order.deadline.stage) == (
        "delivered",
        "return_window",
    )

    bench.clock.move(30 * DAY)
    assert await look_again(bench.shop, CLOCKWORK) == 1
    assert await look_again(bench.shop, CLOCKWORK) == 0

    order = await bench.order(view.order_id)
    assert (order.status, order.completed_at) == ("completed", bench.clock.now())
    completed = bench.hubs.events[-2]
    assert (completed.event_type, completed.data["completed_at"]) == (
        "OrderCompleted",
        bench.clock.now().isoformat(),
    )


async def test_goods_that_left_unheard_are_counted_out_before_the_order_is_closed() -> None:
    """Both of the carrier's events were parked for inventory, and nobody has replayed them."""
    bench = await a_shop()
    view = await ready_order(bench)
    await shipped(bench, view)
    bench.clock.move(10)
    assert await poll_carriers(bench.shop, CLOCKWORK) == 1
    for event in bench.hubs.events[bench.hubs.heard :]:
        for group in ("logistics", "orders"):
            await deliver(bench, group, event)
    bench.hubs.heard = len(bench.hubs.events)
    assert (await bench.order(view.order_id)).status == "delivered"
    assert (await bench.stock("MUG"), await bench.hold(view.order_id, "MUG")) == ((10, 8), "held")

    bench.clock.move(30 * DAY)
    assert await look_again(bench.shop, CLOCKWORK) == 1

    assert (await bench.order(view.order_id)).status == "completed"
    assert (await bench.stock("MUG"), await bench.hold(view.order_id, "MUG")) == ((8, 8), "sold")
    assert "StockLevelChanged" in bench.hubs.types()


async def test_an_order_that_was_not_delivered_tells_inventory_nothing() -> None:
    bench = await a_shop()
    view = await ready_order(bench)
    order = await bench.order(view.order_id)
    await bench.put(order.waiting(Deadline(at=bench.clock.now(), stage="return_window")))

    assert await look_again(bench.shop, CLOCKWORK) == 1

    assert await bench.hold(view.order_id, "MUG") == "held"
    assert (await bench.order(view.order_id)).status == "processing"


async def test_a_deadline_that_decides_nothing_is_cleared() -> None:
    bench = await a_shop()
    view = await ready_order(bench)
    order = await bench.order(view.order_id)
    await bench.put(order.waiting(Deadline(at=bench.clock.now(), stage="payment")))

    assert await look_again(bench.shop, CLOCKWORK) == 1

    assert (await bench.order(view.order_id)).due is None
    assert (await bench.order(view.order_id)).status == "processing"


async def test_a_due_order_without_a_deadline_is_left_alone() -> None:
    bench = await a_shop()
    await bench.put(an_order(due=bench.clock.now()))
    before = bench.state()

    assert await look_again(bench.shop, CLOCKWORK) == 0
    assert bench.state() == before


async def test_every_command_leaves_a_step_in_the_timeline() -> None:
    bench = await a_shop()
    view = await ready_order(bench)
    await mark_shipped(bench.shop, STAFF, view.order_id)

    step = next(s for s in bench.documents(TimelineEntry) if s.cause == "MarkShipped")

    assert (step.actor, step.state, step.cause_id) == ("orders", "shipped", f"{view.order_id}:ship")
    assert step.published == ("ShipmentStatusUpdated", "OrderUpdated")
    assert bench.documents(Order)[0].sequence == 4
