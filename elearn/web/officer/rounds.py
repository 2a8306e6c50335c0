"""Rounds of the officer: list, draft, planning, what is decided for all, the end."""

from collections.abc import Iterator
from typing import TypeVar

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from elearn.assessment.rounds import queries
from elearn.assessment.rounds.live_queries import list_slots
from elearn.assessment.rounds.models import RoundKind, RoundState
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.windows import last_instant
from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, Conflict, Invalid
from elearn.kernel.paging import page_request
from elearn.org.members import list_members_by_id
from elearn.org.queries import list_unit_nodes, unit_names
from elearn.org.scope import UnitScope
from elearn.progress.audience import list_groups
from elearn.web.access import access, holds
from elearn.web.downloads import shape_of, table_response
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.web.labels import label
from elearn.web.officer.round_forms import (
    ExtendForm,
    MoveForm,
    ReasonForm,
    RoundForm,
    group_key,
    options,
)
from elearn.web.words import _
from elearn.workflows import manage_round_people, manage_rounds
from elearn.workflows.manage_rounds import Preview

blueprint = Blueprint(
    "officer_rounds", __name__, url_prefix="/officer/rounds", template_folder="templates"
)
OFFICER = holds(Role.PROGRAMME_OFFICER)
ROUND = "/<int(max=2147483647):round_id>"
# A longer list to choose from helps nobody on a phone.
_UNITS_SHOWN = 400
_MISSING_SHOWN = 100
Choosing = TypeVar("Choosing", ExtendForm, MoveForm)
MISSING_HEADERS = (N_("Mã cán bộ"), N_("Họ và tên"), N_("Đơn vị"), N_("Tài khoản"))


def scope() -> UnitScope:
    """Return the subtrees whose rounds the officer manages."""
    return manage_rounds.scope_of(the_actor(), utc_now())


def managed(session: Session, round_id: int) -> RoundView:
    """Return a round that the officer manages. Raises NotFound."""
    return queries.get_managed(session, scope(), round_id)


@blueprint.get("")
@access(OFFICER)
def browse() -> str:
    """Show the rounds, the latest first."""
    with reading() as session:
        page = queries.list_managed(
            session, scope(), page_request(request.args.get("page", type=int), size=25)
        )
    return render_template("officer/rounds/list.html", page=page, now=utc_now())


def _form() -> RoundForm:
    form = RoundForm()
    with reading() as session:
        papers = queries.list_round_papers(session)
        nodes = list_unit_nodes(session, scope())
        groups = list_groups(session)
    form.paper.choices = options((paper_id, title) for paper_id, _code, title in papers)
    form.unit.choices = options(
        (node.unit.id, "\u2003" * node.depth + node.unit.name)
        for node in nodes
        if len(nodes) <= _UNITS_SHOWN or node.depth <= 1
    )
    is_one_of_many = len({code for code, *_rest in groups}) > 1
    form.groups.choices = options(
        (group_key(code, group), f"{group} – {name}" + (f" ({title})" if is_one_of_many else ""))
        for code, title, group, name in groups
    )
    form.kind.choices = options((kind.value, label(f"{kind.value}_ROUND")) for kind in RoundKind)
    return form


@blueprint.route("/new", methods=["GET", "POST"])
@access(OFFICER)
def new() -> str | BaseResponse | tuple[str, int]:
    """Draft a round."""
    form = _form()
    if request.method == "GET":
        form.roster_on.data = today()
    return _edit(form, None)


@blueprint.route(ROUND + "/edit", methods=["GET", "POST"])
@access(OFFICER)
def edit(round_id: int) -> str | BaseResponse | tuple[str, int]:
    """Change a draft."""
    form = _form()
    with reading() as session:
        view = managed(session, round_id)
        if view.state is not RoundState.DRAFT:
            return redirect(url_for("officer_rounds.show", round_id=round_id))
        if request.method == "GET":
            form.show(view, queries.list_audience(session, round_id))
    return _edit(form, round_id)


def _edit(form: RoundForm, round_id: int | None) -> str | BaseResponse | tuple[str, int]:
    problem = None
    if form.validate_on_submit():
        try:
            saved = manage_rounds.save_draft(the_actor(), round_id, form.draft(), now=utc_now())
        except Invalid as error:
            problem = message_of(error)
        else:
            return redirect(url_for("officer_rounds.plan", round_id=saved))
    page = render_template(
        "officer/rounds/edit.html", form=form, round_id=round_id, problem=problem
    )
    return (page, 422) if problem or form.errors else page


