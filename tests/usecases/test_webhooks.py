"""The card network's webhooks."""

import json
from itertools import permutations

import pytest

from adapters.embedded.webhooks import Webhook, Webhooks
from domain.errors import Refusal
from domain.money import Money
from domain.order import CardUsed, OrderNotFound
from domain.participant import RecordedWord
from domain.payment_event import KEPT_SECONDS, PaymentEvent
from domain.saga import Signal
from tests.usecases.meddling import Crash, crash, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    NOBODY,
    Bench,
    bring_webhooks,
    carry_on,
    open_bench,
    paid,
    placed,
    sells,
    signed,
)
from usecases import webhooks
from usecases.commanding import cancel_order
from usecases.hearing import PAYMENT, participant_hears
from usecases.orders import OrderView
from usecases.paying import CardDeclined, CreateIntent, create_intent
from usecases.stepping import Subject
from usecases.webhooks import PATIENCE, Receipt, WebhookNotSigned, drain, receive


async def an_order() -> tuple[Bench, OrderView]:
    bench = open_bench()
    await sells(bench, "MUG", 10)
    return bench, await placed(bench, MUG=2)


async def waiting(bench: Bench) -> list[Webhook]:
    """What the network has to report, not brought yet."""
    return await Webhooks(bench.vault).claim(bench.clock.now())


async def bring(bench: Bench, payload: bytes) -> Receipt:
    return await receive(bench.shop, NOBODY, payload, signed(bench, payload))


def named(found: list[Webhook], type_: str) -> bytes:
    return next(one.payload for one in found if json.loads(one.payload)["type"] == type_)


def phases(bench: Bench) -> list[tuple[str, int]]:
    return [(one.word.phase, one.word.declines) for one in bench.documents(RecordedWord)]


async def authorised_at_the_network(bench: Bench, view: OrderView) -> None:
    """The card is authorised, and only the network knows."""
    intent = await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))
    await bench.payments.confirm(intent.id, payment_method="pm_card_visa", key="k")


async def test_an_authorisation_that_only_the_network_told_counts() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)

    brought = await bring_webhooks(bench)

    assert [json.loads(one.payload)["type"] for one in brought] == [
        "payment_intent.created",
        "payment_intent.amount_capturable_updated",
    ]
    order = await bench.order(view.order_id)
    assert (order.payment_status, order.payment.last4) == ("authorized", "4242")
    assert phases(bench) == [("authorised", 0)]
    (kept,) = bench.documents(PaymentEvent)
    assert (kept.type, kept.state, kept.ttl, kept.owner, kept.order_id) == (
        "payment_intent.amount_capturable_updated",
        "applied",
        KEPT_SECONDS,
        "guest:g-1",
        view.order_id,
    )


async def test_a_webhook_that_was_applied_is_a_duplicate() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    found = await waiting(bench)
    for one in found:
        await bring(bench, one.payload)
    before = bench.state()

    for one in found:
        assert await bring(bench, one.payload) == Receipt()

    assert bench.state() == before


async def test_declines_are_counted_by_webhooks_once_each() -> None:
    bench, view = await an_order()
    for number in range(3):
        with pytest.raises(CardDeclined):
            await paid(bench, view, card="chargeDeclined")
        assert phases(bench) == ([("idle", number)] if number else [])
        found = [one for one in await waiting(bench) if b"payment_failed" in one.payload]
        for one in found * 2:
            await bring(bench, one.payload)
        bench.clock.move(1)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert phases(bench)[-1] == ("failed", 0)
    assert (order.status, order.payment_status) == ("payment_failed", "failed")
    assert await bench.stock("MUG") == (10, 10)


@pytest.mark.parametrize("forged", ["", "t=1,v1=00", "nonsense"])
async def test_what_the_network_did_not_sign_changes_nothing(forged: str) -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    payload = (await waiting(bench))[-1].payload
    before = bench.state()

    with pytest.raises(WebhookNotSigned):
        await receive(bench.shop, NOBODY, payload, forged)
    with pytest.raises(WebhookNotSigned):
        await receive(bench.shop, NOBODY, payload + b" ", signed(bench, payload))

    assert bench.state() == before


@pytest.mark.parametrize("change", ["type", "intent", "metadata"])
async def test_what_is_about_something_else_changes_nothing(change: str) -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    event = json.loads((await waiting(bench))[-1].payload)
    if change == "type":
        event["type"] = "payment_intent.processing"
    elif change == "intent":
        event["data"]["object"]["object"] = "charge"
        event["data"]["object"]["payment_intent"] = None
    else:
        event["data"]["object"]["metadata"] = {}
    before = bench.state()

    assert await bring(bench, json.dumps(event).encode()) == Receipt()
    assert bench.state() == before


