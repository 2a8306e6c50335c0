"""What the administrator does: users, their roles, links and states. No scores, no studies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, User
from elearn.accounts.passwords import hash_password
from elearn.accounts.queries import find_user_id
from elearn.accounts.rules import AccountState, clean_username
from elearn.accounts.services import (
    NewUser,
    create_user,
    describe,
    lock_user,
    resume,
    set_password,
    suspend,
)
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Forbidden, NotFound
from elearn.kernel.temporal import Span
from elearn.org.grants import NewGrant, end_grant, grant_role, list_grants
from elearn.org.models import Person
from elearn.org.queries import get_unit
from elearn.org.scope import UnitScope, scope_for, units_in
from elearn.org.users import UserCard, address_of, get_user, may_add_person
from elearn.workflows.link_office import Handout, Holder, Issued, LinkOffice, just_issued


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """A role asked for on the unit with the code ``unit_code``, from the first to the last day.

    No first day is today, no last day is for good.
    """

    role: Role
    unit_code: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class UserRequest:
    """A user asked for; a person's account bears the person's name."""

    username: str
    role: RoleRequest
    person_code: str | None = None
    display_name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """The user made, and the way the activation link went."""

    user_id: int
    username: str
    issued: Issued


def admin_scope(actor: Actor, now: datetime) -> UnitScope | None:
    """Return the subtrees that ``actor`` administers; None, the whole tree, for the system."""
    if actor.user_id is None:
        return None
    return scope_for(actor, Role.ADMIN, day=local_day(now))


def _span(request: RoleRequest, today: date) -> Span:
    end = None if request.last is None else request.last + timedelta(days=1)
    return Span(request.first or today, end)


def _unit_id(session: Session, actor: Actor, code: str, now: datetime) -> int:
    """Return the unit ``code`` of today if ``actor`` administers it. Raises NotFound, Forbidden."""
    unit = get_unit(session, code, local_day(now))
    scope = admin_scope(actor, now)
    if scope is not None and unit.id not in set(session.scalars(units_in(scope))):
        raise Forbidden("grant.elsewhere", N_("Đơn vị này không thuộc phạm vi quản trị của bạn."))
    return unit.id


def _grant(
    session: Session, actor: Actor, user_id: int, request: RoleRequest, now: datetime
) -> None:
    today = local_day(now)
    unit_id = _unit_id(session, actor, request.unit_code, now)
    new = NewGrant(request.role, unit_id, _span(request, today))
    grant_role(session, user_id, new, by=actor.user_id, now=now)
    audit.record(
        session,
        actor,
        "role.grant",
        ("user", user_id),
        at=now,
        details={
            "role": request.role.value,
            "unit": request.unit_code,
            "from": new.span.first.isoformat(),
            "to": new.span.end.isoformat() if new.span.end else None,
        },
    )


def _person(session: Session, actor: Actor, code: str, now: datetime) -> Person:
    """Return the person ``code`` if ``actor`` may make an account for him. Raises NotFound."""
    person = session.scalar(select(Person).where(Person.code == code))
    scope = admin_scope(actor, now)
    if person is None or not may_add_person(session, scope, person.id):
        raise NotFound("person.unknown", N_("Không có người nào mang mã “%(code)s”."), code=code)
    return person


def add_user(actor: Actor, request: UserRequest, handout: Handout, *, now: datetime) -> Added:
    """Make an account with one role and hand out its activation link.

    Raises Invalid (username, unit, days), NotFound (person), Conflict (name taken, the person has
    an account).
    """
    with transaction() as session:
        person = None
        if request.person_code is not None:
            person = _person(session, actor, request.person_code, now)
        new = NewUser(
            username=clean_username(request.username),
            display_name=person.full_name if person else request.display_name or request.username,
            person_id=person.id if person else None,
            email=request.email,
        )
        user_id = create_user(session, new, now=now)
        audit.record(
            session,
            actor,
            "account.create",
            ("user", user_id),
            at=now,
            details={"username": new.username, "person": request.person_code},
        )
        _grant(session, actor, user_id, request.role, now)
        office = LinkOffice(session, actor, handout, now)
        address = address_of(session, user_id, local_day(now))
        holder = Holder(user_id, new.username, new.display_name, None, address)
        office.hand_out(holder, LinkPurpose.ACTIVATE)
        return Added(user_id, new.username, office.issued())


def _card(session: Session, actor: Actor, user_id: int, now: datetime) -> UserCard:
    """Return the account ``user_id`` that ``actor`` administers. Raises NotFound, Forbidden.

    Nobody changes his own rights: the administrator gains no domain role by his own hand, and
    cannot lock himself out.
    """
    scope = admin_scope(actor, now)
    if scope is None:
        raise Forbidden("user.system", N_("Chỉ quản trị hệ thống thực hiện được việc này."))
    card = get_user(session, scope, user_id, now=now)
    if user_id == actor.user_id:
        raise Forbidden(
            "user.self", N_("Bạn không thể tự thay đổi quyền hoặc trạng thái của chính mình.")
        )
    return card


def grant_role_to(actor: Actor, user_id: int, request: RoleRequest, *, now: datetime) -> None:
    """Grant a role on a unit that ``actor`` administers.

    Raises NotFound, Forbidden (oneself), Invalid (unit, days), Conflict (held already).
    """
    with transaction() as session:
        _card(session, actor, user_id, now)
        _grant(session, actor, user_id, request, now)


def end_role_of(
    actor: Actor, user_id: int, grant_id: int, last: date | None, *, now: datetime
) -> None:
    """Let a grant end after the day ``last``; at once when None.

    Raises NotFound (also for a grant on a unit that ``actor`` does not administer), Forbidden
    (oneself), Conflict (over already).
    """
    with transaction() as session:
        _card(session, actor, user_id, now)
        _check_reach(session, actor, user_id, grant_id, now)
        end = local_day(now) if last is None else last + timedelta(days=1)
        role = end_grant(session, user_id, grant_id, end, now=now)
        audit.record(
            session,
            actor,
            "role.end",
            ("user", user_id),
            at=now,
            details={"role": role.value, "grant_id": grant_id, "to": end.isoformat()},
        )


def _check_reach(
    session: Session, actor: Actor, user_id: int, grant_id: int, now: datetime
) -> None:
    grants = list_grants(session, user_id, local_day(now), admin_scope(actor, now))
    if not any(line.id == grant_id and line.is_in_reach for line in grants):
        raise NotFound("grant.unknown", N_("Không tìm thấy lần cấp quyền này."))


def suspend_user(actor: Actor, user_id: int, reason: str, *, now: datetime) -> None:
    """Bar a user; signed-in browsers are out at once. Raises NotFound, Forbidden, Conflict."""
    with transaction() as session:
        _card(session, actor, user_id, now)
        suspend(session, lock_user(session, user_id), now=now)
        audit.record(session, actor, "account.suspend", ("user", user_id), at=now, reason=reason)


def resume_user(actor: Actor, user_id: int, reason: str, *, now: datetime) -> None:
    """Let a user sign in again. Raises NotFound, Forbidden, Conflict."""
    with transaction() as session:
        _card(session, actor, user_id, now)
        resume(lock_user(session, user_id))
        audit.record(session, actor, "account.resume", ("user", user_id), at=now, reason=reason)


def renew_link_of(actor: Actor, user_id: int, handout: Handout, *, now: datetime) -> Issued:
    """Give a user a new link to activate the account or reset the password; earlier ones die."""
    with transaction() as session:
        card = _card(session, actor, user_id, now)
        if card.state is AccountState.SUSPENDED:
            raise Conflict("user.suspended", N_("Tài khoản này đang bị tạm khóa."))
        if handout.is_repeated(card.link_until):
            raise just_issued()
        waits = card.state is AccountState.WAITING
        address = address_of(session, user_id, local_day(now))
        office = LinkOffice(session, actor, handout, now)
        office.hand_out(
            Holder(user_id, card.username, card.display_name, None, address),
            LinkPurpose.ACTIVATE if waits else LinkPurpose.RESET,
        )
        return office.issued()


def describe_user(
    actor: Actor, user_id: int, display_name: str, email: str | None, *, now: datetime
) -> None:
    """Change a user's name and the address for letters; a person's name comes from the roster."""
    with transaction() as session:
        card = _card(session, actor, user_id, now)
        user = lock_user(session, user_id)
        name = card.display_name if card.person_code is not None else display_name
        changed = describe(user, display_name=name, email=email)
        audit.record(
            session,
            actor,
            "account.describe",
            ("user", user_id),
            at=now,
            details={"changed": changed},
        )


def create_account_with_password(
    actor: Actor,
    new: NewUser,
    password: str,
    grants: Sequence[NewGrant],
    *,
    now: datetime,
) -> int:
    """Make an account that is active at once and return its id; for demo data only.

    Idempotent by username: an account that is there keeps its password and gains the roles it
    lacks. The password is not judged: the caller prints it for everybody to see.
    """
    password_hash = hash_password(password)
    with transaction() as session:
        user_id = find_user_id(session, new.username)
        if user_id is None:
            user_id = create_user(session, new, now=now)
            set_password(session, session.get_one(User, user_id), password_hash, now=now)
            audit.record(
                session,
                actor,
                "account.create",
                ("user", user_id),
                at=now,
                details={"username": new.username},
            )
        held = {(line.role, line.unit_id) for line in list_grants(session, user_id, local_day(now))}
        for grant in grants:
            if (grant.role, grant.unit_id) not in held:
                grant_role(session, user_id, grant, by=actor.user_id, now=now)
        return user_id
