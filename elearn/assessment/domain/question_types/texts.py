"""Answers of one line: a few words, or a number."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal

from elearn.assessment.domain.question_types.base import (
    ALL,
    NO_MARKS,
    NOTHING,
    Body,
    Control,
    ExplainedRow,
    Fields,
    Presented,
    QuestionType,
    Value,
    only,
)
from elearn.assessment.domain.question_types.writing import (
    LONGEST_KEY,
    as_typed,
    exact_key,
    folded_key,
    is_near,
    line_of,
    readings,
)


def key_of(text: str, match: str) -> str:
    """Return ``text`` in the form in which it is compared: ``match`` exact or folded."""
    return folded_key(text) if match == "folded" else exact_key(text)


class _Line(QuestionType):
    """One field in which a line is written; the value is that line, "" when it was cleared."""

    @abstractmethod
    def _rights(self, body: Body) -> list[str]:
        """Return the right answers as one may write them."""

    def check_value(self, body: Body, value: object) -> Value:  # noqa: ARG002 - any line may be said
        return line_of(value)

    def parse_form(self, body: Body, fields: Fields) -> object:  # noqa: ARG002 - checked afterwards
        values = only(fields)
        return values[0] if values else None

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:  # noqa: ARG002 - the value says all
        return {"": [value]} if isinstance(value, str) and value else {}

    def correct_form(self, body: Body) -> Value:
        return self._rights(body)[0]

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:  # noqa: ARG002 - nothing is shuffled
        return Presented(
            control=self.control, stem_html=rendered["stem"], unit=rendered.get("unit") or ""
        )

    def _told_rows(self, body: Body, rendered: Body, value: object) -> tuple[ExplainedRow, ...]:  # noqa: ARG002 - texts are plain
        text = value if isinstance(value, str) else ""
        is_correct = self.grade(body, value) == ALL
        return (ExplainedRow("", "", text, "", tuple(self._rights(body)), is_correct),)


class ShortText(_Line):
    """A few words. Spaces at the ends and in a row never matter; the form of Unicode neither.

    ``match: folded`` ignores case, accents and all spaces, and takes đ for d.
    """

    name = "short_text"
    control = Control.TEXT

    def _rights(self, body: Body) -> list[str]:
        return [str(answer) for answer in body["answers"]]

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        if not isinstance(value, str) or not self.is_answer(value):
            return NOTHING
        keys = {key_of(answer, body["match"]) for answer in self._rights(body)}
        return ALL if key_of(value, body["match"]) in keys else NOTHING

    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        if not isinstance(value, str) or not self.is_answer(value):
            return ()
        return (key_of(value, body["match"])[:LONGEST_KEY],)


class Numeric(_Line):
    """A number that may be off by the tolerance. The unit may be written behind it or left out.

    Decimal comma and point are the same; thousands may be parted. What can be read in two ways
    ("1.234") is right when either reading is. What is no number is kept and earns nothing.
    """

    name = "numeric"
    control = Control.NUMBER

    def _rights(self, body: Body) -> list[str]:
        return [as_typed(Decimal(str(body["answer"])))]

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        if not isinstance(value, str):
            return NOTHING
        answer, tolerance = Decimal(str(body["answer"])), Decimal(str(body["tolerance"]))
        numbers = readings(value, body.get("unit") or "")
        return ALL if any(is_near(number, answer, tolerance) for number in numbers) else NOTHING

    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        """Return the number in plain digits; of two readings the one nearer to the answer."""
        if not isinstance(value, str) or not self.is_answer(value):
            return ()
        numbers = readings(value, body.get("unit") or "")
        if not numbers:
            return (folded_key(value)[:LONGEST_KEY],)
        answer = Decimal(str(body["answer"]))
        nearest = min(numbers, key=lambda number: abs(number - answer))
        return (f"{nearest.normalize():f}"[:LONGEST_KEY],)
