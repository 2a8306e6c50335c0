"""Signs of shared answers in a closed round: evidence for the officer, every look audited."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from elearn.assessment.statistics.similarity_queries import MOST_SHOWN
from elearn.infra.db import reading
from elearn.infra.jobs import get_job
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.web.access import access, holds
from elearn.web.identity import the_actor
from elearn.workflows import compare_answers

blueprint = Blueprint("officer_similarity", __name__, template_folder="templates")
OFFICER = holds(Role.PROGRAMME_OFFICER)
ADDRESS = "/officer/rounds/<int(max=2147483647):round_id>/similarity"


@blueprint.get(ADDRESS)
@access(OFFICER)
def show(round_id: int) -> str:
    """Show the pairs found last, with what they can and cannot tell."""
    found = compare_answers.open_comparison(the_actor(), round_id, now=utc_now())
    return render_template("officer/similarity.html", found=found, most=MOST_SHOWN)


@blueprint.post(ADDRESS)
@access(OFFICER)
def compare(round_id: int) -> Response:
    """Ask for the comparison and show its progress."""
    job_id = compare_answers.request(the_actor(), round_id, now=utc_now())
    return redirect(url_for("jobs.show", job_id=job_id))


@blueprint.get("/officer/similarity/jobs/<int(max=2147483647):job_id>")
@access(OFFICER)
def after_job(job_id: int) -> Response:
    """Lead from a comparison that is done to what it found."""
    with reading() as session:
        result = get_job(session, job_id, owner=the_actor()).result or {}
    if "round_id" not in result:
        return redirect(url_for("jobs.show", job_id=job_id))
    return redirect(url_for("officer_similarity.show", round_id=result["round_id"]))