async def test_success_is_believed_only_when_the_network_says_so_itself() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    event = json.loads((await waiting(bench))[-1].payload)
    event |= {"type": "payment_intent.succeeded", "id": "evt_lie"}

    await bring(bench, json.dumps(event).encode())

    order = await bench.order(view.order_id)
    assert (order.payment_status, phases(bench)) == ("pending", [])
    assert [one.state for one in bench.documents(PaymentEvent)] == ["applied"]


async def test_a_webhook_about_another_intent_is_not_believed() -> None:
    bench, view = await an_order()
    own = await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))
    stray = await bench.payments.create_intent(
        view.totals.total,
        key="stray",
        metadata={"order_id": view.order_id, "user_id": GUEST.user_id},
    )
    await bench.payments.confirm(stray.id, payment_method="pm_card_visa", key="k")

    await bring_webhooks(bench)

    order = await bench.order(view.order_id)
    assert (order.payment.intent_id, order.payment.authorized_at) == (own.id, None)
    assert phases(bench) == []


async def test_money_that_was_taken_after_all_is_given_back() -> None:
    bench, view = await an_order()
    await paid(bench, view, card="captureDeclinedButTaken")
    await carry_on(bench)
    assert (await bench.order(view.order_id)).payment_status == "failed"

    await bring_webhooks(bench)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    (line,) = await bench.payments.ledger()
    assert (order.status, order.payment_status) == ("payment_failed", "refunded")
    assert (line.captured, line.refunded) == (order.totals.total, order.totals.total)
    assert phases(bench)[-1] == ("refunded", 0)


async def test_an_authorisation_that_comes_too_late_is_released() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    cancelled = Signal("OrderCancelled", "e-1", reason="customer")
    subject = Subject(view.user_id, view.order_id)
    found = await waiting(bench)
    await participant_hears(bench.shop, CLOCKWORK, PAYMENT, subject, cancelled)
    (line,) = await bench.payments.ledger()
    assert line.held.amount_minor == 0

    await bring(bench, named(found, "payment_intent.amount_capturable_updated"))

    order = await bench.order(view.order_id)
    assert (order.payment.authorized_at, phases(bench)) == (None, [("failed", 0)])


async def test_what_was_kept_and_not_applied_is_applied_by_the_timer() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    payload = (await waiting(bench))[-1].payload
    with pytest.raises(Crash):
        await receive(meddled(bench, {2: crash}), NOBODY, payload, signed(bench, payload))
    assert [one.state for one in bench.documents(PaymentEvent)] == ["received"]

    assert await drain(bench.shop, CLOCKWORK) == 1
    assert await drain(bench.shop, CLOCKWORK) == 0

    assert (await bench.order(view.order_id)).payment_status == "authorized"


async def test_a_webhook_before_its_order_is_seen_is_kept_for_the_timer() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    event = json.loads((await waiting(bench))[-1].payload)
    event["data"]["object"]["metadata"]["order_id"] = "NOT-YET"
    payload = json.dumps(event).encode()

    with pytest.raises(OrderNotFound):
        await bring(bench, payload)

    assert [one.state for one in bench.documents(PaymentEvent)] == ["received"]
    assert await drain(bench.shop, CLOCKWORK) == 0


async def test_an_order_that_is_seen_without_its_payment_is_asked_again_later() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    payload = (await waiting(bench))[-1].payload
    fresh = await bench.order(view.order_id)
    await bench.put(fresh.but(payment=CardUsed()))

    with pytest.raises(OrderNotFound):
        await bring(bench, payload)
    assert await drain(bench.shop, CLOCKWORK) == 0
    assert [one.state for one in bench.documents(PaymentEvent)] == ["received"]

    stale = await bench.order(view.order_id)
    await bench.put(stale.but(payment=fresh.payment))
    assert await drain(bench.shop, CLOCKWORK) == 1
    assert (await bench.order(view.order_id)).payment_status == "authorized"


async def test_a_webhook_about_no_order_is_set_aside_in_the_end() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    event = json.loads((await waiting(bench))[-1].payload)
    event["data"]["object"]["metadata"]["order_id"] = "NEVER"
    payload = json.dumps(event).encode()
    with pytest.raises(OrderNotFound):
        await bring(bench, payload)

    bench.clock.move(PATIENCE.total_seconds() - 1)
    await drain(bench.shop, CLOCKWORK)
    assert [one.state for one in bench.documents(PaymentEvent)] == ["received"]
    bench.clock.move(1)
    assert await drain(bench.shop, CLOCKWORK) == 0

    (kept,) = bench.documents(PaymentEvent)
    assert (kept.state, kept.ttl, kept.is_applied) == ("unmatched", KEPT_SECONDS, False)


