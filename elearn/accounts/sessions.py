"""Sign-in sessions on the server: begun, kept alive, ended."""

from datetime import datetime, timedelta

from sqlalchemy import Update, delete, update
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession
from elearn.accounts.rules import SESSION_IDLE, SESSION_LENGTH, SESSION_TOUCH
from elearn.accounts.tokens import new_session_token, token_hash

_KEEP = timedelta(days=30)


def start_session(session: Session, user_id: int, device: str, *, now: datetime) -> str:
    """Begin a session of ``user_id`` and return its token, which is kept nowhere else."""
    token = new_session_token()
    session.add(
        SignInSession(
            user_id=user_id,
            token_hash=token_hash(token),
            device=device[:60],
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    session.flush()
    return token


def is_touch_due(last_seen_at: datetime, now: datetime) -> bool:
    """Whether "last seen" is old enough to be written again."""
    return now - last_seen_at >= SESSION_TOUCH


def touching(session_id: int, *, now: datetime) -> Update:
    """Return the statement that notes that the session was used; an ended one stays as it is."""
    return (
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at < now,
            SignInSession.last_seen_at > now - SESSION_IDLE,
        )
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def touch_session(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that the session was used."""
    session.execute(touching(session_id, now=now))


def end_session(session: Session, session_id: int, *, now: datetime) -> None:
    """End one session."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sessions(session: Session, user_id: int, *, now: datetime, keep: int | None = None) -> None:
    """End the sessions of ``user_id``, all but the one to ``keep``."""
    statement = update(SignInSession).where(
        SignInSession.user_id == user_id, SignInSession.ended_at.is_(None)
    )
    if keep is not None:
        statement = statement.where(SignInSession.id != keep)
    session.execute(statement.values(ended_at=now))


def purge_sessions(session: Session, *, now: datetime) -> None:
    """Delete sessions that expired a month ago."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - _KEEP))
