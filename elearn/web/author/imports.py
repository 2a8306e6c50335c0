"""Hand in questions as a file, see what would come of each, then keep them as drafts."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length

from elearn.assessment.formats.catalogue import AUTO, FORMATS, MAX_BYTES
from elearn.assessment.formats.neutral import Defaults
from elearn.authoring.catalogue.bank import list_lessons
from elearn.authoring.catalogue.queries import find_module_id, list_modules
from elearn.authoring.drafts.preview import Preview, preview_question
from elearn.authoring.imports.batches import (
    ImportView,
    ShownQuestion,
    get_import,
    get_import_of_job,
    list_imports,
    page_of_shown,
)
from elearn.authoring.imports.models import ImportState
from elearn.curriculum.legal import read_register
from elearn.curriculum.media import current_media, pictures_of
from elearn.infra import storage
from elearn.infra.db import reading
from elearn.infra.richtext_syntax import Context, Picture
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, Invalid, NotFound
from elearn.kernel.paging import page_request
from elearn.web.access import access, holds
from elearn.web.author.forms import SkillsField, skill_choices
from elearn.web.author.pages import page
from elearn.web.author.words import AREAS, LEVELS, choices
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import stage_questions
from elearn.workflows.stage_questions import ImportFile

blueprint = Blueprint("author_imports", __name__, template_folder="templates")
ROWS = 20
MAX_PASTED = 500_000
# Formats that come in; versions of one kind are told apart by the reader.
READ = (AUTO, "docx", "xlsx", "text", "moodle-xml", "gift", "aiken", "qti", "yaml")
# Where a picture of the file is said to be until the page puts its address there.
_PENDING = "/media/" + "0" * 64 + "/"
STATES = {
    ImportState.CHECKING: (N_("Đang kiểm tra"), "primary"),
    ImportState.READY: (N_("Chờ xác nhận"), "warning"),
    ImportState.REFUSED: (N_("Cần sửa tệp"), "danger"),
    ImportState.APPLYING: (N_("Đang nhập"), "primary"),
    ImportState.APPLIED: (N_("Đã nhập"), "success"),
    ImportState.CANCELLED: (N_("Đã bỏ"), "secondary"),
}
OUTCOMES = {
    "NEW": (N_("Câu mới"), "success"),
    "DUPLICATE": (N_("Trùng"), "secondary"),
    "WRONG": (N_("Cần sửa"), "danger"),
}


class ImportForm(BaseForm):
    """A file or pasted text, its bank, and what is said of questions that do not say it."""

    bank = SelectField(N_("Ngân hàng của chuyên đề"), [DataRequired()])
    file = FileField(
        N_("Tệp câu hỏi"),
        description=N_("Word (.docx), Excel (.xlsx), văn bản, Moodle XML, GIFT, Aiken, QTI, YAML."),
    )
    text = TextAreaField(
        N_("Hoặc dán câu hỏi vào đây"),
        [Length(max=MAX_PASTED)],
        description=N_("Câu 1: … A. … B. … Đáp án: B. Bỏ trống nếu đã chọn tệp."),
    )
    format = SelectField(N_("Định dạng"), [DataRequired()], default=AUTO)
    lesson = SelectField(N_("Bài học"), default="")
    level = SelectField(N_("Mức độ"), [DataRequired()], default="RECALL")
    area = SelectField(N_("Lĩnh vực"), default="")
    skills = SkillsField(N_("Kỹ năng"))
    explanation = StringField(
        N_("Giải thích chung"),
        [Length(max=500)],
        description=N_("Dùng cho câu không có giải thích; có thể viết sau, trước khi gửi duyệt."),
    )

    def fill(self) -> None:
        """Give the lists their choices."""
        with reading() as session:
            modules, lessons = list_modules(session), list_lessons(session)
        self.bank.choices = [SelectChoice(each.code, each.title) for each in modules]
        nothing = SelectChoice("", translated("–"))
        self.lesson.choices = [nothing, *(SelectChoice(code, title) for code, title in lessons)]
        self.area.choices = [nothing, *(SelectChoice(*each) for each in choices(AREAS))]
        self.level.choices = [SelectChoice(*each) for each in choices(LEVELS)]
        self.skills.choices = skill_choices()
        names = {AUTO: N_("Tự nhận biết")} | {name: FORMATS[name].title for name in READ[1:]}
        names["qti"] = "QTI 2.1, 2.2, 3.0"
        self.format.choices = [SelectChoice(name, translated(names[name])) for name in READ]

    def defaults(self) -> Defaults:
        """Return what is said of questions that do not say it."""
        return Defaults(
            level=self.level.data,
            lesson=self.lesson.data or None,
            area=self.area.data or None,
            skills=tuple(self.skills.data or ()),
            explanation=(self.explanation.data or "").strip(),
        )

    def handed_in(self) -> ImportFile:
        """Return the file, or the pasted text as one. Raises Invalid when there is neither."""
        file = self.file.data
        if file is not None and file.filename:
            with file.stream:
                content = file.read(MAX_BYTES + 1)
            return ImportFile(
                file.filename, content, self.bank.data, self.format.data, self.defaults()
            )
        text = (self.text.data or "").encode()
        if not text.strip():
            raise Invalid("import.nothing", N_("Hãy chọn một tệp hoặc dán câu hỏi vào ô."))
        name = translated(N_("Văn bản đã dán"))
        return ImportFile(name, text, self.bank.data, self.format.data, self.defaults())


def _front(form: ImportForm) -> str:
    with reading() as session:
        imports = list_imports(session, the_actor())
    return page("author/imports.html", form=form, imports=imports, states=_words(STATES))


def _words(known: dict[ImportState, tuple[str, str]]) -> dict[ImportState, tuple[str, str]]:
    return {state: (translated(text), tone) for state, (text, tone) in known.items()}


@blueprint.get("/author/imports")
@access(holds(Role.AUTHOR))
def index() -> str:
    """Ask for a file; list the last imports of this account."""
    form = ImportForm(None)
    form.fill()
    form.bank.data = request.args.get("bank")
    return _front(form)


@blueprint.post("/author/imports")
@access(holds(Role.AUTHOR))
def upload() -> BaseResponse | tuple[str, int]:
    """Take a file or text in and have it checked; nothing is changed yet."""
    form = ImportForm()
    form.fill()
    if not form.validate_on_submit():
        return _front(form), 422
    try:
        job_id = stage_questions.stage(the_actor(), form.handed_in(), now=utc_now())
    except (Invalid, NotFound) as refusal:
        form.file.errors = [message_of(refusal)]
        return _front(form), 422
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.get("/author/imports/template.xlsx")
@access(holds(Role.AUTHOR))
def download_template() -> Response:
    """Give the workbook to fill in."""
    from elearn.assessment.formats.xlsx_writing import template  # noqa: PLC0415 - xlsxwriter

    return _attached(template(), "xlsx", "mau-cau-hoi.xlsx")


@blueprint.get("/author/imports/sample.docx")
@access(holds(Role.AUTHOR))
def download_sample() -> Response:
    """Give a Word document that shows how to write questions."""
    from elearn.assessment.formats.docx_sample import sample  # noqa: PLC0415 - python-docx

    return _attached(sample(), "docx", "mau-cau-hoi.docx")


def _attached(content: bytes, format_name: str, name: str) -> Response:
    response = Response(content, content_type=FORMATS[format_name].content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/author/imports/jobs/<int:job_id>")
@access(holds(Role.AUTHOR))
def after_job(job_id: int) -> BaseResponse:
    """Lead from a finished job to its import."""
    with reading() as session:
        found = get_import_of_job(session, the_actor(), job_id)
    return redirect(url_for("author_imports.show", import_id=found.id))


@blueprint.get("/author/imports/<int:import_id>")
@access(holds(Role.AUTHOR))
def show(import_id: int) -> str:
    """Show what would come of each question, or what is wrong, or what was done."""
    with reading() as session:
        found = get_import(session, the_actor(), import_id)
        number = request.args.get("page", 1, type=int)
        shown = page_of_shown(found, page_request(number, ROWS))
        context = _context(session, found)
    html = page(
        "author/import.html",
        found=found,
        format_title=FORMATS[found.format].title if found.format in FORMATS else None,
        page=shown,
        questions=[(each, _preview(each, context)) for each in shown.items],
        troubles=[(each, translated(each.message, **each.params)) for each in found.troubles],
        states=_words(STATES),
        outcomes={name: (translated(text), tone) for name, (text, tone) in OUTCOMES.items()},
        args={"import_id": found.id},
    )
    address = url_for("author_imports.show_picture", import_id=import_id, name="x")
    return html.replace(_PENDING, address[:-1])


def _context(session: Session, found: ImportView) -> Context:
    """Return what the questions are rendered in: the bank's pictures, and those of the file."""
    register = read_register(session, today())
    module_id = find_module_id(session, found.bank)
    media = current_media(session, [module_id]).get(module_id, {}) if module_id is not None else {}
    pending = {name: Picture(_PENDING + name) for name in found.pictures}
    return Context(cite=register.cite_plainly, picture={**pictures_of(media), **pending}.get)


