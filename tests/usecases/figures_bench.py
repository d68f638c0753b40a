"""A shop with figures in it, as the tests of analytics need it."""

import json
from datetime import date, timedelta
from typing import Any

from domain.newcomer import Newcomer
from domain.period import period_key
from domain.traffic import Traffic, traffic_id
from tests.adapters.embedded.fixtures import NOON
from tests.domain.figures_samples import GIVEN_BACK, PAID, a_line, a_sale
from tests.usecases.shop_fixtures import CLOCKWORK, Bench, open_bench
from usecases.rolling_up import roll_up
from usecases.served import Served

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
MUG = a_line("mug", 2, 2000)
CUP = a_line("cup", 5, 1500, category_slug="table")


def key(day: date) -> str:
    return period_key("day", day)


async def two_days() -> Bench:
    """Yesterday two mugs and five cups were sold; today two mugs, and two more that went back; one order waits."""
    bench = open_bench()
    bench.clock.move(-24 * 3600)
    await bench.put(
        a_sale("A", MUG, CUP, period=key(YESTERDAY), charged_minor=4001, total_minor=4001)
    )
    await bench.put(Newcomer.of(b"k", "u-1", YESTERDAY), *traffic(YESTERDAY, 10, mug=8))
    await roll_up(bench.shop, CLOCKWORK)
    bench.clock.move(24 * 3600)
    await bench.put(a_sale("B", MUG, **PAID), a_sale("C", MUG, **GIVEN_BACK), a_sale("D", CUP))
    await bench.put(Newcomer.of(b"k", "u-2", TODAY), *traffic(TODAY, 40, mug=3, vase=30))
    await roll_up(bench.shop, CLOCKWORK)
    return bench


def traffic(day: date, views: int, **by_product: int) -> tuple[Traffic, ...]:
    """So many views of the shop, half as many carts, and a checkout for five; and views by product."""
    shop = Traffic(
        id=traffic_id(""), period=key(day), views=views, carts=views // 2, checkouts=views // 5
    )
    products = (
        Traffic(id=traffic_id(one), period=key(day), product_id=one, views=seen, cart_adds=1)
        for one, seen in by_product.items()
    )
    return (shop, *products)


def told(served: Served) -> dict[str, Any]:
    """The answer as a client reads it."""
    answer: dict[str, Any] = json.loads(served.body)
    return answer
