"""Graded attempts read into arrays: a group's attempts first, then their answers in chunks.

Of each person only the first attempt at a paper counts (in a round: the first in it), because
later ones know the questions and the answers that were shown. Voided attempts never count, those
on paper count without time.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Double,
    Executable,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.domain.question_types import type_of
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptItem,
    AttemptSource,
    AttemptState,
    Grade,
)
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.regrading.rules import Key
from elearn.assessment.statistics.figures import Sitting
from elearn.assessment.statistics.measures import Counts, Floats, bands
from elearn.assessment.statistics.totals import Chunk

# Attempts read at once: some ten thousand answers, a few megabytes.
CHUNK = 1000

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Group:
    """The attempts at a paper version in one round, or outside any (None)."""

    paper_version_id: int
    round_id: int | None


@dataclass(frozen=True, slots=True)
class GroupAttempts:
    """The attempts of a group by id; arrays of the same length."""

    ids: Counts
    grade_ids: Counts
    late_counted: NDArray[np.bool_]
    started: Floats
    sitting: Sitting
    band: Counts
    later: Counts


def _first_attempts() -> Select[int, int]:
    """Return the select of (attempt id, place) of graded attempts, 1 the first of a person."""
    place = func.row_number().over(
        partition_by=(Attempt.person_id, Attempt.paper_id, Attempt.round_id),
        order_by=(Attempt.number, Attempt.id),
    )
    return select(Attempt.id, place.label("place")).where(Attempt.state == AttemptState.GRADED)


def _in_group(group: Group) -> ColumnElement[bool]:
    inside = (
        Attempt.round_id.is_(None) if group.round_id is None else Attempt.round_id == group.round_id
    )
    return and_(Attempt.paper_version_id == group.paper_version_id, inside)


def count_attempts(session: Session) -> int:
    """Return how many graded attempts there are, second attempts included."""
    return int(
        session.scalar(
            select(func.count()).select_from(Attempt).where(Attempt.state == AttemptState.GRADED)
        )
        or 0
    )


def list_groups(session: Session) -> list[Group]:
    """Return the groups that have graded attempts, by paper version and round."""
    rows = session.execute(
        select(Attempt.paper_version_id, Attempt.round_id)
        .where(Attempt.state == AttemptState.GRADED)
        .distinct()
    )
    groups = [Group(row.paper_version_id, row.round_id) for row in rows]
    return sorted(groups, key=lambda group: (group.paper_version_id, group.round_id or 0))


def asked_versions(session: Session, group: Group) -> dict[int, Key]:
    """Return {question version id: its key by now} of what the attempts of ``group`` count.

    Annulled questions count for nothing, neither here nor in the rest of their attempts.
    """
    asked = session.scalars(
        select(AttemptItem.question_version_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.state == AttemptState.GRADED, _in_group(group))
        .distinct()
    ).all()
    keys = effective_bodies(session, asked)
    return {
        version_id: keys[version_id]
        for version_id in sorted(keys)
        if keys[version_id].treatment is not Treatment.ANNULLED
    }


def group_attempts(session: Session, group: Group) -> GroupAttempts | None:
    """Return the attempts of ``group`` that count, None when there is none."""
    first = _first_attempts().where(_same_paper(group)).subquery()
    last = (
        select(func.max(Grade.number))
        .where(Grade.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Attempt.id,
            Grade.id.label("grade_id"),
            Grade.late_counted,
            Grade.passed,
            cast(Grade.score, Double).label("score"),
            cast(Grade.max_score, Double).label("max_score"),
            _seconds(session, Attempt.started_at).label("started"),
            _seconds(session, Attempt.submitted_at).label("ended"),
            Attempt.source,
        )
        .join(first, and_(first.c.id == Attempt.id, first.c.place == 1))
        .join(Grade, and_(Grade.attempt_id == Attempt.id, Grade.number == last))
        .where(_in_group(group))
        .order_by(Attempt.id)
    ).all()
    return _attempts(rows) if rows else None


def _same_paper(group: Group) -> ColumnElement[bool]:
    """Return the condition on attempts among which the first of a person is looked for."""
    return Attempt.paper_id.in_(
        select(Attempt.paper_id).where(Attempt.paper_version_id == group.paper_version_id)
    )


def _seconds(session: Session, column: Any) -> ColumnElement[float]:  # noqa: ANN401 - any column
    """Return an instant in seconds; PostgreSQL's extract would go by way of slow decimals."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date_part("epoch", column)
    return cast(extract("epoch", column), Double)


