"""The register of the programme officer: list, one certificate, revoke, replace, issue, signers."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from elearn.certificates import issuers, queries
from elearn.certificates import pending as waiting
from elearn.certificates.issuers import NewProfile
from elearn.certificates.policy import officer_reach
from elearn.certificates.queries import CertificateView, Reach
from elearn.certificates.rules import (
    REPLACE_REASONS,
    REVOKE_REASONS,
    CertificateState,
    ReasonClass,
)
from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, AppError
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.web.access import access, holds
from elearn.web.certificate_filters import selection_of, without_empty
from elearn.web.downloads import shape_of, table_response
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.labels import label
from elearn.web.words import _
from elearn.workflows import manage_certificates
from elearn.workflows.certificate_files import filters_of

blueprint = Blueprint(
    "officer_certificates",
    __name__,
    url_prefix="/officer/certificates",
    template_folder="templates",
)
HEADERS = (
    N_("Số hiệu"),
    N_("Họ và tên"),
    N_("Ngày sinh"),
    N_("Đơn vị khi hoàn thành"),
    N_("Chương trình"),
    N_("Hình thức"),
    N_("Số phút"),
    N_("Ngày hoàn thành"),
    N_("Hết giá trị từ ngày"),
    N_("Kết quả"),
    N_("Căn cứ"),
    N_("Đơn vị cấp"),
    N_("Ngày cấp"),
    N_("Chức vụ người ký"),
    N_("Người ký"),
    N_("Tình trạng"),
    N_("Ngày thay thế, thu hồi"),
    N_("Loại lý do"),
    N_("Lý do"),
    N_("Số hiệu thay thế"),
    N_("Thay cho số hiệu"),
    N_("SHA-256 của tệp"),
)
FIELDS = {
    "title": N_("Loại giấy"),
    "issuer": N_("Đơn vị cấp"),
    "superior": N_("Cơ quan chủ quản"),
    "place": N_("Nơi cấp"),
    "full_name": N_("Họ và tên"),
    "birth_date": N_("Ngày sinh"),
    "unit_name": N_("Đơn vị khi hoàn thành"),
    "mode": N_("Hình thức"),
    "signer_title": N_("Chức vụ người ký"),
    "signer_name": N_("Người ký"),
}
officer = holds(Role.PROGRAMME_OFFICER)


class EndForm(BaseForm):
    """Why a certificate is revoked or replaced."""

    reason_class = SelectField(N_("Loại lý do"), [InputRequired()], coerce=ReasonClass)
    reason = TextAreaField(
        N_("Lý do, căn cứ"),
        [InputRequired(), Length(max=1000)],
        description=N_("Ghi số, ngày của quyết định nếu có. Chỉ người quản lý đọc được mục này."),
    )


class SignerForm(BaseForm):
    """Who signs for an issuer from a day on."""

    issuer = SelectField(N_("Đơn vị cấp"), [InputRequired()])
    superior = StringField(N_("Cơ quan chủ quản"), [Length(max=120)])
    place = StringField(
        N_("Địa danh"), [Length(max=120)], description=N_("Để trống để dùng tên tỉnh, thành phố.")
    )
    signer_title = TextAreaField(
        N_("Chức vụ người ký"),
        [InputRequired(), Length(max=120)],
        description=N_("Ví dụ: GIÁM ĐỐC; ký thay thì viết hai dòng: KT. GIÁM ĐỐC, PHÓ GIÁM ĐỐC."),
    )
    signer_name = StringField(N_("Họ và tên người ký"), [Length(max=120)])
    valid_from = DateField(N_("Áp dụng từ ngày"), [InputRequired()])


def _reach() -> Reach:
    return officer_reach(the_actor(), today())


def _end_form(reasons: tuple[ReasonClass, ...]) -> EndForm:
    form = EndForm()
    form.reason_class.choices = [(reason.value, label(reason)) for reason in reasons]
    return form


def _reason(form: EndForm) -> tuple[ReasonClass, str]:
    return form.reason_class.data, str(form.reason.data)


@blueprint.get("")
@access(officer)
def browse() -> str:
    """Show the register of the officer's programmes."""
    reach, selection = _reach(), selection_of(request.args)
    with reading() as session:
        page = queries.search(
            session,
            reach,
            filters_of(session, reach, selection),
            page_request(request.args.get("page", 1, int)),
            newest_first=True,
        )
        return render_template(
            "officer/certificates.html",
            page=page,
            programmes=queries.list_programmes(session, reach),
            years=queries.list_years(session, reach),
            states=list(CertificateState),
            selection=selection,
            args=without_empty(selection),
        )


def _row(found: CertificateView) -> tuple[Value, ...]:
    printed, ending = found.printed, found.ending
    return (
        found.serial,
        printed.full_name,
        printed.birth_date,
        printed.unit_name,
        printed.programme_title,
        label(printed.mode),
        printed.minutes,
        printed.completed_on,
        printed.expires_on,
        printed.result,
        printed.legal_basis,
        printed.issuer,
        printed.issued_on,
        printed.signer_title.replace("\n", ", "),
        printed.signer_name,
        label(found.state),
        ending.happened_on if ending else None,
        label(ending.reason_class) if ending else None,
        ending.reason if ending else None,
        ending.successor_serial if ending else None,
        found.replaces_serial,
        found.pdf_sha256,
    )


