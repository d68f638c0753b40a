"""Promo codes, over HTTP."""

import asyncio
from typing import Any

import pytest

from domain.access import Role
from domain.promotion import PROMOTION_ID, Promotion
from tests.blueprints.goods import ADDRESS, CANDLE, ORDER, TRAY
from tests.blueprints.harness import Guest, Web, code
from tests.blueprints.steps import filled, ordered, promotes, put, with_code

PROMO = "/api/checkout/promo"
VALIDATE = "/api/checkout/validate"
BODY = {"shipping_address": ADDRESS}


async def typed(guest: Guest, promo_code: str) -> Any:
    return await guest.send("POST", PROMO, {"code": promo_code})


async def test_a_code_makes_the_cart_the_quote_and_the_order_cheaper(web: Web) -> None:
    await promotes(web, "TEN", name="Ten percent off", limit=1)
    guest = await filled(web, CANDLE, TRAY)

    cart = await with_code(guest, " ten ")
    quote = (await guest.send("POST", VALIDATE, BODY)).json()
    total = quote["totals"]["total"]
    placed = await guest.send("POST", "/api/orders", ORDER | {"expected_total": total})

    assert cart["totals"] == {"currency": "USD", "subtotal": 52.5, "discount": 5.25}
    assert cart["promotions"] == quote["promotions"]
    assert cart["promotions"] == [
        {
            "currency": "USD",
            "code": "TEN",
            "name": "Ten percent off",
            "type": "percentage",
            "discount": 5.25,
            "problem": None,
        }
    ]
    order = placed.json()
    assert (placed.status_code, order["promo_codes"], order["totals"]) == (
        201,
        ["TEN"],
        quote["totals"],
    )
    assert [line["discount"] for line in order["items"]] == [4.0, 1.25]
    found = await web.shop.store.get(Promotion, PROMOTION_ID, "TEN")
    assert found is not None
    assert found.left == 0


async def test_the_payment_is_over_what_the_code_leaves(web: Web) -> None:
    await promotes(web)
    guest = await filled(web, CANDLE, TRAY)
    await with_code(guest)
    order_id = await ordered(guest)

    answer = await guest.send("POST", "/api/payments/create-intent", {"order_id": order_id})

    total = (await guest.send("GET", f"/api/orders/{order_id}")).json()["totals"]["total"]
    assert answer.json()["amount"] == total


async def test_an_absent_and_a_stopped_code_cannot_be_told_apart(web: Web) -> None:
    await promotes(web, "STOPPED", active=False, categories=["home"])
    guest = await filled(web)
    with web.unchanged():
        stopped, absent = await typed(guest, "STOPPED"), await typed(guest, "ABSENT1")

    assert code(stopped) == code(absent) == (422, "PROMO_UNKNOWN")
    assert stopped.headers["x-store-operations"] == absent.headers["x-store-operations"] == "2"
    one, other = stopped.json()["error"], absent.json()["error"]
    assert one["message"] == other["message"]
    assert (one["details"], other["details"]) == (
        {"promo_code": "STOPPED"},
        {"promo_code": "ABSENT1"},
    )


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, "PROMO_EXPIRED"),
        ({"starts_at": "2120-01-01T00:00:00Z"}, "PROMO_UNKNOWN"),
        ({"minimum": 100}, "PROMO_NOT_MET"),
    ],
)
async def test_a_code_that_does_not_hold_is_refused(
    web: Web, terms: dict[str, Any], refusal: str
) -> None:
    await promotes(web, "TEN", **terms)
    guest = await filled(web)

    with web.unchanged():
        assert code(await typed(guest, "TEN")) == (422, refusal)


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "x" * 41}, {"code": 1}, {"codes": []}])
async def test_what_is_no_request_is_refused(web: Web, body: dict[str, Any]) -> None:
    guest = await filled(web)

    with web.unchanged():
        assert code(await guest.send("POST", PROMO, body)) == (400, "INVALID_REQUEST")


async def test_an_empty_cart_takes_no_code(web: Web) -> None:
    await promotes(web)

    assert code(await typed(await web.guest(), "TEN")) == (422, "CART_EMPTY")


async def test_a_cart_takes_three_codes(web: Web) -> None:
    guest = await filled(web)
    for name in ("ONE", "TWO", "THREE", "FOUR"):
        await promotes(web, name)
    for name in ("ONE", "TWO", "THREE"):
        await with_code(guest, name)

    assert code(await typed(guest, "FOUR")) == (422, "PROMO_TOO_MANY")


