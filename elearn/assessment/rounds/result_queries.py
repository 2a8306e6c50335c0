"""Results of a closed round: by unit, by topic, and the places of a contest.

All from the sums that a job has made (workflows.tally_rounds); nothing before the round closes.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import percent
from elearn.assessment.models import Attempt, Grade
from elearn.assessment.rounds.models import RoundPlace, RoundScore, TopicKind
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.rules import FEWEST_TOLD
from elearn.kernel.errors import N_, Conflict
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import alphabet_key
from elearn.org.models import Person, UnitVersion
from elearn.org.queries import unit_names
from elearn.org.scope import UnitScope, held_true, units_in, valid_on
from elearn.org.subtrees import select_branches


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The result of some people; figures are None where fewer than FEWEST_TOLD took part."""

    key: str
    name: str
    people: int
    percent: Decimal | None
    passed: int | None
    perfect: int | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What people have earned together."""

    people: int
    points: Decimal
    max_points: Decimal
    passed: int
    perfect: int

    def line(self, key: str, name: str) -> ScoreLine:
        """Return the figures, without what would tell the result of single persons."""
        if self.people < FEWEST_TOLD:
            return ScoreLine(key, name, self.people, None, None, None)
        share = percent(self.points, self.max_points)
        return ScoreLine(key, name, self.people, share, self.passed, self.perfect)


def not_closed_yet() -> Conflict:
    """Return the refusal of results before a round has closed."""
    return Conflict("round.not_closed_yet", N_("Kết quả chỉ được xem sau khi đợt đã đóng."))


def _closed(view: RoundView) -> None:
    if view.closed_at is None:
        raise not_closed_yet()


def _mine(view: RoundView, scope: UnitScope, kind: TopicKind) -> ColumnElement[bool]:
    return and_(
        RoundScore.round_id == view.id,
        RoundScore.topic_kind == kind,
        RoundScore.unit_id.in_(units_in(scope)),
    )


_SUMS = (
    func.sum(RoundScore.people),
    func.sum(RoundScore.points),
    func.sum(RoundScore.max_points),
    func.sum(RoundScore.passed),
    func.sum(RoundScore.perfect),
)


def scores_by_unit(
    session: Session, view: RoundView, scope: UnitScope, unit_id: int
) -> list[ScoreLine]:
    """Return the results of the units directly below ``unit_id``, by the alphabet.

    Raises Conflict before the round has closed.
    """
    _closed(view)
    branch = select_branches(unit_id, view.roster_on).subquery("branch")
    rows = session.execute(
        select(branch.c.branch_id, *_SUMS)
        .select_from(RoundScore)
        .join(branch, branch.c.unit_id == RoundScore.unit_id)
        .where(_mine(view, scope, TopicKind.ALL))
        .group_by(branch.c.branch_id)
    ).all()
    names = unit_names(session, [row[0] for row in rows], view.roster_on)
    lines = [Sums(*row[1:]).line(str(row[0]), names.get(row[0], "")) for row in rows]
    return sorted(lines, key=lambda line: alphabet_key(line.name))


def scores_by_topic(
    session: Session, view: RoundView, scope: UnitScope, unit_id: int, kind: TopicKind
) -> list[ScoreLine]:
    """Return the results of a unit with those below by topics of ``kind``, the weakest first.

    ALL is one line, the unit's result as a whole. Raises Conflict before the round has closed.
    """
    _closed(view)
    below = units_in(UnitScope(frozenset({unit_id}), view.roster_on))
    rows = session.execute(
        select(RoundScore.topic, *_SUMS)
        .where(_mine(view, scope, kind), RoundScore.unit_id.in_(below))
        .group_by(RoundScore.topic)
    )
    lines = [Sums(*row[1:]).line(row[0], row[0]) for row in rows]
    return sorted(lines, key=lambda line: (line.percent is None, line.percent, line.key))


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place in a contest; ``unit_name`` as on the day of the roster."""

    place: int
    full_name: str
    person_code: str
    unit_name: str
    percent: Decimal
    distance: int | None
    seconds: int


def list_places(
    session: Session, view: RoundView, scope: UnitScope, page: PageRequest
) -> Page[PlaceLine]:
    """Return a page of the places of a closed contest. Raises Conflict before it has closed."""
    _closed(view)
    found = (
        select(RoundPlace, Person, UnitVersion.name)
        .join(Person, Person.id == RoundPlace.person_id)
        .join(
            UnitVersion,
            and_(
                UnitVersion.unit_id == RoundPlace.unit_id,
                held_true(UnitVersion),
                valid_on(UnitVersion, view.roster_on),
            ),
        )
        .where(RoundPlace.round_id == view.id, RoundPlace.unit_id.in_(units_in(scope)))
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        found.order_by(RoundPlace.place, Person.sort_key, Person.id)
        .limit(page.size)
        .offset(page.offset)
    )
    lines = [
        PlaceLine(
            place=row.RoundPlace.place,
            full_name=row.Person.full_name,
            person_code=row.Person.code,
            unit_name=row.name,
            percent=row.RoundPlace.percent,
            distance=row.RoundPlace.distance,
            seconds=row.RoundPlace.seconds,
        )
        for row in rows
    ]
    return Page(lines, page.number, page.size, total)


def own_place(session: Session, round_id: int, person_id: int) -> tuple[int, int] | None:
    """Return (place, how many have one) of a person in a contest; None while there is none."""
    place = session.scalar(
        select(RoundPlace.place).where(
            RoundPlace.round_id == round_id, RoundPlace.person_id == person_id
        )
    )
    if place is None:
        return None
    count = session.scalar(select(func.count()).where(RoundPlace.round_id == round_id))
    return place, count or 0


def is_outdated(session: Session, view: RoundView) -> bool:
    """Whether something was graded after the sums of a closed round were made."""
    if view.tallied_at is None:
        return True
    later = select(Grade.id).join(Attempt, Attempt.id == Grade.attempt_id)
    found = later.where(Attempt.round_id == view.id, Grade.graded_at > view.tallied_at).limit(1)
    return session.scalar(found) is not None
