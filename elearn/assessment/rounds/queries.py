"""Reads of rounds: those an officer manages, and the seats of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import Attempt, AttemptState, Paper, PaperKind, PaperVersion
from elearn.assessment.rounds.models import (
    DecisionKind,
    Round,
    RoundAudience,
    RoundDecision,
    RoundExaminee,
    RoundKind,
    RoundState,
)
from elearn.assessment.rounds.rules import Window
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.org.models import Person, UnitVersion
from elearn.org.scope import UnitScope, held_true, units_in, valid_on

# Papers of other kinds are sat by whoever studies, whenever he has come so far.
KINDS_OF_ROUNDS = (PaperKind.SURVEY, PaperKind.FINAL)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with what its paper is called; ``version_id`` None until it is planned."""

    id: int
    code: str
    title: str
    kind: RoundKind
    state: RoundState
    unit_id: int
    unit_name: str
    paper_id: int
    paper_code: str
    paper_title: str
    version_id: int | None
    time_limit_minutes: int | None
    opens_at: datetime
    closes_at: datetime
    roster_on: date
    attempts: int
    needs_ticket: bool
    slot_minutes: int | None
    forecast_question: str | None
    forecast_answer: int | None
    closed_at: datetime | None
    tallied_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A planned round before one of its people."""

    round_id: int
    examinee_id: int
    person_id: int
    unit_id: int
    title: str
    kind: RoundKind
    paper_id: int
    version_id: int
    window: Window
    attempts: int
    needs_ticket: bool
    forecast_question: str | None
    forecast: int | None
    planned_at: datetime
    closed_at: datetime | None
    is_cancelled: bool


_Views = Select[Round, str, PaperVersion, str]


def _views() -> _Views:
    """Return the select of rounds; names of units as on the day of the roster."""
    return (
        select(Round, Paper.code, PaperVersion, UnitVersion.name)
        .join(Paper, Paper.id == Round.paper_id)
        .join(
            PaperVersion,
            PaperVersion.id == func.coalesce(Round.paper_version_id, Paper.published_version_id),
        )
        .join(UnitVersion, UnitVersion.unit_id == Round.unit_id)
        .where(held_true(UnitVersion), valid_on(UnitVersion, Round.roster_on))
    )


def _view(found: Round, code: str, version: PaperVersion, unit_name: str) -> RoundView:
    return RoundView(
        id=found.id,
        code=found.code,
        title=found.title,
        kind=found.kind,
        state=found.state,
        unit_id=found.unit_id,
        unit_name=unit_name,
        paper_id=found.paper_id,
        paper_code=code,
        paper_title=version.title,
        version_id=found.paper_version_id,
        time_limit_minutes=version.time_limit_minutes,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        roster_on=found.roster_on,
        attempts=found.attempts,
        needs_ticket=found.needs_ticket,
        slot_minutes=found.slot_minutes,
        forecast_question=found.forecast_question,
        forecast_answer=found.forecast_answer,
        closed_at=found.closed_at,
        tallied_at=found.tallied_at,
    )


def no_such_round() -> NotFound:
    """Return the one answer for rounds that are not there and for those of others."""
    return NotFound("round.unknown", N_("Không có đợt làm bài này trong phạm vi của bạn."))


def list_managed(session: Session, scope: UnitScope, page: PageRequest) -> Page[RoundView]:
    """Return the rounds whose unit lies in ``scope``, the latest first."""
    found = _views().where(Round.unit_id.in_(units_in(scope)))
    return _page(session, found, page)


def list_watched(session: Session, scope: UnitScope, page: PageRequest) -> Page[RoundView]:
    """Return the planned rounds in which people counted in ``scope`` have a seat."""
    return _page(session, _views().where(Round.state == RoundState.PLANNED, _seats(scope)), page)


def _seats(scope: UnitScope) -> ColumnElement[bool]:
    return exists().where(
        RoundExaminee.round_id == Round.id, RoundExaminee.unit_id.in_(units_in(scope))
    )


def _page(session: Session, found: _Views, page: PageRequest) -> Page[RoundView]:
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        found.order_by(Round.opens_at.desc(), Round.id.desc()).limit(page.size).offset(page.offset)
    )
    return Page([_view(*row) for row in rows], page.number, page.size, total)


def get_managed(session: Session, scope: UnitScope, round_id: int) -> RoundView:
    """Return a round whose unit lies in ``scope``. Raises NotFound for any other."""
    found = _views().where(Round.id == round_id, Round.unit_id.in_(units_in(scope)))
    return _one(session, found)


def get_watched(session: Session, scope: UnitScope, round_id: int) -> RoundView:
    """Return a planned round with people counted in ``scope``. Raises NotFound for any other."""
    found = _views().where(Round.id == round_id, Round.state == RoundState.PLANNED, _seats(scope))
    return _one(session, found)


def _one(session: Session, found: _Views) -> RoundView:
    row = session.execute(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise no_such_round()
    return _view(*row)


def list_audience(session: Session, round_id: int) -> list[tuple[str, str]]:
    """Return (programme code, group code) of a round; none: everybody of its unit."""
    rows = session.execute(
        select(RoundAudience.programme_code, RoundAudience.group_code)
        .where(RoundAudience.round_id == round_id)
        .order_by(RoundAudience.programme_code, RoundAudience.group_code)
    )
    return [(row.programme_code, row.group_code) for row in rows]


def list_round_papers(session: Session) -> list[tuple[int, str, str]]:
    """Return (id, code, title) of the published papers that rounds may use, by title."""
    rows = session.execute(
        select(Paper.id, Paper.code, PaperVersion.title)
        .join(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.retired_at.is_(None), PaperVersion.kind.in_(KINDS_OF_ROUNDS))
        .order_by(PaperVersion.title, Paper.code)
    )
    return [(row.id, row.code, row.title) for row in rows]


_SeatSelect = Select[RoundExaminee, Round]


def _seat_select(person_id: int, paper_id: int | None) -> _SeatSelect:
    found = (
        select(RoundExaminee, Round)
        .join(Round, Round.id == RoundExaminee.round_id)
        .where(RoundExaminee.person_id == person_id, Round.planned_at.is_not(None))
        .order_by(RoundExaminee.starts_at, RoundExaminee.id)
        .execution_options(populate_existing=True)
    )
    return found if paper_id is None else found.where(Round.paper_id == paper_id)


def _seat(examinee: RoundExaminee, found: Round) -> Seat | None:
    if found.paper_version_id is None or found.planned_at is None:
        return None
    return Seat(
        round_id=found.id,
        examinee_id=examinee.id,
        person_id=examinee.person_id,
        unit_id=examinee.unit_id,
        title=found.title,
        kind=found.kind,
        paper_id=found.paper_id,
        version_id=found.paper_version_id,
        window=Window(examinee.starts_at, examinee.ends_at, examinee.extra_minutes),
        attempts=found.attempts,
        needs_ticket=found.needs_ticket,
        forecast_question=found.forecast_question,
        forecast=examinee.forecast,
        planned_at=found.planned_at,
        closed_at=found.closed_at,
        is_cancelled=found.state is RoundState.CANCELLED,
    )


def _seats_of(session: Session, statement: _SeatSelect) -> list[Seat]:
    seats = [_seat(row.RoundExaminee, row.Round) for row in session.execute(statement)]
    return [seat for seat in seats if seat is not None]


def list_seats(session: Session, person_id: int, paper_id: int | None = None) -> list[Seat]:
    """Return the seats of a person, of one paper or of all, by the begin of their windows."""
    return _seats_of(session, _seat_select(person_id, paper_id))


def lock_seats(session: Session, person_id: int, paper_id: int) -> list[Seat]:
    """Return the seats of a person at a paper, locked until the act ends; one statement.

    Windows and extra time are in the locked row itself, so that whoever changes them waits for
    an attempt that begins, and the other way round.
    """
    statement = _seat_select(person_id, paper_id)
    return _seats_of(session, statement.with_for_update(key_share=True, of=RoundExaminee))


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision about a round: for whom (both None: for all), what, why, by whom and when."""

    kind: DecisionKind
    person_name: str | None
    unit_name: str | None
    minutes: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    decided_by: str | None
    decided_at: datetime


