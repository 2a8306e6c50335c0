"""Doing background jobs in a test, at once and in order."""

from flask import Flask

from elearn.infra.db import db
from elearn.infra.jobs import due_job_ids, run
from elearn.kernel.clock import utc_now


def run_jobs(app: Flask) -> int:
    """Do the jobs that wait, and those they ask for; return how many were done."""
    done = 0
    with app.app_context():
        while job_ids := due_job_ids(db.session(), utc_now()):
            db.session.rollback()
            for job_id in job_ids:
                run(job_id)
                done += 1
            db.session.rollback()
    return done
