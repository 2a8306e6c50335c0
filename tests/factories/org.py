"""The smallest valid rows of the organisation; each is committed at once."""

from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.kernel.actor import Actor, Grant, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.text import fold, name_sort_key
from elearn.org import ancestry
from elearn.org.models import (
    Duty,
    DutyKind,
    Person,
    PositionAssignment,
    PositionType,
    RoleGrant,
    Unit,
    UnitKind,
    UnitVersion,
    WorkforceCategory,
)

LONG_AGO = date(2011, 1, 1)
_numbers = count(1)


def make_unit(
    session: Session,
    code: str | None = None,
    *,
    kind: UnitKind = UnitKind.PROV_DEPARTMENT,
    parent: Unit | None = None,
    name: str | None = None,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
    recorded_at: datetime | None = None,
) -> Unit:
    """Add a unit with one version and its place in the tree."""
    unit = Unit(code=code or f"U{next(_numbers)}")
    session.add(unit)
    session.flush()
    title = name or f"Đơn vị {unit.code}"
    session.add(
        UnitVersion(
            unit_id=unit.id,
            name=title,
            search_text=fold(title),
            kind=kind,
            parent_id=parent.id if parent else None,
            valid_from=valid_from,
            valid_to=valid_to,
            recorded_at=recorded_at or utc_now(),
        )
    )
    session.flush()
    ancestry.rebuild(session)
    session.commit()
    return unit


def make_person(session: Session, code: str | None = None, full_name: str = "Lò Thử Ánh") -> Person:
    """Add a person."""
    person = Person(
        code=code or f"P{next(_numbers)}",
        full_name=full_name,
        sort_key=name_sort_key(full_name),
        search_text=fold(full_name),
        category=WorkforceCategory.CIVIL_SERVANT,
    )
    session.add(person)
    session.commit()
    return person


def make_assignment(
    session: Session,
    person: Person,
    unit: Unit,
    *,
    position_type: PositionType = PositionType.SPECIALIST,
    home_unit: Unit | None = None,
    is_primary: bool = True,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
    recorded_at: datetime | None = None,
) -> PositionAssignment:
    """Put ``person`` to work in ``unit``."""
    assignment = PositionAssignment(
        person_id=person.id,
        position_type=position_type,
        home_unit_id=(home_unit or unit).id,
        duty_unit_id=unit.id,
        is_primary=is_primary,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=recorded_at or utc_now(),
    )
    session.add(assignment)
    session.commit()
    return assignment


def make_duty(
    session: Session,
    person: Person,
    unit: Unit,
    duty: DutyKind = DutyKind.PAR_FOCAL,
    *,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
) -> Duty:
    """Give ``person`` a duty in ``unit``."""
    row = Duty(
        person_id=person.id,
        unit_id=unit.id,
        duty=duty,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=utc_now(),
    )
    session.add(row)
    session.commit()
    return row


def make_user(session: Session, username: str | None = None, person: Person | None = None) -> User:
    """Add an account without a password; sign in with ``visitor.as_user``."""
    name = username or f"user{next(_numbers)}"
    user = User(
        username=name,
        display_name=person.full_name if person else name,
        person_id=person.id if person else None,
        locale="vi",
        created_at=utc_now(),
    )
    session.add(user)
    session.commit()
    return user


def grant(session: Session, user: User, role: Role, unit: Unit) -> RoleGrant:
    """Grant ``role`` on the subtree of ``unit``."""
    row = RoleGrant(
        user_id=user.id, role=role, unit_id=unit.id, valid_from=LONG_AGO, recorded_at=utc_now()
    )
    session.add(row)
    session.commit()
    return row


def actor_of(user: User, *grants: RoleGrant) -> Actor:
    """Return the actor that ``user`` with ``grants`` is."""
    return Actor(
        user_id=user.id,
        name=user.display_name,
        person_id=user.person_id,
        grants=tuple(Grant(row.role, row.unit_id) for row in grants),
    )
