"""One-time links: issued by HR, the administrator or a letter; used at most once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, OneTimeLink, User
from elearn.accounts.rules import LINK_LENGTH
from elearn.accounts.tokens import link_hash, new_link_token
from elearn.kernel.errors import N_, NotFound

_KEEP = timedelta(days=30)
PATHS = {LinkPurpose.ACTIVATE: "/activate/", LinkPurpose.RESET: "/reset/"}


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """For whom a live link was made."""

    user_id: int
    username: str
    display_name: str


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link just made; its token exists here and with whoever is given it, nowhere else."""

    purpose: LinkPurpose
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Return the address on this site."""
        return PATHS[self.purpose] + self.token


def dead_link() -> NotFound:
    """Return the one error for links that are unknown, used, revoked or too old."""
    return NotFound(
        "link.dead",
        N_(
            "Đường dẫn này không còn dùng được: có thể đã được dùng, đã quá hạn hoặc đã được thay "
            "bằng đường dẫn mới. Hãy liên hệ cán bộ nhân sự của đơn vị để được cấp lại."
        ),
    )


def _is_live(now: datetime) -> ColumnElement[bool]:
    return and_(
        OneTimeLink.used_at.is_(None),
        OneTimeLink.revoked_at.is_(None),
        OneTimeLink.expires_at > now,
    )


def link_until(now: datetime) -> ScalarSelect[datetime]:
    """Return the subselect, beside ``User``, of when the latest of the user's live links ends."""
    return (
        select(func.max(OneTimeLink.expires_at))
        .where(OneTimeLink.user_id == User.id, _is_live(now))
        .correlate(User)
        .scalar_subquery()
    )


def issue_link(
    session: Session, user_id: int, purpose: LinkPurpose, *, by: int | None, now: datetime
) -> IssuedLink:
    """Make a link for ``user_id``, valid for 72 hours; ``by`` is the user who asked for it."""
    token = new_link_token()
    expires_at = now + LINK_LENGTH
    session.add(
        OneTimeLink(
            user_id=user_id,
            purpose=purpose,
            token_hash=link_hash(token),
            created_at=now,
            created_by=by,
            expires_at=expires_at,
        )
    )
    return IssuedLink(purpose, token, expires_at)


def find_link_holder(
    session: Session, token: str, purpose: LinkPurpose, *, now: datetime
) -> LinkHolder | None:
    """Return whose live link ``token`` is, None when it can no longer be used."""
    row = session.execute(
        select(User.id, User.username, User.display_name)
        .join(OneTimeLink, OneTimeLink.user_id == User.id)
        .where(
            OneTimeLink.token_hash == link_hash(token),
            OneTimeLink.purpose == purpose,
            _is_live(now),
            User.suspended_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else LinkHolder(row.id, row.username, row.display_name)


def use_link(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> None:
    """Mark the link used. Raises NotFound when it is dead, or somebody else was faster."""
    used = session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == link_hash(token),
            OneTimeLink.purpose == purpose,
            _is_live(now),
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise dead_link()


def revoke_links(session: Session, user_id: int, *, now: datetime) -> None:
    """Make every open link of ``user_id`` useless."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user_id, _is_live(now))
        .values(revoked_at=now)
    )


def purge_links(session: Session, *, now: datetime) -> None:
    """Delete links that expired a month ago."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - _KEEP))
