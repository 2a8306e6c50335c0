"""Reads of drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from elearn.accounts.models import User
from elearn.assessment.models import Paper, PaperVersion, Question, QuestionVersion
from elearn.authoring.drafts.content import Content, LessonText, PaperText, from_json
from elearn.authoring.drafts.rules import OPEN, is_outdated
from elearn.authoring.models import (
    Draft,
    DraftAct,
    DraftEditor,
    DraftEvent,
    DraftKind,
    DraftOrigin,
    DraftState,
)
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest

_STEM_LENGTH = 120


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list; ``last_comment`` is what the reviewer wrote when he returned it."""

    id: int
    kind: DraftKind
    code: str
    module_code: str
    title: str
    origin: DraftOrigin
    state: DraftState
    updated_at: datetime
    updated_by_name: str | None
    submitted_at: datetime | None
    submitted_by_name: str | None
    closed_at: datetime | None
    closed_by_name: str | None
    published_number: int | None
    last_comment: str | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One act in the story of a draft."""

    act: DraftAct
    at: datetime
    user_name: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its text and its story; ``involved`` may not judge it."""

    id: int
    kind: DraftKind
    code: str
    module_code: str
    origin: DraftOrigin
    source: str | None
    base_number: int | None
    published_number: int | None
    became_number: int | None
    content: Content
    state: DraftState
    lock_version: int
    updated_at: datetime
    updated_by_name: str | None
    change_note: str | None
    involved: frozenset[int]
    events: tuple[EventLine, ...]

    @property
    def is_outdated(self) -> bool:
        """Whether something was published since the draft was begun."""
        return self.state in OPEN and is_outdated(self.base_number, self.published_number)

    @property
    def returned_comment(self) -> str | None:
        """What the reviewer asked for, while it is still to be done."""
        if self.state is not DraftState.RETURNED:
            return None
        comments = [event.comment for event in self.events if event.act is DraftAct.RETURNED]
        return comments[-1] if comments else None


def title_of(content: Content) -> str:
    """Return the line by which people know the draft: a title, or how its stem begins."""
    if isinstance(content, LessonText | PaperText):
        return content.title
    stem = " ".join(content.stem.split())
    return stem if len(stem) <= _STEM_LENGTH else stem[: _STEM_LENGTH - 1].rstrip() + "…"


def published_number(session: Session, kind: DraftKind, code: str) -> int | None:
    """Return the number of the version that learners see now, None when there is none."""
    if kind is DraftKind.LESSON:
        return session.scalar(
            select(LessonVersion.number)
            .join(Lesson, Lesson.published_version_id == LessonVersion.id)
            .where(Lesson.code == code)
        )
    if kind is DraftKind.PAPER:
        return session.scalar(
            select(PaperVersion.number)
            .join(Paper, Paper.published_version_id == PaperVersion.id)
            .where(Paper.code == code)
        )
    return session.scalar(
        select(QuestionVersion.number)
        .join(Question, Question.published_version_id == QuestionVersion.id)
        .where(Question.code == code)
    )


def find_open_draft(
    session: Session, kind: DraftKind, code: str, origin: DraftOrigin = DraftOrigin.BROWSER
) -> int | None:
    """Return the id of the open draft of a lesson, question or paper, None when there is none."""
    return session.scalar(
        select(Draft.id).where(
            Draft.kind == kind,
            Draft.code == code,
            Draft.origin == origin,
            Draft.state.in_(OPEN),
        )
    )


