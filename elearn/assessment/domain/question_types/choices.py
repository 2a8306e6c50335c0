"""Questions with options to tick: one of several, any number of several, true or false."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from elearn.assessment.domain.question_types.base import (
    ALL,
    NO_MARKS,
    NOTHING,
    Body,
    Choice,
    Control,
    ExplainedChoice,
    Fields,
    Presented,
    QuestionType,
    Value,
    in_order,
    only,
    refused,
)


class _Ticked(QuestionType):
    """What all questions with options share. Options are named "a", "b", … as written."""

    def option_ids(self, body: Body) -> list[str]:
        return list(ascii_lowercase[: len(body["options"])])

    def _correct_ids(self, body: Body) -> list[str]:
        pairs = zip(self.option_ids(body), body["options"], strict=True)
        return [option_id for option_id, option in pairs if option["correct"]]

    def _choices(self, rendered: Body, option_order: Sequence[str]) -> Sequence[Body]:
        """Return the rendered options in the order shown."""
        return in_order(rendered["options"], option_order)

    @abstractmethod
    def _ticked(self, value: object) -> Sequence[str]:
        """Return the ids of the options that are ticked when the answer is ``value``."""

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:  # noqa: ARG002 - the value says all
        ticked = list(self._ticked(value))
        return {"": ticked} if ticked else {}

    def tally(self, body: Body, value: object) -> tuple[str, ...]:  # noqa: ARG002 - the ids say all
        return tuple(self._ticked(value))

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        return Presented(
            control=self.control,
            stem_html=rendered["stem"],
            choices=tuple(
                Choice(option["id"], option["html"])
                for option in self._choices(rendered, option_order)
            ),
        )

    def _told_choices(
        self, body: Body, rendered: Body, value: object, option_order: Sequence[str]
    ) -> tuple[ExplainedChoice, ...]:
        chosen, correct = self._ticked(value), self._ticked(self.correct_form(body))
        return tuple(
            ExplainedChoice(
                id=option["id"],
                html=option["html"],
                is_chosen=option["id"] in chosen,
                is_correct=option["id"] in correct,
                feedback_html=option.get("feedback"),
            )
            for option in self._choices(rendered, option_order)
        )


class SingleChoice(_Ticked):
    """One option of several; the value is its id."""

    name = "single_choice"
    control = Control.RADIO

    def check_value(self, body: Body, value: object) -> Value:
        if not isinstance(value, str) or value not in self.option_ids(body):
            raise refused()
        return value

    def parse_form(self, body: Body, fields: Fields) -> object:  # noqa: ARG002 - checked afterwards
        values = only(fields)
        return values[0] if values else None

    def _ticked(self, value: object) -> Sequence[str]:
        return [value] if isinstance(value, str) else []

    def correct_form(self, body: Body) -> Value:
        return self._correct_ids(body)[0]

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        return ALL if value in self._correct_ids(body) else NOTHING


class MultipleChoice(_Ticked):
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
            raise refused()
        known = self.option_ids(body)
        chosen = set(value)
        if len(chosen) != len(value) or not chosen <= set(known):
            raise refused()
        return [option_id for option_id in known if option_id in chosen]

    def parse_form(self, body: Body, fields: Fields) -> object:  # noqa: ARG002 - checked afterwards
        return list(only(fields))

    def _ticked(self, value: object) -> Sequence[str]:
        return value if isinstance(value, list) else []

    def correct_form(self, body: Body) -> Value:
        return self._correct_ids(body)

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        chosen, correct = frozenset(self._ticked(value)), frozenset(self._correct_ids(body))
        if chosen == correct:
            return ALL
        if body.get("scoring") != "partial" or not correct:
            return NOTHING
        earned = Decimal(len(chosen & correct) - len(chosen - correct))
        return max(NOTHING, earned / len(correct))


# The words belong to the question, so they are Vietnamese like its stem.
YES_NO = {"true": "Đúng", "false": "Sai"}


class TrueFalse(_Ticked):
    """A statement that is true or false; the value is a boolean. Never shuffled."""

    name = "true_false"
    control = Control.YES_NO

    def option_ids(self, body: Body) -> list[str]:  # noqa: ARG002 - the same for every body
        return []

    def check_value(self, body: Body, value: object) -> Value:  # noqa: ARG002 - as above
        if not isinstance(value, bool):
            raise refused()
        return value

    def parse_form(self, body: Body, fields: Fields) -> object:  # noqa: ARG002 - as above
        values = only(fields)
        return {"true": True, "false": False}.get(values[0], values[0]) if values else None

    def _ticked(self, value: object) -> Sequence[str]:
        return ["true" if value else "false"] if isinstance(value, bool) else []

    def correct_form(self, body: Body) -> Value:
        return bool(body["answer"])

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        return ALL if isinstance(value, bool) and value == self.correct_form(body) else NOTHING

    def _choices(self, rendered: Body, option_order: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ARG002 - never shuffled
        feedback = {
            str(option["id"]).lower(): option.get("feedback")
            for option in rendered.get("options") or ()
        }
        return [
            {"id": option_id, "html": word, "feedback": feedback.get(option_id)}
            for option_id, word in YES_NO.items()
        ]
