"""What the shop measures while it sells, and that it says zero where there is nothing."""

import pytest
from opentelemetry.trace import SpanKind

from local.worker import FunctionFailed
from tests.blueprints.goods import CANDLE, ORDER
from tests.blueprints.harness import Web
from tests.blueprints.steps import Faulty, filled, ordered, paid
from tests.blueprints.test_consumer import event, inventory, record
from tests.blueprints.test_telling import HUB, listened, said
from tests.blueprints.test_timers import Deaf, tick
from usecases.ports.store import StoreBusy
from usecases.ports.telemetry import METRICS

ADDRESSED = {"shipping_address": ORDER["shipping_address"]}


async def test_an_event_that_is_given_up_is_counted_once_by_hub_and_group(web: Web) -> None:
    listener = listened(web)

    await web.deliver(inventory(web), [record(b"junk"), record(b"junk")])

    assert listener.measures()["shop.events.parked"] == [(1, {**HUB, "shop.reason": "unreadable"})]


async def test_a_foreign_event_without_a_zone_in_its_time_is_measured_like_any(web: Web) -> None:
    listener = listened(web)
    naive = event().body.replace(b"2031-01-01T00:00:00Z", b"2001-01-01T00:00:00")

    with pytest.raises(FunctionFailed):
        await web.deliver(inventory(web), [record(naive)])

    ((lag, where),) = listener.measures()["shop.events.lag"]
    assert (lag > 10**8, where) == (True, HUB)


async def test_sweeps_that_find_nothing_report_zero_and_none_that_did_not_run(web: Web) -> None:
    listener = listened(web)

    await tick(web, "relay_outbox")
    await tick(web, "watch_orders")
    await tick(web, "compare_ledgers")

    measures = listener.measures()
    assert measures["shop.outbox.oldest.age"] == [(0.0, {})]
    assert measures["shop.ledger.differences"] == [(0, {})]
    stages = ["placing", "inventory", "payment", "shipment", "compensation", "return_window"]
    assert measures["shop.orders.overdue"] == [(0, {"shop.order.stage": one}) for one in stages]
    assert (
        listener.measures()
        .keys()
        .isdisjoint({"shop.outbox.oldest.age", "shop.orders.overdue", "shop.ledger.differences"})
    )
    (span,) = listener.spans("relay_outbox")
    assert (span.kind, said(span)["shop.done"]) == (SpanKind.INTERNAL, 0)


async def test_what_waits_in_the_outbox_is_as_old_as_it_is(web: Web) -> None:
    guest, hubs = await filled(web), web.shop.events
    web.change(events=Deaf())
    await ordered(guest)
    web.change(events=hubs)
    listener = listened(web)
    web.clock.move(60)

    await tick(web, "relay_outbox")

    ((age, _),) = listener.measures()["shop.outbox.oldest.age"]
    assert 60 <= age < 65


async def test_an_order_that_could_not_be_moved_is_reported_in_its_stage(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    await web.pump()
    web.clock.move(1000)
    listener, store = listened(web), web.shop.store
    web.change(store=Faulty(web, **{order_id: StoreBusy("away")}))
    await tick(web, "watch_orders")
    stuck = {
        row[1]["shop.order.stage"]: row[0] for row in listener.measures()["shop.orders.overdue"]
    }
    web.change(store=store)

    await tick(web, "watch_orders")

    moved = {
        row[1]["shop.order.stage"]: row[0] for row in listener.measures()["shop.orders.overdue"]
    }
    assert (sum(stuck.values()), stuck["payment"]) == (1, 1)
    assert sum(moved.values()) == 0


async def test_orders_and_payments_are_counted_as_often_as_they_happen(web: Web) -> None:
    listener, guest = listened(web), await filled(web)
    await guest.send("GET", f"/api/products/{CANDLE}")
    await guest.send("POST", "/api/cart/items", {"product_id": CANDLE})
    quote = await guest.send("POST", "/api/checkout/validate", ADDRESSED)
    order_id = await ordered(guest)
    await guest.send("POST", "/api/orders", ORDER)
    intent = (
        await guest.send("POST", "/api/payments/create-intent", {"order_id": order_id})
    ).json()
    body = {"payment_intent_id": intent["id"], "payment_method": "pm_card_visa_chargeDeclined"}
    declined = await guest.send("POST", "/api/payments/confirm", body)
    await paid(guest, order_id)
    await paid(guest, order_id)

    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    usd = {"shop.currency": "USD"}
    measures = listener.measures()
    assert (quote.status_code, declined.status_code) == (200, 422)
    assert measures["shop.products.viewed"] == [(1, {})]
    assert measures["shop.carts.filled"] == [(1, {})]
    assert measures["shop.checkouts.started"] == [(1, {})]
    assert measures["shop.orders.placed"] == [(1, usd)]
    assert measures["shop.orders.value"] == [(round(order["totals"]["total"] * 100), usd)]
    reason = declined.json()["error"]["details"]["reason"]
    assert measures["shop.payments.attempts"] == [
        (1, {"shop.payment.outcome": "declined", "error.type": reason}),
        (1, {"shop.payment.outcome": "succeeded"}),
    ]


async def test_every_row_has_the_attributes_that_its_metric_is_documented_with(web: Web) -> None:
    listener, guest = listened(web), await filled(web)
    await web.get("/api/products/search?q=candle")
    await paid(guest, await ordered(guest))
    await web.pump()

    known = {metric.name: set(metric.attributes) for metric in METRICS}
    measures = listener.measures()
    rows = [
        (name, set(attributes) - known[name])
        for name, all_ in measures.items()
        for _, attributes in all_
    ]
    assert [row for row in rows if row[1]] == []
    assert len(measures) >= 10
