"""The administrator's pages of users: list, one user, roles with dates, links, states."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from elearn.accounts.queries import list_open_sessions
from elearn.accounts.rules import AccountState
from elearn.infra import mail
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, AppError, Invalid
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.org.audit_trail import list_acts_on
from elearn.org.grants import find_unit_code, list_grants
from elearn.org.scope import UnitScope, scope_for
from elearn.org.users import UserFilter, get_user, list_users
from elearn.web.access import access, holds
from elearn.web.admin.forms import DescribeForm, EndForm, NewUserForm, ReasonForm, RoleForm
from elearn.web.errors import message_of, status_of
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.slips import asked_from, handout_asked_for, slips_response
from elearn.web.words import _
from elearn.workflows import manage_users as acts

blueprint = Blueprint(
    "admin_users", __name__, url_prefix="/admin/users", template_folder="templates"
)
_LATEST = 10


def _scope() -> UnitScope:
    return scope_for(the_actor(), Role.ADMIN, day=today())


def _chosen() -> UserFilter:
    state, role = request.args.get("state", ""), request.args.get("role", "")
    return UserFilter(
        text=clean_line(request.args.get("q", ""))[:100],
        state=AccountState(state) if state in AccountState.__members__ else None,
        role=Role(role) if role in Role.__members__ else None,
    )


@blueprint.get("")
@access(holds(Role.ADMIN))
def show_list() -> str:
    """List the accounts within reach."""
    chosen = _chosen()
    asked = page_request(request.args.get("page", 1, type=int))
    with reading() as session:
        page = list_users(session, _scope(), chosen, asked)
    args = {"q": chosen.text or None, "state": chosen.state, "role": chosen.role}
    states = [state for state in AccountState if state is not AccountState.NONE]
    return render_template(
        "admin/users.html",
        page=page,
        chosen=chosen,
        args=args,
        states=states,
        roles=list(Role),
    )


def _role_request(session: Session, form: RoleForm) -> acts.RoleRequest:
    return acts.RoleRequest(
        Role(form.role.data),
        find_unit_code(session, text_of(form.unit), _scope()),
        form.first.data,
        form.last.data,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access(holds(Role.ADMIN))
def add() -> Response:
    """Make an account with a first role; the answer holds its activation link."""
    form = NewUserForm()
    if not form.validate_on_submit():
        return _new_page(form, 422 if form.is_submitted() else 200)
    try:
        with reading() as session:
            role = _role_request(session, form)
        wanted = acts.UserRequest(
            username=text_of(form.username),
            role=role,
            person_code=text_of(form.person_code) or None,
            display_name=text_of(form.display_name) or None,
            email=text_of(form.email) or None,
        )
        added = acts.add_user(the_actor(), wanted, handout_asked_for(), now=utc_now())
    except AppError as error:
        form.form_errors.append(message_of(error))
        return _new_page(form, status_of(error))
    back = url_for("admin_users.show", user_id=added.user_id)
    return slips_response(added.issued, back)


def _new_page(form: NewUserForm, status: int) -> Response:
    page = render_template(
        "admin/new_user.html", form=form, has_mail=mail.is_configured(), asked_from=asked_from()
    )
    return make_response(page, status)


@blueprint.get("/<int:user_id>")
@access(holds(Role.ADMIN))
def show(user_id: int) -> str:
    """Show one account: state, roles, open sessions, what was done to it."""
    return _page(user_id, RoleForm(formdata=None))


def _page(user_id: int, role_form: RoleForm) -> str:
    scope, now = _scope(), utc_now()
    with reading() as session:
        card = get_user(session, scope, user_id, now=now)
        grants = list_grants(session, user_id, scope.day, scope)
        sessions = list_open_sessions(session, user_id, now=now)
        latest = list_acts_on(session, scope, user_id, _LATEST)
    describe = DescribeForm(formdata=None, display_name=card.display_name, email=card.email)
    return render_template(
        "admin/user.html",
        user=card,
        grants=grants,
        sessions=sessions,
        latest=latest,
        today=scope.day,
        is_self=user_id == the_actor().user_id,
        role_form=role_form,
        describe_form=describe,
        reason_form=ReasonForm(formdata=None),
        has_mail=mail.is_configured(),
        asked_from=asked_from(),
    )


def _back(user_id: int) -> BaseResponse:
    return redirect(url_for("admin_users.show", user_id=user_id))


@blueprint.post("/<int:user_id>/roles")
@access(holds(Role.ADMIN))
def grant_role(user_id: int) -> Response | BaseResponse:
    """Grant a role."""
    form = RoleForm()
    if not form.validate_on_submit():
        return make_response(_page(user_id, form), 422)
    try:
        with reading() as session:
            wanted = _role_request(session, form)
        acts.grant_role_to(the_actor(), user_id, wanted, now=utc_now())
    except AppError as error:
        form.form_errors.append(message_of(error))
        return make_response(_page(user_id, form), status_of(error))
    flash(_("Đã cấp vai trò."), "success")
    return _back(user_id)


@blueprint.post("/<int:user_id>/roles/<int:grant_id>/end")
@access(holds(Role.ADMIN))
def end_role(user_id: int, grant_id: int) -> BaseResponse:
    """Let a role end, at once or after a day."""
    last = _valid(EndForm()).last.data
    acts.end_role_of(the_actor(), user_id, grant_id, last, now=utc_now())
    flash(_("Đã đặt ngày kết thúc của vai trò."), "success")
    return _back(user_id)


def _valid(form: BaseForm) -> BaseForm:
    """Return ``form``. Raises Invalid with the first of its messages."""
    if form.validate_on_submit():
        return form
    problems = [f"{form[name].label.text}: {error}" for name, (error, *_) in form.errors.items()]
    raise Invalid(
        "form.invalid",
        N_("Biểu mẫu chưa đúng: %(problem)s"),
        problem=problems[0] if problems else "",
    )


@blueprint.post("/<int:user_id>/link")
@access(holds(Role.ADMIN))
def renew_link(user_id: int) -> Response:
    """Give a new link to activate the account or to reset the password."""
    issued = acts.renew_link_of(the_actor(), user_id, handout_asked_for(), now=utc_now())
    return slips_response(issued, url_for("admin_users.show", user_id=user_id))


@blueprint.post("/<int:user_id>/suspend")
@access(holds(Role.ADMIN))
def suspend(user_id: int) -> BaseResponse:
    """Bar a user from signing in."""
    reason = text_of(_valid(ReasonForm()).reason)
    acts.suspend_user(the_actor(), user_id, reason, now=utc_now())
    flash(_("Đã tạm khóa tài khoản. Các phiên đăng nhập đã kết thúc."), "success")
    return _back(user_id)


@blueprint.post("/<int:user_id>/resume")
@access(holds(Role.ADMIN))
def resume(user_id: int) -> BaseResponse:
    """Let a user sign in again."""
    reason = text_of(_valid(ReasonForm()).reason)
    acts.resume_user(the_actor(), user_id, reason, now=utc_now())
    flash(_("Đã mở lại tài khoản."), "success")
    return _back(user_id)


@blueprint.post("/<int:user_id>/describe")
@access(holds(Role.ADMIN))
def describe(user_id: int) -> BaseResponse:
    """Change a user's name and the address for letters."""
    form = _valid(DescribeForm())
    email = text_of(form.email) or None
    acts.describe_user(the_actor(), user_id, text_of(form.display_name), email, now=utc_now())
    flash(_("Đã lưu thông tin."), "success")
    return _back(user_id)
