"""Writes of what is taught: documents, modules, lessons as immutable versions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.curriculum.content import LegalContent, LessonContent, ModuleContent
from elearn.curriculum.legal import Register
from elearn.curriculum.media import pictures_in
from elearn.curriculum.models import LegalDocument, Lesson, LessonVersion, Module
from elearn.infra import richtext
from elearn.infra.richtext_syntax import Context, Picture


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a lesson stands."""

    module_id: int
    file_name: str
    position: int


def lesson_context(register: Register, pictures: Mapping[str, Picture]) -> Context:
    """Return what a lesson leans on: citations with their status, pictures of its module."""
    return Context(cite=register.cite, picture=pictures.get)


def upsert_legal_document(session: Session, content: LegalContent) -> str:
    """Write a document; return ``created``, ``updated`` or ``unchanged``."""
    document = session.scalars(
        select(LegalDocument).where(LegalDocument.code == content.code)
    ).one_or_none()
    return _upsert(session, document or LegalDocument(), asdict(content))


def upsert_module(session: Session, content: ModuleContent) -> str:
    """Write a module, alive again if it was retired; return what was done."""
    module = session.scalars(select(Module).where(Module.code == content.code)).one_or_none()
    return _upsert(session, module or Module(), {**asdict(content), "retired_at": None})


def _upsert(session: Session, row: LegalDocument | Module, values: dict[str, object]) -> str:
    is_new = row.id is None
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    if is_new:
        session.add(row)
    session.flush()
    if is_new:
        return "created"
    return "updated" if changed else "unchanged"


def find_lesson(session: Session, code: str) -> Lesson | None:
    """Return the lesson's row."""
    return session.scalars(select(Lesson).where(Lesson.code == code)).one_or_none()


def place_lesson(session: Session, code: str, placement: Placement) -> Lesson:
    """Return the lesson ``code`` at its place, made or alive again if need be."""
    lesson = find_lesson(session, code)
    if lesson is None:
        lesson = Lesson(code=code)
        session.add(lesson)
    lesson.module_id = placement.module_id
    lesson.file_name = placement.file_name
    lesson.position = placement.position
    lesson.retired_at = None
    session.flush()
    return lesson


def publish_lesson(
    session: Session,
    lesson: Lesson,
    content: LessonContent,
    context: Context,
    *,
    user_id: int | None,
    note: str | None,
    now: datetime,
) -> LessonVersion:
    """Add the next version of ``lesson``, rendered in ``context``, and make it what learners see.

    Raises Invalid when the text cannot be rendered.
    """
    rendered = richtext.render(content.body, context)
    values = asdict(content)
    del values["code"]
    version = LessonVersion(
        **values,
        lesson_id=lesson.id,
        number=_next_number(session, lesson.id),
        html=rendered.html,
        headings=rendered.headings,
        check_codes=rendered.check_codes,
        published_at=now,
        published_by=user_id,
        change_note=note,
    )
    session.add(version)
    session.flush()
    lesson.published_version_id = version.id
    session.flush()
    return version


def _next_number(session: Session, lesson_id: int) -> int:
    last = session.scalar(
        select(func.max(LessonVersion.number)).where(LessonVersion.lesson_id == lesson_id)
    )
    return (last or 0) + 1


def lesson_content(lesson: Lesson, version: LessonVersion) -> LessonContent:
    """Return what was published as ``version``."""
    return LessonContent(
        code=lesson.code,
        title=version.title,
        minutes=version.minutes,
        outcomes=version.outcomes,
        skills=version.skills,
        audience=version.audience,
        facts=version.facts,
        citations=version.citations,
        in_force_as_of=version.in_force_as_of,
        body=version.body,
    )


def published_lessons(session: Session) -> list[tuple[Lesson, LessonVersion]]:
    """Return every lesson that is not retired with its published version, in their order."""
    rows = session.execute(
        select(Lesson, LessonVersion)
        .join(LessonVersion, Lesson.published_version_id == LessonVersion.id)
        .where(Lesson.retired_at.is_(None))
        .order_by(Lesson.module_id, Lesson.position, Lesson.id)
    )
    return [(lesson, version) for lesson, version in rows]


def refresh_statuses(session: Session, register: Register) -> list[str]:
    """Render published lessons anew where the register reads differently; return their codes.

    Text, pictures and checks stay those of the version: only derived HTML changes
    (docs/adr/0005-citation-status.md).
    """
    changed: list[str] = []
    for lesson, version in published_lessons(session):
        context = lesson_context(register, pictures_in(version.html))
        rendered = richtext.render(version.body, context)
        if rendered.html != version.html:
            version.html, version.headings = rendered.html, rendered.headings
            changed.append(lesson.code)
    session.flush()
    return changed
