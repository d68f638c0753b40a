"""What staff see of the shop's business."""

from datetime import date
from typing import Any

from domain.rollup import OTHERS, Rollup, Row
from tests.usecases.figures_bench import TODAY, key, told, two_days
from tests.usecases.shop_fixtures import open_bench
from usecases.analytics import MOST_CATEGORIES, categories, conversion, sales
from usecases.figures import OfPeriods
from usecases.meter import begin
from usecases.reports import ShowSales

NOTHING = {
    "revenue": 0.0,
    "gross": 0.0,
    "refunded": 0.0,
    "orders": 0,
    "paid_orders": 0,
    "cancelled_orders": 0,
    "avg_order_value": None,
    "new_customers": 0,
}
FIRST = {
    "revenue": 40.01,
    "gross": 40.01,
    "refunded": 0.0,
    "orders": 1,
    "paid_orders": 1,
    "cancelled_orders": 0,
    "avg_order_value": 40.01,
    "new_customers": 1,
}
SECOND = {
    "revenue": 25.0,
    "gross": 50.0,
    "refunded": 25.0,
    "orders": 3,
    "paid_orders": 2,
    "cancelled_orders": 1,
    "avg_order_value": 25.0,
    "new_customers": 1,
}
BOTH = {
    "revenue": 65.01,
    "gross": 90.01,
    "refunded": 25.0,
    "orders": 4,
    "paid_orders": 3,
    "cancelled_orders": 1,
    "avg_order_value": 30.0,
    "new_customers": 2,
}


def asked(**query: Any) -> ShowSales:
    return ShowSales.model_validate(query)


async def test_sales_are_told_together_and_by_day() -> None:
    bench = await two_days()

    answer = told(await sales(bench.shop, asked(start_date="2026-01-23")))

    assert answer == {
        **BOTH,
        "currency": "USD",
        "granularity": "day",
        "start_date": "2026-01-23",
        "end_date": "2026-01-25",
        "series": [
            {**NOTHING, "period": "day:2026-01-23", "start_date": "2026-01-23"},
            {**FIRST, "period": "day:2026-01-24", "start_date": "2026-01-24"},
            {**SECOND, "period": "day:2026-01-25", "start_date": "2026-01-25"},
        ],
    }


async def test_weeks_and_months_are_shown_whole_and_say_which_days_that_are() -> None:
    bench = await two_days()

    weeks = told(await sales(bench.shop, asked(start_date="2026-01-24", granularity="week")))
    months = told(await sales(bench.shop, asked(start_date="2026-01-24", granularity="month")))

    assert (weeks["start_date"], weeks["end_date"]) == ("2026-01-19", "2026-01-25")
    assert weeks["series"] == [{**BOTH, "period": "week:2026-W04", "start_date": "2026-01-19"}]
    assert (months["start_date"], months["end_date"]) == ("2026-01-01", "2026-01-25")
    assert months["series"] == [{**BOTH, "period": "month:2026-01", "start_date": "2026-01-01"}]


async def test_the_last_thirty_days_are_told_where_none_are_named() -> None:
    bench = await two_days()

    answer = told(await sales(bench.shop, asked()))

    assert (answer["start_date"], answer["end_date"]) == ("2025-12-27", "2026-01-25")
    assert (len(answer["series"]), answer["revenue"]) == (30, 65.01)


async def test_another_currency_has_figures_of_its_own() -> None:
    bench = await two_days()

    answer = told(await sales(bench.shop, asked(start_date="2026-01-25", currency="JPY")))

    assert (answer["currency"], answer["revenue"], answer["orders"]) == ("JPY", 0, 0)
    assert answer["new_customers"] == 1


async def test_an_answer_is_kept_for_ten_minutes() -> None:
    bench, costs = await two_days(), []
    for seconds in (0, 590, 20):
        bench.clock.move(seconds)
        meter = begin()
        await sales(bench.shop, asked())
        costs.append(meter.operations)

    assert costs == [30, 0, 30]


async def test_categories_are_told_by_revenue_together_and_by_day() -> None:
    bench = await two_days()

    answer = told(await categories(bench.shop, asked(start_date="2026-01-24")))

    def line(slug: str, orders: int, units: int, **money: float) -> dict[str, Any]:
        return {"category_slug": slug, "orders": orders, "units": units, **money}

    first = [
        line("kitchen", 1, 2, revenue=20.0, gross=20.0, refunded=0.0),
        line("table", 1, 5, revenue=15.0, gross=15.0, refunded=0.0),
    ]
    second = [
        line("kitchen", 2, 2, revenue=20.0, gross=40.0, refunded=20.0),
        line("table", 1, 0, revenue=0.0, gross=0.0, refunded=0.0),
    ]
    assert answer == {
        "currency": "USD",
        "granularity": "day",
        "start_date": "2026-01-24",
        "end_date": "2026-01-25",
        "items": [
            line("kitchen", 3, 4, revenue=40.0, gross=60.0, refunded=20.0),
            line("table", 2, 5, revenue=15.0, gross=15.0, refunded=0.0),
        ],
        "series": [
            {"period": "day:2026-01-24", "start_date": "2026-01-24", "items": first},
            {"period": "day:2026-01-25", "start_date": "2026-01-25", "items": second},
        ],
    }


async def test_categories_beyond_the_first_are_summed_also_by_day() -> None:
    bench = open_bench()
    rows = tuple(
        Row(subject=f"c-{number:03}", currency=money, counts={"gross_minor": number})
        for number in range(MOST_CATEGORIES + 2)
        for money in ("USD", "EUR")
    )
    await bench.put(Rollup(id="categories", period=key(TODAY), rows=rows))

    answer = told(await categories(bench.shop, asked(start_date="2026-01-25")))

    assert len(answer["items"]) == MOST_CATEGORIES + 1
    assert answer["series"][0]["items"] == answer["items"]
    assert (answer["items"][0]["category_slug"], answer["items"][0]["gross"]) == ("c-051", 0.51)
    (others,) = [one for one in answer["items"] if one["category_slug"] == OTHERS]
    assert others["gross"] == 0.01


async def test_conversion_is_told_from_step_to_step() -> None:
    bench = await two_days()
    query = OfPeriods(start_date=date(2026, 1, 23))

    answer = told(await conversion(bench.shop, query))

    series = answer.pop("series")
    assert answer == {
        "views": 50,
        "carts": 25,
        "checkouts": 10,
        "orders": 4,
        "cart_rate": 0.5,
        "checkout_rate": 0.4,
        "order_rate": 0.4,
        "overall_rate": 0.08,
        "granularity": "day",
        "start_date": "2026-01-23",
        "end_date": "2026-01-25",
        "estimates": ["views", "carts", "checkouts"],
    }
    assert [(day["views"], day["orders"], day["overall_rate"]) for day in series] == [
        (0, 0, None),
        (10, 1, 0.1),
        (40, 3, 0.075),
    ]
