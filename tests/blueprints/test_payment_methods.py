"""Saved cards over HTTP, and an order that is placed and paid with what was saved."""

import logging
from typing import Any

import httpx
import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from domain.access import Role
from domain.user import User
from domain.wallet import WALLET_ID, Wallet
from local.timers import timer_data
from tests.adapters.embedded.fixtures import AwayVault
from tests.blueprints.browser import Browser
from tests.blueprints.goods import ADDRESS, CANDLE, EMAIL
from tests.blueprints.harness import Web, code
from tests.blueprints.test_addresses import BOOK
from tests.issuer_desk import id_of
from usecases.ports.payments import Declined

CARDS = "/api/users/me/payment-methods"
NUMBER = "4242424242424242"


async def send(
    web: Web, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    """As the first customer."""
    return await web.send(method, path, body, **web.token(Role.CUSTOMER), **headers)


async def saved(web: Web, card: str = "pm_card_visa", **more: Any) -> dict[str, Any]:
    answer = await send(web, "POST", CARDS, {"stripe_token": card} | more)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def cards(web: Web) -> list[tuple[str, bool]]:
    items = (await send(web, "GET", CARDS)).json()["items"]
    return [(one["last4"], one["is_default"]) for one in items]


async def wallet_of(web: Web) -> Wallet:
    found = await web.shop.store.get(Wallet, WALLET_ID, id_of("customer"))
    assert found is not None
    return found


async def test_a_card_is_saved_preferred_and_removed(web: Web) -> None:
    first = await saved(web, billing_address=ADDRESS)
    second = await saved(web, "tok_mastercard")
    assert first == {
        "id": first["id"],
        "payment_method_id": first["id"],
        "user_id": id_of("customer"),
        "type": "credit_card",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2034,
        "billing_address_id": first["billing_address_id"],
        "is_default": True,
        "created_at": first["created_at"],
    }

    preferred = await send(web, "PUT", f"{CARDS}/{second['id']}/default")
    removed = await send(web, "DELETE", f"{CARDS}/{first['id']}")

    assert (preferred.status_code, preferred.json()["is_default"]) == (200, True)
    assert (removed.status_code, removed.content) == (204, b"")
    assert await cards(web) == [("4444", True)]
    (address,) = (await send(web, "GET", BOOK)).json()["items"]
    assert (address["id"], address["type"]) == (first["billing_address_id"], "billing")


async def test_a_card_is_nobodys_but_its_owners(web: Web) -> None:
    mine, other = await saved(web), web.token(Role.STAFF)

    with web.unchanged():
        theirs = await web.get(CARDS, **other)
        preferred = await web.send("PUT", f"{CARDS}/{mine['id']}/default", **other)
        removed = await web.send("DELETE", f"{CARDS}/{mine['id']}", **other)

    assert (theirs.json(), theirs.headers["cache-control"]) == ({"items": []}, "no-store")
    assert code(preferred) == code(removed) == (404, "PAYMENT_METHOD_NOT_FOUND")


async def test_the_same_token_twice_is_one_card(web: Web) -> None:
    one = await saved(web)

    with web.unchanged():
        again = await saved(web)

    assert again == one


@pytest.mark.parametrize(
    "body",
    [
        {"stripe_token": NUMBER},
        {"stripe_token": "pm_card_visa", "number": NUMBER},
        {"stripe_token": "pm_card_visa", "cvc": "123"},
        {"stripe_token": "pm_card_visa", "card": {"number": NUMBER, "cvc": "123"}},
        {"card_number": NUMBER},
    ],
)
async def test_card_data_is_refused_and_neither_answered_nor_logged(
    web: Web, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with web.unchanged():
        answer = await send(web, "POST", CARDS, body, **{"Idempotency-Key": "k"})

    assert code(answer) == (400, "INVALID_REQUEST")
    assert NUMBER not in answer.text
    lines = [str(record.__dict__) for record in caplog.records]
    assert any("payment_methods_save_card" in line for line in lines)
    assert [line for line in lines if NUMBER in line or "'123'" in line] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/orders", {"shipping_address": ADDRESS, "email": EMAIL, "payment_method": NUMBER}),
        ("/api/payments/confirm", {"payment_intent_id": "pi_1", "payment_method": NUMBER}),
    ],
)
async def test_a_cards_number_pays_nowhere(web: Web, path: str, body: dict[str, Any]) -> None:
    guest = await web.guest()

    with web.unchanged():
        answer = await guest.send("POST", path, body)

    assert code(answer) == (400, "INVALID_REQUEST")
    assert NUMBER not in answer.text


async def test_a_card_that_the_network_refuses_is_not_saved(web: Web) -> None:
    answer = await send(web, "POST", CARDS, {"stripe_token": "pm_card_chargeDeclined"})

    assert code(answer) == (422, "CARD_NOT_SAVED")
    assert answer.json()["error"]["details"] == {"reason": "card_declined"}
    assert await cards(web) == []


async def test_cards_are_not_tried_out_one_after_the_other(web: Web) -> None:
    bad = {"stripe_token": "pm_card_chargeDeclined"}
    answers = [await send(web, "POST", CARDS, bad) for _ in range(10)]

    with web.unchanged():
        answer = await send(web, "POST", CARDS, {"stripe_token": "pm_card_visa"})

    assert {one.status_code for one in answers} == {422}
    assert code(answer) == (429, "RATE_LIMIT_EXCEEDED")
    assert int(answer.headers["retry-after"]) <= 60


