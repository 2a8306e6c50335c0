"""Coverage from the spans, for any day, as known at any time, in plain SQL."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from elearn.coverage.rules import ALL, Count, TreeOnDay, UnitOnDay, View, roll_up
from elearn.curriculum.models import ExclusionRule, Programme, Target, TargetGroup
from elearn.kernel.errors import N_, NotFound
from elearn.org.models import (
    EndReason,
    Exclusion,
    PositionAssignment,
    Unit,
    UnitVersion,
)
from elearn.org.scope import known_at as known
from elearn.org.scope import valid_on
from elearn.progress import matching
from elearn.progress.models import ProgrammeCompletion


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A target group of a programme."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """A percentage to be reached by the end of the day ``by``."""

    group: str
    percent: Decimal
    above: bool
    by: date


@dataclass(frozen=True, slots=True)
class ProgrammeInfo:
    """What coverage needs to know of a programme."""

    id: int
    code: str
    title: str
    scope_unit_code: str
    exclusions_out: bool
    groups: tuple[GroupInfo, ...]
    targets: tuple[TargetInfo, ...]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One unit and one group (or ALL) on one day."""

    unit: UnitOnDay
    depth: int
    group: str
    count: Count


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a day, a view, and what was known when (None: now)."""

    day: date
    view: View = View.DUTY
    known_at: datetime | None = None


def get_programme(session: Session, code: str) -> ProgrammeInfo:
    """Return the programme ``code`` with its groups and targets. Raises NotFound."""
    row = session.scalar(select(Programme).where(Programme.code == code))
    if row is None:
        raise NotFound("coverage.programme", N_("Không có chương trình “%(code)s”."), code=code)
    groups = session.scalars(
        select(TargetGroup).where(TargetGroup.programme_id == row.id).order_by(TargetGroup.position)
    )
    targets = session.scalars(
        select(Target)
        .where(Target.programme_id == row.id, Target.measure == "TRAINED")
        .order_by(Target.by)
    )
    return ProgrammeInfo(
        id=row.id,
        code=row.code,
        title=row.title,
        scope_unit_code=row.scope_unit_code,
        exclusions_out=row.exclusions is ExclusionRule.OUT,
        groups=tuple(GroupInfo(group.code, group.name) for group in groups),
        targets=tuple(TargetInfo(t.group_code, t.percent, t.above, t.by) for t in targets),
    )


def get_tree(session: Session, question: Question) -> TreeOnDay:
    """Return the units of the day."""
    rows = session.execute(
        select(Unit.id, Unit.code, UnitVersion.name, UnitVersion.kind, UnitVersion.parent_id)
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .where(valid_on(UnitVersion, question.day), known(UnitVersion, question.known_at))
    )
    units = {
        row.id: UnitOnDay(row.id, row.code, row.name, row.kind.value, row.parent_id) for row in rows
    }
    return TreeOnDay(question.day, units)


def _counting_unit(view: View) -> InstrumentedAttribute[int]:
    return PositionAssignment.duty_unit_id if view is View.DUTY else PositionAssignment.home_unit_id


def completed(
    programme_id: int, person: SQLColumnExpression[int], question: Question
) -> ColumnElement[bool]:
    """Return the condition that ``person`` counts as trained on the day."""
    table = ProgrammeCompletion
    day, known_at = question.day, question.known_at
    not_revoked: ColumnElement[bool] = or_(table.revoked_on.is_(None), table.revoked_on > day)
    held: ColumnElement[bool] = table.retracted_at.is_(None)
    if known_at is not None:
        not_revoked = or_(not_revoked, table.revocation_recorded_at > known_at)
        held = and_(
            table.recorded_at <= known_at,
            or_(table.retracted_at.is_(None), table.retracted_at > known_at),
        )
    return exists().where(
        table.programme_id == programme_id,
        table.person_id == person,
        table.completed_on <= day,
        or_(table.expires_on.is_(None), table.expires_on > day),
        not_revoked,
        held,
    )


def _excluded(person: SQLColumnExpression[int], question: Question) -> ColumnElement[bool]:
    return exists().where(
        Exclusion.person_id == person,
        valid_on(Exclusion, question.day),
        known(Exclusion, question.known_at),
    )


def _primary(question: Question) -> ColumnElement[bool]:
    return and_(
        PositionAssignment.is_primary,
        valid_on(PositionAssignment, question.day),
        known(PositionAssignment, question.known_at),
    )


def count_by_unit(
    session: Session, programme: ProgrammeInfo, question: Question
) -> dict[tuple[int, str], Count]:
    """Return {(counting unit id, group or ALL): Count} of the day, one statement."""
    members = matching.members(session, programme.id, question.day, question.known_at).subquery(
        "member"
    )
    everybody = select(members.c.person_id).distinct().subquery("everybody")
    asked = union_all(
        select(members.c.person_id, members.c.group_code),
        select(everybody.c.person_id, literal(ALL)),
    ).subquery("asked")
    people = (
        select(
            asked.c.group_code,
            _counting_unit(question.view).label("unit_id"),
            _flag(completed(programme.id, asked.c.person_id, question)).label("is_trained"),
            _flag(_excluded(asked.c.person_id, question)).label("is_excluded"),
        )
        .join(PositionAssignment, PositionAssignment.person_id == asked.c.person_id)
        .where(_primary(question))
        .subquery("people")
    )
    left_out = people.c.is_excluded if programme.exclusions_out else literal(0)
    rows = session.execute(
        select(
            people.c.unit_id,
            people.c.group_code,
            func.sum(1 - left_out),
            func.sum(people.c.is_trained * (1 - left_out)),
            func.sum(left_out),
        ).group_by(people.c.unit_id, people.c.group_code)
    )
    return {(unit, group): Count(int(d), int(n), int(e)) for unit, group, d, n, e in rows}


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def list_coverage(
    session: Session,
    programme: ProgrammeInfo,
    question: Question,
    *,
    unit_code: str | None = None,
    group: str | None = None,
    depth: int | None = None,
) -> list[CoverageRow]:
    """Return a row for the unit and each descendant of the day, for each group and ALL.

    ``unit_code`` defaults to the programme's scope unit. Raises NotFound when the unit does not
    exist on the day, or the programme has no such group.
    """
    codes = [*(info.code for info in programme.groups), ALL]
    if group is not None and group not in codes:
        raise NotFound(
            "coverage.group",
            N_("Chương trình %(programme)s không có đối tượng “%(group)s”."),
            programme=programme.code,
            group=group,
        )
    tree = get_tree(session, question)
    top = require_unit(tree, unit_code or programme.scope_unit_code)
    scope = tree.find(programme.scope_unit_code)
    within = tree.subtree(scope.id) if scope is not None else set[int]()
    total = roll_up(tree, count_by_unit(session, programme, question), within)
    return [
        CoverageRow(unit, level, code, total.get((unit.id, code), Count()))
        for unit, level in tree.walk(top.id, depth)
        for code in codes
        if group is None or code == group
    ]


def require_unit(tree: TreeOnDay, code: str) -> UnitOnDay:
    """Return the unit of ``code`` on the tree's day. Raises NotFound."""
    unit = tree.find(code)
    if unit is None:
        raise NotFound(
            "coverage.unit",
            N_("Ngày %(day)s không có đơn vị “%(code)s”."),
            code=code,
            day=tree.day.strftime("%d/%m/%Y"),
        )
    return unit