def _rows(session: Session, reach: Reach) -> Iterator[tuple[Value, ...]]:
    filters = filters_of(session, reach, selection_of(request.args))
    for found in queries.iter_matching(session, reach, filters):
        yield _row(found)


@blueprint.get("/export")
@access(officer)
def export() -> Response:
    """Give the register, with the filters of the screen, as a table; audited."""
    shape = shape_of(request.args)
    manage_certificates.note_export(the_actor(), selection_of(request.args), now=utc_now())
    with reading() as session:
        return table_response(shape, "so-cap-chung-nhan", HEADERS, _rows(session, _reach()))


def _get(serial: str) -> CertificateView:
    with reading() as session:
        return queries.get_within(session, _reach(), serial, today=today())


def _detail(view: CertificateView, problem: str | None = None, status: int = 200) -> Response:
    revoke_form, replace_form = _end_form(REVOKE_REASONS), _end_form(REPLACE_REASONS)
    changes = manage_certificates.preview_replacement(the_actor(), view.serial, now=utc_now())
    page = render_template(
        "officer/certificate.html",
        view=view,
        revoke_form=revoke_form,
        replace_form=replace_form,
        changes=[(label_of(change.field), change) for change in changes],
        problem=problem,
    )
    return Response(page, status)


def label_of(field: str) -> str:
    """Return what a printed field is called."""
    return _(FIELDS[field]) if field in FIELDS else field


@blueprint.get("/<serial>")
@access(officer)
def show(serial: str) -> Response:
    """Show what was printed, the state, and what the officer may do."""
    return _detail(_get(serial))


@blueprint.post("/<serial>/revoke")
@access(officer)
def revoke(serial: str) -> BaseResponse:
    """Revoke the certificate, with the reason."""
    form = _end_form(REVOKE_REASONS)
    if not form.validate_on_submit():
        return _detail(_get(serial), _("Hãy chọn loại lý do và ghi lý do."), 422)
    manage_certificates.revoke(the_actor(), serial, *_reason(form), now=utc_now())
    flash(_("Đã thu hồi chứng nhận số %(serial)s.", serial=serial), "success")
    return redirect(url_for("officer_certificates.show", serial=serial), 303)


@blueprint.post("/<serial>/replace")
@access(officer)
def replace(serial: str) -> BaseResponse:
    """Replace the certificate by a corrected one, with the reason."""
    form = _end_form(REPLACE_REASONS)
    if not form.validate_on_submit():
        return _detail(_get(serial), _("Hãy chọn loại lý do và ghi lý do."), 422)
    new = manage_certificates.replace(the_actor(), serial, *_reason(form), now=utc_now())
    flash(
        _("Đã cấp chứng nhận số %(new)s thay cho số %(old)s.", new=new.serial, old=serial),
        "success",
    )
    return redirect(url_for("officer_certificates.show", serial=new.serial), 303)


@blueprint.get("/pending")
@access(officer)
def pending() -> str:
    """Show completions that have no certificate yet."""
    text = clean_line(request.args.get("q", ""))[:100]
    with reading() as session:
        page = waiting.list_pending(
            session, _reach(), text, page_request(request.args.get("page", 1, int))
        )
    return render_template("officer/pending_certificates.html", page=page, text=text)


@blueprint.post("/issue/<int:completion_id>")
@access(officer)
def issue(completion_id: int) -> BaseResponse:
    """Issue the certificate of one completion."""
    issued = manage_certificates.issue(the_actor(), completion_id, now=utc_now())
    flash(_("Đã cấp chứng nhận số %(serial)s.", serial=issued.serial), "success")
    return redirect(url_for("officer_certificates.show", serial=issued.serial), 303)


@blueprint.route("/signers", methods=["GET", "POST"])
@access(officer)
def signers() -> BaseResponse:
    """Show and enter who signs for the issuers of the officer's programmes."""
    with reading() as session:
        known = issuers.list_issuers(session, _reach())
    form = SignerForm(valid_from=today())
    form.issuer.choices = [(each.issuer, each.issuer) for each in known]
    problem = None
    if form.validate_on_submit():
        try:
            manage_certificates.set_profile(the_actor(), _profile(form), now=utc_now())
        except AppError as error:
            problem = message_of(error)
        else:
            flash(_("Đã ghi nhận người ký."), "success")
            return redirect(url_for("officer_certificates.signers"), 303)
    page = render_template("officer/signers.html", form=form, known=known, problem=problem)
    return Response(page, 422 if problem or form.errors else 200)


def _profile(form: SignerForm) -> NewProfile:
    return NewProfile(
        issuer=form.issuer.data,
        superior=form.superior.data or None,
        place=form.place.data or None,
        signer_title=str(form.signer_title.data),
        signer_name=form.signer_name.data or None,
        valid_from=form.valid_from.data or today(),
    )
