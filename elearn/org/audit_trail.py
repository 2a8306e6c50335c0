"""The audit trail as the administrator reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.infra.models import AuditEntry
from elearn.kernel.clock import end_of_local_day
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold
from elearn.org.scope import UnitScope
from elearn.org.users import is_whole, users_in

# Details of these acts name roles and ways of delivery. Others may hold figures of the trade
# (scores, answers), which the technical administrator has no business with.
_OPEN_AREAS = ("account", "role")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act; ``user_id`` is the account it was done to, ``actor`` None the system."""

    at: datetime
    actor: str | None
    act: str
    subject_type: str
    subject_id: str
    user_id: int | None
    user_name: str | None
    reason: str | None
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which acts are shown: of an area (``account``), by an actor, on days, both ends included."""

    area: str = ""
    actor: str = ""
    first: date | None = None
    last: date | None = None


def _found(session: Session, scope: UnitScope, chosen: AuditFilter) -> Select[AuditEntry]:
    found = select(AuditEntry)
    if not is_whole(session, scope):
        found = found.where(AuditEntry.actor_user_id.in_(users_in(scope)))
    if chosen.area:
        found = found.where(AuditEntry.act.startswith(f"{chosen.area}.", autoescape=True))
    if chosen.first is not None:
        found = found.where(AuditEntry.at >= end_of_local_day(chosen.first - timedelta(days=1)))
    if chosen.last is not None:
        found = found.where(AuditEntry.at < end_of_local_day(chosen.last))
    for word in [word for word in fold(chosen.actor).split(" ")[:8] if word]:
        named = select(User.id).where(User.search_text.contains(word, autoescape=True))
        found = found.where(AuditEntry.actor_user_id.in_(named))
    return found


def _with_names(found: Select[AuditEntry]) -> Select[AuditEntry, str | None]:
    return found.add_columns(User.display_name).outerjoin(User, User.id == AuditEntry.actor_user_id)


def _subject_names(session: Session, rows: list[Row[AuditEntry, str | None]]) -> dict[int, str]:
    ids = {int(row.AuditEntry.subject_id) for row in rows if _is_user(row.AuditEntry)}
    named = session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    return {row.id: row.display_name for row in named}


def _is_user(entry: AuditEntry) -> bool:
    return entry.subject_type == "user" and entry.subject_id.isdecimal()


def _lines(session: Session, rows: list[Row[AuditEntry, str | None]]) -> list[AuditLine]:
    names = _subject_names(session, rows)
    return [_line(entry, actor, names) for entry, actor in rows]


def _line(entry: AuditEntry, actor: str | None, names: dict[int, str]) -> AuditLine:
    user_id = int(entry.subject_id) if _is_user(entry) else None
    is_open = entry.act.split(".", 1)[0] in _OPEN_AREAS
    return AuditLine(
        at=entry.at,
        actor=actor,
        act=entry.act,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        user_id=user_id,
        user_name=names.get(user_id) if user_id is not None else None,
        reason=entry.reason,
        details=entry.details if is_open else {},
    )


def list_acts(
    session: Session, scope: UnitScope, chosen: AuditFilter, page: PageRequest
) -> Page[AuditLine]:
    """Return a page of what people of ``scope`` did, the latest first.

    Whose scope is the whole tree sees what the system did, too.
    """
    found = _found(session, scope, chosen)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    shown = _with_names(found).order_by(AuditEntry.id.desc())
    rows = session.execute(shown.limit(page.size).offset(page.offset)).all()
    return Page(_lines(session, list(rows)), page.number, page.size, total)


def iter_acts(
    session: Session, scope: UnitScope, chosen: AuditFilter, most: int
) -> Iterator[AuditLine]:
    """Yield at most ``most`` acts, the latest first, for a file."""
    shown = _with_names(_found(session, scope, chosen)).order_by(AuditEntry.id.desc()).limit(most)
    for part in session.execute(shown.execution_options(yield_per=1000)).partitions():
        yield from _lines(session, list(part))


def list_acts_on(session: Session, scope: UnitScope, user_id: int, most: int) -> list[AuditLine]:
    """Return the latest acts done to the account ``user_id`` by people of ``scope``."""
    found = _found(session, scope, AuditFilter()).where(
        AuditEntry.subject_type == "user", AuditEntry.subject_id == str(user_id)
    )
    shown = _with_names(found).order_by(AuditEntry.id.desc()).limit(most)
    return _lines(session, list(session.execute(shown).all()))
