"""Question types: what an answer may be, how a question is shown, what an answer is worth.

One class a type with the same few methods (``base.QuestionType``); adding a type is one class in
``TYPES``. Words used here: see ``base``.
"""

from collections.abc import Mapping
from decimal import Decimal

from elearn.assessment.domain.question_types.base import (
    ALL,
    NO_MARKS,
    NOTHING,
    Body,
    Choice,
    Control,
    Explained,
    ExplainedChoice,
    ExplainedPart,
    ExplainedRow,
    Fields,
    Presented,
    PresentedPart,
    QuestionType,
    Value,
)
from elearn.assessment.domain.question_types.case import Case
from elearn.assessment.domain.question_types.choices import MultipleChoice, SingleChoice, TrueFalse
from elearn.assessment.domain.question_types.cloze import Cloze
from elearn.assessment.domain.question_types.essay import Essay
from elearn.assessment.domain.question_types.matching import Matching
from elearn.assessment.domain.question_types.ordering import Ordering
from elearn.assessment.domain.question_types.texts import Numeric, ShortText
from elearn.kernel.errors import N_, Invalid

__all__ = [
    "ALL",
    "CASE",
    "NOTHING",
    "NO_MARKS",
    "TYPES",
    "Body",
    "Choice",
    "Control",
    "Explained",
    "ExplainedChoice",
    "ExplainedPart",
    "ExplainedRow",
    "Fields",
    "Presented",
    "PresentedPart",
    "QuestionType",
    "Value",
    "grade",
    "type_of",
]

_SIMPLE: dict[str, QuestionType] = {
    kind.name: kind
    for kind in (
        SingleChoice(),
        MultipleChoice(),
        TrueFalse(),
        Matching(),
        Ordering(),
        ShortText(),
        Numeric(),
        Cloze(),
        Essay(),
    )
}
CASE = Case(_SIMPLE)
TYPES: dict[str, QuestionType] = {**_SIMPLE, CASE.name: CASE}


def type_of(name: str) -> QuestionType:
    """Return the type called ``name``. Raises Invalid for a type that cannot be asked."""
    if (kind := TYPES.get(name)) is None:
        raise Invalid("assessment.type", N_("Chưa hỗ trợ loại câu hỏi “%(name)s”."), name=name)
    return kind


def grade(name: str, body: Body, value: object, marks: Mapping[str, Decimal] = NO_MARKS) -> Decimal:
    """Return the share of the points, 0 to 1, that ``value`` earns; None is no answer.

    ``marks``: the shares that people gave, by part of a case, "" for the question itself.
    """
    return type_of(name).grade(body, value, marks)
