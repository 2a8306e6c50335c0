"""The sums of a closed round, made by a job: by unit and topic, and the places of a contest.

Of each person the best attempt counts: the highest percentage, of equal ones the quickest. The
sums are derived from grades and may be made anew at any time; a job that is killed or runs twice
leaves one set of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import percent
from elearn.assessment.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    Grade,
    QuestionVersion,
)
from elearn.assessment.rounds import services
from elearn.assessment.rounds.models import (
    Round,
    RoundExaminee,
    RoundKind,
    RoundPlace,
    RoundScore,
    TopicKind,
)
from elearn.assessment.rounds.rules import Entry, ranked
from elearn.infra.bulk import insert_all, slices
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import Progress
from elearn.kernel.clock import utc_now

# So many attempts with all their items are in memory at once.
_AT_ONCE = 500
_NONE = "–"


@dataclass(frozen=True, slots=True)
class _Best:
    """The attempt of a person that counts, with his unit and forecast."""

    attempt_id: int
    person_id: int
    unit_id: int
    score: Decimal
    max_score: Decimal
    passed: bool
    forecast: int | None
    seconds: int

    @property
    def order(self) -> tuple[Decimal, int]:
        """Return what the best of several attempts is chosen by, the larger the better."""
        return percent(self.score, self.max_score), -self.seconds


@dataclass(slots=True)
class _Sum:
    people: int = 0
    points: Decimal = Decimal(0)
    max_points: Decimal = Decimal(0)
    passed: int = 0
    perfect: int = 0


_Key = tuple[TopicKind, str, int]


@dataclass(slots=True)
class _Tally:
    sums: dict[_Key, _Sum] = field(default_factory=dict)

    def add(self, key: _Key, points: Decimal, max_points: Decimal) -> _Sum:
        """Add what one person earned in one topic."""
        found = self.sums.setdefault(key, _Sum())
        found.people += 1
        found.points += points
        found.max_points += max_points
        return found


def tally(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Make the sums of the round ``payload["round"]`` anew; the job handler."""
    round_id = int(payload["round"])
    now = utc_now()
    with reading() as session:
        best = list(_best(session, round_id))
        summed = _Tally()
        for done, part in enumerate(slices(best, _AT_ONCE)):
            _add_part(session, summed, part)
            session.rollback()
            progress.report(done * _AT_ONCE, len(best))
    with transaction() as session:
        found = services.lock_round(session, round_id)
        if found.closed_at is None:
            return {"people": 0}
        _write(session, found, summed, best)
        found.tallied_at = now
    return {"people": len(best), "round": round_id}


def _best(session: Session, round_id: int) -> Iterable[_Best]:
    last = (
        select(func.max(Grade.number))
        .where(Grade.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Attempt.id,
            Attempt.person_id,
            RoundExaminee.unit_id,
            Grade.score,
            Grade.max_score,
            Grade.passed,
            RoundExaminee.forecast,
            Attempt.started_at,
            Attempt.submitted_at,
        )
        .join(Grade, and_(Grade.attempt_id == Attempt.id, Grade.number == last))
        .join(
            RoundExaminee,
            and_(
                RoundExaminee.round_id == Attempt.round_id,
                RoundExaminee.person_id == Attempt.person_id,
            ),
        )
        .where(Attempt.round_id == round_id, Attempt.state == AttemptState.GRADED)
        .order_by(Attempt.id)
    )
    chosen: dict[int, _Best] = {}
    for row in rows:
        one = _Best(
            attempt_id=row.id,
            person_id=row.person_id,
            unit_id=row.unit_id,
            score=row.score,
            max_score=row.max_score,
            passed=row.passed,
            forecast=row.forecast,
            seconds=_seconds(row.started_at, row.submitted_at),
        )
        held = chosen.get(one.person_id)
        if held is None or one.order > held.order:
            chosen[one.person_id] = one
    return chosen.values()


def _seconds(started_at: datetime, submitted_at: datetime | None) -> int:
    return int(((submitted_at or started_at) - started_at).total_seconds())


def _add_part(session: Session, summed: _Tally, part: Iterable[_Best]) -> None:
    """Add these attempts; two statements for all of them."""
    by_id = {one.attempt_id: one for one in part}
    for one in by_id.values():
        whole = summed.add((TopicKind.ALL, "", one.unit_id), one.score, one.max_score)
        whole.passed += one.passed
        whole.perfect += one.score == one.max_score
    for attempt_id, earned in _by_topic(session, by_id):
        unit_id = by_id[attempt_id].unit_id
        for (kind, topic), (points, max_points) in earned.items():
            summed.add((kind, topic, unit_id), points, max_points)


_Earned = dict[tuple[TopicKind, str], tuple[Decimal, Decimal]]


def _by_topic(session: Session, by_id: Mapping[int, _Best]) -> Iterator[tuple[int, _Earned]]:
    """Yield for each attempt what it earned of what was to be earned, by topic."""
    scores = _item_scores(session, by_id)
    rows = session.execute(
        select(
            AttemptItem.attempt_id,
            AttemptItem.id,
            AttemptItem.points,
            QuestionVersion.module_code,
            QuestionVersion.area,
            QuestionVersion.level,
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id.in_(by_id))
    )
    earned: dict[int, _Earned] = {}
    for attempt_id, item_id, points, module, area, level in rows:
        got = Decimal(scores[attempt_id].get(str(item_id), "0"))
        own = earned.setdefault(attempt_id, {})
        for key in (
            (TopicKind.MODULE, module),
            (TopicKind.AREA, area or _NONE),
            (TopicKind.LEVEL, level.value),
        ):
            before = own.get(key, (Decimal(0), Decimal(0)))
            own[key] = before[0] + got, before[1] + points
    yield from earned.items()


def _item_scores(session: Session, by_id: Mapping[int, _Best]) -> dict[int, dict[str, str]]:
    rows = session.execute(
        select(Grade.attempt_id, Grade.item_scores)
        .where(Grade.attempt_id.in_(by_id))
        .order_by(Grade.number)
    )
    return {row.attempt_id: row.item_scores for row in rows}


def _write(session: Session, found: Round, summed: _Tally, best: Iterable[_Best]) -> None:
    session.execute(delete(RoundScore).where(RoundScore.round_id == found.id))
    session.execute(delete(RoundPlace).where(RoundPlace.round_id == found.id))
    insert_all(
        session,
        RoundScore,
        (
            {
                "round_id": found.id,
                "topic_kind": kind,
                "topic": topic,
                "unit_id": unit_id,
                "people": one.people,
                "points": one.points,
                "max_points": one.max_points,
                "passed": one.passed,
                "perfect": one.perfect,
            }
            for (kind, topic, unit_id), one in summed.sums.items()
        ),
    )
    if found.kind is RoundKind.CONTEST:
        insert_all(session, RoundPlace, _places(found, best))


def _places(found: Round, best: Iterable[_Best]) -> Iterator[dict[str, object]]:
    by_person = {one.person_id: one for one in best}
    entries = (
        Entry(one.person_id, percent(one.score, one.max_score), one.forecast, one.seconds)
        for one in by_person.values()
    )
    for placed in ranked(entries, found.forecast_answer):
        yield {
            "round_id": found.id,
            "person_id": placed.person_id,
            "unit_id": by_person[placed.person_id].unit_id,
            "place": placed.place,
            "percent": placed.percent.quantize(Decimal("0.01"), ROUND_HALF_UP),
            "distance": placed.distance,
            "seconds": placed.seconds,
        }