async def test_a_code_is_taken_off_as_often_as_one_likes(web: Web) -> None:
    guest = await filled(web)
    for name in ("ONE", "TWO"):
        await promotes(web, name)
        await with_code(guest, name)

    first = await guest.send("DELETE", f"{PROMO}?code=one")
    again = await guest.send("DELETE", f"{PROMO}?code=one")
    every = await guest.send("DELETE", PROMO)

    left = [
        [one["code"] for one in answer.json()["promotions"]] for answer in (first, again, every)
    ]
    assert left == [["TWO"], ["TWO"], []]
    assert every.json()["totals"]["discount"] == 0.0


async def test_emptying_the_cart_takes_its_codes_off(web: Web) -> None:
    await promotes(web)
    guest = await filled(web)
    await with_code(guest)

    assert (await guest.send("DELETE", "/api/cart")).json()["promotions"] == []


async def test_codes_come_along_when_somebody_signs_in(web: Web) -> None:
    await promotes(web)
    guest = await filled(web)
    await with_code(guest)
    mine = {"Cookie": guest.cookie, **web.token(Role.CUSTOMER)}

    cart = (await web.send("POST", "/api/cart/merge", {}, **mine)).json()

    assert [one["code"] for one in cart["promotions"]] == ["TEN"]


async def test_codes_cannot_be_guessed(web: Web) -> None:
    """Ten tries at once, then one each six seconds, whoever asks from there and whether they are right."""
    await promotes(web)
    guest, other = await filled(web), await filled(web)

    answers = [await typed(guest, f"GUESS{number}") for number in range(10)]
    refused = await typed(guest, "TEN")
    elsewhere = await typed(other, "TEN")
    customer = web.token(Role.CUSTOMER)
    await web.send("POST", "/api/cart/items", {"product_id": CANDLE}, **customer)

    assert {code(answer) for answer in answers} == {(422, "PROMO_UNKNOWN")}
    assert code(refused) == code(elsewhere) == (429, "RATE_LIMIT_EXCEEDED")
    assert refused.headers["retry-after"] in {"5", "6"}
    assert refused.headers["x-store-operations"] == "0"
    signed_in = await web.send("POST", PROMO, {"code": "TEN"}, **customer)
    assert signed_in.status_code == 200


async def test_a_quote_is_no_way_around_the_limit(web: Web) -> None:
    await promotes(web)
    guest = await filled(web)
    await with_code(guest)

    body = BODY | {"promo_codes": ["GUESS1", "GUESS2", "GUESS3"]}
    tries = [await guest.send("POST", VALIDATE, body) for _ in range(4)]
    own = await guest.send("POST", VALIDATE, BODY | {"promo_codes": ["TEN"]})

    assert [answer.status_code for answer in tries] == [200, 200, 200, 429]
    assert own.json()["totals"]["discount"] == 1.25


async def test_a_quote_takes_three_codes_at_most(web: Web) -> None:
    guest = await filled(web)

    answer = await guest.send("POST", VALIDATE, BODY | {"promo_codes": ["A", "B", "C", "D"]})

    assert code(answer) == (400, "INVALID_REQUEST")


async def test_the_last_use_goes_to_one_of_two_buyers_and_the_other_can_still_buy(web: Web) -> None:
    await promotes(web, "TEN", limit=1)
    guests = [await filled(web), await filled(web)]
    for guest in guests:
        await with_code(guest)

    answers = await asyncio.gather(
        *(guest.send("POST", "/api/orders", ORDER, key="k") for guest in guests)
    )

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    late = guests[[answer.status_code for answer in answers].index(422)]
    refusal = next(answer for answer in answers if answer.status_code == 422)
    assert code(refusal) == (422, "PROMO_USED_UP")
    assert refusal.json()["error"]["details"] == {"promo_code": "TEN"}
    await late.send("DELETE", f"{PROMO}?code=TEN")
    assert (await late.send("POST", "/api/orders", ORDER, key="k")).status_code == 201


async def test_a_code_that_was_stopped_is_refused_when_it_is_ordered_with(web: Web) -> None:
    await promotes(web)
    guest = await filled(web)
    await with_code(guest)
    found = await web.shop.store.get(Promotion, PROMOTION_ID, "TEN")
    assert found is not None
    await put(web, found.but(active=False))

    with web.unchanged():
        placed = await guest.send("POST", "/api/orders", ORDER)
        quote = (await guest.send("POST", VALIDATE, BODY)).json()

    assert code(placed) == (422, "PROMO_UNKNOWN")
    assert (quote["valid"], [one["code"] for one in quote["issues"]]) == (False, ["PROMO_UNKNOWN"])
    assert quote["issues"][0]["promo_code"] == "TEN"


async def test_who_has_no_session_is_asked_for_one(web: Web) -> None:
    assert code(await web.send("POST", PROMO, {"code": "TEN"})) == (401, "UNAUTHORIZED")
    assert code(await web.send("DELETE", PROMO)) == (401, "UNAUTHORIZED")