@blueprint.get(ROUND)
@access(OFFICER)
def show(round_id: int) -> str | BaseResponse:
    """Show a planned round: what was frozen, what was decided, what can be done."""
    now = utc_now()
    with reading() as session:
        view = managed(session, round_id)
        if view.state is RoundState.DRAFT:
            return redirect(url_for("officer_rounds.plan", round_id=round_id))
        return render_template(
            "officer/rounds/show.html",
            view=view,
            now=now,
            count=queries.count_examinees(session, round_id),
            has_attempts=queries.has_attempts(session, round_id),
            ends_at=last_instant(session, round_id),
            decisions=queries.list_decisions(session, round_id),
            extend_form=_with_units(session, view, ExtendForm(formdata=None)),
            move_form=_shown_window(_with_units(session, view, MoveForm(formdata=None)), view),
            reason_form=ReasonForm(formdata=None),
        )


def _with_units(session: Session, view: RoundView, form: Choosing) -> Choosing:
    form.unit.choices = options([(0, _("Tất cả")), *unit_choices(session, view)])
    return form


def unit_choices(session: Session, view: RoundView) -> list[tuple[int, str]]:
    """Return the units below the round's unit to choose from; of very many the upper ones."""
    below = UnitScope(frozenset({view.unit_id}), view.roster_on)
    nodes = list_unit_nodes(session, below)
    return [
        (node.unit.id, "\u2003" * node.depth + node.unit.name)
        for node in nodes
        if node.depth and (len(nodes) <= _UNITS_SHOWN or node.depth <= 1)
    ]


def _shown_window(form: MoveForm, view: RoundView) -> MoveForm:
    form.starts_at.show(view.opens_at)
    form.ends_at.show(view.closes_at)
    return form


@blueprint.get(ROUND + "/plan")
@access(OFFICER)
def plan(round_id: int) -> str | BaseResponse:
    """Show what planning would freeze: how many by unit and group, who has no account."""
    shown = manage_rounds.preview(the_actor(), round_id, now=utc_now())
    if shown.view.state is not RoundState.DRAFT:
        return redirect(url_for("officer_rounds.show", round_id=round_id))
    with reading() as session:
        names = unit_names(session, shown.by_branch.keys(), shown.view.roster_on)
        missing = _missing(session, shown, _MISSING_SHOWN)
        groups = {f"{group}": name for _code, _title, group, name in list_groups(session)}
    return render_template(
        "officer/rounds/plan.html",
        shown=shown,
        view=shown.view,
        names=names,
        groups=groups,
        missing=missing,
        problem=message_of(shown.problem) if shown.problem else None,
    )


def _missing(session: Session, shown: Preview, most: int | None = None) -> list[tuple[Value, ...]]:
    found = [one.person_id for one in shown.audience.without_account()][:most]
    below = UnitScope(frozenset({shown.view.unit_id}), shown.view.roster_on)
    members = list_members_by_id(session, below, found, now=utc_now())
    return [
        (one.code, one.full_name, one.unit_name, label("ACCOUNT_" + one.state.value))
        for one in members
    ]


@blueprint.post(ROUND + "/plan")
@access(OFFICER)
def freeze(round_id: int) -> BaseResponse:
    """Freeze the people."""
    try:
        count = manage_rounds.plan(the_actor(), round_id, now=utc_now())
    except Invalid as error:
        flash(message_of(error), "error")
        return redirect(url_for("officer_rounds.plan", round_id=round_id))
    flash(_("Đã chốt danh sách %(count)s người.", count=count), "success")
    return redirect(url_for("officer_rounds.show", round_id=round_id))


@blueprint.get(ROUND + "/missing")
@access(OFFICER)
def missing(round_id: int) -> Response:
    """Give the list of those who cannot sign in yet."""
    shown = manage_rounds.preview(the_actor(), round_id, now=utc_now())

    def rows() -> Iterator[tuple[Value, ...]]:
        with reading() as session:
            yield from _missing(session, shown)

    return table_response(shape_of(request.args), "chua-co-tai-khoan", MISSING_HEADERS, rows())


@blueprint.get(ROUND + "/slots")
@access(OFFICER)
def slots(round_id: int) -> str:
    """Show the calendar: which unit sits when."""
    with reading() as session:
        view = managed(session, round_id)
        lines = list_slots(session, view, scope(), view.unit_id)
    return render_template("officer/rounds/slots.html", view=view, lines=lines)