async def test_two_deliveries_at_once_apply_it_once() -> None:
    bench, view = await an_order()
    await authorised_at_the_network(bench, view)
    payload = (await waiting(bench))[-1].payload

    async def other_delivery() -> None:
        await bring(bench, payload)

    for commit in range(1, 5):
        snapshot = bench.store.snapshot()
        shop = meddled(bench, {commit: other_delivery})
        await receive(shop, NOBODY, payload, signed(bench, payload))
        assert [one.state for one in bench.documents(PaymentEvent)] == ["applied"]
        assert phases(bench) == [("authorised", 0)]
        bench.store.restore(snapshot)


async def test_no_order_of_webhooks_changes_the_outcome() -> None:
    """A decline and an authorisation, in any order and each twice, leave an authorised payment."""
    for order in permutations(range(2)):
        bench, view = await an_order()
        with pytest.raises(CardDeclined):
            await paid(bench, view, card="chargeDeclined")
        (intent,) = await bench.payments.ledger()
        await bench.payments.confirm(intent.intent_id, payment_method="pm_card_visa", key="k")
        found = await waiting(bench)
        types = ("payment_intent.payment_failed", "payment_intent.amount_capturable_updated")
        for number in (*order, *order):
            await bring(bench, named(found, types[number]))

        assert phases(bench)[0][0] == "authorised"
        assert (await bench.order(view.order_id)).payment_status == "authorized"


def test_the_refusal_is_one_of_a_bad_request() -> None:
    assert issubclass(WebhookNotSigned, Refusal)
    assert webhooks.FACTS.keys() == {
        "payment_intent.amount_capturable_updated",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "charge.refunded",
    }


async def test_money_that_was_given_back_by_hand_cancels_what_was_not_sent() -> None:
    bench, view = await an_order()
    intent_id = await paid(bench, view)
    await bring_webhooks(bench)
    await carry_on(bench)
    await bench.payments.refund(intent_id, view.totals.total, key="by hand")

    await bring_webhooks(bench)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    (line,) = await bench.payments.ledger()
    assert (order.status, order.payment_status) == ("cancelled", "refunded")
    assert order.facets is not None
    assert (order.facets.cancel, line.refunded) == ("payment_refunded", view.totals.total)
    assert await bench.stock("MUG") == (10, 10)


async def test_a_part_that_was_given_back_by_hand_decides_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench, view = await an_order()
    intent_id = await paid(bench, view)
    await bring_webhooks(bench)
    await carry_on(bench)
    await bench.payments.refund(intent_id, Money(1, "USD"), key="by hand")

    await bring_webhooks(bench)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status) == ("processing", "paid")
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


async def test_our_own_refund_that_the_network_tells_first_is_one_refund() -> None:
    bench, view = await an_order()
    intent_id = await paid(bench, view)
    await bring_webhooks(bench)
    await carry_on(bench)
    await cancel_order(bench.shop, GUEST, view.order_id)
    await bench.payments.refund(intent_id, view.totals.total, key=f"{view.order_id}:refund")

    await bring_webhooks(bench)
    await carry_on(bench)

    order = await bench.order(view.order_id)
    (line,) = await bench.payments.ledger()
    assert order.facets is not None
    assert (order.status, order.facets.cancel) == ("cancelled", "customer")
    assert line.refunded == view.totals.total
    assert bench.hubs.types().count("RefundProcessed") == 2


@pytest.mark.parametrize("type_", ["amount_capturable_updated", "payment_failed", "succeeded"])
async def test_nothing_is_believed_of_a_payment_that_nobody_has_tried(type_: str) -> None:
    bench = open_bench()
    await sells(bench, "MUG", 10)
    view = await placed(bench, MUG=1)
    intent = await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))
    about = {"order_id": view.order_id, "user_id": view.user_id}
    said = {"object": "payment_intent", "id": intent.id, "metadata": about}
    lie = {"id": "evt_1", "type": f"payment_intent.{type_}", "data": {"object": said}}

    payload = json.dumps(lie).encode()
    await receive(bench.shop, NOBODY, payload, signed(bench, payload))
    await carry_on(bench)

    order = await bench.order(view.order_id)
    assert (order.status, order.payment_status) == ("pending", "pending")
    assert sorted(phases(bench)) == [("reserved", 0), ("waiting", 0)]
