"""Placing orders over HTTP: one cart is one order, and every refusal leaves the stock as it was."""

import asyncio
from typing import Any

import pytest

from domain.hold import Hold
from domain.money import Money
from domain.order import Order
from domain.product import Price
from tests.blueprints.goods import ADDRESS, CANDLE, DRUM, EMAIL, ORDER, SCARF, TRAY
from tests.blueprints.harness import Web, code, somebody
from tests.blueprints.steps import (
    Hooked,
    cart_in_store,
    change_product,
    filled,
    ordered,
    stock_of,
)
from usecases.claiming import rejected
from usecases.ports.store import Change, VersionConflict

ORDERS = "/api/orders"
DEARER = Price(amount=Money(1300, "USD"), currency="USD")


async def test_a_cart_becomes_an_order_and_its_pieces_are_held(web: Web) -> None:
    guest = await filled(web, CANDLE, SCARF, quantity=2)

    answer = await guest.send("POST", ORDERS, ORDER)

    order = answer.json()
    assert answer.status_code == 201
    assert (order["status"], order["payment_status"]) == ("pending", "pending")
    assert [(line["sku"], line["quantity"]) for line in order["items"]] == [
        ("pine-candle-1", 2),
        ("scarf-red", 2),
    ]
    assert order["totals"]["subtotal"] == 85.0
    assert order["order_number"].replace("-", "").endswith(order["id"])
    assert (await stock_of(web, "pine-candle-1")).available == 498
    assert (await stock_of(web, "scarf-red")).available == 3
    cart = (await guest.send("GET", "/api/cart")).json()
    assert cart["items"] == []
    assert [one.properties["event_type"] for one in await web.events()][-1] == "OrderCreated"


async def test_the_same_cart_again_is_the_same_order(web: Web) -> None:
    guest = await filled(web)
    cart_id = (await guest.send("GET", "/api/cart")).json()["id"]
    first = await guest.send("POST", ORDERS, ORDER)

    with web.unchanged():
        again = await guest.send("POST", ORDERS, ORDER)
        named = await guest.send("POST", ORDERS, ORDER | {"cart_id": cart_id})

    assert first.json() == again.json() == named.json()


