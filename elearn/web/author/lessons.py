"""The lesson editor: form fields beside Markdown, a preview by the server, drafts saved."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from elearn.authoring.catalogue.queries import get_module
from elearn.authoring.drafts.content import LessonText
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
from elearn.web.author.editing import Editing, after_save, autosaved, edit_url, load
from elearn.web.author.forms import LessonForm, NewLessonForm, whole
from elearn.web.author.pages import page
from elearn.web.author.words import LEVELS, choices
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.workflows.author_content import Opened, open_new, save_draft

blueprint = Blueprint("author_lessons", __name__, template_folder="templates")
KIND = DraftKind.LESSON


def _editing(code: str) -> Editing:
    with reading() as session:
        return load(session, KIND, code, whole(request.args.get("draft")))


@blueprint.get("/author/lessons/<code>/edit")
@access(holds(Role.AUTHOR))
def edit(code: str) -> str | Redirect:
    """Show the open draft, or the published text when there is none."""
    editing = _editing(code)
    if not editing.is_editable and editing.draft is not None:
        return redirect(url_for("author_drafts.show", draft_id=editing.draft.id))
    form = LessonForm(formdata=None)
    form.hold(editing.opened)
    if isinstance(editing.content, LessonText):
        form.show(editing.content)
    return _page(editing, form)


@blueprint.post("/author/lessons/<code>/edit")
@access(holds(Role.AUTHOR))
def save(code: str) -> str | Redirect | tuple[str, int]:
    """Save the draft; or, without storing anything, show the preview or one more empty row."""
    form = LessonForm()
    editing = _editing(code)
    action = request.form.get("action")
    if action == "add_row":
        form.add_rows(1)
        return _page(editing, form, is_dirty=True)
    if not form.validate_on_submit():
        return _page(editing, form, is_dirty=True), 422
    if action == "preview":
        return _page(editing, form, preview=_preview(editing, form), is_dirty=True)
    return _store(code, editing, form)


def _store(code: str, editing: Editing, form: LessonForm) -> Redirect | tuple[str, int]:
    """Save, or show the form again with everything that was written and the reason."""
    try:
        saved = save_draft(the_actor(), code, form.content(), form.opened(), now=utc_now())
    except StaleDraft as error:
        return _stale(code, form, error), 409
    except Invalid as error:
        return _page(editing, form, error=error, is_dirty=True), 422
    except Conflict as error:
        # The draft was sent for review or closed meanwhile: the form goes on with what is open.
        form.hold(editing.opened)
        return _page(editing, form, error=error, is_dirty=True), 409
    return after_save(KIND, code, saved)


def _preview(editing: Editing, form: LessonForm) -> Preview:
    with reading() as session:
        return preview_content(
            session, editing.code, editing.module_code, form.content(), day=today()
        )


def _stale(code: str, form: LessonForm, error: StaleDraft) -> str:
    """Show both texts: the author's own in the form, the newer one and the difference above it.

    The form now names the newer lock: saving again is a choice made in knowledge of both.
    """
    with reading() as session:
        newer = get_draft(session, error.draft_id)
        editing = load(session, KIND, code, newer.id)
    form.hold(Opened(newer.id, newer.lock_version, newer.base_number))
    return _page(editing, form, error=error, newer=newer, is_dirty=True)


def _page(
    editing: Editing,
    form: LessonForm,
    *,
    preview: Preview | None = None,
    error: AppError | None = None,
    newer: DraftView | None = None,
    is_dirty: bool = False,
) -> str:
    return page(
        "author/lesson_edit.html",
        editing=editing,
        edit_url=edit_url(KIND, editing.code, editing.draft),
        form=form,
        levels=choices(LEVELS),
        preview=preview,
        error=message_of(error) if error else None,
        newer=newer,
        newer_sections=sections(newer.content) if newer else (),
        changes=differences(newer.content, form.content()) if newer else (),
        is_dirty=is_dirty,
    )


@blueprint.post("/author/lessons/<code>/preview")
@access(holds(Role.AUTHOR))
def preview(code: str) -> str:
    """Give the rendered text to the script of the editor; nothing is stored."""
    form = LessonForm()
    return page("author/_lesson_preview.html", preview=_preview(_editing(code), form))


@blueprint.post("/author/lessons/<code>/autosave")
@access(holds(Role.AUTHOR))
def autosave(code: str) -> Response:
    """Save for the script of the editor."""
    form = LessonForm()
    if not form.validate_on_submit():
        raise Invalid("draft.form", N_("Có mục chưa đúng nên chưa tự lưu được."))
    return autosaved(code, form.content(), form)


@blueprint.get("/author/modules/<module>/lessons/new")
@access(holds(Role.AUTHOR))
def new(module: str) -> str:
    """Ask for the title and code of a new lesson."""
    return _new_page(module, NewLessonForm(formdata=None))


@blueprint.post("/author/modules/<module>/lessons/new")
@access(holds(Role.AUTHOR))
def create(module: str) -> Redirect | tuple[str, int]:
    """Begin the lesson as a draft."""
    form = NewLessonForm()
    if not form.validate_on_submit():
        return _new_page(module, form), 422
    code = clean_line(form.code.data or "")
    content = LessonText(title=clean_line(form.title.data or ""))
    try:
        open_new(the_actor(), module, code, content, now=utc_now())
    except (Invalid, Conflict) as error:
        form.code.errors = [message_of(error)]
        return _new_page(module, form), 422 if isinstance(error, Invalid) else 409
    return redirect(url_for("author_lessons.edit", code=code))


def _new_page(module: str, form: NewLessonForm) -> str:
    with reading() as session:
        return page("author/lesson_new.html", form=form, module=get_module(session, module))
