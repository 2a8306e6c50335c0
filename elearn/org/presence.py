"""Who is signed in: the sign-in session of a browser with the roles that hold today."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, Date, and_, bindparam, select
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession, User
from elearn.accounts.rules import SESSION_IDLE
from elearn.kernel.actor import Actor, Grant
from elearn.org.models import RoleGrant
from elearn.org.scope import held_true, valid_on


@dataclass(frozen=True, slots=True)
class Presence:
    """Who acts in a browser, and when that was last noted."""

    actor: Actor
    last_seen_at: datetime


# Built once: every request of somebody signed in begins with it.
_DAY: BindParameter[date] = bindparam("day", type_=Date)
_PRESENCE = (
    select(
        SignInSession.id.label("session_id"),
        SignInSession.last_seen_at,
        User.id.label("user_id"),
        User.display_name,
        User.person_id,
        User.locale,
        RoleGrant.role,
        RoleGrant.unit_id,
    )
    .join(User, User.id == SignInSession.user_id)
    .outerjoin(
        RoleGrant,
        and_(RoleGrant.user_id == User.id, held_true(RoleGrant), valid_on(RoleGrant, _DAY)),
    )
    .where(
        SignInSession.token_hash == bindparam("token_hash"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.last_seen_at > bindparam("idle_since"),
        User.suspended_at.is_(None),
    )
)


def find_presence(
    session: Session, token_hash: str, *, now: datetime, day: date
) -> Presence | None:
    """Return who holds the sign-in session ``token_hash``, with the roles of ``day``.

    One statement. None when the session is unknown, ended, too old or left idle, or the user
    suspended.
    """
    asked = {
        "token_hash": token_hash,
        "now": now,
        "idle_since": now - SESSION_IDLE,
        "day": day,
    }
    # By the connection: the statement asks for columns, and no object is to be made of them.
    rows = session.connection().execute(_PRESENCE, asked).all()
    if not rows:
        return None
    first = rows[0]
    actor = Actor(
        user_id=first.user_id,
        name=first.display_name,
        person_id=first.person_id,
        grants=tuple(Grant(row.role, row.unit_id) for row in rows if row.role is not None),
        session_id=first.session_id,
        locale=first.locale,
    )
    return Presence(actor, first.last_seen_at)


def find_actor(session: Session, user_id: int, day: date) -> Actor | None:
    """Return a user with the roles of ``day``, for work done later in his name.

    None when the account is unknown or suspended.
    """
    user = session.get(User, user_id, populate_existing=True)
    if user is None or user.suspended_at is not None:
        return None
    grants = session.execute(
        select(RoleGrant.role, RoleGrant.unit_id).where(
            RoleGrant.user_id == user_id, held_true(RoleGrant), valid_on(RoleGrant, day)
        )
    )
    return Actor(
        user_id=user.id,
        name=user.display_name,
        person_id=user.person_id,
        grants=tuple(Grant(row.role, row.unit_id) for row in grants),
        locale=user.locale,
    )
