"""Reads of modules, the question bank and every published version, for authors and reviewers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import Paper, PaperVersion, Question, QuestionVersion
from elearn.authoring.drafts.content import Content, LessonText, Outcome, PaperText, QuestionText
from elearn.authoring.drafts.queries import title_of
from elearn.authoring.drafts.rules import OPEN
from elearn.authoring.models import Draft, DraftKind, DraftState
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.kernel.errors import N_, Conflict, NotFound


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module with how much it holds."""

    code: str
    title: str
    lesson_count: int
    question_count: int


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson of a module; ``number`` None while nothing is published."""

    code: str
    title: str
    number: int | None
    published_at: datetime | None
    draft_state: DraftState | None


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module with its lessons in order, new ones at the end."""

    module_id: int
    code: str
    title: str
    lessons: tuple[LessonLine, ...]
    question_count: int


@dataclass(frozen=True, slots=True)
class Thing:
    """A lesson or question by code with what learners see of it; ``content`` None: nothing yet."""

    kind: DraftKind
    code: str
    module_code: str
    number: int | None
    content: Content | None
    is_retired: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One published version in the history."""

    number: int
    published_at: datetime
    published_by_name: str | None
    change_note: str | None
    is_current: bool


def list_modules(session: Session) -> list[ModuleLine]:
    """Return the modules in order with their counts of lessons and questions."""
    lessons = _counts(session, select(Lesson.module_id, func.count()).group_by(Lesson.module_id))
    questions = _counts(session, select(Question.bank, func.count()).group_by(Question.bank))
    rows = session.execute(
        select(Module.id, Module.code, Module.title)
        .where(Module.retired_at.is_(None))
        .order_by(Module.position, Module.code)
    )
    return [
        ModuleLine(code, title, lessons.get(module_id, 0), questions.get(code, 0))
        for module_id, code, title in rows
    ]


def _counts(session: Session, statement: Any) -> dict[Any, int]:  # noqa: ANN401 - two key types
    return {key: count for key, count in session.execute(statement)}  # noqa: C416 - rows, not pairs


def find_module_id(session: Session, code: str) -> int | None:
    """Return the id of the module, None when there is no such module."""
    return session.scalar(select(Module.id).where(Module.code == code))


def get_module(session: Session, code: str) -> ModuleView:
    """Return the module. Raises NotFound."""
    row = session.execute(select(Module.id, Module.title).where(Module.code == code)).one_or_none()
    if row is None:
        raise NotFound("module.unknown", N_("Không tìm thấy chuyên đề này."))
    questions = session.scalar(
        select(func.count()).select_from(Question).where(Question.bank == code)
    )
    return ModuleView(
        row.id, code, row.title, tuple(_lessons(session, row.id, code)), questions or 0
    )


def _lessons(session: Session, module_id: int, module_code: str) -> Iterator[LessonLine]:
    drafts = {
        code: (state, content)
        for code, state, content in session.execute(
            select(Draft.code, Draft.state, Draft.content).where(
                Draft.kind == DraftKind.LESSON,
                Draft.module_code == module_code,
                Draft.state.in_(OPEN),
            )
        )
    }
    rows = session.execute(
        select(Lesson.code, LessonVersion.title, LessonVersion.number, LessonVersion.published_at)
        .outerjoin(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .where(Lesson.module_id == module_id, Lesson.retired_at.is_(None))
        .order_by(Lesson.position, Lesson.code)
    )
    for code, title, number, published_at in rows:
        state, _content = drafts.pop(code, (None, None))
        yield LessonLine(code, title or code, number, published_at, state)
    for code, (state, content) in sorted(drafts.items()):
        yield LessonLine(code, content.get("title") or code, None, None, state)


def lesson_text(version: LessonVersion) -> LessonText:
    """Return the text of a published lesson."""
    return LessonText(
        title=version.title,
        minutes=version.minutes,
        outcomes=tuple(Outcome(row["text"], row["level"]) for row in version.outcomes),
        skills=tuple(version.skills),
        audience=tuple(version.audience),
        facts=tuple(version.facts),
        citations=tuple(version.citations),
        in_force_as_of=version.in_force_as_of,
        body=version.body,
    )


def question_text(version: QuestionVersion) -> QuestionText:
    """Return the text of a published question."""
    return QuestionText(
        type=version.type,
        level=version.level.value,
        lesson=version.lesson_code,
        area=version.area,
        skills=tuple(version.skills),
        facts=tuple(version.facts),
        citations=tuple(version.citations),
        points=format(version.points.normalize(), "f"),
        body=version.body,
    )


def paper_text(version: PaperVersion) -> PaperText:
    """Return the text of a published paper."""
    return PaperText(
        title=version.title,
        kind=version.kind.value,
        time_limit_minutes=version.time_limit_minutes,
        attempts=version.attempts,
        cooldown_hours=version.cooldown_hours,
        pass_percent=format(version.pass_percent.normalize(), "f"),
        shuffle=version.shuffle,
        feedback=version.feedback.value,
        sections=tuple(version.sections),
    )


def find_thing(session: Session, kind: DraftKind, code: str) -> Thing | None:
    """Return the lesson or question called ``code``, None when there is none yet."""
    row = session.execute(_BY_CODE[kind](code)).one_or_none()
    if row is None:
        return None
    retired_at, module_code, version = row
    if isinstance(version, QuestionVersion):
        module_code = version.module_code  # the bank of another module may hold the question
    number = version.number if version else None
    return Thing(kind, code, module_code, number, _text(version), retired_at is not None)


def _lesson_by_code(code: str) -> Select[datetime | None, str, Any]:
    return (
        select(Lesson.retired_at, Module.code, LessonVersion)
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .where(Lesson.code == code)
    )


def _question_by_code(code: str) -> Select[datetime | None, str, Any]:
    return (
        select(Question.retired_at, Question.bank, QuestionVersion)
        .outerjoin(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(Question.code == code)
    )


def _paper_by_code(code: str) -> Select[datetime | None, str, Any]:
    return (
        select(Paper.retired_at, literal(""), PaperVersion)
        .outerjoin(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.code == code)
    )


_BY_CODE = {
    DraftKind.LESSON: _lesson_by_code,
    DraftKind.QUESTION: _question_by_code,
    DraftKind.PAPER: _paper_by_code,
}
_TABLES: dict[DraftKind, tuple[Any, Any, Any]] = {
    DraftKind.LESSON: (Lesson, LessonVersion, LessonVersion.lesson_id),
    DraftKind.QUESTION: (Question, QuestionVersion, QuestionVersion.question_id),
    DraftKind.PAPER: (Paper, PaperVersion, PaperVersion.paper_id),
}


def _text(version: LessonVersion | QuestionVersion | PaperVersion | None) -> Content | None:
    if version is None:
        return None
    if isinstance(version, PaperVersion):
        return paper_text(version)
    return lesson_text(version) if isinstance(version, LessonVersion) else question_text(version)


def find_question(session: Session, code: str) -> Question | None:
    """Return the question's row, None when there is none yet."""
    return session.scalar(select(Question).where(Question.code == code))


