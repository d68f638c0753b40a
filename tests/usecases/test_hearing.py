"""The participants and the tracker of the saga, hearing one signal each."""

import pytest

from domain.companions import Marker
from domain.events import GROUPS_BY_HUB
from domain.ledger import LedgerEntry
from domain.order import OrderNotFound
from domain.participant import RecordedWord
from domain.saga import Signal
from domain.timeline import TimelineEntry
from tests.domain.samples import an_order
from tests.usecases.meddling import Crash, crash, failing, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    Bench,
    bring_webhooks,
    carry_on,
    deliver,
    open_bench,
    paid,
    placed,
    sells,
    shipped,
)
from usecases.hearing import INVENTORY, PAYMENT, order_hears, participant_hears
from usecases.holding import free
from usecases.orders import OrderView
from usecases.parcels import poll_carriers
from usecases.ports.store import AlreadyExists, StoreBusy
from usecases.stepping import Subject

CREATED = Signal("OrderCreated", "e-1")


async def a_shop(pieces: int = 10, **settings: int) -> Bench:
    bench = open_bench(**settings)
    await sells(bench, "MUG", pieces)
    return bench


def subject(view: OrderView) -> Subject:
    return Subject(view.user_id, view.order_id)


def words(bench: Bench) -> dict[str, str]:
    return {one.participant: one.word.phase for one in bench.documents(RecordedWord)}


async def test_a_whole_order_is_told_step_by_step_to_its_end() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    await paid(bench, view)
    await bring_webhooks(bench)
    await carry_on(bench)
    await shipped(bench, view)
    await carry_on(bench)
    bench.clock.move(3)
    await poll_carriers(bench.shop, CLOCKWORK)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    mine = [event for event in bench.hubs.events if event.subject == view.order_id]
    assert [event.event_type for event in mine] == [
        "OrderCreated",
        "InventoryReserved",
        "PaymentProcessed",
        "ShipmentScheduled",
        "OrderUpdated",  # processing
        "ShipmentStatusUpdated",  # in transit, by the order
        "OrderUpdated",
        "ShipmentStatusUpdated",  # in transit, by the carrier
        "ShipmentStatusUpdated",  # out for delivery
        "DeliveryCompleted",
        "OrderUpdated",
    ]
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        "delivered",
        "paid",
        "delivered",
    )
    assert order.paid_at == order.created_at
    assert words(bench) == {"inventory": "sold", "payment": "captured", "logistics": "shipped"}
    assert await bench.stock("MUG") == (8, 8)
    (line,) = await bench.payments.ledger()
    (entry,) = bench.documents(LedgerEntry)
    assert (entry.move, entry.amount, line.captured) == (
        "charge",
        order.totals.total,
        order.totals.total,
    )


async def test_only_the_stock_tells_of_its_level() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    await carry_on(bench)
    in_transit = Signal("ShipmentStatusUpdated", "e-9", status="in_transit")

    await participant_hears(bench.shop, CLOCKWORK, INVENTORY, subject(view), in_transit)

    levels = [event for event in bench.hubs.events if event.event_type == "StockLevelChanged"]
    assert [(event.subject, event.data["sku"], event.data["delta"]) for event in levels] == [
        ("MUG", "MUG", -2)
    ]


async def test_every_event_may_come_twice() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    await paid(bench, view)
    await carry_on(bench)
    before = bench.state()

    for event in list(bench.hubs.events):
        for group in GROUPS_BY_HUB[event.hub]:
            await deliver(bench, group, event)

    assert bench.state() == before


async def test_a_step_is_one_batch_of_word_mark_ledger_timeline_and_event() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    await paid(bench, view)
    reserved = Signal("InventoryReserved", "e-2")

    with pytest.raises(Crash):  # the capture was done, the word was not recorded
        await participant_hears(
            meddled(bench, {1: crash}), CLOCKWORK, PAYMENT, subject(view), reserved
        )
    assert (words(bench), bench.documents(LedgerEntry)) == ({"payment": "authorised"}, [])
    await participant_hears(bench.shop, CLOCKWORK, PAYMENT, subject(view), reserved)

    assert words(bench) == {"payment": "captured"}
    assert len(bench.documents(LedgerEntry)) == 1
    (line,) = await bench.payments.ledger()
    assert line.captured == view.totals.total
    marks = [mark.id for mark in bench.documents(Marker)]
    assert "in:payment:e-2" in marks
    step = next(s for s in bench.documents(TimelineEntry) if s.cause_id == "e-2")
    assert (step.actor, step.cause, step.state, step.published) == (
        "payment",
        "InventoryReserved",
        "captured",
        ("PaymentProcessed",),
    )


async def test_a_signal_that_says_nothing_new_leaves_no_trace() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    before = bench.state()

    stray = Signal("ETAUpdated", "e-3")
    await participant_hears(bench.shop, CLOCKWORK, INVENTORY, subject(view), stray)
    await order_hears(bench.shop, CLOCKWORK, subject(view), stray, {})

    assert bench.state() == before


