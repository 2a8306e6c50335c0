"""Who would sit a round: members of target groups on a day, in the subtree of a unit."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, exists, literal, select, union_all
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.curriculum.models import Programme, TargetGroup
from elearn.kernel.errors import N_, NotFound
from elearn.org.models import Exclusion, PositionAssignment
from elearn.org.scope import UnitScope, held_true, units_in, valid_on
from elearn.progress import matching
from elearn.progress.queries import find_duty_unit

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person to sit a round, with the duty unit of his primary post on the day.

    ``can_sign_in``: has an account that he has made his own.
    """

    person_id: int
    unit_id: int
    groups: tuple[str, ...]
    can_sign_in: bool


@dataclass(frozen=True, slots=True)
class Audience:
    """The people of a round; those on leave, at study or otherwise excluded are only counted."""

    people: tuple[Candidate, ...] = ()
    excluded: int = 0

    def by_group(self) -> dict[str, int]:
        """Return how many people stand in each group; who is in two counts in both."""
        return dict(sorted(Counter(code for one in self.people for code in one.groups).items()))

    def by_unit(self) -> dict[int, int]:
        """Return how many people each unit has."""
        return dict(Counter(one.unit_id for one in self.people))

    def without_account(self) -> list[Candidate]:
        """Return those who could not sign in today."""
        return [one for one in self.people if not one.can_sign_in]


def list_groups(session: Session) -> list[tuple[str, str, str, str]]:
    """Return (programme code, its title, group code, its name) of all target groups."""
    rows = session.execute(
        select(Programme.code, Programme.title, TargetGroup.code, TargetGroup.name)
        .join(TargetGroup, TargetGroup.programme_id == Programme.id)
        .order_by(Programme.code, TargetGroup.position)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def resolve(
    session: Session, groups: Sequence[tuple[str, str]], unit_id: int, day: date
) -> Audience:
    """Return who belongs to any of ``groups`` (programme, group) and is counted under a unit.

    Counted where his primary post places him on ``day``, by duty unit, as coverage counts. No
    groups: everybody with a primary post there. Two statements for each programme, and one.
    """
    found = _candidates(unit_id, day)
    if groups:
        member = union_all(*_members(session, groups, day)).subquery()
        found = found.add_columns(member.c.group_code).join(
            member, member.c.person_id == PositionAssignment.person_id
        )
    else:
        found = found.add_columns(literal(None).label("group_code"))
    return _gathered(session.execute(found))


def _members(
    session: Session, groups: Sequence[tuple[str, str]], day: date
) -> list[Select[int, str]]:
    wanted: dict[str, set[str]] = {}
    for programme, group in groups:
        wanted.setdefault(programme, set()).add(group)
    ids = session.execute(select(Programme.code, Programme.id).where(Programme.code.in_(wanted)))
    return [_of(session, row.id, wanted[row.code], day) for row in ids]


def _of(session: Session, programme_id: int, codes: Collection[str], day: date) -> Select[int, str]:
    member = matching.members(session, programme_id, day).subquery()
    chosen = select(member.c.person_id, member.c.group_code)
    return chosen if ALL in codes else chosen.where(member.c.group_code.in_(codes))


def _candidates(unit_id: int, day: date) -> Select[int, int, bool, bool]:
    person = PositionAssignment.person_id
    account = and_(
        User.person_id == person, User.suspended_at.is_(None), User.password_hash.is_not(None)
    )
    left_out = and_(Exclusion.person_id == person, held_true(Exclusion), valid_on(Exclusion, day))
    return select(
        person,
        PositionAssignment.duty_unit_id,
        exists().where(account).label("can_sign_in"),
        exists().where(left_out).label("is_excluded"),
    ).where(
        PositionAssignment.is_primary,
        held_true(PositionAssignment),
        valid_on(PositionAssignment, day),
        PositionAssignment.duty_unit_id.in_(units_in(UnitScope(frozenset({unit_id}), day))),
    )


def _gathered(rows: Iterable[tuple[int, int, bool, bool, str | None]]) -> Audience:
    people: dict[int, tuple[int, set[str], bool]] = {}
    excluded: set[int] = set()
    for person_id, unit_id, can_sign_in, is_excluded, group in rows:
        if is_excluded:
            excluded.add(person_id)
            continue
        codes = people.setdefault(person_id, (unit_id, set(), bool(can_sign_in)))[1]
        codes |= {group} if group else set()
    return Audience(
        tuple(
            Candidate(person_id, unit_id, tuple(sorted(codes)), can_sign_in)
            for person_id, (unit_id, codes, can_sign_in) in people.items()
        ),
        len(excluded),
    )


def find_unit_of(session: Session, person_id: int, day: date) -> int:
    """Return the unit that counts for a person on ``day``. Raises NotFound without a post."""
    unit_id = find_duty_unit(session, person_id, day)
    if unit_id is None:
        raise NotFound("org.no_such_person", N_("Không tìm thấy người này trong đơn vị của bạn."))
    return unit_id
