"""Role grants: who holds which role on which subtree, from when to when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from elearn.accounts.models import User
from elearn.kernel.actor import Role
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound
from elearn.kernel.temporal import Span
from elearn.kernel.text import fold
from elearn.org.models import RoleGrant, Unit, UnitAncestry, UnitVersion
from elearn.org.queries import unit_names
from elearn.org.scope import UnitScope, held_true, units_in, valid_on

_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as the administrator reads it; ``valid_to`` is the first day without the role.

    ``is_in_reach``: the unit is the reader's to administer, or stands no more.
    """

    id: int
    role: Role
    unit_id: int
    unit_code: str
    unit_name: str
    valid_from: date
    valid_to: date | None
    granted_by: str | None
    is_in_reach: bool

    def is_over(self, day: date) -> bool:
        """Whether the grant has ended before or on ``day``."""
        return self.valid_to is not None and self.valid_to <= day

    @property
    def last_day(self) -> date | None:
        """Return the last day with the role, None while the end is open."""
        return None if self.valid_to is None else self.valid_to - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A role to be granted on the subtree of a unit for the days of ``span``."""

    role: Role
    unit_id: int
    span: Span


def is_weighty(user_id: InstrumentedAttribute[int] | int, day: date) -> ColumnElement[bool]:
    """Return the condition that the user holds, or will hold, more than the role of a learner.

    Such an account is the administrator's: HR of a unit neither resets nor suspends it.
    """
    return exists(
        select(RoleGrant.id).where(
            RoleGrant.user_id == user_id,
            RoleGrant.role != Role.LEARNER,
            held_true(RoleGrant),
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > day),
        )
    )


def grant_role(
    session: Session, user_id: int, new: NewGrant, *, by: int | None, now: datetime
) -> int:
    """Add a grant and return its id.

    Raises Invalid for a span without a day, Conflict when the role is held there in that time.
    """
    if not new.span.is_proper:
        raise Invalid("grant.span", N_("Ngày kết thúc phải sau ngày bắt đầu."))
    held = session.scalars(
        select(RoleGrant).where(
            RoleGrant.user_id == user_id,
            RoleGrant.role == new.role,
            RoleGrant.unit_id == new.unit_id,
            held_true(RoleGrant),
        )
    )
    if any(Span(row.valid_from, row.valid_to).overlaps(new.span) for row in held):
        raise Conflict(
            "grant.held", N_("Người này đã có vai trò đó tại đơn vị trong thời gian ấy.")
        )
    return _add(session, user_id, new, by=by, now=now)


def _add(session: Session, user_id: int, new: NewGrant, *, by: int | None, now: datetime) -> int:
    row = RoleGrant(
        user_id=user_id,
        role=new.role,
        unit_id=new.unit_id,
        valid_from=new.span.first,
        valid_to=new.span.end,
        recorded_at=now,
        granted_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def end_grant(session: Session, user_id: int, grant_id: int, end: date, *, now: datetime) -> Role:
    """Let a grant of ``user_id`` end: ``end`` is the first day without it; return its role.

    The old row is retracted and a shorter one recorded, so that what was known stays known; a
    grant that would have no day left is only retracted. Raises NotFound, or Conflict when the
    grant ends earlier already.
    """
    row = session.get(RoleGrant, grant_id, with_for_update=True, populate_existing=True)
    if row is None or row.user_id != user_id or row.retracted_at is not None:
        raise NotFound("grant.unknown", N_("Không tìm thấy lần cấp quyền này."))
    if row.valid_to is not None and row.valid_to <= end:
        raise Conflict("grant.over", N_("Quyền này đã kết thúc trước ngày đó."))
    row.retracted_at = now
    left = Span(row.valid_from, end)
    if left.is_proper:
        shorter = NewGrant(row.role, row.unit_id, left)
        _add(session, user_id, shorter, by=row.granted_by, now=now)
    return row.role


def standing_units(day: date) -> Select[int]:
    """Return the select of units that are there on ``day``."""
    return select(UnitAncestry.unit_id).where(UnitAncestry.depth == 0, valid_on(UnitAncestry, day))


def list_grants(
    session: Session, user_id: int, day: date, reach: UnitScope | None = None
) -> list[GrantLine]:
    """Return the grants of ``user_id`` held true now, past ones too, the latest begun first.

    ``reach`` is what the reader administers; None is the whole tree.
    """
    in_reach: ColumnElement[bool] = true()
    if reach is not None:
        in_reach = or_(
            RoleGrant.unit_id.in_(units_in(reach)), RoleGrant.unit_id.not_in(standing_units(day))
        )
    rows = session.execute(
        select(RoleGrant, Unit.code, User.display_name, in_reach.label("is_in_reach"))
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .outerjoin(User, User.id == RoleGrant.granted_by)
        .where(RoleGrant.user_id == user_id, held_true(RoleGrant))
        .order_by(RoleGrant.valid_from.desc(), RoleGrant.id.desc())
    ).all()
    names = unit_names(session, {row.RoleGrant.unit_id for row in rows}, day)
    return [
        GrantLine(
            id=held.id,
            role=held.role,
            unit_id=held.unit_id,
            unit_code=code,
            unit_name=names[held.unit_id],
            valid_from=held.valid_from,
            valid_to=held.valid_to,
            granted_by=granted_by,
            is_in_reach=bool(is_in_reach),
        )
        for held, code, granted_by, is_in_reach in rows
    ]


def find_unit_code(session: Session, text: str, scope: UnitScope) -> str:
    """Return the code of the unit of ``scope`` that ``text`` names: its code, or words of its name.

    Raises Invalid when no unit, or more than one, fits.
    """
    statement = (
        select(Unit.code, UnitVersion.name)
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .where(
            held_true(UnitVersion), valid_on(UnitVersion, scope.day), Unit.id.in_(units_in(scope))
        )
        .order_by(UnitVersion.name, Unit.code)
    )
    given = text.strip()
    if session.execute(statement.where(Unit.code == given)).first() is not None:
        return given
    words = [word for word in fold(given).split(" ")[:8] if word]
    named = and_(*(UnitVersion.search_text.contains(word, autoescape=True) for word in words))
    rows = session.execute(statement.where(named).limit(_CANDIDATES + 1)).all() if words else []
    if len(rows) == 1:
        return str(rows[0].code)
    if not rows:
        raise Invalid("grant.no_unit", N_("Không có đơn vị nào là “%(text)s”."), text=given)
    raise Invalid(
        "grant.many_units",
        N_("Có nhiều đơn vị phù hợp, hãy ghi rõ hơn hoặc ghi mã: %(units)s."),
        units="; ".join(f"{row.name} ({row.code})" for row in rows[:_CANDIDATES]),
    )
