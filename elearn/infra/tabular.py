"""Tables going out: CSV and XLSX from one stream of rows, safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula is guarded in CSV by an apostrophe, which
``unguard`` takes away again; in XLSX every text is written as text, so nothing is guarded.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING

from elearn.kernel.clock import LOCAL_ZONE
from elearn.kernel.errors import N_, Invalid

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Value = str | int | float | Decimal | date | datetime | None

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

# Limits of the XLSX format itself; beyond them a spreadsheet drops data without a word.
XLSX_ROWS = 1_048_576
XLSX_CELL_CHARS = 32_767

_DANGEROUS = re.compile(r"'*[=+\-@\t\r\x00]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\x00]")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written; ``text_columns`` asks for columns that people can type codes into."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]]
    text_columns: bool = False


def guard(text: str) -> str:
    """Return ``text`` such that no spreadsheet takes it for a formula when it opens a CSV file."""
    return "'" + text if _DANGEROUS.match(text) else text


def unguard(text: str) -> str:
    """Return what ``guard`` was given; texts that it never makes come back unchanged."""
    return text[1:] if _GUARDED.match(text) else text


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, datetime):
        return value.astimezone(LOCAL_ZONE).isoformat(sep=" ", timespec="seconds")[:19]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def iter_csv(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield the CSV file piece by piece: UTF-8 with BOM, commas, days as YYYY-MM-DD."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([guard(header) for header in headers])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return the rows as a CSV file; see ``iter_csv``."""
    return b"".join(iter_csv(headers, rows))


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Value]], title: str) -> bytes:
    """Return the rows as an XLSX file with one sheet called ``title``.

    Texts are text, numbers numbers, days days (shown dd/mm/yyyy), instants local time. Raises
    Invalid when there are more rows, or a longer text, than the format can hold.
    """
    return write_workbook([Sheet(title, headers, rows)])


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an XLSX file with these sheets, each streamed; see ``write_xlsx``."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only for those who take a table home

    target = io.BytesIO()
    with Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    ) as book:
        for sheet in sheets:
            _SheetWriter(book, sheet).write()
    return target.getvalue()


def sheet_name(title: str) -> str:
    """Return ``title`` as a name that the XLSX format allows: 31 characters, none of []:*?/\\'."""
    return _NOT_IN_SHEET_NAME.sub(" ", title).strip()[:31] or "Sheet1"


class _SheetWriter:
    """Writes one sheet, top row fixed in place, with columns as wide as their first rows ask."""

    def __init__(self, book: "Workbook", sheet: Sheet) -> None:
        self.sheet = sheet
        self.target: Worksheet = book.add_worksheet(sheet_name(sheet.title))
        self.bold: Format = book.add_format({"bold": True, "num_format": "@"})
        self.text: Format = book.add_format({"num_format": "@"})
        self.day: Format = book.add_format({"num_format": "dd/mm/yyyy"})
        self.instant: Format = book.add_format({"num_format": "hh:mm dd/mm/yyyy"})

    def write(self) -> None:
        # Widths must be known before the first row goes out, hence the look at the first rows.
        rows = iter(self.sheet.rows)
        first = list(islice(rows, 50))
        self._set_widths(first)
        self.target.freeze_panes(1, 0)
        for column, header in enumerate(self.sheet.headers):
            self.target.write_string(0, column, header, self.bold)
        for number, row in enumerate(chain(first, rows), 1):
            self._write_row(number, row)

    def _set_widths(self, first: Sequence[Sequence[Value]]) -> None:
        column_format = self.text if self.sheet.text_columns else None
        for column, header in enumerate(self.sheet.headers):
            longest = max([len(header), *(len(_csv_cell(row[column])) for row in first)])
            self.target.set_column(column, column, min(longest + 3, _WIDEST), column_format)

    def _write_row(self, number: int, row: Sequence[Value]) -> None:
        if number >= XLSX_ROWS:
            raise Invalid(
                "table.too_many_rows",
                N_("Bảng có nhiều hơn %(rows)d dòng, tệp Excel không chứa hết; hãy chọn CSV."),
                rows=XLSX_ROWS - 1,
            )
        for column, value in enumerate(row):
            self._write_cell(number, column, value)

    def _write_cell(self, row: int, column: int, value: Value) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            if len(value) > XLSX_CELL_CHARS:
                raise Invalid(
                    "table.cell_too_long",
                    N_("Ô ở dòng %(row)d dài quá %(limit)d ký tự, tệp Excel không chứa hết."),
                    row=row + 1,
                    limit=XLSX_CELL_CHARS,
                )
            self.target.write_string(row, column, value, self.text)
        elif isinstance(value, datetime):
            local = value.astimezone(LOCAL_ZONE).replace(tzinfo=None)
            self.target.write_datetime(row, column, local, self.instant)
        elif isinstance(value, date):
            self.target.write_datetime(row, column, value, self.day)
        else:
            self.target.write_number(row, column, value)
