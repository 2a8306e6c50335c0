"""Why a person belongs to a target group: the facts of his that the rules speak of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, union
from sqlalchemy.orm import Session

from elearn.org.models import Duty, DutyKind, PositionAssignment, PositionType, UnitVersion
from elearn.progress.matching import Lens, Rule, duty_matches, position_matches, rules_on


@dataclass(frozen=True, slots=True)
class Reason:
    """A duty, or else a position, in a unit that puts a person into a group.

    ``unit_name`` is the name of the day; ``citation`` says where the rule is written.
    """

    programme_id: int
    group_code: str
    group_name: str
    citation: str | None
    duty: DutyKind | None
    position_type: PositionType | None
    title: str | None
    unit_name: str | None
    since: date


def list_reasons(session: Session, person_id: int, day: date) -> list[Reason]:
    """Return why a person belongs on ``day`` to each of his groups, in the groups' order.

    Three statements at most, for all programmes together.
    """
    lens = Lens(day)
    rules = rules_on(session, day)
    found = [
        *_facts(session, [_own_duties(rule, lens, person_id) for rule in rules]),
        *_facts(session, [_own_positions(rule, lens, person_id) for rule in rules]),
    ]
    order = {rule.group_id: place for place, rule in enumerate(rules)}
    by_group = {rule.group_id: rule for rule in rules}
    found.sort(key=lambda fact: (order[fact["group_id"]], fact["since"]))
    return [_reason(by_group[fact["group_id"]], fact) for fact in found]


def _own_duties(rule: Rule, lens: Lens, person_id: int) -> Select[Any] | None:
    matches = duty_matches(rule, lens)
    if matches is None:
        return None
    return matches.where(Duty.person_id == person_id).add_columns(
        Duty.duty, UnitVersion.name.label("unit_name"), Duty.valid_from.label("since")
    )


def _own_positions(rule: Rule, lens: Lens, person_id: int) -> Select[Any] | None:
    matches = position_matches(rule, lens)
    if matches is None:
        return None
    return matches.where(PositionAssignment.person_id == person_id).add_columns(
        PositionAssignment.position_type,
        PositionAssignment.title,
        UnitVersion.name.label("unit_name"),
        PositionAssignment.valid_from.label("since"),
    )


def _facts(session: Session, selects: list[Select[Any] | None]) -> list[dict[str, Any]]:
    asked = [select for select in selects if select is not None]
    if not asked:
        return []
    # A union, as two rules of one group may match the same fact; the reason is told once.
    return [dict(row) for row in session.execute(union(*asked)).mappings()]


def _reason(rule: Rule, fact: dict[str, Any]) -> Reason:
    return Reason(
        programme_id=rule.programme_id,
        group_code=rule.code,
        group_name=rule.name,
        citation=rule.citation,
        duty=fact.get("duty"),
        position_type=fact.get("position_type"),
        title=fact.get("title"),
        unit_name=fact["unit_name"],
        since=fact["since"],
    )