def _floats(values: Any) -> Floats:  # noqa: ANN401 - an iterable of numbers or None
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _attempts(rows: Sequence[Any]) -> GroupAttempts:
    score = _floats(row.score for row in rows)
    most = _floats(row.max_score for row in rows)
    share = np.where(most > 0, score / np.where(most > 0, most, 1.0), 0.0)
    started = _floats(row.started for row in rows)
    online = np.array([row.source is AttemptSource.ONLINE for row in rows])
    taken = np.maximum(_floats(row.ended for row in rows) - started, 0.0)
    place = np.argsort(np.argsort(started, kind="stable"), kind="stable")
    return GroupAttempts(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        grade_ids=np.array([row.grade_id for row in rows], dtype=np.int64),
        late_counted=np.array([row.late_counted for row in rows]),
        started=np.where(online, started, np.nan),
        sitting=Sitting(share, np.where(online, taken, np.nan), sum(row.passed for row in rows)),
        band=bands(share),
        later=(place * 2 >= len(rows)).astype(np.int64),
    )


def joined(sittings: Iterable[Sitting]) -> Sitting:
    """Return several sittings as one."""
    every = list(sittings)
    return Sitting(
        np.concatenate([each.scores for each in every]),
        np.concatenate([each.seconds for each in every]),
        sum(each.passed for each in every),
    )


class Reader:
    """Reads the answers of a group in chunks of whole attempts."""

    def __init__(self, session: Session, attempts: GroupAttempts, asked: dict[int, Key]) -> None:
        self.session = session
        self.attempts = attempts
        self.asked = asked
        self.version_ids: Counts = np.array(list(asked), dtype=np.int64)

    def starts(self) -> range:
        """Return where the chunks begin."""
        return range(0, len(self.attempts.ids), CHUNK)

    def chunk(self, start: int) -> Chunk:
        """Return the answers of the attempts from ``start`` on."""
        part = slice(start, start + CHUNK)
        ids = self.attempts.ids[part]
        attempt_ids, item_ids, version_ids, points = self._items(ids)
        earned = self._earned(part, item_ids)
        kept = ~np.isnan(earned) & (points > 0) & np.isin(version_ids, self.version_ids)
        attempt = np.searchsorted(ids, attempt_ids[kept])
        version = np.searchsorted(self.version_ids, version_ids[kept])
        texts, seconds, answered = self._answers(part, item_ids[kept], attempt)
        value, chosen = self._values(version, texts)
        return Chunk(
            attempt=attempt,
            version=version,
            points=points[kept],
            earned=earned[kept],
            seconds=seconds,
            answered=answered,
            value=value,
            chosen=chosen,
            band=self.attempts.band[part],
            later=self.attempts.later[part],
        )

    def _items(self, ids: Counts) -> tuple[Counts, Counts, Counts, Floats]:
        """Return (attempt, item, question version, points) of every question, by item."""
        attempt, item, version, points = _columns(
            self.session,
            select(
                AttemptItem.attempt_id,
                AttemptItem.id,
                AttemptItem.question_version_id,
                cast(AttemptItem.points, Double),
            )
            .where(AttemptItem.attempt_id.in_(_written_out(ids)))
            .order_by(AttemptItem.id),
        )
        return _whole(attempt), _whole(item), _whole(version), np.array(points, dtype=np.float64)

    def _earned(self, part: slice, item_ids: Counts) -> Floats:
        """Return the points that the last grade gave each item; NaN where it names it not."""
        texts = self.session.scalars(
            select(cast(Grade.item_scores, Text)).where(
                Grade.id.in_(_written_out(self.attempts.grade_ids[part]))
            )
        )
        scores = [json.loads(text) for text in texts]
        graded = np.fromiter(map(int, chain.from_iterable(scores)), dtype=np.int64)
        earned = np.fromiter(
            map(float, chain.from_iterable(each.values() for each in scores)), dtype=np.float64
        )
        return _looked_up(item_ids, graded, earned)

    def _answers(
        self, part: slice, item_ids: Counts, attempt: Counts
    ) -> tuple[Texts, Floats, Floats]:
        """Return JSON of the last answer (None: none), seconds spent, and its instant, by item."""
        item, received, text = self._events(part)
        texts = np.full(len(item_ids), None, dtype=object)
        seconds, answered = (np.full(len(item_ids), np.nan) for _ in range(2))
        if not len(item) or not len(item_ids):
            return texts, seconds, answered
        place = np.minimum(np.searchsorted(item_ids, item), len(item_ids) - 1)
        known = item_ids[place] == item
        place, received, text = place[known], received[known], text[known]
        # Events stand in their order, so that the last one stays.
        texts[place], answered[place] = text, received
        spent = _spent(attempt[place], received, self.attempts.started[part])
        total = np.bincount(place, np.nan_to_num(spent), minlength=len(item_ids))
        seconds[place] = total[place]
        on_paper = np.isnan(self.attempts.started[part])[attempt]
        seconds[on_paper] = answered[on_paper] = np.nan
        return texts, seconds, answered

    def _events(self, part: slice) -> tuple[Counts, Floats, Texts]:
        """Return (item, received, JSON) of the answers that count, each item's last one last."""
        ids, late = self.attempts.ids[part], self.attempts.late_counted[part]
        counted: ColumnElement[bool] = AnswerEvent.status == AnswerStatus.STORED
        if late.any():
            counted = or_(
                counted,
                and_(
                    AnswerEvent.status == AnswerStatus.LATE,
                    AnswerEvent.attempt_id.in_(_written_out(ids[late])),
                ),
            )
        item, received, text = _columns(
            self.session,
            select(
                AnswerEvent.item_id,
                _seconds(self.session, AnswerEvent.received_at),
                cast(AnswerEvent.value, Text),
            )
            .where(AnswerEvent.attempt_id.in_(_written_out(ids)), counted)
            .order_by(
                AnswerEvent.attempt_id,
                AnswerEvent.item_id,
                AnswerEvent.epoch,
                AnswerEvent.client_seq,
                AnswerEvent.id,
            ),
        )
        return _whole(item), np.array(received, dtype=np.float64), np.array(text, dtype=object)

    def _values(
        self, version: Counts, texts: Texts
    ) -> tuple[Counts, list[tuple[int, tuple[str, ...]]]]:
        """Return the place of each answer among the different ones, and what those choose."""
        places: dict[tuple[int, str], int] = {}
        pairs = list(zip(version.tolist(), texts.tolist(), strict=True))
        found = [-1 if pair[1] is None else places.setdefault(pair, len(places)) for pair in pairs]
        chosen = [(place, self._keys(place, text)) for place, text in places]
        value: Counts = np.array(found, dtype=np.int64)
        empty = np.array([keys is None for _, keys in chosen] + [True])
        return np.where(empty[value], -1, value), [(place, keys or ()) for place, keys in chosen]

    def _keys(self, place: int, text: str) -> tuple[str, ...] | None:
        """Return what the answer chooses as short keys, None when it is no answer."""
        asked, value = self.asked[int(self.version_ids[place])], json.loads(text)
        kind = type_of(asked.type)
        return kind.tally(asked.body, value) if kind.is_answer(value) else None


