"""What the cart would cost, over HTTP."""

from typing import Any

import pytest

from domain.money import Money
from domain.product import Price
from tests.blueprints.goods import ADDRESS, CANDLE, DRUM, SCARF, TRAY
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import change_product, filled, stock

VALIDATE = "/api/checkout/validate"
BODY = {"shipping_address": ADDRESS}
ABROAD = {"shipping_address": ADDRESS | {"country": "DE", "state": "BE"}}


async def test_a_quote_names_totals_and_ways_to_ship_and_holds_nothing(web: Web) -> None:
    guest = await filled(web, CANDLE, TRAY)
    cart = (await guest.send("GET", "/api/cart")).json()

    with web.unchanged():
        answer = await guest.send("POST", VALIDATE, BODY)

    quote = answer.json()
    assert (answer.status_code, quote["valid"], quote["issues"]) == (200, True, [])
    assert quote["cart_id"] == cart["id"]
    totals = quote["totals"]
    assert (totals["subtotal"], totals["discount"], totals["shipping"]) == (52.5, 0.0, 5.99)
    assert totals["total"] == round(52.5 + 5.99 + totals["tax"], 2)
    options = [(one["method"], one["cost"]) for one in quote["shipping_options"]]
    assert options == [("standard", 5.99), ("express", 14.99), ("overnight", 29.99)]


async def test_the_way_to_ship_is_in_the_total(web: Web) -> None:
    guest = await filled(web)

    quote = (await guest.send("POST", VALIDATE, BODY | {"shipping_method": "express"})).json()

    assert quote["totals"]["shipping"] == 14.99


async def test_from_a_hundred_on_standard_shipping_is_free(web: Web) -> None:
    guest = await filled(web, CANDLE, quantity=8)

    quote = (await guest.send("POST", VALIDATE, BODY)).json()

    assert (quote["totals"]["subtotal"], quote["totals"]["shipping"]) == (100.0, 0.0)


async def test_each_thing_in_the_way_is_named(web: Web) -> None:
    guest = await filled(web, CANDLE, TRAY, DRUM, SCARF)
    await stock(web, "tin-drum-1", 0)
    await change_product(web, "wool-scarf", status="retired")
    dearer = Price(amount=Money(4500, "USD"), currency="USD")
    await change_product(web, "oak-tray", price=dearer)

    quote = (await guest.send("POST", VALIDATE, BODY)).json()

    issues = {one["sku"]: (one["code"], one["available"]) for one in quote["issues"]}
    assert issues == {
        "tin-drum-1": ("OUT_OF_STOCK", 0),
        "scarf-red": ("NOT_SOLD", None),
        "oak-tray-1": ("PRICE_CHANGED", None),
    }
    assert quote["valid"] is False
    assert quote["totals"]["subtotal"] == 12.5 + 45.0 + 25.0


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (ABROAD | {"shipping_method": "overnight"}, (422, "CANNOT_SHIP_THERE")),
        ({}, (400, "INVALID_REQUEST")),
        ({"shipping_address": None}, (400, "INVALID_REQUEST")),
        ({"shipping_address": ADDRESS | {"country": "us"}}, (400, "INVALID_REQUEST")),
        ({"shipping_address": ADDRESS | {"name": "n" * 201}}, (400, "INVALID_REQUEST")),
        ({"shipping_address": ADDRESS | {"phone": "ring me"}}, (400, "INVALID_REQUEST")),
        (BODY | {"shipping_method": "sleigh"}, (400, "INVALID_REQUEST")),
    ],
)
async def test_what_cannot_be_quoted_is_refused(
    web: Web, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    guest = await filled(web)

    with web.unchanged():
        answer = await guest.send("POST", VALIDATE, body)

    assert code(answer) == refusal


async def test_abroad_costs_more_and_takes_longer(web: Web) -> None:
    guest = await filled(web)

    quote = (await guest.send("POST", VALIDATE, ABROAD)).json()

    options = [(one["method"], one["cost"], one["days"]) for one in quote["shipping_options"]]
    assert options == [("standard", 20.99, 11), ("express", 29.99, 8)]


async def test_an_empty_cart_costs_nothing_and_is_refused(web: Web) -> None:
    guest = await web.guest()

    with web.unchanged():
        answer = await guest.send("POST", VALIDATE, BODY)

    assert code(answer) == (422, "CART_EMPTY")


async def test_who_has_no_session_is_asked_for_one(web: Web) -> None:
    assert code(await web.send("POST", VALIDATE, BODY)) == (401, "UNAUTHORIZED")
