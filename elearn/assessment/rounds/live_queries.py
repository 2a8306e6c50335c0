"""Who has begun, saves, is silent or has handed in, by unit: one statement for any size.

Nothing here tells a score. ``scope`` cuts everything to the units the reader may see; a unit's
line holds the units below it, as the tree stood on the day of the roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from elearn.assessment.models import AnswerEvent, Attempt, AttemptState
from elearn.assessment.rounds.models import RoundExaminee
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.rules import SILENT_AFTER, Window
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import alphabet_key, fold
from elearn.org.models import Person, UnitVersion
from elearn.org.queries import unit_names
from elearn.org.scope import UnitScope, held_true, units_in, valid_on
from elearn.org.subtrees import select_branches

_ENDED = (AttemptState.SUBMITTED, AttemptState.GRADED)


class Doing(StrEnum):
    """What an examinee is doing now; voided attempts do not count."""

    NOT_BEGUN = "NOT_BEGUN"
    READING = "READING"
    SAVING = "SAVING"
    SILENT = "SILENT"
    HANDED_IN = "HANDED_IN"


@dataclass(frozen=True, slots=True)
class LiveLine:
    """How many people of a unit are on the list, and what they do; ``voided`` stands aside."""

    unit_id: int
    name: str
    listed: int
    reading: int
    saving: int
    silent: int
    handed_in: int
    voided: int

    @property
    def not_begun(self) -> int:
        """How many have not begun."""
        return self.listed - self.reading - self.saving - self.silent - self.handed_in

    @property
    def took_part(self) -> int:
        """How many have begun, whether they have handed in or not."""
        return self.listed - self.not_begun


def total_of(lines: Sequence[LiveLine], name: str) -> LiveLine:
    """Return the sum of ``lines``."""
    return LiveLine(
        unit_id=0,
        name=name,
        listed=sum(line.listed for line in lines),
        reading=sum(line.reading for line in lines),
        saving=sum(line.saving for line in lines),
        silent=sum(line.silent for line in lines),
        handed_in=sum(line.handed_in for line in lines),
        voided=sum(line.voided for line in lines),
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _progress(round_id: int, now: datetime) -> Subquery:
    """Return a row for each person who has begun: what his attempts amount to."""
    since = now - SILENT_AFTER
    running = Attempt.state == AttemptState.IN_PROGRESS
    # LIMIT keeps PostgreSQL from reading all answers at once: it looks at running attempts alone.
    saved = (
        select(AnswerEvent.id)
        .where(AnswerEvent.attempt_id == Attempt.id, AnswerEvent.received_at > since)
        .limit(1)
        .correlate(Attempt)
        .scalar_subquery()
        .is_not(None)
    )
    return (
        select(
            Attempt.person_id,
            _flag(running).label("running"),
            _flag(Attempt.state.in_(_ENDED)).label("ended"),
            _flag(Attempt.state == AttemptState.VOIDED).label("voided"),
            _flag(and_(running, saved)).label("saving"),
            _flag(and_(running, Attempt.last_seen_at > since)).label("seen"),
            func.max(case((Attempt.state != AttemptState.VOIDED, Attempt.id))).label("attempt_id"),
        )
        .where(Attempt.round_id == round_id)
        .group_by(Attempt.person_id)
        .subquery("progress")
    )


def _doing(progress: Subquery) -> SQLColumnExpression[str]:
    column = progress.c
    return case(
        (and_(column.running == 1, column.saving == 1), Doing.SAVING.value),
        (and_(column.running == 1, column.seen == 1), Doing.READING.value),
        (column.running == 1, Doing.SILENT.value),
        (column.ended == 1, Doing.HANDED_IN.value),
        else_=Doing.NOT_BEGUN.value,
    )


def _seen(view: RoundView, scope: UnitScope) -> ColumnElement[bool]:
    """Return the condition on examinees of the round that a reader with ``scope`` may see."""
    return and_(RoundExaminee.round_id == view.id, RoundExaminee.unit_id.in_(units_in(scope)))


def count_live(
    session: Session, view: RoundView, scope: UnitScope, unit_id: int, now: datetime
) -> list[LiveLine]:
    """Return a line for each unit directly below ``unit_id``, and for the unit itself.

    By the alphabet; units without examinees are absent. Two statements: the counts, the names.
    """
    progress, doing = _counted(view, now)
    branch = select_branches(unit_id, view.roster_on).subquery("branch")

    def how_many(what: Doing) -> ColumnElement[int]:
        return func.sum(case((doing == what.value, 1), else_=0))

    rows = session.execute(
        select(
            branch.c.branch_id,
            func.count().label("listed"),
            how_many(Doing.READING).label("reading"),
            how_many(Doing.SAVING).label("saving"),
            how_many(Doing.SILENT).label("silent"),
            how_many(Doing.HANDED_IN).label("handed_in"),
            func.sum(func.coalesce(progress.c.voided, 0)).label("voided"),
        )
        .select_from(RoundExaminee)
        .join(branch, branch.c.unit_id == RoundExaminee.unit_id)
        .outerjoin(progress, progress.c.person_id == RoundExaminee.person_id)
        .where(_seen(view, scope))
        .group_by(branch.c.branch_id)
    ).all()
    names = unit_names(session, [row.branch_id for row in rows], view.roster_on)
    lines = [
        LiveLine(
            unit_id=row.branch_id,
            name=names.get(row.branch_id, ""),
            listed=row.listed,
            reading=row.reading,
            saving=row.saving,
            silent=row.silent,
            handed_in=row.handed_in,
            voided=row.voided,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: alphabet_key(line.name))


def _counted(view: RoundView, now: datetime) -> tuple[Subquery, SQLColumnExpression[str]]:
    progress = _progress(view.id, now)
    return progress, _doing(progress)


@dataclass(frozen=True, slots=True)
class ExamineeLine:
    """An examinee as the invigilator sees him; no score. ``attempt_id``: the latest that counts."""

    person_id: int
    code: str
    full_name: str
    unit_name: str
    doing: Doing
    window: Window
    attempt_id: int | None
    started_at: datetime | None
    deadline_at: datetime | None
    submitted_at: datetime | None
    last_seen_at: datetime | None
    is_voided: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which examinees a list shows: of a unit with those below, doing something, of a name."""

    unit_id: int
    doing: Doing | None = None
    text: str = ""


