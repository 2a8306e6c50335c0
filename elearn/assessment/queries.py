"""Reads of papers and of a person's history with a paper; pools and forms: forms/queries.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.domain.draw import Blueprint, blueprint_of, option_orders
from elearn.assessment.domain.grading import percent
from elearn.assessment.domain.question_types import type_of
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptState,
    ExtraAttempt,
    FeedbackRule,
    Grade,
    Paper,
    PaperKind,
    PaperVersion,
    QuestionVersion,
)
from elearn.assessment.policy import History, shows_score
from elearn.assessment.rounds.models import Round
from elearn.assessment.rounds.queries import KINDS_OF_ROUNDS, Seat
from elearn.kernel.errors import N_, NotFound


@dataclass(frozen=True, slots=True)
class PaperRules:
    """A version of a paper: what is asked, how long, how often, what passes."""

    paper_id: int
    version_id: int
    code: str
    title: str
    kind: PaperKind
    time_limit_minutes: int | None
    attempts: int | None
    cooldown_hours: int
    pass_percent: Decimal
    feedback: FeedbackRule
    section_titles: tuple[str, ...]
    blueprint: Blueprint
    in_rounds: bool


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt in a list; scores are None until it is graded, ``percent`` 0 to 100."""

    id: int
    paper_id: int
    paper_code: str
    paper_title: str
    number: int
    state: AttemptState
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    closed_by: str | None
    score: Decimal | None
    max_score: Decimal | None
    percent: Decimal | None
    passed: bool | None
    late_count: int
    is_late_counted: bool
    round_id: int | None


def rules_of(code: str, version: PaperVersion, *, in_rounds: bool = False) -> PaperRules:
    """Return ``version`` of the paper ``code`` as rules."""
    return PaperRules(
        paper_id=version.paper_id,
        version_id=version.id,
        code=code,
        title=version.title,
        kind=version.kind,
        time_limit_minutes=version.time_limit_minutes,
        attempts=version.attempts,
        cooldown_hours=version.cooldown_hours,
        pass_percent=version.pass_percent,
        feedback=version.feedback,
        section_titles=tuple(str(section["title"]) for section in version.sections),
        blueprint=blueprint_of(version.sections, shuffle=version.shuffle),
        in_rounds=in_rounds and version.kind in KINDS_OF_ROUNDS,
    )


def was_planned() -> ColumnElement[bool]:
    """Return the condition that a paper has ever been planned in a round."""
    return exists().where(Round.paper_id == Paper.id, Round.planned_at.is_not(None))


