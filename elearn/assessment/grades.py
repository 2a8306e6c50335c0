"""Writes of grades: the first one of an attempt, and those that follow it. Never commits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import attempt_queries as reads
from elearn.assessment.domain import grading
from elearn.assessment.domain.grading import Answered
from elearn.assessment.domain.question_types import type_of
from elearn.assessment.models import Attempt, Grade, PaperVersion
from elearn.assessment.policy import LATE_COUNTED

MARKED = "marked"
_NONE = Decimal(0)
# {item id: {part of a case, "" for the question itself: share 0 to 1}}
Marks: TypeAlias = Mapping[int, Mapping[str, Decimal]]


def add_grade(
    session: Session,
    attempt: Attempt,
    *,
    reason: str,
    graded_by: int | None,
    now: datetime,
    items: Sequence[Answered] | None = None,
    marks: Marks | None = None,
) -> Grade:
    """Add the first grading of ``attempt``, by the keys that hold now.

    ``items``: its answers where they have been read already; ``marks``: shares given by people.
    """
    given = marks or {}
    answered = [
        replace(item, marks=given.get(item.item_id, item.marks))
        for item in (items or reads.list_answered(session, attempt.id))
    ]
    graded = grading.grade(answered, _pass_percent(session, attempt.id))
    grade = Grade(
        attempt_id=attempt.id,
        number=1,
        score=graded.score,
        max_score=graded.max_score,
        passed=graded.passed,
        item_scores={str(item_id): str(points) for item_id, points in graded.item_scores.items()},
        reason=reason,
        late_counted=False,
        graded_at=now,
        graded_by=graded_by,
    )
    session.add(grade)
    session.flush()
    return grade


def _pass_percent(session: Session, attempt_id: int) -> Decimal:
    statement = (
        select(PaperVersion.pass_percent)
        .join(Attempt, Attempt.paper_version_id == PaperVersion.id)
        .where(Attempt.id == attempt_id)
    )
    return session.execute(statement).scalar_one()


def append_grade(
    session: Session,
    before: Grade,
    points: Mapping[int, tuple[Decimal, Decimal]],
    *,
    reason: str,
    graded_by: int | None,
    now: datetime,
    late_counted: bool | None = None,
) -> Grade:
    """Add a grade after ``before`` that changes ``points`` {item id: (old, new)}; the rest stays.

    So what people have decided about other questions is never undone. ``late_counted`` None: as
    before.
    """
    score = grading.frozen(before.score + sum((new - old for old, new in points.values()), _NONE))
    pass_percent = _pass_percent(session, before.attempt_id)
    grade = Grade(
        attempt_id=before.attempt_id,
        number=before.number + 1,
        score=score,
        max_score=before.max_score,
        passed=grading.has_passed(score, before.max_score, pass_percent),
        item_scores={
            **before.item_scores,
            **{str(item_id): str(grading.frozen(new)) for item_id, (_, new) in points.items()},
        },
        reason=reason,
        late_counted=before.late_counted if late_counted is None else late_counted,
        graded_at=now,
        graded_by=graded_by,
    )
    session.add(grade)
    session.flush()
    return grade


def add_late_grade(
    session: Session, attempt: Attempt, before: Grade, *, graded_by: int, now: datetime
) -> Grade:
    """Add a grade in which the answers count that came too late (I5).

    What people have marked stays: an essay that came late is a matter for a score review.
    """
    in_time = {item.item_id: item for item in reads.list_answered(session, attempt.id)}
    points = {}
    for item in reads.list_answered(session, attempt.id, late=True):
        former = in_time[item.item_id]
        if item.value != former.value and not type_of(item.type).needs_marking(item.body):
            recorded = Decimal(before.item_scores[str(item.item_id)])
            old = grading.unrounded(recorded, grading.earned_by(former))
            points[item.item_id] = (old, grading.earned_by(item))
    return append_grade(
        session,
        before,
        points,
        reason=LATE_COUNTED,
        graded_by=graded_by,
        now=now,
        late_counted=True,
    )


def last_grade(session: Session, attempt: Attempt) -> Grade | None:
    """Return the grade of ``attempt`` that counts."""
    return session.scalars(
        select(Grade).where(Grade.attempt_id == attempt.id).order_by(Grade.number.desc()).limit(1)
    ).one_or_none()
