"""An examinee reports what is wrong with a question; a page of its own, beside the attempt."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from elearn.kernel.errors import N_
from elearn.web.access import SIGNED_IN, access
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.words import _, lazy
from elearn.workflows import report_question
from elearn.workflows.report_question import LONGEST

blueprint = Blueprint("quiz_reports", __name__, template_folder="templates")


class ReportForm(BaseForm):
    """What is wrong."""

    text = TextAreaField(
        lazy(N_("Câu hỏi sai ở đâu?")),
        [DataRequired(), Length(max=LONGEST)],
        description=lazy(
            N_(
                "Ví dụ: hai phương án cùng đúng, văn bản đã hết hiệu lực, hình không hiện. "
                "Đừng ghi câu trả lời của bạn vào đây."
            )
        ),
        render_kw={"rows": "4", "maxlength": str(LONGEST)},
    )


@blueprint.route(
    "/attempts/<int(max=2147483647):attempt_id>/questions/<int(max=2147483647):number>/report",
    methods=["GET", "POST"],
)
@access(SIGNED_IN)
def report(attempt_id: int, number: int) -> str | Response | tuple[str, int]:
    """Take a report about question ``number`` of the attempt, and show the earlier ones."""
    actor, form = the_actor(), ReportForm()
    if form.validate_on_submit():
        report_question.report(actor, attempt_id, number, text_of(form.text))
        flash(_("Đã gửi. Cảm ơn bạn; hãy làm tiếp bài như bình thường."), "success")
        return redirect(url_for("quiz_reports.report", attempt_id=attempt_id, number=number))
    reports = report_question.open_report(actor, attempt_id, number)
    page = render_template(
        "quiz/report.html", form=form, reports=reports, attempt_id=attempt_id, number=number
    )
    return (page, 422) if form.errors else page
