"""What somebody changes of the own account: password, language, sessions elsewhere."""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError
from elearn.web.access import SIGNED_IN, access
from elearn.web.auth.forms import ChangePasswordForm, LanguageForm
from elearn.web.auth.routes import account_page
from elearn.web.errors import message_of, status_of, with_retry
from elearn.web.forms import text_of
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows import sign_in as acts

blueprint = Blueprint("own_account", __name__, url_prefix="/account")


@blueprint.post("/password")
@access(SIGNED_IN)
def change_password() -> Response | BaseResponse:
    """Give oneself a new password; sessions elsewhere end."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return make_response(account_page(form), 422)
    secret = current_app.config["SECRET_KEY"]
    try:
        acts.change_password(
            the_actor(), text_of(form.old), text_of(form.password), secret, now=utc_now()
        )
    except AppError as error:
        form.form_errors.append(message_of(error))
        return with_retry(make_response(account_page(form), status_of(error)), error)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập ở nơi khác đã kết thúc."), "success")
    return redirect(url_for("auth.account"))


@blueprint.post("/language")
@access(SIGNED_IN)
def choose_language() -> BaseResponse:
    """Keep the language in the account and in this browser."""
    form = LanguageForm()
    if form.validate_on_submit():
        acts.choose_locale(the_actor(), form.locale.data)
        cookie["locale"] = form.locale.data
        flash(_("Đã lưu ngôn ngữ."), "success")
    return redirect(url_for("auth.account"))


@blueprint.post("/sessions/end-others")
@access(SIGNED_IN)
def end_other_sessions() -> BaseResponse:
    """End every session but this one."""
    acts.end_other_sessions(the_actor(), now=utc_now())
    flash(_("Đã kết thúc mọi phiên đăng nhập khác."), "success")
    return redirect(url_for("auth.account"))