def get_paper(session: Session, code: str) -> PaperRules:
    """Return the published version of the paper ``code``. Raises NotFound.

    ``in_rounds``: a survey or final paper that has ever been planned in a round is sat in rounds
    only, so that nobody practises on it or meets it before his time.
    """
    row = session.execute(
        select(Paper.code, PaperVersion, was_planned().label("was_planned"))
        .join(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.code == code, Paper.retired_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound("assessment.paper", N_("Không có bài kiểm tra này."))
    return rules_of(row.code, row.PaperVersion, in_rounds=row.was_planned)


def get_pinned(session: Session, paper: PaperRules, version_id: int) -> PaperRules:
    """Return the version of ``paper`` that a round has pinned; no statement when it is this."""
    if version_id == paper.version_id:
        return paper
    version = session.get_one(PaperVersion, version_id)
    return rules_of(paper.code, version, in_rounds=True)


def get_paper_version(session: Session, version_id: int) -> PaperRules:
    """Return a version of a paper, published or not. Raises NotFound."""
    row = session.execute(
        select(Paper.code, PaperVersion)
        .join(PaperVersion, PaperVersion.paper_id == Paper.id)
        .where(PaperVersion.id == version_id)
    ).one_or_none()
    if row is None:
        raise NotFound("assessment.paper", N_("Không có bài kiểm tra này."))
    return rules_of(row.code, row.PaperVersion)


def list_papers(session: Session) -> list[tuple[str, str]]:
    """Return (code, title) of every published paper, by title."""
    rows = session.execute(
        select(Paper.code, PaperVersion.title)
        .join(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.retired_at.is_(None))
        .order_by(PaperVersion.title, Paper.code)
    )
    return [(row.code, row.title) for row in rows]


def list_option_orders(
    session: Session, version_ids: Sequence[int], seed: str, *, shuffle: bool
) -> list[list[str]]:
    """Return in which order ``seed`` shows the options of each question version, as given.

    What was written in the right order is shuffled even where ``shuffle`` is False.
    """
    rows = session.execute(
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.body).where(
            QuestionVersion.id.in_(version_ids)
        )
    )
    asked = {row.id: (type_of(row.type), row.body) for row in rows}
    questions = [asked[version_id] for version_id in version_ids]
    ids = [kind.option_ids(body) for kind, body in questions]
    orders = option_orders(ids, seed, shuffle=True)
    if shuffle:
        return orders
    free = [kind.always_shuffled(body) for kind, body in questions]
    return [
        [each for each in written if each not in mine] + [each for each in order if each in mine]
        for written, order, mine in zip(ids, orders, free, strict=True)
    ]


def uses_up() -> ColumnElement[bool]:
    """Return the condition that an attempt is one of those allowed: not voided, or decided so."""
    return or_(Attempt.state != AttemptState.VOIDED, Attempt.void_uses_up)


def get_history(
    session: Session, person_id: int, paper_id: int, seat: Seat | None = None
) -> History:
    """Return what limits the next attempt of a person at a paper; one statement.

    In a round only its own attempts count, and what was granted since it was planned.
    """
    mine = and_(Attempt.person_id == person_id, Attempt.paper_id == paper_id, uses_up())
    granted = and_(ExtraAttempt.person_id == person_id, ExtraAttempt.paper_id == paper_id)
    if seat is not None:
        mine = and_(mine, Attempt.round_id == seat.round_id)
        granted = and_(granted, ExtraAttempt.granted_at >= seat.planned_at)
    more = select(func.coalesce(func.sum(ExtraAttempt.count), 0)).where(granted).scalar_subquery()
    row = session.execute(
        select(
            func.count().label("used"),
            func.max(Attempt.submitted_at).label("last_ended_at"),
            more.label("granted"),
        ).where(mine)
    ).one()
    return History(used=row.used, granted=int(row.granted), last_ended_at=row.last_ended_at)


def list_attempts(
    session: Session, person_id: int, paper_id: int | None = None
) -> list[AttemptLine]:
    """Return the attempts of one person, newest first; the caller answers for who may see them."""
    last_grade = (
        select(func.max(Grade.number))
        .where(Grade.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    late = (
        select(func.count())
        .where(AnswerEvent.attempt_id == Attempt.id, AnswerEvent.status == AnswerStatus.LATE)
        .correlate(Attempt)
        .scalar_subquery()
    )
    statement = (
        select(
            Attempt,
            Paper.code,
            PaperVersion.title,
            Grade,
            late.label("late_count"),
            Round.closed_at,
        )
        .outerjoin(Round, Round.id == Attempt.round_id)
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .outerjoin(Grade, and_(Grade.attempt_id == Attempt.id, Grade.number == last_grade))
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    if paper_id is not None:
        statement = statement.where(Attempt.paper_id == paper_id)
    return [
        _line(
            row.Attempt,
            row.code,
            row.title,
            _counting(row.Attempt, row.Grade, row.closed_at),
            row.late_count,
        )
        for row in session.execute(statement)
    ]


def _counting(
    attempt: Attempt, grade: Grade | None, round_closed_at: datetime | None
) -> Grade | None:
    """Return the grade that is told: none of a voided attempt, none before its round has closed."""
    in_round, is_closed = attempt.round_id is not None, round_closed_at is not None
    return grade if shows_score(attempt.state, in_round=in_round, is_closed=is_closed) else None


def _line(
    attempt: Attempt, code: str, title: str, grade: Grade | None, late_count: int
) -> AttemptLine:
    return AttemptLine(
        id=attempt.id,
        paper_id=attempt.paper_id,
        paper_code=code,
        paper_title=title,
        number=attempt.number,
        state=attempt.state,
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        submitted_at=attempt.submitted_at,
        closed_by=attempt.closed_by,
        score=grade.score if grade else None,
        max_score=grade.max_score if grade else None,
        percent=percent(grade.score, grade.max_score) if grade else None,
        passed=grade.passed if grade else None,
        late_count=late_count,
        is_late_counted=grade is not None and grade.late_counted,
        round_id=attempt.round_id,
    )


@dataclass(frozen=True, slots=True)
class GrantLine:
    """Further attempts that were granted, by whom and why."""

    paper_title: str
    count: int
    reason: str
    granted_by: str
    granted_at: datetime


def list_grants(session: Session, person_id: int) -> list[GrantLine]:
    """Return what was granted to one person, newest first; the caller answers for the scope."""
    rows = session.execute(
        select(ExtraAttempt, PaperVersion.title, Paper.code, User.display_name)
        .join(Paper, Paper.id == ExtraAttempt.paper_id)
        .outerjoin(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .join(User, User.id == ExtraAttempt.granted_by)
        .where(ExtraAttempt.person_id == person_id)
        .order_by(ExtraAttempt.granted_at.desc(), ExtraAttempt.id.desc())
    )
    return [
        GrantLine(
            paper_title=row.title or row.code,
            count=row.ExtraAttempt.count,
            reason=row.ExtraAttempt.reason,
            granted_by=row.display_name,
            granted_at=row.ExtraAttempt.granted_at,
        )
        for row in rows
    ]


def best_of(lines: Sequence[AttemptLine]) -> AttemptLine | None:
    """Return the best graded attempt of ``lines``: passed first, then the highest percentage."""
    graded = [line for line in lines if line.percent is not None]
    return max(
        graded, key=lambda line: (bool(line.passed), line.percent, -line.number), default=None
    )
