"""CSV files to tables: charset, separator and quotes as spreadsheets write them."""

import csv
import io
from collections.abc import Iterator

from elearn.infra.charsets import decode
from elearn.infra.table import DEFAULT_LIMITS, BadTable, Limits, Table, make_table
from elearn.infra.tabular import unguard
from elearn.kernel.errors import N_, AppError

_DELIMITERS = (",", ";", "\t")


def read_csv(name: str, content: bytes, limits: Limits = DEFAULT_LIMITS) -> Table:
    """Return the table of a CSV file separated by comma, semicolon or tab.

    Apostrophes that guard against formulas are taken away. Raises BadTable for an unknown charset
    and, while the rows are walked, for a stray quotation mark.
    """
    try:
        text = decode(content)
    except AppError as error:
        bad = BadTable(error.code, error.message, sheet=name)
        bad.params = error.params
        raise bad from error
    # The limit of the csv module is one for the whole process; ours is applied to every cell.
    csv.field_size_limit(2**31 - 1)
    source = io.StringIO(text, newline="")
    rows = csv.reader(source, delimiter=_delimiter(text), strict=True)
    return make_table(name, _sound(name, rows), limits)


def _delimiter(text: str) -> str:
    """Return the separator that stands most often in the first line that is not blank."""
    for line in io.StringIO(text):
        if line.strip():
            return max(_DELIMITERS, key=line.count)
    return ","


def _sound(name: str, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield ``rows`` without guards; a quotation mark out of place becomes BadTable."""
    number = 0
    try:
        for row in rows:
            number += 1
            yield [unguard(cell) for cell in row]
    except csv.Error as error:
        raise BadTable(
            "table.quotes",
            N_("Dấu ngoặc kép ở dòng này không được mở và đóng đúng chỗ. Hãy lưu lại từ Excel."),
            sheet=name,
            row=number + 1,
        ) from error
