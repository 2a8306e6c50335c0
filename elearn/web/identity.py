"""Who is signed in: Flask-Login over sign-in sessions that live on the server.

The browser holds a random token in the signed session cookie; the database holds its hash, so
that sign-out, a new password or a suspension ends the session at once, wherever it is open.
"""

from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Flask, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from elearn.accounts.sessions import is_touch_due
from elearn.accounts.tokens import token_hash
from elearn.infra.db import looking
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import N_, Forbidden
from elearn.org.presence import find_presence
from elearn.workflows.sign_in import touch

log = structlog.get_logger()
login_manager = LoginManager()
_LOCALE = "locale"
View = TypeVar("View", bound=Callable[..., object])


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
    with looking() as session:
        presence = find_presence(session, token_hash(token), now=now, day=local_day(now))
    if presence is None:
        return None
    g.session_touch_due = is_touch_due(presence.last_seen_at, now)
    return SignedIn(token, presence.actor)


def _stay_awake() -> None:
    """Note that the session is in use, at most every three minutes, before the view.

    A page is not refused because this note could not be written. A view marked by
    ``notes_itself`` writes it with its own statement.
    """
    actor = current_actor() if request.endpoint is not None else None
    if actor is None or actor.session_id is None:
        return
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "notes_itself", False) or not take_touch_due():
        return
    try:
        touch(actor.session_id, now=utc_now())
    except OperationalError:
        log.warning("session_touch_failed")


def take_touch_due() -> bool:
    """Whether the use of the session should be noted now; whoever asks has to do it."""
    return bool(g.pop("session_touch_due", False))


def notes_itself(view: View) -> View:
    """Mark a view that notes the use of the session in the transaction of its own act."""
    view.notes_itself = True  # type: ignore[attr-defined]  # read by _stay_awake alone
    return view


def init_app(app: Flask) -> None:
    """Let ``app`` know its users."""
    login_manager.init_app(app, add_context_processor=False)
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.before_request(_stay_awake)


def take_for(actor: Actor) -> None:
    """Let the rest of a request that nobody sent pass as that of ``actor``."""
    g._login_user = SignedIn("", actor)  # noqa: SLF001 - where Flask-Login looks


def forget_for_now() -> None:
    """Let the rest of the request pass as signed out: the database cannot say who it is."""
    g.elearn_database_away = True


def current_actor() -> Actor | None:
    """Return who is signed in, or None."""
    if g.get("elearn_database_away"):
        return None
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
    """Make the browser of this request hold ``token``; nothing of an earlier user stays."""
    _forget_all()
    login_user(SignedIn(token, actor))


def sign_out() -> None:
    """Make the browser of this request forget its token and all else but the language."""
    logout_user()
    _forget_all()


def _forget_all() -> None:
    locale = cookie.get(_LOCALE)
    cookie.clear()
    if locale is not None:
        cookie[_LOCALE] = locale
