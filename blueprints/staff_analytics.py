"""The shop's figures as staff see them. All of them were rolled up before; nobody's orders are read."""

import asyncio
from typing import Final

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from blueprints._spreadsheet import CSV, XLSX, csv_of, xlsx_of
from usecases import analytics, best_sellers, sales_export
from usecases.figures import OfPeriods, RangeTooLong
from usecases.reports import CategoryReport, ConversionReport, SalesReport, ShowSales
from usecases.sales_export import COLUMNS, ExportTooLarge, Table
from usecases.served import Served

area = Area("staff_analytics")

MEDIA_TYPES: Final = {"csv": CSV, "xlsx": XLSX}


@endpoint(
    area,
    "GET",
    "api/staff/analytics/sales",
    may="analytics:read",
    query=ShowSales,
    returns=SalesReport,
    raises=(RangeTooLong,),
)
async def sales(call: Call[None]) -> Answer:
    """Revenue, orders, average order value and new customers, by day, week or month in UTC."""
    return _answer(await analytics.sales(call.shop, call.query))


@endpoint(
    area,
    "GET",
    "api/staff/analytics/products/top",
    may="analytics:read",
    query=best_sellers.ShowTopProducts,
    returns=best_sellers.TopProducts,
    raises=(RangeTooLong,),
)
async def top_products(call: Call[None]) -> Answer:
    """The products that sold most pieces, took most, or were looked at most; up to a year."""
    return _answer(await best_sellers.top_products(call.shop, call.query))


@endpoint(
    area,
    "GET",
    "api/staff/analytics/categories",
    may="analytics:read",
    query=ShowSales,
    returns=CategoryReport,
    raises=(RangeTooLong,),
)
async def categories(call: Call[None]) -> Answer:
    """Sales by category, the one that took most first, by day, week or month in UTC."""
    return _answer(await analytics.categories(call.shop, call.query))


@endpoint(
    area,
    "GET",
    "api/staff/analytics/conversion",
    may="analytics:read",
    query=OfPeriods,
    returns=ConversionReport,
    raises=(RangeTooLong,),
)
async def conversion(call: Call[None]) -> Answer:
    """Views, carts, checkouts and orders, and the rates between them. Orders are exact, the others estimates."""
    return _answer(await analytics.conversion(call.shop, call.query))


@endpoint(
    area,
    "GET",
    "api/staff/reports/sales/export",
    may="analytics:read",
    query=sales_export.ExportSales,
    media_type=CSV,
    other_media_types=(XLSX,),
    raises=(RangeTooLong, ExportTooLarge),
)
async def export(call: Call[None]) -> Answer:
    """The figures by day as a file, of at most 92 days and 20,000 rows; more is refused, not made later."""
    table = await sales_export.export_sales(call.shop, call.query)
    form = call.query.format
    # both take their time, and others are served meanwhile
    body = await asyncio.to_thread(_file, table, form)
    name = f"sales-{table.span.start}-{table.span.end}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(200, body, headers=headers, media_type=MEDIA_TYPES[form])


def _file(table: Table, form: str) -> bytes:
    if form == "csv":
        return csv_of(COLUMNS, table.rows)
    return xlsx_of(COLUMNS, table.rows, table.span.end)


def _answer(served: Served) -> Answer:
    return Answer(200, served.body, etag=served.etag)
