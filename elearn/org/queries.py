"""Reads of the organisation: units on a day, people of a scope."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import alphabet_key, fold
from elearn.org.models import (
    Duty,
    DutyKind,
    Person,
    PositionAssignment,
    PositionType,
    Unit,
    UnitKind,
    UnitVersion,
    WorkforceCategory,
)
from elearn.org.scope import UnitScope, held_true, people_in, units_in, valid_on


@dataclass(frozen=True, slots=True)
class UnitOnDay:
    """A unit as it stands on a day; ``parent_id`` None at the top of the tree."""

    id: int
    code: str
    name: str
    short_name: str | None
    kind: UnitKind
    parent_id: int | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in a tree to pick from; ``depth`` 0 at the top of what may be seen."""

    unit: UnitOnDay
    depth: int
    has_children: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list, with the primary post of the day of the list."""

    id: int
    code: str
    full_name: str
    category: WorkforceCategory
    email: str | None
    title: str | None
    position_type: PositionType
    unit_id: int
    unit_name: str


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post of a person: where the person belongs and works, and from when to when."""

    position_type: PositionType
    title: str | None
    home_unit: str
    duty_unit: str
    is_primary: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty of a person."""

    duty: DutyKind
    unit: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What is known of a person: identity, posts and duties of all times, newest first."""

    id: int
    code: str
    full_name: str
    birth_date: date | None
    email: str | None
    phone: str | None
    category: WorkforceCategory
    posts: tuple[PostLine, ...]
    duties: tuple[DutyLine, ...]


def _units_on(
    day: date,
) -> Select[int, str, str, str | None, UnitKind, int | None, date, date | None]:
    return (
        select(
            Unit.id,
            Unit.code,
            UnitVersion.name,
            UnitVersion.short_name,
            UnitVersion.kind,
            UnitVersion.parent_id,
            UnitVersion.valid_from,
            UnitVersion.valid_to,
        )
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .where(held_true(UnitVersion), valid_on(UnitVersion, day))
    )


def get_unit(session: Session, code: str, day: date) -> UnitOnDay:
    """Return the unit ``code`` as it stands on ``day``. Raises NotFound."""
    row = session.execute(_units_on(day).where(Unit.code == code)).one_or_none()
    if row is None:
        raise NotFound(
            "org.no_such_unit",
            N_("Không có đơn vị mã “%(unit)s” vào ngày %(day)s."),
            unit=code,
            day=day.strftime("%d/%m/%Y"),
        )
    return UnitOnDay(*row)


def list_units(session: Session, scope: UnitScope) -> list[UnitOnDay]:
    """Return the units in ``scope`` on its day, in the order of the tree."""
    return [node.unit for node in list_unit_nodes(session, scope)]


def list_unit_nodes(session: Session, scope: UnitScope) -> list[UnitNode]:
    """Return the units in ``scope`` as a tree to pick from: parents first, then by the alphabet."""
    rows = session.execute(_units_on(scope.day).where(Unit.id.in_(units_in(scope))))
    units = {row.id: UnitOnDay(*row) for row in rows}
    children: dict[int | None, list[UnitOnDay]] = defaultdict(list)
    for unit in sorted(units.values(), key=lambda unit: (alphabet_key(unit.name), unit.code)):
        children[unit.parent_id if unit.parent_id in units else None].append(unit)
    return list(_descend(children, None, 0))


def _descend(
    children: dict[int | None, list[UnitOnDay]], parent_id: int | None, depth: int
) -> Iterator[UnitNode]:
    for unit in children.get(parent_id, ()):
        yield UnitNode(unit, depth, unit.id in children)
        yield from _descend(children, unit.id, depth + 1)


def unit_names(session: Session, unit_ids: Collection[int], day: date) -> dict[int, str]:
    """Return {unit id: name on ``day``}; a unit that is not there on ``day`` has its last name."""
    rows = session.execute(
        select(UnitVersion.unit_id, UnitVersion.name, UnitVersion.valid_from, UnitVersion.valid_to)
        .where(held_true(UnitVersion), UnitVersion.unit_id.in_(unit_ids))
        .order_by(UnitVersion.unit_id, UnitVersion.valid_from)
    )
    names: dict[int, str] = {}
    settled: set[int] = set()
    for row in rows:
        if row.unit_id not in settled:
            names[row.unit_id] = row.name
        if row.valid_to is None or row.valid_to > day:
            settled.add(row.unit_id)
    return names


