"""An answer in one cell, as it is read off a printed sheet and keyed in: "B", "A, C", "1C 2A".

The cell speaks of what was printed: letters follow the order of the form. Writing the key the same
way gives the answer list, and reading that back gives the right answer.
"""

import re
from collections.abc import Callable, Sequence
from string import ascii_uppercase

from elearn.assessment.domain.question_types import Control, Presented, Value
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean_line

_BETWEEN = re.compile(r"[\s,;./|-]+")
_MATCHED = re.compile(r"(\d+)\s*[-.=:)]?\s*([A-Z])")
_YES = {"D": True, "Đ": True, "ĐUNG": True, "ĐÚNG": True, "DUNG": True, "T": True}
_NO = {"S": False, "SAI": False, "F": False}
# Gaps of a cloze and parts of a case stand in one cell, one after the other.
SEPARATOR = ";"


def _refused(cell: str, hint: str) -> Invalid:
    return Invalid("printing.cell", N_("không đọc được “%(cell)s”; %(hint)s"), cell=cell, hint=hint)


def letters_of(shown: Presented) -> dict[str, str]:
    """Return {choice id: the letter printed before it}."""
    ids = [choice.id for choice in shown.choices]
    return dict(zip(ids, ascii_uppercase, strict=False))


def _ids_of(shown: Presented) -> dict[str, str]:
    return {letter: choice_id for choice_id, letter in letters_of(shown).items()}


def _letters(cell: str, known: Sequence[str]) -> list[str]:
    """Return the letters in ``cell``, written together or apart. Raises Invalid."""
    upper = cell.upper()
    found = [letter for part in _BETWEEN.split(upper) for letter in part]
    hint = N_("chỉ nhận các chữ %s") % ", ".join(known)
    if any(letter not in known for letter in found):
        raise _refused(cell, hint)
    return found


def read_cell(shown: Presented, cell: str) -> "Value | None":
    """Return the value that ``cell`` says, unchecked against the type; None for nothing.

    Raises Invalid with what can be written instead.
    """
    text = clean_line(cell).strip()
    if not text or text in ("-", "–"):
        return None
    reader = _READERS.get(shown.control)
    return text if reader is None else reader(shown, text)


def _one(shown: Presented, text: str) -> str:
    ids = _ids_of(shown)
    found = _letters(text, list(ids))
    if len(found) != 1:
        raise _refused(text, N_("câu này chỉ chọn một chữ"))
    return ids[found[0]]


def _several(shown: Presented, text: str) -> list[str]:
    ids = _ids_of(shown)
    return [ids[letter] for letter in dict.fromkeys(_letters(text, list(ids)))]


def _ordered(shown: Presented, text: str) -> list[str]:
    ids = _ids_of(shown)
    placed = [ids[letter] for letter in _letters(text, list(ids))]
    return placed + [""] * (len(ids) - len(placed))


def _yes_no(_shown: Presented, text: str) -> bool:
    word = text.upper()
    if word in _YES or word in _NO:
        return word in _YES
    raise _refused(text, N_("viết Đ hoặc S"))


def _matched(shown: Presented, text: str) -> list[str]:
    """Read "1C 2A" or "CA": right sides by letter, left sides by number or in order."""
    ids = _ids_of(shown)
    size = len(shown.rows)
    if not any(char.isdigit() for char in text):
        letters = _letters(text, list(ids))
        pairs = list(enumerate(letters, 1))
    else:
        pairs = [(int(number), letter) for number, letter in _MATCHED.findall(text.upper())]
    if not pairs or any(not 1 <= row <= size or letter not in ids for row, letter in pairs):
        raise _refused(text, N_("viết như 1C 2A 3B"))
    chosen = [""] * size
    for row, letter in pairs:
        chosen[row - 1] = ids[letter]
    return chosen


def _gaps(shown: Presented, text: str) -> list[str]:
    gaps = [piece.gap for piece in shown.pieces if piece.gap is not None]
    given = [part.strip() for part in text.split(SEPARATOR)]
    if len(given) > len(gaps):
        raise _refused(text, N_("câu này có %s chỗ trống, cách nhau bằng dấu ;") % len(gaps))
    values = [""] * len(gaps)
    for gap, part in zip(gaps, given, strict=False):
        place = int(gap.name)
        if gap.choices is None or not part:
            values[place] = part
            continue
        by_letter = dict(zip(ascii_uppercase, (choice.id for choice in gap.choices), strict=False))
        if part.upper() not in by_letter:
            raise _refused(part, N_("chỉ nhận các chữ %s") % ", ".join(by_letter))
        values[place] = by_letter[part.upper()]
    return values


def _parts(shown: Presented, text: str) -> "dict[str, Value] | None":
    given = [part.strip() for part in text.split(SEPARATOR)]
    if len(given) > len(shown.parts):
        raise _refused(text, N_("câu này có %s ý, cách nhau bằng dấu ;") % len(shown.parts))
    values = {
        part.name: value
        for part, cell in zip(shown.parts, given, strict=False)
        if (value := read_cell(part.shown, cell)) is not None
    }
    return values or None


_READERS: dict[Control, Callable[[Presented, str], "Value | None"]] = {
    Control.RADIO: _one,
    Control.CHECKBOX: _several,
    Control.YES_NO: _yes_no,
    Control.MATCHING: _matched,
    Control.ORDERING: _ordered,
    Control.CLOZE: _gaps,
    Control.CASE: _parts,
}


def write_cell(shown: Presented, value: object) -> str:
    """Return ``value`` as it is written in a cell; "" for nothing."""
    if value is None:
        return ""
    writer = _WRITERS.get(shown.control)
    return str(value) if writer is None else writer(shown, value)


def _write_several(shown: Presented, value: object) -> str:
    letters = letters_of(shown)
    return ", ".join(sorted(letters[each] for each in _list(value)))


def _write_matched(shown: Presented, value: object) -> str:
    letters = letters_of(shown)
    return " ".join(f"{row}{letters[each]}" for row, each in enumerate(_list(value), 1) if each)


def _write_ordered(shown: Presented, value: object) -> str:
    letters = letters_of(shown)
    return " ".join(letters[each] for each in _list(value) if each)


def _write_gaps(shown: Presented, value: object) -> str:
    return f"{SEPARATOR} ".join(_written_gaps(shown, _list(value))).rstrip(f"{SEPARATOR} ")


def _write_parts(shown: Presented, value: object) -> str:
    given = value if isinstance(value, dict) else {}
    cells = [write_cell(part.shown, given.get(part.name)) for part in shown.parts]
    return f"{SEPARATOR} ".join(cells).rstrip(f"{SEPARATOR} ")


_WRITERS: dict[Control, Callable[[Presented, object], str]] = {
    Control.RADIO: lambda shown, value: letters_of(shown).get(str(value), ""),
    Control.CHECKBOX: _write_several,
    Control.YES_NO: lambda _shown, value: "Đ" if value else "S",
    Control.MATCHING: _write_matched,
    Control.ORDERING: _write_ordered,
    Control.CLOZE: _write_gaps,
    Control.CASE: _write_parts,
}


def _list(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _written_gaps(shown: Presented, values: list[str]) -> list[str]:
    written = []
    for piece in shown.pieces:
        if piece.gap is None:
            continue
        place = int(piece.gap.name)
        text = values[place] if place < len(values) else ""
        if piece.gap.choices is not None and text:
            ids = [choice.id for choice in piece.gap.choices]
            text = ascii_uppercase[ids.index(text)]
        written.append(text)
    return written
