"""The question bank as authors search it: without accents, by type, level, lesson and state."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Question, QuestionVersion
from elearn.authoring.catalogue.queries import question_text
from elearn.authoring.drafts.content import QuestionText, from_json
from elearn.authoring.drafts.queries import title_of
from elearn.authoring.drafts.rules import OPEN
from elearn.authoring.models import Draft, DraftKind, DraftState
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold


class BankState(StrEnum):
    """Where a question stands for its authors."""

    PUBLISHED = "PUBLISHED"
    CHANGING = "CHANGING"
    NEW = "NEW"
    RETIRED = "RETIRED"


@dataclass(frozen=True, slots=True)
class BankSearch:
    """Which questions to list; an empty value asks for all. ``text`` is matched without accents."""

    text: str = ""
    module_code: str = ""
    type: str = ""
    level: str = ""
    lesson: str = ""
    state: BankState | None = None


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the list; ``number`` None while it is not published."""

    code: str
    module_code: str
    stem: str
    type: str
    level: str
    lesson: str | None
    number: int | None
    state: BankState
    draft_id: int | None
    draft_state: DraftState | None


def list_lessons(session: Session, module_code: str = "") -> list[tuple[str, str]]:
    """Return (code, title) of the published lessons, of one module or of all."""
    statement = (
        select(Lesson.code, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.retired_at.is_(None))
        .order_by(Module.position, Lesson.position, Lesson.code)
    )
    if module_code:
        statement = statement.where(Module.code == module_code)
    return [(code, title) for code, title in session.execute(statement)]


def page_of_questions(
    session: Session, search: BankSearch, page: PageRequest
) -> Page[QuestionLine]:
    """Return the questions that ``search`` asks for, by code.

    The words are compared in Python: neither database folds Vietnamese, and a bank holds hundreds
    of questions, not hundreds of thousands.
    """
    wanted = fold(search.text)
    lines = [
        line
        for line, text in _lines(session, search.module_code)
        if _fits(line, search) and (not wanted or wanted in fold(_words(line, text)))
    ]
    lines.sort(key=lambda line: line.code)
    shown = lines[page.offset : page.offset + page.size]
    return Page(shown, page.number, page.size, len(lines))


def _words(line: QuestionLine, text: QuestionText) -> str:
    options = " ".join(option.text for option in text.options)
    return f"{line.code} {text.stem} {options} {text.explanation}"


def _fits(line: QuestionLine, search: BankSearch) -> bool:
    return (
        search.type in ("", line.type)
        and search.level in ("", line.level)
        and search.lesson in ("", line.lesson)
        and search.state in (None, line.state)
    )


def _drafts(session: Session) -> dict[str, Draft]:
    """Return the open drafts of questions by code; of two, the one begun in the browser."""
    rows = session.scalars(
        select(Draft)
        .where(Draft.kind == DraftKind.QUESTION, Draft.state.in_(OPEN))
        .order_by(Draft.origin.desc())
    )
    return {draft.code: draft for draft in rows}


def _lines(session: Session, module_code: str) -> Iterator[tuple[QuestionLine, QuestionText]]:
    drafts = _drafts(session)
    statement = select(Question, QuestionVersion).outerjoin(
        QuestionVersion, QuestionVersion.id == Question.published_version_id
    )
    if module_code:
        statement = statement.where(Question.bank == module_code)
    for question, version in session.execute(statement):
        draft = drafts.pop(question.code, None)
        text = question_text(version) if version is not None else _draft_text(draft)
        if text is not None:
            yield _line(question, version, draft, text), text
    for draft in drafts.values():
        new = _draft_text(draft)
        if new is not None and draft.base_number is None and module_code in ("", draft.module_code):
            yield _line(None, None, draft, new), new


def _draft_text(draft: Draft | None) -> QuestionText | None:
    content = from_json(draft.kind, draft.content) if draft is not None else None
    return content if isinstance(content, QuestionText) else None


def _line(
    question: Question | None,
    version: QuestionVersion | None,
    draft: Draft | None,
    text: QuestionText,
) -> QuestionLine:
    thing = question or draft
    if thing is None:
        raise ValueError("neither a question nor a draft")
    return QuestionLine(
        code=thing.code,
        module_code=thing.bank if isinstance(thing, Question) else thing.module_code,
        stem=title_of(text),
        type=text.type,
        level=text.level,
        lesson=text.lesson,
        number=version.number if version else None,
        state=_state(question, version, draft),
        draft_id=draft.id if draft else None,
        draft_state=draft.state if draft else None,
    )


def _state(
    question: Question | None, version: QuestionVersion | None, draft: Draft | None
) -> BankState:
    if question is not None and question.retired_at is not None:
        return BankState.RETIRED
    if version is None:
        return BankState.NEW
    return BankState.PUBLISHED if draft is None else BankState.CHANGING
