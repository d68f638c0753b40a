"""The cart over HTTP: filled, changed, emptied; and each way in which it says no."""

from datetime import timedelta
from typing import Any

import pytest

from domain.cart import Cart
from tests.blueprints.goods import (
    ABSENT,
    BLUE,
    CANDLE,
    DRUM,
    RED,
    SCARF,
    SLED,
    STAR,
    TRAY,
)
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import (
    cart_in_store,
    change_product,
    filled,
    line_of,
    put,
    stock,
)

ITEMS = "/api/cart/items"


async def test_a_new_cart_is_empty_and_nothing_is_written_for_it(web: Web) -> None:
    guest = await web.guest()

    with web.unchanged():
        cart = (await guest.send("GET", "/api/cart")).json()

    assert (cart["user_id"], cart["items"], cart["item_count"]) == (guest.user_id, [], 0)
    assert cart["totals"] == {"currency": "USD", "subtotal": 0.0, "discount": 0.0}


async def test_pieces_are_put_in_at_todays_price(web: Web) -> None:
    guest = await web.guest()

    answer = await guest.send("POST", ITEMS, {"product_id": CANDLE, "quantity": 3})

    (line,) = answer.json()["items"]
    assert answer.status_code == 201
    assert (line["sku"], line["quantity"]) == ("pine-candle-1", 3)
    assert (line["unit_price"], line["line_total"]) == (12.5, 37.5)
    assert answer.json()["totals"]["subtotal"] == 37.5
    assert answer.json() == (await guest.send("GET", "/api/cart")).json()


async def test_a_product_may_be_named_by_its_slug(web: Web) -> None:
    guest = await web.guest()

    answer = await guest.send("POST", ITEMS, {"product_id": "pine-candle"})

    assert answer.json()["items"][0]["product_id"] == CANDLE


async def test_the_same_variant_again_is_one_line(web: Web) -> None:
    guest = await filled(web, CANDLE, CANDLE, quantity=2)

    cart = (await guest.send("GET", "/api/cart")).json()

    assert [line["quantity"] for line in cart["items"]] == [4]


async def test_variants_are_lines_of_their_own_at_their_own_prices(web: Web) -> None:
    guest = await web.guest()
    for variant in (RED, BLUE):
        await guest.send("POST", ITEMS, {"product_id": SCARF, "variant_id": variant})

    cart = (await guest.send("GET", "/api/cart")).json()

    prices = {line["variant_name"]: line["unit_price"] for line in cart["items"]}
    assert prices == {"Red": 30.0, "Blue": 32.5}


async def test_a_line_is_changed_and_removed(web: Web) -> None:
    guest = await filled(web, CANDLE, TRAY)
    path = await line_of(guest)

    changed = await guest.send("PUT", path, {"quantity": 7})
    removed = await guest.send("DELETE", path)

    assert [line["quantity"] for line in changed.json()["items"]] == [7, 1]
    assert [line["product_id"] for line in removed.json()["items"]] == [TRAY]
    assert (changed.status_code, removed.status_code) == (200, 200)


async def test_an_emptied_cart_stays_empty(web: Web) -> None:
    guest = await filled(web)

    answers = [await guest.send("DELETE", "/api/cart") for _ in range(2)]

    assert [(one.status_code, one.json()["items"]) for one in answers] == [(200, [])] * 2


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"product_id": ABSENT}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": "no-such-slug"}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": SLED}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": "~slug:pine-candle"}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": "nul\u0000byte"}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": "\u202eelddas\U0001f6f7"}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": "' OR 1=1 --"}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": SCARF, "variant_id": "green"}, (404, "VARIANT_NOT_FOUND")),
        ({"product_id": CANDLE, "variant_id": RED}, (404, "VARIANT_NOT_FOUND")),
        ({"product_id": STAR}, (409, "OUT_OF_STOCK")),
        ({"product_id": DRUM, "quantity": 2}, (409, "OUT_OF_STOCK")),
        ({"product_id": CANDLE, "quantity": 501}, (409, "OUT_OF_STOCK")),
    ],
)
async def test_what_cannot_be_put_in_changes_nothing(
    web: Web, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    guest = await filled(web)

    with web.unchanged():
        answer = await guest.send("POST", ITEMS, body)

    assert code(answer) == refusal


async def test_pieces_that_are_in_the_cart_count_against_the_stock(web: Web) -> None:
    guest = await filled(web, DRUM)

    with web.unchanged():
        answer = await guest.send("POST", ITEMS, {"product_id": DRUM})

    assert code(answer) == (409, "OUT_OF_STOCK")
    details = answer.json()["error"]["details"]
    assert details == {"sku": "tin-drum-1", "requested": 2, "available": 1}


async def test_a_line_has_at_most_999_pieces(web: Web) -> None:
    await stock(web, "pine-candle-1", 5000)
    guest = await filled(web, quantity=999)

    with web.unchanged():
        answer = await guest.send("POST", ITEMS, {"product_id": CANDLE})

    assert code(answer) == (422, "QUANTITY_TOO_LARGE")


async def test_a_cart_has_at_most_a_hundred_lines(web: Web) -> None:
    guest = await filled(web)
    cart = await cart_in_store(web, guest)
    copies = (cart.items[0].model_copy(update={"sku": f"s-{n}"}) for n in range(100))
    await put(web, cart.but(items=tuple(copies)))

    with web.unchanged():
        answer = await guest.send("POST", ITEMS, {"product_id": TRAY})

    assert code(answer) == (422, "CART_FULL")


@pytest.mark.parametrize("line", ["absent", "\u00fc", "%00", "..%2F..", "x" * 2000])
async def test_a_line_that_is_not_there_cannot_be_changed(web: Web, line: str) -> None:
    guest = await filled(web)

    with web.unchanged():
        changed = await guest.send("PUT", f"{ITEMS}/{line}", {"quantity": 1})
        removed = await guest.send("DELETE", f"{ITEMS}/{line}")

    assert code(changed) == code(removed) == (404, "CART_ITEM_NOT_FOUND")


async def test_another_guests_line_is_not_there(web: Web) -> None:
    mine, theirs = await filled(web), await filled(web)
    path = await line_of(theirs)

    with web.unchanged():
        changed = await mine.send("PUT", path, {"quantity": 2})
        removed = await mine.send("DELETE", path)

    assert code(changed) == code(removed) == (404, "CART_ITEM_NOT_FOUND")


async def test_a_line_cannot_grow_beyond_the_stock(web: Web) -> None:
    guest = await filled(web, DRUM)

    with web.unchanged():
        answer = await guest.send("PUT", await line_of(guest), {"quantity": 2})

    assert code(answer) == (409, "OUT_OF_STOCK")


async def test_a_line_of_what_is_no_longer_sold_can_be_taken_out(web: Web) -> None:
    guest = await filled(web)
    await change_product(web, "pine-candle", status="retired")

    answer = await guest.send("DELETE", await line_of(guest))

    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/cart"), ("POST", ITEMS), ("PUT", f"{ITEMS}/x"), ("DELETE", f"{ITEMS}/x")],
)
async def test_who_has_no_session_has_no_cart(web: Web, method: str, path: str) -> None:
    with web.unchanged():
        answer = await web.send(method, path, {"product_id": CANDLE, "quantity": 1})

    assert code(answer) == (401, "UNAUTHORIZED")


async def test_a_guests_cart_is_kept_for_a_fortnight(web: Web) -> None:
    cart: Cart = await cart_in_store(web, await filled(web))

    assert cart.ttl == timedelta(days=14).total_seconds()
