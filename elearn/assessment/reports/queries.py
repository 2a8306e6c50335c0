"""Reads of reports about questions; those for authors never name who reported."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import Attempt, AttemptItem, Question, QuestionVersion
from elearn.assessment.policy import no_such_attempt
from elearn.assessment.reports.models import QuestionReport
from elearn.kernel.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as authors see it; ``number`` is the version that was asked."""

    id: int
    question_code: str
    stem: str
    number: int
    is_present: bool
    text: str
    at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as its author sees it."""

    text: str
    at: datetime
    answer: str | None


def find_item(session: Session, attempt_id: int, number: int, *, person_id: int | None) -> int:
    """Return the id of question ``number`` of the person's own attempt. Raises NotFound."""
    item_id = session.scalar(
        select(AttemptItem.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            AttemptItem.position == number,
        )
    )
    if item_id is None:
        raise no_such_attempt()
    return item_id


def list_own(session: Session, item_id: int, person_id: int) -> list[OwnReport]:
    """Return what a person has reported of one question, oldest first."""
    rows = session.scalars(
        select(QuestionReport)
        .where(QuestionReport.item_id == item_id, QuestionReport.person_id == person_id)
        .order_by(QuestionReport.at, QuestionReport.id)
    )
    return [OwnReport(row.text, row.at, row.answer) for row in rows]


def count_open(session: Session) -> int:
    """Return how many reports wait for an answer."""
    waiting = select(func.count()).where(QuestionReport.resolved_at.is_(None))
    return session.scalar(waiting) or 0


def page_of_reports(
    session: Session, page: PageRequest, *, resolved: bool, question_code: str = ""
) -> Page[ReportLine]:
    """Return reports, newest first: those that wait, or those ``resolved``; of one question."""
    chosen = (
        select(QuestionReport, Question, QuestionVersion, User.display_name)
        .join(AttemptItem, AttemptItem.id == QuestionReport.item_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .outerjoin(User, User.id == QuestionReport.resolved_by)
        .where(
            QuestionReport.resolved_at.is_not(None)
            if resolved
            else QuestionReport.resolved_at.is_(None)
        )
    )
    if question_code:
        chosen = chosen.where(Question.code == question_code)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.execute(
        chosen.order_by(QuestionReport.at.desc(), QuestionReport.id.desc())
        .limit(page.size)
        .offset(page.offset)
    ).all()
    lines = [
        _line(row.QuestionReport, row.Question, row.QuestionVersion, row.display_name)
        for row in rows
    ]
    return Page(lines, page.number, page.size, total)


def _line(
    report: QuestionReport, question: Question, version: QuestionVersion, resolver: str | None
) -> ReportLine:
    return ReportLine(
        id=report.id,
        question_code=question.code,
        stem=str(version.body.get("stem", "")),
        number=version.number,
        is_present=question.published_version_id == version.id,
        text=report.text,
        at=report.at,
        resolved_at=report.resolved_at,
        resolved_by=resolver,
        answer=report.answer,
    )
