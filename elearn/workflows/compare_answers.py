"""Signs of shared answers in a closed round: asked for and seen by its officer alone, audited.

A sign is evidence for people to look at, never a finding; nothing follows from it by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from elearn.assessment.rounds import queries as rounds
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.result_queries import not_closed_yet
from elearn.assessment.statistics.similarity_queries import PairLine, list_pairs
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.infra.jobs import enqueue
from elearn.kernel.actor import Actor
from elearn.workflows.manage_rounds import scope_of

COMPARE = "assessment.similarity"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A round and the pairs found in it, the rarest first."""

    round: RoundView
    pairs: list[PairLine]


def _closed(session: Session, actor: Actor, round_id: int, now: datetime) -> RoundView:
    found = rounds.get_managed(session, scope_of(actor, now), round_id)
    if found.closed_at is None:
        raise not_closed_yet()
    return found


def request(actor: Actor, round_id: int, *, now: datetime) -> int:
    """Ask for the comparison of a closed round; return the job's id.

    Raises NotFound for a round that ``actor`` does not manage, Conflict before it has closed.
    """
    with transaction() as session:
        found = _closed(session, actor, round_id, now)
        payload = {"round_id": round_id}
        key = f"{COMPARE}:{round_id}:{actor.user_id}"
        job_id = enqueue(session, actor, COMPARE, payload, now=now, dedupe_key=key)
        subject = ("round", found.code)
        audit.record(session, actor, "statistics.compare", subject, at=now)
    return job_id


def open_comparison(actor: Actor, round_id: int, *, now: datetime) -> Comparison:
    """Return the pairs of a closed round; that they were seen is audited. Raises as ``request``."""
    with transaction() as session:
        found = _closed(session, actor, round_id, now)
        pairs = list_pairs(session, round_id, day=found.roster_on)
        details = {"pairs": len(pairs)}
        subject = ("round", found.code)
        audit.record(session, actor, "statistics.similar", subject, at=now, details=details)
    return Comparison(found, pairs)
