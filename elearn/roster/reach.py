"""How far an importer's hand reaches, read from the roles of today and the tree in time."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.kernel.actor import Actor, Role
from elearn.kernel.temporal import Span
from elearn.org.models import Unit, UnitAncestry, UnitKind, UnitVersion
from elearn.org.scope import held_true, valid_on
from elearn.roster.policy import EVERYTHING, Reach, refuse_strangers


def load_reach(session: Session, actor: Actor, today: date) -> Reach:
    """Return what ``actor`` may import.

    Everything for the system, administrators and the programme officer of the province; people of
    their subtrees for HR. Raises Forbidden for anybody else.
    """
    refuse_strangers(actor)
    if actor.user_id is None or actor.has_role(Role.ADMIN):
        return EVERYTHING
    if _is_of_province(session, actor.unit_ids(Role.PROGRAMME_OFFICER), today):
        return EVERYTHING
    rows = session.execute(
        select(Unit.code, UnitAncestry.valid_from, UnitAncestry.valid_to)
        .join(Unit, Unit.id == UnitAncestry.unit_id)
        .where(UnitAncestry.ancestor_id.in_(actor.unit_ids(Role.HR)))
    )
    units: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        units[row.code].append(Span(row.valid_from, row.valid_to))
    return Reach(everything=False, units=dict(units))


def _is_of_province(session: Session, unit_ids: frozenset[int], today: date) -> bool:
    if not unit_ids:
        return False
    found = session.scalar(
        select(UnitVersion.id)
        .where(
            UnitVersion.unit_id.in_(unit_ids),
            UnitVersion.kind == UnitKind.PROVINCE,
            held_true(UnitVersion),
            valid_on(UnitVersion, today),
        )
        .limit(1)
    )
    return found is not None
