"""What is taught, as learners may see it: programmes, paths, modules with their lessons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from elearn.curriculum.legal import WORDS, DocumentView, Register, full_name, read_register
from elearn.curriculum.models import (
    LegalDocument,
    Lesson,
    LessonVersion,
    Module,
    PathItem,
    Programme,
    Target,
)
from elearn.curriculum.rules import Deadline, PathStep

TRAINED = "TRAINED"


@dataclass(frozen=True, slots=True)
class ProgrammeHead:
    """A programme as its members see it."""

    programme_id: int
    code: str
    title: str
    period_to: date | None
    validity_months: int | None
    certificate_title: str
    deadlines: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class LessonHead:
    """A published lesson in the list of its module."""

    lesson_id: int
    version_id: int
    code: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """A module with its published lessons in order; there may be none yet."""

    module_id: int
    code: str
    title: str
    summary: str
    test_code: str | None
    lessons: tuple[LessonHead, ...]

    @property
    def minutes(self) -> int:
        """The reading time of all lessons together."""
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class Document:
    """A legal document on a day: its data, its full name, its force, the names of successors."""

    view: DocumentView
    name: str
    force: str
    successors: str


@dataclass(frozen=True, slots=True)
class CitingLesson:
    """A published lesson that cites a document."""

    module_code: str
    module_title: str
    lesson_code: str
    title: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with those that replace it, those it replaces, the lessons that cite it."""

    document: Document
    successors: tuple[Document, ...]
    predecessors: tuple[Document, ...]
    lessons: tuple[CitingLesson, ...]


def list_programmes(session: Session) -> list[ProgrammeHead]:
    """Return all programmes, the newest period first. Two statements."""
    deadlines: dict[int, list[Deadline]] = {}
    for target in session.scalars(select(Target).where(Target.measure == TRAINED)):
        deadlines.setdefault(target.programme_id, []).append(Deadline(target.group_code, target.by))
    rows = session.scalars(select(Programme).order_by(Programme.period_from.desc(), Programme.id))
    return [
        ProgrammeHead(
            programme_id=row.id,
            code=row.code,
            title=row.title,
            period_to=row.period_to,
            validity_months=row.validity_months,
            certificate_title=str(row.certificate.get("title", "")),
            deadlines=tuple(deadlines.get(row.id, ())),
        )
        for row in rows
    ]


def list_paths(session: Session) -> dict[int, list[PathStep]]:
    """Return the path of each programme in order; retired modules have left it. One statement."""
    rows = session.scalars(
        select(PathItem)
        .join(Module, Module.id == PathItem.module_id)
        .where(Module.retired_at.is_(None))
        .order_by(PathItem.programme_id, PathItem.position)
    )
    paths: dict[int, list[PathStep]] = {}
    for row in rows:
        step = PathStep(row.module_id, tuple(row.group_codes), row.required)
        paths.setdefault(row.programme_id, []).append(step)
    return paths


def list_test_papers(session: Session) -> list[str]:
    """Return the codes of the papers that are the test of a module not retired."""
    rows = session.scalars(
        select(Module.test_paper_code).where(
            Module.test_paper_code.is_not(None), Module.retired_at.is_(None)
        )
    )
    return [code for code in rows if code is not None]


def list_modules(session: Session, code: str | None = None) -> list[ModuleOutline]:
    """Return the modules not retired, or the one called ``code``, in order. One statement."""
    published = and_(Lesson.module_id == Module.id, Lesson.retired_at.is_(None))
    query = (
        select(
            Module,
            Lesson.id.label("lesson_id"),
            Lesson.code,
            LessonVersion.id.label("version_id"),
            LessonVersion.title,
            LessonVersion.minutes,
        )
        .outerjoin(Lesson, published)
        .outerjoin(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .where(Module.retired_at.is_(None))
        .order_by(Module.position, Module.id, Lesson.position, Lesson.id)
    )
    if code is not None:
        query = query.where(Module.code == code)
    lessons: dict[int, list[LessonHead]] = {}
    modules: dict[int, Module] = {}
    for module, lesson_id, lesson_code, version_id, title, minutes in session.execute(query):
        modules[module.id] = module
        heads = lessons.setdefault(module.id, [])
        if version_id is not None:
            heads.append(LessonHead(lesson_id, version_id, lesson_code, title, minutes))
    return [_outline(module, lessons[module.id]) for module in modules.values()]


def _outline(module: Module, lessons: list[LessonHead]) -> ModuleOutline:
    return ModuleOutline(
        module_id=module.id,
        code=module.code,
        title=module.title,
        summary=module.summary,
        test_code=module.test_paper_code,
        lessons=tuple(lessons),
    )


# Built once, as every lesson page asks.
_DOCUMENTS = select(LegalDocument).where(LegalDocument.code.in_(bindparam("codes", expanding=True)))


def document_codes(citations: Iterable[str]) -> list[str]:
    """Return the codes of the documents in ``citations`` (CODE or CODE:CLAUSE), each once."""
    return list(dict.fromkeys(citation.partition(":")[0] for citation in citations))


def list_documents(session: Session, citations: Iterable[str], *, on: date) -> list[Document]:
    """Return the documents that ``citations`` name and the register knows, as of the day ``on``.

    In the order of the citations. One statement, none without citations.
    """
    codes = document_codes(citations)
    if not codes:
        return []
    register = Register(session.scalars(_DOCUMENTS, {"codes": codes}), on)
    known = register.documents
    return [_document(register, known[code]) for code in codes if code in known]


def get_document_page(session: Session, code: str, *, on: date) -> DocumentPage:
    """Return the document ``code`` as of the day ``on``. Raises NotFound. Two statements."""
    register = read_register(session, on)
    view = register.get(code)
    lessons = session.execute(
        select(Module.code, Module.title, Lesson.code, LessonVersion.title, LessonVersion.citations)
        .join(Lesson, Lesson.module_id == Module.id)
        .join(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .where(Module.retired_at.is_(None), Lesson.retired_at.is_(None))
        .order_by(Module.position, Module.id, Lesson.position, Lesson.id)
    )
    return DocumentPage(
        document=_document(register, view),
        successors=tuple(_document(register, each) for each in register.successors(view)),
        predecessors=tuple(_document(register, each) for each in register.predecessors(view)),
        lessons=tuple(
            CitingLesson(module_code, module_title, lesson_code, title)
            for module_code, module_title, lesson_code, title, citations in lessons
            if code in document_codes(citations)
        ),
    )


def _document(register: Register, view: DocumentView) -> Document:
    return Document(view, full_name(view), WORDS[view.status], register.successor_names(view))


def module_titles(session: Session) -> dict[str, str]:
    """Return {code: title} of every module, retired ones too."""
    return {row.code: row.title for row in session.execute(select(Module.code, Module.title))}
