"""Attempts of the people in the officer's scope: results, further, late and voided ones."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from elearn.assessment.forms.why import why as explain_draw
from elearn.assessment.queries import list_attempts, list_grants, list_papers
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_
from elearn.kernel.paging import page_request
from elearn.org.queries import person_card, search_people
from elearn.org.scope import UnitScope, scope_for
from elearn.web.access import access, holds
from elearn.web.author.pages import criteria_text
from elearn.web.forms import BaseForm, WholeField
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import decide_attempts
from elearn.workflows.decide_attempts import LONGEST_REASON, MOST_GRANTED

blueprint = Blueprint(
    "officer_attempts", __name__, url_prefix="/officer/attempts", template_folder="templates"
)
OFFICER = holds(Role.PROGRAMME_OFFICER)
_PERSON = "/<int(max=2147483647):person_id>"


class GrantForm(BaseForm):
    """Which paper, how many further attempts, and why."""

    paper = SelectField(N_("Bài kiểm tra"), validators=[InputRequired()])
    count = WholeField(
        N_("Số lượt cấp thêm"),
        default=1,
        validators=[InputRequired(), NumberRange(1, MOST_GRANTED)],
    )
    reason = TextAreaField(
        N_("Lý do"),
        description=N_("Lý do được lưu vào nhật ký cùng tên người cấp."),
        validators=[DataRequired(), Length(max=LONGEST_REASON)],
    )


class VoidForm(BaseForm):
    """Why an attempt shall count for nothing, and whether it uses up one of those allowed."""

    reason = StringField(validators=[DataRequired(), Length(max=LONGEST_REASON)])
    uses_up = BooleanField()


class LateForm(BaseForm):
    """Why answers that came too late shall count."""

    reason = StringField(validators=[DataRequired(), Length(max=LONGEST_REASON)])


def _scope() -> UnitScope:
    return scope_for(the_actor(), Role.PROGRAMME_OFFICER, day=today())


@blueprint.get("")
@access(OFFICER)
def search() -> str:
    """Find a person of the officer's scope by name or code."""
    text = request.args.get("q", "").strip()
    found = None
    if text:
        with reading() as session:
            page = page_request(request.args.get("page", type=int), size=25)
            found = search_people(session, _scope(), text, page)
    return render_template("officer/attempt_search.html", text=text, found=found)


@blueprint.route(_PERSON, methods=["GET", "POST"])
@access(OFFICER)
def person(person_id: int) -> str | Response | tuple[str, int]:
    """Show the attempts of a person, without answers; grant further ones."""
    form = GrantForm()
    with reading() as session:
        card = person_card(session, _scope(), person_id)
        form.paper.choices = list_papers(session)
    if form.validate_on_submit():
        decide_attempts.grant(
            the_actor(),
            person_id,
            form.paper.data,
            form.count.data or 0,
            form.reason.data or "",
            now=utc_now(),
        )
        flash(_("Đã cấp thêm %(count)s lượt làm bài.", count=form.count.data), "success")
        return redirect(url_for("officer_attempts.person", person_id=person_id))
    with reading() as session:
        attempts, grants = list_attempts(session, person_id), list_grants(session, person_id)
    if request.method == "GET" and attempts:
        form.paper.data = attempts[0].paper_code
    page = render_template(
        "officer/person_attempts.html", card=card, attempts=attempts, grants=grants, form=form
    )
    return (page, 422) if form.errors else page


@blueprint.post(_PERSON + "/late/<int(max=2147483647):attempt_id>")
@access(OFFICER)
def count_late(person_id: int, attempt_id: int) -> Response:
    """Grade an attempt again with the answers that came too late."""
    form = LateForm()
    if form.validate_on_submit():
        decide_attempts.count_late(
            the_actor(), person_id, attempt_id, form.reason.data or "", now=utc_now()
        )
        flash(_("Đã chấm lại, có tính các câu trả lời đến muộn."), "success")
    else:
        flash(translated(N_("Hãy ghi lý do tính các câu trả lời đến muộn.")), "error")
    return redirect(url_for("officer_attempts.person", person_id=person_id))


@blueprint.post(_PERSON + "/void/<int(max=2147483647):attempt_id>")
@access(OFFICER)
def void(person_id: int, attempt_id: int) -> Response:
    """Make an attempt count for nothing."""
    form = VoidForm()
    if form.validate_on_submit():
        decide_attempts.void(
            the_actor(),
            person_id,
            attempt_id,
            form.reason.data or "",
            uses_up=bool(form.uses_up.data),
            now=utc_now(),
        )
        flash(translated(N_("Đã hủy lượt làm bài.")), "success")
    else:
        flash(translated(N_("Hãy ghi lý do hủy lượt làm bài.")), "error")
    return redirect(url_for("officer_attempts.person", person_id=person_id))


@blueprint.get(_PERSON + "/why/<int(max=2147483647):attempt_id>")
@access(OFFICER)
def why(person_id: int, attempt_id: int) -> str:
    """Tell how the questions of an attempt were drawn, without keys."""
    with reading() as session:
        card = person_card(session, _scope(), person_id)
        told = explain_draw(session, attempt_id, person_id=person_id)
    return render_template("officer/why.html", card=card, told=told, criteria_text=criteria_text)
