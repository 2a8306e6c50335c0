"""What a corrected key makes of a grade. Pure.

A correction touches its own question alone: the points of all other questions stay as the last
grade has them, so that marks given by people and decisions taken on review are never undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from elearn.assessment.domain import grading
from elearn.assessment.domain.grading import Answered, Treatment
from elearn.assessment.regrading.models import Change


@dataclass(frozen=True, slots=True)
class Key:
    """How a question version is graded by now; ``reason`` None: as it was published."""

    type: str
    body: Mapping[str, Any]
    treatment: Treatment = Treatment.KEY
    reason: str | None = None

    def answered(self, item_id: int, points: Decimal, value: object) -> Answered:
        """Return an answer as this key judges it."""
        return Answered(item_id, self.type, self.body, points, value, self.treatment)


@dataclass(frozen=True, slots=True)
class Case:
    """The corrected question in an attempt; ``decided``: points recorded by a score review."""

    item_id: int
    points: Decimal
    value: object
    decided: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The grade of an attempt that counts so far. ``item_scores``: {item id: points}."""

    attempt_id: int
    number: int
    score: Decimal
    max_score: Decimal
    passed: bool
    pass_percent: Decimal
    item_scores: Mapping[str, str]
    late_counted: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt under a corrected key. ``item_scores`` holds the corrected questions alone."""

    standing: Standing
    change: Change
    score: Decimal
    max_score: Decimal
    passed: bool
    item_scores: Mapping[str, str]

    @property
    def counts(self) -> bool:
        """Whether a grade is to be appended."""
        return self.change in (Change.RAISED, Change.LOWERED, Change.RESTATED)

    @property
    def newly_passed(self) -> bool:
        """Whether the attempt passes only by the correction."""
        return self.passed and not self.standing.passed and self.change is Change.RAISED

    @property
    def newly_failed(self) -> bool:
        """Whether the attempt passes no more, or would not if scores might fall."""
        return self.standing.passed and not self.passed


def judge(
    standing: Standing, cases: Sequence[Case], before: Key, after: Key, *, may_lower: bool
) -> Judged:
    """Return what ``after`` in place of ``before`` makes of the grade ``standing``.

    Up and down are told by the share of what could be earned, since a question left out changes
    both. Unless ``may_lower``, whoever would lose is KEPT. A paper of which nothing would be left
    to be earned is KEPT too.
    """
    score, total, earned = standing.score, standing.max_score, {}
    for case in cases:
        old = _old_points(standing, case, before)
        new = _new_points(case, after)
        score += new - old
        total += _counted(case, after) - _counted(case, before)
        earned[str(case.item_id)] = str(grading.frozen(new))
    score = grading.frozen(score)
    passed = grading.has_passed(score, total, standing.pass_percent)
    change = _change(standing, score, total, may_lower=may_lower)
    return Judged(standing, change, score, total, passed, earned)


def _old_points(standing: Standing, case: Case, before: Key) -> Decimal:
    """Return what the question has earned: exactly where the former key gave it, else as kept."""
    recorded = Decimal(standing.item_scores.get(str(case.item_id), "0"))
    exact = grading.earned_by(before.answered(case.item_id, case.points, case.value))
    return grading.unrounded(recorded, exact)


def _new_points(case: Case, after: Key) -> Decimal:
    """Return what the question earns now; points that a person recorded fall by no key."""
    earned = grading.earned_by(after.answered(case.item_id, case.points, case.value))
    if case.decided is None or after.treatment is Treatment.ANNULLED:
        return earned
    return max(case.decided, earned)


def _counted(case: Case, key: Key) -> Decimal:
    return grading.counted_points(key.answered(case.item_id, case.points, case.value))


def _change(standing: Standing, score: Decimal, total: Decimal, *, may_lower: bool) -> Change:
    if total <= 0:
        return Change.KEPT
    was, now = standing.score * total, score * standing.max_score
    if now > was:
        return Change.RAISED
    if now == was:
        return Change.UNCHANGED if total == standing.max_score else Change.RESTATED
    return Change.LOWERED if may_lower else Change.KEPT


@dataclass(slots=True)
class Tally:
    """Counts over many attempts."""

    attempts: int = 0
    raised: int = 0
    lowered: int = 0
    kept: int = 0
    newly_passed: int = 0
    newly_failed: int = 0

    def add(self, judged: Judged) -> None:
        """Count one attempt."""
        self.attempts += 1
        self.raised += judged.change is Change.RAISED
        self.lowered += judged.change is Change.LOWERED
        self.kept += judged.change is Change.KEPT
        self.newly_passed += judged.newly_passed
        self.newly_failed += judged.newly_failed
