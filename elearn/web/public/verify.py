"""Verification of certificates by anybody, with or without JavaScript."""

from contextlib import closing

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from elearn.accounts.limits import keyed_hash, network_of
from elearn.certificates.queries import CertificateView
from elearn.certificates.serial import normal_code
from elearn.certificates.verification import Verdict
from elearn.infra.signing import encoded, keys
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.text import clean_line
from elearn.web.access import PUBLIC, access
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.workflows import verify_certificate

blueprint = Blueprint("verify", __name__, template_folder="templates")
# A certificate has some 60 KB; whatever is larger is none, and is not worth reading on.
LARGEST_FILE = 5 * 1024 * 1024


class CodeForm(BaseForm):
    """The code printed beside the QR picture."""

    code = StringField(
        N_("Mã xác minh"),
        [InputRequired(), Length(max=100)],
        description=N_("26 ký tự in cạnh mã QR; không phân biệt chữ hoa, dấu cách và dấu nối."),
    )


class NumberForm(BaseForm):
    """The number of a certificate with the name on it."""

    serial = StringField(
        N_("Số hiệu"), [InputRequired(), Length(max=100)], description=N_("Ví dụ: GCN-2026-00042")
    )
    full_name = StringField(
        N_("Họ và tên in trên chứng nhận"),
        [InputRequired(), Length(max=120)],
        description=N_("Gõ có dấu hoặc không dấu."),
    )


class FileForm(BaseForm):
    """The PDF file to be checked."""

    file = FileField(
        N_("Tệp PDF"),
        [FileRequired(N_("Hãy chọn một tệp."))],
        description=N_("Hệ thống chỉ so sánh rồi xóa ngay, không lưu tệp."),
    )


def _address_key() -> str:
    """Return the keyed hash of where the request comes from: countable, and no personal data."""
    secret = str(current_app.config["SECRET_KEY"])
    return keyed_hash(secret, "verify", network_of(request.remote_addr or ""))


def _private(page: str, status: int = 200) -> Response:
    """Return a page that no cache and no search engine keeps: a state may change any minute."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(status: int = 200, problem: str | None = None, **given: object) -> Response:
    shown: dict[str, object] = {
        "code_form": CodeForm(None),
        "number_form": NumberForm(None),
        "file_form": FileForm(None),
        "problem": problem,
        "verdict": None,
        **given,
    }
    return _private(render_template("public/verify.html", **shown), status)


@blueprint.get("/verify")
@access(PUBLIC)
def ask() -> Response:
    """Ask for a code, a number with the name, or a file."""
    return _page()


@blueprint.post("/verify")
@access(PUBLIC)
def find() -> BaseResponse:
    """Find a certificate by its code, or by its number and the name on it."""
    if "serial" in request.form:
        return _find_by_number()
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(422, code_form=form)
    code = normal_code(str(form.code.data))
    # What can be no code goes the same way as a code that is unknown.
    return redirect(url_for("verify.show", code=code or "0"), 303)


def _find_by_number() -> BaseResponse:
    form = NumberForm()
    if not form.validate_on_submit():
        return _page(422, number_form=form)
    serial, name = str(form.serial.data), clean_line(str(form.full_name.data))
    try:
        found = verify_certificate.find_by_serial(serial, name, _address_key(), now=utc_now())
    except NotFound as error:
        return _page(404, message_of(error), number_form=form)
    return redirect(url_for("verify.show", code=found.code), 303)


@blueprint.post("/verify/file")
@access(PUBLIC)
def check_file() -> Response:
    """Tell whether a file is a certificate as issued."""
    form = FileForm()
    if not form.validate_on_submit():
        return _page(422, file_form=form)
    with closing(form.file.data) as upload:
        content = upload.read(LARGEST_FILE + 1)
    verdict = verify_certificate.check_file(content, _address_key(), now=utc_now())
    return _page(verdict=verdict, view=_public_view(verdict))


def _public_view(verdict: Verdict) -> CertificateView | None:
    """Return the certificate to show: only to who holds the very file that was issued."""
    return verdict.certificate if verdict.is_authentic else None


@blueprint.get("/verify/<code>")
@access(PUBLIC)
def show(code: str) -> Response:
    """Show what was printed on the certificate of ``code``, without the birth date; its state."""
    try:
        found = verify_certificate.find_by_code(code, _address_key(), now=utc_now())
    except NotFound as error:
        return _page(404, message_of(error))
    trusted = {key_id: encoded(public) for key_id, public in keys().trusted().items()}
    page = render_template("public/certificate.html", view=found, trusted=trusted)
    return _private(page)
