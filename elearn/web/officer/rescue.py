"""Rescue files: uploaded, shown in figures, then stored."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import DataRequired, Length

from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, AppError, Invalid
from elearn.web.access import access, holds
from elearn.web.errors import message_of, status_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.words import _, lazy
from elearn.workflows import rescue_answers
from elearn.workflows.rescue_answers import MOST_BYTES

blueprint = Blueprint("officer_rescue", __name__, template_folder="templates")
OFFICER = holds(Role.PROGRAMME_OFFICER)


class UploadForm(BaseForm):
    """The file that the page of an attempt made."""

    file = FileField(
        lazy(N_("Tệp cứu bài")),
        [FileRequired(lazy(N_("Hãy chọn tệp.")))],
        description=lazy(
            N_("Tệp elearn-rescue-….json mà trang làm bài đã tải về máy của người làm bài.")
        ),
    )


class StoreForm(BaseForm):
    """The file as it was shown; still sealed, so that it cannot be changed on the way."""

    sealed = HiddenField(validators=[DataRequired(), Length(max=MOST_BYTES)])


@blueprint.route("/officer/rescue", methods=["GET", "POST"])
@access(OFFICER)
def upload() -> str | Response | tuple[str, int]:
    """Take a file and show what storing it would do."""
    request.max_content_length = 2 * MOST_BYTES
    form = UploadForm()
    if not form.validate_on_submit():
        return _front(form, 422 if form.errors else 200)
    try:
        content = _content(form.file.data)
        rescue = rescue_answers.preview(the_actor(), content, now=utc_now())
    except AppError as error:
        form.file.errors = [message_of(error)]
        return _front(form, status_of(error))
    sealed = StoreForm(formdata=None, sealed=content.decode("utf-8"))
    return render_template("officer/rescue_preview.html", rescue=rescue, form=sealed)


def _front(form: UploadForm, status: int) -> tuple[str, int]:
    return render_template("officer/rescue.html", form=form), status


def _content(file: FileStorage) -> bytes:
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid("rescue.size", N_("Tệp quá lớn, không phải tệp cứu bài."))
    return content


@blueprint.post("/officer/rescue/store")
@access(OFFICER)
def store() -> Response:
    """Store what the file holds; then the attempts of its person, where late answers wait."""
    form = StoreForm()
    if not form.validate_on_submit():
        raise Invalid("rescue.form", N_("Hãy chọn lại tệp cứu bài."))
    content = (form.sealed.data or "").encode()
    rescue = rescue_answers.store(the_actor(), content, now=utc_now())
    if rescue.fresh == 0:
        flash(_("Tệp này đã được nhập từ trước, không có gì mới."), "warning")
    else:
        flash(_("Đã nhập %(n)s thay đổi từ tệp cứu bài.", n=rescue.fresh), "success")
    return redirect(url_for("officer_attempts.person", person_id=rescue.card.id))
