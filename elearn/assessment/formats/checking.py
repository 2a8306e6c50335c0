"""Questions of any format held against the shape of the bank file, in one place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from string import ascii_uppercase
from typing import Any

from elearn.assessment.formats.neutral import Defaults, Entry, Found, Parsed, Trouble
from elearn.assessment.formats.questions import read_question
from elearn.kernel.errors import N_
from elearn.kernel.shapes import Place, Problem
from elearn.kernel.text import clean

MAX_QUESTIONS = 10_000
MAX_TEXT = 20_000
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """A question with all that a bank entry needs but perhaps its id; ``troubles`` are its own."""

    line: int | None
    label: str
    entry: Entry
    wished_id: str | None
    pictures: Mapping[str, bytes]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as checked: its questions in order and every trouble, those of the questions too."""

    questions: list[Checked] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def errors(self) -> list[Trouble]:
        """What forbids the import."""
        return [trouble for trouble in self.troubles if not trouble.is_note]


def check_all(parsed: Parsed, bank: str, defaults: Defaults) -> Reading:
    """Return the questions of ``parsed`` completed by ``defaults``, with what is wrong with each.

    ``bank`` is the module they are for.
    """
    if len(parsed.questions) > MAX_QUESTIONS:
        message = N_("Tệp có %(count)d câu hỏi, tối đa là %(limit)d. Hãy chia thành nhiều tệp.")
        params = {"count": len(parsed.questions), "limit": MAX_QUESTIONS}
        return Reading([], [Trouble(None, None, "file.too_many_questions", message, params)])
    checked = [_check(found, bank, defaults) for found in parsed.questions]
    troubles = [*parsed.troubles, *(each for one in checked for each in one.troubles)]
    if not checked and not any(not trouble.is_note for trouble in troubles):
        message = N_("Không tìm thấy câu hỏi nào trong tệp.")
        troubles.append(Trouble(None, None, "file.no_questions", message))
    return Reading(checked, sorted(troubles, key=lambda trouble: trouble.line or 0))


def _check(found: Found, bank: str, defaults: Defaults) -> Checked:
    entry = complete(found.data, defaults)
    troubles = [_trouble(found, problem) for problem in problems_of(entry, bank)]
    return Checked(found.line, found.label, entry, found.wished_id, found.pictures, tuple(troubles))


def complete(data: Mapping[str, Any], defaults: Defaults) -> Entry:
    """Return ``data`` with ``defaults`` where it says nothing; plain JSON values, text cleaned."""
    given = {key: _plain(value, 0) for key, value in data.items()}
    header = {
        "level": defaults.level,
        "lesson": defaults.lesson,
        "area": defaults.area,
        "skills": list(defaults.skills),
        "facts": [],
        "citations": list(defaults.citations),
        "points": "1",
        "explanation": defaults.explanation,
    }
    may_be_left_out = header.keys() | {"id", "module"}
    said = {
        key: value
        for key, value in given.items()
        if key not in may_be_left_out or value not in (None, "")
    }
    entry = {**header, **said}
    if isinstance(entry["points"], int) and not isinstance(entry["points"], bool):
        entry["points"] = str(entry["points"])
    return entry


def _plain(value: Any, depth: int) -> Any:  # noqa: ANN401 - whatever a file holds
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return _number(value)
    if depth < MAX_DEPTH and isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if depth < MAX_DEPTH and isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


def _number(value: Decimal) -> str:
    # A number of a million digits is no number of a question; it stays as short as it was written.
    return format(value, "f") if abs(value.adjusted()) < 100 else str(value)


def problems_of(entry: Entry, bank: str) -> list[Problem]:
    """Return what keeps ``entry`` from being a draft in ``bank``.

    A draft may lack its id, its lesson and explanations; publication will ask for them.
    """
    if too_long := next(_too_long(entry, ()), None):
        return [too_long]
    problems = []
    if entry.get("module") not in (None, bank):
        problems.append(Problem(("module",), N_("câu hỏi thuộc chuyên đề khác")))
    result = read_question(_filled({"id": "x", **entry, "lesson": entry.get("lesson") or "x"}))
    return problems + result if isinstance(result, list) else problems


def _filled(entry: Mapping[str, Any]) -> Entry:
    """Return ``entry`` with a dash for each explanation that is still to be written."""
    filled = {**entry, "explanation": entry.get("explanation") or "–"}
    parts = entry.get("questions")
    if isinstance(parts, list):
        filled["questions"] = [_filled(part) if isinstance(part, dict) else part for part in parts]
    return filled


def _too_long(value: object, path: Place) -> Iterator[Problem]:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        yield Problem(path, N_("dài quá %d ký tự") % MAX_TEXT)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _too_long(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _too_long(item, (*path, position))


def _trouble(found: Found, problem: Problem) -> Trouble:
    line, before = found.place(problem.path)
    words = f"{part_name(problem.path)}: {problem.message}" if problem.path else problem.message
    # The words are put together already: a % in them is a % to be shown.
    text = f"{before}: {words}" if before else words[:1].upper() + words[1:]
    return Trouble(line, found.label, "question.invalid", text)


# They are put together with the messages of shapes, which are Vietnamese alone (drafts.checks).
_PARTS = {
    "id": "mã câu hỏi",
    "type": "loại câu hỏi",
    "level": "mức độ",
    "module": "chuyên đề",
    "lesson": "bài học",
    "area": "lĩnh vực",
    "skills": "kỹ năng",
    "facts": "mã dữ kiện",
    "citations": "văn bản viện dẫn",
    "points": "điểm",
    "stem": "câu hỏi",
    "options": "phương án",
    "explanation": "giải thích",
    "scoring": "cách chấm",
    "answer": "đáp án",
    "answers": "đáp án",
    "pairs": "cặp ghép",
    "distractors": "phần nhiễu",
    "items": "mục sắp xếp",
    "match": "cách so đáp án",
    "tolerance": "sai số",
    "unit": "đơn vị",
    "blanks": "chỗ trống",
    "rubric": "tiêu chí chấm",
    "min_words": "số từ tối thiểu",
    "questions": "câu hỏi thành phần",
}


def part_name(path: Place) -> str:
    """Return in words which part of a question ``path`` points at."""
    name = _PARTS.get(str(path[0]), str(path[0]))
    if len(path) > 1 and isinstance(path[1], int):
        place = ascii_uppercase[path[1] % 26] if path[0] == "options" else str(path[1] + 1)
        name = f"{name} {place}"
        if path[-1] == "feedback":
            name += " (nhận xét)"
    return name