def list_stems(session: Session, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Return (code, how the stem begins) of published questions, in the order of ``codes``."""
    rows = session.execute(
        select(Question.code, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(Question.code.in_(codes))
    )
    found = {row.code: title_of(question_text(row.QuestionVersion)) for row in rows}
    return [(code, found[code]) for code in codes if code in found]


def get_thing(session: Session, kind: DraftKind, code: str) -> Thing:
    """Return the lesson or question called ``code``. Raises NotFound."""
    thing = find_thing(session, kind, code)
    if thing is None:
        raise unknown(kind)
    return thing


def check_alive(thing: Thing) -> None:
    """Raise Conflict when ``thing`` is no longer in use."""
    if thing.is_retired:
        raise Conflict(
            "thing.retired", N_("“%(code)s” đã ngừng dùng nên không sửa được."), code=thing.code
        )


def unknown(kind: DraftKind) -> NotFound:
    """Return the refusal for a code that names nothing."""
    if kind is DraftKind.LESSON:
        return NotFound("lesson.unknown", N_("Không tìm thấy bài học này."))
    if kind is DraftKind.PAPER:
        return NotFound("paper.unknown", N_("Không tìm thấy đề này."))
    return NotFound("question.unknown", N_("Không tìm thấy câu hỏi này."))


def list_versions(session: Session, kind: DraftKind, code: str) -> list[VersionLine]:
    """Return every version, the newest first."""
    thing, version, owner = _TABLES[kind]
    rows = session.execute(
        select(
            version.number,
            version.published_at,
            User.display_name,
            version.change_note,
            thing.published_version_id == version.id,
        )
        .join(thing, thing.id == owner)
        .outerjoin(User, User.id == version.published_by)
        .where(thing.code == code)
        .order_by(version.number.desc())
    )
    return [
        VersionLine(number, at, name, note, bool(is_current))
        for number, at, name, note, is_current in rows
    ]


def get_version(session: Session, kind: DraftKind, code: str, number: int) -> Content:
    """Return the text of version ``number``. Raises NotFound."""
    thing, version, owner = _TABLES[kind]
    found = session.scalar(
        select(version)
        .join(thing, thing.id == owner)
        .where(thing.code == code, version.number == number)
    )
    text = _text(found)
    if text is None:
        raise NotFound("version.unknown", N_("Không tìm thấy phiên bản này."))
    return text