async def test_an_order_is_placed_and_paid_with_what_was_saved(web: Web) -> None:
    card = await saved(web, "tok_mastercard")
    address = (await send(web, "POST", BOOK, ADDRESS)).json()
    await send(web, "POST", "/api/cart/items", {"product_id": CANDLE})
    quote = await send(
        web, "POST", "/api/checkout/validate", {"shipping_address_id": address["id"]}
    )
    order = {
        "shipping_address_id": address["id"],
        "payment_method_id": card["id"],
        "email": EMAIL,
        "expected_total": quote.json()["totals"]["total"],
    }

    placed = (await send(web, "POST", "/api/orders", order)).json()
    asked = await send(web, "POST", "/api/payments/create-intent", {"order_id": placed["id"]})
    intent = {"payment_intent_id": asked.json()["payment_intent_id"]}
    paid = await send(web, "POST", "/api/payments/confirm", intent)
    await web.pump()

    assert (placed["status"], paid.json()["status"]) == ("pending", "requires_capture")
    assert "customer_id" not in placed
    now = (await send(web, "GET", f"/api/orders/{placed['id']}")).json()
    assert (now["payment_status"], now["payment"]["last4"]) == ("paid", "4444")
    assert now["payment"]["payment_method_id"] == card["id"]


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        ({"shipping_address_id": "a-1"}, (404, "ADDRESS_NOT_FOUND")),
        (
            {"shipping_address": ADDRESS, "payment_method_id": "c-1"},
            (404, "PAYMENT_METHOD_NOT_FOUND"),
        ),
        ({}, (400, "INVALID_REQUEST")),
    ],
)
async def test_what_is_not_ones_own_is_not_ordered_with(
    web: Web, named: dict[str, Any], refusal: tuple[int, str]
) -> None:
    await send(web, "POST", "/api/cart/items", {"product_id": CANDLE})

    with web.unchanged():
        answer = await send(web, "POST", "/api/orders", {"email": EMAIL} | named)

    assert code(answer) == refusal


async def test_nothing_is_paid_without_a_card(web: Web) -> None:
    await send(web, "POST", "/api/cart/items", {"product_id": CANDLE})
    order = {"shipping_address": ADDRESS, "email": EMAIL}
    placed = (await send(web, "POST", "/api/orders", order)).json()
    asked = await send(web, "POST", "/api/payments/create-intent", {"order_id": placed["id"]})

    with web.unchanged():
        intent = {"payment_intent_id": asked.json()["payment_intent_id"]}
        answer = await send(web, "POST", "/api/payments/confirm", intent)

    assert code(answer) == (400, "PAYMENT_METHOD_REQUIRED")


async def test_who_leaves_while_the_network_is_away_is_forgotten_by_the_timer(web: Web) -> None:
    card = await saved(web)
    assert card["last4"] == "4242"
    at_hand = web.shop.payments
    away = EmbeddedPayments(AwayVault(), web.shop.clock, CardSettings("whsec_test"))
    web.change(payments=away)

    answer = await send(web, "DELETE", "/api/users/me")

    assert answer.status_code == 204
    left = await wallet_of(web)
    assert (left.customer_id, left.cards, len(left.leaving)) == ("", (), 1)
    web.change(payments=at_hand)
    erase = web.door.function("erase_accounts")
    await web.door.worker.invoke(erase, timer_data({}, is_past_due=False), {})
    assert (await wallet_of(web)).leaving == ()


async def test_who_comes_again_begins_with_nothing_and_keeps_what_is_new(web: Web) -> None:
    await saved(web, billing_address=ADDRESS)
    await send(web, "DELETE", "/api/users/me")
    browser = Browser(web)
    await browser.sign_in("customer")
    empty = [(await browser.send("GET", path)).json()["items"] for path in (CARDS, BOOK)]
    await browser.send("POST", CARDS, {"stripe_token": "tok_mastercard"})
    await browser.send("POST", BOOK, ADDRESS)
    web.clock.move(3600)

    erase = web.door.function("erase_accounts")
    await web.door.worker.invoke(erase, timer_data({}, is_past_due=False), {})

    assert empty == [[], []]
    kept = [(await browser.send("GET", path)).json()["items"] for path in (CARDS, BOOK)]
    assert [one["last4"] for one in kept[0]] == ["4444"]
    assert [one["line1"] for one in kept[1]] == ["1 Market Street"]
    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    assert (user.status, user.leaves_traces) == ("active", False)


async def test_who_leaves_takes_addresses_and_cards_along(web: Web) -> None:
    await saved(web, billing_address=ADDRESS)
    before = await wallet_of(web)

    answer = await send(web, "DELETE", "/api/users/me")

    assert answer.status_code == 204
    wallet = await wallet_of(web)
    assert (wallet.customer_id, wallet.cards, wallet.leaving) == ("", (), ())
    with pytest.raises(Declined):
        await web.shop.payments.attach_payment_method(
            "pm_card_visa", customer_id=before.customer_id, key="k"
        )
    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    assert user.leaves_traces
