"""The card network's webhook over HTTP: signed, kept, applied once, and never believed about money."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.embedded.clock import SystemClock
from adapters.webhook_signature import sign
from adapters.wiring import card_settings
from domain.payment_event import PaymentEvent
from tests.blueprints.harness import Guest, Web, code
from tests.blueprints.steps import filled, intent_of, ordered, paid

WEBHOOK = "/api/payments/webhook"


def told(type_: str, intent_id: str, order_id: str, guest: Guest, **more: Any) -> bytes:
    """An event as the card network writes it."""
    metadata = {"order_id": order_id, "user_id": guest.user_id}
    intent = {"object": "payment_intent", "id": intent_id, "metadata": metadata, **more}
    return json.dumps({"id": "evt_1", "type": type_, "data": {"object": intent}}).encode()


async def bring(web: Web, payload: bytes, *, secret: str = "", age: int = 0) -> httpx.Response:
    """Bring a payload that was signed so many seconds ago, with the network's secret or another."""
    ours = card_settings(web.shop.settings, {}).webhook_secret
    signature = sign(payload, secret or ours, SystemClock().now() - timedelta(seconds=age))
    return await web.send("POST", WEBHOOK, payload, **{"Stripe-Signature": signature})


async def order_with_intent(web: Web) -> tuple[Guest, str, str]:
    """A guest, the order, and its payment."""
    guest = await filled(web)
    order_id = await ordered(guest)
    return guest, order_id, await intent_of(guest, order_id)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=00"},
        {"Stripe-Signature": "\u00fc"},
    ],
)
async def test_what_is_not_signed_is_refused(web: Web, headers: dict[str, str]) -> None:
    guest, order_id, intent_id = await order_with_intent(web)
    payload = told("payment_intent.succeeded", intent_id, order_id, guest)

    with web.unchanged():
        answer = await web.send("POST", WEBHOOK, payload, **headers)

    assert code(answer) == (400, "INVALID_SIGNATURE")


@pytest.mark.parametrize("fault", [{"secret": "another"}, {"age": 24 * 3600}])
async def test_a_signature_of_somebody_else_or_of_old_is_refused(
    web: Web, fault: dict[str, Any]
) -> None:
    guest, order_id, intent_id = await order_with_intent(web)
    payload = told("payment_intent.succeeded", intent_id, order_id, guest)

    with web.unchanged():
        answer = await bring(web, payload, **fault)

    assert code(answer) == (400, "INVALID_SIGNATURE")


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"nonsense", b'{"id": 1, "data": []}'])
async def test_what_is_no_event_is_refused_although_it_is_signed(web: Web, payload: bytes) -> None:
    with web.unchanged():
        answer = await bring(web, payload)

    assert code(answer) == (400, "INVALID_SIGNATURE")


async def test_a_true_event_is_kept_and_applied_once(web: Web) -> None:
    guest, order_id, intent_id = await order_with_intent(web)
    payments = web.shop.payments
    await payments.confirm(intent_id, payment_method="pm_card_visa", key="elsewhere")
    payload = told("payment_intent.amount_capturable_updated", intent_id, order_id, guest)

    first = await bring(web, payload)
    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    with web.unchanged():
        again = await bring(web, payload)

    assert (first.status_code, first.json()) == (200, {"received": True})
    assert again.json() == {"received": True}
    assert order["payment_status"] == "authorized"
    record = await web.shop.store.get(PaymentEvent, "evt_1", intent_id)
    assert record is not None
    assert record.is_applied


@pytest.mark.parametrize(
    "type_", ["payment_intent.succeeded", "payment_intent.amount_capturable_updated"]
)
async def test_an_event_that_the_network_itself_does_not_confirm_changes_nothing(
    web: Web, type_: str
) -> None:
    guest, order_id, intent_id = await order_with_intent(web)

    answer = await bring(web, told(type_, intent_id, order_id, guest))
    await web.pump()

    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    intent = await web.shop.payments.retrieve(intent_id)
    assert answer.status_code == 200
    assert (order["status"], order["payment_status"]) == ("pending", "pending")
    assert intent is not None
    assert intent.received.amount_minor == 0


async def test_the_payment_of_another_order_pays_nothing(web: Web) -> None:
    cheap, cheap_order, _ = await order_with_intent(web)
    guest, order_id, _ = await order_with_intent(web)
    elsewhere = await paid(cheap, cheap_order)

    await bring(web, told("payment_intent.amount_capturable_updated", elsewhere, order_id, guest))

    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    assert order["payment_status"] == "pending"


@pytest.mark.parametrize("type_", ["charge.updated", "payment_intent.created", "invoice.paid"])
async def test_what_the_shop_has_no_use_for_is_taken_and_dropped(web: Web, type_: str) -> None:
    guest, order_id, intent_id = await order_with_intent(web)

    with web.unchanged():
        answer = await bring(web, told(type_, intent_id, order_id, guest))

    assert answer.json() == {"received": True}


async def test_an_event_about_no_order_of_ours_comes_again(web: Web) -> None:
    guest = await web.guest()
    payload = told("payment_intent.succeeded", "pi_1", "0123456789AB", guest)

    assert code(await bring(web, payload)) == (404, "ORDER_NOT_FOUND")
