"""Hand in a roster, see what it would change, then apply it or put it aside."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import InputRequired

from elearn.infra.db import reading
from elearn.infra.tabular import XLSX_TYPE, Value
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, Invalid
from elearn.roster.batches import BatchView, get_batch, get_batch_of_job, list_batches
from elearn.roster.facts import SHEETS
from elearn.roster.models import BatchState
from elearn.roster.policy import IMPORTERS
from elearn.roster.workbook import template
from elearn.web.access import access, holds
from elearn.web.downloads import shape_of, table_response
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import stage_roster
from elearn.workflows.stage_roster import Staged, Upload

blueprint = Blueprint("hr_roster", __name__, url_prefix="/hr/roster", template_folder="templates")

SHEET_NAMES = {
    "units": N_("Đơn vị"),
    "events": N_("Sắp xếp đơn vị"),
    "people": N_("Cán bộ"),
    "assignments": N_("Vị trí công tác"),
    "duties": N_("Nhiệm vụ"),
    "exclusions": N_("Tạm không tính"),
    "completions": N_("Đã hoàn thành"),
}
STATES = {
    BatchState.CHECKING: (N_("Đang kiểm tra"), "primary"),
    BatchState.READY: (N_("Chờ xác nhận"), "warning"),
    BatchState.REFUSED: (N_("Cần sửa tệp"), "danger"),
    BatchState.APPLYING: (N_("Đang nhập"), "primary"),
    BatchState.APPLIED: (N_("Đã nhập"), "success"),
    BatchState.CANCELLED: (N_("Đã bỏ"), "secondary"),
}
PROBLEM_HEADERS = (N_("Bảng"), N_("Dòng"), N_("Cột"), N_("Mã lỗi"), N_("Vấn đề"))
SHOWN_PROBLEMS = 100


class UploadForm(BaseForm):
    """The files of a roster."""

    files = MultipleFileField(
        N_("Tệp danh sách"),
        [InputRequired(N_("Hãy chọn ít nhất một tệp."))],
        description=N_(
            "Một tệp Excel (.xlsx) hoặc nhiều tệp CSV đặt tên theo bảng: units.csv, people.csv, "
            "assignments.csv…"
        ),
    )


def _words() -> dict[str, object]:
    return {
        "sheets": SHEETS,
        "sheet_names": {name: translated(title) for name, title in SHEET_NAMES.items()},
        "states": {state: (translated(text), tone) for state, (text, tone) in STATES.items()},
    }


def _front(form: UploadForm) -> str:
    with reading() as session:
        batches = list_batches(session, the_actor())
    return render_template("hr/roster.html", form=form, batches=batches, **_words())


@blueprint.get("")
@access(holds(*IMPORTERS))
def show() -> str:
    """Ask for files; list the last imports of this account."""
    return _front(UploadForm(None))


@blueprint.post("")
@access(holds(*IMPORTERS))
def upload() -> BaseResponse | tuple[str, int]:
    """Take files in and check them; nothing is changed yet."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _front(form), 422
    uploads = [_taken(each) for each in form.files.data if each]
    try:
        staged = stage_roster.stage(the_actor(), uploads, now=utc_now())
    except Invalid as refusal:
        form.files.errors = [message_of(refusal)]
        return _front(form), 422
    return _onwards(staged)


def _taken(file: FileStorage) -> Upload:
    """Return the file read whole; a large one lay in a temporary file, which is closed."""
    with file.stream:
        return Upload(file.filename or "", file.read())


def _onwards(staged: Staged) -> BaseResponse:
    """Go to the job while one works on the import, else to the import."""
    if staged.job_id is not None and staged.state in (BatchState.CHECKING, BatchState.APPLYING):
        return redirect(url_for("jobs.show", job_id=staged.job_id), 303)
    return redirect(url_for("hr_roster.show_batch", batch_id=staged.batch_id), 303)


@blueprint.get("/template.xlsx")
@access(holds(*IMPORTERS))
def download_template() -> Response:
    """Give the empty workbook."""
    response = Response(template(), content_type=XLSX_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename="danh-sach-mau.xlsx")
    return response


@blueprint.get("/<int:batch_id>")
@access(holds(*IMPORTERS))
def show_batch(batch_id: int) -> str:
    """Show what an import would change, or what is wrong, or what it did."""
    with reading() as session:
        batch = get_batch(session, the_actor(), batch_id)
    return render_template(
        "hr/roster_batch.html",
        batch=batch,
        shown_problems=[
            (line, translated(line.message, **line.params))
            for line in batch.problems[:SHOWN_PROBLEMS]
        ],
        **_words(),
    )


@blueprint.get("/jobs/<int:job_id>")
@access(holds(*IMPORTERS))
def after_job(job_id: int) -> BaseResponse:
    """Lead from a finished job to its import."""
    with reading() as session:
        batch = get_batch_of_job(session, the_actor(), job_id)
    return redirect(url_for("hr_roster.show_batch", batch_id=batch.id))


@blueprint.get("/<int:batch_id>/problems")
@access(holds(*IMPORTERS))
def export_problems(batch_id: int) -> Response:
    """Give the problems as a table."""
    shape = shape_of(request.args)
    with reading() as session:
        batch = get_batch(session, the_actor(), batch_id)
    return table_response(shape, "van-de", PROBLEM_HEADERS, _problem_rows(batch))


def _problem_rows(batch: BatchView) -> Iterator[tuple[Value, ...]]:
    for line in batch.problems:
        message = translated(line.message, **line.params)
        yield line.sheet, line.row, line.column, line.code, message


@blueprint.post("/<int:batch_id>/confirm")
@access(holds(*IMPORTERS))
def confirm(batch_id: int) -> BaseResponse:
    """Apply the import as it was shown."""
    digest = request.form.get("digest", "")[:64]
    staged = stage_roster.confirm(the_actor(), batch_id, digest, now=utc_now())
    if staged.state is BatchState.APPLIED:
        flash(_("Đã nhập danh sách."), "success")
    return _onwards(staged)


@blueprint.post("/<int:batch_id>/cancel")
@access(holds(*IMPORTERS))
def cancel(batch_id: int) -> BaseResponse:
    """Put the import aside; nothing has been changed."""
    stage_roster.cancel(the_actor(), batch_id, now=utc_now())
    flash(_("Đã bỏ lần nhập này; dữ liệu không thay đổi."), "success")
    return redirect(url_for("hr_roster.show"), 303)