def _contains(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return column.contains(word, autoescape=True)


def _people_matching(scope: UnitScope, text: str) -> Select[Person, PositionAssignment, str]:
    """Return the select of people of ``scope`` whose name has all words of ``text``, or the code.

    A person stands in the list once: there is at most one primary post on a day.
    """
    words = fold(text).split(" ")[:8]
    named = and_(true(), *(_contains(Person.search_text, word) for word in words if word))
    coded = func.lower(Person.code) == text.strip().lower()
    return (
        select(Person, PositionAssignment, UnitVersion.name)
        .join(
            PositionAssignment,
            and_(
                PositionAssignment.person_id == Person.id,
                PositionAssignment.is_primary,
                held_true(PositionAssignment),
                valid_on(PositionAssignment, scope.day),
            ),
        )
        .join(
            UnitVersion,
            and_(
                UnitVersion.unit_id == PositionAssignment.duty_unit_id,
                held_true(UnitVersion),
                valid_on(UnitVersion, scope.day),
            ),
        )
        .where(Person.id.in_(people_in(scope)), or_(named, coded) if text.strip() else named)
    )


def _person_line(row: Row[Person, PositionAssignment, str]) -> PersonLine:
    person, post, unit_name = row
    return PersonLine(
        id=person.id,
        code=person.code,
        full_name=person.full_name,
        category=person.category,
        email=person.email,
        title=post.title,
        position_type=post.position_type,
        unit_id=post.duty_unit_id,
        unit_name=unit_name,
    )


def search_people(
    session: Session, scope: UnitScope, text: str, page: PageRequest
) -> Page[PersonLine]:
    """Return people of ``scope`` whose name holds the words of ``text`` (accents do not matter).

    A whole person code finds its person. Ordered by given name, as Vietnamese lists are; an empty
    ``text`` finds everybody.
    """
    found = _people_matching(scope, text)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        found.order_by(Person.sort_key, Person.id).limit(page.size).offset(page.offset)
    )
    return Page([_person_line(row) for row in rows], page.number, page.size, total)


def person_card(session: Session, scope: UnitScope, person_id: int) -> PersonCard:
    """Return the card of a person of ``scope``. Raises NotFound for anybody else."""
    person = session.scalar(
        select(Person).where(Person.id == person_id, Person.id.in_(people_in(scope)))
    )
    if person is None:
        raise NotFound("org.no_such_person", N_("Không tìm thấy người này trong đơn vị của bạn."))
    return PersonCard(
        id=person.id,
        code=person.code,
        full_name=person.full_name,
        birth_date=person.birth_date,
        email=person.email,
        phone=person.phone,
        category=person.category,
        posts=_posts(session, person_id),
        duties=_duties(session, person_id),
    )


def _name_at_start(
    version: type[UnitVersion], fact: type[PositionAssignment] | type[Duty]
) -> ColumnElement[bool]:
    """Return the condition that ``version`` tells what a unit was called when ``fact`` began."""
    return and_(held_true(version), valid_on(version, fact.valid_from))


def _posts(session: Session, person_id: int) -> tuple[PostLine, ...]:
    home, duty = aliased(UnitVersion), aliased(UnitVersion)
    rows = session.execute(
        select(PositionAssignment, home.name, duty.name)
        .join(home, home.unit_id == PositionAssignment.home_unit_id)
        .join(duty, duty.unit_id == PositionAssignment.duty_unit_id)
        .where(
            PositionAssignment.person_id == person_id,
            held_true(PositionAssignment),
            _name_at_start(home, PositionAssignment),
            _name_at_start(duty, PositionAssignment),
        )
        .order_by(PositionAssignment.valid_from.desc(), PositionAssignment.id)
    )
    return tuple(
        PostLine(
            position_type=post.position_type,
            title=post.title,
            home_unit=home_name,
            duty_unit=duty_name,
            is_primary=post.is_primary,
            valid_from=post.valid_from,
            valid_to=post.valid_to,
        )
        for post, home_name, duty_name in rows
    )


def _duties(session: Session, person_id: int) -> tuple[DutyLine, ...]:
    rows = session.execute(
        select(Duty, UnitVersion.name)
        .join(UnitVersion, UnitVersion.unit_id == Duty.unit_id)
        .where(Duty.person_id == person_id, held_true(Duty), _name_at_start(UnitVersion, Duty))
        .order_by(Duty.valid_from.desc(), Duty.id)
    )
    return tuple(DutyLine(duty.duty, name, duty.valid_from, duty.valid_to) for duty, name in rows)