@blueprint.post(ROUND + "/extend")
@access(OFFICER)
def extend(round_id: int) -> BaseResponse:
    """Give a unit or all more time."""
    with reading() as session:
        form = _with_units(session, managed(session, round_id), ExtendForm())
    if form.validate_on_submit():
        count = manage_round_people.extend(
            the_actor(),
            round_id,
            form.minutes.data or 0,
            form.reason.data or "",
            unit_id=form.unit.data or None,
            now=utc_now(),
        )
        flash(_("Đã thêm thời gian cho %(count)s người.", count=count), "success")
    else:
        tell_errors(form)
    return redirect(url_for("officer_rounds.show", round_id=round_id))


@blueprint.post(ROUND + "/move")
@access(OFFICER)
def move(round_id: int) -> BaseResponse:
    """Postpone the round, or move a unit."""
    with reading() as session:
        form = _with_units(session, managed(session, round_id), MoveForm())
    if form.validate_on_submit():
        try:
            count = manage_round_people.move(
                the_actor(),
                round_id,
                form.slot(),
                form.reason.data or "",
                unit_id=form.unit.data or None,
                now=utc_now(),
            )
            flash(_("Đã đổi thời gian của %(count)s người.", count=count), "success")
        except Invalid as error:
            flash(message_of(error), "error")
    else:
        tell_errors(form)
    return redirect(url_for("officer_rounds.show", round_id=round_id))


def tell_errors(form: ReasonForm) -> None:
    """Flash what is wrong with a form that has no page of its own."""
    for name, errors in form.errors.items():
        flash(f"{form[name].label.text}: {' '.join(errors)}" if name else errors[0], "error")


@blueprint.post(ROUND + "/end")
@access(OFFICER)
def end(round_id: int) -> BaseResponse:
    """End an open round for all."""
    form = ReasonForm()
    if form.validate_on_submit():
        count = manage_rounds.end_now(the_actor(), round_id, form.reason.data or "", now=utc_now())
        flash(
            _("Đã kết thúc đợt; %(count)s bài đang làm sẽ được thu ngay.", count=count), "success"
        )
    else:
        tell_errors(form)
    return redirect(url_for("officer_rounds.show", round_id=round_id))


@blueprint.post(ROUND + "/cancel")
@access(OFFICER)
def cancel(round_id: int) -> BaseResponse:
    """Call a planned round off."""
    form = ReasonForm()
    if form.validate_on_submit():
        manage_rounds.cancel(the_actor(), round_id, form.reason.data or "", now=utc_now())
        flash(_("Đã hủy đợt."), "success")
    else:
        tell_errors(form)
    return redirect(url_for("officer_rounds.show", round_id=round_id))


@blueprint.post(ROUND + "/close")
@access(OFFICER)
def close(round_id: int) -> BaseResponse:
    """Close a round whose time is over."""
    try:
        manage_rounds.close(the_actor(), round_id, now=utc_now())
        flash(_("Đã đóng đợt. Kết quả đang được tổng hợp."), "success")
    except Conflict as error:
        flash(message_of(error), "error")
    return redirect(url_for("officer_rounds.show", round_id=round_id))


@blueprint.post(ROUND + "/sum")
@access(OFFICER)
def sum_up(round_id: int) -> BaseResponse:
    """Make the sums of a closed round anew; the page of the job follows."""
    job_id = manage_rounds.sum_up(the_actor(), round_id, now=utc_now())
    return redirect(url_for("jobs.show", job_id=job_id))


@blueprint.get("/after-job/<int:job_id>")
@access(OFFICER)
def after_job(job_id: int) -> BaseResponse:
    """Lead from the page of a job to the results it made."""
    round_id = manage_rounds.round_of_job(the_actor(), job_id)
    return redirect(url_for("rounds.results", round_id=round_id))


@blueprint.post(ROUND + "/forecast")
@access(OFFICER)
def forecast(round_id: int) -> BaseResponse:
    """Say what came true of the forecast of a closed contest."""
    try:
        answer = request.form.get("answer", type=int)
        manage_rounds.answer_forecast(
            the_actor(), round_id, -1 if answer is None else answer, now=utc_now()
        )
        flash(_("Đã ghi kết quả dự đoán. Thứ hạng đang được tính lại."), "success")
    except Invalid as error:
        flash(message_of(error), "error")
    return redirect(url_for("rounds.results", round_id=round_id))
