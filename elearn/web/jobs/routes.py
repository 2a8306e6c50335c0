"""Progress of long work, for the person who asked for it."""

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from elearn.infra.db import reading
from elearn.infra.jobs import JobView, get_job
from elearn.web.access import SIGNED_IN, access
from elearn.web.identity import the_actor
from elearn.web.jobs.kinds import title_of, url_of

blueprint = Blueprint("jobs", __name__, template_folder="templates")


def _view(job_id: int) -> JobView:
    with reading() as session:
        return get_job(session, job_id, owner=the_actor())


@blueprint.get("/jobs/<int:job_id>")
@access(SIGNED_IN)
def show(job_id: int) -> str | Response:
    """Show how far the job is; the page renews itself until the job has ended."""
    job = _view(job_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(
            state=job.state, done=job.progress_done, total=job.progress_total, problem=job.problem
        )
    return render_template(
        "jobs/job.html", job=job, title=title_of(job), result_url=url_of(job, url_for)
    )
