"""Writes to accounts: users and their passwords. Callers own the transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.accounts.links import revoke_links
from elearn.accounts.models import User, user_search_text
from elearn.accounts.rules import check_username
from elearn.accounts.sessions import end_sessions
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound
from elearn.kernel.text import clean_line

LOCALES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made; ``username`` already in its clean form."""

    username: str
    display_name: str
    person_id: int | None = None
    email: str | None = None


def create_user(session: Session, new: NewUser, *, now: datetime) -> int:
    """Add an account that waits for its activation and return its id.

    Raises Invalid for a username of the wrong shape, Conflict when the name is taken or the
    person has an account.
    """
    check_username(new.username)
    user = User(
        username=new.username,
        display_name=clean_line(new.display_name),
        person_id=new.person_id,
        email=new.email,
        locale=LOCALES[0],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
            session.flush()
    except IntegrityError as error:
        raise _taken(session, new) from error
    return user.id


def _taken(session: Session, new: NewUser) -> Conflict:
    if session.scalar(select(User.id).where(User.username == new.username)) is not None:
        return Conflict(
            "user.name_taken",
            N_("Tên đăng nhập “%(username)s” đã có người dùng."),
            username=new.username,
        )
    return Conflict("user.person_taken", N_("Người này đã có tài khoản."))


def lock_user(session: Session, user_id: int) -> User:
    """Return the row of ``user_id``, locked until the transaction ends. Raises NotFound."""
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("user.unknown", N_("Không tìm thấy tài khoản này."))
    return user


def set_password(
    session: Session, user: User, password_hash: str, *, now: datetime, keep: int | None = None
) -> None:
    """Give ``user`` a new password: links die, and sessions too, but for the one to ``keep``."""
    user.password_hash = password_hash
    user.password_changed_at = now
    revoke_links(session, user.id, now=now)
    end_sessions(session, user.id, now=now, keep=keep)


def suspend(session: Session, user: User, *, now: datetime) -> None:
    """Bar ``user``: sessions and links die at once. Raises Conflict when barred already."""
    if user.suspended_at is not None:
        raise Conflict("user.suspended", N_("Tài khoản này đang bị tạm khóa."))
    user.suspended_at = now
    revoke_links(session, user.id, now=now)
    end_sessions(session, user.id, now=now)


def resume(user: User) -> None:
    """Let ``user`` sign in again. Raises Conflict when he already may."""
    if user.suspended_at is None:
        raise Conflict("user.not_suspended", N_("Tài khoản này không bị tạm khóa."))
    user.suspended_at = None


def describe(user: User, *, display_name: str, email: str | None) -> list[str]:
    """Change what ``user`` is called and where letters go; return the names of what changed."""
    given = {"display_name": clean_line(display_name), "email": email}
    changed = [name for name, value in given.items() if getattr(user, name) != value]
    user.display_name = clean_line(display_name)
    user.search_text = user_search_text(user.username, user.display_name)
    user.email = email
    return changed


def rename_user_of(session: Session, person_id: int, full_name: str) -> None:
    """Carry a corrected name of a person over to the account, if there is one."""
    user = session.scalars(select(User).where(User.person_id == person_id)).one_or_none()
    if user is not None:
        describe(user, display_name=full_name, email=user.email)


def set_locale(session: Session, user_id: int, locale: str) -> None:
    """Keep the language in which ``user_id`` reads. Raises Invalid for another one."""
    if locale not in LOCALES:
        raise Invalid("user.locale", N_("Ngôn ngữ không được hỗ trợ."))
    session.execute(update(User).where(User.id == user_id).values(locale=locale))
