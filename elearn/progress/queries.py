"""What a person has done: the facts from which completion is judged."""

from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.models import Attempt, AttemptState, Grade, Paper
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.org.models import PositionAssignment
from elearn.org.scope import held_true, valid_on
from elearn.progress.models import (
    CompletionSource,
    LessonMark,
    ModuleCompletion,
    ProgrammeCompletion,
)
from elearn.progress.rules import KnownCompletion, ModuleFacts


def list_passed_papers(session: Session, person_id: int) -> set[str]:
    """Return the codes of the papers that a person has passed.

    The last grade of an attempt counts: a regrade may take a pass away or give it. A voided
    attempt passes nothing.
    """
    later = aliased(Grade)
    last_number = (
        select(func.max(later.number)).where(later.attempt_id == Grade.attempt_id).scalar_subquery()
    )
    return set(
        session.scalars(
            select(Paper.code)
            .join(Attempt, Attempt.paper_id == Paper.id)
            .join(Grade, Grade.attempt_id == Attempt.id)
            .where(
                Attempt.person_id == person_id,
                Attempt.state != AttemptState.VOIDED,
                Grade.passed,
                Grade.number == last_number,
            )
        )
    )


def list_finished_checks(session: Session, person_id: int) -> list[str]:
    """Return the codes of the inline checks in the lessons that a person has finished."""
    rows = session.scalars(
        select(LessonVersion.check_codes)
        .join(Lesson, Lesson.published_version_id == LessonVersion.id)
        .join(LessonMark, LessonMark.lesson_id == Lesson.id)
        .where(LessonMark.person_id == person_id, LessonMark.finished_at.is_not(None))
        .order_by(LessonMark.finished_at, Lesson.id)
    )
    return [code for codes in rows for code in codes]


def passes_a_module(session: Session, attempt_id: int) -> bool:
    """Whether the grade of an attempt that counts passes the test of some module."""
    passed = session.scalar(
        select(Grade.passed)
        .join(Attempt, Attempt.id == Grade.attempt_id)
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(Module, Module.test_paper_code == Paper.code)
        .where(Attempt.id == attempt_id)
        .order_by(Grade.number.desc())
        .limit(1)
    )
    return passed is True


def list_module_facts(session: Session, person_id: int) -> list[ModuleFacts]:
    """Return how far a person is in each module not retired. Two statements."""
    passed = list_passed_papers(session, person_id)
    lesson = and_(
        Lesson.module_id == Module.id,
        Lesson.published_version_id.is_not(None),
        Lesson.retired_at.is_(None),
    )
    mark = and_(LessonMark.lesson_id == Lesson.id, LessonMark.person_id == person_id)
    rows = session.execute(
        select(
            Module.id,
            Module.test_paper_code,
            func.count(Lesson.id).label("lessons"),
            func.count(LessonMark.finished_at).label("finished"),
        )
        .outerjoin(Lesson, lesson)
        .outerjoin(LessonMark, mark)
        .where(Module.retired_at.is_(None))
        .group_by(Module.id, Module.test_paper_code)
    )
    return [
        ModuleFacts(
            row.id, row.lessons, row.finished, row.test_paper_code, row.test_paper_code in passed
        )
        for row in rows
    ]


def completed_modules(session: Session, person_id: int) -> dict[int, date]:
    """Return the modules that a person has completed, with the day of each."""
    rows = session.execute(
        select(ModuleCompletion.module_id, ModuleCompletion.completed_on).where(
            ModuleCompletion.person_id == person_id
        )
    )
    return {row.module_id: row.completed_on for row in rows}


def list_completions(session: Session, person_id: int) -> list[KnownCompletion]:
    """Return the completions of programmes that we hold true, revoked and expired ones too.

    The latest first.
    """
    rows = session.scalars(
        select(ProgrammeCompletion)
        .where(
            ProgrammeCompletion.person_id == person_id,
            ProgrammeCompletion.retracted_at.is_(None),
        )
        .order_by(ProgrammeCompletion.completed_on.desc(), ProgrammeCompletion.id.desc())
    )
    return [
        KnownCompletion(
            programme_id=row.programme_id,
            completed_on=row.completed_on,
            expires_on=row.expires_on,
            revoked_on=row.revoked_on,
            is_online=row.source is CompletionSource.ONLINE,
            reference=row.reference,
        )
        for row in rows
    ]


def find_duty_unit(session: Session, person_id: int, day: date) -> int | None:
    """Return the duty unit of the primary post of a person on ``day``; None without one."""
    return session.scalar(
        select(PositionAssignment.duty_unit_id).where(
            PositionAssignment.person_id == person_id,
            PositionAssignment.is_primary,
            held_true(PositionAssignment),
            valid_on(PositionAssignment, day),
        )
    )
