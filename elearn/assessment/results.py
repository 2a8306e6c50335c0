"""Reads of the result of an ended attempt: score, history of grades, questions after release."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.attempt_queries import AttemptHead, counted, current_answers
from elearn.assessment.domain.grading import Treatment, percent
from elearn.assessment.domain.question_types import Explained, type_of
from elearn.assessment.marking.queries import ShownMark, marks_shown, shares_of
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    AttemptItem,
    Grade,
    QuestionVersion,
)
from elearn.assessment.policy import is_released, shows_score
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.regrading.queries import reasons_of
from elearn.assessment.regrading.rules import Key
from elearn.assessment.reviews.queries import find_review


@dataclass(frozen=True, slots=True)
class GradeLine:
    """One grading of an attempt; ``reason``: its code, ``words``: why, where people said so."""

    number: int
    score: Decimal
    max_score: Decimal
    passed: bool
    reason: str
    words: str
    graded_at: datetime


@dataclass(frozen=True, slots=True)
class ResultItem:
    """A question after release, with the points earned; ``key`` tells whether it was corrected."""

    id: int
    number: int
    section: int
    points: Decimal
    earned: Decimal
    told: Explained
    citations: tuple[str, ...]
    key: Key
    marks: tuple[ShownMark, ...]

    @property
    def cited(self) -> tuple[str, ...]:
        """Return the codes of the documents cited, each once."""
        return tuple(dict.fromkeys(citation.partition(":")[0] for citation in self.citations))


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a graded attempt; ``items`` is empty unless keys are released."""

    score: Decimal
    max_score: Decimal
    percent: Decimal
    passed: bool
    graded_at: datetime
    is_released: bool
    late_count: int
    items: tuple[ResultItem, ...]
    history: tuple[GradeLine, ...]


def get_result(session: Session, head: AttemptHead) -> Result | None:
    """Return the result of ``head``, with keys only where its paper releases them (C24).

    None while the attempt is not graded, before its round has closed, and once it is voided.
    """
    closed = head.round_closed_at is not None
    in_round = head.round_id is not None
    if not shows_score(head.state, in_round=in_round, is_closed=closed):
        return None
    history = list_grades(session, head.id)
    grade = find_last(session, head.id)
    if grade is None:
        return None
    late_count = session.scalar(
        select(func.count()).where(
            AnswerEvent.attempt_id == head.id, AnswerEvent.status == AnswerStatus.LATE
        )
    )
    released = is_released(head.feedback, head.state, in_round=in_round, is_closed=closed)
    return Result(
        score=grade.score,
        max_score=grade.max_score,
        percent=percent(grade.score, grade.max_score),
        passed=grade.passed,
        graded_at=grade.graded_at,
        is_released=released,
        late_count=late_count or 0,
        items=list_result_items(session, head.id, grade) if released else (),
        history=tuple(history) if len(history) > 1 else (),
    )


def find_last(session: Session, attempt_id: int) -> Grade | None:
    """Return the grade of an attempt that counts, None before it is graded."""
    return session.scalars(
        select(Grade).where(Grade.attempt_id == attempt_id).order_by(Grade.number.desc()).limit(1)
    ).one_or_none()


def get_last(session: Session, attempt_id: int) -> Grade:
    """Return the grade of a graded attempt that counts."""
    grade = find_last(session, attempt_id)
    if grade is None:
        raise LookupError(f"attempt {attempt_id} has no grade")
    return grade


def list_grades(session: Session, attempt_id: int) -> list[GradeLine]:
    """Return every grading of an attempt, the first one first, with what was said about it."""
    rows = session.scalars(
        select(Grade).where(Grade.attempt_id == attempt_id).order_by(Grade.number)
    ).all()
    words = dict(reasons_of(session, attempt_id)) if len(rows) > 1 else {}
    review = find_review(session, attempt_id) if len(rows) > 1 else None
    if review is not None and review.grade_number is not None:
        words[review.grade_number] = review.decision_reason or ""
    return [
        GradeLine(
            number=row.number,
            score=row.score,
            max_score=row.max_score,
            passed=row.passed,
            reason=row.reason,
            words=words.get(row.number, ""),
            graded_at=row.graded_at,
        )
        for row in rows
    ]


def list_result_items(session: Session, attempt_id: int, grade: Grade) -> tuple[ResultItem, ...]:
    """Return every question with key, answer and marks; the caller answers for the release."""
    current = current_answers(session, attempt_id, statuses=counted(late=grade.late_counted))
    rows = session.execute(
        select(AttemptItem, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    ).all()
    keys = effective_bodies(session, [row.QuestionVersion.id for row in rows])
    has_essays = _has_essays(keys.values())
    shares = shares_of(session, attempt_id) if has_essays else {}
    marks = marks_shown(session, attempt_id) if has_essays else {}
    return tuple(
        ResultItem(
            id=row.AttemptItem.id,
            number=row.AttemptItem.position,
            section=row.AttemptItem.section,
            points=row.AttemptItem.points,
            earned=Decimal(grade.item_scores[str(row.AttemptItem.id)]),
            told=type_of(row.QuestionVersion.type).explain(
                keys[row.QuestionVersion.id].body,
                row.QuestionVersion.rendered,
                current[row.AttemptItem.id].value if row.AttemptItem.id in current else None,
                row.AttemptItem.option_order,
                shares.get(row.AttemptItem.id, {}),
            ),
            citations=tuple(row.QuestionVersion.citations),
            key=keys[row.QuestionVersion.id],
            marks=tuple(marks.get(row.AttemptItem.id, ())),
        )
        for row in rows
    )


def _has_essays(keys: Iterable[Key]) -> bool:
    return any(type_of(key.type).needs_marking(key.body) for key in keys)


def list_numbers(session: Session, attempt_id: int) -> list[tuple[int, int]]:
    """Return (item id, number) of the questions of an attempt, in order."""
    rows = session.execute(
        select(AttemptItem.id, AttemptItem.position)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    return [(row.id, row.position) for row in rows]


def list_points(session: Session, attempt_id: int) -> dict[int, Decimal]:
    """Return {item id: points it can bring}; questions left out of the maximum bring none."""
    rows = session.execute(
        select(AttemptItem.id, AttemptItem.question_version_id, AttemptItem.points).where(
            AttemptItem.attempt_id == attempt_id
        )
    ).all()
    keys = effective_bodies(session, [row.question_version_id for row in rows])
    return {
        row.id: row.points
        for row in rows
        if keys[row.question_version_id].treatment is not Treatment.ANNULLED
    }
