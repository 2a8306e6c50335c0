"""One lesson as its learner sees it, in three statements however long the module is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.domain.question_types import TYPES, Explained, Fields, Presented
from elearn.assessment.models import Question, QuestionVersion
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.curriculum.queries import Document, list_documents
from elearn.infra.richtext import CheckSlot, split_checks
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, NotFound
from elearn.progress.models import CheckAnswer, LessonMark


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A lesson in the list of its module, with how far the reader is in it."""

    code: str
    title: str
    minutes: int
    is_current: bool
    is_opened: bool
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Check:
    """An inline check question; ``explained`` once the reader has answered this wording of it.

    ``filled``: what its fields say then.
    """

    code: str
    number: int
    question_id: int
    version_id: int
    type: str
    presented: Presented
    filled: Fields
    explained: Explained | None
    is_outdated: bool

    @property
    def is_answered(self) -> bool:
        """Whether the reader has answered the present wording."""
        return self.explained is not None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a lesson in order: published HTML, or an inline check question."""

    html: str | None
    check: Check | None


@dataclass(frozen=True, slots=True)
class Change:
    """A version published after the one that the reader opened or finished."""

    number: int
    published_at: datetime
    note: str | None

    @property
    def published_on(self) -> date:
        """The local day of its publication."""
        return local_day(self.published_at)


@dataclass(frozen=True, slots=True)
class LessonText:
    """A published version of a lesson."""

    version_id: int
    number: int
    title: str
    minutes: int
    outcomes: tuple[dict[str, str], ...]
    in_force_as_of: date
    headings: tuple[dict[str, str], ...]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class LessonPage:
    """Everything the page of a lesson shows."""

    lesson_id: int
    code: str
    module_code: str
    module_title: str
    test_code: str | None
    text: LessonText
    blocks: tuple[Block, ...]
    documents: tuple[Document, ...]
    outline: tuple[OutlineEntry, ...]
    opened_at: datetime | None
    finished_at: datetime | None
    changes: tuple[Change, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """The inline check questions in order."""
        return tuple(block.check for block in self.blocks if block.check is not None)

    @property
    def unanswered(self) -> tuple[Check, ...]:
        """The inline check questions that still keep the lesson from being finished."""
        return tuple(check for check in self.checks if not check.is_answered)

    @property
    def place(self) -> int:
        """Which lesson of the module it is, counted from 1."""
        return 1 + next(at for at, entry in enumerate(self.outline) if entry.is_current)

    @property
    def previous(self) -> OutlineEntry | None:
        """The lesson before it."""
        return self.outline[self.place - 2] if self.place > 1 else None

    @property
    def next(self) -> OutlineEntry | None:
        """The lesson after it."""
        return self.outline[self.place] if self.place < len(self.outline) else None

    @property
    def next_unfinished(self) -> OutlineEntry | None:
        """The next lesson to study: the first unfinished one after it, else the first of all."""
        rest = [*self.outline[self.place :], *self.outline[: self.place - 1]]
        return next((entry for entry in rest if not entry.is_finished), None)

    @property
    def finished_count(self) -> int:
        """How many lessons of the module the reader has finished."""
        return sum(entry.is_finished for entry in self.outline)

    @property
    def opened_on(self) -> date | None:
        """The local day on which the reader first opened it."""
        return local_day(self.opened_at) if self.opened_at else None

    @property
    def finished_on(self) -> date | None:
        """The local day on which the reader finished it."""
        return local_day(self.finished_at) if self.finished_at else None


# The statements are built once: the lesson is the page that is asked for most.
_PERSON: BindParameter[int] = bindparam("person")
_MODULE: BindParameter[str] = bindparam("module")
_LESSON: BindParameter[str] = bindparam("lesson")
_head, _text, _seen, _newer = (aliased(LessonVersion) for _ in range(4))
_is_asked = Lesson.code == _LESSON

# The lessons of a module, with everything of the one asked for. The text is joined for that
# lesson alone, once per version newer than the one its reader knows; as a rule there is none,
# and the text comes once.
_OUTLINE: Select[*tuple[Any, ...]] = (
    select(
        Module.title.label("module_title"),
        Module.test_paper_code,
        Lesson.id.label("lesson_id"),
        Lesson.code,
        _head.title,
        _head.minutes,
        LessonMark.opened_at,
        LessonMark.finished_at,
        _text.id.label("version_id"),
        _text.number,
        _text.outcomes,
        _text.in_force_as_of,
        _text.headings,
        _text.html,
        _text.check_codes,
        _text.citations,
        _text.published_at,
        _newer.number.label("newer_number"),
        _newer.change_note,
        _newer.published_at.label("newer_at"),
    )
    .select_from(Module)
    .join(Lesson, and_(Lesson.module_id == Module.id, Lesson.retired_at.is_(None)))
    .join(_head, _head.id == Lesson.published_version_id)
    .outerjoin(LessonMark, and_(LessonMark.lesson_id == Lesson.id, LessonMark.person_id == _PERSON))
    .outerjoin(_text, and_(_text.id == Lesson.published_version_id, _is_asked))
    .outerjoin(
        _seen,
        and_(
            _seen.id == func.coalesce(LessonMark.finished_version_id, LessonMark.opened_version_id),
            _is_asked,
        ),
    )
    .outerjoin(
        _newer,
        and_(
            _newer.lesson_id == Lesson.id,
            _newer.number > _seen.number,
            _newer.number <= _text.number,
        ),
    )
    .where(Module.code == _MODULE, Module.retired_at.is_(None))
    .order_by(Lesson.position, Lesson.id, _newer.number)
)

_CHECKS = (
    select(
        Question.id,
        Question.code,
        QuestionVersion.id.label("version_id"),
        QuestionVersion.type,
        QuestionVersion.body,
        QuestionVersion.rendered,
        CheckAnswer.question_version_id,
        CheckAnswer.value,
    )
    .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
    .outerjoin(
        CheckAnswer,
        and_(
            CheckAnswer.question_id == Question.id,
            CheckAnswer.person_id == _PERSON,
            CheckAnswer.lesson_id == bindparam("lesson_id"),
        ),
    )
    .where(
        Question.code.in_(bindparam("codes", expanding=True)),
        QuestionVersion.type.in_(list(TYPES)),
    )
)


def find_first_lesson(session: Session) -> tuple[str, str] | None:
    """Return the codes of a module and a published lesson of it; None while there is none."""
    row = session.execute(
        select(Module.code, Lesson.code)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(
            Module.retired_at.is_(None),
            Lesson.retired_at.is_(None),
            Lesson.published_version_id.is_not(None),
        )
        .order_by(Module.position, Module.id, Lesson.position, Lesson.id)
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def get_lesson_page(
    session: Session, person_id: int, module_code: str, lesson_code: str, *, on: date
) -> LessonPage:
    """Return the published lesson as ``person_id`` sees it on the day ``on``. Raises NotFound.

    At most three statements: the module with the lesson, its checks, its documents.
    """
    asked = {"person": person_id, "module": module_code, "lesson": lesson_code}
    # By the connection, past the ORM: columns are asked for, and this page is asked for most.
    rows = session.connection().execute(_OUTLINE, asked).all()
    current = [row for row in rows if row.code == lesson_code]
    if not current:
        raise NotFound("learn.lesson", N_("Không có bài học này hoặc bài đã ngừng sử dụng."))
    row = current[0]
    checks = _checks(session, person_id, row.lesson_id, row.check_codes)
    return LessonPage(
        lesson_id=row.lesson_id,
        code=row.code,
        module_code=module_code,
        module_title=row.module_title,
        test_code=row.test_paper_code,
        text=_lesson_text(row),
        blocks=_blocks(row.html, checks),
        documents=tuple(list_documents(session, row.citations, on=on)),
        outline=_outline(rows, lesson_code),
        opened_at=row.opened_at,
        finished_at=row.finished_at,
        changes=_changes(current),
    )


def _outline(rows: Sequence[Row[Any]], lesson_code: str) -> tuple[OutlineEntry, ...]:
    entries = {
        row.code: OutlineEntry(
            code=row.code,
            title=row.title,
            minutes=row.minutes,
            is_current=row.code == lesson_code,
            is_opened=row.opened_at is not None,
            is_finished=row.finished_at is not None,
        )
        for row in rows
    }
    return tuple(entries.values())


def _lesson_text(row: Row[Any]) -> LessonText:
    return LessonText(
        version_id=row.version_id,
        number=row.number,
        title=row.title,
        minutes=row.minutes,
        outcomes=tuple(row.outcomes),
        in_force_as_of=row.in_force_as_of,
        headings=tuple(row.headings),
        published_at=row.published_at,
    )


def _changes(rows: Sequence[Row[Any]]) -> tuple[Change, ...]:
    return tuple(
        Change(row.newer_number, row.newer_at, row.change_note)
        for row in rows
        if row.newer_number is not None
    )


def _checks(
    session: Session, person_id: int, lesson_id: int, codes: Sequence[str]
) -> dict[str, Check]:
    """Return the checks that can be asked, by code. One statement, none without codes.

    A code that names no published question of a type we can ask is left out: nobody may be kept
    from finishing a lesson by a question that is not there.
    """
    if not codes:
        return {}
    rows = session.connection().execute(
        _CHECKS, {"person": person_id, "lesson_id": lesson_id, "codes": codes}
    )
    found = {row.code: row for row in rows}
    asked = [code for code in dict.fromkeys(codes) if code in found]
    return {code: _check(found[code], number) for number, code in enumerate(asked, 1)}


def _check(row: Row[Any], number: int) -> Check:
    kind = TYPES[row.type]
    is_current = row.question_version_id == row.version_id
    return Check(
        code=row.code,
        number=number,
        question_id=row.id,
        version_id=row.version_id,
        type=row.type,
        presented=kind.present(row.rendered),
        filled=kind.form_of(row.rendered, row.value if is_current else None),
        explained=kind.explain(row.body, row.rendered, row.value) if is_current else None,
        is_outdated=row.question_version_id is not None and not is_current,
    )


def _blocks(html: str, checks: dict[str, Check]) -> tuple[Block, ...]:
    left, blocks = dict(checks), []
    for piece in split_checks(html):
        if not isinstance(piece, CheckSlot):
            blocks.append(Block(piece, None))
        elif piece.code in left:
            # Each question stands once, where it is named first: its address must be unique.
            blocks.append(Block(None, left.pop(piece.code)))
    return tuple(blocks)
