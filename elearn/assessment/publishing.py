"""Writes of the bank: questions and papers as immutable versions."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.content import PaperContent, QuestionContent, render_question
from elearn.assessment.models import Paper, PaperVersion, Question, QuestionVersion
from elearn.infra.richtext_syntax import Context


def place_question(session: Session, code: str, bank: str) -> Question:
    """Return the question ``code`` in its bank, made or alive again if need be."""
    question = session.scalars(select(Question).where(Question.code == code)).one_or_none()
    if question is None:
        question = Question(code=code)
        session.add(question)
    question.bank = bank
    question.retired_at = None
    session.flush()
    return question


def publish_question(
    session: Session,
    question: Question,
    content: QuestionContent,
    context: Context,
    *,
    user_id: int | None,
    note: str | None,
    now: datetime,
) -> QuestionVersion:
    """Add the next version of ``question``, rendered in ``context``, and make it the one drawn.

    Running attempts keep the version they drew. Raises Invalid when a text cannot be rendered.
    """
    values = asdict(content)
    del values["code"]
    version = QuestionVersion(
        **values,
        question_id=question.id,
        number=_next_number(session, QuestionVersion, question.id),
        rendered=render_question(content.body, context),
        published_at=now,
        published_by=user_id,
        change_note=note,
    )
    session.add(version)
    session.flush()
    question.published_version_id = version.id
    session.flush()
    return version


def place_paper(session: Session, code: str) -> Paper:
    """Return the paper ``code``, made or alive again if need be."""
    paper = session.scalars(select(Paper).where(Paper.code == code)).one_or_none()
    if paper is None:
        paper = Paper(code=code)
        session.add(paper)
    paper.retired_at = None
    session.flush()
    return paper


def publish_paper(
    session: Session,
    paper: Paper,
    content: PaperContent,
    *,
    user_id: int | None,
    note: str | None,
    now: datetime,
) -> int:
    """Add the next version of ``paper``, make it the one sat from now on; return its number.

    Running attempts and planned rounds keep the version they began with.
    """
    values = asdict(content)
    del values["code"]
    version = PaperVersion(
        **values,
        paper_id=paper.id,
        number=_next_number(session, PaperVersion, paper.id),
        published_at=now,
        published_by=user_id,
        change_note=note,
    )
    session.add(version)
    session.flush()
    paper.published_version_id = version.id
    session.flush()
    return version.number


def _next_number(
    session: Session, kind: type[QuestionVersion] | type[PaperVersion], owner_id: int
) -> int:
    owner = QuestionVersion.question_id if kind is QuestionVersion else PaperVersion.paper_id
    return (session.scalar(select(func.max(kind.number)).where(owner == owner_id)) or 0) + 1


def question_content(question: Question, version: QuestionVersion) -> QuestionContent:
    """Return what was published as ``version``."""
    return QuestionContent(
        code=question.code,
        type=version.type,
        level=version.level,
        module_code=version.module_code,
        lesson_code=version.lesson_code,
        area=version.area,
        skills=version.skills,
        facts=version.facts,
        citations=version.citations,
        points=version.points,
        body=version.body,
    )


def paper_content(paper: Paper, version: PaperVersion) -> PaperContent:
    """Return what was published as ``version``."""
    return PaperContent(
        code=paper.code,
        title=version.title,
        kind=version.kind,
        time_limit_minutes=version.time_limit_minutes,
        attempts=version.attempts,
        cooldown_hours=version.cooldown_hours,
        pass_percent=version.pass_percent,
        shuffle=version.shuffle,
        feedback=version.feedback,
        sections=version.sections,
    )


def published_questions(session: Session) -> list[tuple[Question, QuestionVersion]]:
    """Return every question that is not retired with its published version, by bank and id."""
    rows = session.execute(
        select(Question, QuestionVersion)
        .join(QuestionVersion, Question.published_version_id == QuestionVersion.id)
        .where(Question.retired_at.is_(None))
        .order_by(Question.bank, Question.id)
    )
    return [(question, version) for question, version in rows]


def published_papers(session: Session) -> list[tuple[Paper, PaperVersion]]:
    """Return every paper that is not retired with its published version, by id."""
    rows = session.execute(
        select(Paper, PaperVersion)
        .join(PaperVersion, Paper.published_version_id == PaperVersion.id)
        .where(Paper.retired_at.is_(None))
        .order_by(Paper.id)
    )
    return [(paper, version) for paper, version in rows]
