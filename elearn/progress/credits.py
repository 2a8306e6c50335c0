"""Programmes that people completed elsewhere or before: recorded in bulk, groups of that day added.

The unit of the day comes with each row; the groups are worked out here, one statement per rule.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from elearn.curriculum.models import GroupRule, TargetGroup
from elearn.infra.bulk import insert_all, retract_all, table_of
from elearn.org.models import Duty, PositionAssignment, UnitVersion
from elearn.org.scope import held_true, valid_on
from elearn.progress.matching import duty_condition, position_condition
from elearn.progress.models import ProgrammeCompletion

_DAY = ProgrammeCompletion.completed_on


def record_completions(
    session: Session, rows: Iterable[Mapping[str, Any]], *, now: datetime
) -> int:
    """Add completions known from ``now`` on; posts and duties must have been written before.

    A row has person_id, programme_id, completed_on, expires_on, unit_id, source and reference.
    """
    last = session.scalar(select(func.max(ProgrammeCompletion.id))) or 0
    blank: dict[str, Any] = {
        "revoked_on": None,
        "revocation_recorded_at": None,
        "group_codes": [],
        "recorded_at": now,
        "retracted_at": None,
    }
    count = insert_all(session, ProgrammeCompletion, ({**blank, **row} for row in rows))
    if count:
        _fill_groups(session, and_(ProgrammeCompletion.id > last, _recorded(now)))
    return count


def retract_completions(session: Session, ids: Iterable[int], *, now: datetime) -> int:
    """Say of completions that we no longer hold them true."""
    return retract_all(session, ProgrammeCompletion, ids, now=now)


def _recorded(now: datetime) -> ColumnElement[bool]:
    return ProgrammeCompletion.recorded_at == now


def _fill_groups(session: Session, condition: ColumnElement[bool]) -> None:
    """Write into the completions of ``condition`` the groups their people were in on the day."""
    groups: dict[int, list[str]] = defaultdict(list)
    rules = session.execute(
        select(GroupRule, TargetGroup.code, TargetGroup.programme_id)
        .join(TargetGroup, TargetGroup.id == GroupRule.group_id)
        .order_by(TargetGroup.programme_id, TargetGroup.position, GroupRule.id)
    ).all()
    for rule, code, programme_id in rules:
        mine = and_(condition, ProgrammeCompletion.programme_id == programme_id, _in_force(rule))
        for query in _matches(rule, mine):
            for completion_id in session.scalars(query):
                if code not in groups[completion_id]:
                    groups[completion_id].append(code)
    if groups:
        table = table_of(ProgrammeCompletion)
        session.execute(
            update(table)
            .where(table.c.id == bindparam("completion_id"))
            .values(group_codes=bindparam("codes")),
            [{"completion_id": key, "codes": codes} for key, codes in groups.items()],
        )


def _in_force(rule: GroupRule) -> ColumnElement[bool]:
    begun = rule.valid_from <= _DAY
    return begun if rule.valid_to is None else and_(begun, rule.valid_to > _DAY)


def _matches(rule: GroupRule, mine: ColumnElement[bool]) -> list[Select[int]]:
    """Return the selects of completions whose people match ``rule`` on the day of completion."""
    found = []
    for fact, unit_id, condition in (
        (Duty, Duty.unit_id, duty_condition(rule.clauses)),
        (PositionAssignment, PositionAssignment.duty_unit_id, position_condition(rule.clauses)),
    ):
        if condition is not None:
            found.append(
                select(ProgrammeCompletion.id)
                .join(fact, fact.person_id == ProgrammeCompletion.person_id)
                .outerjoin(
                    UnitVersion,
                    and_(
                        UnitVersion.unit_id == unit_id,
                        held_true(UnitVersion),
                        valid_on(UnitVersion, _DAY),
                    ),
                )
                .where(mine, condition, held_true(fact), valid_on(fact, _DAY))
                .distinct()
            )
    return found
