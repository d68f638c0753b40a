"""One payment against its order's books, where no webhook ever arrives."""

import logging
from dataclasses import replace
from typing import Any, cast

import pytest

from adapters.embedded.cards import EmbeddedPayments
from domain.difference import Difference, Name
from domain.money import Money
from domain.order import CardUsed
from domain.participant import RecordedWord
from domain.payment_event import PaymentEvent
from domain.saga import Word
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.ledgers import (
    OLD_SECONDS,
    an_order,
    authorised,
    booked,
    differences,
    heard,
    run,
    stray,
)
from tests.usecases.meddling import Crash, crash, failing, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    STAFF,
    Bench,
    bring_webhooks,
    carry_on,
    paid,
)
from usecases.commanding import cancel_order
from usecases.comparing import Outcome, compared, payment_of
from usecases.meter import part
from usecases.orders import OrderView
from usecases.paying import CreateIntent, create_intent
from usecases.ports.payments import Declined
from usecases.ports.store import StoreBusy
from usecases.reconciling import compare_ledgers
from usecases.tracing import timeline
from usecases.webhooks import drain


async def taken(bench: Bench, view: OrderView) -> str:
    """The money was authorised and taken, and only the network knows."""
    intent_id = await authorised(bench, view)
    await bench.payments.capture(intent_id, key="t")
    return intent_id


async def test_an_authorisation_that_nobody_told_is_heard_and_captured() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await authorised(bench, view)

    assert await run(bench) == 1
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status, order.payment.last4) == (
        "processing",
        "paid",
        "4242",
    )
    assert booked(bench) == [("charge", order.totals.total)]
    assert (heard(bench), differences(bench)) == (
        [("amount_capturable_updated", "applied")],
        [],
    )


async def test_an_authorisation_before_the_stock_is_reserved_waits_for_it() -> None:
    bench, view = await an_order()
    await authorised(bench, view)

    assert await run(bench) == 1
    assert (await bench.order(view.order_id)).payment_status == "authorized"
    assert await run(bench, after=1) == 0
    await carry_on(bench)

    assert (await bench.order(view.order_id)).status == "processing"


async def test_an_authorisation_after_the_end_is_let_go() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))
    word = Word("failed", "order_cancelled")
    (known,) = [one for one in bench.documents(RecordedWord) if one.participant == "payment"]
    await bench.put(known.but(word=word))
    (line,) = await bench.payments.ledger()
    await bench.payments.confirm(line.intent_id, payment_method="pm_card_visa", key="c")

    assert await run(bench) == 1

    (line,) = await bench.payments.ledger()
    assert (line.status, line.held.amount_minor) == ("canceled", 0)
    assert (booked(bench), differences(bench)) == ([], [])


async def test_money_that_was_taken_unheard_is_booked() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await taken(bench, view)

    assert await run(bench) == 1
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status) == ("processing", "paid")
    assert booked(bench) == [("charge", order.totals.total)]
    assert heard(bench) == [("succeeded", "applied")]


async def test_money_that_was_taken_after_the_end_is_given_back() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await paid(bench, view, card="captureDeclinedButTaken")
    await carry_on(bench)
    total = (await bench.order(view.order_id)).totals.total
    assert booked(bench) == []

    assert await run(bench) == 1
    await carry_on(bench)

    order = await bench.order(view.order_id)
    (line,) = await bench.payments.ledger()
    assert (order.status, order.payment_status) == ("payment_failed", "refunded")
    assert (line.captured, line.refunded) == (total, total)
    assert booked(bench) == [("charge", total), ("refund", total)]
    assert differences(bench) == []


async def test_what_was_given_back_by_hand_after_the_end_is_booked_and_not_given_twice() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view, card="captureDeclinedButTaken")
    await carry_on(bench)
    total = (await bench.order(view.order_id)).totals.total
    await bench.payments.refund(intent_id, total, key="by hand")

    assert await run(bench) == 1

    (line,) = await bench.payments.ledger()
    assert line.refunded == total
    assert booked(bench) == [("charge", total), ("refund", total)]


async def test_a_late_webhook_after_the_healing_changes_nothing() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await taken(bench, view)
    await run(bench)
    await carry_on(bench)
    before = [(one.id, one.version) for one in bench.documents(RecordedWord)]
    told = len(bench.hubs.events)

    await bring_webhooks(bench)
    await carry_on(bench)

    assert [(one.id, one.version) for one in bench.documents(RecordedWord)] == before
    assert len(bench.hubs.events) == told


