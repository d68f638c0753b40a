"""What is written down of an order and of a new customer, whatever way its events come."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.access import Trace, system
from domain.events import Event
from domain.newcomer import Newcomer
from domain.order import OrderNotFound
from domain.product import ProductPointer
from domain.roll_up_state import LateDay
from domain.sale import Sale
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import GUEST, Bench, carry_on, open_bench, paid, placed, sells
from usecases.commanding import cancel_order
from usecases.meter import begin
from usecases.ports.faults import NotVisible
from usecases.ports.store import Change
from usecases.recording_sales import OF_ITS_MONEY, OF_THE_ORDER, hear_order, hear_payment, hear_user

VIEWS = system("views", Trace(correlation_id="c-v", causation_id="r-v"))
A_DAY = 24 * 3600


async def lived(bench: Bench) -> list[Event]:
    """All that is told of an order that is paid, and cancelled after that."""
    await sells(bench, "MUG", price_minor=1250)
    order = await placed(bench, MUG=2)
    await paid(bench, order)
    await carry_on(bench)
    await cancel_order(bench.shop, GUEST, order.order_id)
    await carry_on(bench)
    return bench.hubs.events


async def hear(bench: Bench, events: Iterable[Event]) -> None:
    for event in events:
        hears = {"order-events": hear_order, "payment-events": hear_payment}.get(event.hub)
        if hears:
            await hears(bench.shop, VIEWS, event)


def the_sale(bench: Bench) -> Sale:
    (sale,) = bench.documents(Sale)
    assert isinstance(sale, Sale)
    return sale


def a_user(event_type: str = "UserCreated", **data: Any) -> Event:
    return Event(
        event_id="e-1",
        event_type=event_type,
        timestamp=NOON,
        subject="u-1",
        sequence=1,
        data={"user_id": "u-1", "role": "customer"} | data,
        correlation_id="c",
        causation_id="r",
    )


async def test_a_sale_is_written_as_the_order_is() -> None:
    bench = open_bench()

    await hear(bench, await lived(bench))

    sale = the_sale(bench)
    order = await bench.order(sale.order_id)
    assert sale.period == "day:2026-01-25"
    assert sale.total_minor == order.totals.total.amount_minor
    assert (sale.charged_minor, sale.refunded_minor) == (sale.total_minor, sale.total_minor)
    assert sale.is_cancelled
    line = sale.lines[0]
    assert (line.sku, line.category_slug, line.quantity, line.total_minor) == (
        "MUG",
        "kitchen",
        2,
        2500,
    )


async def test_nothing_about_the_person_is_in_it() -> None:
    bench = open_bench()
    await hear(bench, await lived(bench))

    text = the_sale(bench).json_text()

    for personal in (GUEST.user_id, "g-1", "buyer@example.com", "Shopper", "Main Street"):
        assert personal not in text


async def test_no_order_of_the_events_and_no_repetition_changes_it() -> None:
    bench = open_bench()
    told = [each for each in await lived(bench) if each.event_type in OF_THE_ORDER | OF_ITS_MONEY]
    assert len(told) == 4
    await hear(bench, told)
    right = the_sale(bench)

    for order in permutations(told):
        other = open_bench()
        await lived(other)
        await hear(other, (*order, *order[:2]))
        assert the_sale(other).document() == right.document()


async def test_what_is_heard_again_is_not_written_again() -> None:
    bench = open_bench()
    events = await lived(bench)
    await hear(bench, events)
    before = bench.state()

    await hear(bench, events)

    assert bench.state() == before


@pytest.mark.parametrize("hub", ["order-events", "payment-events"])
async def test_an_event_that_this_process_does_not_see_the_effect_of_waits(hub: str) -> None:
    bench = open_bench()
    events = [each for each in await lived(bench) if each.hub == hub]
    ahead = [each.model_copy(update={"sequence": 99}) for each in events]
    heard = 0

    for event in ahead:
        if event.event_type in OF_THE_ORDER | OF_ITS_MONEY:
            with pytest.raises(NotVisible):
                await hear(bench, [event])
            heard += 1

    assert heard == 2
    assert bench.documents(Sale) == []


async def test_an_order_that_nobody_sees_yet_waits() -> None:
    bench = open_bench()
    created = (await lived(bench))[0]
    nobody = created.model_copy(update={"data": {"order_id": "0123456789AB"}})

    for event in (nobody, created.model_copy(update={"data": {}})):
        with pytest.raises(OrderNotFound):
            await hear_order(bench.shop, VIEWS, event)


async def test_an_event_that_names_only_the_order_is_enough() -> None:
    bench = open_bench()
    created = (await lived(bench))[0]

    bare = created.model_copy(update={"data": {"order_id": created.subject}})
    await hear_order(bench.shop, VIEWS, bare)

    assert the_sale(bench).order_id == created.subject


async def test_the_refund_of_a_return_is_not_the_orders() -> None:
    bench = open_bench()
    refund = next(each for each in await lived(bench) if each.event_type == "RefundProcessed")
    data = refund.data | {"return_id": "r-1"}

    await hear_payment(bench.shop, VIEWS, refund.model_copy(update={"data": data}))

    assert bench.documents(Sale) == []


async def test_a_product_that_is_gone_stands_in_no_category() -> None:
    bench = open_bench()
    events = await lived(bench)
    for pointer in bench.documents(ProductPointer):
        await bench.store.commit(Change(by=VIEWS, removes=(pointer,)))

    await hear(bench, events)

    assert the_sale(bench).lines[0].category_slug == ""


async def test_a_day_that_is_over_is_marked_in_the_same_batch_each_time() -> None:
    bench = open_bench()
    events = await lived(bench)
    await hear(bench, events[:1])
    assert bench.documents(LateDay) == []
    bench.clock.move(A_DAY)
    sale = the_sale(bench)
    await bench.store.commit(
        Change(by=VIEWS, puts=(sale.but(is_cancelled=False, refunded_minor=0),))
    )

    await hear(bench, events)

    (mark,) = bench.documents(LateDay)
    assert (mark.partition, mark.day.isoformat(), mark.changes) == (
        "day:2026-01-25",
        "2026-01-25",
        1,
    )


async def test_another_writer_in_between_is_taken_into_account() -> None:
    bench = open_bench()
    events = await lived(bench)

    async def somebody_else() -> None:
        await hear(bench, events)

    await hear_order(meddled(bench, {1: somebody_else}), VIEWS, events[0])

    assert the_sale(bench).refunded_minor == the_sale(bench).total_minor


async def test_a_customer_is_counted_once_and_without_a_name() -> None:
    bench = open_bench()

    for _ in range(2):
        await hear_user(bench.shop, VIEWS, a_user(email="a@example.com"))

    (newcomer,) = bench.documents(Newcomer)
    assert newcomer.document() == Newcomer.of(b"k" * 32, "u-1", NOON.date()).document()
    assert "u-1" not in newcomer.json_text()
    assert "example.com" not in newcomer.json_text()


async def test_a_customer_heard_of_late_leaves_a_mark() -> None:
    bench = open_bench()
    bench.clock.move(timedelta(days=3).total_seconds())

    await hear_user(bench.shop, VIEWS, a_user())

    assert [one.period for one in bench.documents(LateDay)] == ["day:2026-01-25"]


@pytest.mark.parametrize(
    "event", [a_user(role="staff"), a_user("UserUpdated"), a_user(user_id=""), a_user(user_id=None)]
)
async def test_nobody_else_is_a_new_customer(event: Event) -> None:
    bench = open_bench()

    await hear_user(bench.shop, VIEWS, event)

    assert bench.documents(Newcomer) == []


async def test_hearing_costs_few_operations() -> None:
    bench = open_bench()
    created = (await lived(bench))[0]

    costs = []
    for _ in range(2):
        meter = begin()
        await hear_order(bench.shop, VIEWS, created)
        costs.append(meter.operations)

    assert costs == [5, 3]
