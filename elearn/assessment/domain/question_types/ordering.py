"""Bringing items into the right order."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from elearn.assessment.domain.question_types.base import (
    NO_MARKS,
    Body,
    Control,
    ExplainedRow,
    Fields,
    Presented,
    QuestionType,
    Value,
    choices_of,
    refused,
)
from elearn.assessment.domain.question_types.naming import by_letter, opaque_ids


class Ordering(QuestionType):
    """Items to be numbered from first to last.

    The value is the list of their ids by place, "" where a place is left free. Every item at its
    right place earns the same part of the points; two items of the same text may change places.
    A form gives each item the number of its place; of two items with the same number only the
    first keeps it, and the other one is shown without a number again.
    """

    name = "ordering"
    control = Control.ORDERING

    def option_ids(self, body: Body) -> list[str]:
        return sorted(opaque_ids(body["items"]), key=by_letter)

    def always_shuffled(self, body: Body) -> frozenset[str]:
        return frozenset(opaque_ids(body["items"]))

    def check_value(self, body: Body, value: object) -> Value:
        known = set(opaque_ids(body["items"]))
        if not isinstance(value, list) or len(value) != len(known):
            raise refused()
        placed = [item for item in value if item != ""]
        if not all(isinstance(item, str) and item in known for item in placed):
            raise refused()
        if len(set(placed)) != len(placed):
            raise refused()
        return list(value)

    def parse_form(self, body: Body, fields: Fields) -> object:
        places = [""] * len(body["items"])
        for option_id in self.option_ids(body):
            number = _whole((fields.get(option_id) or [""])[0])
            if 1 <= number <= len(places) and not places[number - 1]:
                places[number - 1] = option_id
        return places

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:  # noqa: ARG002 - the value says all
        given = value if isinstance(value, list) else []
        return {item: [str(place)] for place, item in enumerate(given, 1) if item}

    def correct_form(self, body: Body) -> list[str]:
        return opaque_ids(body["items"])

    def _correct(self, body: Body, value: object) -> list[bool]:
        right = self.correct_form(body)
        if not isinstance(value, list) or len(value) != len(right):
            return [False] * len(right)
        texts = {"": None, **dict(zip(right, map(str.strip, body["items"]), strict=True))}
        return [texts[item] == texts[key] for item, key in zip(value, right, strict=True)]

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        correct = self._correct(body, value)
        return Decimal(sum(correct)) / len(correct)

    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        """Return the whole order, "0-2-1" when the third item as written was put second."""
        if not isinstance(value, list) or not self.is_answer(value):
            return ()
        places = {option_id: str(place) for place, option_id in enumerate(self.correct_form(body))}
        return ("-".join(places.get(item, "_") for item in value),)

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        return Presented(
            control=self.control,
            stem_html=rendered["stem"],
            choices=choices_of(rendered["items"], option_order),
        )

    def _told_rows(self, body: Body, rendered: Body, value: object) -> tuple[ExplainedRow, ...]:
        html = {"": "", **{item["id"]: item["html"] for item in rendered["items"]}}
        right = self.correct_form(body)
        given = value if isinstance(value, list) else [""] * len(right)
        told = zip(given, right, self._correct(body, value), strict=True)
        return tuple(
            ExplainedRow(str(place), html[item], "", html[key], (), is_correct)
            for place, (item, key, is_correct) in enumerate(told, 1)
        )


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
