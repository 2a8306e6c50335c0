"""What HR of a unit does with the accounts of its people: make, hand out links, bar, let in."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, User
from elearn.accounts.queries import free_usernames
from elearn.accounts.rules import AccountState, propose_username
from elearn.accounts.services import NewUser, create_user, lock_user, resume, suspend
from elearn.infra import audit
from elearn.infra.db import advisory_lock, transaction
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid
from elearn.kernel.temporal import Span
from elearn.org.grants import NewGrant, grant_role
from elearn.org.members import (
    Member,
    get_member,
    list_members_by_id,
    list_members_without_account,
)
from elearn.org.scope import UnitScope, scope_for
from elearn.workflows.link_office import Handout, Holder, Issued, LinkOffice, just_issued

# One sheet is printed and cut by hand; more people take another press.
MOST_AT_ONCE = 300
# Usernames are proposed and taken under this lock, by one act at a time.
_ACCOUNTS_LOCK = 7_310_001


def hr_scope(actor: Actor, now: datetime) -> UnitScope:
    """Return the subtrees for which ``actor`` is HR."""
    return scope_for(actor, Role.HR, day=local_day(now))


def issue_activation_links(
    actor: Actor, person_ids: Collection[int], handout: Handout, *, now: datetime
) -> Issued:
    """Make accounts for those of ``person_ids`` who have none, and new links for those who wait.

    Accounts in use, suspended or of weightier roles are passed over, and those who got a link
    since the page was made; people of other units are not even named. Raises Invalid for nobody
    or too many.
    """
    wanted = set(person_ids)
    if not wanted:
        raise Invalid("account.nobody", N_("Hãy chọn ít nhất một người."))
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(
            "account.too_many", N_("Mỗi lần chỉ cấp cho tối đa %(most)d người."), most=MOST_AT_ONCE
        )
    with transaction() as session:
        advisory_lock(session, _ACCOUNTS_LOCK)
        members = list_members_by_id(session, hr_scope(actor, now), wanted, now=now)
        return _activate(session, actor, members, handout, now)


def issue_links_to_all_without_account(actor: Actor, handout: Handout, *, now: datetime) -> Issued:
    """Make accounts for people of the actor's units who have none, at most 300 at once.

    Raises Conflict when everybody has one.
    """
    with transaction() as session:
        advisory_lock(session, _ACCOUNTS_LOCK)
        members = list_members_without_account(session, hr_scope(actor, now), MOST_AT_ONCE, now=now)
        if not members:
            raise Conflict("account.all_have", N_("Mọi người trong đơn vị đã có tài khoản."))
        return _activate(session, actor, members, handout, now)


def _activate(
    session: Session, actor: Actor, members: Sequence[Member], handout: Handout, now: datetime
) -> Issued:
    fresh = [member for member in members if member.state is AccountState.NONE]
    names = free_usernames(session, [propose_username(member.full_name) for member in fresh])
    holders = {
        member.person_id: _create(session, actor, member, name, now)
        for member, name in zip(fresh, names, strict=True)
    }
    office = LinkOffice(session, actor, handout, now)
    for member in members:
        holder = holders.get(member.person_id)
        if holder is None and _waits(member, handout):
            holder = _holder(member)
        if holder is None:
            office.passed_over.append(member.full_name)
        else:
            office.hand_out(holder, LinkPurpose.ACTIVATE)
    return office.issued()


def _waits(member: Member, handout: Handout) -> bool:
    """Whether the member waits for a link that HR may hand out now."""
    waits = member.state is AccountState.WAITING and not member.is_weighty
    return waits and not handout.is_repeated(member.link_until)


def _create(session: Session, actor: Actor, member: Member, username: str, now: datetime) -> Holder:
    """Make the account of a learner."""
    new = NewUser(username, member.full_name, person_id=member.person_id)
    user_id = create_user(session, new, now=now)
    role = NewGrant(Role.LEARNER, member.unit_id, Span(local_day(now)))
    grant_role(session, user_id, role, by=actor.user_id, now=now)
    audit.record(
        session,
        actor,
        "account.create",
        ("user", user_id),
        at=now,
        details={"username": username, "person": member.code},
    )
    return Holder(user_id, username, member.full_name, member.unit_name, member.email)


def _holder(member: Member) -> Holder:
    if member.user_id is None or member.username is None:
        raise Conflict("account.none", N_("Người này chưa có tài khoản."))
    return Holder(member.user_id, member.username, member.full_name, member.unit_name, member.email)


def _manageable(session: Session, actor: Actor, person_id: int, now: datetime) -> Member:
    """Return a member whose account ``actor`` may manage.

    Raises NotFound for people of other units, Forbidden for weightier accounts, Conflict when
    there is no account.
    """
    member = get_member(session, hr_scope(actor, now), person_id, now=now)
    if member.user_id is None:
        raise Conflict("account.none", N_("Người này chưa có tài khoản."))
    if member.is_weighty:
        raise Forbidden(
            "account.weighty",
            N_(
                "Tài khoản này có vai trò khác ngoài học viên. "
                "Hãy liên hệ quản trị hệ thống để thực hiện."
            ),
        )
    return member


def renew_link(actor: Actor, person_id: int, handout: Handout, *, now: datetime) -> Issued:
    """Give a person a new link: to activate the account, or to reset a forgotten password.

    Earlier links die. Raises as ``_manageable`` does, and Conflict for a suspended account.
    """
    with transaction() as session:
        member = _manageable(session, actor, person_id, now)
        if member.state is AccountState.SUSPENDED:
            raise Conflict("user.suspended", N_("Tài khoản này đang bị tạm khóa."))
        if handout.is_repeated(member.link_until):
            raise just_issued()
        waits = member.state is AccountState.WAITING
        office = LinkOffice(session, actor, handout, now)
        office.hand_out(_holder(member), LinkPurpose.ACTIVATE if waits else LinkPurpose.RESET)
        return office.issued()


def _lock_member(session: Session, actor: Actor, person_id: int, now: datetime) -> User:
    return lock_user(session, _holder(_manageable(session, actor, person_id, now)).user_id)


def suspend_account(actor: Actor, person_id: int, reason: str, *, now: datetime) -> None:
    """Bar a person of the actor's units from signing in; signed-in browsers are out at once."""
    with transaction() as session:
        user = _lock_member(session, actor, person_id, now)
        suspend(session, user, now=now)
        audit.record(session, actor, "account.suspend", ("user", user.id), at=now, reason=reason)


def resume_account(actor: Actor, person_id: int, reason: str, *, now: datetime) -> None:
    """Let a person of the actor's units sign in again."""
    with transaction() as session:
        user = _lock_member(session, actor, person_id, now)
        resume(user)
        audit.record(session, actor, "account.resume", ("user", user.id), at=now, reason=reason)
