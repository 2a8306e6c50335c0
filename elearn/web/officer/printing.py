"""Papers for a hall without network: order variants, fetch the files, key in what was written."""

from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from elearn.assessment.printing.queries import list_sets
from elearn.assessment.queries import list_papers
from elearn.infra.db import reading
from elearn.infra.jobs import get_job
from elearn.kernel.actor import Role
from elearn.kernel.clock import LOCAL_ZONE, utc_now
from elearn.kernel.errors import N_, Invalid
from elearn.web.access import access, holds
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm, WholeField, text_of
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows import key_in_answers, print_papers
from elearn.workflows.print_papers import LONGEST_LINE, MOST_VARIANTS, Order

blueprint = Blueprint(
    "officer_printing", __name__, url_prefix="/officer/printing", template_folder="templates"
)
OFFICER = holds(Role.PROGRAMME_OFFICER)
SHOWN_ROWS = 200


class OrderForm(BaseForm):
    """What is to be printed."""

    paper = SelectField(N_("Bài kiểm tra"), validators=[InputRequired()])
    size = WholeField(
        N_("Số mã đề"),
        default=4,
        description=N_("Các mã đề tương đương nhau về cơ cấu và độ khó."),
        validators=[InputRequired(), NumberRange(1, MOST_VARIANTS)],
    )
    site = StringField(
        N_("Đơn vị tổ chức"),
        description=N_("In ở đầu đề, ví dụ: Sở Nội vụ tỉnh."),
        validators=[InputRequired(), Length(max=LONGEST_LINE)],
    )
    occasion = StringField(
        N_("Tên đợt"),
        description=N_("In dưới tên bài, ví dụ: Đợt kiểm tra ngày 25/11/2026."),
        validators=[InputRequired(), Length(max=LONGEST_LINE)],
    )


class EntryForm(BaseForm):
    """Answers read off paper: a file, or a pasted list."""

    sat_at = DateTimeLocalField(
        N_("Thời điểm làm bài"), format="%Y-%m-%dT%H:%M", validators=[InputRequired()]
    )
    file = FileField(
        N_("Tệp bài làm"),
        description=N_("Tệp nhap-bai-lam.xlsx trong gói đề, đã điền; hoặc tệp .csv cùng cột."),
    )
    lines = TextAreaField(
        N_("Hoặc dán danh sách"),
        description=N_(
            "Mỗi dòng: mã cán bộ, mã đề, rồi các chữ đã chọn viết liền (bỏ trống ghi “-”). "
            "Dán từ bảng tính thì mỗi câu một cột."
        ),
        validators=[Optional(), Length(max=500_000)],
    )


def _front(form: OrderForm) -> str:
    with reading() as session:
        form.paper.choices = list_papers(session)
        sets = list_sets(session, print_papers.officer_scope(the_actor(), utc_now()))
    return render_template("officer/printing.html", form=form, sets=sets)


@blueprint.get("")
@access(OFFICER)
def show_list() -> str:
    """List the sets and ask for a new one."""
    return _front(OrderForm(None))


@blueprint.post("")
@access(OFFICER)
def order() -> BaseResponse | tuple[str, int]:
    """Let variants be made."""
    form = OrderForm()
    with reading() as session:
        form.paper.choices = list_papers(session)
    if not form.validate_on_submit():
        return _front(form), 422
    wanted = Order(form.paper.data, form.size.data or 0, text_of(form.site), text_of(form.occasion))
    _set_id, job_id = print_papers.request_set(the_actor(), wanted, now=utc_now())
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.get("/jobs/<int:job_id>")
@access(OFFICER)
def after_job(job_id: int) -> BaseResponse:
    """Lead from a finished job to its set."""
    with reading() as session:
        job = get_job(session, job_id, owner=the_actor())
    set_id = (job.result or {}).get("set", 0)
    return redirect(url_for("officer_printing.show", set_id=set_id), 303)


def _page(set_id: int, form: EntryForm) -> str:
    opened = print_papers.open_set(the_actor(), set_id, now=utc_now())
    return render_template("officer/printed_set.html", opened=opened, form=form)


@blueprint.get("/<int:set_id>")
@access(OFFICER)
def show(set_id: int) -> str:
    """Show a set: its files, its variants, what was keyed in."""
    return _page(set_id, EntryForm(None))


@blueprint.get("/<int:set_id>/files.zip")
@access(OFFICER)
def files(set_id: int) -> Response:
    """Give papers, answer sheets and keys."""
    found = print_papers.open_files(the_actor(), set_id, now=utc_now())
    response = Response(found.content, content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<int:set_id>/entries")
@access(OFFICER)
def enter(set_id: int) -> BaseResponse | tuple[str, int]:
    """Take answers in and show what they would count; nothing counts yet."""
    form = EntryForm()
    if not form.validate_on_submit():
        return _page(set_id, form), 422
    try:
        entry_id = _taken(set_id, form)
    except Invalid as error:
        form.file.errors = [message_of(error)]
        return _page(set_id, form), 422
    return redirect(url_for("officer_printing.entry", set_id=set_id, entry_id=entry_id), 303)


def _taken(set_id: int, form: EntryForm) -> int:
    sat_at = _instant(form.sat_at.data)
    actor, now = the_actor(), utc_now()
    if form.file.data:
        with form.file.data.stream:
            name, content = form.file.data.filename or "", form.file.data.read()
        return key_in_answers.stage_file(actor, set_id, name, content, sat_at=sat_at, now=now)
    return key_in_answers.stage_text(actor, set_id, form.lines.data or "", sat_at=sat_at, now=now)


def _instant(local: datetime | None) -> datetime:
    if local is None:
        raise Invalid("printing.sat_at", N_("Hãy ghi thời điểm làm bài."))
    return local.replace(tzinfo=LOCAL_ZONE)


@blueprint.get("/<int:set_id>/entries/<int:entry_id>")
@access(OFFICER)
def entry(set_id: int, entry_id: int) -> str:
    """Show what a list would count, or what is wrong with it."""
    found = key_in_answers.preview(the_actor(), set_id, entry_id, now=utc_now())
    problems = [(each, message_of(each.message)) for each in found.problems[:SHOWN_ROWS]]
    return render_template(
        "officer/printed_entry.html", found=found, problems=problems, shown=SHOWN_ROWS
    )


@blueprint.post("/<int:set_id>/entries/<int:entry_id>")
@access(OFFICER)
def decide(set_id: int, entry_id: int) -> BaseResponse:
    """Let the list count, or put it aside."""
    if request.form.get("act") == "cancel":
        key_in_answers.cancel(the_actor(), set_id, entry_id, now=utc_now())
        flash(_("Đã bỏ lần nhập này; không có kết quả nào được ghi."), "success")
    else:
        count = key_in_answers.confirm(the_actor(), set_id, entry_id, now=utc_now())
        flash(_("Đã nhập và chấm %(count)s bài làm.", count=count), "success")
    return redirect(url_for("officer_printing.show", set_id=set_id), 303)
