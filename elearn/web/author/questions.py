"""The question editor: the text and key of every type, with the server's preview."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from elearn.authoring.catalogue.bank import list_lessons
from elearn.authoring.catalogue.queries import get_module
from elearn.authoring.drafts.content import QuestionText
from elearn.authoring.drafts.preview import Preview
from elearn.authoring.drafts.preview import preview as preview_content
from elearn.authoring.drafts.queries import DraftView, get_draft
from elearn.authoring.drafts.sections import differences, sections
from elearn.authoring.drafts.services import StaleDraft
from elearn.authoring.models import DraftKind
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, AppError, Conflict, Invalid
from elearn.kernel.text import clean_line
from elearn.web.access import access, holds
from elearn.web.author.bodies import (
    ADD_PART,
    ADD_ROW,
    PART_TYPES,
    Body,
    Sent,
    as_rows,
    read_body,
    row_count,
)
from elearn.web.author.editing import Editing, after_save, autosaved, edit_url, load
from elearn.web.author.forms import NewQuestionForm, QuestionForm, whole
from elearn.web.author.pages import page
from elearn.web.author.words import MATCHES, SCORINGS, choices
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.workflows.author_content import Opened, open_new, save_draft

blueprint = Blueprint("author_questions", __name__, template_folder="templates")
KIND = DraftKind.QUESTION


def _editing(code: str) -> Editing:
    with reading() as session:
        return load(session, KIND, code, whole(request.args.get("draft")))


def _type(editing: Editing) -> str:
    """Return the type of the question."""
    assert isinstance(editing.content, QuestionText)  # noqa: S101 - what _editing loads
    return editing.content.type


def _form(editing: Editing, **kwargs: object) -> QuestionForm:
    with reading() as session:
        lessons = list_lessons(session)
    kept = editing.content.lesson if isinstance(editing.content, QuestionText) else None
    if kept and kept not in dict(lessons):
        lessons.append((kept, kept))
    return QuestionForm(lessons=lessons, **kwargs)


@blueprint.get("/author/questions/<code>/edit")
@access(holds(Role.AUTHOR))
def edit(code: str) -> str | Redirect:
    """Show the open draft, or the published text when there is none."""
    editing = _editing(code)
    if not editing.is_editable and editing.draft is not None:
        return redirect(url_for("author_drafts.show", draft_id=editing.draft.id))
    form = _form(editing, formdata=None)
    form.hold(editing.opened)
    if isinstance(editing.content, QuestionText):
        form.show(editing.content)
        return _page(editing, form, dict(editing.content.body or {}))
    return _page(editing, form, {})


@blueprint.post("/author/questions/<code>/edit")
@access(holds(Role.AUTHOR))
def save(code: str) -> str | Redirect | tuple[str, int]:
    """Save the draft; or, without storing anything, show the preview or one more option."""
    editing = _editing(code)
    form = _form(editing)
    body = read_body(_type(editing), Sent(request.form))
    action = request.form.get("action")
    if action in (ADD_ROW, ADD_PART):
        return _page(editing, form, body, is_dirty=True)
    if not form.validate_on_submit():
        return _page(editing, form, body, is_dirty=True), 422
    if action == "preview":
        return _page(editing, form, body, preview=_preview(editing, form), is_dirty=True)
    return _store(code, editing, form)


def _store(code: str, editing: Editing, form: QuestionForm) -> Redirect | tuple[str, int]:
    """Save, or show the form again with everything that was written and the reason."""
    content = form.content(_type(editing))
    body = dict(content.body or {})
    try:
        saved = save_draft(the_actor(), code, content, form.opened(), now=utc_now())
    except StaleDraft as error:
        return _stale(code, form, error), 409
    except Invalid as error:
        return _page(editing, form, body, error=error, is_dirty=True), 422
    except Conflict as error:
        # The draft was sent for review or closed meanwhile: the form goes on with what is open.
        form.hold(editing.opened)
        return _page(editing, form, body, error=error, is_dirty=True), 409
    return after_save(KIND, code, saved)


def _preview(editing: Editing, form: QuestionForm) -> Preview:
    content = form.content(_type(editing))
    with reading() as session:
        return preview_content(session, editing.code, editing.module_code, content, day=today())


def _stale(code: str, form: QuestionForm, error: StaleDraft) -> str:
    """Show both texts: the author's own in the form, the newer one and the difference above it."""
    with reading() as session:
        newer = get_draft(session, error.draft_id)
        editing = load(session, KIND, code, newer.id)
    form.hold(Opened(newer.id, newer.lock_version, newer.base_number))
    body = read_body(_type(editing), Sent(request.form))
    return _page(editing, form, body, error=error, newer=newer, is_dirty=True)


def _page(
    editing: Editing,
    form: QuestionForm,
    body: Body,
    *,
    preview: Preview | None = None,
    error: AppError | None = None,
    newer: DraftView | None = None,
    is_dirty: bool = False,
) -> str:
    type_ = _type(editing)
    return page(
        "author/question_edit.html",
        editing=editing,
        edit_url=edit_url(KIND, editing.code, editing.draft),
        type=type_,
        form=form,
        body=body,
        extra=1 if request.form.get("action") == ADD_ROW else 0,
        row_count=row_count,
        as_rows=as_rows,
        part_types=PART_TYPES,
        match_choices=choices(MATCHES),
        scoring_choices=choices(SCORINGS),
        preview=preview,
        error=message_of(error) if error else None,
        newer=newer,
        newer_sections=sections(newer.content) if newer else (),
        changes=differences(newer.content, form.content(type_)) if newer else (),
        is_dirty=is_dirty,
    )


@blueprint.post("/author/questions/<code>/preview")
@access(holds(Role.AUTHOR))
def preview(code: str) -> str:
    """Give the rendered question to the script of the editor; nothing is stored."""
    editing = _editing(code)
    return page("author/_question_preview.html", preview=_preview(editing, _form(editing)))


@blueprint.post("/author/questions/<code>/autosave")
@access(holds(Role.AUTHOR))
def autosave(code: str) -> Response:
    """Save for the script of the editor."""
    editing = _editing(code)
    form = _form(editing)
    if not form.validate_on_submit():
        raise Invalid("draft.form", N_("Có mục chưa đúng nên chưa tự lưu được."))
    return autosaved(code, form.content(_type(editing)), form)


@blueprint.get("/author/modules/<module>/questions/new")
@access(holds(Role.AUTHOR))
def new(module: str) -> str:
    """Ask for the type and code of a new question."""
    return _new_page(module, NewQuestionForm(formdata=None))


@blueprint.post("/author/modules/<module>/questions/new")
@access(holds(Role.AUTHOR))
def create(module: str) -> Redirect | tuple[str, int]:
    """Begin the question as a draft."""
    form = NewQuestionForm()
    if not form.validate_on_submit():
        return _new_page(module, form), 422
    code = clean_line(form.code.data or "")
    content = QuestionText(type=form.type.data, body={"stem": "", "explanation": ""})
    try:
        open_new(the_actor(), module, code, content, now=utc_now())
    except (Invalid, Conflict) as error:
        form.code.errors = [message_of(error)]
        return _new_page(module, form), 422 if isinstance(error, Invalid) else 409
    return redirect(url_for("author_questions.edit", code=code))


def _new_page(module: str, form: NewQuestionForm) -> str:
    with reading() as session:
        return page("author/question_new.html", form=form, module=get_module(session, module))