def list_decisions(
    session: Session, round_id: int, *, person_id: int | None = None, unit_ids: Sequence[int] = ()
) -> list[DecisionLine]:
    """Return the decisions about a round, the latest first.

    With ``person_id``: only those that concern him, whose unit and the units above it are
    ``unit_ids``; and not the names of others.
    """
    found = (
        select(RoundDecision, Person.full_name, UnitVersion.name, User.display_name)
        .join(Round, Round.id == RoundDecision.round_id)
        .outerjoin(Person, Person.id == RoundDecision.person_id)
        .outerjoin(
            UnitVersion,
            (UnitVersion.unit_id == RoundDecision.unit_id)
            & held_true(UnitVersion)
            & valid_on(UnitVersion, Round.roster_on),
        )
        .outerjoin(User, User.id == RoundDecision.decided_by)
        .where(RoundDecision.round_id == round_id)
        .order_by(RoundDecision.decided_at.desc(), RoundDecision.id.desc())
    )
    if person_id is not None:
        for_all = RoundDecision.person_id.is_(None) & RoundDecision.unit_id.is_(None)
        found = found.where(
            or_(
                RoundDecision.person_id == person_id,
                for_all,
                RoundDecision.unit_id.in_(unit_ids),
            )
        )
    return [
        DecisionLine(
            kind=decision.kind,
            person_name=full_name,
            unit_name=unit_name,
            minutes=decision.minutes,
            starts_at=decision.starts_at,
            ends_at=decision.ends_at,
            reason=decision.reason,
            decided_by=by,
            decided_at=decision.decided_at,
        )
        for decision, full_name, unit_name, by in session.execute(found)
    ]