async def test_a_refund_that_nobody_told_is_booked_and_what_was_not_sent_is_cancelled() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view)
    await carry_on(bench)
    total = view.totals.total
    await bench.payments.refund(intent_id, total, key="by hand")

    assert await run(bench) == 1
    await carry_on(bench)

    order = await bench.order(view.order_id)
    (line,) = await bench.payments.ledger()
    assert (order.status, order.payment_status, line.refunded) == ("cancelled", "refunded", total)
    assert booked(bench) == [("charge", total), ("refund", total)]
    assert (heard(bench), differences(bench)) == ([("refunded", "applied")], [])


async def test_what_was_taken_and_given_back_unheard_is_healed_step_by_step() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await taken(bench, view)
    total = view.totals.total
    await bench.payments.refund(intent_id, total, key="by hand")

    assert await run(bench) == 0
    assert differences(bench) == [("refunded-unbooked", "seen")]
    assert await run(bench) == 1
    await carry_on(bench)

    assert booked(bench) == [("charge", total), ("refund", total)]
    assert differences(bench) == [("refunded-unbooked", "settled")]
    assert (await bench.order(view.order_id)).status == "cancelled"


async def test_a_part_that_was_given_back_by_hand_is_for_a_person_who_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view)
    await carry_on(bench)
    total, cent = view.totals.total, Money(1, "USD")
    await bench.payments.refund(intent_id, cent, key="by hand")

    assert await run(bench) == 0
    assert (differences(bench), caplog.messages) == ([("amounts-differ", "seen")], [])
    assert await run(bench) == 0
    assert differences(bench) == [("amounts-differ", "open")]
    assert await run(bench) == 0
    (said,) = [one for one in caplog.records if one.message == "ledger difference"]
    assert (said.levelno, said.__dict__["event.name"], said.__dict__["shop.intent.id"]) == (
        logging.ERROR,
        "ledger.difference",
        intent_id,
    )

    await bench.payments.refund(intent_id, total - cent, key="the rest by hand")
    assert await run(bench) == 1

    assert booked(bench) == [("charge", total), ("refund", total)]
    assert differences(bench) == [("amounts-differ", "settled")]
    seen = await timeline(bench.shop, view.order_id)
    ours = [(one.cause, one.state) for one in seen.steps if one.actor == "ledger"]
    assert ours == [("amounts-differ", "open"), ("amounts-differ", "settled")]


@pytest.mark.parametrize("cents", [1, None])
async def test_a_foreign_payment_in_an_orders_name_never_pays_it(cents: int | None) -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))
    total = view.totals.total
    amount = total if cents is None else Money(cents, total.currency)
    about = {"order_id": view.order_id, "user_id": view.user_id}
    foreign = await stray(bench, amount, **about)

    for _ in range(3):
        assert await run(bench) == 0

    order = await bench.order(view.order_id)
    assert (order.payment_status, order.payment.authorized_at) == ("pending", None)
    assert (booked(bench), heard(bench)) == ([], [])
    assert differences(bench) == [("foreign-payment", "open")]
    (parked,) = bench.documents(Difference)
    assert (parked.intent_id, parked.order_id, parked.owner) == (
        foreign.id,
        view.order_id,
        view.user_id,
    )
    await bench.payments.refund(foreign.id, amount, key="by hand")
    await run(bench)
    assert differences(bench) == [("foreign-payment", "settled")]


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"order_id": "7K3MPX9QW2ZD"},
        {"order_id": "7K3MPX9QW2ZD", "user_id": "guest:g-1"},
        {"order_id": "no/such id", "user_id": "guest:g-1"},
    ],
)
async def test_money_in_nobodys_name_is_for_a_person(about: dict[str, str]) -> None:
    bench, view = await an_order()
    await stray(bench, view.totals.total, **about)

    await run(bench)
    await run(bench)

    assert differences(bench) == [("no-order", "open")]


async def test_a_charge_that_the_network_never_made_is_for_a_person() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await paid(bench, view)
    await carry_on(bench)
    order = await bench.order(view.order_id)
    lost = order.payment.intent_id
    await bench.vault.change(lambda records: records.drop("card.intents", lost))

    await run(bench)
    await run(bench)

    assert differences(bench) == [("booked-not-taken", "open")]
    (parked,) = bench.documents(Difference)
    assert parked.detail.startswith("the network knows no such payment; the books charged ")


async def test_a_payment_that_the_network_lost_and_nobody_booked_is_nobodys_business() -> None:
    bench, view = await an_order()
    intent_id = await authorised(bench, view)
    await bench.put(
        Difference(
            id=f"difference:{intent_id}",
            intent_id=intent_id,
            owner=view.user_id,
            order_id=view.order_id,
            name=Name.AMOUNTS_DIFFER,
            detail="",
            parked_at=NOON,
        )
    )
    await bench.vault.change(lambda records: records.drop("card.intents", intent_id))

    await run(bench)

    assert differences(bench) == [("amounts-differ", "settled")]