def list_examinees(
    session: Session,
    view: RoundView,
    scope: UnitScope,
    wanted: Wanted,
    page: PageRequest,
    now: datetime,
) -> Page[ExamineeLine]:
    """Return a page of the examinees that ``scope`` may see, by unit and given name."""
    found = _examinees(view, scope, wanted, now)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        found.order_by(UnitVersion.search_text, Person.sort_key, Person.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return Page([_examinee(*row) for row in rows], page.number, page.size, total)


_Found = Select[Person, RoundExaminee, str, Attempt, str, int | None]


def _examinees(view: RoundView, scope: UnitScope, wanted: Wanted, now: datetime) -> _Found:
    progress, doing = _counted(view, now)
    below = units_in(UnitScope(frozenset({wanted.unit_id}), view.roster_on))
    found = (
        select(Person, RoundExaminee, UnitVersion.name, Attempt, doing, progress.c.voided)
        .join(RoundExaminee, RoundExaminee.person_id == Person.id)
        .join(
            UnitVersion,
            and_(
                UnitVersion.unit_id == RoundExaminee.unit_id,
                held_true(UnitVersion),
                valid_on(UnitVersion, view.roster_on),
            ),
        )
        .outerjoin(progress, progress.c.person_id == RoundExaminee.person_id)
        .outerjoin(Attempt, Attempt.id == progress.c.attempt_id)
        .where(_seen(view, scope), RoundExaminee.unit_id.in_(below))
        .execution_options(populate_existing=True)
    )
    if wanted.doing is not None:
        found = found.where(doing == wanted.doing.value)
    for word in fold(wanted.text).split(" ")[:8]:
        if word:
            found = found.where(_named(word))
    return found


def _named(word: str) -> ColumnElement[bool]:
    return or_(
        Person.search_text.contains(word, autoescape=True),
        func.lower(Person.code).contains(word, autoescape=True),
    )


def _examinee(
    person: Person,
    seat: RoundExaminee,
    unit_name: str,
    attempt: Attempt | None,
    doing: str,
    voided: int | None,
) -> ExamineeLine:
    return ExamineeLine(
        person_id=person.id,
        code=person.code,
        full_name=person.full_name,
        unit_name=unit_name,
        doing=Doing(doing),
        window=Window(seat.starts_at, seat.ends_at, seat.extra_minutes),
        attempt_id=attempt.id if attempt else None,
        started_at=attempt.started_at if attempt else None,
        deadline_at=attempt.deadline_at if attempt else None,
        submitted_at=attempt.submitted_at if attempt else None,
        last_seen_at=attempt.last_seen_at if attempt else None,
        is_voided=bool(voided),
    )


@dataclass(frozen=True, slots=True)
class SlotLine:
    """The people of a unit that sit in one window."""

    unit_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    people: int


def list_slots(session: Session, view: RoundView, scope: UnitScope, unit_id: int) -> list[SlotLine]:
    """Return the windows of a round in their order, with the units below ``unit_id`` in each."""
    branch = select_branches(unit_id, view.roster_on).subquery("branch")
    window = (RoundExaminee.starts_at, RoundExaminee.ends_at)
    rows = session.execute(
        select(branch.c.branch_id, *window, func.count().label("people"))
        .select_from(RoundExaminee)
        .join(branch, branch.c.unit_id == RoundExaminee.unit_id)
        .where(_seen(view, scope))
        .group_by(branch.c.branch_id, *window)
    ).all()
    names = unit_names(session, {row.branch_id for row in rows}, view.roster_on)
    lines = [
        SlotLine(
            row.branch_id, names.get(row.branch_id, ""), row.starts_at, row.ends_at, row.people
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.starts_at, alphabet_key(line.name)))
