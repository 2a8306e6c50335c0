"""Rows of text to facts, with the problems of single cells.

A row with a problem gives no fact, but its codes are remembered: what refers to it is not called
unknown on top.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from elearn.infra.table import BadTable, Table
from elearn.kernel.errors import N_
from elearn.kernel.spelling import first_impossible
from elearn.roster.cells import BadCell, plain
from elearn.roster.facts import Fact, Roster
from elearn.roster.problems import Problem
from elearn.roster.sheets import FORMS, Column, SheetForm

FIRST_ROW = 2
# Names by which a wrong table of characters shows, and how many of them are looked at.
_NAMES = {"units": "name", "people": "full_name"}
_NAMES_LOOKED_AT = 500
# A sheet of explanations that our own template carries; it holds no data.
GUIDE_SHEET = "huong-dan"

# A table of a file, what was wrong with a file, or one row of a sheet, numbered as rows come.
Source = Iterable[Table | BadTable | tuple[str, Mapping[str, str]]]


@dataclass(slots=True)
class Reading:
    """What was read: facts, problems, and codes that stand in rows with problems."""

    roster: Roster = field(default_factory=Roster)
    problems: list[Problem] = field(default_factory=list)
    broken_units: set[str] = field(default_factory=set)
    broken_people: set[str] = field(default_factory=set)
    is_cut_short: bool = False
    rows: int = 0
    seen_sheets: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Spellings:
    """How the first accented names of a sheet are spelt.

    Text of VNI and its like is made of sound Vietnamese letters in impossible places. One odd name
    may be right (Byă); when many are odd the table of characters was wrong.
    """

    accented: int = 0
    odd: int = 0
    row: int | None = None
    example: str = ""

    def note(self, row: int, name: str) -> None:
        """Look at ``name`` in ``row``, unless enough names have been seen."""
        if self.accented >= _NAMES_LOOKED_AT or name.isascii():
            return
        self.accented += 1
        if first_impossible(name) is not None:
            self.odd += 1
            if self.row is None:
                self.row, self.example = row, name

    @property
    def are_wrong(self) -> bool:
        """Whether so many names are odd that the sheet was read with the wrong table."""
        return self.odd >= 3 and self.odd * 3 >= self.accented


def _value(column: Column, cell: str) -> Any:  # noqa: ANN401 - each column has its own type
    """Return the value of the cell, None when it is empty. Raises BadCell."""
    text = plain(cell)
    if text:
        return column.read(text)
    if column.filled:
        raise BadCell("cell.required", N_("Ô này không được để trống."))
    return None


class RowReader:
    """Reads rows one after the other into ``reading``."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._numbers: dict[str, int] = {}
        self._given: dict[tuple[str, ...], frozenset[str]] = {}
        self._sound_headers: set[tuple[str, tuple[str, ...]]] = set()
        self._spellings = {sheet: Spellings() for sheet in _NAMES}

    def read(self, source: Source) -> Iterator[int]:
        """Read ``source``; yield the number of rows read so far now and then."""
        for item in source:
            if isinstance(item, Table):
                yield from self._read_table(item)
            elif isinstance(item, BadTable):
                self.note_bad_table(item)
            else:
                self._read_pair(*item)
                if self.reading.rows % 1000 == 0:
                    yield self.reading.rows

    def finish(self) -> Reading:
        """Return what was read; files without a single table are a problem."""
        for sheet, column in _NAMES.items():
            spellings = self._spellings[sheet]
            if spellings.are_wrong:
                params = {"text": spellings.example}
                self._note(sheet, spellings.row, column, "sheet.garbled", _MISREAD, params)
        is_blank = not self.reading.seen_sheets and not self._numbers
        if is_blank and not self.reading.problems:
            message = N_("Không có bảng nào để nhập. Các bảng được nhận: %(sheets)s.")
            self._note("", None, None, "roster.empty", message, {"sheets": ", ".join(FORMS)})
            self.reading.is_cut_short = True
        return self.reading

    def _read_pair(self, sheet: str, cells: Mapping[str, str]) -> None:
        number = self._numbers.get(sheet, FIRST_ROW)
        self._numbers[sheet] = number + 1
        form = FORMS.get(sheet)
        if form is None:
            self._note_unknown_sheet(sheet)
        elif self._check_columns(form, tuple(cells), number):
            self._read_row(form, number, cells)

    def _read_table(self, table: Table) -> Iterator[int]:
        sheet = table.name.strip().lower()
        form = FORMS.get(sheet)
        if form is None:
            if sheet != GUIDE_SHEET:
                self._note_unknown_sheet(table.name)
            return
        if sheet in self.reading.seen_sheets:
            self._note_twin_sheet(sheet)
            return
        self.reading.seen_sheets.add(sheet)
        if not self._check_columns(form, table.header, table.header_row):
            self.reading.is_cut_short = True
            return
        try:
            yield from self._read_rows(form, table)
        except BadTable as problem:
            self.note_bad_table(problem, sheet)

    def _read_rows(self, form: SheetForm, table: Table) -> Iterator[int]:
        unnamed = [place for place, name in enumerate(table.header) if not name]
        width = len(table.header)
        for number, cells in table.rows:
            beside = cells[width:] + [cells[place] for place in unnamed if place < len(cells)]
            if any(beside) and any(cell.strip() for cell in beside):
                self._note_cells_beside(form, number)
                continue
            self._read_row(form, number, dict(zip(table.header, cells, strict=False)))
            if self.reading.rows % 1000 == 0:
                yield self.reading.rows

    def _read_row(self, form: SheetForm, number: int, cells: Mapping[str, str]) -> None:
        self.reading.rows += 1
        values: dict[str, Any] = {}
        is_sound = True
        for column in form.columns:
            try:
                value = _value(column, cells.get(column.name, ""))
                if value is not None:
                    values[column.name] = value
            except BadCell as bad:
                is_sound = False
                self._note(form.name, number, column.name, bad.code, bad.message, bad.params)
        if is_sound:
            self._keep(form, number, values, tuple(cells))
        else:
            self._remember_broken(form.name, cells)

    def _keep(
        self, form: SheetForm, number: int, values: dict[str, Any], columns: tuple[str, ...]
    ) -> None:
        if form.name == "assignments":
            values.setdefault("duty_unit_code", values["home_unit_code"])
        given = self._given.get(columns)
        if given is None:
            given = self._given[columns] = frozenset(columns)
        fact: Fact = form.fact(row=number, given=given, **values)
        self.reading.roster.sheet(form.name).append(fact)
        if form.name in self._spellings:
            self._spellings[form.name].note(number, values[_NAMES[form.name]])

    def _remember_broken(self, sheet: str, cells: Mapping[str, str]) -> None:
        if sheet == "units":
            self.reading.broken_units.add(cells.get("code", "").strip())
        if sheet == "people":
            self.reading.broken_people.add(cells.get("person_code", "").strip())

    def _check_columns(self, form: SheetForm, header: tuple[str, ...], row: int) -> bool:
        """Note lacking and unknown columns; return whether the rows can be read."""
        if (form.name, header) in self._sound_headers:
            return True
        known = {column.name for column in form.columns}
        lacking = [column.name for column in form.columns if column.present]
        lacking = [name for name in lacking if name not in header]
        unknown = [name for name in header if name and name not in known]
        for name in lacking:
            self._note(form.name, row, name, "column.missing", _MISSING, {"name": name})
        for name in unknown:
            params = {"name": name, "columns": ", ".join(column.name for column in form.columns)}
            self._note(form.name, row, name, "column.unknown", _UNKNOWN, params)
        if lacking or unknown:
            return False
        self._sound_headers.add((form.name, header))
        return True

    def note_bad_table(self, problem: BadTable, sheet: str | None = None) -> None:
        """Note that a table or file could not be read to its end."""
        self.reading.is_cut_short = True
        place = sheet or problem.sheet
        self._note(
            place, problem.row, problem.column, problem.code, problem.message, problem.params
        )

    def _note_unknown_sheet(self, name: str) -> None:
        self._note(
            name,
            None,
            None,
            "sheet.unknown",
            N_("Không có bảng tên “%(name)s”. Các bảng được nhận: %(sheets)s."),
            {"name": name, "sheets": ", ".join(FORMS)},
        )

    def _note_twin_sheet(self, name: str) -> None:
        message = N_("Bảng “%(name)s” xuất hiện hai lần. Hãy gộp lại thành một.")
        self._note(name, None, None, "sheet.duplicate", message, {"name": name})

    def _note_cells_beside(self, form: SheetForm, number: int) -> None:
        message = N_(
            "Dòng có ô nằm ngoài các cột có tiêu đề, dữ liệu có thể đã lệch cột. Trong tệp CSV, ô "
            "chứa dấu phân cách phải đặt trong ngoặc kép."
        )
        self._note(form.name, number, None, "row.cells_beside", message, {})

    def _note(
        self,
        sheet: str,
        row: int | None,
        column: str | None,
        code: str,
        message: str,
        params: Mapping[str, object],
    ) -> None:
        self.reading.problems.append(Problem(sheet, row, column, code, message, dict(params)))


_MISREAD = N_(
    "Nhiều tên trong bảng không đúng chính tả tiếng Việt, ví dụ “%(text)s”: có thể tệp dùng bảng "
    "mã VNI hoặc TCVN3. Hãy chuyển sang Unicode rồi nhập lại."
)
_MISSING = N_("Thiếu cột “%(name)s” ở hàng tiêu đề. Hãy thêm cột này hoặc dùng tệp mẫu.")
_UNKNOWN = N_(
    "Không có cột tên “%(name)s”. Hãy sửa tên hoặc xóa cột; các cột được nhận: %(columns)s."
)
