"""Reading a list of answers keyed in: which column is what, before any of it is judged. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from elearn.infra.table import Table
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import fold

MOST_ROWS = 5_000
_PERSON = {"ma can bo", "ma", "person_code", "sbd", "so bao danh"}
_FORM = {"ma de", "form", "form_code"}
_QUESTION = re.compile(r"(?:cau\s*)?(\d{1,3})")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row as it was keyed in; ``cells`` by number of the question, from 1."""

    row: int
    person: str
    form: str
    cells: tuple[str, ...]


def _no_columns() -> Invalid:
    return Invalid(
        "printing.columns",
        N_(
            "Bảng phải có các cột “Mã cán bộ”, “Mã đề” và một cột cho mỗi câu (1, 2, 3…). "
            "Hãy dùng tệp mẫu trong gói đề."
        ),
    )


def read_table(table: Table) -> list[EntryRow]:
    """Return the rows of an uploaded table. Raises Invalid, BadTable."""
    names = [fold(name).strip() for name in table.header]
    person = next((place for place, name in enumerate(names) if name in _PERSON), None)
    form = next((place for place, name in enumerate(names) if name in _FORM), None)
    numbered = {
        int(found[1]): place
        for place, name in enumerate(names)
        if (found := _QUESTION.fullmatch(name))
    }
    if person is None or form is None or not numbered:
        raise _no_columns()
    columns = [numbered.get(number) for number in range(1, max(numbered) + 1)]
    return _limited(
        EntryRow(number, _at(cells, person), _at(cells, form), _cells(cells, columns))
        for number, cells in table.rows
    )


def _at(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _cells(cells: Sequence[str], columns: Sequence[int | None]) -> tuple[str, ...]:
    return tuple(_at(cells, place) for place in columns)


def read_lines(text: str) -> list[EntryRow]:
    """Return the rows of a pasted list.

    A line is "person code, code of the form, answers": cells set apart by tabs as a spreadsheet
    copies them, or one word with a letter for each question, "-" for none. Raises Invalid.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = line.rstrip("\n").split("\t") if "\t" in line else line.split()
        if len(parts) < 3:
            raise Invalid(
                "printing.line",
                N_("Dòng %(row)s: cần mã cán bộ, mã đề và các câu trả lời."),
                row=number,
            )
        person, form, *answers = (part.strip() for part in parts)
        cells = tuple(answers) if "\t" in line else tuple("".join(answers))
        rows.append(EntryRow(number, person, form, cells))
    return _limited(rows)


def _limited(rows: Iterable[EntryRow]) -> list[EntryRow]:
    found = list(rows)
    if not found:
        raise Invalid("printing.empty", N_("Danh sách chưa có dòng nào."))
    if len(found) > MOST_ROWS:
        raise Invalid("printing.many", N_("Mỗi lần nhập tối đa %(most)s dòng."), most=MOST_ROWS)
    return found
