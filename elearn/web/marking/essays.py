"""Marking essays: the queue, and one essay at a time with its rubric, blind."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from elearn.assessment.marking.policy import MARKERS
from elearn.assessment.marking.rules import LONGEST_COMMENT, STEP
from elearn.kernel.errors import N_, Invalid
from elearn.web.access import access, holds
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows import mark_essays
from elearn.workflows.mark_essays import Given

blueprint = Blueprint("essays", __name__, url_prefix="/marking/essays", template_folder="templates")
MARKER = holds(*MARKERS)


class MarkForm(BaseForm):
    """Words to the examinee; the points are read line by line."""

    comment = TextAreaField(
        N_("Nhận xét gửi người thi"),
        validators=[Length(max=LONGEST_COMMENT)],
        description=N_("Người thi đọc được khi kết quả được công bố. Không ghi tên người chấm."),
    )


def _points() -> tuple[str, ...]:
    return tuple(text[:20] for text in request.form.getlist("points"))


@blueprint.get("")
@access(MARKER)
def queue() -> str:
    """Show what waits to be marked, and how far it is."""
    return render_template("marking/queue.html", queue=mark_essays.open_queue(the_actor()))


@blueprint.post("/next")
@access(MARKER)
def take() -> Response:
    """Give the marker an essay, or go on with the one he holds."""
    token = mark_essays.take(the_actor())
    if token is None:
        flash(_("Hiện không còn bài nào bạn có thể chấm."), "info")
        return redirect(url_for("essays.queue"))
    return redirect(url_for("essays.essay", token=token))


@blueprint.get("/<token>")
@access(MARKER)
def essay(token: str) -> str:
    """Show the essay that the marker holds."""
    return _page(token, MarkForm(), ())


def _page(token: str, form: MarkForm, points: tuple[str, ...]) -> str:
    essay = mark_essays.open_essay(the_actor(), token)
    return render_template("marking/essay.html", essay=essay, form=form, points=points, step=STEP)


@blueprint.post("/<token>")
@access(MARKER)
def mark(token: str) -> Response | tuple[str, int]:
    """Mark the essay; by default the next one follows."""
    form, points = MarkForm(), _points()
    if not form.validate_on_submit():
        return _page(token, form, points), 422
    try:
        mark_essays.mark(the_actor(), token, Given(points, form.comment.data or ""))
    except Invalid as error:
        form.form_errors.append(message_of(error))
        return _page(token, form, points), 422
    flash(_("Đã ghi điểm."), "success")
    if request.form.get("act") == "stop":
        return redirect(url_for("essays.queue"))
    return take()


@blueprint.post("/<token>/back")
@access(MARKER)
def give_back(token: str) -> Response:
    """Let somebody else mark it."""
    mark_essays.give_back(the_actor(), token)
    flash(_("Đã trả bài lại hàng chờ."), "success")
    return redirect(url_for("essays.queue"))
