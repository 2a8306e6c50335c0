"""Where a question is used: papers, rounds, attempts, and lessons that ask it inline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import PoolQuestion, blueprint_of
from elearn.assessment.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    Paper,
    PaperVersion,
    Question,
    QuestionVersion,
)
from elearn.assessment.publishing import published_papers
from elearn.assessment.rounds.models import Round
from elearn.authoring.catalogue.queries import find_question, unknown
from elearn.authoring.models import DraftKind
from elearn.curriculum.models import Lesson, LessonVersion, Module


@dataclass(frozen=True, slots=True)
class PaperUse:
    """A published paper that names the question (``is_fixed``) or may draw it."""

    code: str
    title: str
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class RoundUse:
    """A round in which the question was asked, in how many attempts."""

    code: str
    title: str
    opens_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class VersionUse:
    """How many attempts asked a version of the question; voided ones apart."""

    number: int
    count: int
    voided: int


@dataclass(frozen=True, slots=True)
class LessonUse:
    """A published lesson that asks the question inline."""

    code: str
    title: str
    module_code: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Everything that uses a question."""

    papers: tuple[PaperUse, ...]
    rounds: tuple[RoundUse, ...]
    versions: tuple[VersionUse, ...]
    lessons: tuple[LessonUse, ...]

    @property
    def attempt_count(self) -> int:
        """Return how many attempts asked it, in whatever version."""
        return sum(each.count + each.voided for each in self.versions)


def where_used(session: Session, code: str) -> Usage:
    """Return where the question ``code`` is used. Six statements. Raises NotFound."""
    question = find_question(session, code)
    if question is None:
        raise unknown(DraftKind.QUESTION)
    return Usage(
        papers=tuple(_papers(published_papers(session), question, _drawn(session, question))),
        rounds=_rounds(session, question.id),
        versions=_versions(session, question.id),
        lessons=_lessons(session, code),
    )


def _drawn(session: Session, question: Question) -> PoolQuestion | None:
    """Return the question as papers draw it; None while none of them may."""
    if question.published_version_id is None or question.retired_at is not None:
        return None
    if question.is_inline_check:
        return None
    version = session.get_one(QuestionVersion, question.published_version_id)
    return PoolQuestion(
        code=question.code,
        version_id=version.id,
        type=version.type,
        level=version.level.value,
        module=version.module_code,
        lesson=version.lesson_code,
        area=version.area,
        skills=frozenset(version.skills),
        points=version.points,
    )


def _papers(
    papers: Iterable[tuple[Paper, PaperVersion]], question: Question, drawn: PoolQuestion | None
) -> Iterator[PaperUse]:
    for paper, version in papers:
        blueprint = blueprint_of(version.sections, shuffle=version.shuffle)
        is_fixed = any(code == question.code for _, code in blueprint.fixed)
        is_drawn = drawn is not None and any(cell.admits(drawn) for cell in blueprint.cells)
        if is_fixed or is_drawn:
            yield PaperUse(paper.code, version.title, is_fixed)


def _rounds(session: Session, question_id: int) -> tuple[RoundUse, ...]:
    rows = session.execute(
        select(Round.code, Round.title, Round.opens_at, func.count(Attempt.id.distinct()))
        .join(Attempt, Attempt.round_id == Round.id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(QuestionVersion.question_id == question_id)
        .group_by(Round.id, Round.code, Round.title, Round.opens_at)
        .order_by(Round.opens_at.desc(), Round.id)
    )
    return tuple(RoundUse(*row) for row in rows)


def _versions(session: Session, question_id: int) -> tuple[VersionUse, ...]:
    voided = Attempt.state == AttemptState.VOIDED
    rows = session.execute(
        select(
            QuestionVersion.number,
            func.count(Attempt.id).filter(~voided),
            func.count(Attempt.id).filter(voided),
        )
        .outerjoin(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .outerjoin(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(QuestionVersion.question_id == question_id)
        .group_by(QuestionVersion.number)
        .order_by(QuestionVersion.number.desc())
    )
    return tuple(VersionUse(*row) for row in rows)


def _lessons(session: Session, code: str) -> tuple[LessonUse, ...]:
    rows = session.execute(
        select(Lesson.code, LessonVersion.title, Module.code, LessonVersion.check_codes)
        .join(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.retired_at.is_(None))
        .order_by(Module.position, Lesson.position, Lesson.code)
    )
    return tuple(
        LessonUse(lesson, title, module) for lesson, title, module, checks in rows if code in checks
    )
