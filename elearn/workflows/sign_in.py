"""Signing in and out, and what a signed-in person does with the own account."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from elearn.accounts.limiter import admit, forget, is_known, purge, remember
from elearn.accounts.limits import ACCOUNT, ADDRESS, PAIR, Bucket, Keys, keyed_hash, keys_for
from elearn.accounts.links import purge_links
from elearn.accounts.models import User
from elearn.accounts.passwords import hash_password, is_outdated, matches
from elearn.accounts.queries import Credentials, find_credentials, find_credentials_of
from elearn.accounts.rules import check_password, clean_username
from elearn.accounts.services import lock_user, set_locale, set_password
from elearn.accounts.sessions import (
    end_session,
    end_sessions,
    purge_sessions,
    start_session,
    touch_session,
)
from elearn.accounts.tokens import token_hash
from elearn.infra import audit
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Forbidden, Invalid
from elearn.org.presence import find_presence

log = structlog.get_logger()
SIGN_IN = "sign_in"
CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of an act


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes: network address, kind of browser, and the key for counting."""

    address: str
    device: str
    secret: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token for the browser, and who it stands for."""

    token: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class _Try:
    """A counted try: where it is counted, and its rows."""

    keys: Keys
    is_known: bool
    ids: list[int]


def _pair(keys: Keys) -> Bucket:
    return Bucket(SIGN_IN, keys.pair, PAIR)


def _count_try(keys: Keys, now: datetime) -> _Try:
    """Count a try to sign in before it is evaluated. Raises TooMany (see accounts.limits)."""
    with transaction() as session:
        known = is_known(session, SIGN_IN, keys.pair, now=now)
        buckets = [_pair(keys)]
        if not known:
            buckets.append(Bucket(SIGN_IN, keys.account, ACCOUNT))
            buckets.append(Bucket(SIGN_IN, keys.address, ADDRESS))
        return _Try(keys, known, admit(session, buckets, now=now))


def _wrong() -> Invalid:
    return Invalid("sign_in.wrong", N_("Tên đăng nhập hoặc mật khẩu không đúng."))


def sign_in(username: str, password: str, visit: Visit, *, now: datetime) -> SignedIn:
    """Open a session for who knows the password of ``username``.

    Raises Invalid, the same for an unknown name and a wrong password and after the same work;
    Forbidden for a suspended user who knows his password; TooMany.
    """
    name = clean_username(username)
    counted = _count_try(keys_for(visit.secret, name, visit.address), now)
    with reading() as session:
        found = find_credentials(session, name)
        # Hashing may wait for its turn; meanwhile the connection serves those who answer.
        session.rollback()
    is_right = matches(found.password_hash if found else None, password)
    if found is None or found.password_hash is None or not is_right:
        log.info("sign_in_refused")
        raise _wrong()
    if found.is_suspended:
        raise Forbidden(
            "user.suspended",
            N_("Tài khoản này đang bị tạm khóa. Hãy liên hệ cán bộ nhân sự của đơn vị."),
        )
    better = hash_password(password) if is_outdated(found.password_hash) else None
    return _open_session(found, counted, visit, better, now)


def _open_session(
    found: Credentials, counted: _Try, visit: Visit, better_hash: str | None, now: datetime
) -> SignedIn:
    with transaction() as session:
        user = lock_user(session, found.user_id)
        if user.password_hash != found.password_hash or user.suspended_at is not None:
            raise _wrong()
        if better_hash is not None:
            user.password_hash = better_hash
        good = [_pair(counted.keys)]
        if not counted.is_known:
            good.append(Bucket(SIGN_IN, counted.keys.account, ACCOUNT))
        forget(session, good, counted.ids)
        return begin_session(session, user, counted.keys, visit, now=now)


def begin_session(
    session: Session, user: User, keys: Keys, visit: Visit, *, now: datetime
) -> SignedIn:
    """Start a session of ``user`` in the present act; the address is known from now on."""
    remember(session, SIGN_IN, keys.pair, now=now)
    user.last_signed_in_at = now
    token = start_session(session, user.id, visit.device, now=now)
    presence = find_presence(session, token_hash(token), now=now, day=local_day(now))
    if presence is None:
        raise _wrong()
    log.info("signed_in", user_id=user.id)
    return SignedIn(token, presence.actor)


def sign_out(actor: Actor, *, now: datetime) -> None:
    """End the session in which ``actor`` is signed in."""
    with transaction() as session:
        if actor.session_id is not None:
            end_session(session, actor.session_id, now=now)


def touch(session_id: int, *, now: datetime) -> None:
    """Note that a session is in use."""
    with transaction() as session:
        touch_session(session, session_id, now=now)


def end_other_sessions(actor: Actor, *, now: datetime) -> None:
    """End every session of ``actor`` but the present one."""
    with transaction() as session:
        end_sessions(session, _user_id(actor), now=now, keep=actor.session_id)
        audit.record(
            session, actor, "account.end_sessions", ("user", actor.user_id), at=now, details={}
        )


def _user_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden("access.signed_out", N_("Bạn cần đăng nhập."))
    return actor.user_id


def change_password(actor: Actor, old: str, new: str, secret: str, *, now: datetime) -> None:
    """Give ``actor`` a new password; his other sessions end, open links die.

    Raises Invalid when ``old`` is wrong or ``new`` is not good enough, TooMany.
    """
    user_id = _user_id(actor)
    bucket = Bucket(CHANGE_PASSWORD, keyed_hash(secret, "user", str(user_id)), PAIR)
    with transaction() as session:
        admit(session, [bucket], now=now)
    with reading() as session:
        found = find_credentials_of(session, user_id)
    if found is None or not matches(found.password_hash, old):
        raise Invalid("password.old_wrong", N_("Mật khẩu hiện tại không đúng."))
    check_password(new, found.username, found.display_name)
    new_hash = hash_password(new)
    with transaction() as session:
        user = lock_user(session, user_id)
        if user.password_hash != found.password_hash:
            raise Invalid("password.old_wrong", N_("Mật khẩu hiện tại không đúng."))
        forget(session, [bucket])
        set_password(session, user, new_hash, now=now, keep=actor.session_id)
        audit.record(session, actor, "account.change_password", ("user", user_id), at=now)


def choose_locale(actor: Actor, locale: str) -> None:
    """Keep the language in which ``actor`` reads."""
    with transaction() as session:
        set_locale(session, _user_id(actor), locale)


def clear_away(*, now: datetime) -> None:
    """Delete what signing in left behind: old tries, sessions and links."""
    with transaction() as session:
        purge(session, now=now)
        purge_sessions(session, now=now)
        purge_links(session, now=now)
