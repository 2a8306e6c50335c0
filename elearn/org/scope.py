"""Whose rows a person may see: subtrees of units as the tree stands on a day, as SQL."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, or_, select

from elearn.kernel.actor import Actor, Role
from elearn.org.models import PositionAssignment, Recorded, Spanned, UnitAncestry


@dataclass(frozen=True, slots=True)
class UnitScope:
    """The subtrees of ``unit_ids`` as the tree stands on ``day``."""

    unit_ids: frozenset[int]
    day: date


def scope_for(actor: Actor, *roles: Role, day: date) -> UnitScope:
    """Return the subtrees on which ``actor`` holds any of ``roles``; perhaps an empty scope."""
    held = frozenset[int]().union(*(actor.unit_ids(role) for role in roles))
    return UnitScope(held, day)


def valid_on(
    table: type[Spanned] | type[UnitAncestry], day: date | SQLColumnExpression[date]
) -> ColumnElement[bool]:
    """Return the condition that a row of ``table`` holds on ``day``."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))


def held_true(table: type[Spanned]) -> ColumnElement[bool]:
    """Return the condition that a row of ``table`` is still held true."""
    return table.retracted_at.is_(None)


def known_at(table: type[Recorded], known: datetime | None) -> ColumnElement[bool]:
    """Return the condition that we held a row of ``table`` true at ``known``; None: we do now."""
    if known is None:
        return table.retracted_at.is_(None)
    return and_(
        table.recorded_at <= known,
        or_(table.retracted_at.is_(None), table.retracted_at > known),
    )


def units_in(scope: UnitScope) -> Select[int]:
    """Return the select of unit ids in ``scope``."""
    return select(UnitAncestry.unit_id).where(
        UnitAncestry.ancestor_id.in_(scope.unit_ids), valid_on(UnitAncestry, scope.day)
    )


def people_in(scope: UnitScope) -> Select[int]:
    """Return the select of people whose primary post on the day is, or works, in ``scope``."""
    units = units_in(scope)
    return select(PositionAssignment.person_id).where(
        PositionAssignment.is_primary,
        held_true(PositionAssignment),
        valid_on(PositionAssignment, scope.day),
        or_(PositionAssignment.duty_unit_id.in_(units), PositionAssignment.home_unit_id.in_(units)),
    )
