"""Certificates in doubt: they hang on an attempt that a corrected key made fail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from elearn.certificates import doubts
from elearn.certificates.policy import officer_reach
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_
from elearn.kernel.paging import page_request
from elearn.web.access import access, holds
from elearn.web.forms import BaseForm, text_of
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import manage_certificates

blueprint = Blueprint(
    "officer_doubts",
    __name__,
    url_prefix="/officer/certificates/doubts",
    template_folder="templates",
)
OFFICER = holds(Role.PROGRAMME_OFFICER)


class KeepForm(BaseForm):
    """Why a certificate in doubt stays."""

    note = StringField(validators=[DataRequired(), Length(max=manage_certificates.LONGEST_NOTE)])


@blueprint.get("")
@access(OFFICER)
def index() -> str:
    """List the certificates in doubt of the officer's programmes."""
    with reading() as session:
        found = doubts.list_doubts(
            session,
            officer_reach(the_actor(), today()),
            page_request(request.args.get("page", 1, type=int), 25),
        )
    return render_template("officer/doubts.html", page=found)


@blueprint.post("/<int(max=2147483647):doubt_id>/keep")
@access(OFFICER)
def keep(doubt_id: int) -> Response:
    """Keep a certificate, with the reason; revoking is done on its own page."""
    form = KeepForm()
    if form.validate_on_submit():
        manage_certificates.keep_doubted(the_actor(), doubt_id, text_of(form.note), now=utc_now())
        flash(_("Đã ghi quyết định giữ chứng nhận."), "success")
    else:
        flash(translated(N_("Hãy ghi lý do giữ chứng nhận.")), "error")
    return redirect(url_for("officer_doubts.index"))
