"""One-time links: activating an account, a forgotten password. Nothing tells who exists."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from elearn.accounts.models import LinkPurpose
from elearn.accounts.tokens import plain_link_token
from elearn.infra import mail
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError, Invalid
from elearn.web.access import PUBLIC, access
from elearn.web.auth.forms import CodeForm, LetterForm, NewPasswordForm
from elearn.web.auth.routes import enter
from elearn.web.auth.visit import current_visit
from elearn.web.errors import message_of, status_of, with_retry
from elearn.web.forms import text_of
from elearn.web.words import _
from elearn.workflows import use_link as acts

blueprint = Blueprint("auth_links", __name__, template_folder="templates")


@blueprint.route("/activate", methods=["GET", "POST"])
@access(PUBLIC)
def type_code() -> BaseResponse:
    """Let the code of a sheet be typed by hand."""
    form = CodeForm()
    if not form.validate_on_submit():
        page = render_template("auth/code.html", form=form)
        return make_response(page, 422 if form.is_submitted() else 200)
    token = plain_link_token(text_of(form.code)) or "-"
    return redirect(url_for("auth_links.activate", token=token))


@blueprint.route("/activate/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def activate(token: str) -> BaseResponse:
    """Let the holder of the link choose the first password."""
    return _private(_choose_password(token, LinkPurpose.ACTIVATE))


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def reset(token: str) -> BaseResponse:
    """Let the holder of the link choose another password."""
    return _private(_choose_password(token, LinkPurpose.RESET))


def _private(response: BaseResponse) -> BaseResponse:
    """Keep the secret in the address out of caches and of the next page's log."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _choose_password(token: str, purpose: LinkPurpose) -> BaseResponse:
    visit = current_visit()
    holder = acts.open_link(token, purpose, visit, now=utc_now())
    form = NewPasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            signed_in = acts.set_password_by_link(
                token, purpose, text_of(form.password), visit, now=utc_now()
            )
        except Invalid as error:
            form.password.errors = [*form.password.errors, message_of(error)]
            status = status_of(error)
        else:
            enter(signed_in)
            flash(_("Đã đặt mật khẩu. Từ nay bạn đăng nhập bằng mật khẩu này."), "success")
            return redirect(url_for("public.entrance"))
    elif form.is_submitted():
        status = 422
    page = render_template(
        "auth/choose_password.html",
        form=form,
        holder=holder,
        is_new=purpose is LinkPurpose.ACTIVATE,
    )
    return make_response(page, status)


@blueprint.route("/forgot", methods=["GET", "POST"])
@access(PUBLIC)
def forgot() -> Response | BaseResponse:
    """Post a link to whoever has an address; answer the same for everybody else."""
    form = LetterForm()
    status = 200
    if form.validate_on_submit() and mail.is_configured():
        base_url = current_app.config["ELEARN"].base_url
        try:
            acts.ask_for_letter(text_of(form.username), current_visit(), base_url, now=utc_now())
        except AppError as error:
            form.form_errors.append(message_of(error))
            return with_retry(_forgot_page(form, status_of(error)), error)
        return redirect(url_for("auth_links.forgot", sent=1))
    if form.is_submitted():
        status = 422
    return _forgot_page(form, status)


def _forgot_page(form: LetterForm, status: int) -> Response:
    page = render_template(
        "auth/forgot.html",
        form=form,
        is_sent="sent" in request.args,
        has_mail=mail.is_configured(),
    )
    return make_response(page, status)
