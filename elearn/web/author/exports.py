"""Take the questions of a bank home, in any format."""

from flask import Blueprint, Response, request
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired

from elearn.assessment.formats.catalogue import FORMATS
from elearn.assessment.formats.neutral import Loss, Written
from elearn.authoring.catalogue.bank import list_lessons
from elearn.authoring.catalogue.queries import list_modules
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.author.words import LEVELS, TYPES, choices
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.words import translated
from elearn.workflows.export_questions import AT_ONCE, Selection, export

blueprint = Blueprint("author_exports", __name__, template_folder="templates")
READERS = (Role.AUTHOR, Role.REVIEWER)
SHOWN_LOSSES = 100


class ExportForm(BaseForm):
    """Which questions, and in which format; ``accepted`` the format whose losses were seen."""

    bank = SelectField(N_("Ngân hàng của chuyên đề"), [DataRequired()])
    lesson = SelectField(N_("Bài học"), default="")
    level = SelectField(N_("Mức độ"), default="")
    type = SelectField(N_("Loại"), default="")
    with_drafts = BooleanField(N_("Kể cả câu mới chưa xuất bản"))
    format = SelectField(N_("Định dạng"), [DataRequired()], default="xlsx")
    accepted = HiddenField()

    def fill(self) -> None:
        """Give the lists their choices."""
        with reading() as session:
            modules, lessons = list_modules(session), list_lessons(session)
        every = SelectChoice("", translated(N_("Tất cả")))
        self.bank.choices = [SelectChoice(each.code, each.title) for each in modules]
        self.lesson.choices = [every, *(SelectChoice(code, title) for code, title in lessons)]
        self.level.choices = [every, *(SelectChoice(*each) for each in choices(LEVELS))]
        self.type.choices = [every, *(SelectChoice(*each) for each in choices(TYPES))]
        self.format.choices = [
            SelectChoice(name, translated(each.title)) for name, each in FORMATS.items()
        ]

    def selection(self) -> Selection:
        """Return which questions are asked for."""
        return Selection(
            bank=self.bank.data,
            lesson=self.lesson.data,
            level=self.level.data,
            type=self.type.data,
            with_drafts=self.with_drafts.data,
        )


@blueprint.get("/author/exports")
@access(holds(*READERS))
def index() -> str:
    """Ask which questions and which format."""
    form = ExportForm(None)
    form.fill()
    form.bank.data = request.args.get("bank")
    return page("author/exports.html", form=form, written=None)


@blueprint.post("/author/exports")
@access(holds(*READERS))
def download() -> Response | tuple[str, int] | str:
    """Give the file; what the format cannot hold is shown first, and then given all the same."""
    form = ExportForm()
    form.fill()
    if not form.validate_on_submit():
        return page("author/exports.html", form=form, written=None), 422
    try:
        written = export(
            the_actor(), form.selection(), form.format.data, now=utc_now(), limit=AT_ONCE
        )
    except (Invalid, NotFound, Conflict) as refusal:
        form.bank.errors = [message_of(refusal)]
        return page("author/exports.html", form=form, written=None), 422
    if written.losses and form.accepted.data != form.format.data:
        return _told(form, written)
    return _file(form, written)


def _told(form: ExportForm, written: Written) -> str:
    form.accepted.data = form.format.data
    return page(
        "author/exports.html",
        form=form,
        written=written,
        title=translated(FORMATS[form.format.data].title),
        losses=[(loss, _words(loss)) for loss in written.losses[:SHOWN_LOSSES]],
        whole=sum(loss.is_whole for loss in written.losses),
    )


def _words(loss: Loss) -> str:
    return translated(loss.message, **loss.params)


def _file(form: ExportForm, written: Written) -> Response:
    how = FORMATS[form.format.data]
    response = Response(written.content, content_type=how.content_type)
    name = f"cau-hoi-{form.bank.data}{how.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response
