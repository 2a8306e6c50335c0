"""The completion chain: plain calls in the transaction of the act that may complete something."""

from datetime import datetime

from sqlalchemy.orm import Session

from elearn.kernel.actor import Actor
from elearn.progress import services
from elearn.progress.services import NewCompletion


def advance(
    session: Session,
    actor: Actor,  # noqa: ARG001 - who issues certificates, the next link of the chain
    person_id: int,
    *,
    now: datetime,
) -> tuple[NewCompletion, ...]:
    """Record what a person has completed by now, and what follows from it.

    Called by every workflow after which a lesson is finished or a test is passed, inside its own
    transaction. Safe to repeat. Returns the programmes that became complete.
    """
    return services.recompute(session, person_id, now=now)
