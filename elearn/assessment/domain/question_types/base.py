"""What every question type answers to, and the plain values that pages and graders read.

A *body* is the question of the YAML file (design.md 5.3), *rendered* its HTML as
``assessment.content.render_question`` made it at publication. A *value* is an answer as JSON
(docs/answer-protocol.md). *Fields* are an answer as a plain form sends it: the values of the
fields of one question by the rest of their name, "" for the field named by the question itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

from elearn.kernel.errors import N_, Invalid

Body = Mapping[str, Any]
Fields = Mapping[str, Sequence[str]]
Value: TypeAlias = "str | bool | list[str] | dict[str, Value]"

NOTHING, ALL = Decimal(0), Decimal(1)
# What a list that drops down shows whole on a small phone.
LONGEST_LISTED = 32
# No share was given by people.
NO_MARKS: Mapping[str, Decimal] = MappingProxyType({})


class Control(StrEnum):
    """How the question is answered on a page, and so what JSON its value is."""

    RADIO = "radio"  # an option id
    CHECKBOX = "checkbox"  # a list of option ids
    YES_NO = "yes_no"  # a boolean
    MATCHING = "matching"  # for each left side the id of a right side, "" for none
    ORDERING = "ordering"  # for each place the id of the item put there, "" for none
    TEXT = "text"  # a line of text
    NUMBER = "number"  # a number as text
    CLOZE = "cloze"  # for each gap a text or an option id, "" for none
    ESSAY = "essay"  # a text
    CASE = "case"  # {number of a part: its value}, answered parts only


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice as the examinee sees it; ``id`` is the value its form field sends.

    ``text``: the same in plain words, for a list that drops down; "" where none is needed.
    """

    id: str
    html: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of a cloze: its field's name; without ``choices`` one writes."""

    name: str
    choices: tuple[Choice, ...] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a cloze's text: HTML, then the gap that follows it, if one does."""

    html: str
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One left side of a matching question; ``name``: the name of its field."""

    name: str
    html: str


@dataclass(frozen=True, slots=True)
class Presented:
    """A question without its key, fit for a browser before release.

    ``choices``: options, right sides or items; ``rows``: left sides; ``pieces``: the text of a
    cloze, which then has no stem; ``parts``: the questions of a case.
    """

    control: Control
    stem_html: str
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    pieces: tuple[Piece, ...] = ()
    unit: str = ""
    min_words: int = 0
    parts: tuple["PresentedPart", ...] = ()

    @property
    def needs_list(self) -> bool:
        """Whether the choices say more than a list that drops down can show."""
        return any(
            choice.html != choice.text or len(choice.text) > LONGEST_LISTED
            for choice in self.choices
        )


@dataclass(frozen=True, slots=True)
class PresentedPart:
    """One question of a case; ``weight``: its points among those of the case."""

    name: str
    weight: Decimal
    shown: Presented


@dataclass(frozen=True, slots=True)
class ExplainedChoice:
    """One choice after release: whether it was chosen, whether it was right, and why."""

    id: str
    html: str
    is_chosen: bool
    is_correct: bool
    feedback_html: str | None


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One field after release: what it asks, what was given, what is right.

    What was chosen is ``given_html``, what was written ``given_text``, both "" for nothing.
    """

    html: str
    given_html: str
    given_text: str
    right_html: str
    right_texts: tuple[str, ...]
    is_correct: bool


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of a rubric, shown after release; ``points`` weigh the lines."""

    text: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Explained:
    """A question after release; ``share`` of the points, 0 to 1.

    ``is_waiting``: people have still to mark it, wholly or in part.
    """

    share: Decimal
    is_answered: bool
    stem_html: str
    explanation_html: str
    control: Control
    choices: tuple[ExplainedChoice, ...] = ()
    rows: tuple[ExplainedRow, ...] = ()
    text: str = ""
    rubric: tuple[Criterion, ...] = ()
    is_waiting: bool = False
    parts: tuple["ExplainedPart", ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """One question of a case after release."""

    name: str
    weight: Decimal
    told: Explained


def refused() -> Invalid:
    """Return the refusal of a value that is no answer to its question."""
    return Invalid("assessment.value", N_("Câu trả lời không đúng dạng của câu hỏi."))


def bounded(share: Decimal) -> Decimal:
    """Return ``share`` not below nothing and not above all."""
    return max(NOTHING, min(ALL, share))


def only(fields: Fields) -> Sequence[str]:
    """Return what the field named by the question itself sent."""
    return fields.get("", ())


class QuestionType(ABC):
    """A type of question. ``value`` None means: not answered."""

    name: ClassVar[str]
    control: ClassVar[Control]

    def option_ids(self, body: Body) -> list[str]:  # noqa: ARG002 - most types have none
        """Return what may be shuffled, in the order shown when nothing is."""
        return []

    def always_shuffled(self, body: Body) -> frozenset[str]:  # noqa: ARG002 - as above
        """Return those of ``option_ids`` that are shuffled even where the paper shuffles nothing.

        What the author wrote in the right order must not be shown in it.
        """
        return frozenset()

    @abstractmethod
    def check_value(self, body: Body, value: object) -> Value:
        """Return ``value`` in its one stored form. Raises Invalid when it is no answer."""

    @abstractmethod
    def parse_form(self, body: Body, fields: Fields) -> object:
        """Return the value that ``fields`` mean, unchecked; None when they say nothing."""

    @abstractmethod
    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:
        """Return the fields that say ``value``: what is ticked, chosen and written.

        ``asked`` is the body, or what was rendered of it: either will do.
        """

    @abstractmethod
    def correct_form(self, body: Body) -> Value:
        """Return the value that earns all points, as far as no people have to mark it."""

    @abstractmethod
    def grade(self, body: Body, value: object, marks: Mapping[str, Decimal] = NO_MARKS) -> Decimal:
        """Return the share of the points, 0 to 1, that ``value`` earns.

        ``marks``: the shares that people gave, by part of a case, "" for the question itself.
        """

    @abstractmethod
    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        """Return what was answered as short keys that can be counted; () when unanswered."""

    @abstractmethod
    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        """Return the question without its key; no ``option_order`` means that of option_ids."""

    def explain(
        self,
        body: Body,
        rendered: Body,
        value: object,
        option_order: Sequence[str] = (),
        marks: Mapping[str, Decimal] = NO_MARKS,
    ) -> Explained:
        """Return the question with its key, what was answered, and why it is right or wrong."""
        return Explained(
            share=self.grade(body, value, marks),
            is_answered=self.is_answer(value),
            stem_html=self._told_stem(rendered),
            explanation_html=rendered.get("explanation") or "",
            control=self.control,
            choices=self._told_choices(body, rendered, value, option_order),
            rows=self._told_rows(body, rendered, value),
        )

    def _told_stem(self, rendered: Body) -> str:
        return str(rendered["stem"])

    def _told_choices(
        self,
        body: Body,  # noqa: ARG002 - for the types with options
        rendered: Body,  # noqa: ARG002
        value: object,  # noqa: ARG002
        option_order: Sequence[str],  # noqa: ARG002
    ) -> tuple[ExplainedChoice, ...]:
        return ()

    def _told_rows(
        self,
        body: Body,  # noqa: ARG002 - for the types with fields
        rendered: Body,  # noqa: ARG002
        value: object,  # noqa: ARG002
    ) -> tuple[ExplainedRow, ...]:
        return ()

    def needs_marking(self, body: Body) -> bool:  # noqa: ARG002 - most types never do
        """Whether people have to mark an answer to it."""
        return False

    def is_answer(self, value: object) -> bool:
        """Whether ``value`` answers anything at all."""
        if isinstance(value, list):
            return any(item != "" for item in value)
        return value is not None and value not in ("", {})

    def is_complete(self, asked: Body, value: object) -> bool:  # noqa: ARG002 - for the case
        """Whether nothing of the question is left without an answer; ``asked`` as in form_of."""
        if isinstance(value, list):
            return bool(value) and all(item != "" for item in value)
        return self.is_answer(value)


def in_order(choices: Sequence[Body], option_order: Sequence[str]) -> list[Body]:
    """Return the rendered ``choices`` in the order shown; without one, as they stand."""
    by_id = {str(choice["id"]): choice for choice in choices}
    return [by_id[option_id] for option_id in option_order or by_id]


def choices_of(choices: Sequence[Body], option_order: Sequence[str]) -> tuple[Choice, ...]:
    """Return the rendered ``choices`` as the examinee sees them."""
    return tuple(
        Choice(choice["id"], choice["html"], choice.get("text") or "")
        for choice in in_order(choices, option_order)
    )
