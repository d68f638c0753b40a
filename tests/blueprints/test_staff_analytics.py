"""The figures as staff read them: from whole orders, through the real worker."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest

from domain.access import Role
from domain.period import covering, day_of
from tests.blueprints.goods import CANDLE, SCARF, TRAY
from tests.blueprints.harness import Guest, Web, code
from tests.blueprints.steps import filled, ordered, paid
from tests.blueprints.test_budgets import cost
from tests.blueprints.test_timers import tick

SALES = "/api/staff/analytics/sales"
TOP = "/api/staff/analytics/products/top"
CATEGORIES = "/api/staff/analytics/categories"
CONVERSION = "/api/staff/analytics/conversion"
EXPORT = "/api/staff/reports/sales/export"
SHOWN = (SALES, TOP, CATEGORIES, CONVERSION)
A_DAY = timedelta(days=1)
WHO_ASKS = 1


async def read(web: Web, path: str) -> Any:
    answer = await web.get(path, **web.token(Role.STAFF))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def bought(web: Web, *products: str, quantity: int = 1) -> tuple[Guest, str, float]:
    """Who has bought these, under which order, and for how much."""
    guest = await filled(web, *products, quantity=quantity)
    order_id = await ordered(guest)
    await paid(guest, order_id)
    await web.pump()
    order = (await guest.send("GET", f"/api/orders/{order_id}")).json()
    return guest, order_id, order["totals"]["total"]


async def given_back(web: Web, guest: Guest, order_id: str) -> None:
    answer = await guest.send("POST", f"/api/orders/{order_id}/cancel")
    assert answer.status_code == 202, answer.text
    await web.pump()


async def test_figures_are_exact_to_the_cent(web: Web) -> None:
    _, _, kept = await bought(web, CANDLE, quantity=2)
    guest, order_id, back = await bought(web, CANDLE, SCARF)
    await ordered(await filled(web, SCARF))
    await web.pump()
    await given_back(web, guest, order_id)
    await tick(web, "roll_up_sales")

    sales, top = await read(web, SALES), await read(web, TOP)
    categories, conversion = await read(web, CATEGORIES), await read(web, CONVERSION)

    assert (kept, back) == (32.8, 51.57)
    figures = {
        "revenue": 32.8,
        "gross": 84.37,
        "refunded": 51.57,
        "orders": 3,
        "paid_orders": 2,
        "cancelled_orders": 1,
        "avg_order_value": 42.19,
        "new_customers": 2,
    }
    assert {name: sales[name] for name in figures} == figures
    for name in ("revenue", "orders", "new_customers"):
        assert sum(day[name] for day in sales["series"]) == figures[name]
    (candle,) = top["items"]
    assert (candle["name"], candle["units"], candle["revenue"]) == ("Pine Candle", 2, 25.0)
    (winter,) = categories["items"]
    assert (winter["category_slug"], winter["orders"]) == ("home-winter", 3)
    assert (winter["gross"], winter["refunded"], winter["revenue"]) == (67.5, 42.5, 25.0)
    assert (conversion["orders"], conversion["estimates"]) == (3, ["views", "carts", "checkouts"])


async def test_money_that_goes_back_later_changes_the_day_on_which_it_came(web: Web) -> None:
    day = day_of(web.clock.now())
    guest, order_id, total = await bought(web, CANDLE)
    await tick(web, "roll_up_sales")
    assert (await read(web, SALES))["revenue"] == total
    web.clock.move((2 * A_DAY).total_seconds())
    await tick(web, "roll_up_sales")
    await given_back(web, guest, order_id)
    await tick(web, "roll_up_sales")

    for granularity in ("day", "week", "month"):
        path = f"{SALES}?start_date={day}&end_date={day + A_DAY}&granularity={granularity}"
        told = await read(web, path)
        assert (told["gross"], told["refunded"], told["revenue"]) == (total, total, 0.0)


async def test_the_figures_are_a_file_for_spreadsheets(web: Web) -> None:
    await bought(web, CANDLE, quantity=2)
    await tick(web, "roll_up_sales")
    staff = web.token(Role.STAFF)

    text = await web.get(f"{EXPORT}?format=csv", **staff)
    book = await web.get(f"{EXPORT}?format=xlsx", **staff)
    again = await web.get(
        f"{EXPORT}?format=xlsx", **staff, **{"If-None-Match": book.headers["etag"]}
    )

    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(text.content.decode("utf-8-sig"))))
    shop = [row for row in rows if (row["breakdown"], row["currency"]) == ("shop", "USD")]
    assert [(row["orders"], row["gross"], row["revenue"]) for row in shop] == [
        ("1", "32.80", "32.80")
    ]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert book.headers["content-type"] == kind
    name = book.headers["content-disposition"].partition("filename=")[2].strip('"')
    assert name.startswith("sales-20")
    assert name.endswith(".xlsx")
    with ZipFile(BytesIO(book.content)) as opened:
        assert b"Pine Candle" in opened.read("xl/worksheets/sheet1.xml")
    assert again.status_code == 304


@pytest.mark.parametrize("path", [*SHOWN, EXPORT])
async def test_figures_are_for_staff_only(web: Web, path: str) -> None:
    guest = await web.guest()

    with web.unchanged():
        nobody = await web.get(path)
        shopper = await guest.send("GET", path)
        customer = await web.get(path, **web.token(Role.CUSTOMER))
        admin = await web.get(path, **web.token(Role.ADMIN))

    assert code(nobody) == (401, "UNAUTHORIZED")
    assert code(shopper) == code(customer) == (403, "FORBIDDEN")
    assert admin.status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "refusal"),
    [
        (f"{SALES}?start_date=2020-01-01", 422, "RANGE_TOO_LONG"),
        (f"{CATEGORIES}?start_date=2020-01-01", 422, "RANGE_TOO_LONG"),
        (f"{CONVERSION}?start_date=2000-01-01&granularity=month", 422, "RANGE_TOO_LONG"),
        (f"{TOP}?start_date=2020-01-01", 422, "RANGE_TOO_LONG"),
        (f"{EXPORT}?start_date=2020-01-01", 422, "RANGE_TOO_LONG"),
        (f"{SALES}?start_date=9999-12-31", 400, "INVALID_REQUEST"),
        (f"{SALES}?start_date=2026-01-02&end_date=2026-01-01", 400, "INVALID_REQUEST"),
        (f"{SALES}?start_date=yesterday", 400, "INVALID_REQUEST"),
        (f"{SALES}?granularity=hour", 400, "INVALID_REQUEST"),
        (f"{SALES}?currency=usd", 400, "INVALID_REQUEST"),
        (f"{TOP}?limit=101", 400, "INVALID_REQUEST"),
        (f"{TOP}?sort_by=luck", 400, "INVALID_REQUEST"),
        (f"{CONVERSION}?currency=USD", 400, "INVALID_REQUEST"),
        (f"{EXPORT}?format=pdf", 400, "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_answered_is_refused(
    web: Web, path: str, status: int, refusal: str
) -> None:
    answer = await web.get(path, **web.token(Role.STAFF))

    assert code(answer) == (status, refusal)


@pytest.mark.parametrize("path", SHOWN)
async def test_a_dashboard_reads_figures_once_in_ten_minutes(web: Web, path: str) -> None:
    day = day_of(web.clock.now())
    week = f"{path}?start_date={day - 6 * A_DAY}&end_date={day}"

    costs = [cost(await web.get(week, **web.token(Role.STAFF))) for _ in range(3)]

    periods = len(covering(day - 6 * A_DAY, day)) if path == TOP else 7
    assert costs == [WHO_ASKS + periods, WHO_ASKS, WHO_ASKS]


async def test_where_nothing_happened_nothing_is_written(web: Web) -> None:
    await bought(web, CANDLE)
    await tick(web, "roll_up_sales")

    with web.unchanged():
        await tick(web, "roll_up_sales")


async def test_what_people_looked_at_is_told_beside_what_they_bought(web: Web) -> None:
    for product in (TRAY, TRAY, TRAY, CANDLE):
        await web.get(f"/api/products/{product}")
    await bought(web, CANDLE)
    await tick(web, "flush_counters")
    await tick(web, "roll_up_sales")

    conversion = await read(web, CONVERSION)
    top = await read(web, f"{TOP}?sort_by=views")

    steps = ("views", "carts", "checkouts", "orders")
    assert [conversion[step] for step in steps] == [4, 1, 0, 1]
    rates = ("cart_rate", "checkout_rate", "order_rate", "overall_rate")
    assert [conversion[name] for name in rates] == [0.25, 0.0, None, 0.25]
    products = [(one["name"], one["views"], one["cart_adds"], one["units"]) for one in top["items"]]
    assert products == [("Oak Tray", 3, 0, 0), ("Pine Candle", 1, 1, 1)]
