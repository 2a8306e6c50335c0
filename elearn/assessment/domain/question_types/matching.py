"""Finding again what belongs together."""

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
    Row,
    Value,
    choices_of,
    refused,
)
from elearn.assessment.domain.question_types.naming import by_letter, distinct, opaque_ids


def right_sides(body: Body) -> dict[str, str]:
    """Return {id: text} of the right sides and distractors; two of the same text are one."""
    texts = distinct(
        [pair["right"] for pair in body["pairs"]] + list(body.get("distractors") or ())
    )
    return dict(zip(opaque_ids(texts), texts, strict=True))


class Matching(QuestionType):
    """Left sides to be matched with right sides; several may share one right side.

    The value is the list of the ids of the right sides chosen, in the order of the left sides,
    "" where none is chosen. Every left side matched rightly earns the same part of the points;
    a wrong match earns nothing and costs nothing.
    """

    name = "matching"
    control = Control.MATCHING

    def option_ids(self, body: Body) -> list[str]:
        return sorted(right_sides(body), key=by_letter)

    def always_shuffled(self, body: Body) -> frozenset[str]:
        return frozenset(right_sides(body))

    def check_value(self, body: Body, value: object) -> Value:
        known = {"", *right_sides(body)}
        if not isinstance(value, list) or len(value) != len(body["pairs"]):
            raise refused()
        if not all(isinstance(item, str) and item in known for item in value):
            raise refused()
        return list(value)

    def parse_form(self, body: Body, fields: Fields) -> object:
        return [(fields.get(str(row)) or [""])[0] for row in range(len(body["pairs"]))]

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:  # noqa: ARG002 - the value says all
        given = value if isinstance(value, list) else []
        return {str(row): [chosen] for row, chosen in enumerate(given) if chosen}

    def correct_form(self, body: Body) -> list[str]:
        ids = {text: option_id for option_id, text in right_sides(body).items()}
        return [ids[pair["right"].strip()] for pair in body["pairs"]]

    def _correct(self, body: Body, value: object) -> list[bool]:
        right = self.correct_form(body)
        given = value if isinstance(value, list) and len(value) == len(right) else []
        if not given:
            return [False] * len(right)
        return [chosen == key for chosen, key in zip(given, right, strict=True)]

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        correct = self._correct(body, value)
        return Decimal(sum(correct)) / len(correct)

    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        """Return "0=2" for the first left side matched with the third right side as written."""
        places = {option_id: place for place, option_id in enumerate(right_sides(body))}
        given = value if isinstance(value, list) else []
        return tuple(f"{row}={places[item]}" for row, item in enumerate(given) if item in places)

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        return Presented(
            control=self.control,
            stem_html=rendered["stem"],
            choices=choices_of(rendered["rights"], option_order),
            rows=tuple(Row(str(row), html) for row, html in enumerate(rendered["lefts"])),
        )

    def _told_rows(self, body: Body, rendered: Body, value: object) -> tuple[ExplainedRow, ...]:
        html = {"": "", **{side["id"]: side["html"] for side in rendered["rights"]}}
        right = self.correct_form(body)
        given = value if isinstance(value, list) else [""] * len(right)
        told = zip(rendered["lefts"], given, right, self._correct(body, value), strict=True)
        return tuple(
            ExplainedRow(left, html[chosen], "", html[key], (), is_correct)
            for left, chosen, key, is_correct in told
        )
