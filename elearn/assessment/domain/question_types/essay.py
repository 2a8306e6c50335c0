"""A free answer that people mark."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from elearn.assessment.domain.question_types.base import (
    NO_MARKS,
    NOTHING,
    Body,
    Control,
    Criterion,
    Explained,
    Fields,
    Presented,
    QuestionType,
    Value,
    bounded,
    only,
)
from elearn.assessment.domain.question_types.writing import text_of


class Essay(QuestionType):
    """A text, marked by a rubric; it earns nothing before it is marked. The value is the text.

    A text shorter than ``min_words`` is taken all the same: how much it lacks is for the markers.
    """

    name = "essay"
    control = Control.ESSAY

    def check_value(self, body: Body, value: object) -> Value:  # noqa: ARG002 - any text may be said
        return text_of(value)

    def parse_form(self, body: Body, fields: Fields) -> object:  # noqa: ARG002 - checked afterwards
        values = only(fields)
        return values[0] if values else None

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:  # noqa: ARG002 - the value says all
        return {"": [value]} if isinstance(value, str) and value else {}

    def correct_form(self, body: Body) -> Value:  # noqa: ARG002 - people alone know
        return ""

    def grade(
        self,
        body: Body,  # noqa: ARG002 - the rubric is for people
        value: object,  # noqa: ARG002 - as above
        marks: Mapping[str, Decimal] = NO_MARKS,
    ) -> Decimal:
        return bounded(marks.get("", NOTHING))

    def needs_marking(self, body: Body) -> bool:  # noqa: ARG002 - every one of them
        return True

    def tally(self, body: Body, value: object) -> tuple[str, ...]:  # noqa: ARG002 - as above
        """Return "written": texts cannot be counted by what they say."""
        return ("written",) if self.is_answer(value) else ()

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:  # noqa: ARG002 - nothing is shuffled
        return Presented(
            control=self.control,
            stem_html=rendered["stem"],
            min_words=rendered.get("min_words") or 0,
        )

    def explain(
        self,
        body: Body,
        rendered: Body,
        value: object,
        option_order: Sequence[str] = (),
        marks: Mapping[str, Decimal] = NO_MARKS,
    ) -> Explained:
        return replace(
            super().explain(body, rendered, value, option_order, marks),
            text=value if isinstance(value, str) else "",
            rubric=tuple(
                Criterion(str(line["criterion"]), Decimal(str(line["points"])))
                for line in body.get("rubric") or ()
            ),
            is_waiting=self.is_answer(value) and "" not in marks,
        )
