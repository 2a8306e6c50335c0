"""Which units of a day a person may see: the tree of today decides, old units stay as history."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.coverage.rules import TreeOnDay, UnitOnDay
from elearn.kernel.actor import Actor, Role
from elearn.kernel.errors import N_, NotFound
from elearn.org.models import Succession, UnitAncestry, UnitEvent
from elearn.org.scope import scope_for, units_in, valid_on

ROLES = (Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER)


def visible_units(session: Session, actor: Actor, tree: TreeOnDay, today: date) -> set[int]:
    """Return the ids of units of the tree's day that ``actor`` may see figures of.

    Those under his units today; of the units that are no more, the predecessors of these and
    whatever stood under one of them on the day.
    """
    scope = scope_for(actor, *ROLES, day=today)
    visible = set(session.scalars(units_in(scope))) | scope.unit_ids
    alive = set(
        session.scalars(
            select(UnitAncestry.unit_id).where(
                UnitAncestry.depth == 0, valid_on(UnitAncestry, today)
            )
        )
    )
    visible |= _predecessors(session, visible) - alive
    for unit_id in tree.units:
        above = tree.path_to(unit_id)
        if unit_id not in alive and any(unit.id in visible for unit in above):
            visible.add(unit_id)
    return visible & tree.units.keys()


def _predecessors(session: Session, unit_ids: Iterable[int]) -> set[int]:
    """Return every unit that one of ``unit_ids`` came from, however long ago."""
    pairs = session.execute(
        select(Succession.predecessor_id, Succession.successor_id)
        .join(UnitEvent, UnitEvent.id == Succession.event_id)
        .where(
            UnitEvent.retracted_at.is_(None),
            Succession.predecessor_id.is_not(None),
            Succession.successor_id.is_not(None),
        )
    ).all()
    found: set[int] = set()
    wave = set(unit_ids)
    while wave:
        wave = {
            before
            for before, after in pairs
            if before is not None and after in wave and before not in found
        }
        found |= wave
    return found


def tops(tree: TreeOnDay, visible: set[int]) -> list[UnitOnDay]:
    """Return the visible units that no visible unit stands above, in reading order."""
    units = [tree.units[unit_id] for unit_id in visible]
    found = [unit for unit in units if unit.parent_id not in visible]
    return sorted(found, key=lambda unit: (len(tree.path_to(unit.id)), unit.name))


def require_visible(tree: TreeOnDay, visible: set[int], code: str) -> UnitOnDay:
    """Return the unit of ``code``. Raises NotFound alike for unknown and for foreign units."""
    unit = tree.find(code)
    if unit is None or unit.id not in visible:
        raise NotFound(
            "coverage.unit",
            N_("Ngày %(day)s không có đơn vị “%(code)s” trong phạm vi của bạn."),
            code=code,
            day=tree.day.strftime("%d/%m/%Y"),
        )
    return unit
