"""Tables as files that spreadsheets open: CSV, and Excel's own format. No cell of them is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from io import BytesIO, StringIO
from typing import Any, Final

from domain.money import Money, decimals_of
from usecases.sales_export import Cell

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BEGINS_A_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet calculate, in narrow and wide letters (OWASP, "CSV Injection")."""


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as CSV (RFC 4180) in UTF-8, with a mark at its begin by which Excel knows that."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]], made: date) -> bytes:
    """The table as an Excel workbook, which says that it was made on that day: the same table, the same bytes.

    Blocks for up to seconds: call it in a thread.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - who exports nothing does not load it

    file = BytesIO()
    as_they_are = {"strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, {"constant_memory": True, **as_they_are}) as book:
        book.set_properties({"created": datetime.combine(made, time(), UTC).replace(tzinfo=None)})
        sheet, styles = book.add_worksheet("Sales"), _Styles(book)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _put(sheet, (number, column), cell, styles)
    return file.getvalue()


class _Styles:
    """How cells look; a workbook has one style for all cells that look alike."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._by_decimals: dict[int, Any] = {}
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def money(self, decimals: int) -> Any:
        """That of an amount."""
        if decimals not in self._by_decimals:
            pattern = f"0.{'0' * decimals}" if decimals else "0"
            self._by_decimals[decimals] = self._book.add_format({"num_format": pattern})
        return self._by_decimals[decimals]


def _put(sheet: Any, place: tuple[int, int], cell: Cell, styles: _Styles) -> None:
    match cell:
        case Money(currency=""):
            return
        case Money():
            sheet.write_number(*place, cell.number, styles.money(decimals_of(cell.currency)))
        case date():
            sheet.write_datetime(*place, datetime.combine(cell, time()), styles.day)
        case int():
            sheet.write_number(*place, cell)
        case _:
            sheet.write_string(*place, cell)


def _plain(cell: Cell) -> str:
    match cell:
        case Money(currency=""):
            return ""
        case Money():
            return f"{cell.number:.{decimals_of(cell.currency)}f}"
        case str():
            return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
        case _:
            return str(cell)
