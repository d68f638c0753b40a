"""Paying for an order."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any, cast

import pytest
from pydantic import ValidationError

from domain.errors import Refusal
from domain.order import Order, OrderNotFound
from domain.participant import RecordedWord
from domain.saga import Facets, Inventory, Payment
from tests.usecases.meddling import Crash, crash, meddled
from tests.usecases.shop_fixtures import (
    GUEST,
    Bench,
    bring_webhooks,
    carry_on,
    guest,
    open_bench,
    paid,
    placed,
    sells,
)
from usecases.commanding import cancel_order
from usecases.orders import OrderView
from usecases.paying import (
    AmountMismatch,
    CardDeclined,
    ConfirmPayment,
    CreateIntent,
    IntentNotFound,
    NotPayable,
    PaymentView,
    confirm_payment,
    create_intent,
)


async def an_order(currency: str = "USD") -> tuple[Bench, OrderView]:
    """An order of two mugs: 27.39."""
    bench = open_bench(currency=currency)
    await sells(bench, "MUG", 10)
    return bench, await placed(bench, MUG=2)


async def intent_of(bench: Bench, view: OrderView) -> PaymentView:
    return await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))


async def refused(bench: Bench, kind: type[Refusal], call: Awaitable[object]) -> Refusal:
    before = bench.state()
    with pytest.raises(kind) as refusal:
        await call
    assert bench.state() == before
    return refusal.value


def confirming(intent_id: str, card: str = "visa") -> ConfirmPayment:
    return ConfirmPayment(payment_intent_id=intent_id, payment_method=f"pm_card_{card}")


async def test_an_intent_is_over_exactly_the_total() -> None:
    bench, view = await an_order()

    intent = await intent_of(bench, view)

    assert intent.model_dump(mode="json") == {
        "currency": "USD",
        "id": intent.id,
        "payment_intent_id": intent.id,
        "order_id": view.order_id,
        "status": "requires_payment_method",
        "amount": 27.39,
        "client_secret": intent.client_secret,
        "next_action_url": "",
    }
    order = await bench.order(view.order_id)
    assert (order.payment.intent_id, order.payment.method) == (intent.id, "credit_card")


async def test_asking_again_is_the_same_intent() -> None:
    bench, view = await an_order()
    first = await intent_of(bench, view)
    before = bench.state()

    for id in (view.order_id, view.order_number, view.order_number.lower()):
        again = await create_intent(bench.shop, GUEST, CreateIntent(order_id=id))
        assert again == first
    assert bench.state() == before


async def test_an_intent_whose_order_was_not_written_is_found_by_its_key() -> None:
    bench, view = await an_order()
    with pytest.raises(Crash):
        await create_intent(meddled(bench, {1: crash}), GUEST, CreateIntent(order_id=view.order_id))

    intent = await intent_of(bench, view)

    assert [line.intent_id for line in await bench.payments.ledger()] == [intent.id]


async def test_a_network_that_forgot_the_intent_is_asked_for_another() -> None:
    bench, view = await an_order()
    order = await bench.order(view.order_id)
    await bench.put(order.but(payment=order.payment.model_copy(update={"intent_id": "pi_lost"})))

    intent = await intent_of(bench, view)

    assert (await bench.order(view.order_id)).payment.intent_id == intent.id != "pi_lost"


@pytest.mark.parametrize(("currency", "amount"), [("USD", 27.39), ("JPY", 2739), ("KWD", 2.739)])
async def test_the_caller_may_name_the_amount_exactly(currency: str, amount: float) -> None:
    bench, view = await an_order(currency)

    command = CreateIntent(order_id=view.order_id, amount=amount)
    assert (await create_intent(bench.shop, GUEST, command)).amount == view.totals.total


@pytest.mark.parametrize("amount", [27.38, 27.391, 0, 1e9])
async def test_another_amount_is_refused_with_the_right_one(amount: float) -> None:
    bench, view = await an_order()

    command = CreateIntent(order_id=view.order_id, amount=amount)
    refusal = await refused(bench, AmountMismatch, create_intent(bench.shop, GUEST, command))

    assert refusal.facts == {"amount": 27.39, "currency": "USD"}


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), 1e10])
def test_an_amount_is_a_number_within_bounds(amount: float) -> None:
    with pytest.raises(ValidationError):
        CreateIntent(order_id="o", amount=amount)


async def test_nobody_pays_or_sees_another_shoppers_order() -> None:
    bench, view = await an_order()
    intent, thief = await intent_of(bench, view), guest("g-2")

    for id in (view.order_id, "nonsense"):
        await refused(
            bench, OrderNotFound, create_intent(bench.shop, thief, CreateIntent(order_id=id))
        )
    for id in (intent.id, "pi_none"):
        refusal = await refused(
            bench, IntentNotFound, confirm_payment(bench.shop, thief, confirming(id))
        )
        assert refusal.facts == {"payment_intent_id": id}


async def test_an_order_that_is_cancelled_is_not_payable() -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)
    await cancel_order(bench.shop, GUEST, view.order_id)

    refusal = await refused(bench, NotPayable, intent_of(bench, view))
    assert refusal.facts == {"status": "cancelling", "payment_status": "pending"}
    await refused(bench, NotPayable, confirm_payment(bench.shop, GUEST, confirming(intent.id)))


async def test_a_click_that_comes_after_the_money_was_taken_finds_the_same_payment() -> None:
    bench, view = await an_order()
    intent_id = await paid(bench, view)
    await carry_on(bench)
    before = bench.state()

    late = await intent_of(bench, view)

    assert (late.id, late.status) == (intent_id, "succeeded")
    assert bench.state() == before


async def test_an_order_that_is_still_being_placed_is_not_payable() -> None:
    bench, view = await an_order()
    await bench.put((await bench.order(view.order_id)).but(facets=None, status="placing"))

    await refused(bench, NotPayable, intent_of(bench, view))


async def test_a_confirmed_payment_is_held_and_the_order_knows_the_card() -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)

    confirmed = await confirm_payment(bench.shop, GUEST, confirming(intent.id))

    assert confirmed.status == "requires_capture"
    order = await bench.order(view.order_id)
    assert order.payment.model_dump(exclude={"intent_id"}) == {
        "method": "credit_card",
        "payment_method_id": "",
        "brand": "visa",
        "last4": "4242",
        "authorized_at": bench.clock.now(),
    }
    assert order.payment_status == "authorized"
    (word,) = bench.documents(RecordedWord)
    assert word.word.phase == "authorised"


async def test_confirming_again_changes_nothing() -> None:
    bench, view = await an_order()
    intent_id = await paid(bench, view)
    before = bench.state()

    again = await confirm_payment(bench.shop, GUEST, confirming(intent_id, "chargeDeclined"))

    assert again.status == "requires_capture"
    assert bench.state() == before


async def test_confirming_what_was_captured_says_so() -> None:
    bench, view = await an_order()
    intent_id = await paid(bench, view)
    await carry_on(bench)
    before = bench.state()

    assert (await confirm_payment(bench.shop, GUEST, confirming(intent_id))).status == "succeeded"
    assert bench.state() == before


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("chargeDeclined", "card_declined"),
        ("chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("unknown", "resource_missing"),
    ],
)
async def test_a_declined_card_is_told_with_its_reason(card: str, reason: str) -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)

    with pytest.raises(CardDeclined) as refusal:
        await confirm_payment(bench.shop, GUEST, confirming(intent.id, card))

    assert refusal.value.facts == {"reason": reason}
    order = await bench.order(view.order_id)
    assert (order.payment_status, order.payment.brand) == ("pending", "")
    assert (await confirm_payment(bench.shop, GUEST, confirming(intent.id))).status == (
        "requires_capture"
    )


async def test_a_bank_that_asks_for_consent_is_linked_to() -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)

    asked = await confirm_payment(
        bench.shop, GUEST, confirming(intent.id, "authenticationRequired")
    )

    assert (asked.status, asked.next_action_url.endswith(f"/authenticate/{intent.id}")) == (
        "requires_action",
        True,
    )
    assert bench.documents(RecordedWord) == []
    await bench.payments.authenticate(intent.id, succeed=True)
    await bring_webhooks(bench)
    assert (await bench.order(view.order_id)).payment_status == "authorized"


async def test_two_clicks_on_pay_at_once_hold_the_money_once() -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)

    async def other_click() -> None:
        await confirm_payment(bench.shop, GUEST, confirming(intent.id))

    confirmed = await confirm_payment(
        meddled(bench, {1: other_click}), GUEST, confirming(intent.id)
    )

    assert confirmed.status == "requires_capture"
    (line,) = await bench.payments.ledger()
    assert line.held == view.totals.total
    assert len(bench.documents(Order)) == 1


async def test_an_order_that_moved_meanwhile_still_learns_its_card() -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)

    async def saga_moves() -> None:
        await carry_on(bench)

    await confirm_payment(meddled(bench, {1: saga_moves}), GUEST, confirming(intent.id))
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.payment.last4, order.payment_status, order.status) == (
        "4242",
        "paid",
        "processing",
    )


async def test_only_the_orders_own_intent_is_confirmed() -> None:
    bench, view = await an_order()
    await intent_of(bench, view)
    stray = await bench.payments.create_intent(
        view.totals.total,
        key="stray",
        metadata={"order_id": view.order_id, "user_id": GUEST.user_id},
    )

    await refused(bench, IntentNotFound, confirm_payment(bench.shop, GUEST, confirming(stray.id)))


class Racing:
    """The card network, at which somebody else confirms just before."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __getattr__(self, name: str) -> object:
        return getattr(self._bench.payments, name)

    async def confirm(self, intent_id: str, *, payment_method: str, key: str) -> object:
        await self._bench.payments.confirm(intent_id, payment_method=payment_method, key="other")
        return await self._bench.payments.confirm(intent_id, payment_method=payment_method, key=key)


async def test_who_confirms_behind_another_gets_the_same_answer() -> None:
    bench, view = await an_order()
    intent = await intent_of(bench, view)
    shop = replace(bench.shop, payments=cast("Any", Racing(bench)))

    assert (await confirm_payment(shop, GUEST, confirming(intent.id))).status == "requires_capture"
    assert (await bench.order(view.order_id)).payment_status == "authorized"


async def test_paying_once_more_after_it_was_paid_shows_the_same_payment() -> None:
    bench, view = await an_order()
    first = await intent_of(bench, view)
    await confirm_payment(bench.shop, GUEST, confirming(first.id))
    await bench.put(
        (await bench.order(view.order_id)).but(
            facets=Facets(inventory=Inventory.RESERVED, payment=Payment.CAPTURED)
        )
    )
    before = bench.state()

    again = await intent_of(bench, view)

    assert again.id == first.id
    assert bench.state() == before
