"""Question types: what an answer may be, how a question is shown, what an answer is worth.

One class a type with the same few methods; adding a type is one class in ``TYPES``. A *body* is
the question of the YAML file (design.md 5.3), *rendered* its HTML made at publication::

    {"stem": html, "options": [{"id", "html", "feedback": html | None}], "explanation": html}

Options are named by letters in the order of the body: "a", "b", …
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from string import ascii_lowercase
from typing import Any, ClassVar

from elearn.kernel.errors import N_, Invalid

Body = Mapping[str, Any]
Value = str | bool | list[str]

NOTHING, ALL = Decimal(0), Decimal(1)


class Control(StrEnum):
    """How the question is answered on a page, and so what JSON its value is."""

    RADIO = "radio"  # an option id
    CHECKBOX = "checkbox"  # a list of option ids
    YES_NO = "yes_no"  # a boolean


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice as the examinee sees it; ``id`` is the value its form field sends."""

    id: str
    html: str


@dataclass(frozen=True, slots=True)
class Presented:
    """A question without its key, fit for a browser before release."""

    control: Control
    stem_html: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ExplainedChoice:
    """One choice after release: whether it was chosen, whether it was right, and why."""

    id: str
    html: str
    is_chosen: bool
    is_correct: bool
    feedback_html: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A question after release; ``share`` of the points, 0 to 1."""

    share: Decimal
    is_answered: bool
    stem_html: str
    choices: tuple[ExplainedChoice, ...]
    explanation_html: str


def _refused() -> Invalid:
    return Invalid("assessment.value", N_("Câu trả lời không đúng dạng của câu hỏi."))


class QuestionType(ABC):
    """A type of question. ``value`` None means: not answered."""

    name: ClassVar[str]
    control: ClassVar[Control]

    @abstractmethod
    def option_ids(self, body: Body) -> list[str]:
        """Return the options that may be shuffled, in the order of the body."""

    @abstractmethod
    def check_value(self, body: Body, value: object) -> Value:
        """Return ``value`` in its one stored form. Raises Invalid when it is no answer."""

    @abstractmethod
    def parse_form(self, values: Sequence[str]) -> object:
        """Return the value that the form fields ``values`` mean, unchecked; None for nothing."""

    @abstractmethod
    def form_values(self, value: object) -> frozenset[str]:
        """Return the ids of the choices that are ticked when the answer is ``value``."""

    @abstractmethod
    def correct_form(self, body: Body) -> Value:
        """Return the value that earns all points."""

    @abstractmethod
    def grade(self, body: Body, value: object) -> Decimal:
        """Return the share of the points, 0 to 1, that ``value`` earns."""

    @abstractmethod
    def _choices(self, rendered: Body, option_order: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rendered options in the order shown."""

    def is_answer(self, value: object) -> bool:
        """Whether ``value`` answers anything at all."""
        return value is not None and value != []

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        """Return the question without its key; no ``option_order`` means that of the body."""
        return Presented(
            control=self.control,
            stem_html=rendered["stem"],
            choices=tuple(
                Choice(option["id"], option["html"])
                for option in self._choices(rendered, option_order)
            ),
        )

    def explain(
        self, body: Body, rendered: Body, value: object, option_order: Sequence[str] = ()
    ) -> Explained:
        """Return the question with its key, what was chosen, and why it is right or wrong."""
        chosen = self.form_values(value)
        correct = self.form_values(self.correct_form(body))
        return Explained(
            share=self.grade(body, value),
            is_answered=self.is_answer(value),
            stem_html=rendered["stem"],
            choices=tuple(
                ExplainedChoice(
                    id=option["id"],
                    html=option["html"],
                    is_chosen=option["id"] in chosen,
                    is_correct=option["id"] in correct,
                    feedback_html=option.get("feedback"),
                )
                for option in self._choices(rendered, option_order)
            ),
            explanation_html=rendered.get("explanation") or "",
        )


class _OptionType(QuestionType):
    """What the types with written options have in common."""

    def option_ids(self, body: Body) -> list[str]:
        return list(ascii_lowercase[: len(body["options"])])

    def _correct_ids(self, body: Body) -> list[str]:
        pairs = zip(self.option_ids(body), body["options"], strict=True)
        return [option_id for option_id, option in pairs if option["correct"]]

    def _choices(self, rendered: Body, option_order: Sequence[str]) -> list[dict[str, Any]]:
        by_id: dict[str, dict[str, Any]] = {option["id"]: option for option in rendered["options"]}
        return [by_id[option_id] for option_id in option_order or by_id]


