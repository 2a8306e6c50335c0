"""Writing lessons and questions in the browser: open a draft, save it, throw it away."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from elearn.authoring.catalogue.queries import (
    check_alive,
    find_module_id,
    find_thing,
    get_thing,
    get_version,
)
from elearn.authoring.drafts import services
from elearn.authoring.drafts.content import Content, kind_of, to_json
from elearn.authoring.drafts.policy import check_author, check_discard
from elearn.authoring.drafts.queries import find_open_draft, involved_in
from elearn.authoring.drafts.services import Place, StaleDraft
from elearn.authoring.models import Draft, DraftKind, DraftOrigin
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_CODE = 64


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page has in hand: the draft it shows and the lock it must name when it saves.

    Nothing is open yet while ``draft_id`` is None; ``base_number`` is then the published version
    that the page shows.
    """

    draft_id: int | None
    lock_version: int
    base_number: int | None


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as stored, with its new lock."""

    draft_id: int
    lock_version: int


def open_new(actor: Actor, module_code: str, code: str, content: Content, *, now: datetime) -> int:
    """Begin a lesson in a module, a question in its bank, or a paper; return the draft's id.

    Raises Invalid for a code that cannot be one, Conflict for one that is taken, NotFound for an
    unknown module.
    """
    check_author(actor)
    kind = kind_of(content)
    if len(code) > MAX_CODE or not _CODE.fullmatch(code):
        raise Invalid(
            "draft.code",
            N_("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, tối đa %(limit)d ký tự."),
            limit=MAX_CODE,
        )
    with transaction() as session:
        services.lock_place(session, kind, code)
        _check_free(session, kind, code)
        if kind is not DraftKind.PAPER and find_module_id(session, module_code) is None:
            raise NotFound("module.unknown", N_("Không tìm thấy chuyên đề này."))
        place = Place(kind, code, module_code, None)
        return services.open_draft(session, place, content, actor=actor, now=now).id


def _check_free(session: Session, kind: DraftKind, code: str) -> None:
    taken = find_thing(session, kind, code) is not None
    if taken or any(find_open_draft(session, kind, code, origin) for origin in DraftOrigin):
        raise Conflict("draft.code_taken", N_("Mã “%(code)s” đã được dùng."), code=code)


def open_from_version(
    actor: Actor, kind: DraftKind, code: str, number: int, *, now: datetime
) -> int:
    """Make a draft of the published version ``number``, an old one or the present one.

    Raises Conflict when a draft is open already, NotFound.
    """
    check_author(actor)
    with transaction() as session:
        services.lock_place(session, kind, code)
        thing = get_thing(session, kind, code)
        check_alive(thing)
        content = get_version(session, kind, code, number)
        if find_open_draft(session, kind, code) is not None:
            raise Conflict(
                "draft.open",
                N_("Đang có một bản nháp chưa xuất bản. Hãy xuất bản hoặc bỏ bản nháp đó trước."),
            )
        place = Place(kind, code, thing.module_code, thing.number)
        return services.open_draft(session, place, content, actor=actor, now=now).id


def save_draft(
    actor: Actor, code: str, content: Content, opened: Opened, *, now: datetime
) -> Saved:
    """Store what the author wrote; the first save of a published text opens its draft.

    Raises StaleDraft when somebody saved since the page was opened (nothing is overwritten),
    Conflict while the draft is in review or closed, Invalid for a text too long or unchanged.
    """
    check_author(actor)
    kind = kind_of(content)
    with transaction() as session:
        services.lock_place(session, kind, code)
        if opened.draft_id is None:
            draft = _first_save(session, actor, code, content, opened, now)
        else:
            draft = services.lock_draft(session, opened.draft_id)
            if (draft.kind, draft.code) != (kind, code):
                raise NotFound("draft.unknown", N_("Không tìm thấy bản nháp này."))
            services.save_draft(
                session, draft, content, lock_version=opened.lock_version, actor=actor, now=now
            )
        return Saved(draft.id, draft.lock_version)


def _first_save(
    session: Session, actor: Actor, code: str, content: Content, opened: Opened, now: datetime
) -> Draft:
    kind = kind_of(content)
    thing = get_thing(session, kind, code)
    check_alive(thing)
    other = find_open_draft(session, kind, code)
    if other is not None:
        return _repeated(session, other, content)
    if thing.content is not None and to_json(thing.content) == to_json(content):
        raise Invalid(
            "draft.unchanged",
            N_("Nội dung giống hệt bản đang xuất bản nên chưa cần lưu bản nháp."),
        )
    place = Place(kind, code, thing.module_code, opened.base_number)
    return services.open_draft(session, place, content, actor=actor, now=now)


def _repeated(session: Session, draft_id: int, content: Content) -> Draft:
    """Return the open draft when it holds ``content`` already: the same save, sent twice."""
    draft = services.lock_draft(session, draft_id)
    if draft.content != to_json(content):
        raise StaleDraft(draft_id)
    return draft


def discard(actor: Actor, draft_id: int, *, now: datetime) -> None:
    """Close a draft that will not be published; its text stays in the database.

    Raises Forbidden, Conflict, NotFound.
    """
    check_author(actor)
    with transaction() as session:
        draft = services.lock_draft(session, draft_id)
        check_discard(
            actor, involved_in(session, draft), is_from_file=draft.origin is DraftOrigin.FILE
        )
        services.discard(session, draft, actor=actor, now=now)
        audit.record(
            session,
            actor,
            "draft.discard",
            (draft.kind.value.lower(), draft.code),
            at=now,
            details={"draft": draft.id, "base": draft.base_number},
        )
