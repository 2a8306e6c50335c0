"""Accounts of the people of one's units: make, hand out links, bar, let in again."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from elearn.accounts.rules import AccountState
from elearn.infra import mail
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.org.members import Member, MemberFilter, count_members, get_member, list_members
from elearn.web.access import access, holds
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.slips import asked_from, handout_asked_for, slips_response
from elearn.web.words import _, lazy
from elearn.workflows import manage_accounts as acts

blueprint = Blueprint(
    "hr_accounts", __name__, url_prefix="/hr/accounts", template_folder="templates"
)


class ReasonForm(BaseForm):
    """Why an account is barred or let in again."""

    reason = StringField(lazy(N_("Lý do")), [DataRequired(), Length(max=200)])


def _chosen() -> MemberFilter:
    state = request.args.get("state", "")
    return MemberFilter(
        text=clean_line(request.args.get("q", ""))[:100],
        state=AccountState(state) if state in AccountState.__members__ else None,
    )


@blueprint.get("")
@access(holds(Role.HR))
def show_list() -> str:
    """List the people of the own units with the state of their accounts."""
    chosen, now = _chosen(), utc_now()
    scope = acts.hr_scope(the_actor(), now)
    asked = page_request(request.args.get("page", 1, type=int))
    with reading() as session:
        page = list_members(session, scope, chosen, asked, now=now)
        counts = count_members(session, scope, chosen.text)
    return render_template(
        "hr/accounts.html",
        page=page,
        counts=counts,
        chosen=chosen,
        args={"q": chosen.text or None, "state": chosen.state},
        most_at_once=acts.MOST_AT_ONCE,
        has_mail=mail.is_configured(),
        asked_from=asked_from(),
    )


@blueprint.post("/links")
@access(holds(Role.HR))
def issue_links() -> Response:
    """Make accounts and links for the chosen people, or for all who have none."""
    handout = handout_asked_for()
    if request.form.get("who") == "all":
        issued = acts.issue_links_to_all_without_account(the_actor(), handout, now=utc_now())
    else:
        person_ids = request.form.getlist("person_ids", type=int)
        issued = acts.issue_activation_links(the_actor(), person_ids, handout, now=utc_now())
    return slips_response(issued, url_for("hr_accounts.show_list"))


def _member(session: Session, person_id: int) -> Member:
    now = utc_now()
    return get_member(session, acts.hr_scope(the_actor(), now), person_id, now=now)


@blueprint.get("/<int:person_id>")
@access(holds(Role.HR))
def show_person(person_id: int) -> str:
    """Show the account of one person and what can be done with it."""
    with reading() as session:
        member = _member(session, person_id)
    return render_template(
        "hr/account.html",
        member=member,
        form=ReasonForm(),
        has_mail=mail.is_configured(),
        asked_from=asked_from(),
    )


@blueprint.post("/<int:person_id>/link")
@access(holds(Role.HR))
def renew_link(person_id: int) -> Response:
    """Give one person a new link to activate the account or to reset the password."""
    issued = acts.renew_link(the_actor(), person_id, handout_asked_for(), now=utc_now())
    return slips_response(issued, url_for("hr_accounts.show_person", person_id=person_id))


def _reason() -> str:
    form = ReasonForm()
    if not form.validate_on_submit():
        raise Invalid("account.reason", N_("Hãy ghi lý do, không quá 200 ký tự."))
    return text_of(form.reason)


@blueprint.post("/<int:person_id>/suspend")
@access(holds(Role.HR))
def suspend(person_id: int) -> BaseResponse:
    """Bar one person from signing in."""
    acts.suspend_account(the_actor(), person_id, _reason(), now=utc_now())
    flash(_("Đã tạm khóa tài khoản. Các phiên đăng nhập đã kết thúc."), "success")
    return redirect(url_for("hr_accounts.show_person", person_id=person_id))


@blueprint.post("/<int:person_id>/resume")
@access(holds(Role.HR))
def resume(person_id: int) -> BaseResponse:
    """Let one person sign in again."""
    acts.resume_account(the_actor(), person_id, _reason(), now=utc_now())
    flash(_("Đã mở lại tài khoản."), "success")
    return redirect(url_for("hr_accounts.show_person", person_id=person_id))