def count_turns(session: Session, programme_id: int, first: date, last: date) -> dict[int, int]:
    """Return {unit id: training turns} completed from ``first`` to ``last``, both included.

    A turn stays with the unit of the day it was completed (domain.md 3.6).
    """
    rows = session.execute(
        select(ProgrammeCompletion.unit_id, func.count())
        .where(
            ProgrammeCompletion.programme_id == programme_id,
            ProgrammeCompletion.retracted_at.is_(None),
            ProgrammeCompletion.unit_id.is_not(None),
            ProgrammeCompletion.completed_on.between(first, last),
        )
        .group_by(ProgrammeCompletion.unit_id)
    )
    return {unit_id: turns for unit_id, turns in rows if unit_id is not None}


def _a_year_before(day: date) -> date:
    return (
        day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day - timedelta(366)
    )


def count_reassigned(
    session: Session, programme: ProgrammeInfo, question: Question
) -> Counter[tuple[int | None, EndReason]]:
    """Return {(unit at completion, cause): people} trained, then reassigned (design.md section 4).

    Completed in the twelve months up to the day while in a group, and on the day in none. The
    cause is the end reason of the post that ended last; a merger (UNIT_CHANGE) is no cause.
    """
    table = ProgrammeCompletion
    members = matching.members(session, programme.id, question.day, question.known_at).subquery()
    candidates = session.execute(
        select(table.person_id, table.unit_id, table.completed_on).where(
            table.programme_id == programme.id,
            table.completed_on.between(_a_year_before(question.day), question.day),
            completed(programme.id, table.person_id, question),
            table.retracted_at.is_(None),
            table.person_id.not_in(select(members.c.person_id)),
        )
    ).all()
    found: Counter[tuple[int | None, EndReason]] = Counter()
    for day in {row.completed_on for row in candidates}:
        people = {row.person_id: row.unit_id for row in candidates if row.completed_on == day}
        then = matching.members(session, programme.id, day, question.known_at).subquery()
        in_group = session.scalars(
            select(then.c.person_id).where(then.c.person_id.in_(people)).distinct()
        )
        for person_id in in_group:
            cause = _cause(session, person_id, question)
            if cause is not EndReason.UNIT_CHANGE:
                found[people[person_id], cause] += 1
    return found


def _cause(session: Session, person_id: int, question: Question) -> EndReason:
    reason = session.scalar(
        select(PositionAssignment.end_reason)
        .where(
            PositionAssignment.person_id == person_id,
            PositionAssignment.valid_to <= question.day,
            known(PositionAssignment, question.known_at),
        )
        .order_by(PositionAssignment.valid_to.desc())
        .limit(1)
    )
    return reason or EndReason.OTHER


def select_missing(
    session: Session, programme: ProgrammeInfo, question: Question, units: Select[int]
) -> Select[int]:
    """Return the select of people in ``units`` (counting units) who count and are not trained."""
    members = matching.members(session, programme.id, question.day, question.known_at).subquery()
    person = PositionAssignment.person_id
    conditions = [
        _primary(question),
        _counting_unit(question.view).in_(units),
        person.in_(select(members.c.person_id)),
        ~completed(programme.id, person, question),
    ]
    if programme.exclusions_out:
        conditions.append(~_excluded(person, question))
    return select(person).where(*conditions)