async def test_two_who_hear_the_same_signal_at_once_act_once() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    async def other_instance() -> None:
        await participant_hears(bench.shop, CLOCKWORK, INVENTORY, subject(view), CREATED)

    await participant_hears(
        meddled(bench, {2: other_instance}), CLOCKWORK, INVENTORY, subject(view), CREATED
    )

    assert words(bench) == {"inventory": "reserved"}
    assert bench.hubs.types() == ["OrderCreated", "InventoryReserved"]


async def test_two_who_hear_different_signals_at_once_both_count() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    first, second = Signal("Declined", "e-4"), Signal("Declined", "e-5")

    async def other_instance() -> None:
        await participant_hears(bench.shop, CLOCKWORK, PAYMENT, subject(view), first)

    await participant_hears(
        meddled(bench, {1: other_instance}), CLOCKWORK, PAYMENT, subject(view), second
    )

    (word,) = bench.documents(RecordedWord)
    assert (word.word.phase, word.word.declines) == ("idle", 2)


@pytest.mark.parametrize("most", [1, 3, 5])
async def test_how_many_declines_are_borne_is_a_setting(most: int) -> None:
    bench = await a_shop(payment_declines=most)
    view = await placed(bench, MUG=2)

    for number in range(most):
        assert words(bench).get("payment") != "failed"
        declined = Signal("Declined", f"e-{number}")
        await participant_hears(bench.shop, CLOCKWORK, PAYMENT, subject(view), declined)
        await participant_hears(bench.shop, CLOCKWORK, PAYMENT, subject(view), declined)

    assert words(bench)["payment"] == "failed"


async def test_goods_that_went_missing_fail_the_reservation_and_name_the_lines() -> None:
    bench = await a_shop(pieces=2)
    view = await placed(bench, MUG=2)
    order = await bench.order(view.order_id)
    await free(bench.shop, CLOCKWORK, order)
    await placed(bench, GUEST, MUG=1)
    bench.hubs.events = bench.hubs.events[:1]

    await participant_hears(bench.shop, CLOCKWORK, INVENTORY, subject(view), CREATED)

    failed = bench.hubs.events[-1]
    assert failed.event_type == "InventoryReservationFailed"
    assert failed.data["failed_items"] == [
        {"sku": "MUG", "product_id": "p-MUG", "requested": 2, "available": 1}
    ]
    assert words(bench)["inventory"] == "failed"


async def test_an_order_that_is_not_visible_yet_is_asked_for_again() -> None:
    bench = await a_shop()
    before = bench.state()

    for call in (
        participant_hears(bench.shop, CLOCKWORK, INVENTORY, Subject("g-9", "o-9"), CREATED),
        order_hears(bench.shop, CLOCKWORK, Subject("g-9", "o-9"), CREATED, {}),
    ):
        with pytest.raises(OrderNotFound):
            await call
    assert bench.state() == before


@pytest.mark.parametrize("status", ["placing", "rejected"])
async def test_a_word_on_an_order_that_is_not_placed_moves_nothing(status: str) -> None:
    bench = await a_shop()
    order = an_order(status=status)
    await bench.put(order)
    before = bench.state()

    with pytest.raises(OrderNotFound) as refusal:
        await order_hears(
            bench.shop,
            CLOCKWORK,
            Subject(order.user_id, order.order_id),
            Signal("InventoryReserved", "e-1"),
            {},
        )

    assert refusal.value.facts == {"order_id": order.order_id}
    assert bench.state() == before


async def test_what_another_document_refuses_is_tried_anew() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    stranger = failing(AlreadyExists("there", "something-else"))

    await participant_hears(
        meddled(bench, {2: stranger}), CLOCKWORK, INVENTORY, subject(view), CREATED
    )

    assert words(bench) == {"inventory": "reserved"}
    assert bench.clock.slept == [0.01]


async def test_a_store_that_is_away_is_the_callers_to_repeat() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    with pytest.raises(StoreBusy):
        await participant_hears(
            meddled(bench, {1: failing(StoreBusy("away"))}),
            CLOCKWORK,
            INVENTORY,
            subject(view),
            CREATED,
        )

    assert words(bench) == {}


async def test_the_tracker_keeps_the_parcel_and_the_moment_of_payment() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    to = subject(view)
    parcel = {
        "carrier": "UPS",
        "tracking_id": "1Z",
        "shipment_id": "S",
        "estimated_delivery": "2026-01-30T12:00:00+00:00",
    }

    await order_hears(bench.shop, CLOCKWORK, to, Signal("PaymentProcessed", "e-1"), {})
    await order_hears(bench.shop, CLOCKWORK, to, Signal("ShipmentScheduled", "e-2"), parcel)

    order = await bench.order(view.order_id)
    assert order.paid_at == bench.clock.now()
    assert order.shipping.model_dump(mode="json") == {
        "method": "standard",
        "carrier": "UPS",
        "tracking_number": "1Z",
        "shipment_id": "S",
        "estimated_delivery": "2026-01-30T12:00:00Z",
    }
