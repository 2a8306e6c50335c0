"""Reads of the organisation."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession, User
from elearn.kernel.actor import Actor, Grant
from elearn.org.models import RoleGrant
from elearn.org.scope import held_true, valid_on


def find_actor(session: Session, token_hash: str, *, now: datetime, day: date) -> Actor | None:
    """Return who holds the sign-in session ``token_hash``, with the roles of ``day``.

    One statement. None when the session is unknown, ended or too old, or the user suspended.
    """
    rows = session.execute(
        select(SignInSession.id, User, RoleGrant.role, RoleGrant.unit_id)
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(
            RoleGrant,
            and_(RoleGrant.user_id == User.id, held_true(RoleGrant), valid_on(RoleGrant, day)),
        )
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            User.suspended_at.is_(None),
        )
    ).all()
    if not rows:
        return None
    user = rows[0].User
    return Actor(
        user_id=user.id,
        name=user.display_name,
        person_id=user.person_id,
        grants=tuple(Grant(row.role, row.unit_id) for row in rows if row.role is not None),
        session_id=rows[0].id,
        locale=user.locale,
    )
