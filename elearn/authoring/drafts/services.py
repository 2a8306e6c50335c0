"""Writes of drafts: open, save, submit, withdraw, return, close. Never commits."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.authoring.drafts.content import Content, check_size, kind_of, to_json
from elearn.authoring.drafts.rules import OPEN, check_editable, check_in_review
from elearn.authoring.models import (
    Draft,
    DraftAct,
    DraftEditor,
    DraftEvent,
    DraftKind,
    DraftOrigin,
    DraftState,
)
from elearn.infra.db import advisory_lock
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Place:
    """What a draft is for: a lesson or question by code, in its module or bank."""

    kind: DraftKind
    code: str
    module_code: str
    base_number: int | None


class StaleDraft(Conflict):
    """Somebody saved meanwhile, perhaps the author himself in another window."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(
            "draft.stale",
            N_("Bản nháp đã được lưu ở nơi khác từ lúc bạn mở trang. Chưa ghi đè lên gì cả."),
        )
        self.draft_id = draft_id


def lock_place(session: Session, kind: DraftKind, code: str) -> None:
    """Let nobody else open or publish this lesson or question until the act ends."""
    advisory_lock(session, zlib.crc32(f"draft:{kind.value}:{code}".encode()))


def lock_draft(session: Session, draft_id: int) -> Draft:
    """Return the draft, locked until the act ends. Raises NotFound."""
    draft = session.scalar(
        select(Draft)
        .where(Draft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if draft is None:
        raise NotFound("draft.unknown", N_("Không tìm thấy bản nháp này."))
    return draft


def lock_for_publication(session: Session, draft_id: int) -> Draft:
    """Return the draft, locked together with what it is to become. Raises NotFound.

    The place comes first, as everywhere: two acts can then never wait for each other.
    """
    place = session.execute(
        select(Draft.kind, Draft.code).where(Draft.id == draft_id)
    ).one_or_none()
    if place is not None:
        lock_place(session, *place)
    return lock_draft(session, draft_id)


def _open_one(session: Session, place: Place, origin: DraftOrigin) -> Draft | None:
    return session.scalar(
        select(Draft).where(
            Draft.kind == place.kind,
            Draft.code == place.code,
            Draft.origin == origin,
            Draft.state.in_(OPEN),
        )
    )


def open_draft(
    session: Session, place: Place, content: Content, *, actor: Actor, now: datetime
) -> Draft:
    """Add the draft of a person. Raises StaleDraft when one is open already.

    The caller holds ``lock_place``.
    """
    other = _open_one(session, place, DraftOrigin.BROWSER)
    if other is not None:
        raise StaleDraft(other.id)
    draft = _new(place, content, DraftOrigin.BROWSER, now)
    draft.created_by = draft.updated_by = actor.user_id
    session.add(draft)
    session.flush()
    _note_editor(session, draft, actor, now)
    add_event(session, draft, DraftAct.OPENED, actor=actor, now=now)
    return draft


def _new(place: Place, content: Content, origin: DraftOrigin, now: datetime) -> Draft:
    data = to_json(content)
    check_size(data)
    return Draft(
        kind=place.kind,
        code=place.code,
        module_code=place.module_code,
        origin=origin,
        base_number=place.base_number,
        content=data,
        state=DraftState.EDITING,
        lock_version=1,
        created_at=now,
        updated_at=now,
    )


def open_from_file(
    session: Session, place: Place, content: Content, source: str, *, now: datetime
) -> int | None:
    """Keep the text of a file as a draft and return its id.

    An open draft of the same file that nobody has touched takes the new text. One that somebody
    has begun to edit stays as it is, and None is returned: the file's text was not taken.
    """
    lock_place(session, place.kind, place.code)
    draft = _open_one(session, place, DraftOrigin.FILE)
    if draft is None:
        draft = _new(place, content, DraftOrigin.FILE, now)
        draft.source = source
        session.add(draft)
        session.flush()
        session.add(_event(draft, DraftAct.OPENED, None, now))
        return draft.id
    draft = lock_draft(session, draft.id)
    if draft.updated_by is not None or draft.state is not DraftState.EDITING:
        return None
    draft.content = to_json(content)
    draft.base_number = place.base_number
    draft.lock_version += 1
    draft.updated_at = now
    return draft.id


def save_draft(
    session: Session,
    draft: Draft,
    content: Content,
    *,
    lock_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Store ``content``; saving what is stored already changes nothing.

    Raises StaleDraft when ``lock_version`` is not the present one, Invalid for a text too long,
    Conflict when the draft may not be edited now.
    """
    check_editable(draft.state)
    data = to_json(content)
    if data == draft.content and kind_of(content) is draft.kind:
        return
    if lock_version != draft.lock_version:
        raise StaleDraft(draft.id)
    check_size(data)
    draft.content = data
    draft.lock_version += 1
    draft.updated_by = actor.user_id
    draft.updated_at = now
    _note_editor(session, draft, actor, now)


def check_seen(draft: Draft, lock_version: int) -> None:
    """Raise Conflict unless ``lock_version``, the one that was judged, is the present one."""
    if lock_version != draft.lock_version:
        raise Conflict(
            "draft.changed_since",
            N_("Bản nháp đã thay đổi từ lúc bạn mở trang. Hãy tải lại trang và xem lại."),
        )


def submit(
    session: Session, draft: Draft, change_note: str, *, actor: Actor, now: datetime
) -> None:
    """Put the draft before the reviewers, with a line on what changed and why."""
    check_editable(draft.state)
    draft.state = DraftState.IN_REVIEW
    draft.change_note = change_note
    draft.submitted_by = actor.user_id
    draft.submitted_at = now
    add_event(session, draft, DraftAct.SUBMITTED, actor=actor, now=now, comment=change_note)


def withdraw(session: Session, draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Take the draft back from the reviewers."""
    check_in_review(draft.state)
    draft.state = DraftState.EDITING
    add_event(session, draft, DraftAct.WITHDRAWN, actor=actor, now=now)


def send_back(session: Session, draft: Draft, comment: str, *, actor: Actor, now: datetime) -> None:
    """Return the draft to its author with what must change."""
    check_in_review(draft.state)
    draft.state = DraftState.RETURNED
    add_event(session, draft, DraftAct.RETURNED, actor=actor, now=now, comment=comment)


def discard(session: Session, draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Close the draft unpublished; its text stays in the database."""
    check_editable(draft.state)
    _close(draft, DraftState.DISCARDED, actor, now)
    add_event(session, draft, DraftAct.DISCARDED, actor=actor, now=now)


def mark_published(
    session: Session, draft: Draft, number: int, *, actor: Actor, now: datetime
) -> None:
    """Close the draft that became version ``number``."""
    check_in_review(draft.state)
    _close(draft, DraftState.PUBLISHED, actor, now)
    draft.published_number = number
    add_event(session, draft, DraftAct.PUBLISHED, actor=actor, now=now)


def _close(draft: Draft, state: DraftState, actor: Actor, now: datetime) -> None:
    draft.state = state
    draft.closed_by = actor.user_id
    draft.closed_at = now


def add_event(
    session: Session,
    draft: Draft,
    act: DraftAct,
    *,
    actor: Actor,
    now: datetime,
    comment: str | None = None,
) -> None:
    """Add one line to the story of the draft."""
    session.add(_event(draft, act, actor.user_id, now, comment))


def _event(
    draft: Draft, act: DraftAct, user_id: int | None, now: datetime, comment: str | None = None
) -> DraftEvent:
    return DraftEvent(
        draft_id=draft.id,
        act=act,
        at=now,
        user_id=user_id,
        comment=comment,
        lock_version=draft.lock_version,
    )


def _note_editor(session: Session, draft: Draft, actor: Actor, now: datetime) -> None:
    if actor.user_id is None:
        return
    editor = session.get(DraftEditor, (draft.id, actor.user_id))
    if editor is None:
        session.add(
            DraftEditor(draft_id=draft.id, user_id=actor.user_id, first_at=now, last_at=now)
        )
    else:
        editor.last_at = now
