"""Paying over HTTP, and what the card network may and may not tell us."""

from typing import Any

import pytest

from domain.money import Money
from tests.blueprints.goods import TRAY
from tests.blueprints.harness import Guest, Web, code
from tests.blueprints.steps import Hooked, filled, intent_of, ordered, paid, stock_of
from usecases.ports.store import Change, VersionConflict

CREATE, CONFIRM, WEBHOOK = (
    f"/api/payments/{word}" for word in ("create-intent", "confirm", "webhook")
)
DECLINED = "pm_card_chargeDeclinedInsufficientFunds"


async def confirmed(guest: Guest, intent_id: str, card: str = "pm_card_visa") -> Any:
    body = {"payment_intent_id": intent_id, "payment_method": card}
    return await guest.send("POST", CONFIRM, body)


async def status_of(guest: Guest, order_id: str) -> tuple[str, str]:
    """The order's status and that of its payment."""
    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    return order["status"], order["payment_status"]


async def test_the_payment_is_over_exactly_what_the_order_costs(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    total = (await guest.send("GET", f"/api/orders/{order_id}")).json()["totals"]["total"]

    first = await guest.send("POST", CREATE, {"order_id": order_id, "amount": total})
    with web.unchanged():
        again = await guest.send("POST", CREATE, {"order_id": order_id})

    assert first.status_code == 200
    assert first.json() == again.json()
    assert (first.json()["amount"], first.json()["currency"]) == (total, "USD")
    assert first.json()["status"] == "requires_payment_method"


async def test_a_confirmed_payment_is_held_and_then_taken_by_the_saga(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)

    answer = await confirmed(guest, await intent_of(guest, order_id))
    held = await status_of(guest, order_id)
    await web.pump()

    assert (answer.status_code, answer.json()["status"]) == (200, "requires_capture")
    assert held == ("pending", "authorized")
    assert await status_of(guest, order_id) == ("processing", "paid")


async def test_a_payment_confirmed_twice_is_one(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    intent_id = await paid(guest, order_id)

    with web.unchanged():
        again = await confirmed(guest, intent_id)
    await web.pump()
    after = await confirmed(guest, intent_id)

    assert (again.status_code, again.json()["status"]) == (200, "requires_capture")
    assert (after.status_code, after.json()["status"]) == (200, "succeeded")


async def test_a_declined_card_may_be_followed_by_another(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    intent_id = await intent_of(guest, order_id)

    declined = await confirmed(guest, intent_id, DECLINED)
    second = await confirmed(guest, intent_id)

    assert code(declined) == (422, "CARD_DECLINED")
    assert declined.json()["error"]["details"] == {"reason": "insufficient_funds"}
    assert second.status_code == 200
    await web.pump()
    assert await status_of(guest, order_id) == ("processing", "paid")


async def test_after_three_declined_cards_the_order_fails_and_its_pieces_are_free(web: Web) -> None:
    guest = await filled(web, TRAY)
    order_id = await ordered(guest)
    intent_id = await intent_of(guest, order_id)
    for _ in range(3):
        assert code(await confirmed(guest, intent_id, DECLINED)) == (422, "CARD_DECLINED")
        await web.pump()

    assert await status_of(guest, order_id) == ("payment_failed", "failed")
    assert (await stock_of(web, "oak-tray-1")).available == 50
    for answer in (
        await confirmed(guest, intent_id),
        await guest.send("POST", CREATE, {"order_id": order_id}),
    ):
        assert code(answer) == (409, "ORDER_NOT_PAYABLE")


async def test_a_card_that_asks_its_owner_says_where(web: Web) -> None:
    guest = await filled(web)
    intent_id = await intent_of(guest, await ordered(guest))

    answer = await confirmed(guest, intent_id, "pm_card_authenticationRequired")

    assert answer.json()["status"] == "requires_action"
    assert answer.json()["next_action_url"].endswith(f"/authenticate/{intent_id}")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "INVALID_REQUEST")),
        ({"order_id": 7}, (400, "INVALID_REQUEST")),
        ({"order_id": ""}, (400, "INVALID_REQUEST")),
        ({"order_id": "x" * 41}, (400, "INVALID_REQUEST")),
        ({"order_id": "own", "amount": -1}, (400, "INVALID_REQUEST")),
        ({"order_id": "own", "amount": "18.5"}, (400, "INVALID_REQUEST")),
        ({"order_id": "own", "currency": "USD"}, (400, "INVALID_REQUEST")),
        ({"order_id": "own", "card_number": "4242"}, (400, "INVALID_REQUEST")),
        ({"order_id": "own", "amount": 0.01}, (422, "AMOUNT_MISMATCH")),
        ({"order_id": "own", "amount": 0.001}, (422, "AMOUNT_MISMATCH")),
        ({"order_id": "own", "amount": 999_999_999}, (422, "AMOUNT_MISMATCH")),
        ({"order_id": "0123456789AB"}, (404, "ORDER_NOT_FOUND")),
        ({"order_id": "no order \u0000"}, (404, "ORDER_NOT_FOUND")),
        ({"order_id": "foreign"}, (404, "ORDER_NOT_FOUND")),
    ],
)
async def test_what_cannot_be_paid_changes_nothing(
    web: Web, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    guest, other = await filled(web), await filled(web)
    ids = {"own": await ordered(guest), "foreign": await ordered(other)}
    body = {name: ids.get(value, value) for name, value in body.items()}

    with web.unchanged():
        answer = await guest.send("POST", CREATE, body)

    assert code(answer) == refusal


@pytest.mark.parametrize(
    ("intent", "refusal"),
    [
        ("pi_absent", (404, "PAYMENT_INTENT_NOT_FOUND")),
        ("foreign", (404, "PAYMENT_INTENT_NOT_FOUND")),
        ("pi_\u0000\U0001f384", (404, "PAYMENT_INTENT_NOT_FOUND")),
        ("", (400, "INVALID_REQUEST")),
        ("x" * 101, (400, "INVALID_REQUEST")),
        (7, (400, "INVALID_REQUEST")),
    ],
)
async def test_only_an_own_payment_can_be_confirmed(
    web: Web, intent: Any, refusal: tuple[int, str]
) -> None:
    other = await filled(web)
    foreign = await intent_of(other, await ordered(other))
    guest = await filled(web)
    await intent_of(guest, await ordered(guest))

    with web.unchanged():
        answer = await confirmed(guest, foreign if intent == "foreign" else intent)

    assert code(answer) == refusal


async def test_a_payment_of_an_order_that_is_not_there_cannot_be_confirmed(web: Web) -> None:
    guest = await web.guest()
    about = {"order_id": "0123456789AB", "user_id": guest.user_id}
    ten = Money(1000, "USD")
    intent = await web.shop.payments.create_intent(ten, key="k", metadata=about)

    with web.unchanged():
        answer = await confirmed(guest, intent.id)

    assert code(answer) == (404, "ORDER_NOT_FOUND")


async def test_an_unknown_card_is_declined(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)

    answer = await confirmed(guest, await intent_of(guest, order_id), "pm_of_my_own")

    assert code(answer) == (422, "CARD_DECLINED")
    assert await status_of(guest, order_id) == ("pending", "pending")


async def test_a_cancelled_order_takes_no_payment(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    intent_id = await intent_of(guest, order_id)
    await guest.send("POST", f"/api/orders/{order_id}/cancel")

    with web.unchanged():
        answers = [
            await confirmed(guest, intent_id),
            await guest.send("POST", CREATE, {"order_id": order_id}),
        ]

    assert [code(answer) for answer in answers] == [(409, "ORDER_NOT_PAYABLE")] * 2


async def test_an_order_that_everybody_changes_asks_to_try_again(web: Web) -> None:
    async def overtake(change: Change) -> None:
        raise VersionConflict("somebody was faster")

    guest = await filled(web)
    order_id = await ordered(guest)
    whole = web.shop.store
    web.change(store=Hooked(web, overtake))
    created = await guest.send("POST", CREATE, {"order_id": order_id})
    web.change(store=whole)
    intent_id = await intent_of(guest, order_id)
    web.change(store=Hooked(web, overtake))
    answer = await confirmed(guest, intent_id)

    assert code(created) == code(answer) == (503, "CONTENDED")


@pytest.mark.parametrize("path", [CREATE, CONFIRM])
async def test_paying_needs_a_session(web: Web, path: str) -> None:
    with web.unchanged():
        answer = await web.send("POST", path, {"order_id": "x", "payment_intent_id": "x"})

    assert code(answer) == (401, "UNAUTHORIZED")
