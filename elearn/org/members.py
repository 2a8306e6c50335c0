"""People of a scope with the state of their accounts, as HR of a unit sees them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from elearn.accounts.links import link_until
from elearn.accounts.models import User
from elearn.accounts.rules import AccountState
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold
from elearn.org.grants import is_weighty
from elearn.org.models import Person, PositionAssignment, UnitVersion
from elearn.org.scope import UnitScope, held_true, people_in, valid_on

# SQLite takes some 32,000 parameters in a statement.
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a unit and the account, if there is one.

    ``is_weighty``: the account holds more than the role of a learner, HR may not manage it.
    ``link_until``: when the last open link of an account that waits runs out.
    """

    person_id: int
    code: str
    full_name: str
    email: str | None
    unit_id: int
    unit_name: str | None
    state: AccountState
    user_id: int | None
    username: str | None
    last_signed_in_at: datetime | None
    link_until: datetime | None
    is_weighty: bool


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members a list shows: words of a name, unit, code or username, and a state."""

    text: str = ""
    state: AccountState | None = None


_state = case(
    (User.id.is_(None), AccountState.NONE.value),
    (User.suspended_at.is_not(None), AccountState.SUSPENDED.value),
    (User.password_hash.is_(None), AccountState.WAITING.value),
    else_=AccountState.ACTIVE.value,
)


def _members(scope: UnitScope) -> Select[int]:
    """Return the select of people of ``scope`` with post and unit of the day, and account."""
    return (
        select(Person.id)
        .join(
            PositionAssignment,
            and_(
                PositionAssignment.person_id == Person.id,
                PositionAssignment.is_primary,
                held_true(PositionAssignment),
                valid_on(PositionAssignment, scope.day),
            ),
        )
        .outerjoin(
            UnitVersion,
            and_(
                UnitVersion.unit_id == PositionAssignment.duty_unit_id,
                held_true(UnitVersion),
                valid_on(UnitVersion, scope.day),
            ),
        )
        .outerjoin(User, User.person_id == Person.id)
        .where(Person.id.in_(people_in(scope)))
    )


def _matching(text: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            Person.search_text.contains(word, autoescape=True),
            UnitVersion.search_text.contains(word, autoescape=True),
            func.lower(Person.code).contains(word, autoescape=True),
            User.username.contains(word, autoescape=True),
        )
        for word in fold(text).split(" ")[:8]
        if word
    ]


def _rows(
    session: Session, statement: Select[int], scope: UnitScope, now: datetime
) -> list[Member]:
    rows = session.execute(
        statement.with_only_columns(
            Person,
            PositionAssignment.duty_unit_id,
            UnitVersion.name,
            User,
            _state.label("state"),
            link_until(now).label("link_until"),
            is_weighty(User.id, scope.day).label("is_weighty"),
        ).execution_options(populate_existing=True)
    )
    return [_member(row) for row in rows]


def _member(row: Row[*tuple[object, ...]]) -> Member:
    user = row.User
    return Member(
        person_id=row.Person.id,
        code=row.Person.code,
        full_name=row.Person.full_name,
        email=row.Person.email,
        unit_id=row.duty_unit_id,
        unit_name=row.name,
        state=AccountState(row.state),
        user_id=user.id if user else None,
        username=user.username if user else None,
        last_signed_in_at=user.last_signed_in_at if user else None,
        link_until=row.link_until,
        is_weighty=row.is_weighty,
    )


def list_members(
    session: Session, scope: UnitScope, chosen: MemberFilter, page: PageRequest, *, now: datetime
) -> Page[Member]:
    """Return a page of the people of ``scope``, by given name."""
    found = _members(scope).where(*_matching(chosen.text))
    if chosen.state is not None:
        found = found.where(_state == chosen.state.value)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    shown = found.order_by(Person.sort_key, Person.id).limit(page.size).offset(page.offset)
    return Page(_rows(session, shown, scope, now), page.number, page.size, total)


def count_members(session: Session, scope: UnitScope, text: str) -> dict[AccountState, int]:
    """Return how many people of ``scope`` that match ``text`` are in each state; no state lacks."""
    found = _members(scope).where(*_matching(text)).with_only_columns(_state.label("state"))
    counted = found.subquery()
    rows = session.execute(select(counted.c.state, func.count()).group_by(counted.c.state))
    counts = {AccountState(state): count for state, count in rows}
    return {state: counts.get(state, 0) for state in AccountState}


def list_members_by_id(
    session: Session, scope: UnitScope, person_ids: Collection[int], *, now: datetime
) -> list[Member]:
    """Return those of ``person_ids`` that are in ``scope``, by unit and given name."""
    wanted = sorted(person_ids)
    members: list[Member] = []
    for at in range(0, len(wanted), _CHUNK):
        found = _members(scope).where(Person.id.in_(wanted[at : at + _CHUNK]))
        members += _rows(session, _in_sheet_order(found), scope, now)
    return members


def list_members_without_account(
    session: Session, scope: UnitScope, most: int, *, now: datetime
) -> Sequence[Member]:
    """Return at most ``most`` people of ``scope`` who have no account, by unit and given name."""
    found = _members(scope).where(User.id.is_(None))
    return _rows(session, _in_sheet_order(found).limit(most), scope, now)


def _in_sheet_order(found: Select[int]) -> Select[int]:
    """Order by unit, then by given name: the order in which sheets are cut and handed out."""
    return found.order_by(
        UnitVersion.search_text, PositionAssignment.duty_unit_id, Person.sort_key, Person.id
    )


def get_member(session: Session, scope: UnitScope, person_id: int, *, now: datetime) -> Member:
    """Return a person of ``scope``. Raises NotFound for anybody else, known or not."""
    found = list_members_by_id(session, scope, [person_id], now=now)
    if not found:
        raise NotFound("org.no_such_person", N_("Không tìm thấy người này trong đơn vị của bạn."))
    return found[0]
