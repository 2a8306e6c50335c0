"""Score reviews for the programme officer: the queue, one case, the decision."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from elearn.assessment.reviews.rules import LONGEST_REASON
from elearn.kernel.actor import Role
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.paging import page_request
from elearn.web.access import access, holds
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import review_scores
from elearn.workflows.review_scores import Case

blueprint = Blueprint(
    "reviews", __name__, url_prefix="/marking/reviews", template_folder="templates"
)
OFFICER = holds(Role.PROGRAMME_OFFICER)
_REVIEW = "/<int(max=2147483647):review_id>"
KEEP, CHANGE = "keep", "change"
_OUTCOMES = ((KEEP, N_("Giữ nguyên điểm")), (CHANGE, N_("Sửa điểm các câu có điểm mới ghi ở trên")))


class DecisionForm(BaseForm):
    """Keep or change, and why; points are read question by question."""

    outcome = RadioField(N_("Quyết định"), validators=[InputRequired()])
    reason = TextAreaField(
        N_("Lý do"),
        validators=[DataRequired(), Length(max=LONGEST_REASON)],
        description=N_("Người thi đọc được lý do này; nó cũng được lưu vào nhật ký."),
    )


def _form() -> DecisionForm:
    form = DecisionForm()
    form.outcome.choices = [(value, translated(text)) for value, text in _OUTCOMES]
    return form


@blueprint.get("")
@access(OFFICER)
def index() -> str:
    """List the reviews asked for in the officer's units."""
    page = page_request(request.args.get("page", 1, type=int), 20)
    found = review_scores.list_requests(the_actor(), page)
    return render_template("marking/reviews.html", page=found)


@blueprint.get(_REVIEW)
@access(OFFICER)
def show(review_id: int) -> str:
    """Show a case: the request, the attempt with keys and marks."""
    return _page(review_scores.open_case(the_actor(), review_id), _form())


def _page(case: Case, form: DecisionForm) -> str:
    return render_template("marking/review.html", case=case, form=form, typed=request.form)


@blueprint.post(_REVIEW)
@access(OFFICER)
def decide(review_id: int) -> Response | tuple[str, int]:
    """Keep the score, or record points anew."""
    form = _form()
    if form.validate_on_submit():
        try:
            review_scores.decide(the_actor(), review_id, _points(form), text_of(form.reason))
        except Invalid as error:
            form.form_errors.append(message_of(error))
        else:
            flash(_("Đã ghi quyết định phúc khảo."), "success")
            return redirect(url_for("reviews.show", review_id=review_id))
    return _page(review_scores.open_case(the_actor(), review_id), form), 422


def _points(form: DecisionForm) -> dict[int, str]:
    """Return what was typed beside the questions; nothing where the score is kept.

    Raises Invalid where it shall change and nothing was typed.
    """
    if form.outcome.data == KEEP:
        return {}
    typed = {
        int(name.removeprefix("item-")): text.strip()
        for name, text in request.form.items()
        if name.startswith("item-") and name[5:].isdecimal() and text.strip()
    }
    if not typed:
        raise Invalid("review.points", N_("Hãy ghi điểm mới cho ít nhất một câu hỏi."))
    return typed