def get_draft(session: Session, draft_id: int) -> DraftView:
    """Return the draft. Raises NotFound."""
    updater = aliased(User)
    row = session.execute(
        select(Draft, updater.display_name)
        .outerjoin(updater, updater.id == Draft.updated_by)
        .where(Draft.id == draft_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("draft.unknown", N_("Không tìm thấy bản nháp này."))
    draft, updated_by_name = row
    return DraftView(
        id=draft.id,
        kind=draft.kind,
        code=draft.code,
        module_code=draft.module_code,
        origin=draft.origin,
        source=draft.source,
        base_number=draft.base_number,
        published_number=published_number(session, draft.kind, draft.code),
        became_number=draft.published_number,
        content=from_json(draft.kind, draft.content),
        state=draft.state,
        lock_version=draft.lock_version,
        updated_at=draft.updated_at,
        updated_by_name=updated_by_name,
        change_note=draft.change_note,
        involved=involved_in(session, draft),
        events=tuple(_events(session, draft.id)),
    )


def involved_in(session: Session, draft: Draft) -> frozenset[int]:
    """Return the users who opened, saved or submitted the draft."""
    editors = session.scalars(select(DraftEditor.user_id).where(DraftEditor.draft_id == draft.id))
    known = {draft.created_by, draft.updated_by, draft.submitted_by, *editors}
    return frozenset(user_id for user_id in known if user_id is not None)


def _events(session: Session, draft_id: int) -> list[EventLine]:
    rows = session.execute(
        select(DraftEvent.act, DraftEvent.at, User.display_name, DraftEvent.comment)
        .outerjoin(User, User.id == DraftEvent.user_id)
        .where(DraftEvent.draft_id == draft_id)
        .order_by(DraftEvent.id)
    )
    return [EventLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class DraftSearch:
    """Which drafts to list.

    ``writer_id``: those that the user opened, saved or submitted, ``not_writer_id``: those he did
    not; ``untouched_origin``: those of this origin that nobody has saved yet.
    """

    states: Sequence[DraftState] = ()
    kind: DraftKind | None = None
    writer_id: int | None = None
    not_writer_id: int | None = None
    untouched_origin: DraftOrigin | None = None


def _is_writer(user_id: int) -> ColumnElement[bool]:
    saved = exists().where(DraftEditor.draft_id == Draft.id, DraftEditor.user_id == user_id)
    return or_(saved, Draft.created_by == user_id, Draft.submitted_by == user_id)


def _conditions(search: DraftSearch) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.states:
        conditions.append(Draft.state.in_(search.states))
    if search.kind is not None:
        conditions.append(Draft.kind == search.kind)
    if search.writer_id is not None:
        conditions.append(_is_writer(search.writer_id))
    if search.not_writer_id is not None:
        conditions.append(~func.coalesce(_is_writer(search.not_writer_id), False))
    if search.untouched_origin is not None:
        conditions += [Draft.origin == search.untouched_origin, Draft.updated_by.is_(None)]
    return conditions


def page_of_drafts(session: Session, search: DraftSearch, page: PageRequest) -> Page[DraftLine]:
    """Return the drafts that ``search`` asks for, the last touched first."""
    conditions = _conditions(search)
    total = session.scalar(select(func.count()).select_from(Draft).where(*conditions)) or 0
    updater, submitter, closer = aliased(User), aliased(User), aliased(User)
    rows = session.execute(
        select(Draft, updater.display_name, submitter.display_name, closer.display_name)
        .outerjoin(updater, updater.id == Draft.updated_by)
        .outerjoin(submitter, submitter.id == Draft.submitted_by)
        .outerjoin(closer, closer.id == Draft.closed_by)
        .where(*conditions)
        .order_by(func.coalesce(Draft.closed_at, Draft.updated_at).desc(), Draft.id.desc())
        .offset(page.offset)
        .limit(page.size)
        .execution_options(populate_existing=True)
    ).all()
    comments = _last_comments(session, [draft.id for draft, *_names in rows])
    lines = [
        _line(draft, (updated_by, submitted_by, closed_by), comments.get(draft.id))
        for draft, updated_by, submitted_by, closed_by in rows
    ]
    return Page(lines, page.number, page.size, total)


def _line(draft: Draft, names: Sequence[str | None], comment: str | None) -> DraftLine:
    updated_by, submitted_by, closed_by = names
    return DraftLine(
        id=draft.id,
        kind=draft.kind,
        code=draft.code,
        module_code=draft.module_code,
        title=title_of(from_json(draft.kind, draft.content)),
        origin=draft.origin,
        state=draft.state,
        updated_at=draft.updated_at,
        updated_by_name=updated_by,
        submitted_at=draft.submitted_at,
        submitted_by_name=submitted_by,
        closed_at=draft.closed_at,
        closed_by_name=closed_by,
        published_number=draft.published_number,
        last_comment=comment if draft.state is DraftState.RETURNED else None,
    )


def _last_comments(session: Session, draft_ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(DraftEvent.draft_id, DraftEvent.comment)
        .where(DraftEvent.draft_id.in_(draft_ids), DraftEvent.act == DraftAct.RETURNED)
        .order_by(DraftEvent.id)
    )
    return {draft_id: comment for draft_id, comment in rows if comment}
