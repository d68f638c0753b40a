"""Orders for staff: the list of all, and the timeline of one."""

import pytest

from domain.access import Role
from tests.blueprints.goods import ORDER
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


LIST = "/api/staff/orders"


async def test_the_list_shows_orders_of_others_as_far_as_they_are(web: Web) -> None:
    staff = web.token(Role.STAFF)
    first = await ordered(guest := await filled(web))
    await paid(guest, first)
    second = await ordered(await filled(web))
    await web.pump()

    everything = (await web.get(LIST, **staff)).json()
    pending = (await web.get(f"{LIST}?status=pending", **staff)).json()["items"]

    told = {one["order_id"]: (one["status"], one["payment_status"]) for one in everything["items"]}
    assert told == {first: ("processing", "paid"), second: ("pending", "pending")}
    assert everything["items"][0]["order_id"] == second
    assert [one["order_id"] for one in pending] == [second]


async def test_the_list_is_read_a_page_at_a_time_and_by_number_and_address(web: Web) -> None:
    staff = web.token(Role.STAFF)
    orders = [await ordered(await filled(web)) for _ in range(2)]
    await web.pump()

    first = (await web.get(f"{LIST}?limit=1", **staff)).json()
    second = (await web.get(f"{LIST}?limit=1&cursor={first['next_cursor']}", **staff)).json()
    number = first["items"][0]["order_number"]
    by_number = (await web.get(f"{LIST}?number={number}", **staff)).json()["items"]
    by_address = (await web.get(f"{LIST}?email={ORDER['email']}", **staff)).json()["items"]

    shown = [page["items"][0]["order_id"] for page in (first, second)]
    assert shown == orders[::-1]
    assert [one["order_number"] for one in by_number] == [number]
    assert len(by_address) == 2


async def test_a_page_of_this_month_costs_a_query_and_the_record_of_who_asks(web: Web) -> None:
    staff = web.token(Role.STAFF)
    await ordered(await filled(web))
    await web.pump()

    today = web.clock.now().date().isoformat()
    answer = await web.get(f"{LIST}?start_date={today}&limit=1", **staff)

    assert answer.headers["x-store-operations"] == "2"
    assert answer.headers["cache-control"] == "no-store"


async def test_the_list_is_for_staff_only(web: Web) -> None:
    assert code(await web.get(LIST)) == (401, "UNAUTHORIZED")
    assert code(await web.get(LIST, **web.token(Role.CUSTOMER))) == (403, "FORBIDDEN")
    answer = await web.get(f"{LIST}?status=lost&start_date=soon", **web.token(Role.STAFF))
    assert code(answer) == (400, "INVALID_REQUEST")
    fields = answer.json()["error"]["details"]["fields"]
    assert {one["field"] for one in fields} == {"status", "start_date"}
