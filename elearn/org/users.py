"""Accounts as the administrator sees them: who they are, their roles, where letters go."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from elearn.accounts.links import link_until
from elearn.accounts.models import User
from elearn.accounts.rules import AccountState
from elearn.kernel.actor import Role
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold
from elearn.org.grants import is_weighty, standing_units
from elearn.org.models import Person, PositionAssignment, RoleGrant, UnitAncestry, UnitVersion
from elearn.org.scope import UnitScope, held_true, people_in, units_in, valid_on


@dataclass(frozen=True, slots=True)
class UserLine:
    """An account in a list; ``roles`` are those of today, each once."""

    id: int
    username: str
    display_name: str
    state: AccountState
    roles: tuple[Role, ...]
    last_signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class UserCard:
    """What the administrator knows of an account; nothing of its studies."""

    id: int
    username: str
    display_name: str
    email: str | None
    person_code: str | None
    state: AccountState
    locale: str
    created_at: datetime
    last_signed_in_at: datetime | None
    password_changed_at: datetime | None
    link_until: datetime | None


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What somebody sees of the own account; ``unit_name`` is that of the primary post."""

    username: str
    display_name: str
    email: str | None
    person_code: str | None
    unit_name: str | None


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which accounts a list shows: words of a name or username, a state, a role of today."""

    text: str = ""
    state: AccountState | None = None
    role: Role | None = None


_state = case(
    (User.suspended_at.is_not(None), AccountState.SUSPENDED.value),
    (User.password_hash.is_(None), AccountState.WAITING.value),
    else_=AccountState.ACTIVE.value,
)


def _has_place(day: date) -> ColumnElement[bool]:
    """Return the condition that the user has a post, or a role on a unit that stands, on ``day``.

    Whoever has neither (a pensioner, a unit that was dissolved) would be out of every scope.
    """
    return or_(
        _has_post(User.person_id, day),
        _has_grant(RoleGrant.unit_id.in_(standing_units(day)), day),
    )


def _has_post(
    person_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], day: date
) -> ColumnElement[bool]:
    return exists(
        select(PositionAssignment.id).where(
            PositionAssignment.person_id == person_id,
            PositionAssignment.is_primary,
            held_true(PositionAssignment),
            valid_on(PositionAssignment, day),
        )
    )


def _has_grant(condition: ColumnElement[bool], day: date) -> ColumnElement[bool]:
    """Return the condition that the user has a grant, begun or not, that meets ``condition``."""
    return exists(
        select(RoleGrant.id).where(
            RoleGrant.user_id == User.id,
            held_true(RoleGrant),
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > day),
            condition,
        )
    )


def users_in(scope: UnitScope) -> Select[int]:
    """Return the select of users with a post or role in ``scope``, or with neither anywhere."""
    return select(User.id).where(
        or_(
            User.person_id.in_(people_in(scope)),
            _has_grant(RoleGrant.unit_id.in_(units_in(scope)), scope.day),
            ~_has_place(scope.day),
        )
    )


def is_whole(session: Session, scope: UnitScope) -> bool:
    """Whether every unit of the day is in ``scope``: then every account is, too."""
    outside = standing_units(scope.day).where(UnitAncestry.unit_id.not_in(units_in(scope)))
    return not session.scalar(select(exists(outside)))


def _reached(session: Session, scope: UnitScope) -> ColumnElement[bool]:
    """Return the condition that an account is within ``scope``; cheap for the whole tree."""
    return true() if is_whole(session, scope) else User.id.in_(users_in(scope))


def _found(session: Session, scope: UnitScope, chosen: UserFilter) -> Select[User]:
    words = [word for word in fold(chosen.text).split(" ")[:8] if word]
    found = select(User).where(
        _reached(session, scope),
        *(User.search_text.contains(word, autoescape=True) for word in words),
    )
    if chosen.state is not None:
        found = found.where(_state == chosen.state.value)
    if chosen.role is not None:
        found = found.where(
            _has_grant(
                and_(RoleGrant.role == chosen.role, valid_on(RoleGrant, scope.day)), scope.day
            )
        )
    return found


def list_users(
    session: Session, scope: UnitScope, chosen: UserFilter, page: PageRequest
) -> Page[UserLine]:
    """Return a page of the accounts of ``scope``, by username."""
    found = _found(session, scope, chosen)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        found.add_columns(_state.label("state"))
        .order_by(User.username)
        .limit(page.size)
        .offset(page.offset)
        .execution_options(populate_existing=True)
    ).all()
    roles = _roles_today(session, [row.User.id for row in rows], scope.day)
    lines = [_line(row, roles.get(row.User.id, ())) for row in rows]
    return Page(lines, page.number, page.size, total)


def count_users(session: Session, scope: UnitScope) -> dict[AccountState, int]:
    """Return how many accounts of ``scope`` are in each state; no state lacks."""
    states = select(_state.label("state")).where(_reached(session, scope)).subquery()
    rows = session.execute(select(states.c.state, func.count()).group_by(states.c.state))
    counts = {AccountState(state): count for state, count in rows}
    return {state: counts.get(state, 0) for state in AccountState}


def _line(row: Row[User, str], roles: tuple[Role, ...]) -> UserLine:
    user, state = row
    return UserLine(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        state=AccountState(state),
        roles=roles,
        last_signed_in_at=user.last_signed_in_at,
    )


def _roles_today(session: Session, user_ids: list[int], day: date) -> dict[int, tuple[Role, ...]]:
    rows = session.execute(
        select(RoleGrant.user_id, RoleGrant.role).where(
            RoleGrant.user_id.in_(user_ids), held_true(RoleGrant), valid_on(RoleGrant, day)
        )
    )
    held: dict[int, set[Role]] = {}
    for user_id, role in rows:
        held.setdefault(user_id, set()).add(role)
    return {user_id: tuple(role for role in Role if role in got) for user_id, got in held.items()}


def get_user(session: Session, scope: UnitScope, user_id: int, *, now: datetime) -> UserCard:
    """Return the account ``user_id`` of ``scope``. Raises NotFound for any other."""
    row = session.execute(
        select(User, _state.label("state"), Person.code, link_until(now))
        .outerjoin(Person, Person.id == User.person_id)
        .where(User.id == user_id, _reached(session, scope))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("user.unknown", N_("Không tìm thấy tài khoản này."))
    user, state, person_code, until = row
    return UserCard(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        email=user.email,
        person_code=person_code,
        state=AccountState(state),
        locale=user.locale,
        created_at=user.created_at,
        last_signed_in_at=user.last_signed_in_at,
        password_changed_at=user.password_changed_at,
        link_until=until,
    )


def get_own_account(session: Session, user_id: int, day: date) -> OwnAccount:
    """Return what ``user_id`` sees of the own account. Raises NotFound."""
    row = session.execute(
        select(User, Person.code, UnitVersion.name)
        .outerjoin(Person, Person.id == User.person_id)
        .outerjoin(
            PositionAssignment,
            and_(
                PositionAssignment.person_id == Person.id,
                PositionAssignment.is_primary,
                held_true(PositionAssignment),
                valid_on(PositionAssignment, day),
            ),
        )
        .outerjoin(
            UnitVersion,
            and_(
                UnitVersion.unit_id == PositionAssignment.duty_unit_id,
                held_true(UnitVersion),
                valid_on(UnitVersion, day),
            ),
        )
        .where(User.id == user_id)
    ).first()
    if row is None:
        raise NotFound("user.unknown", N_("Không tìm thấy tài khoản này."))
    user, code, unit_name = row
    address = address_of(session, user_id, day)
    return OwnAccount(user.username, user.display_name, address, code, unit_name)


def may_add_person(session: Session, scope: UnitScope | None, person_id: int) -> bool:
    """Whether an account for the person may be made from ``scope`` (None: the whole tree).

    The person's post is in the scope, or there is none on the day.
    """
    if scope is None:
        return True
    within = or_(Person.id.in_(people_in(scope)), ~_has_post(Person.id, scope.day))
    return session.scalar(select(Person.id).where(Person.id == person_id, within)) is not None


def address_of(session: Session, user_id: int, day: date) -> str | None:
    """Return where letters for ``user_id`` go, None for nowhere.

    The address in the account comes first. The one in the person's record is good for learners
    only: whoever edits the roster of a unit must not receive the links of a weightier account.
    """
    row = session.execute(
        select(User.email, Person.email, is_weighty(User.id, day))
        .outerjoin(Person, Person.id == User.person_id)
        .where(User.id == user_id)
    ).one()
    own, recorded, weighty = row
    return own or (None if weighty else recorded)
