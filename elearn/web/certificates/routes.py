"""The holder's certificates, and the file itself for whoever may have it."""

from flask import Blueprint, Response, render_template

from elearn.certificates.queries import list_own
from elearn.infra.db import reading
from elearn.kernel.clock import today, utc_now
from elearn.web.access import SIGNED_IN, access
from elearn.web.identity import the_actor
from elearn.workflows import certificate_files

blueprint = Blueprint("certificates", __name__, template_folder="templates")


@blueprint.get("/certificates")
@access(SIGNED_IN)
def own() -> str:
    """Show all certificates of the signed-in person, the newest first."""
    person_id = the_actor().person_id
    with reading() as session:
        found = [] if person_id is None else list_own(session, person_id, today=today())
    return render_template("certificates/own.html", certificates=found)


@blueprint.get("/certificates/<serial>.pdf")
@access(SIGNED_IN)
def download(serial: str) -> Response:
    """Give the file as it was issued to the holder, his HR or the programme officer."""
    file = certificate_files.open_one(the_actor(), serial, now=utc_now())
    response = Response(file.content, content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Cache-Control"] = "no-store"
    return response