def count_examinees(session: Session, round_id: int) -> int:
    """Return how many people are frozen for a round."""
    return session.scalar(select(func.count()).where(RoundExaminee.round_id == round_id)) or 0


def has_attempts(session: Session, round_id: int, person_id: int | None = None) -> bool:
    """Whether attempts were begun in a round, by anybody or by one person, voided ones aside."""
    found = exists().where(Attempt.round_id == round_id, Attempt.state != AttemptState.VOIDED)
    if person_id is not None:
        found = found.where(Attempt.person_id == person_id)
    return bool(session.scalar(select(found)))


def get_seat(session: Session, round_id: int, person_id: int) -> Seat:
    """Return the seat of a person in a planned round. Raises NotFound."""
    found = _seat_select(person_id, None).where(Round.id == round_id)
    seats = _seats_of(session, found)
    if not seats:
        raise NotFound("round.no_seat", N_("Người này không có trong danh sách của đợt."))
    return seats[0]


@dataclass(frozen=True, slots=True)
class ExamineeCard:
    """Who an examinee is, as on the day of the roster."""

    person_id: int
    code: str
    full_name: str
    unit_name: str


def get_examinee(session: Session, view: RoundView, person_id: int) -> ExamineeCard:
    """Return who an examinee of a round is. Raises NotFound."""
    row = session.execute(
        select(Person, UnitVersion.name)
        .join(RoundExaminee, RoundExaminee.person_id == Person.id)
        .join(UnitVersion, UnitVersion.unit_id == RoundExaminee.unit_id)
        .where(
            RoundExaminee.round_id == view.id,
            Person.id == person_id,
            held_true(UnitVersion),
            valid_on(UnitVersion, view.roster_on),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("round.no_seat", N_("Người này không có trong danh sách của đợt."))
    return ExamineeCard(row.Person.id, row.Person.code, row.Person.full_name, row.name)


def listed_of(session: Session, round_id: int, person_ids: Sequence[int]) -> set[int]:
    """Return those of ``person_ids`` who are on the list of a round."""
    return set(
        session.scalars(
            select(RoundExaminee.person_id).where(
                RoundExaminee.round_id == round_id, RoundExaminee.person_id.in_(person_ids)
            )
        )
    )


def find_paper_id(session: Session, code: str) -> int | None:
    """Return the id of the published paper ``code`` if rounds may use it."""
    return next((one for one, known, _ in list_round_papers(session) if known == code), None)


def list_rounds_of(session: Session, paper_id: int) -> list[int]:
    """Return the ids of all rounds of a paper."""
    return list(session.scalars(select(Round.id).where(Round.paper_id == paper_id)))
