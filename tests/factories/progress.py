"""The smallest valid rows of progress; each is committed at once."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState, Grade, Paper
from elearn.curriculum.models import Lesson, Module, Programme
from elearn.kernel.clock import utc_now
from elearn.org.models import Person
from elearn.progress.models import (
    CompletionSource,
    LessonMark,
    ModuleCompletion,
    ProgrammeCompletion,
)


def make_mark(
    session: Session, person: Person, lesson: Lesson, *, finished: bool = True
) -> LessonMark:
    """Let ``person`` open, and finish, the present version of ``lesson``."""
    mark = LessonMark(
        person_id=person.id,
        lesson_id=lesson.id,
        opened_version_id=lesson.published_version_id,
        opened_at=utc_now(),
        finished_version_id=lesson.published_version_id if finished else None,
        finished_at=utc_now() if finished else None,
    )
    session.add(mark)
    session.commit()
    return mark


def make_module_completion(
    session: Session, person: Person, module: Module, completed_on: date
) -> ModuleCompletion:
    """Let ``person`` have completed ``module``."""
    row = ModuleCompletion(
        person_id=person.id, module_id=module.id, completed_on=completed_on, completed_at=utc_now()
    )
    session.add(row)
    session.commit()
    return row


def make_completion(
    session: Session,
    person: Person,
    programme: Programme,
    completed_on: date,
    *,
    source: CompletionSource = CompletionSource.CLASS,
    expires_on: date | None = None,
    revoked_on: date | None = None,
    retracted_at: datetime | None = None,
) -> ProgrammeCompletion:
    """Let ``person`` have completed ``programme``."""
    row = ProgrammeCompletion(
        person_id=person.id,
        programme_id=programme.id,
        completed_on=completed_on,
        expires_on=expires_on,
        revoked_on=revoked_on,
        unit_id=None,
        group_codes=[],
        source=source,
        recorded_at=utc_now(),
        retracted_at=retracted_at,
    )
    session.add(row)
    session.commit()
    return row


def make_graded_attempt(
    session: Session, person: Person, paper: Paper, *, passed: bool = True, score: int = 8
) -> Attempt:
    """Let ``person`` sit ``paper`` and be graded ``score`` of 10."""
    assert paper.published_version_id is not None
    number = 1 + (
        session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(Attempt.person_id == person.id, Attempt.paper_id == paper.id)
        )
        or 0
    )
    now = utc_now()
    attempt = Attempt(
        person_id=person.id,
        paper_id=paper.id,
        paper_version_id=paper.published_version_id,
        number=number,
        seed="0",
        state=AttemptState.GRADED,
        started_at=now,
        submitted_at=now,
        closed_by="examinee",
    )
    session.add(attempt)
    session.flush()
    add_grade(session, attempt, passed=passed, score=score)
    return attempt


def add_grade(session: Session, attempt: Attempt, *, passed: bool, score: int) -> Grade:
    """Grade ``attempt`` once more; the last grade counts."""
    number = 1 + (
        session.scalar(
            select(func.count()).select_from(Grade).where(Grade.attempt_id == attempt.id)
        )
        or 0
    )
    grade = Grade(
        attempt_id=attempt.id,
        number=number,
        score=Decimal(score),
        max_score=Decimal(10),
        passed=passed,
        item_scores={},
        reason="submit",
        graded_at=utc_now(),
    )
    session.add(grade)
    session.commit()
    return grade
