"""The first products."""

from typing import Any

import pytest

from domain.category import ALL
from domain.errors import Invalid
from domain.listing import cards
from tests.usecases.figures_bench import told, two_days
from tests.usecases.shop_fixtures import Bench, product
from usecases.best_sellers import ShowTopProducts, top_products
from usecases.figures import RangeTooLong
from usecases.meter import begin


async def top(bench: Bench, **query: Any) -> dict[str, Any]:
    return told(await top_products(bench.shop, ShowTopProducts.model_validate(query)))


async def test_what_was_sold_most_comes_first() -> None:
    answer = await top(await two_days())

    assert answer == {
        "currency": "USD",
        "start_date": "2025-12-27",
        "end_date": "2026-01-25",
        "sort_by": "sales",
        "estimates": ["views", "cart_adds"],
        "items": [
            {
                "orders": 2,
                "units": 5,
                "revenue": 15.0,
                "gross": 15.0,
                "refunded": 0.0,
                "product_id": "cup",
                "name": "The cup",
                "category_slug": "table",
                "views": 0,
                "cart_adds": 0,
            },
            {
                "orders": 3,
                "units": 4,
                "revenue": 40.0,
                "gross": 60.0,
                "refunded": 20.0,
                "product_id": "mug",
                "name": "The mug",
                "category_slug": "kitchen",
                "views": 11,
                "cart_adds": 2,
            },
        ],
    }


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"sort_by": "revenue"}, ["mug", "cup"]),
        ({"sort_by": "views"}, ["vase", "mug"]),
        ({"sort_by": "sales", "limit": 1}, ["cup"]),
        ({"sort_by": "sales", "start_date": "2026-01-25"}, ["mug"]),
        ({"sort_by": "sales", "currency": "EUR"}, []),
    ],
)
async def test_products_are_sorted_by_what_is_asked(
    query: dict[str, Any], first: list[str]
) -> None:
    answer = await top(await two_days(), **query)

    assert [one["product_id"] for one in answer["items"]] == first


async def test_a_product_that_nobody_bought_has_the_name_it_has_in_the_shop() -> None:
    bench = await two_days()
    vase = product("VASE", id="vase", product_id="vase", name="A vase", category_slug="table")
    (card,) = [card for card in cards(vase, in_stock=True) if card.category_slug == ALL]
    bench.clock.move(600)
    before = await top(bench, sort_by="views")
    await bench.put(card)
    bench.clock.move(600)
    after = await top(bench, sort_by="views")

    def names(answer: dict[str, Any]) -> list[tuple[str, str]]:
        return [(one["name"], one["category_slug"]) for one in answer["items"]]

    assert names(before) == [("", ""), ("The mug", "kitchen")]
    assert names(after) == [("A vase", "table"), ("The mug", "kitchen")]


async def test_a_year_is_read_as_its_months_weeks_and_days_and_then_kept() -> None:
    bench, costs = await two_days(), []
    for query in ({}, {}, {"start_date": "2025-01-25"}, {"sort_by": "views"}):
        meter = begin()
        await top(bench, **query)
        costs.append(meter.operations)

    last_days_of_december, first_days_of_january, weeks = 5, 4, 3
    month = last_days_of_december + first_days_of_january + weeks
    last_days_of_january, months = 7, 11
    year = last_days_of_january + months + first_days_of_january + weeks
    names_of_what_nobody_bought = 1
    assert costs == [month, 0, year, month + names_of_what_nobody_bought]


async def test_more_than_a_year_is_refused() -> None:
    bench = await two_days()

    with pytest.raises(RangeTooLong):
        await top(bench, start_date="2025-01-24")
    with pytest.raises(Invalid):
        await top(bench, start_date="2026-01-26")
