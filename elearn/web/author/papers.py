"""Papers: list, and the editor with live supply and a sample form."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from elearn.authoring.catalogue.bank import list_lessons
from elearn.authoring.catalogue.papers import list_papers
from elearn.authoring.catalogue.queries import list_modules
from elearn.authoring.drafts.content import PaperText
from elearn.authoring.drafts.papers import PaperLook, look
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
from elearn.web.author.forms import whole
from elearn.web.author.pages import page
from elearn.web.author.paper_forms import NewPaperForm, Offered, PaperForm, after_button
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.workflows.author_content import Opened, open_new, save_draft

blueprint = Blueprint("author_papers", __name__, template_folder="templates")
KIND = DraftKind.PAPER


@blueprint.get("/author/papers")
@access(holds(Role.AUTHOR, Role.REVIEWER))
def index() -> str:
    """List the papers with what is being changed in them."""
    with reading() as session:
        papers = list_papers(session)
    return page("author/papers.html", papers=papers, may_edit=the_actor().has_role(Role.AUTHOR))


def _editing(code: str) -> Editing:
    with reading() as session:
        return load(session, KIND, code, whole(request.args.get("draft")))


def _form(**kwargs: object) -> PaperForm:
    with reading() as session:
        modules = [(module.code, module.title) for module in list_modules(session)]
        offered = Offered(modules, list_lessons(session))
    return PaperForm(offered=offered, **kwargs)


def _shown(opened: Opened, paper: PaperText) -> PaperForm:
    """Return a form that shows ``paper``."""
    form = _form(formdata=None)
    form.hold(opened)
    form.show(paper)
    return form


@blueprint.get("/author/papers/<code>/edit")
@access(holds(Role.AUTHOR))
def edit(code: str) -> str | Redirect:
    """Show the open draft, or the published paper when there is none."""
    editing = _editing(code)
    if not editing.is_editable and editing.draft is not None:
        return redirect(url_for("author_drafts.show", draft_id=editing.draft.id))
    paper = editing.content if isinstance(editing.content, PaperText) else PaperText()
    form = _shown(editing.opened, paper)
    return _page(editing, form, preview=_preview(editing, form))


@blueprint.post("/author/papers/<code>/edit")
@access(holds(Role.AUTHOR))
def save(code: str) -> str | Redirect | tuple[str, int]:
    """Save the draft; or, without storing anything, preview it or add and remove rows."""
    editing = _editing(code)
    form = _form()
    action = request.form.get("action", "")
    rows = after_button(form.rows(), action)
    if rows is not None:
        changed = replace(form.content(), sections=tuple(rows))
        return _page(editing, _shown(form.opened(), changed), is_dirty=True)
    if not form.validate_on_submit():
        return _page(editing, form, is_dirty=True), 422
    if action == "preview":
        return _page(editing, form, preview=_preview(editing, form), is_dirty=True)
    return _store(code, editing, form)


def _store(code: str, editing: Editing, form: PaperForm) -> Redirect | tuple[str, int]:
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


def _preview(editing: Editing, form: PaperForm) -> Preview:
    with reading() as session:
        return preview_content(session, editing.code, "", form.content(), day=today())


def _look(form: PaperForm) -> PaperLook:
    """Return how the cells are supplied, as they stand on the page."""
    paper = replace(form.content(), sections=tuple(form.rows()))
    with reading() as session:
        return look(session, paper, with_sample=False)


def _stale(code: str, form: PaperForm, error: StaleDraft) -> str:
    """Show both texts: the author's own in the form, the newer one and the difference above it."""
    with reading() as session:
        newer = get_draft(session, error.draft_id)
        editing = load(session, KIND, code, newer.id)
    form.hold(Opened(newer.id, newer.lock_version, newer.base_number))
    return _page(editing, form, error=error, newer=newer, is_dirty=True)


def _page(
    editing: Editing,
    form: PaperForm,
    *,
    preview: Preview | None = None,
    error: AppError | None = None,
    newer: DraftView | None = None,
    is_dirty: bool = False,
) -> str:
    return page(
        "author/paper_edit.html",
        editing=editing,
        edit_url=edit_url(KIND, editing.code, editing.draft),
        form=form,
        look=_look(form),
        preview=preview,
        error=message_of(error) if error else None,
        newer=newer,
        newer_sections=sections(newer.content) if newer else (),
        changes=differences(newer.content, form.content()) if newer else (),
        is_dirty=is_dirty,
    )


@blueprint.post("/author/papers/<code>/preview")
@access(holds(Role.AUTHOR))
def preview(code: str) -> str:
    """Give supply and sample form to the script of the editor; nothing is stored."""
    editing = _editing(code)
    return page("author/_paper_preview.html", preview=_preview(editing, _form()))


@blueprint.post("/author/papers/<code>/autosave")
@access(holds(Role.AUTHOR))
def autosave(code: str) -> Response:
    """Save for the script of the editor."""
    form = _form()
    if not form.validate_on_submit():
        raise Invalid("draft.form", N_("Có mục chưa đúng nên chưa tự lưu được."))
    return autosaved(code, form.content(), form)


@blueprint.get("/author/papers/new")
@access(holds(Role.AUTHOR))
def new() -> str:
    """Ask for the title, kind and code of a new paper."""
    return page("author/paper_new.html", form=NewPaperForm(formdata=None))


@blueprint.post("/author/papers/new")
@access(holds(Role.AUTHOR))
def create() -> Redirect | tuple[str, int]:
    """Begin the paper as a draft."""
    form = NewPaperForm()
    if not form.validate_on_submit():
        return page("author/paper_new.html", form=form), 422
    code = clean_line(form.code.data or "")
    content = PaperText(title=clean_line(form.title.data or ""), kind=form.kind.data)
    try:
        open_new(the_actor(), "", code, content, now=utc_now())
    except (Invalid, Conflict) as error:
        form.code.errors = [message_of(error)]
        return page("author/paper_new.html", form=form), 422 if isinstance(error, Invalid) else 409
    return redirect(url_for("author_papers.edit", code=code))
