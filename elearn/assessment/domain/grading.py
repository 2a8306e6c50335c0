"""From answers to a score: Decimal throughout, rounded once, when the grade is frozen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from elearn.assessment.domain import question_types

# What the columns of a grade hold.
_FROZEN = Decimal("0.0001")


class Treatment(StrEnum):
    """How a question counts; only a correction of its key makes it other than KEY.

    ANY_ANSWER: whatever was answered earns all points. ANNULLED: the question is left out of what
    was earned and of what could be earned.
    """

    KEY = "KEY"
    ANY_ANSWER = "ANY_ANSWER"
    ANNULLED = "ANNULLED"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of an attempt with the answer that counts; ``value`` None is none.

    ``marks``: the shares that people gave, by part of a case, "" for the question itself.
    """

    item_id: int
    type: str
    body: Mapping[str, Any]
    points: Decimal
    value: object
    treatment: Treatment = Treatment.KEY
    marks: Mapping[str, Decimal] = field(default_factory=lambda: question_types.NO_MARKS)


@dataclass(frozen=True, slots=True)
class Graded:
    """The frozen result of an attempt. ``item_scores``: {item id: points earned}."""

    score: Decimal
    max_score: Decimal
    passed: bool
    item_scores: Mapping[int, Decimal]


def frozen(value: Decimal) -> Decimal:
    """Return ``value`` as the columns of a grade hold it: four decimals, half up."""
    return value.quantize(_FROZEN, ROUND_HALF_UP)


def unrounded(recorded: Decimal, exact: Decimal) -> Decimal:
    """Return ``exact`` where a grade has ``recorded`` it, else what was recorded otherwise."""
    return exact if frozen(exact) == recorded else recorded


def percent(score: Decimal, max_score: Decimal) -> Decimal:
    """Return the score in percent, 0 to 100, unrounded; 0 where nothing could be earned."""
    return score * 100 / max_score if max_score else Decimal(0)


def has_passed(score: Decimal, max_score: Decimal, pass_percent: Decimal) -> bool:
    """Whether the score reaches ``pass_percent`` of what could be earned, exactly counted."""
    return score * 100 >= pass_percent * max_score


def earned_by(item: Answered) -> Decimal:
    """Return the points, unrounded, that an answer earns."""
    if item.treatment is Treatment.ANNULLED:
        return Decimal(0)
    if item.treatment is Treatment.ANY_ANSWER:
        answered = question_types.type_of(item.type).is_answer(item.value)
        return item.points if answered else Decimal(0)
    return item.points * question_types.grade(item.type, item.body, item.value, item.marks)


def counted_points(item: Answered) -> Decimal:
    """Return what could be earned with a question."""
    return Decimal(0) if item.treatment is Treatment.ANNULLED else item.points


def grade(items: Iterable[Answered], pass_percent: Decimal) -> Graded:
    """Return the result of an attempt; unanswered questions earn nothing."""
    earned, total = {}, Decimal(0)
    for item in items:
        earned[item.item_id] = earned_by(item)
        total += counted_points(item)
    score = frozen(sum(earned.values(), Decimal(0)))
    return Graded(
        score=score,
        max_score=total,
        passed=has_passed(score, total, pass_percent),
        item_scores={item_id: frozen(points) for item_id, points in earned.items()},
    )
