"""The timers, run by the worker as the host runs them."""

from datetime import timedelta

import pytest

from adapters.embedded.carriers import EmbeddedCarriers
from domain.order import Order
from domain.payment_event import PaymentEvent
from local.timers import timer_data
from tests.blueprints.harness import Guest, Web, somebody
from tests.blueprints.steps import filled, intent_of, ordered, paid, put, stock_of
from usecases.commanding import mark_shipped
from usecases.ports.events import EventsBusy


async def tick(web: Web, name: str) -> None:
    """Run the timer once."""
    data = timer_data({}, is_past_due=False)
    await web.door.worker.invoke(web.door.function(name), data, {})


class Deaf:
    """Hubs that take nothing."""

    async def publish(self, *_: object) -> None:
        raise EventsBusy("away")

    async def check(self) -> None:
        raise EventsBusy("away")


@pytest.mark.parametrize(
    "name",
    [
        "relay_outbox",
        "project_audit",
        "watch_orders",
        "drain_webhooks",
        "poll_carriers",
        "erase_accounts",
        "flush_counters",
    ],
)
async def test_a_shop_where_nothing_is_due_is_left_alone(web: Web, name: str) -> None:
    web.clock.move(60)
    await tick(web, "relay_outbox")  # what the import has told
    await tick(web, "project_audit")  # and what it has done

    with web.unchanged():
        await tick(web, name)


async def test_what_could_not_be_published_is_published_later(web: Web) -> None:
    hubs, guest = web.shop.events, await filled(web)
    web.change(events=Deaf())
    await ordered(guest)
    web.change(events=hubs)
    assert await created(web) == 0
    web.clock.move(60)

    await tick(web, "relay_outbox")
    with web.unchanged():
        await tick(web, "relay_outbox")

    assert await created(web) == 1


async def created(web: Web) -> int:
    """How often OrderCreated was published."""
    types = [one.properties["event_type"] for one in await web.events()]
    return types.count("OrderCreated")


async def test_an_order_that_nobody_pays_is_given_up(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    await web.pump()
    for _ in range(10):
        web.clock.move(1000)
        await tick(web, "watch_orders")
        await web.pump()

    order = await web.shop.store.get(Order, order_id, guest.user_id)
    assert order is not None
    assert (order.status, order.deadline) == ("cancelled", None)
    assert (await stock_of(web, "pine-candle-1")).available == 500


async def test_a_webhook_that_met_a_fault_is_applied_later(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    intent_id = await intent_of(guest, order_id)
    await web.shop.payments.confirm(intent_id, payment_method="pm_card_visa", key="elsewhere")
    await put(web, received(web, guest, order_id, intent_id))

    await tick(web, "drain_webhooks")
    with web.unchanged():
        await tick(web, "drain_webhooks")

    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    assert order["payment_status"] == "authorized"


async def test_a_webhook_that_never_arrives_is_made_good_by_the_comparison(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    intent_id = await intent_of(guest, order_id)
    await web.shop.payments.confirm(intent_id, payment_method="pm_card_visa", key="elsewhere")
    await tick(web, "compare_ledgers")
    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    assert order["payment_status"] == "pending"  # it may be under way

    web.clock.move(125)
    await tick(web, "compare_ledgers")

    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    assert order["payment_status"] == "authorized"


def received(web: Web, guest: Guest, order_id: str, intent_id: str) -> PaymentEvent:
    """A webhook that was kept, and then the process died."""
    return PaymentEvent(
        id="evt_1",
        payment_intent_id=intent_id,
        type="payment_intent.amount_capturable_updated",
        owner=guest.user_id,
        order_id=order_id,
        received_at=web.clock.now(),
    )


async def test_a_parcel_under_way_is_followed_to_its_door(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    await paid(guest, order_id)
    await web.pump()
    await mark_shipped(web.shop, somebody(), order_id)
    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    await hand_over(web, order["shipping"]["tracking_number"])

    await tick(web, "poll_carriers")
    await web.pump()

    tracking = (await guest.send("GET", f"/api/orders/{order_id}/tracking")).json()
    assert tracking["fulfillment_status"] == "delivered"
    assert tracking["events"][-1]["status"] == "delivered"


async def hand_over(web: Web, tracking_number: str) -> None:
    """The carrier takes the parcel and brings it to the door."""
    carriers = web.shop.carriers
    assert isinstance(carriers, EmbeddedCarriers)
    await carriers.hand_over(tracking_number)
    await carriers.advance(web.clock.now() + timedelta(hours=1))
