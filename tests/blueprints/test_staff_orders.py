"""The order's timeline for staff."""

import pytest

from domain.access import Role
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import filled, ordered, paid


def path(order_id: str) -> str:
    return f"/api/staff/orders/{order_id}/timeline"


async def test_every_step_is_told_in_order(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    await paid(guest, order_id)
    await web.pump()

    told = (await web.get(path(order_id), **web.token(Role.STAFF))).json()

    assert (told["order_id"], told["status"]) == (order_id, "processing")
    steps = [(one["actor"], one["cause"], one["state"]) for one in told["steps"]]
    assert steps == [
        ("orders", "PlaceOrder", "pending"),
        ("payment", "Authorised", "authorised"),
        ("inventory", "OrderCreated", "reserved"),
        ("payment", "InventoryReserved", "captured"),
        ("orders", "InventoryReserved", "pending"),
        ("logistics", "PaymentProcessed", "scheduled"),
        ("orders", "PaymentProcessed", "pending"),
        ("orders", "ShipmentScheduled", "processing"),
    ]
    moments = [one["at"] for one in told["steps"]]
    assert moments == sorted(moments)


async def test_the_order_may_be_named_by_its_number(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    number = (await guest.send("GET", f"/api/orders/{order_id}")).json()["order_number"]

    answer = await web.get(path(number), **web.token(Role.ADMIN))

    assert answer.json()["order_id"] == order_id


async def test_it_is_for_staff_only(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)

    with web.unchanged():
        nobody = await web.get(path(order_id))
        owner = await guest.send("GET", path(order_id))
        customer = await web.get(path(order_id), **web.token(Role.CUSTOMER))

    assert code(nobody) == (401, "UNAUTHORIZED")
    assert code(owner) == code(customer) == (403, "FORBIDDEN")


@pytest.mark.parametrize("order_id", ["0123456789AB", "x", "%00", "\u00fc", "1" * 1000])
async def test_an_order_that_is_not_there_has_no_timeline(web: Web, order_id: str) -> None:
    answer = await web.get(path(order_id), **web.token(Role.STAFF))

    assert code(answer) == (404, "ORDER_NOT_FOUND")
