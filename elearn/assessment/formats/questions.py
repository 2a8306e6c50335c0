"""The shape of a bank question (design.md 5.3), all types."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from elearn.kernel.errors import N_
from elearn.kernel.shapes import Citation, Code, Id, Line, Number, Problem, Shape, Text, problems_of

Level = Literal["RECALL", "UNDERSTAND", "APPLY", "APPLY_HIGH"]
Area = Literal[
    "PAR_INSTITUTIONS",
    "PAR_PROCEDURES",
    "PAR_APPARATUS",
    "PAR_CIVIL_SERVICE",
    "PAR_PUBLIC_FINANCE",
    "PAR_DIGITAL_GOV",
]
Points = Annotated[Number, Field(gt=0, le=1000)]
_LARGEST, _MOST_DECIMALS = Decimal(10) ** 15, 15
_GAP = re.compile(r"\{\{(\d+)\}\}")
# What says where a question belongs; all the rest of it is its body.
HEADER = (
    "id", "type", "level", "module", "lesson", "area", "skills", "facts", "citations", "points",
)  # fmt: skip


class Option(Shape):
    """One option of a choice."""

    text: Text
    correct: bool
    feedback: Text | None = None


Options = Annotated[list[Option], Field(min_length=2, max_length=10)]


class Asked(Shape):
    """What a question and a part of a case have in common."""

    stem: Text
    explanation: Text
    points: Points = Decimal(1)


class SingleChoice(Asked):
    """Exactly one option is right."""

    type: Literal["single_choice"]
    options: Options

    @model_validator(mode="after")
    def _one_is_right(self) -> "SingleChoice":
        if sum(option.correct for option in self.options) != 1:
            raise ValueError(N_("câu hỏi một lựa chọn phải có đúng một phương án đúng"))
        return self


class MultipleChoice(Asked):
    """Any number of options is right, also none: then nothing is to be ticked."""

    type: Literal["multiple_choice"]
    options: Options
    scoring: Literal["all_or_nothing", "partial"]


class TrueFalse(Asked):
    """A statement that is right or wrong."""

    type: Literal["true_false"]
    answer: bool


class Pair(Shape):
    """Two things that belong together."""

    left: Text
    right: Text


class Matching(Asked):
    """Pairs to be found again among the right sides and distractors."""

    type: Literal["matching"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=20)]
    distractors: Annotated[list[Text], Field(max_length=10)]


class Ordering(Asked):
    """Items, written in the right order."""

    type: Literal["ordering"]
    items: Annotated[list[Text], Field(min_length=2, max_length=20)]


class ShortText(Asked):
    """A few words; ``folded`` ignores case, accents and spaces."""

    type: Literal["short_text"]
    answers: Annotated[list[Line], Field(min_length=1, max_length=50)]
    match: Literal["exact", "folded"]


def _plain(number: Decimal) -> Decimal:
    """Refuse a number that nobody would write out in digits."""
    exponent = number.as_tuple().exponent
    if abs(number) > _LARGEST or not isinstance(exponent, int) or exponent < -_MOST_DECIMALS:
        raise ValueError(N_("phải viết được bằng tối đa 15 chữ số, 15 chữ số thập phân"))
    return number


Measure = Annotated[Number, AfterValidator(_plain)]


class Numeric(Asked):
    """A number within a tolerance."""

    type: Literal["numeric"]
    answer: Measure
    tolerance: Annotated[Measure, Field(ge=0)]
    unit: str | None


class BlankOption(Shape):
    """One choice of a gap."""

    text: Line
    correct: bool


class Blank(Shape):
    """A gap to be written or chosen."""

    answers: Annotated[list[Line], Field(min_length=1, max_length=50)] | None = None
    options: Annotated[list[BlankOption], Field(min_length=2, max_length=20)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Blank":
        if (self.answers is None) == (self.options is None):
            raise ValueError(N_("mỗi chỗ trống phải có “answers” hoặc “options”, không cả hai"))
        if self.options is not None and sum(one.correct for one in self.options) != 1:
            raise ValueError(N_("mỗi chỗ trống phải có đúng một phương án đúng"))
        return self


class Cloze(Asked):
    """A text with gaps {{1}}, {{2}}, …"""

    type: Literal["cloze"]
    blanks: Annotated[list[Blank], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _gaps_fit(self) -> "Cloze":
        gaps = [int(number) for number in _GAP.findall(self.stem)]
        if sorted(gaps) != list(range(1, len(self.blanks) + 1)):
            raise ValueError(N_("các chỗ trống {{1}}, {{2}}… trong “stem” không khớp với “blanks”"))
        return self


class Criterion(Shape):
    """A line of a rubric."""

    criterion: Text
    points: Points


class Essay(Asked):
    """A free answer that people mark by a rubric."""

    type: Literal["essay"]
    rubric: Annotated[list[Criterion], Field(min_length=1, max_length=20)]
    min_words: Annotated[int, Field(ge=0, le=5000)]


class Case(Asked):
    """One situation with inseparable questions; their shapes are checked one by one."""

    type: Literal["case"]
    questions: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=20)]


TYPES: dict[str, type[Asked]] = {
    "single_choice": SingleChoice,
    "multiple_choice": MultipleChoice,
    "true_false": TrueFalse,
    "matching": Matching,
    "ordering": Ordering,
    "short_text": ShortText,
    "numeric": Numeric,
    "cloze": Cloze,
    "essay": Essay,
    "case": Case,
}


class Header(Shape):
    """Where a question belongs and what it tests; ``module`` None means the bank's own."""

    id: Id
    level: Level
    module: Id | None = None
    lesson: Id
    area: Area | None = None
    skills: list[Code] = Field(default_factory=list)
    facts: list[Code] = Field(default_factory=list)
    citations: list[Citation]


