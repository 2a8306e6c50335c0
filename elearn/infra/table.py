"""A table that came in, whatever its file was: a header and numbered rows of text.

A cell is the text a person sees in it: 7.0 is "7", a day is YYYY-MM-DD, yes and no are 1 and 0.
Rows are numbered as a spreadsheet numbers them, from 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean_line


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read; beyond it the file is refused."""

    file_bytes: int = 64 * 1024 * 1024
    rows: int = 500_000
    columns: int = 100
    cell_chars: int = 32_767


DEFAULT_LIMITS = Limits()


class BadTable(Invalid):
    """A table cannot be read; ``sheet``, ``row`` and ``column`` say where, as far as is known."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        sheet: str,
        row: int | None = None,
        column: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(code, message, **params)
        self.sheet = sheet
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it: (row number, cells). Blank rows are left out.

    ``rows`` is read while it is walked and may raise BadTable. A row may hold fewer or more cells
    than the header.
    """

    name: str
    header_row: int
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def make_table(name: str, lines: Iterator[list[str]], limits: Limits) -> Table:
    """Return the table that ``lines`` (every line of the file) amount to.

    The header is the first line that is not blank. Raises BadTable when there is none, when it
    names a column twice, or when a limit is passed.
    """
    numbered = _measured(name, lines, limits)
    header_row, cells = next(numbered, (0, []))
    header = tuple(clean_line(cell).lower() for cell in cells)
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        raise BadTable(
            "table.empty",
            N_("Bảng “%(table)s” trống: chưa có hàng tiêu đề."),
            sheet=name,
            table=name,
        )
    _refuse_twins(name, header_row, header)
    return Table(name, header_row, header, numbered)


def _refuse_twins(name: str, header_row: int, header: tuple[str, ...]) -> None:
    for column in header:
        if column and header.count(column) > 1:
            raise BadTable(
                "table.duplicate_column",
                N_("Cột “%(name)s” xuất hiện nhiều lần ở hàng tiêu đề. Hãy chỉ giữ một cột."),
                sheet=name,
                row=header_row,
                column=column,
                name=column,
            )


def _measured(
    name: str, lines: Iterator[list[str]], limits: Limits
) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not blank with their numbers, as long as the limits hold."""
    header: list[str] | None = None
    count = 0
    for number, cells in enumerate(lines, 1):
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        header = header or cells
        _refuse_oversize(name, number, cells, header, limits)
        count += 1
        if count > limits.rows + 1:
            raise BadTable(
                "table.too_many_rows",
                N_("Bảng có hơn %(rows)d dòng. Hãy chia thành nhiều tệp."),
                sheet=name,
                row=number,
                rows=limits.rows,
            )
        yield number, cells


def _refuse_oversize(
    name: str, number: int, cells: list[str], header: list[str], limits: Limits
) -> None:
    if len(cells) > limits.columns and any(cells[limits.columns :]):
        raise BadTable(
            "table.too_many_columns",
            N_("Dòng này có hơn %(columns)d cột. Hãy xóa các cột thừa."),
            sheet=name,
            row=number,
            columns=limits.columns,
        )
    for place, cell in enumerate(cells):
        if len(cell) > limits.cell_chars:
            column = clean_line(header[place])[:100].lower() if place < len(header) else None
            raise BadTable(
                "cell.too_long",
                N_("Ô này dài %(length)d ký tự, quá giới hạn %(limit)d ký tự."),
                sheet=name,
                row=number,
                column=column,
                length=len(cell),
                limit=limits.cell_chars,
            )
