"""Reads of accounts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession, User
from elearn.accounts.rules import SESSION_IDLE, numbered

# SQLite takes some 32,000 parameters in a statement.
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is judged by."""

    user_id: int
    username: str
    display_name: str
    password_hash: str | None
    is_suspended: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser that is signed in."""

    id: int
    device: str
    created_at: datetime
    last_seen_at: datetime


def find_credentials(session: Session, username: str) -> Credentials | None:
    """Return what ``username`` (clean form) is judged by, None when there is no such account."""
    return _credentials(session, select(User).where(User.username == username))


def find_credentials_of(session: Session, user_id: int) -> Credentials | None:
    """Return what ``user_id`` is judged by."""
    return _credentials(session, select(User).where(User.id == user_id))


def _credentials(session: Session, statement: Select[User]) -> Credentials | None:
    user = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if user is None:
        return None
    return Credentials(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        password_hash=user.password_hash,
        is_suspended=user.suspended_at is not None,
    )


def list_open_sessions(session: Session, user_id: int, *, now: datetime) -> Sequence[OpenSession]:
    """Return the live sessions of ``user_id``, the latest used first."""
    rows = session.execute(
        select(
            SignInSession.id,
            SignInSession.device,
            SignInSession.created_at,
            SignInSession.last_seen_at,
        )
        .where(
            SignInSession.user_id == user_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.last_seen_at > now - SESSION_IDLE,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    return [OpenSession(*row) for row in rows]


def find_user_id(session: Session, username: str) -> int | None:
    """Return the id behind ``username`` (clean form)."""
    return session.scalar(select(User.id).where(User.username == username))


def _taken_of(session: Session, names: Iterable[str]) -> set[str]:
    wanted = list(names)
    taken: set[str] = set()
    for at in range(0, len(wanted), _CHUNK):
        taken.update(
            session.scalars(
                select(User.username).where(User.username.in_(wanted[at : at + _CHUNK]))
            )
        )
    return taken


def free_usernames(session: Session, bases: Sequence[str]) -> list[str]:
    """Return one free username for each of ``bases``, numbered where the plain one is taken.

    The caller holds the lock under which accounts are made; equal bases get different names.
    """
    missing = Counter(bases)
    offers = {base: numbered(base) for base in missing}
    found: dict[str, list[str]] = {base: [] for base in missing}
    given: set[str] = set()
    block = 4
    while missing:
        offered = {base: list(islice(offers[base], n + block)) for base, n in missing.items()}
        taken = _taken_of(session, chain.from_iterable(offered.values()))
        for base, names in offered.items():
            fresh = [name for name in names if name not in taken and name not in given]
            found[base] += fresh[: missing[base]]
            given.update(fresh[: missing[base]])
        missing = Counter({base: n - len(found[base]) for base, n in Counter(bases).items()})
        missing = +missing
        block *= 2
    results = {base: iter(names) for base, names in found.items()}
    return [next(results[base]) for base in bases]
