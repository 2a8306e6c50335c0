"""How a person stands with tests: attempts used and left, the best result, what is open."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.domain import timing
from elearn.assessment.domain.draw import blueprint_of
from elearn.assessment.domain.grading import percent
from elearn.assessment.models import (
    Attempt,
    AttemptState,
    ExtraAttempt,
    Grade,
    Paper,
    PaperKind,
    PaperVersion,
)
from elearn.assessment.queries import uses_up, was_planned
from elearn.assessment.rounds.policy import choose
from elearn.assessment.rounds.queries import KINDS_OF_ROUNDS, Seat, list_seats
from elearn.progress.board_rules import Sitting, Standing

# How long a round that is over stays on the home of those who sat it.
SHOWN_FOR = timedelta(days=30)
OPEN_KINDS = (PaperKind.SURVEY, PaperKind.PRACTICE)


def list_standings(
    session: Session, person_id: int, codes: Collection[str], *, checks_at: datetime | None
) -> dict[str, Standing]:
    """Return how a person stands with the papers ``codes``, by code, in the order of titles.

    ``checks_at``: also with every survey and practice paper, and with those of his rounds as they
    stand then; a paper that is sat in rounds is absent where he has no seat. Papers not published
    or retired are absent. Three statements, with ``checks_at`` four.
    """
    of_rounds = and_(PaperVersion.kind.in_(KINDS_OF_ROUNDS), was_planned())
    wanted: ColumnElement[bool] = Paper.code.in_(codes)
    if checks_at is not None:
        wanted = or_(wanted, PaperVersion.kind.in_(OPEN_KINDS), of_rounds)
    papers = session.execute(
        select(Paper.code, PaperVersion, of_rounds.label("in_rounds"))
        .join(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.retired_at.is_(None), wanted)
        .order_by(PaperVersion.title, Paper.code)
    ).all()
    ids = [version.paper_id for _, version, _ in papers]
    sittings = _sittings(session, person_id, ids)
    granted = _granted(session, person_id, ids)
    seats = _seats(session, person_id, checks_at) if checks_at is not None else {}
    return {
        code: _standing(
            code,
            version,
            _Record(
                sittings.get(version.paper_id, ()),
                granted.get(version.paper_id, ()),
                seats.get(version.paper_id) if in_rounds else None,
            ),
        )
        for code, version, in_rounds in papers
        if not in_rounds or version.paper_id in seats
    }


@dataclass(frozen=True, slots=True)
class _Record:
    """What a person has made of a paper; ``granted``: (when, how many) further attempts."""

    sittings: tuple[Sitting, ...]
    granted: Sequence[tuple[datetime, int]]
    seat: Seat | None


def _seats(session: Session, person_id: int, now: datetime) -> dict[int, Seat]:
    """Return the seat that matters by paper; old and cancelled rounds are out of sight."""
    by_paper: dict[int, list[Seat]] = {}
    for seat in list_seats(session, person_id):
        if not seat.is_cancelled and now < seat.window.last_instant + SHOWN_FOR:
            by_paper.setdefault(seat.paper_id, []).append(seat)
    chosen = {paper_id: choose(seats, now) for paper_id, seats in by_paper.items()}
    return {paper_id: seat for paper_id, seat in chosen.items() if seat is not None}


def _mine(
    table: type[Attempt] | type[ExtraAttempt], person_id: int, ids: Iterable[int]
) -> ColumnElement[bool]:
    return and_(table.person_id == person_id, table.paper_id.in_(list(ids)))


def _sittings(
    session: Session, person_id: int, ids: Iterable[int]
) -> dict[int, tuple[Sitting, ...]]:
    """Return the attempts of a person by paper, in their order, each with its last grade.

    Voided attempts are left out, or stand without a grade where they use up one of those allowed.
    """
    later = aliased(Grade)
    last = select(func.max(later.number)).where(later.attempt_id == Attempt.id).scalar_subquery()
    rows = session.execute(
        select(Attempt, Grade)
        .outerjoin(Grade, and_(Grade.attempt_id == Attempt.id, Grade.number == last))
        .where(_mine(Attempt, person_id, ids), uses_up())
        .order_by(Attempt.paper_id, Attempt.number)
    )
    found: dict[int, tuple[Sitting, ...]] = {}
    for attempt, grade in rows:
        found[attempt.paper_id] = (*found.get(attempt.paper_id, ()), _sitting(attempt, grade))
    return found


def _sitting(attempt: Attempt, last_grade: Grade | None) -> Sitting:
    grade = None if attempt.state is AttemptState.VOIDED else last_grade
    return Sitting(
        attempt_id=attempt.id,
        is_open=attempt.state is AttemptState.IN_PROGRESS,
        ended_at=attempt.submitted_at,
        percent=percent(grade.score, grade.max_score) if grade else None,
        passed=grade.passed if grade else False,
        round_id=attempt.round_id,
    )


def _granted(
    session: Session, person_id: int, ids: Iterable[int]
) -> dict[int, list[tuple[datetime, int]]]:
    rows = session.execute(
        select(ExtraAttempt.paper_id, ExtraAttempt.granted_at, ExtraAttempt.count).where(
            _mine(ExtraAttempt, person_id, ids)
        )
    )
    granted: dict[int, list[tuple[datetime, int]]] = {}
    for paper_id, at, count in rows:
        granted.setdefault(paper_id, []).append((at, count))
    return granted


def _standing(code: str, version: PaperVersion, record: _Record) -> Standing:
    seat, sittings = record.seat, record.sittings
    limit, more = version.attempts, sum(count for _, count in record.granted)
    if seat is not None:
        sittings = tuple(each for each in sittings if each.round_id == seat.round_id)
        limit = seat.attempts
        more = sum(count for at, count in record.granted if at >= seat.planned_at)
    ended = [each.ended_at for each in sittings if each.ended_at is not None]
    return Standing(
        code=code,
        title=version.title,
        kind=version.kind,
        time_limit_minutes=version.time_limit_minutes,
        pass_percent=version.pass_percent,
        question_count=blueprint_of(version.sections, shuffle=version.shuffle).question_count,
        attempts_left=timing.attempts_left(limit, more, len(sittings)),
        opens_again_at=timing.open_again_at(max(ended, default=None), version.cooldown_hours),
        sittings=sittings,
        seat=seat,
    )
