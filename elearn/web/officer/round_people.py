"""One examinee of a round before the officer: his state, and what can be decided for him."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from elearn.assessment.models import AttemptState
from elearn.assessment.queries import list_attempts
from elearn.assessment.rounds import queries
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError, Conflict, Forbidden, Invalid
from elearn.kernel.paging import page_request
from elearn.org.queries import search_people
from elearn.web.access import access, holds
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.web.officer.round_forms import ExtendForm, MoveForm, ReasonForm, VoidForm, options
from elearn.web.officer.rounds import ROUND, managed, scope, tell_errors
from elearn.web.words import _
from elearn.workflows import manage_round_people

blueprint = Blueprint(
    "officer_round_people", __name__, url_prefix="/officer/rounds", template_folder="templates"
)
OFFICER = holds(Role.PROGRAMME_OFFICER)
_PERSON = ROUND + "/people/<int(max=2147483647):person_id>"


@blueprint.get(_PERSON)
@access(OFFICER)
def show(round_id: int, person_id: int) -> str:
    """Show one examinee."""
    with reading() as session:
        view = managed(session, round_id)
        seat = queries.get_seat(session, view.id, person_id)
        card = queries.get_examinee(session, view, person_id)
        attempts = [
            line
            for line in list_attempts(session, person_id, view.paper_id)
            if line.round_id == view.id
        ]
        move_form = MoveForm(formdata=None)
        move_form.starts_at.show(seat.window.starts_at)
        move_form.ends_at.show(seat.window.ends_at)
        return render_template(
            "officer/rounds/person.html",
            view=view,
            seat=seat,
            card=card,
            attempts=attempts,
            has_begun=any(line.state is not AttemptState.VOIDED for line in attempts),
            decisions=queries.list_decisions(session, view.id, person_id=person_id),
            extend_form=ExtendForm(formdata=None),
            move_form=move_form,
            reason_form=ReasonForm(formdata=None),
            now=utc_now(),
        )


def _done(round_id: int, person_id: int) -> BaseResponse:
    return redirect(url_for("officer_round_people.show", round_id=round_id, person_id=person_id))


def _tell(error: AppError) -> None:
    flash(message_of(error), "error")


@blueprint.post(_PERSON + "/extend")
@access(OFFICER)
def extend(round_id: int, person_id: int) -> BaseResponse:
    """Give one person more time."""
    form = ExtendForm()
    form.unit.choices = options([(0, "")])
    if form.validate_on_submit():
        try:
            manage_round_people.extend(
                the_actor(),
                round_id,
                form.minutes.data or 0,
                form.reason.data or "",
                person_id=person_id,
                now=utc_now(),
            )
            flash(_("Đã thêm %(n)s phút.", n=form.minutes.data), "success")
        except (Invalid, Conflict, Forbidden) as error:
            _tell(error)
    else:
        tell_errors(form)
    return _done(round_id, person_id)


@blueprint.post(_PERSON + "/move")
@access(OFFICER)
def move(round_id: int, person_id: int) -> BaseResponse:
    """Give one person another window."""
    form = MoveForm()
    form.unit.choices = options([(0, "")])
    if form.validate_on_submit():
        try:
            manage_round_people.move(
                the_actor(),
                round_id,
                form.slot(),
                form.reason.data or "",
                person_id=person_id,
                now=utc_now(),
            )
            flash(_("Đã đổi thời gian làm bài."), "success")
        except (Invalid, Conflict, Forbidden) as error:
            _tell(error)
    else:
        tell_errors(form)
    return _done(round_id, person_id)


@blueprint.post(_PERSON + "/void/<int(max=2147483647):attempt_id>")
@access(OFFICER)
def void(round_id: int, person_id: int, attempt_id: int) -> BaseResponse:
    """Make an attempt count for nothing."""
    form = VoidForm()
    if form.validate_on_submit():
        try:
            manage_round_people.void(
                the_actor(),
                round_id,
                attempt_id,
                form.reason.data or "",
                uses_up=bool(form.uses_up.data),
                now=utc_now(),
            )
            flash(_("Đã hủy lượt làm bài."), "success")
        except (Conflict, Forbidden) as error:
            _tell(error)
    else:
        tell_errors(form)
    return _done(round_id, person_id)


@blueprint.post(_PERSON + "/remove")
@access(OFFICER)
def remove(round_id: int, person_id: int) -> BaseResponse:
    """Take a person off the list."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            manage_round_people.remove(
                the_actor(), round_id, person_id, form.reason.data or "", now=utc_now()
            )
        except (Conflict, Forbidden) as error:
            _tell(error)
            return _done(round_id, person_id)
        flash(_("Đã đưa người này ra khỏi danh sách."), "success")
        return redirect(url_for("officer_rounds.show", round_id=round_id))
    tell_errors(form)
    return _done(round_id, person_id)


@blueprint.get(ROUND + "/add")
@access(OFFICER)
def find(round_id: int) -> str:
    """Find a person of the officer's scope to put on the list."""
    text = request.args.get("q", "").strip()[:100]
    with reading() as session:
        view = managed(session, round_id)
        page = page_request(request.args.get("page", type=int), size=25)
        found = search_people(session, scope(), text, page) if text else None
        people = [line.id for line in found.items] if found else []
        listed = queries.listed_of(session, view.id, people)
    return render_template(
        "officer/rounds/add.html", view=view, text=text, found=found, listed=listed
    )


@blueprint.post(ROUND + "/add")
@access(OFFICER)
def add(round_id: int) -> BaseResponse:
    """Put a person on the list."""
    form = ReasonForm()
    person_id = request.form.get("person", type=int)
    if person_id is None or not 0 < person_id < 2**31 or not form.validate_on_submit():
        tell_errors(form)
        return redirect(url_for("officer_round_people.find", round_id=round_id))
    try:
        manage_round_people.add(
            the_actor(), round_id, person_id, form.reason.data or "", now=utc_now()
        )
    except (Conflict, Forbidden) as error:
        _tell(error)
        return redirect(url_for("officer_round_people.find", round_id=round_id))
    flash(_("Đã thêm người này vào danh sách."), "success")
    return _done(round_id, person_id)
