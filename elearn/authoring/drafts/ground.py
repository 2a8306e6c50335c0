"""What a draft stands on: what it may refer to, in what it is rendered, whom it would harm."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import PoolQuestion
from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import PaperKind, Question, QuestionVersion
from elearn.assessment.shortages import pool_question
from elearn.authoring.drafts.checks import Known, Problem, check, errors_of
from elearn.authoring.drafts.content import Content, LessonText, PaperText, QuestionText
from elearn.authoring.drafts.papers import problems_of as paper_problems
from elearn.authoring.files.models import EntryKind, FileState
from elearn.authoring.inline_checks import codes_in_lessons
from elearn.authoring.short_papers import by_inline_checks, harmed
from elearn.curriculum.legal import Register, read_register
from elearn.curriculum.media import current_media, pictures_of
from elearn.curriculum.models import Lesson, Module
from elearn.curriculum.publishing import lesson_context
from elearn.infra.richtext_source import Kind, scan
from elearn.infra.richtext_syntax import Context, Picture


class Ground:
    """The register as it stands on ``day`` and the pictures of the module ``module_code``."""

    def __init__(self, session: Session, module_code: str, day: date) -> None:
        self.session = session
        self.module_code = module_code
        self.register: Register = read_register(session, day)
        self.pictures: dict[str, Picture] = _pictures(session, module_code)

    def context(self, content: Content) -> Context:
        """Return what ``content`` is rendered in.

        A lesson shows the present status of what it cites; a question stays as it was published.
        """
        if isinstance(content, LessonText):
            return lesson_context(self.register, self.pictures)
        return Context(cite=self.register.cite_plainly, picture=self.pictures.get)

    def problems(self, code: str, content: Content) -> list[Problem]:
        """Return what stands against publishing ``content`` as what ``code`` names."""
        if isinstance(content, PaperText):
            return paper_problems(self.session, code, content)
        found = check(code, content, self._known())
        if isinstance(content, QuestionText) and not found:
            found += _short_papers(self.session, code, self.module_code, content)
        if isinstance(content, LessonText) and not errors_of(found):
            found += _papers_without_checks(self.session, content)
        return found

    def _known(self) -> Known:
        return Known(
            module_code=self.module_code,
            documents=frozenset(self.register.documents),
            lessons=_lessons(self.session),
            questions=_questions(self.session),
            pictures=frozenset(self.pictures),
            facts=_facts(self.session),
        )


def _pictures(session: Session, module_code: str) -> dict[str, Picture]:
    module_id = session.scalar(select(Module.id).where(Module.code == module_code))
    if module_id is None:
        return {}
    return pictures_of(current_media(session, [module_id]).get(module_id, {}))


def _lessons(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(Lesson.code, Module.code)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.published_version_id.is_not(None), Lesson.retired_at.is_(None))
    )
    return {lesson: module for lesson, module in rows}  # noqa: C416 - rows, not pairs


def _questions(session: Session) -> frozenset[str]:
    rows = session.scalars(
        select(Question.code)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(Question.retired_at.is_(None), QuestionVersion.type.in_(TYPES))
    )
    return frozenset(rows)


def _facts(session: Session) -> frozenset[str]:
    return frozenset(
        session.scalars(select(FileState.code).where(FileState.kind == EntryKind.FACT))
    )


def _published(session: Session, code: str) -> QuestionVersion | None:
    return session.scalar(
        select(QuestionVersion)
        .join(Question, Question.published_version_id == QuestionVersion.id)
        .where(Question.code == code)
    )


def _short_papers(
    session: Session, code: str, module_code: str, question: QuestionText
) -> list[Problem]:
    """Return the papers that could no longer be drawn once the question reads as ``question``."""
    before = _published(session, code)
    if before is None:
        return []  # one question more harms nobody
    after = _as_drawn(code, module_code, question)
    is_same = (before.type, before.level.value, before.lesson_code, before.area) == (
        after.type,
        after.level,
        after.lesson,
        after.area,
    )
    if is_same and frozenset(before.skills) == after.skills:
        return []

    def changed(pool: list[PoolQuestion], _kind: PaperKind) -> list[PoolQuestion]:
        return [replace(after, group=each.group) if each.code == code else each for each in pool]

    return [Problem(each.text()) for each in harmed(session, changed)]


def _papers_without_checks(session: Session, lesson: LessonText) -> list[Problem]:
    """Return the papers that would be short because the lesson shows keys it did not show."""
    asked = {found.value for found in scan(lesson.body) if found.kind is Kind.CHECK}
    fresh = asked - codes_in_lessons(session)
    if not fresh:
        return []
    return [Problem(each.text()) for each in by_inline_checks(session, frozenset(fresh))]


def _as_drawn(code: str, module_code: str, question: QuestionText) -> PoolQuestion:
    return pool_question(
        code,
        kind=question.type,
        level=question.level,
        module=module_code,
        lesson=question.lesson,
        area=question.area,
        skills=question.skills,
        points=_points(question.points),
    )


def _points(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(1)
