"""Reads for the regrade: attempts with a corrected question, slice by slice, in few statements."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.marking.models import MarkingTask
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptItem,
    AttemptState,
    Grade,
    PaperVersion,
)
from elearn.assessment.regrading.models import RegradeOutcome
from elearn.assessment.regrading.rules import Case, Standing
from elearn.assessment.reviews.queries import decided_points

# Attempts in one slice: the memory of a regrade and the length of its transactions.
SLICE = 500


def graded_with(version_id: int) -> ColumnElement[bool]:
    """Return the condition that an attempt is graded and asked question version ``version_id``.

    Attempts that wait for marks are graded by the corrected key later; void ones never.
    """
    asked = exists().where(
        AttemptItem.attempt_id == Attempt.id, AttemptItem.question_version_id == version_id
    )
    return and_(Attempt.state == AttemptState.GRADED, asked)


def count_graded_with(session: Session, version_id: int) -> int:
    """Return how many attempts a correction of the version reaches."""
    return session.scalar(select(func.count(Attempt.id)).where(graded_with(version_id))) or 0


def list_slice(
    session: Session, version_id: int, after: int, *, locked: bool, size: int = SLICE
) -> list[int]:
    """Return the ids of the next attempts after ``after``, in order; ``locked`` until the end."""
    statement = (
        select(Attempt.id)
        .where(graded_with(version_id), Attempt.id > after)
        .order_by(Attempt.id)
        .limit(size)
    )
    return list(session.scalars(_locked(statement) if locked else statement))


def list_stragglers(
    session: Session, version_id: int, correction_id: int, begun_at: datetime
) -> list[int]:
    """Return attempts, locked, that were graded as the run began and that it has not seen.

    Their grading began before the correction was approved and ended after the run had passed.
    """
    seen = exists().where(
        RegradeOutcome.attempt_id == Attempt.id, RegradeOutcome.correction_id == correction_id
    )
    graded = exists().where(Grade.attempt_id == Attempt.id, Grade.graded_at <= begun_at)
    statement = (
        select(Attempt.id)
        .where(graded_with(version_id), ~seen, graded)
        .order_by(Attempt.id)
        .limit(SLICE)
    )
    return list(session.scalars(_locked(statement)))


def list_waiting(session: Session, version_id: int) -> list[int]:
    """Return the attempts that wait for marks of the question version."""
    return list(
        session.scalars(
            select(MarkingTask.attempt_id)
            .join(Attempt, Attempt.id == MarkingTask.attempt_id)
            .where(
                MarkingTask.question_version_id == version_id,
                MarkingTask.settled_at.is_(None),
                Attempt.state == AttemptState.SUBMITTED,
            )
            .distinct()
            .order_by(MarkingTask.attempt_id)
        )
    )


def _locked(statement: Select[int]) -> Select[int]:
    return statement.with_for_update(key_share=True, of=Attempt)


def iter_cases(
    session: Session, version_id: int, attempt_ids: Sequence[int]
) -> Iterator[tuple[Standing, list[Case]]]:
    """Yield each attempt with its last grade and the corrected questions in it. Four statements."""
    standings = _standings(session, attempt_ids)
    late = [one.attempt_id for one in standings if one.late_counted]
    items = session.execute(
        select(AttemptItem.id, AttemptItem.attempt_id, AttemptItem.points).where(
            AttemptItem.attempt_id.in_(attempt_ids),
            AttemptItem.question_version_id == version_id,
        )
    ).all()
    values = _values(session, attempt_ids, [row.id for row in items], late)
    decided = decided_points(session, attempt_ids)
    cases: dict[int, list[Case]] = {}
    for row in items:
        case = Case(row.id, row.points, values.get(row.id), decided.get(row.id))
        cases.setdefault(row.attempt_id, []).append(case)
    for standing in standings:
        yield standing, cases[standing.attempt_id]


def _standings(session: Session, attempt_ids: Sequence[int]) -> list[Standing]:
    later = aliased(Grade)
    last = (
        select(func.max(later.number)).where(later.attempt_id == Grade.attempt_id).scalar_subquery()
    )
    rows = session.execute(
        select(
            Grade.attempt_id,
            Grade.number,
            Grade.score,
            Grade.max_score,
            Grade.passed,
            PaperVersion.pass_percent,
            Grade.item_scores,
            Grade.late_counted,
        )
        .join(Attempt, Attempt.id == Grade.attempt_id)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .where(Grade.attempt_id.in_(attempt_ids), Grade.number == last)
        .order_by(Grade.attempt_id)
    )
    return [Standing(*row) for row in rows]


def _values(
    session: Session, attempt_ids: Sequence[int], item_ids: Sequence[int], late: Sequence[int]
) -> dict[int, object]:
    """Return {item id: the answer that counts}; late ones count in the attempts ``late``."""
    counts = or_(
        AnswerEvent.status == AnswerStatus.STORED,
        and_(AnswerEvent.status == AnswerStatus.LATE, AnswerEvent.attempt_id.in_(late)),
    )
    rows = session.execute(
        select(AnswerEvent.item_id, AnswerEvent.value)
        .where(AnswerEvent.attempt_id.in_(attempt_ids), AnswerEvent.item_id.in_(item_ids), counts)
        .order_by(AnswerEvent.epoch, AnswerEvent.client_seq, AnswerEvent.id)
    )
    return {row.item_id: row.value for row in rows}
