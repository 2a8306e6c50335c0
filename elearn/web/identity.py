"""Who is signed in: Flask-Login over sign-in sessions that live on the server.

The browser holds a random token in the signed session cookie; the database holds its hash, so
that sign-out, a new password or a suspension ends the session at once, wherever it is open.
"""

import hashlib

from flask import Flask, g
from flask_login import LoginManager, current_user, login_user, logout_user

from elearn.infra.db import reading
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import N_, Forbidden
from elearn.org.queries import find_actor

login_manager = LoginManager()


def token_hash(token: str) -> str:
    """Return the form in which a session or link token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


class SignedIn:
    """What Flask-Login carries around: the token and the actor behind it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token


def _load(token: str) -> SignedIn | None:
    now = utc_now()
    with reading() as session:
        actor = find_actor(session, token_hash(token), now=now, day=local_day(now))
    return None if actor is None else SignedIn(token, actor)


def init_app(app: Flask) -> None:
    """Let ``app`` know its users."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    login_manager.user_loader(_load)


def current_actor() -> Actor | None:
    """Return who is signed in, or None."""
    return current_user.actor if current_user.is_authenticated else None


def the_actor() -> Actor:
    """Return who is signed in, on a view whose rule demands it."""
    actor = current_actor()
    if actor is None:
        raise Forbidden("access.signed_out", N_("Bạn cần đăng nhập."))
    return actor


def the_person_id() -> int:
    """Return the person behind the account. Raises Forbidden for accounts without one."""
    person_id = the_actor().person_id
    if person_id is None:
        raise Forbidden(
            "access.no_person",
            N_("Tài khoản này không gắn với hồ sơ cán bộ nào nên không thể học hoặc làm bài."),
        )
    return person_id


def sign_in(token: str, actor: Actor) -> None:
    """Make the browser of this request hold ``token``."""
    login_user(SignedIn(token, actor))
    g.signed_in_now = True


def sign_out() -> None:
    """Make the browser of this request forget its token."""
    logout_user()
