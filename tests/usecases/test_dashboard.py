"""The first page of a customer."""

from dataclasses import replace

import pytest

from domain.access import Caller, Role
from domain.product import product_id
from domain.saga import Status
from tests.domain.samples import an_order
from tests.usecases.catalog_shop import ToldAgents, row
from tests.usecases.shop_fixtures import (
    GUEST,
    STAFF,
    Bench,
    carry_on,
    guest,
    open_bench,
    paid,
    placed,
    sells,
)
from usecases import meter
from usecases.commanding import cancel_order
from usecases.dashboard import SHOWN_ORDERS, Dashboard, show_dashboard
from usecases.importing import import_catalogue
from usecases.wishlist import AddWish, add_wish

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)


async def opened() -> Bench:
    bench = open_bench()
    rows = [row(f"thing-{n}", popularity=n) for n in range(9)]
    await import_catalogue(bench.shop, STAFF, rows)
    await sells(bench, "MUG", pieces=99)
    return bench


async def seen(bench: Bench) -> Dashboard:
    return await show_dashboard(bench.shop, CUSTOMER)


async def test_somebody_new_sees_what_is_popular() -> None:
    page = await seen(await opened())

    assert page.stats.model_dump() == {
        "currency": "USD",
        "order_count": 0,
        "open_orders": 0,
        "spent": 0.0,
        "is_whole": True,
        "wishlist_count": 0,
    }
    assert page.recent_orders == ()
    popular = [f"thing-{n}" for n in range(8, 0, -1)]
    assert [one.slug for one in page.recommendations] == popular


async def test_only_money_that_the_shop_has_taken_and_kept_is_spent() -> None:
    bench = await opened()
    taken, given_back, unpaid = [await placed(bench, CUSTOMER, MUG=1) for _ in range(3)]
    for order in (taken, given_back):
        await paid(bench, order, CUSTOMER)
    await placed(bench, guest("g-2"), MUG=1)
    await carry_on(bench)
    await cancel_order(bench.shop, CUSTOMER, given_back.order_id)
    await carry_on(bench)
    await add_wish(bench.shop, CUSTOMER, AddWish(product_id="thing-1"))

    page = await seen(bench)

    assert [one.order_id for one in page.recent_orders] == [
        one.order_id for one in sorted((taken, given_back, unpaid), key=lambda one: one.order_id)
    ][::-1]
    assert page.stats.model_dump() == {
        "currency": "USD",
        "order_count": 3,
        "open_orders": 2,
        "spent": taken.totals.total.number,
        "is_whole": True,
        "wishlist_count": 1,
    }


async def test_what_was_paid_in_another_currency_is_not_added() -> None:
    bench = await opened()
    totals = an_order().totals
    euros = {"currency": "EUR"} | {
        name: replace(amount, currency="EUR")
        for name, amount in totals
        if name != "currency" and amount is not None
    }
    fields = {"user_id": "u-1", "status": "completed", "payment_status": "paid"}
    await bench.put(an_order(**fields), an_order(**fields, id="x", totals=euros))

    stats = (await seen(bench)).stats

    assert (stats.order_count, stats.spent) == (2, totals.total)


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("pending", True),
        ("processing", True),
        ("shipped", True),
        ("cancelling", True),
        ("delivered", False),
        ("completed", False),
        ("cancelled", False),
        ("payment_failed", False),
    ],
)
async def test_an_order_is_open_while_its_customer_waits(status: Status, is_open: bool) -> None:
    bench = await opened()
    await bench.put(an_order(user_id="u-1", status=status))

    assert (await seen(bench)).stats.open_orders == is_open


@pytest.mark.parametrize(("orders", "is_whole"), [(100, True), (101, False)])
async def test_figures_are_of_the_newest_hundred_and_say_so(orders: int, is_whole: bool) -> None:
    bench = await opened()
    for number in range(orders):
        id = f"{number:03}"
        await bench.put(an_order(id=id, order_id=id, user_id="u-1", status="completed"))

    page = await seen(bench)

    assert (page.stats.order_count, page.stats.is_whole) == (100, is_whole)
    newest = [f"{orders - 1 - number:03}" for number in range(SHOWN_ORDERS)]
    assert [one.order_id for one in page.recent_orders] == newest


async def test_an_agent_recommends_what_suits_the_person() -> None:
    bench = await opened()
    agents = ToldAgents()
    recommended = {"recommended_content": ["thing-3", product_id("gone")]}
    agents.answers["crm-segmentation-personalization"] = {
        "segmentation": {"personalization": recommended}
    }

    page = await show_dashboard(replace(bench.shop, agents=agents), CUSTOMER)

    assert [one.slug for one in page.recommendations] == ["thing-3"]
    assert agents.asked[0][2] == {"contact_id": "u-1", "limit": 8}


async def test_it_costs_two_queries_and_a_read_however_much_there_is() -> None:
    bench = await opened()
    for number in range(101):
        await bench.put(an_order(id=f"{number:03}", user_id="u-1", status="completed"))
    counted = meter.begin()

    await seen(bench)

    assert counted.operations == 3
