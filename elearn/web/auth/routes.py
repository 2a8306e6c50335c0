"""Signing in and out, and the page of the own account."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from elearn.accounts.queries import list_open_sessions
from elearn.infra.db import reading
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import AppError
from elearn.org.grants import list_grants
from elearn.org.users import get_own_account
from elearn.web.access import PUBLIC, SIGNED_IN, access
from elearn.web.auth.forms import ChangePasswordForm, LanguageForm, SignInForm
from elearn.web.auth.visit import current_visit
from elearn.web.errors import message_of, status_of, with_retry
from elearn.web.forms import text_of
from elearn.web.identity import current_actor, sign_in, sign_out, the_actor
from elearn.web.urls import safe_path
from elearn.workflows import sign_in as acts

blueprint = Blueprint("auth", __name__, template_folder="templates")

# Everything but the cache: private pages are never stored (no-store), and the style sheets that
# the next user of a shared computer needs may stay.
_CLEAR = '"cookies", "storage"'


@blueprint.route("/login", methods=["GET", "POST"])
@access(PUBLIC)
def login() -> Response | BaseResponse:
    """Show the form; let in who knows the password, back to where he wanted to go."""
    target = safe_path(request.args.get("next"), url_for("public.entrance"))
    if request.method == "GET" and current_actor() is not None:
        return redirect(target)
    form = SignInForm()
    if not form.validate_on_submit():
        return _login_page(form, 422 if form.is_submitted() else 200)
    try:
        signed_in = acts.sign_in(
            text_of(form.username), text_of(form.password), current_visit(), now=utc_now()
        )
    except AppError as error:
        form.form_errors.append(message_of(error))
        return with_retry(_login_page(form, status_of(error)), error)
    enter(signed_in)
    return redirect(target)


def _login_page(form: SignInForm, status: int) -> Response:
    page = render_template(
        "auth/login.html",
        form=form,
        has_left="left" in request.args,
        must_sign_in="next" in request.args,
    )
    return make_response(page, status)


def enter(signed_in: acts.SignedIn) -> None:
    """Make this browser hold the new session; one that was open in it ends."""
    previous = current_actor()
    if previous is not None:
        acts.sign_out(previous, now=utc_now())
    sign_in(signed_in.token, signed_in.actor)


@blueprint.post("/logout")
@access(PUBLIC)
def logout() -> BaseResponse:
    """End the session in one press and leave nothing behind in this browser."""
    actor = current_actor()
    if actor is not None:
        acts.sign_out(actor, now=utc_now())
    sign_out()
    response = redirect(url_for("auth.login", left=1))
    response.headers["Clear-Site-Data"] = _CLEAR
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/account")
@access(SIGNED_IN)
def account() -> str:
    """Show the own data, roles and open sessions."""
    return account_page(ChangePasswordForm())


def account_page(form: ChangePasswordForm) -> str:
    """Return the page of the own account with ``form`` as it stands."""
    actor, now = the_actor(), utc_now()
    user_id = actor.user_id or 0
    day = local_day(now)
    with reading() as session:
        own = get_own_account(session, user_id, day)
        grants = [line for line in list_grants(session, user_id, day) if not line.is_over(day)]
        sessions = list_open_sessions(session, user_id, now=now)
    return render_template(
        "auth/account.html",
        form=form,
        language=LanguageForm(locale=actor.locale),
        own=own,
        grants=grants,
        sessions=sessions,
        present_id=actor.session_id,
    )
