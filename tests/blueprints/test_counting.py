"""From a look at a product to the figures of the day, through the worker and the file that hosts share."""

from datetime import date

import pytest

from domain.period import day_of, period_key
from domain.traffic import Traffic, traffic_id
from local.worker import FunctionFailed
from tests.blueprints.goods import CANDLE, ORDER, TRAY
from tests.blueprints.harness import Web
from tests.blueprints.test_timers import tick
from usecases.ports.counters import CountersAway, Uncounted
from usecases.ports.store import Query

ADDRESSED = {"shipping_address": ORDER["shipping_address"]}


async def figures(web: Web, product_id: str = "") -> tuple[int, ...]:
    """Today's views, cart adds, carts and checkouts."""
    period = period_key("day", day_of(web.clock.now()))
    found = await web.shop.store.get(Traffic, traffic_id(product_id), period)
    assert found is not None
    return found.views, found.cart_adds, found.carts, found.checkouts


async def test_what_people_did_is_in_the_days_figures_after_the_timer(web: Web) -> None:
    for _ in range(2):
        guest = await web.guest()
        await web.get(f"/api/products/{CANDLE}")
        await web.get("/api/products/oak-tray")
        for _ in range(2):
            await guest.send("POST", "/api/cart/items", {"product_id": CANDLE, "quantity": 2})
            await guest.send("POST", "/api/checkout/validate", ADDRESSED)
    seen = await web.get(f"/api/products/{CANDLE}")
    etag = {"If-None-Match": seen.headers["etag"]}
    statuses = [
        (await web.get(f"/api/products/{CANDLE}", **etag)).status_code,
        (await web.get("/api/products/nothing")).status_code,
        (await web.send("HEAD", f"/api/products/{CANDLE}")).status_code,
    ]
    assert statuses == [304, 404, 404]

    await tick(web, "flush_counters")
    with web.unchanged():
        await tick(web, "flush_counters")

    assert await figures(web) == (6, 4, 2, 2)
    assert await figures(web, CANDLE) == (4, 4, 0, 0)
    assert await figures(web, TRAY) == (2, 0, 0, 0)
    period = period_key("day", day_of(web.clock.now()))
    day = await web.shop.store.find(Traffic, Query(partition=period))
    assert [one.id for one in day.items] == sorted(
        [traffic_id(""), traffic_id(CANDLE), traffic_id(TRAY)]
    )


async def test_an_add_that_is_repeated_under_its_key_counts_once(web: Web) -> None:
    guest = await web.guest()
    for _ in range(3):
        await guest.send("POST", "/api/cart/items", {"product_id": CANDLE}, key="k")

    await tick(web, "flush_counters")

    assert await figures(web) == (0, 1, 1, 0)


async def test_each_day_has_its_own_figures(web: Web) -> None:
    await web.get(f"/api/products/{CANDLE}")
    web.clock.move(24 * 3600)
    for _ in range(2):
        await web.get(f"/api/products/{CANDLE}")

    await tick(web, "flush_counters")

    assert await figures(web, CANDLE) == (2, 0, 0, 0)
    web.clock.move(-24 * 3600)
    assert await figures(web, CANDLE) == (1, 0, 0, 0)


class Away(Uncounted):
    """Counters that do not answer."""

    async def waiting(self) -> tuple[date, ...]:
        raise CountersAway("away")


async def test_counters_that_are_away_fail_the_timer_and_no_shopper(web: Web) -> None:
    web.change(counters=Away())

    assert (await web.get(f"/api/products/{CANDLE}")).status_code == 200
    with web.unchanged(), pytest.raises(FunctionFailed, match="CountersAway"):
        await tick(web, "flush_counters")
