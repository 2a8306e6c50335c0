"""One situation with several questions that are only asked together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from elearn.assessment.domain.question_types.base import (
    NO_MARKS,
    NOTHING,
    Body,
    Control,
    Explained,
    ExplainedPart,
    Fields,
    Presented,
    PresentedPart,
    QuestionType,
    Value,
    bounded,
    refused,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a case: its number from "0", its type, its body, its points."""

    name: str
    kind: QuestionType
    body: Mapping[str, Any]
    points: Decimal


class Case(QuestionType):
    """Questions of any type but case on one stem.

    The value is {"0": value of the first question, …}; unanswered ones are left out. A case earns
    the sum of its parts' shares weighed by their points. ``marks`` holds what people gave to
    parts, by the same numbers; "" stands for the whole case and then decides alone.
    """

    name = "case"
    control = Control.CASE

    def __init__(self, parts: Mapping[str, QuestionType]) -> None:
        """Take the types that the questions of a case may have."""
        self._types = parts

    def parts_of(self, body: Body) -> list[Part]:
        """Return the questions of the case in order."""
        return [
            Part(str(place), self._types[part["type"]], part, Decimal(str(part.get("points", 1))))
            for place, part in enumerate(body["questions"])
        ]

    def option_ids(self, body: Body) -> list[str]:
        """Return "1/b" for the option b of the second question."""
        return [
            f"{part.name}/{option_id}"
            for part in self.parts_of(body)
            for option_id in part.kind.option_ids(part.body)
        ]

    def always_shuffled(self, body: Body) -> frozenset[str]:
        return frozenset(
            f"{part.name}/{option_id}"
            for part in self.parts_of(body)
            for option_id in part.kind.always_shuffled(part.body)
        )

    def check_value(self, body: Body, value: object) -> Value:
        parts = {part.name: part for part in self.parts_of(body)}
        if not isinstance(value, dict) or not value.keys() <= parts.keys():
            raise refused()
        checked = {
            name: part.kind.check_value(part.body, value[name])
            for name, part in parts.items()
            if name in value
        }
        return {name: each for name, each in checked.items() if parts[name].kind.is_answer(each)}

    def parse_form(self, body: Body, fields: Fields) -> object:
        parsed = {
            part.name: part.kind.parse_form(part.body, _fields_of(part.name, fields))
            for part in self.parts_of(body)
        }
        return {name: value for name, value in parsed.items() if value is not None}

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:
        given = value if isinstance(value, dict) else {}
        return {
            f"{name}.{field}" if field else name: values
            for name, part in self._asked(asked)
            for field, values in self._types[part["type"]].form_of(part, given.get(name)).items()
        }

    def _asked(self, asked: Body) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield (number, part) of a body or of what was rendered of it."""
        return ((str(place), part) for place, part in enumerate(asked["questions"]))

    def is_complete(self, asked: Body, value: object) -> bool:
        given = value if isinstance(value, dict) else {}
        return all(
            self._types[part["type"]].is_complete(part, given.get(name))
            for name, part in self._asked(asked)
        )

    def correct_form(self, body: Body) -> Value:
        right = {part.name: part.kind.correct_form(part.body) for part in self.parts_of(body)}
        parts = {part.name: part for part in self.parts_of(body)}
        return {name: each for name, each in right.items() if parts[name].kind.is_answer(each)}

    def grade(self, body: Body, value: object, marks: Mapping[str, Decimal] = NO_MARKS) -> Decimal:
        if "" in marks:
            return bounded(marks[""])
        parts = self.parts_of(body)
        earned = sum((part.points * self._share(part, value, marks) for part in parts), NOTHING)
        return earned / sum((part.points for part in parts), NOTHING)

    def _share(self, part: Part, value: object, marks: Mapping[str, Decimal]) -> Decimal:
        return part.kind.grade(part.body, _given(part, value), _marks_of(part, marks))

    def needs_marking(self, body: Body) -> bool:
        return any(part.kind.needs_marking(part.body) for part in self.parts_of(body))

    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        """Return "0/b" for the option b of the first question."""
        return tuple(
            f"{part.name}/{key}"
            for part in self.parts_of(body)
            for key in part.kind.tally(part.body, _given(part, value))
        )

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        return Presented(
            control=self.control,
            stem_html=rendered["stem"],
            parts=tuple(
                PresentedPart(
                    name,
                    Decimal(str(part["points"])),
                    self._types[part["type"]].present(part, _order_of(name, option_order)),
                )
                for name, part in self._asked(rendered)
            ),
        )

    def explain(
        self,
        body: Body,
        rendered: Body,
        value: object,
        option_order: Sequence[str] = (),
        marks: Mapping[str, Decimal] = NO_MARKS,
    ) -> Explained:
        parts = zip(self.parts_of(body), rendered["questions"], strict=True)
        told = tuple(
            ExplainedPart(
                part.name,
                part.points,
                part.kind.explain(
                    part.body,
                    shown,
                    _given(part, value),
                    _order_of(part.name, option_order),
                    _marks_of(part, marks),
                ),
            )
            for part, shown in parts
        )
        return replace(
            super().explain(body, rendered, value, option_order, marks),
            parts=told,
            is_waiting="" not in marks and any(part.told.is_waiting for part in told),
        )


def _given(part: Part, value: object) -> object:
    return value.get(part.name) if isinstance(value, dict) else None


def _marks_of(part: Part, marks: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return {"": marks[part.name]} if part.name in marks else NO_MARKS


def _order_of(name: str, option_order: Sequence[str]) -> list[str]:
    mine = f"{name}/"
    return [each.removeprefix(mine) for each in option_order if each.startswith(mine)]


def _fields_of(name: str, fields: Fields) -> Fields:
    mine = f"{name}."
    inner = {key.removeprefix(mine): each for key, each in fields.items() if key.startswith(mine)}
    return {**inner, "": fields[name]} if name in fields else inner
