"""What the editors of lessons and questions share: what is shown, and what became of a save."""

from dataclasses import dataclass

from flask import Response, flash, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from elearn.authoring.catalogue.queries import get_thing
from elearn.authoring.drafts.content import Content
from elearn.authoring.drafts.queries import DraftView, find_open_draft, get_draft
from elearn.authoring.drafts.rules import EDITABLE
from elearn.authoring.models import DraftKind, DraftOrigin
from elearn.infra.db import reading
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, NotFound
from elearn.web.author.forms import EditForm
from elearn.web.i18n import format_time
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows.author_content import Opened, Saved, save_draft

ENDPOINTS = {
    DraftKind.LESSON: "author_lessons.edit",
    DraftKind.QUESTION: "author_questions.edit",
    DraftKind.PAPER: "author_papers.edit",
}


@dataclass(frozen=True, slots=True)
class Editing:
    """A text in the editor; ``draft`` None: the published text, not touched yet.

    ``file_draft_id`` is a draft that the content files left beside.
    """

    kind: DraftKind
    code: str
    module_code: str
    content: Content
    opened: Opened
    draft: DraftView | None
    published_number: int | None
    file_draft_id: int | None

    @property
    def is_editable(self) -> bool:
        """Whether the text may be saved as things stand."""
        return self.draft is None or self.draft.state in EDITABLE


def load(session: Session, kind: DraftKind, code: str, draft_id: int | None) -> Editing:
    """Return what the editor of ``code`` shows: the draft asked for, the open one, or neither.

    Raises NotFound when there is nothing called ``code``, or ``draft_id`` is not its draft.
    """
    file_draft_id = find_open_draft(session, kind, code, DraftOrigin.FILE)
    chosen = draft_id or find_open_draft(session, kind, code)
    if chosen is not None:
        draft = get_draft(session, chosen)
        if (draft.kind, draft.code) != (kind, code):
            raise NotFound("draft.unknown", N_("Không tìm thấy bản nháp này."))
        return Editing(
            kind=kind,
            code=code,
            module_code=draft.module_code,
            content=draft.content,
            opened=Opened(draft.id, draft.lock_version, draft.base_number),
            draft=draft,
            published_number=draft.published_number,
            file_draft_id=None if file_draft_id == draft.id else file_draft_id,
        )
    thing = get_thing(session, kind, code)
    if thing.content is None:
        raise NotFound("draft.nothing", N_("Chưa có nội dung nào để sửa."))
    return Editing(
        kind=kind,
        code=code,
        module_code=thing.module_code,
        content=thing.content,
        opened=Opened(None, 0, thing.number),
        draft=None,
        published_number=thing.number,
        file_draft_id=file_draft_id,
    )


def edit_url(kind: DraftKind, code: str, draft: DraftView | None = None) -> str:
    """Return the address of the editor, of ``draft`` when it came from a file."""
    from_file = draft is not None and draft.origin is DraftOrigin.FILE
    return url_for(ENDPOINTS[kind], code=code, draft=draft.id if draft and from_file else None)


def after_save(kind: DraftKind, code: str, saved: Saved) -> Redirect:
    """Go where the pressed button leads: on with the text, or to its review page."""
    if request.form.get("action") == "submit":
        return redirect(url_for("author_drafts.show", draft_id=saved.draft_id))
    flash(_("Đã lưu bản nháp lúc %(time)s.", time=format_time(utc_now())), "success")
    with reading() as session:
        draft = get_draft(session, saved.draft_id)
    return redirect(edit_url(kind, code, draft))


def autosaved(code: str, content: Content, form: EditForm) -> Response:
    """Save for the script of the editor and tell it the new lock."""
    saved = save_draft(the_actor(), code, content, form.opened(), now=utc_now())
    return jsonify(
        draft_id=saved.draft_id,
        lock_version=saved.lock_version,
        saved=_("Đã tự lưu lúc %(time)s", time=format_time(utc_now())),
    )