def _preview(question: ShownQuestion, context: Context) -> Preview | None:
    return None if question.content is None else preview_question(question.content, context)


@blueprint.get("/author/imports/<int:import_id>/pictures/<name>")
@access(holds(Role.AUTHOR))
def show_picture(import_id: int, name: str) -> Response:
    """Give a picture of a file that waits; it was drawn anew when the file was checked."""
    with reading() as session:
        found = get_import(session, the_actor(), import_id)
    if name not in found.pictures:
        raise NotFound("file.unknown", N_("Không tìm thấy tệp."))
    kind = {"png": "image/png", "webp": "image/webp"}.get(name.rpartition(".")[2], "image/jpeg")
    return Response(storage.get(found.pictures[name]), content_type=kind)


@blueprint.post("/author/imports/<int:import_id>/confirm")
@access(holds(Role.AUTHOR))
def confirm(import_id: int) -> BaseResponse:
    """Do the import as it was shown."""
    digest = request.form.get("digest", "")[:64]
    job_id = stage_questions.confirm(the_actor(), import_id, digest, now=utc_now())
    if job_id is None:
        return redirect(url_for("author_imports.show", import_id=import_id), 303)
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/author/imports/<int:import_id>/cancel")
@access(holds(Role.AUTHOR))
def cancel(import_id: int) -> BaseResponse:
    """Put the import aside; nothing has been changed."""
    stage_questions.cancel(the_actor(), import_id, now=utc_now())
    flash(_("Đã bỏ lần nhập này; ngân hàng không thay đổi."), "success")
    return redirect(url_for("author_imports.index"), 303)
