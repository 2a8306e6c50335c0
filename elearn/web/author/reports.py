"""What examinees reported of questions, for those who write them; nobody is named."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from elearn.assessment.reports.queries import page_of_reports
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_
from elearn.kernel.paging import page_request
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import report_question
from elearn.workflows.report_question import LONGEST

blueprint = Blueprint("author_reports", __name__, template_folder="templates")
ROWS = 20


class AnswerForm(BaseForm):
    """What was done about a report."""

    answer = StringField(validators=[DataRequired(), Length(max=LONGEST)])


@blueprint.get("/author/reports")
@access(holds(Role.AUTHOR, Role.REVIEWER))
def index() -> str:
    """List the reports that wait for an answer, or those answered."""
    resolved = request.args.get("resolved") == "1"
    code = request.args.get("question", "")[:64]
    with reading() as session:
        asked = page_request(request.args.get("page", 1, type=int), ROWS)
        found = page_of_reports(session, asked, resolved=resolved, question_code=code)
    return page(
        "author/reports.html",
        page=found,
        resolved=resolved,
        code=code,
        args={"resolved": "1" if resolved else "", "question": code},
        may_edit=the_actor().has_role(Role.AUTHOR),
    )


@blueprint.post("/author/reports/<int(max=2147483647):report_id>")
@access(holds(Role.AUTHOR, Role.REVIEWER))
def resolve(report_id: int) -> Response:
    """Say what was done about a report; its author reads it."""
    form = AnswerForm()
    if form.validate_on_submit():
        report_question.resolve(the_actor(), report_id, text_of(form.answer), now=utc_now())
        flash(_("Đã trả lời báo lỗi."), "success")
    else:
        flash(translated(N_("Hãy ghi đã xử lý thế nào.")), "error")
    return redirect(url_for("author_reports.index"))
