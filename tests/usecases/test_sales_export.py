"""The figures as a table."""

from datetime import date, timedelta

import pytest

from domain.money import Money
from domain.rollup import Rollup, Row
from tests.usecases.figures_bench import TODAY, key, two_days
from tests.usecases.shop_fixtures import open_bench
from usecases.figures import RangeTooLong
from usecases.meter import begin
from usecases.sales_export import COLUMNS, MOST_ROWS, ExportSales, ExportTooLarge, export_sales


def usd(minor: int) -> Money:
    return Money(minor, "USD")


async def test_each_day_is_told_as_a_whole_by_category_and_by_product() -> None:
    bench = await two_days()
    meter = begin()

    table = await export_sales(bench.shop, ExportSales(start_date=date(2026, 1, 24)))

    assert meter.operations == 2
    assert (table.span.start, table.span.end) == (date(2026, 1, 24), TODAY)
    assert all(len(row) == len(COLUMNS) for row in table.rows)
    first = [row for row in table.rows if row[0] == date(2026, 1, 24)]
    none, nothing = Money(0, ""), usd(0)
    assert [row[1:] for row in first] == [
        ("shop", "", "", "", "", 0, 0, 0, 0, none, none, none, 1),
        ("shop", "", "", "", "USD", 1, 1, 0, 7, usd(4001), nothing, usd(4001), 0),
        ("category", "kitchen", "", "kitchen", "USD", 1, 1, 0, 2, usd(2000), nothing, usd(2000), 0),
        ("category", "table", "", "table", "USD", 1, 1, 0, 5, usd(1500), nothing, usd(1500), 0),
        ("product", "cup", "The cup", "table", "USD", 1, 1, 0, 5, usd(1500), nothing, usd(1500), 0),
        (
            "product",
            "mug",
            "The mug",
            "kitchen",
            "USD",
            1,
            1,
            0,
            2,
            usd(2000),
            nothing,
            usd(2000),
            0,
        ),
    ]


async def test_what_was_only_looked_at_is_no_row() -> None:
    bench = open_bench()
    await bench.put(Rollup(id="shop", period=key(TODAY), rows=(Row(counts={"views": 3}),)))

    assert (await export_sales(bench.shop, ExportSales())).rows == ()


async def test_more_days_than_one_file_has_are_refused() -> None:
    with pytest.raises(RangeTooLong) as refused:
        await export_sales(open_bench().shop, ExportSales(start_date=TODAY - timedelta(days=92)))

    assert refused.value.facts == {"most": 92, "unit": "day"}


async def test_more_rows_than_one_file_has_are_refused() -> None:
    bench = open_bench()
    rows = [Row(subject=f"{number}", currency="USD", counts={}) for number in range(1000)]
    for number in range(20):
        day = TODAY - timedelta(days=number)
        await bench.put(Rollup(id="products", period=key(day), rows=tuple(rows)))

    assert len((await export_sales(bench.shop, ExportSales())).rows) == MOST_ROWS
    await bench.put(Rollup(id="shop", period=key(TODAY), rows=(Row(counts={}),)))
    with pytest.raises(ExportTooLarge) as refused:
        await export_sales(bench.shop, ExportSales())

    assert refused.value.facts == {"most": 20_000}
