"""What is public now, with the digests that files are compared with."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Paper, PaperVersion, Question, QuestionVersion
from elearn.assessment.publishing import paper_content, question_content
from elearn.authoring.files.contents import digest, lesson_digest
from elearn.authoring.files.tree import strings
from elearn.curriculum.media import pictures_in
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.curriculum.publishing import Placement, lesson_content
from elearn.infra.richtext_source import Kind, scan
from elearn.infra.richtext_syntax import Picture


@dataclass(frozen=True, slots=True)
class LessonNow:
    """The public version of a lesson; a retired lesson is nowhere."""

    number: int
    digest: str
    placement: Placement | None


@dataclass(frozen=True, slots=True)
class QuestionNow:
    """The public version of a question."""

    number: int
    digest: str
    is_retired: bool


@dataclass(frozen=True, slots=True)
class PaperNow:
    """The public version of a paper."""

    number: int
    digest: str
    is_retired: bool


def lessons_now(session: Session, code: str | None = None) -> dict[str, LessonNow]:
    """Return the public lessons by code, or the one called ``code``, as the database has them."""
    query = select(Lesson, LessonVersion).join(
        LessonVersion, Lesson.published_version_id == LessonVersion.id
    )
    if code is not None:
        query = query.where(Lesson.code == code)
    rows = session.execute(query.execution_options(populate_existing=True))
    return {
        lesson.code: LessonNow(
            version.number,
            lesson_digest(lesson_content(lesson, version), _pairs(pictures_in(version.html))),
            None
            if lesson.retired_at
            else Placement(lesson.module_id, lesson.file_name, lesson.position),
        )
        for lesson, version in rows
    }


def questions_now(session: Session, code: str | None = None) -> dict[str, QuestionNow]:
    """Return the public questions by code, or the one called ``code``."""
    query = select(Question, QuestionVersion).join(
        QuestionVersion, Question.published_version_id == QuestionVersion.id
    )
    if code is not None:
        query = query.where(Question.code == code)
    rows = session.execute(query.execution_options(populate_existing=True))
    return {
        question.code: QuestionNow(
            version.number,
            digest(
                question_content(question, version),
                _pairs(pictures_in("".join(strings(version.rendered)))),
            ),
            question.retired_at is not None,
        )
        for question, version in rows
    }


def papers_now(session: Session, code: str | None = None) -> dict[str, PaperNow]:
    """Return the public papers by code, or the one called ``code``."""
    query = select(Paper, PaperVersion).join(
        PaperVersion, Paper.published_version_id == PaperVersion.id
    )
    if code is not None:
        query = query.where(Paper.code == code)
    rows = session.execute(query.execution_options(populate_existing=True))
    return {
        paper.code: PaperNow(
            version.number, digest(paper_content(paper, version)), paper.retired_at is not None
        )
        for paper, version in rows
    }


def picture_pairs(texts: Iterable[str], pictures: dict[str, Picture]) -> list[list[str]]:
    """Return (name, address) of the pictures that Markdown ``texts`` show."""
    used = {
        finding.value
        for text in texts
        for finding in scan(text)
        if finding.kind is Kind.PICTURE and finding.value in pictures
    }
    return _pairs({name: pictures[name] for name in used})


def _pairs(pictures: dict[str, Picture]) -> list[list[str]]:
    return [[name, pictures[name].url] for name in sorted(pictures)]