async def test_a_refund_of_ours_under_way_is_one_refund() -> None:
    """The refund is done at the network, and the commit that books it comes after the comparison."""
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view)
    await carry_on(bench)
    total = view.totals.total
    await cancel_order(bench.shop, STAFF, view.order_id)
    await bench.payments.refund(intent_id, total, key=f"{view.order_id}:refund")

    assert await run(bench) == 1
    await carry_on(bench)

    order = await bench.order(view.order_id)
    (line,) = await bench.payments.ledger()
    assert (order.status, line.refunded) == ("cancelled", total)
    assert booked(bench) == [("charge", total), ("refund", total)]


async def test_where_both_agree_three_operations_are_all() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view)
    await carry_on(bench)
    intent = await bench.payments.retrieve(intent_id)
    assert intent is not None
    before = bench.state()

    with part() as counted:
        outcome = await compared(bench.shop, CLOCKWORK, payment_of(intent))

    assert (outcome, counted.operations) == (Outcome.AGREED, 3)
    assert bench.state() == before


async def test_two_that_compare_at_once_heal_it_once() -> None:
    for commit in range(1, 8):
        bench, view = await an_order()
        await carry_on(bench)
        await taken(bench, view)
        bench.clock.move(OLD_SECONDS)

        async def other(bench: Bench = bench) -> None:
            await compare_ledgers(bench.shop, CLOCKWORK)

        await compare_ledgers(meddled(bench, {commit: other}), CLOCKWORK)
        await carry_on(bench)

        order = await bench.order(view.order_id)
        assert (order.status, booked(bench)) == (
            "processing",
            [("charge", order.totals.total)],
        )
        assert (heard(bench), differences(bench)) == ([("succeeded", "applied")], [])
        types = bench.hubs.types()
        assert types.count("PaymentProcessed") == 1


async def test_a_crash_at_any_commit_is_made_good_by_the_next_run() -> None:
    for commit in range(1, 7):
        bench, view = await an_order()
        await carry_on(bench)
        await paid(bench, view, card="captureDeclinedButTaken")
        await carry_on(bench)
        bench.clock.move(OLD_SECONDS)
        shop = meddled(bench, {commit: crash})

        with pytest.raises(Crash):
            await compare_ledgers(shop, CLOCKWORK)
        await drain(bench.shop, CLOCKWORK)
        await run(bench)
        await carry_on(bench)

        total = (await bench.order(view.order_id)).totals.total
        (line,) = await bench.payments.ledger()
        assert line.refunded == total
        assert booked(bench) == [("charge", total), ("refund", total)]
        assert all(state == "settled" for _, state in differences(bench))


async def test_a_store_that_is_busy_leaves_it_to_the_next_run() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await taken(bench, view)
    bench.clock.move(OLD_SECONDS)

    assert await compare_ledgers(meddled(bench, {1: failing(StoreBusy("x"))}), CLOCKWORK) == 0
    assert booked(bench) == []
    assert await run(bench, after=0) == 1
    assert [move for move, _ in booked(bench)] == ["charge"]


class RefundsNothing:
    """A network that refuses every refund."""

    def __init__(self, inner: EmbeddedPayments) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def refund(self, intent_id: str, amount: Money, *, key: str) -> None:
        raise Declined("insufficient_balance")


async def test_what_the_network_refuses_to_mend_is_for_a_person_until_it_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await paid(bench, view, card="captureDeclinedButTaken")
    await carry_on(bench)
    poor = replace(bench.shop, payments=cast("Any", RefundsNothing(bench.payments)))

    for _ in range(3):
        bench.clock.move(OLD_SECONDS)
        assert await compare_ledgers(poor, CLOCKWORK) == 0
    assert differences(bench) == [("taken-after-end", "open")]
    assert caplog.messages.count("not healed") == 3
    assert caplog.messages.count("ledger difference") == 1

    assert await run(bench) == 1
    assert differences(bench) == [("taken-after-end", "settled")]
    assert [move for move, _ in booked(bench)] == ["charge", "refund"]


async def test_a_difference_that_somebody_else_settles_is_settled_once() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    foreign = await stray(bench, view.totals.total)
    await run(bench)
    await bench.payments.refund(foreign.id, view.totals.total, key="by hand")

    async def other() -> None:
        await compare_ledgers(bench.shop, CLOCKWORK)

    await compare_ledgers(meddled(bench, {1: other}), CLOCKWORK)

    assert differences(bench) == [("no-order", "settled")]


async def test_an_order_that_does_not_know_its_payment_is_for_a_person() -> None:
    bench, view = await an_order()
    await taken(bench, view)
    order = await bench.order(view.order_id)
    await bench.put(order.but(payment=CardUsed()))

    await run(bench)

    assert differences(bench) == [("foreign-payment", "seen")]
    assert bench.documents(PaymentEvent) == []
