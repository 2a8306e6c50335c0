"""Tickets of a round's rooms: made, shown as a sheet to be cut, revoked."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from elearn.assessment.rounds import tickets
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.rules import shown_ticket
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Invalid
from elearn.web.access import access, holds
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.web.officer.round_forms import TicketsForm, options
from elearn.web.officer.rounds import ROUND, managed, unit_choices
from elearn.web.words import _
from elearn.workflows import manage_round_tickets
from elearn.workflows.manage_round_tickets import Wanted

blueprint = Blueprint(
    "officer_round_tickets", __name__, url_prefix="/officer/rounds", template_folder="templates"
)
OFFICER = holds(Role.PROGRAMME_OFFICER)


def _form(session: Session, view: RoundView) -> TicketsForm:
    form = TicketsForm()
    everybody = [(view.unit_id, _("Mọi người trong danh sách, mỗi người một phiếu ghi tên"))]
    nobody = (0, _("Phiếu không ghi tên, ai trong danh sách cũng dùng được"))
    form.unit.choices = options([nobody, *everybody, *unit_choices(session, view)])
    if request.method == "GET":
        form.expires_at.show(view.closes_at)
    return form


@blueprint.route(ROUND + "/tickets", methods=["GET", "POST"])
@access(OFFICER)
def rooms(round_id: int) -> str | BaseResponse | tuple[str, int]:
    """Show the rooms with their tickets; make more."""
    problem = None
    with reading() as session:
        view = managed(session, round_id)
        form = _form(session, view)
    if form.validate_on_submit():
        try:
            count = manage_round_tickets.make(the_actor(), round_id, _wanted(form), now=utc_now())
        except (Invalid, Conflict) as error:
            problem = message_of(error)
        else:
            flash(_("Đã lập %(count)s phiếu.", count=count), "success")
            return redirect(url_for("officer_round_tickets.rooms", round_id=round_id))
    with reading() as session:
        lines = tickets.list_rooms(session, round_id, utc_now())
    page = render_template(
        "officer/rounds/tickets.html", view=view, form=form, rooms=lines, problem=problem
    )
    return (page, 422) if problem or form.errors else page


def _wanted(form: TicketsForm) -> Wanted:
    return Wanted(
        room=form.room.data or "",
        expires_at=form.expires_at.at(),
        count=0 if form.unit.data else form.count.data or 0,
        unit_id=form.unit.data or None,
    )


@blueprint.get(ROUND + "/tickets/sheet")
@access(OFFICER)
def sheet(round_id: int) -> BaseResponse:
    """Show the tickets of a room as a sheet to be printed and cut."""
    room = request.args.get("room", "")
    with reading() as session:
        view = managed(session, round_id)
        lines = tickets.list_tickets(session, round_id, room)
    response = make_response(
        render_template(
            "officer/rounds/sheet.html",
            view=view,
            room=room,
            lines=lines,
            shown=shown_ticket,
            now=utc_now(),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(ROUND + "/tickets/revoke")
@access(OFFICER)
def revoke(round_id: int) -> BaseResponse:
    """Revoke the unused tickets of a room, or one ticket."""
    room, ticket_id = request.form.get("room", ""), request.form.get("ticket", type=int)
    try:
        count = manage_round_tickets.revoke(
            the_actor(),
            round_id,
            room=room,
            ticket_id=ticket_id if ticket_id and ticket_id < 2**31 else None,
            now=utc_now(),
        )
        flash(_("Đã thu hồi %(count)s phiếu.", count=count), "success")
    except Conflict as error:
        flash(message_of(error), "error")
    return redirect(url_for("officer_round_tickets.rooms", round_id=round_id))
