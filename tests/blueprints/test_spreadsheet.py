"""Tables as files."""

import csv
from datetime import date
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as some

from blueprints._spreadsheet import csv_of, xlsx_of
from domain.money import Money
from usecases.sales_export import Cell

COLUMNS = ("date", "name", "pieces", "money")
DAY = date(2026, 1, 25)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff20SUM(A1)"]


def read_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(body.decode("utf-8-sig"), newline="")))


def cells(body: bytes) -> list[tuple[str, str, str]]:
    """Place, type and value of each cell of the sheet."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with ZipFile(BytesIO(body)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    assert list(sheet.iter(f"{main}f")) == [], "a formula"
    assert list(sheet.iter(f"{main}hyperlink")) == [], "a link"
    return [
        (cell.get("r", ""), cell.get("t", "n"), "".join(cell.itertext()))
        for cell in sheet.iter(f"{main}c")
    ]


def test_csv_shows_money_exactly_and_days_as_such() -> None:
    rows: list[list[Cell]] = [
        [DAY, 'A "wide", red mug', 12, Money(123456, "USD")],
        [DAY, "", 0, Money(5, "USD")],
        [DAY, "x", 1, Money(700, "JPY")],
        [DAY, "x", 1, Money(1234, "KWD")],
        [DAY, "x", 1, Money(0, "")],
    ]

    body = csv_of(COLUMNS, rows)

    assert body.startswith(b"\xef\xbb\xbfdate,name,pieces,money\r\n")
    assert read_csv(body)[1:] == [
        ["2026-01-25", 'A "wide", red mug', "12", "1234.56"],
        ["2026-01-25", "", "0", "0.05"],
        ["2026-01-25", "x", "1", "700"],
        ["2026-01-25", "x", "1", "1.234"],
        ["2026-01-25", "x", "1", ""],
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_csv(text: str) -> None:
    assert read_csv(csv_of(COLUMNS, [[DAY, text, 1, Money(1, "USD")]]))[1][1] == f"'{text}"


@given(some.text(max_size=20))
def test_whatever_a_product_is_called_no_cell_begins_as_a_formula(name: str) -> None:
    """Every cell begins with something that no spreadsheet calculates."""
    text = csv_of(("name",), [[name]]).decode("utf-8-sig", errors="surrogatepass")

    cell = text.removeprefix("name\r\n").lstrip('"')
    assert not cell.startswith(("=", "+", "-", "@", "\t"))


def test_excel_gets_numbers_as_numbers_and_text_as_text() -> None:
    rows: list[list[Cell]] = [
        [DAY, "=1+1", 12, Money(123456, "USD")],
        [DAY, "https://example.com", 0, Money(700, "JPY")],
        [DAY, "", 1, Money(0, "")],
    ]

    found = cells(xlsx_of(COLUMNS, rows, DAY))

    assert [cell for cell in found if cell[0] in ("A2", "B2", "C2", "D2", "B3", "D3")] == [
        ("A2", "n", "46047"),
        ("B2", "inlineStr", "=1+1"),
        ("C2", "n", "12"),
        ("D2", "n", "1234.56"),
        ("B3", "inlineStr", "https://example.com"),
        ("D3", "n", "700"),
    ]
    assert not [cell for cell in found if cell[0] == "D4"]


def test_the_same_table_gives_the_same_file() -> None:
    rows: list[list[Cell]] = [[DAY, "x", 1, Money(1, "USD")]]

    assert xlsx_of(COLUMNS, rows, DAY) == xlsx_of(COLUMNS, rows, DAY)
