"""Score review for the examinee: ask once, see the decision."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from elearn.assessment.reviews.rules import LONGEST_REASON
from elearn.kernel.errors import N_
from elearn.web.access import SIGNED_IN, access
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows import review_scores

blueprint = Blueprint("quiz_reviews", __name__, template_folder="templates")


class ReviewForm(BaseForm):
    """Which questions are meant, and why."""

    items = SelectMultipleField(
        N_("Câu hỏi cần xem lại"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=N_("Không chọn câu nào là xin xem lại cả bài."),
    )
    reason = TextAreaField(
        N_("Lý do xin phúc khảo"), validators=[DataRequired(), Length(max=LONGEST_REASON)]
    )


@blueprint.route("/attempts/<int(max=2147483647):attempt_id>/review", methods=["GET", "POST"])
@access(SIGNED_IN)
def review(attempt_id: int) -> str | Response | tuple[str, int]:
    """Show the examinee's request and its decision, or the form to ask."""
    actor, form = the_actor(), ReviewForm()
    desk = review_scores.open_desk(actor, attempt_id)
    form.items.choices = [(key, _("Câu %(n)s", n=number)) for key, number in desk.numbers]
    if form.validate_on_submit():
        review_scores.ask(actor, attempt_id, form.items.data or [], text_of(form.reason))
        flash(_("Đã gửi đơn phúc khảo."), "success")
        return redirect(url_for("quiz_reviews.review", attempt_id=attempt_id))
    page = render_template(
        "quiz/review.html",
        desk=desk,
        head=desk.head,
        form=form,
        numbers=dict(desk.numbers),
        refusal=message_of(desk.refusal) if desk.refusal else None,
    )
    return (page, 422) if form.errors else page
