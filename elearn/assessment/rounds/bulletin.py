"""The bulletin of a round: a number that grows when its examinees should ask for news.

Whoever extends, postpones or voids calls ``announce`` in the same act; pages of running attempts
look at the number every few seconds, which costs next to nothing, and ask their own heartbeat
for time and state only when it has changed.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.rounds.models import Round


def announce(session: Session, round_id: int | None) -> None:
    """Let the pages of the round's running attempts ask for news within seconds of the commit.

    The last statement of an act, best: it locks the row of the round until the act ends. An
    attempt outside rounds (None) has no bulletin; its page hears at its next heartbeat.
    """
    if round_id is None:
        return
    session.execute(
        update(Round)
        .where(Round.id == round_id)
        .values(bulletin=Round.bulletin + 1)
        .execution_options(synchronize_session=False)
    )


def find_number(session: Session, round_id: int) -> int | None:
    """Return the present number of the round, None where there is no such round."""
    return session.scalar(select(Round.bulletin).where(Round.id == round_id))
