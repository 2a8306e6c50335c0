"""Whose certificates somebody may see, download and manage."""

from datetime import date

from elearn.certificates.queries import Reach
from elearn.kernel.actor import Actor, Role
from elearn.org.scope import UnitScope, scope_for


def _nowhere(day: date) -> UnitScope:
    return UnitScope(frozenset(), day)


def hr_reach(actor: Actor, day: date) -> Reach:
    """HR: the people who belong or work in its subtree on ``day``, wherever they were trained."""
    return Reach(day, people=scope_for(actor, Role.HR, day=day), programmes=_nowhere(day))


def officer_reach(actor: Actor, day: date) -> Reach:
    """The programme officer: the register of the programmes whose unit lies in his subtree."""
    officer = scope_for(actor, Role.PROGRAMME_OFFICER, day=day)
    return Reach(day, people=_nowhere(day), programmes=officer)


def download_reach(actor: Actor, day: date) -> Reach:
    """Everybody: his own, and what his roles open to him."""
    return Reach(
        day,
        people=scope_for(actor, Role.HR, Role.PROGRAMME_OFFICER, day=day),
        programmes=scope_for(actor, Role.PROGRAMME_OFFICER, day=day),
        person_id=actor.person_id,
    )