def _written_out(ids: Counts) -> BindParameter[Any]:
    """Return ``ids`` for IN as numbers in the statement: a thousand parameters cost much more."""
    return bindparam(None, ids.tolist(), expanding=True, literal_execute=True)


def _columns(session: Session, statement: Executable) -> list[Any]:
    """Return the columns of ``statement``, numbers and text as the driver reads them.

    SQLAlchemy's rows cost more than all the arithmetic; nothing here needs them.
    """
    result = session.connection().execute(statement)
    width = len(result.keys())
    rows = result.cursor.fetchall()
    return [[row[place] for row in rows] for place in range(width)]


def _whole(values: Any) -> Counts:  # noqa: ANN401 - a column of whole numbers
    return np.array(values, dtype=np.int64)


def _looked_up(wanted: Counts, keys: Counts, values: Floats) -> Floats:
    """Return the value of each of ``wanted`` among ``keys``, NaN where it is not there."""
    if not len(keys):
        return np.full(len(wanted), np.nan)
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    found = order[place]
    return np.where(keys[found] == wanted, values[found], np.nan)


def _spent(attempt: Counts, received: Floats, started: Floats) -> Floats:
    """Return the seconds from the change before (or the start) to each change of an attempt."""
    order = np.lexsort((received, attempt))
    owner, at = attempt[order], received[order]
    before = np.empty_like(at)
    before[1:] = at[:-1]
    first = np.ones(len(owner), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]
    before[first] = started[owner[first]]
    spent = np.empty_like(at)
    spent[order] = np.maximum(at - before, 0.0)
    return spent
