"""Looking an order up, following its parcel, and calling it off."""

import pytest

from domain.access import Role
from domain.order import Order
from tests.blueprints.goods import EMAIL
from tests.blueprints.harness import Web, code, somebody
from tests.blueprints.steps import Hooked, filled, ordered, paid, put, stock_of
from usecases.commanding import mark_shipped
from usecases.ports.store import Change, VersionConflict

ODD_IDS = ("0", "x" * 500, "%00", "\u00fc\u00df", "HPH-2026-", "0123456789AB", "..%2F..", "'--")
STRANGERS = ("?email=somebody@else.example", "?email=", "", "?email=%00", "?email=%F0%9F%8E%84")


async def test_the_owner_sees_the_order_by_id_and_by_number(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)

    by_id = await guest.send("GET", f"/api/orders/{order_id}")
    number = by_id.json()["order_number"]
    by_number = await guest.send("GET", f"/api/orders/{number.lower()}")

    assert by_id.status_code == 200
    assert by_number.json() == by_id.json()


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper()])
async def test_who_knows_the_email_address_sees_the_order(web: Web, email: str) -> None:
    order_id = await ordered(await filled(web))

    for path in (f"/api/orders/{order_id}", f"/api/orders/{order_id}/tracking"):
        answer = await web.get(f"{path}?email={email}")
        assert (answer.status_code, answer.json()["order_id"]) == (200, order_id)


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
async def test_staff_see_every_order(web: Web, role: Role) -> None:
    order_id = await ordered(await filled(web))

    assert (await web.get(f"/api/orders/{order_id}", **web.token(role))).status_code == 200


@pytest.mark.parametrize("query", STRANGERS)
async def test_a_stranger_cannot_tell_a_foreign_order_from_none(web: Web, query: str) -> None:
    order_id = await ordered(await filled(web))
    stranger = await web.guest()

    for tail in ("", "/tracking"):
        foreign = await stranger.send("GET", f"/api/orders/{order_id}{tail}{query}")
        absent = await stranger.send("GET", f"/api/orders/0123456789AB{tail}{query}")
        assert code(foreign) == code(absent) == (404, "ORDER_NOT_FOUND")
        assert foreign.json()["error"]["message"] == absent.json()["error"]["message"]
        assert foreign.json()["error"]["details"] == {"order_id": order_id}


@pytest.mark.parametrize("order_id", ODD_IDS)
async def test_what_is_no_order_is_not_found(web: Web, order_id: str) -> None:
    guest = await web.guest()

    with web.unchanged():
        for method, tail in (("GET", ""), ("GET", "/tracking"), ("POST", "/cancel")):
            answer = await guest.send(method, f"/api/orders/{order_id}{tail}")
            assert code(answer) == (404, "ORDER_NOT_FOUND")


async def test_the_parcel_is_followed(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    before = (await guest.send("GET", f"/api/orders/{order_id}/tracking")).json()
    await paid(guest, order_id)
    await web.pump()

    after = (await guest.send("GET", f"/api/orders/{order_id}/tracking")).json()

    assert (before["fulfillment_status"], before["carrier"], before["events"]) == (
        "pending",
        "",
        [],
    )
    assert (after["status"], after["fulfillment_status"]) == ("processing", "scheduled")
    assert after["tracking_number"]
    assert [event["status"] for event in after["events"]] == ["label_created"]


async def test_a_cancelled_order_gives_its_pieces_back(web: Web) -> None:
    guest = await filled(web)
    path = f"/api/orders/{await ordered(guest)}"
    assert (await stock_of(web, "pine-candle-1")).available == 499

    asked = await guest.send("POST", f"{path}/cancel", {"reason": "Changed my mind 🎁"})
    again = await guest.send("POST", f"{path}/cancel")
    await web.pump()
    over = await guest.send("POST", f"{path}/cancel")

    assert (asked.status_code, asked.json()["status"]) == (202, "cancelling")
    assert again.status_code == 202
    assert (over.status_code, over.json()["status"]) == (200, "cancelled")
    assert (await stock_of(web, "pine-candle-1")).available == 500
    told = await web.get(f"/api/staff{path.removeprefix('/api')}/timeline", **web.token(Role.STAFF))
    assert told.json()["cancel_reason"] == "Changed my mind 🎁"
    assert "cancel_reason" not in over.json()


async def test_the_money_of_a_cancelled_order_is_given_back(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    intent_id = await paid(guest, order_id)
    await web.pump()

    await guest.send("POST", f"/api/orders/{order_id}/cancel")
    await web.pump()

    intent = await web.shop.payments.retrieve(intent_id)
    assert intent is not None
    assert intent.refunded == intent.received == intent.amount
    shown = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    assert (shown["status"], shown["payment_status"]) == ("cancelled", "refunded")
    assert (await stock_of(web, "pine-candle-1")).available == 500


async def test_another_guests_order_cannot_be_cancelled(web: Web) -> None:
    order_id = await ordered(await filled(web))
    stranger = await web.guest()

    with web.unchanged():
        answer = await stranger.send("POST", f"/api/orders/{order_id}/cancel?email={EMAIL}")

    assert code(answer) == (404, "ORDER_NOT_FOUND")


async def test_what_has_been_shipped_cannot_be_cancelled(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    await paid(guest, order_id)
    await web.pump()
    await mark_shipped(web.shop, somebody(), order_id)

    with web.unchanged():
        answer = await guest.send("POST", f"/api/orders/{order_id}/cancel")

    assert code(answer) == (409, "ALREADY_SHIPPED")


async def test_an_order_that_was_never_placed_cannot_be_cancelled(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    order = await web.shop.store.get(Order, order_id, guest.user_id)
    assert order is not None
    await put(web, order.but(facets=None, status="placing"))

    with web.unchanged():
        answer = await guest.send("POST", f"/api/orders/{order_id}/cancel")

    assert code(answer) == (409, "ORDER_NOT_PLACED")


async def test_a_reason_has_its_length(web: Web) -> None:
    guest = await filled(web)
    path = f"/api/orders/{await ordered(guest)}/cancel"

    with web.unchanged():
        for reason in ("r" * 5001, 7, ["because"]):
            answer = await guest.send("POST", path, {"reason": reason})
            assert code(answer) == (400, "INVALID_REQUEST")

    assert (await guest.send("POST", path, {"reason": "r" * 5000})).status_code == 202


async def test_an_order_that_everybody_changes_asks_to_try_again(web: Web) -> None:
    async def overtake(change: Change) -> None:
        raise VersionConflict("somebody was faster")

    guest = await filled(web)
    path = f"/api/orders/{await ordered(guest)}/cancel"
    web.change(store=Hooked(web, overtake))

    with web.unchanged():
        answer = await guest.send("POST", path)

    assert code(answer) == (503, "CONTENDED")


async def test_a_cancellation_needs_a_session(web: Web) -> None:
    order_id = await ordered(await filled(web))

    with web.unchanged():
        answer = await web.send("POST", f"/api/orders/{order_id}/cancel")

    assert code(answer) == (401, "UNAUTHORIZED")
