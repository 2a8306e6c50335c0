"""The units directly below a unit, and what stands under each of them, on a day."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from elearn.org.models import UnitAncestry, UnitVersion
from elearn.org.scope import held_true, valid_on


def select_branches(unit_id: int, day: date) -> Select[int, int]:
    """Return the select of (unit, branch): the branch is the child of ``unit_id`` above the unit.

    The unit itself is a branch of its own, for those who work right there.
    """
    children = select(UnitVersion.unit_id).where(
        UnitVersion.parent_id == unit_id, held_true(UnitVersion), valid_on(UnitVersion, day)
    )
    return select(UnitAncestry.unit_id, UnitAncestry.ancestor_id.label("branch_id")).where(
        valid_on(UnitAncestry, day),
        or_(UnitAncestry.ancestor_id.in_(children), _itself(unit_id)),
    )


def _itself(unit_id: int) -> ColumnElement[bool]:
    return and_(UnitAncestry.unit_id == unit_id, UnitAncestry.ancestor_id == unit_id)


def branches(session: Session, unit_id: int, day: date) -> dict[int, int]:
    """Return {unit: branch} of the subtree of ``unit_id``; one statement."""
    return {row.unit_id: row.branch_id for row in session.execute(select_branches(unit_id, day))}