async def test_one_cart_submitted_at_once_is_one_order(web: Web) -> None:
    guest = await filled(web)

    answers = await asyncio.gather(*(guest.send("POST", ORDERS, ORDER) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await stock_of(web, "pine-candle-1")).available == 499


async def test_of_two_buyers_of_the_last_piece_one_gets_it(web: Web) -> None:
    buyers = [await filled(web, DRUM) for _ in range(2)]

    answers = await asyncio.gather(*(buyer.send("POST", ORDERS, ORDER) for buyer in buyers))

    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert won.status_code == 201
    assert code(lost) == (409, "OUT_OF_STOCK")
    (line,) = lost.json()["error"]["details"]["lines"]
    assert (line["sku"], line["requested"], line["available"]) == ("tin-drum-1", 1, 0)
    assert (await stock_of(web, "tin-drum-1")).available == 0


async def test_who_was_too_late_keeps_the_cart_and_holds_nothing(web: Web) -> None:
    first, late = await filled(web, DRUM), await filled(web, DRUM, TRAY)
    await ordered(first)

    answer = await late.send("POST", ORDERS, ORDER)

    assert code(answer) == (409, "OUT_OF_STOCK")
    cart = await cart_in_store(web, late)
    assert (len(cart.items), cart.claim, cart.attempt) == (2, None, 1)
    assert (await stock_of(web, "oak-tray-1")).available == 50
    await late.send("DELETE", f"/api/cart/items/{cart.items[0].cart_item_id}")
    assert (await late.send("POST", ORDERS, ORDER)).status_code == 201


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": None}, (400, "EMAIL_REQUIRED")),
        ({"email": "no address"}, (400, "INVALID_REQUEST")),
        ({"email": "a@b." + "c" * 251}, (400, "INVALID_REQUEST")),
        ({"cart_id": "somebody-elses"}, (422, "CART_MISMATCH")),
        ({"cart_id": "x" * 65}, (400, "INVALID_REQUEST")),
        ({"expected_total": 1.0}, (409, "PRICE_CHANGED")),
        ({"expected_total": 19.0001}, (409, "PRICE_CHANGED")),
        ({"expected_total": -1}, (400, "INVALID_REQUEST")),
        ({"expected_total": 1e300}, (400, "INVALID_REQUEST")),
        ({"shipping_method": "teleport"}, (400, "INVALID_REQUEST")),
        ({"shipping_address": ADDRESS | {"city": ""}}, (400, "INVALID_REQUEST")),
        ({"shipping_address": "here"}, (400, "INVALID_REQUEST")),
        ({"billing_address": {}}, (400, "INVALID_REQUEST")),
        ({"amount": 1}, (400, "INVALID_REQUEST")),
        ({"status": "paid"}, (400, "INVALID_REQUEST")),
        ({"user_id": "local-admin"}, (400, "INVALID_REQUEST")),
        (
            {"shipping_address": ADDRESS | {"country": "DE"}, "shipping_method": "overnight"},
            (422, "CANNOT_SHIP_THERE"),
        ),
    ],
)
async def test_what_cannot_be_ordered_changes_nothing(
    web: Web, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    guest = await filled(web)

    with web.unchanged():
        answer = await guest.send("POST", ORDERS, ORDER | change)

    assert code(answer) == refusal


async def test_another_guests_cart_cannot_be_ordered(web: Web) -> None:
    mine, theirs = await filled(web), await filled(web)
    foreign = (await theirs.send("GET", "/api/cart")).json()["id"]

    with web.unchanged():
        answer = await mine.send("POST", ORDERS, ORDER | {"cart_id": foreign})

    assert code(answer) == (422, "CART_MISMATCH")


async def test_an_empty_cart_is_no_order(web: Web) -> None:
    guest = await web.guest()

    with web.unchanged():
        answer = await guest.send("POST", ORDERS, ORDER)

    assert code(answer) == (422, "CART_EMPTY")


async def test_a_price_that_has_changed_is_shown_first(web: Web) -> None:
    guest = await filled(web)
    await change_product(web, "pine-candle", price=DEARER)

    with web.unchanged():
        answer = await guest.send("POST", ORDERS, ORDER)

    total = answer.json()["error"]["details"]["total"]
    assert code(answer) == (409, "PRICE_CHANGED")
    agreed = await guest.send("POST", ORDERS, ORDER | {"expected_total": total})
    assert agreed.status_code == 201
    assert agreed.json()["totals"]["total"] == total


async def test_what_is_no_longer_sold_cannot_be_ordered(web: Web) -> None:
    guest = await filled(web)
    await change_product(web, "pine-candle", status="retired")

    with web.unchanged():
        answer = await guest.send("POST", ORDERS, ORDER)

    assert code(answer) == (422, "NOT_SOLD")
    assert answer.json()["error"]["details"] == {"skus": ["pine-candle-1"]}


@pytest.mark.parametrize("path", ["/api/checkout/validate", ORDERS])
async def test_what_no_card_can_pay_is_refused(web: Web, path: str) -> None:
    """One charge has eight digits."""
    price = Price(amount=Money(99_999_999, "USD"), currency="USD")
    await change_product(web, "pine-candle", price=price)
    guest = await filled(web)
    body = ORDER if path == ORDERS else {"shipping_address": ADDRESS}

    with web.unchanged():
        answer = await guest.send("POST", path, body)

    assert code(answer) == (422, "TOTAL_TOO_LARGE")
    assert answer.json()["error"]["details"] == {"limit": 999999.99, "currency": "USD"}


async def test_an_attempt_that_somebody_ended_meanwhile_places_nothing(web: Web) -> None:
    store, guest = web.shop.store, await filled(web)

    async def end(change: Change) -> None:
        hold = change.puts[0]
        if isinstance(hold, Hold) and hold.state == "held":
            order = await store.get(Order, hold.order_id, guest.user_id)
            assert order is not None
            web.change(store=store)
            await rejected(web.shop, somebody(), order, ())

    web.change(store=Hooked(web, end))
    answer = await guest.send("POST", ORDERS, ORDER)

    assert code(answer) == (409, "ATTEMPT_OVERTAKEN")
    assert (await stock_of(web, "pine-candle-1")).available == 500
    assert (await cart_in_store(web, guest)).claim is None
    assert (await guest.send("POST", ORDERS, ORDER)).status_code == 201


async def test_a_cart_that_everybody_changes_asks_to_try_again(web: Web) -> None:
    async def overtake(change: Change) -> None:
        raise VersionConflict("somebody was faster")

    guest = await filled(web)
    web.change(store=Hooked(web, overtake))

    with web.unchanged():
        answer = await guest.send("POST", ORDERS, ORDER)

    assert code(answer) == (503, "CONTENDED")


async def test_the_address_is_kept_as_it_was_written(web: Web) -> None:
    name = "Zoë 🎄 Ó Hara-Łukasz"
    guest = await filled(web)

    order = await ordered(guest, shipping_address=ADDRESS | {"name": f"  {name} "})

    shown = (await guest.send("GET", f"{ORDERS}/{order}")).json()
    assert shown["shipping_address"]["name"] == name
    assert shown["email"] == EMAIL


async def test_who_has_no_session_orders_nothing(web: Web) -> None:
    with web.unchanged():
        answer = await web.send("POST", ORDERS, ORDER)

    assert code(answer) == (401, "UNAUTHORIZED")
