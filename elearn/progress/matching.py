"""Who belongs to which target group on a day: a programme's dated rules turned into SQL.

design.md section 3: a rule is a list of clauses, any of which may match. A clause with ``duties``
matches a duty whose unit has one of ``unit_kinds`` on the day; a clause with ``position_types``
matches an assignment, primary or not, whose duty unit has one of them; no kinds means any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Label,
    Select,
    and_,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from elearn.curriculum.models import GroupRule, TargetGroup
from elearn.org.models import (
    Duty,
    DutyKind,
    PositionAssignment,
    PositionType,
    UnitKind,
    UnitVersion,
)
from elearn.org.scope import known_at as known_true
from elearn.org.scope import valid_on

Clause = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The clauses that put people into the group ``code``; the rule is valid on the day asked."""

    programme_id: int
    group_id: int
    code: str
    name: str
    citation: str | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Lens:
    """The two clocks of a question: the day in the world, the instant of our knowledge.

    ``known`` None means what we hold true now.
    """

    day: date
    known: datetime | None = None


def rules_on(session: Session, day: date, programme_id: int | None = None) -> list[Rule]:
    """Return the rules valid on ``day``, of one programme or of all, in the order of the groups.

    One statement.
    """
    query = (
        select(GroupRule, TargetGroup)
        .join(TargetGroup, TargetGroup.id == GroupRule.group_id)
        .where(
            GroupRule.valid_from <= day,
            or_(GroupRule.valid_to.is_(None), GroupRule.valid_to > day),
        )
        .order_by(TargetGroup.programme_id, TargetGroup.position, GroupRule.id)
    )
    if programme_id is not None:
        query = query.where(TargetGroup.programme_id == programme_id)
    return [
        Rule(group.programme_id, group.id, group.code, group.name, rule.citation, (*rule.clauses,))
        for rule, group in session.execute(query)
    ]


def _of_kind(clause: Clause) -> ColumnElement[bool]:
    kinds = clause.get("unit_kinds") or []
    return UnitVersion.kind.in_([UnitKind(kind) for kind in kinds]) if kinds else true()


def duty_condition(clauses: Iterable[Clause]) -> ColumnElement[bool] | None:
    """Return what a duty and its unit's version must be like to match; None if no clause asks."""
    wanted = [
        and_(Duty.duty.in_([DutyKind(duty) for duty in clause["duties"]]), _of_kind(clause))
        for clause in clauses
        if clause.get("duties")
    ]
    return or_(*wanted) if wanted else None


def position_condition(clauses: Iterable[Clause]) -> ColumnElement[bool] | None:
    """Return what an assignment and its duty unit's version must be like; None if none asks."""
    wanted = [
        and_(
            PositionAssignment.position_type.in_(
                [PositionType(position) for position in clause["position_types"]]
            ),
            _of_kind(clause),
        )
        for clause in clauses
        if clause.get("position_types")
    ]
    return or_(*wanted) if wanted else None


def _version_condition(unit_id: InstrumentedAttribute[int], lens: Lens) -> ColumnElement[bool]:
    """Return the join that finds what the unit was on the day, as far as we knew."""
    return and_(
        UnitVersion.unit_id == unit_id,
        valid_on(UnitVersion, lens.day),
        known_true(UnitVersion, lens.known),
    )


def _label(rule: Rule) -> tuple[Label[int], Label[str]]:
    return literal(rule.group_id).label("group_id"), literal(rule.code).label("group_code")


def duty_matches(rule: Rule, lens: Lens) -> Select[int, int, str] | None:
    """Return (person_id, group_id, group_code) of duties that match; None if none can."""
    condition = duty_condition(rule.clauses)
    if condition is None:
        return None
    # An outer join: a clause without kinds does not ask what the unit is.
    return (
        select(Duty.person_id, *_label(rule))
        .outerjoin(UnitVersion, _version_condition(Duty.unit_id, lens))
        .where(condition, valid_on(Duty, lens.day), known_true(Duty, lens.known))
    )


def position_matches(rule: Rule, lens: Lens) -> Select[int, int, str] | None:
    """Return (person_id, group_id, group_code) of assignments that match; None if none can."""
    condition = position_condition(rule.clauses)
    if condition is None:
        return None
    return (
        select(PositionAssignment.person_id, *_label(rule))
        .outerjoin(UnitVersion, _version_condition(PositionAssignment.duty_unit_id, lens))
        .where(
            condition,
            valid_on(PositionAssignment, lens.day),
            known_true(PositionAssignment, lens.known),
        )
    )


def _matches(rules: Iterable[Rule], lens: Lens) -> CompoundSelect[int, int, str] | None:
    """Return (person_id, group_id, group_code) of all matches, repeated; None without rules."""
    found = [match(rule, lens) for rule in rules for match in (duty_matches, position_matches)]
    parts = [part for part in found if part is not None]
    return union_all(*parts) if parts else None


def members(
    session: Session, programme_id: int, day: date, known_at: datetime | None = None
) -> Select[int, str]:
    """Return the select of distinct (person_id, group_code) of a programme on ``day``.

    ``known_at``: only facts recorded by then and not yet retracted then; None, what we hold true
    now. Group rules are not asked when they were known. Reads the rules at once (one statement);
    the select itself is one statement on both engines.
    """
    rules = rules_on(session, day, programme_id)
    matches = _matches(rules, Lens(day, known_at))
    if matches is None:
        nobody = select(PositionAssignment.person_id, literal("").label("group_code"))
        return nobody.where(false())
    found = matches.subquery()
    return select(found.c.person_id, found.c.group_code).distinct()


def groups_by_programme(session: Session, person_id: int, day: date) -> dict[int, list[str]]:
    """Return the codes of the groups a person belongs to on ``day``, by programme.

    Groups stand in the order of their programme; programmes without any are absent. Two
    statements.
    """
    return _groups(session, person_id, rules_on(session, day), day)


def groups_of(session: Session, person_id: int, programme_id: int, day: date) -> list[str]:
    """Return the codes of the groups of a programme that a person belongs to on ``day``.

    In the order of the programme; empty when the person is in none. Two statements.
    """
    rules = rules_on(session, day, programme_id)
    return _groups(session, person_id, rules, day).get(programme_id, [])


def _groups(
    session: Session, person_id: int, rules: Sequence[Rule], day: date
) -> dict[int, list[str]]:
    matches = _matches(rules, Lens(day))
    if matches is None:
        return {}
    # Both engines push the person into the branches of the union, where an index answers.
    found = matches.subquery()
    held = set(session.scalars(select(found.c.group_id).where(found.c.person_id == person_id)))
    groups: dict[int, list[str]] = {}
    for rule in rules:
        codes = groups.setdefault(rule.programme_id, [])
        if rule.group_id in held and rule.code not in codes:
            codes.append(rule.code)
    return {programme_id: codes for programme_id, codes in groups.items() if codes}
