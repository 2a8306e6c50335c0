"""Workbooks of questions: a row each, in the columns of the template or in people's own."""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO

from elearn.assessment.formats import xlsx_columns as columns
from elearn.assessment.formats.building import Unfit, decimal_of, numeric, option
from elearn.assessment.formats.layout_lines import form
from elearn.assessment.formats.layout_signs import DIGITS, JOINED, LETTERS
from elearn.assessment.formats.layout_signs import LEVELS as LEVEL_WORDS
from elearn.assessment.formats.neutral import Entry, Found, Parsed
from elearn.assessment.formats.xlsx_columns import KEYS
from elearn.assessment.formats.xlsx_writing import write
from elearn.infra.table import BadTable, Limits, Table
from elearn.infra.xlsx_reading import iter_xlsx
from elearn.kernel.errors import N_
from elearn.kernel.shapes import Place
from elearn.kernel.text import clean, fold

__all__ = ["read", "write"]

_LIMITS = Limits(rows=20_000, columns=100)
_TRUE, _FALSE = (
    frozenset({"dung", "d", "true", "1", "t"}),
    frozenset({"sai", "s", "false", "0", "f"}),
)
_ARROW = re.compile(r"\s*(?:=>|→|->)\s*")
_BLANKS = re.compile(r"\{\{\d+\}\}")
_SEPARATORS = re.compile(r"[\s,;]+")
_TYPE_NAMES = {fold(title): name for name, title in columns.TYPES.items()} | {
    name: name for name in columns.TYPES
}
_TYPE_NAMES |= {
    "trac nghiem": "single_choice", "mot lua chon": "single_choice", "mc": "single_choice",
    "nhieu lua chon": "multiple_choice", "dung/sai": "true_false", "dung - sai": "true_false",
    "dien khuyet": "cloze", "tra loi bang so": "numeric", "noi": "matching",
}  # fmt: skip


def read(content: bytes) -> Parsed:
    """Return the questions of a workbook. Raises Invalid for a damaged or blown-up file."""
    parsed = Parsed()
    is_read = False
    try:
        for table in iter_xlsx("", content, _LIMITS):
            if fold(table.name) not in (fold(columns.GUIDE), fold(columns.EXAMPLES)):
                is_read = _read_table(parsed, table) or is_read
    except BadTable as problem:
        parsed.refuse(problem.row, None, problem.code, problem.message, **problem.params)
        return parsed
    if not is_read and not parsed.troubles:
        message = N_("Không có trang nào có cột “Câu hỏi” và “Đáp án đúng”.")
        parsed.refuse(None, None, "xlsx.no_columns", message)
    _tell_pictures(parsed, content)
    return parsed