class SingleChoice(_OptionType):
    """One option of several; the value is its id."""

    name = "single_choice"
    control = Control.RADIO

    def check_value(self, body: Body, value: object) -> Value:
        if not isinstance(value, str) or value not in self.option_ids(body):
            raise _refused()
        return value

    def parse_form(self, values: Sequence[str]) -> object:
        return values[0] if values else None

    def form_values(self, value: object) -> frozenset[str]:
        return frozenset({value}) if isinstance(value, str) else frozenset()

    def correct_form(self, body: Body) -> Value:
        return self._correct_ids(body)[0]

    def grade(self, body: Body, value: object) -> Decimal:
        return ALL if value in self._correct_ids(body) else NOTHING


class MultipleChoice(_OptionType):
    """Any number of options; the value is the list of their ids, empty when none is ticked.

    ``scoring: all_or_nothing`` gives all points for exactly the right options. ``partial`` gives
    (right ones chosen - wrong ones chosen) / right ones, never below 0, so that ticking
    everything earns nothing where half of the options are wrong. Where no option is right,
    leaving all unticked is the right answer.
    """

    name = "multiple_choice"
    control = Control.CHECKBOX

    def check_value(self, body: Body, value: object) -> Value:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _refused()
        known = self.option_ids(body)
        chosen = set(value)
        if len(chosen) != len(value) or not chosen <= set(known):
            raise _refused()
        return [option_id for option_id in known if option_id in chosen]

    def parse_form(self, values: Sequence[str]) -> object:
        return list(values)

    def form_values(self, value: object) -> frozenset[str]:
        return frozenset(value) if isinstance(value, list) else frozenset()

    def correct_form(self, body: Body) -> Value:
        return self._correct_ids(body)

    def grade(self, body: Body, value: object) -> Decimal:
        chosen, correct = self.form_values(value), frozenset(self._correct_ids(body))
        if chosen == correct:
            return ALL
        if body.get("scoring") != "partial" or not correct:
            return NOTHING
        earned = Decimal(len(chosen & correct) - len(chosen - correct))
        return max(NOTHING, earned / len(correct))


# The words belong to the question, so they are Vietnamese like its stem.
_YES_NO = {"true": "Đúng", "false": "Sai"}


class TrueFalse(QuestionType):
    """A statement that is true or false; the value is a boolean. Never shuffled."""

    name = "true_false"
    control = Control.YES_NO

    def option_ids(self, body: Body) -> list[str]:  # noqa: ARG002 - the same for every body
        return []

    def check_value(self, body: Body, value: object) -> Value:  # noqa: ARG002 - as above
        if not isinstance(value, bool):
            raise _refused()
        return value

    def parse_form(self, values: Sequence[str]) -> object:
        if not values:
            return None
        return {"true": True, "false": False}.get(values[0], values[0])

    def form_values(self, value: object) -> frozenset[str]:
        if not isinstance(value, bool):
            return frozenset()
        return frozenset({"true" if value else "false"})

    def correct_form(self, body: Body) -> Value:
        return bool(body["answer"])

    def grade(self, body: Body, value: object) -> Decimal:
        return ALL if isinstance(value, bool) and value == self.correct_form(body) else NOTHING

    def _choices(self, rendered: Body, option_order: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ARG002 - never shuffled
        feedback = {
            str(option["id"]).lower(): option.get("feedback")
            for option in rendered.get("options") or ()
        }
        return [
            {"id": option_id, "html": word, "feedback": feedback.get(option_id)}
            for option_id, word in _YES_NO.items()
        ]


TYPES: dict[str, QuestionType] = {
    kind.name: kind for kind in (SingleChoice(), MultipleChoice(), TrueFalse())
}


def type_of(name: str) -> QuestionType:
    """Return the type called ``name``. Raises Invalid for a type that cannot be asked yet."""
    if (kind := TYPES.get(name)) is None:
        raise Invalid("assessment.type", N_("Chưa hỗ trợ loại câu hỏi “%(name)s”."), name=name)
    return kind


def grade(name: str, body: Body, value: object) -> Decimal:
    """Return the share of the points, 0 to 1, that ``value`` earns; None is no answer."""
    return type_of(name).grade(body, value)
