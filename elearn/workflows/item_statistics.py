"""Asking for statistics to be computed anew; the computing itself is compute_statistics."""

from datetime import datetime

from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.infra.jobs import enqueue
from elearn.kernel.actor import SYSTEM, Actor

COMPUTE = "assessment.statistics"


def request(actor: Actor, *, now: datetime) -> int:
    """Ask for all statistics anew and return the job's id; one that waits serves everybody."""
    with transaction() as session:
        key = f"{COMPUTE}:{actor.user_id}"
        job_id = enqueue(session, actor, COMPUTE, {}, now=now, dedupe_key=key)
        audit.record(session, actor, "statistics.compute", ("job", str(job_id)), at=now)
    return job_id


def request_nightly(*, now: datetime) -> int:
    """Ask for all statistics anew in the name of the system."""
    with transaction() as session:
        return enqueue(session, SYSTEM, COMPUTE, {}, now=now, dedupe_key=COMPUTE)
