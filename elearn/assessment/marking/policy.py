"""Who marks essays. Pure.

Lecturers (AUTHOR) mark essays (domain.md section 2), reviewers know the rubrics, and the
programme officer steps in where markers are few: each for people of the units his role is granted
on, never his own, and never twice the same essay.
"""

from datetime import date

from elearn.kernel.actor import Actor, Role
from elearn.kernel.errors import N_, Forbidden
from elearn.org.scope import UnitScope, scope_for

MARKERS = (Role.AUTHOR, Role.REVIEWER, Role.PROGRAMME_OFFICER)


def marker_scope(actor: Actor, day: date) -> UnitScope:
    """Return whose essays ``actor`` may mark on ``day``."""
    return scope_for(actor, *MARKERS, day=day)


def check_marker(actor: Actor) -> int:
    """Return the user who marks. Raises Forbidden."""
    if actor.user_id is None or not actor.has_role(*MARKERS):
        raise Forbidden("marking.not_marker", N_("Tài khoản của bạn không được phân công chấm."))
    return actor.user_id
