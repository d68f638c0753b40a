"""The figures as staff read them, from whole orders through the real worker."""

from typing import Any

from domain.access import Role
from tests.blueprints.goods import CANDLE, SCARF
from tests.blueprints.harness import Guest, Web
from tests.blueprints.steps import filled, ordered, paid
from tests.blueprints.test_timers import tick

SALES = "/api/staff/analytics/sales"
TOP = "/api/staff/analytics/products/top"
CATEGORIES = "/api/staff/analytics/categories"
CONVERSION = "/api/staff/analytics/conversion"
EXPORT = "/api/staff/reports/sales/export"
EVERY = (SALES, TOP, CATEGORIES, CONVERSION, EXPORT)


async def read(web: Web, path: str) -> Any:
    answer = await web.get(path, **web.token(Role.STAFF))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def bought(web: Web, *products: str, quantity: int = 1) -> tuple[Guest, str]:
    guest = await filled(web, *products, quantity=quantity)
    order_id = await ordered(guest)
    await paid(guest, order_id)
    await web.pump()
    return guest, order_id


async def total_of(guest: Guest, order_id: str) -> float:
    total: float = (await guest.send("GET", f"/api/orders/{order_id}")).json()["totals"]["total"]
    return total


async def test_figures_are_exact_to_the_cent(web: Web) -> None:
    first, first_id = await bought(web, CANDLE, quantity=2)
    second, second_id = await bought(web, CANDLE, SCARF)
    third = await filled(web, SCARF)
    await ordered(third)
    await web.pump()
    answer = await second.send("POST", f"/api/orders/{second_id}/cancel", {"reason": "no"})
    assert answer.status_code in (200, 202), answer.text
    await web.pump()
    await tick(web, "roll_up_sales")

    told = await read(web, SALES)

    kept, given_back = await total_of(first, first_id), await total_of(second, second_id)
    figures = {name: told[name] for name in ("gross", "refunded", "revenue", "avg_order_value")}
    assert figures == {
        "gross": round(kept + given_back, 2),
        "refunded": given_back,
        "revenue": kept,
        "avg_order_value": round((kept + given_back) / 2 + 0.0001, 2),
    }
    assert (told["orders"], told["paid_orders"], told["cancelled_orders"]) == (3, 2, 1)
    print(told)
    print(await read(web, TOP), await read(web, CATEGORIES), await read(web, CONVERSION))
    for form in ("csv", "xlsx"):
        answer = await web.get(f"{EXPORT}?format={form}", **web.token(Role.STAFF))
        print(answer.status_code, answer.headers, answer.content[:900])
    raise AssertionError
