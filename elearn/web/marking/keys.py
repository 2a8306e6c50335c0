"""Corrections of keys: propose, preview, decide, follow the regrade."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.regrading import queries, services
from elearn.assessment.regrading.bodies import KEYED
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.regrading.models import DecisionKind
from elearn.assessment.regrading.policy import PROPOSERS, READERS, may_approve
from elearn.assessment.regrading.queries import CorrectionView
from elearn.infra.db import reading
from elearn.infra.jobs import get_job
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.paging import page_request
from elearn.org.scope import scope_for
from elearn.web.access import access, holds
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.marking.words import TREATMENTS, key_of, reader_of, treatment_text
from elearn.web.words import _, translated
from elearn.workflows import change_keys
from elearn.workflows.change_keys import LONGEST_REASON, Given

blueprint = Blueprint("keys", __name__, url_prefix="/marking/keys", template_folder="templates")
READER, PROPOSER = holds(*READERS), holds(*PROPOSERS)
APPROVER = holds(Role.REVIEWER, Role.PROGRAMME_OFFICER)
_ONE = "/<int(max=2147483647):correction_id>"
_FIELDS = ("right", "answer", "tolerance", "answers")
_LONGEST_FIELD = 20_000


class ProposalForm(BaseForm):
    """How the version shall count, and why; the key itself is read field by field."""

    treatment = RadioField(N_("Cách sửa"), validators=[InputRequired()])
    reason = TextAreaField(
        N_("Vì sao đáp án sai"),
        validators=[DataRequired(), Length(max=LONGEST_REASON)],
        description=N_("Người thi được sửa điểm đọc được lý do này."),
    )


class ApprovalForm(BaseForm):
    """Approve, and whether scores may fall."""

    may_lower = BooleanField(
        N_("Hạ điểm cả những người sẽ mất điểm theo đáp án mới"),
        description=N_("Nếu không chọn, ai sẽ mất điểm được giữ nguyên điểm đã có."),
    )
    reason = TextAreaField(
        N_("Căn cứ, lý do duyệt"), validators=[DataRequired(), Length(max=LONGEST_REASON)]
    )


class RejectionForm(BaseForm):
    """Why a proposal is refused."""

    refusal = TextAreaField(
        N_("Lý do không duyệt"), validators=[DataRequired(), Length(max=LONGEST_REASON)]
    )


@blueprint.get("")
@access(READER)
def index() -> str:
    """List the corrections, those that wait first."""
    with reading() as session:
        page = page_request(request.args.get("page", 1, type=int), 20)
        found = queries.page_of_corrections(session, page)
    return render_template("marking/keys.html", page=found, treatment_text=treatment_text)


@blueprint.route("/new/<code>/<int(max=2147483647):number>", methods=["GET", "POST"])
@access(PROPOSER)
def propose(code: str, number: int) -> str | Response | tuple[str, int]:
    """Propose another key for a version of a question."""
    form = ProposalForm(treatment=Treatment.KEY.value)
    with reading() as session:
        version = queries.get_version(session, code, number)
        key = effective_bodies(session, [version.id])[version.id]
    keyed = version.type in KEYED
    form.treatment.choices = [
        (value.value, translated(text))
        for value, text in TREATMENTS.items()
        if keyed or value is not Treatment.KEY
    ]
    if form.validate_on_submit():
        given = Given(Treatment(form.treatment.data), _fields(), text_of(form.reason))
        try:
            _id, job_id = change_keys.propose(the_actor(), code, number, given, now=utc_now())
        except Invalid as error:
            form.form_errors.append(message_of(error))
        else:
            return redirect(url_for("jobs.show", job_id=job_id))
    page = render_template(
        "marking/key_new.html",
        form=form,
        code=code,
        version=version,
        key=key_of(version, key),
        keyed=keyed,
        typed=request.form,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _fields() -> dict[str, list[str]]:
    names = [*_FIELDS, *(name for name in request.form if name.startswith("blank"))]
    return {name: [text[:_LONGEST_FIELD] for text in request.form.getlist(name)] for name in names}


@blueprint.get(_ONE)
@access(READER)
def show(correction_id: int) -> str:
    """Show a correction: what changes, for how many or for whom, the decision, the result."""
    return _page(correction_id, ApprovalForm(), RejectionForm())


def _page(correction_id: int, approval: ApprovalForm, rejection: RejectionForm) -> str:
    actor = the_actor()
    is_officer = actor.has_role(Role.PROGRAMME_OFFICER)
    with reading() as session:
        view = queries.get_correction(session, correction_id)
        keys = services.keys_of(session, view.correction)
        people = None
        if is_officer:
            scope = scope_for(actor, Role.PROGRAMME_OFFICER, day=today())
            page = page_request(request.args.get("page", 1, type=int), 25)
            people = queries.page_of_affected(session, view, scope, page)
        counts = queries.count_changes(session, correction_id) if view.run else None
    return render_template(
        "marking/key.html",
        view=view,
        line=view.line,
        before=key_of(view.version, keys[0]),
        after=key_of(view.version, keys[1]),
        people=people,
        counts=counts,
        told=reader_of(exact=is_officer),
        treatment_text=treatment_text,
        may_approve=view.decision is None and may_approve(actor, view.line.proposed_by),
        may_lower=is_officer,
        is_own=actor.user_id == view.line.proposed_by,
        approval=approval,
        rejection=rejection,
        is_running=_is_running(view),
    )


def _is_running(view: CorrectionView) -> bool:
    approved = view.decision is not None and view.decision.kind is DecisionKind.APPROVED
    return approved and view.run is not None and view.run.finished_at is None


@blueprint.post(_ONE + "/preview")
@access(READER)
def renew_preview(correction_id: int) -> Response:
    """Count anew what the proposal would do."""
    job_id = change_keys.renew_preview(the_actor(), correction_id, now=utc_now())
    return redirect(url_for("jobs.show", job_id=job_id))


@blueprint.post(_ONE + "/approve")
@access(APPROVER)
def approve(correction_id: int) -> Response | tuple[str, int]:
    """Approve and regrade."""
    form = ApprovalForm()
    if not form.validate_on_submit():
        return _page(correction_id, form, RejectionForm(formdata=None)), 422
    job_id = change_keys.approve(
        the_actor(),
        correction_id,
        may_lower=bool(form.may_lower.data),
        reason=text_of(form.reason),
        now=utc_now(),
    )
    return redirect(url_for("jobs.show", job_id=job_id))


@blueprint.post(_ONE + "/reject")
@access(APPROVER)
def reject(correction_id: int) -> Response | tuple[str, int]:
    """Refuse the proposal."""
    form = RejectionForm()
    if not form.validate_on_submit():
        return _page(correction_id, ApprovalForm(formdata=None), form), 422
    change_keys.reject(the_actor(), correction_id, text_of(form.refusal), now=utc_now())
    flash(_("Đã ghi quyết định không duyệt."), "success")
    return redirect(url_for("keys.show", correction_id=correction_id))


@blueprint.post(_ONE + "/withdraw")
@access(PROPOSER)
def withdraw(correction_id: int) -> Response:
    """Take the own proposal back."""
    change_keys.withdraw(the_actor(), correction_id, now=utc_now())
    flash(_("Đã rút đề nghị."), "success")
    return redirect(url_for("keys.show", correction_id=correction_id))


@blueprint.post(_ONE + "/resume")
@access(APPROVER)
def resume(correction_id: int) -> Response:
    """Go on with a regrade that stopped."""
    job_id = change_keys.resume(the_actor(), correction_id, now=utc_now())
    return redirect(url_for("jobs.show", job_id=job_id))


@blueprint.get("/jobs/<int(max=2147483647):job_id>")
@access(READER)
def after_job(job_id: int) -> Response:
    """Lead from a job to its correction."""
    with reading() as session:
        job = get_job(session, job_id, owner=the_actor())
    correction_id = (job.result or {}).get("correction_id")
    if not isinstance(correction_id, int):
        return redirect(url_for("keys.index"))
    return redirect(url_for("keys.show", correction_id=correction_id))