def _tell_pictures(parsed: Parsed, content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        has_pictures = any(name.startswith("xl/media/") for name in archive.namelist())
    if has_pictures:
        message = N_("Hình trong tệp Excel không nhập được; hãy dùng Word hoặc thêm hình sau.")
        parsed.note(None, None, "xlsx.pictures", message)


def _read_table(parsed: Parsed, table: Table) -> bool:
    keys = [KEYS.get(fold(title)) for title in table.header]
    if "stem" not in keys or not {"key", "option A"} & set(keys):
        if any(keys):
            message = N_("Trang “%(sheet)s” thiếu cột “Câu hỏi” hoặc “Đáp án đúng”.")
            parsed.refuse(table.header_row, None, "xlsx.no_columns", message, sheet=table.name)
        return False
    unknown = [
        title
        for title, key in zip(table.header, keys, strict=True)
        if title and key is None and fold(title) not in columns.IGNORED
    ]
    if unknown:
        message = N_("Không hiểu các cột: %(names)s; nội dung các cột này bị bỏ qua.")
        names = ", ".join(unknown)[:200]
        parsed.note(table.header_row, None, "xlsx.unknown_column", message, names=names)
    for number, cells in table.rows:
        row = {
            key: clean(cell).strip()
            for key, cell in zip(keys, cells, strict=False)
            if key is not None and cell.strip()
        }
        if row:
            _read_row(parsed, keys, number, row)
    return True


def _read_row(parsed: Parsed, keys: list[str | None], number: int, row: dict[str, str]) -> None:
    label = row.get("id") or str(number)

    def locate(path: Place) -> tuple[int | None, str]:
        return number, _cell_name(keys, path, number)

    try:
        data = _Row(row).read()
    except Unfit as unfit:
        cell = _cell_name(keys, ("key",), number)
        message = f"{cell}: {unfit.message % unfit.params if unfit.params else unfit.message}"
        parsed.refuse(number, label, unfit.code, "%(text)s", text=message)
        return
    parsed.questions.append(Found(number, label, data, locate=locate))


def _cell_name(keys: list[str | None], path: Place, row: int) -> str:
    """Return the cell that the part at ``path`` of a question stands in, as «Ô D7»."""
    key = {"answer": "key", "answers": "key"}.get(str(path[0]), str(path[0])) if path else "stem"
    if key in ("options", "pairs", "items", "blanks", "rubric", "distractors"):
        position = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
        kind = "feedback" if path[-1] == "feedback" else "option"
        key = f"{kind} {columns.LETTERS[position % 10]}"
    column = keys.index(key) if key in keys else None
    return f"Dòng {row}" if column is None else f"Ô {column_name(column)}{row}"


def column_name(column: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class _Row:
    """Reads one row."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self.row = row
        self.options = [row.get(f"option {letter}", "") for letter in columns.LETTERS]
        while self.options and not self.options[-1]:
            self.options.pop()
        self.key = row.get("key", "")

    def read(self) -> Entry:
        """Return the question as an entry of a bank file. Raises Unfit."""
        kind = self._type()
        body = {
            "single_choice": self._choice,
            "multiple_choice": self._choice,
            "true_false": self._truth,
            "matching": self._matching,
            "ordering": self._ordering,
            "short_text": self._short,
            "numeric": self._numeric,
            "cloze": self._cloze,
            "essay": self._essay,
        }[kind]()
        texts = {
            key: _markdown(self.row[key]) for key in ("stem", "explanation") if key in self.row
        }
        return {**self._header(), **texts, "type": kind, **body}

    def _type(self) -> str:
        given = self.row.get("type")
        if given:
            name = _TYPE_NAMES.get(fold(given))
            if name is None:
                raise Unfit("type.unknown", N_("Không có loại câu hỏi “%(name)s”."), name=given)
            if name == "single_choice" and self.options and len(self._positions()) > 1:
                return "multiple_choice"
            return name
        if not self.options:
            return self._type_of_answer()
        if _BLANKS.search(self.row.get("stem", "")):
            return "cloze"
        return "multiple_choice" if len(self._positions()) > 1 else "single_choice"

    def _type_of_answer(self) -> str:
        if fold(self.key) in _TRUE | _FALSE and not self.key.isdecimal():
            return "true_false"
        return "numeric" if re.fullmatch(r"-?\d+(?:[.,]\d+)?", self.key) else "short_text"

    def _header(self) -> Entry:
        row = self.row
        header: Entry = {key: row[key] for key in ("id", "lesson", "area") if key in row}
        if "level" in row:
            header["level"] = LEVEL_WORDS.get(fold(row["level"]), row["level"].upper())
        for key in ("skills", "facts", "citations"):
            if key in row:
                header[key] = [part for part in _SEPARATORS.split(row[key]) if part]
        if "points" in row:
            header["points"] = format(decimal_of(row["points"]), "f")
        return header

    def _positions(self) -> list[int]:
        """Return the right options, counted from 0. Raises Unfit."""
        words = form(self.key).strip()
        if DIGITS.fullmatch(words):
            found = [int(number) - 1 for number in re.findall(r"\d+", words)]
        elif LETTERS.fullmatch(words) or JOINED.fullmatch(words):
            letters = re.findall(r"[a-j]", re.sub(r"\b(?:va|and)\b", " ", words))
            found = ["abcdefghij".index(letter) for letter in letters]
        else:
            found = [at for at, text in enumerate(self.options) if text and text == self.key]
        if not found or any(not 0 <= each < len(self.options) for each in found):
            message = N_("Đáp án “%(key)s” không chỉ phương án nào của câu này.")
            raise Unfit("key.unknown", message, key=self.key[:40])
        return found

    def _choice(self) -> Entry:
        if not all(self.options):
            raise Unfit("option.missing", N_("Có phương án để trống ở giữa."))
        right = set(self._positions())
        options = [
            option(
                _markdown(text),
                correct=at in right,
                feedback=_markdown(self.row.get(f"feedback {columns.LETTERS[at]}", "")),
            )
            for at, text in enumerate(self.options)
        ]
        if len(right) == 1 and fold(self.row.get("type", "")) != "nhieu dap an":
            return {"options": options}
        scoring = _named(columns.SCORINGS, self.row.get("scoring", "all_or_nothing"))
        return {"scoring": scoring, "options": options}

    def _truth(self) -> Entry:
        words = fold(self.key)
        if words not in _TRUE | _FALSE:
            raise Unfit("key.unknown", N_("Câu đúng sai phải ghi đáp án “Đúng” hoặc “Sai”."))
        return {"answer": words in _TRUE}

    def _matching(self) -> Entry:
        pairs, distractors = [], []
        for text in self.options:
            parts = _ARROW.split(text, maxsplit=1)
            if len(parts) != 2:
                raise Unfit("pair", N_("Cặp ghép phải ghi dạng “trái => phải”."))
            if parts[0]:
                pairs.append({"left": _markdown(parts[0]), "right": _markdown(parts[1])})
            else:
                distractors.append(_markdown(parts[1]))
        return {"pairs": pairs, "distractors": distractors}

    def _ordering(self) -> Entry:
        return {"items": [_markdown(text) for text in self.options]}

    def _short(self) -> Entry:
        answers = [part.strip() for part in self.key.split("|") if part.strip()]
        match = _named(columns.MATCHES, self.row.get("match", "folded"))
        return {"answers": answers, "match": match}

    def _numeric(self) -> Entry:
        tolerance = decimal_of(self.row.get("tolerance", "0"))
        made = numeric(decimal_of(self.key), tolerance, self.row.get("unit"))
        return {key: value for key, value in made.items() if key != "type"}

    def _cloze(self) -> Entry:
        blanks: list[Entry] = []
        for text in self.options:
            parts = [part.strip() for part in text.split("|") if part.strip()]
            if any(part.startswith("*") for part in parts):
                choices = [
                    {"text": part.lstrip("* "), "correct": part.startswith("*")} for part in parts
                ]
                blanks.append({"options": choices})
            else:
                blanks.append({"answers": parts})
        return {"blanks": blanks}

    def _essay(self) -> Entry:
        rubric = []
        for text in self.options:
            parts = _ARROW.split(text, maxsplit=1)
            points = format(decimal_of(parts[1]), "f") if len(parts) == 2 else "1"
            rubric.append({"criterion": _markdown(parts[0]), "points": points})
        words = self.row.get("min_words", "0")
        return {"rubric": rubric, "min_words": int(words) if words.isdecimal() else -1}


def _named(names: Mapping[str, str], given: str) -> str:
    """Return the name that the words ``given`` mean, themselves when unknown."""
    known = {fold(words): name for name, words in names.items()}
    return known.get(fold(given), given)


def _markdown(text: str) -> str:
    """Return the text of a cell as Markdown; a line in a cell is a paragraph of its own."""
    return re.sub(r"\n+", "\n\n", text) if "|" not in text else text