class QuestionFile(Shape):
    """A question as read: its header, its points, and its body as it was written."""

    header: Header
    type: str
    points: Decimal
    body: dict[str, Any]


def _read_asked(data: Mapping[str, Any], allowed: Mapping[str, type[Asked]]) -> list[Problem]:
    kind = data.get("type")
    shape = allowed.get(kind) if isinstance(kind, str) else None
    if shape is None:
        names = ", ".join(allowed)
        return [Problem(("type",), N_("chỉ nhận một trong: %s") % names)]
    try:
        shape.model_validate(dict(data))
    except ValidationError as error:
        return problems_of(error)
    return _read_parts(data) if kind == "case" else []


def _read_parts(data: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of the questions inside a case; a case holds no further case."""
    parts = {name: shape for name, shape in TYPES.items() if name != "case"}
    return [
        Problem(("questions", position, *problem.path), problem.message)
        for position, part in enumerate(data["questions"])
        for problem in _read_asked(part, parts)
    ]


def body_problems(kind: str, body: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with ``body`` as that of a question of type ``kind``."""
    return _read_asked({"type": kind, **body}, TYPES)


def read_question(data: object) -> QuestionFile | list[Problem]:
    """Return the question that ``data`` (an entry of a bank file) holds, or what is wrong."""
    if not isinstance(data, Mapping):
        return [Problem((), N_("phải là một nhóm “tên: giá trị”"))]
    fields = {str(key): value for key, value in data.items()}
    headed = {key: fields[key] for key in Header.model_fields if key in fields}
    asked = {key: value for key, value in fields.items() if key not in Header.model_fields}
    problems = _read_asked(asked, TYPES)
    try:
        header = Header.model_validate(headed)
    except ValidationError as error:
        problems = problems_of(error) + problems
    if problems:
        return problems
    points = TYPES[asked["type"]].model_validate(asked).points
    body = {key: value for key, value in fields.items() if key not in HEADER}
    return QuestionFile(header=header, type=asked["type"], points=points, body=body)
