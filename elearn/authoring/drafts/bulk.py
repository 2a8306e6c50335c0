"""Many drafts begun at once, as an import does. Never commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.authoring.drafts.content import Content, check_size, to_json
from elearn.authoring.drafts.services import Place
from elearn.authoring.models import (
    Draft,
    DraftAct,
    DraftEditor,
    DraftEvent,
    DraftOrigin,
    DraftState,
)
from elearn.infra.bulk import insert_all, select_in
from elearn.kernel.actor import Actor


def open_many(
    session: Session,
    drafts: Sequence[tuple[Place, Content]],
    comment: str,
    *,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Add a draft for each place, where none is open yet; return their ids in order.

    The caller has seen that the places are free; a place taken meanwhile fails on the database's
    constraint. Raises Invalid for a text too long.
    """
    insert_all(session, Draft, [_row(*draft, actor, now) for draft in drafts])
    kind = drafts[0][0].kind if drafts else None
    query = select(Draft.code, Draft.id).where(
        Draft.kind == kind, Draft.origin == DraftOrigin.BROWSER, Draft.state == DraftState.EDITING
    )
    codes = [place.code for place, _content in drafts]
    ids = {code: draft_id for code, draft_id in select_in(session, query, Draft.code, codes)}  # noqa: C416 - rows, not pairs
    opened = [ids[code] for code in codes]
    if actor.user_id is not None:
        insert_all(session, DraftEditor, [_editor(each, actor, now) for each in opened])
    insert_all(session, DraftEvent, [_event(each, comment, actor, now) for each in opened])
    return opened


def _row(place: Place, content: Content, actor: Actor, now: datetime) -> dict[str, Any]:
    data = to_json(content)
    check_size(data)
    return {
        "kind": place.kind,
        "code": place.code,
        "module_code": place.module_code,
        "origin": DraftOrigin.BROWSER,
        "base_number": place.base_number,
        "content": data,
        "state": DraftState.EDITING,
        "lock_version": 1,
        "created_by": actor.user_id,
        "created_at": now,
        "updated_by": actor.user_id,
        "updated_at": now,
    }


def _editor(draft_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {"draft_id": draft_id, "user_id": actor.user_id, "first_at": now, "last_at": now}


def _event(draft_id: int, comment: str, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "draft_id": draft_id,
        "act": DraftAct.OPENED,
        "at": now,
        "user_id": actor.user_id,
        "comment": comment,
        "lock_version": 1,
    }
