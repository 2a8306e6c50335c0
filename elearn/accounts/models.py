"""Tables of identity: users, sign-in sessions, one-time links, counted attempts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type
from elearn.kernel.text import fold


def _search_text(context: DefaultExecutionContext) -> str:
    # SQLAlchemy leaves this method untyped.
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return user_search_text(given["username"], given["display_name"])


def user_search_text(username: str, display_name: str) -> str:
    """Return what a search for an account looks into."""
    return fold(f"{display_name} {username}")


class User(Base):
    """An account; ``password_hash`` is None until its activation link was used.

    ``email`` is set for accounts that stand apart from a person's record, or whose roles are too
    weighty for the address in that record (org.accounts.address_of).
    """

    __tablename__ = "accounts_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    search_text: Mapped[str] = mapped_column(String(400), default=_search_text)
    email: Mapped[str | None] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("org_person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignInSession(Base):
    """One signed-in browser; ended by sign-out, password change, suspension, idleness or age.

    ``last_seen_at`` is written at most every three minutes.
    """

    __tablename__ = "accounts_sign_in_session"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LinkPurpose(StrEnum):
    """What a one-time link lets its holder do."""

    ACTIVATE = "ACTIVATE"
    RESET = "RESET"


class OneTimeLink(Base):
    """A link that sets a password once; only the hash of its token is kept."""

    __tablename__ = "accounts_one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_type(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AttemptRecord(Base):
    """One attempt at a limited act (sign-in, reset, verification), counted in the database.

    ``key_hash`` is a keyed hash of the account name or the address: no personal data.
    """

    __tablename__ = "accounts_attempt_record"
    __table_args__ = (Index(None, "act", "key_hash", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(32))
    key_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
