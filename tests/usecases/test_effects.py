"""The hands of the participants."""

import pytest

from domain.money import Money
from domain.order import CardUsed, Order, OrderNotFound
from domain.saga import Do, Word
from domain.shipment import Shipment
from tests.domain.samples import HOME, an_order
from tests.usecases.meddling import failing, meddled
from tests.usecases.shop_fixtures import CLOCKWORK, GUEST, Bench, open_bench, sells
from usecases.effects import (
    inventory_does,
    inventory_knows,
    logistics_does,
    logistics_knows,
    payment_does,
    payment_knows,
)
from usecases.ports.carriers import CarrierBusy
from usecases.ports.payments import PaymentBusy, UnexpectedState
from usecases.ports.store import StoreBusy

RESERVE, RELEASE = Do("reserve", "{order}:reserve"), Do("release", "{order}:release")
SELL, CORRECT = Do("sell", "{order}:sell"), Do("correct", "{order}:correct")
CHARGE, REFUND = Do("charge", "{order}:charge"), Do("refund", "{order}:refund")
STOP = Do("stop", "{order}:intent")
LABEL, VOID = Do("label", "{order}:label"), Do("void", "{order}:void")
FLY = Do("fly", "{order}:fly")
SHIPMENT_ID = f"{an_order().order_id}-S1"


async def a_shop(mugs: int = 10) -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", mugs)
    await sells(bench, "CUP", 10)
    return bench


async def authorised(bench: Bench, card: str = "visa", total: Money | None = None) -> Order:
    """The order, its payment held on a card."""
    order = an_order()
    intent = await bench.payments.create_intent(
        total or order.totals.total, key="i", metadata={"order_id": order.order_id}
    )
    await bench.payments.confirm(intent.id, payment_method=f"pm_card_{card}", key="c")
    return order.but(payment=CardUsed(intent_id=intent.id))


async def money(bench: Bench) -> tuple[int, int, int]:
    """Held, captured and refunded at the network, in minor units."""
    (line,) = await bench.payments.ledger()
    return line.held.amount_minor, line.captured.amount_minor, line.refunded.amount_minor


async def parcel(bench: Bench) -> Shipment:
    found = await bench.store.get(Shipment, SHIPMENT_ID, an_order().order_id)
    assert found is not None
    return found


async def test_inventory_asserts_frees_sells_and_corrects() -> None:
    bench, order = await a_shop(), an_order()
    levels = []

    for do in (RESERVE, RELEASE, CORRECT):
        assert await inventory_does(bench.shop, CLOCKWORK, order, do)
        levels.append(await bench.stock("MUG"))
    other = order.but(order_id="OTHER")
    for do in (RESERVE, SELL):
        assert await inventory_does(bench.shop, CLOCKWORK, other, do)
        levels.append(await bench.stock("MUG"))

    assert levels == [(10, 8), (10, 10), (8, 8), (8, 6), (6, 6)]


async def test_a_reservation_fails_where_one_line_is_short() -> None:
    bench = await a_shop(mugs=1)

    assert not await inventory_does(bench.shop, CLOCKWORK, an_order(), RESERVE)
    failed = await inventory_knows(bench.shop, an_order(), Word("failed"))
    assert [(line["sku"], line["available"]) for line in failed["failed_items"]] == [("MUG", 1)]
    assert await inventory_knows(bench.shop, an_order(), Word("reserved")) == {}


async def test_a_charge_takes_exactly_the_total_once() -> None:
    bench = await a_shop()
    order = await authorised(bench)
    assert await money(bench) == (3007, 0, 0)

    for _ in range(2):
        assert await payment_does(bench.shop, CLOCKWORK, order, CHARGE)

    assert await money(bench) == (0, 3007, 0)
    assert await payment_knows(bench.shop, order, Word("captured")) == {}


async def test_a_charge_that_the_network_refuses_is_refused() -> None:
    bench = await a_shop()
    order = await authorised(bench, "captureDeclined")

    assert not await payment_does(bench.shop, CLOCKWORK, order, CHARGE)
    assert await money(bench) == (0, 0, 0)


async def test_a_charge_whose_answer_is_lost_is_repeated_and_taken_once() -> None:
    bench = await a_shop()
    order = await authorised(bench, "captureAnswerLost")

    with pytest.raises(PaymentBusy):
        await payment_does(bench.shop, CLOCKWORK, order, CHARGE)
    assert await payment_does(bench.shop, CLOCKWORK, order, CHARGE)

    assert await money(bench) == (0, 3007, 0)


async def test_another_amount_than_the_total_is_never_taken_silently() -> None:
    bench = await a_shop()
    order = await authorised(bench, total=Money(1, "USD"))

    with pytest.raises(AssertionError, match="another amount than the order's"):
        await payment_does(bench.shop, CLOCKWORK, order, CHARGE)


