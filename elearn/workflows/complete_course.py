"""The completion chain: plain calls in the transaction of the act that may complete something."""

from datetime import datetime

from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt
from elearn.certificates.services import issue_once
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.progress import services
from elearn.progress.queries import passes_a_module
from elearn.progress.services import NewCompletion


def advance(
    session: Session,
    actor: Actor,
    person_id: int,
    *,
    now: datetime,
) -> tuple[NewCompletion, ...]:
    """Record what a person has completed by now, and what follows from it.

    Called by every workflow after which a lesson is finished or a test is passed, inside its own
    transaction. Safe to repeat. Returns the programmes that became complete.
    """
    completions = services.recompute(session, person_id, now=now)
    for completion in completions:
        issue_once(session, actor, completion.completion_id, now=now)
    return completions


def advance_after_test(
    session: Session, actor: Actor, attempt: Attempt, *, now: datetime
) -> tuple[NewCompletion, ...]:
    """Advance the examinee of a graded ``attempt``, if it can complete anything.

    A survey, or a test that was failed, completes nothing: when three thousand hand in at the
    same bell, that is one statement for each of them instead of ten.
    """
    if not passes_a_module(session, attempt.id):
        return ()
    return advance(session, actor, attempt.person_id, now=now)


def claim(actor: Actor, *, now: datetime) -> tuple[NewCompletion, ...]:
    """Record what the actor himself has completed without anything having been counted since.

    So does who had studied freely and has come into a target group only afterwards.
    """
    if actor.person_id is None:
        return ()
    with transaction() as session:
        return advance(session, actor, actor.person_id, now=now)