async def test_a_refund_gives_the_whole_total_back_once() -> None:
    bench = await a_shop()
    order = await authorised(bench)
    await payment_does(bench.shop, CLOCKWORK, order, CHARGE)

    for _ in range(2):
        assert await payment_does(bench.shop, CLOCKWORK, order, REFUND)

    assert await money(bench) == (0, 3007, 3007)


async def test_what_was_never_taken_cannot_be_given_back() -> None:
    bench = await a_shop()
    order = await authorised(bench)

    with pytest.raises(UnexpectedState):
        await payment_does(bench.shop, CLOCKWORK, order, REFUND)

    assert await money(bench) == (3007, 0, 0)


@pytest.mark.parametrize("do", [CHARGE, REFUND])
async def test_money_does_not_move_for_an_order_whose_payment_is_not_seen_yet(do: Do) -> None:
    bench = await a_shop()
    await authorised(bench)
    before = bench.state()

    with pytest.raises(OrderNotFound) as refusal:
        await payment_does(bench.shop, CLOCKWORK, an_order(), do)

    assert refusal.value.facts == {"order_id": an_order().order_id}
    assert bench.state() == before


async def test_stopping_frees_what_is_held_and_needs_no_payment() -> None:
    bench = await a_shop()
    order = await authorised(bench)

    assert await payment_does(bench.shop, CLOCKWORK, order, STOP)
    assert await payment_does(bench.shop, CLOCKWORK, an_order(), STOP)

    assert await money(bench) == (0, 0, 0)


async def test_a_label_is_bought_once_and_written_as_the_parcel() -> None:
    bench = await a_shop()
    order = an_order()

    for _ in range(2):
        assert await logistics_does(bench.shop, CLOCKWORK, order, LABEL)

    (bought,) = await bench.carriers.parcels()
    shipment = await parcel(bench)
    assert (shipment.tracking_number, shipment.carrier, shipment.service_level) == (
        bought.tracking_number,
        "USPS",
        "Ground Advantage",
    )
    assert (shipment.status, shipment.destination, shipment.user_id) == (
        "label_created",
        HOME,
        "guest:g-1",
    )
    assert [event.event_id for event in shipment.events] == [f"{order.order_id}:label"]
    facts = await logistics_knows(bench.shop, order, Word("scheduled"))
    assert (facts["tracking_id"], facts["shipment_id"]) == (bought.tracking_number, SHIPMENT_ID)


async def test_a_parcel_that_no_carrier_takes_is_refused() -> None:
    bench = await a_shop()
    order = an_order(shipping_address=HOME.model_copy(update={"postal_code": "00000"}))

    assert not await logistics_does(bench.shop, CLOCKWORK, order, LABEL)
    assert bench.documents(Shipment) == []


async def test_a_label_whose_answer_is_lost_is_the_same_label_later() -> None:
    bench = await a_shop()
    order = an_order(shipping_address=HOME.model_copy(update={"postal_code": "00003"}))

    with pytest.raises(CarrierBusy):
        await logistics_does(bench.shop, CLOCKWORK, order, LABEL)
    assert await logistics_does(bench.shop, CLOCKWORK, order, LABEL)

    (bought,) = await bench.carriers.parcels()
    assert (await parcel(bench)).tracking_number == bought.tracking_number


async def test_a_label_that_was_bought_but_not_written_is_not_bought_again() -> None:
    bench = await a_shop()

    with pytest.raises(StoreBusy):
        await logistics_does(
            meddled(bench, {2: failing(StoreBusy("away"))}), CLOCKWORK, an_order(), LABEL
        )
    await logistics_does(bench.shop, CLOCKWORK, an_order(), LABEL)

    assert len(await bench.carriers.parcels()) == 1


async def test_a_void_label_is_given_back_once() -> None:
    bench = await a_shop()
    await logistics_does(bench.shop, CLOCKWORK, an_order(), LABEL)

    assert await logistics_does(bench.shop, CLOCKWORK, an_order(), VOID)
    before = bench.state()
    assert await logistics_does(bench.shop, CLOCKWORK, an_order(), VOID)

    assert bench.state() == before
    (bought,) = await bench.carriers.parcels()
    assert bought.voided_at is not None
    shipment = await parcel(bench)
    assert (shipment.status, [e.status for e in shipment.events]) == (
        "cancelled",
        ["label_created", "cancelled"],
    )


@pytest.mark.parametrize("phase", ["", "failed", "cancelled"])
async def test_where_there_is_no_parcel_nothing_is_known_of_it(phase: str) -> None:
    bench = await a_shop()

    assert await logistics_knows(bench.shop, an_order(), Word(phase)) == {}


async def test_nobody_does_what_is_not_theirs() -> None:
    bench = await a_shop()
    before = bench.state()

    for does in (inventory_does, payment_does, logistics_does):
        with pytest.raises(ValueError, match="cannot fly"):
            await does(bench.shop, GUEST, an_order(), FLY)
    assert bench.state() == before
