"""The answers of a whole round in arrays, some twenty bytes each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt
from elearn.assessment.rounds.models import Round, RoundExaminee
from elearn.assessment.statistics.measures import Counts
from elearn.assessment.statistics.similarity import RoundAnswers
from elearn.assessment.statistics.sources import Group, Reader, asked_versions, group_attempts
from elearn.assessment.statistics.totals import Chunk

# Nobody's unit: attempts of people who left the list of the round are compared with nobody.
_NO_UNIT = 0


@dataclass(frozen=True, slots=True)
class RoundRead:
    """The answers of a round and the ids of its attempts by place."""

    attempt_ids: list[int]
    answers: RoundAnswers


def read_round(
    session: Session, round_id: int, report: Callable[[int, int], None]
) -> RoundRead | None:
    """Return the answers of the round, None when nobody's attempt counts."""
    version_id = session.get_one(Round, round_id).paper_version_id
    if version_id is None:
        return None
    group = Group(version_id, round_id)
    asked, attempts = asked_versions(session, group), group_attempts(session, group)
    if attempts is None:
        return None
    units = _units(session, round_id, attempts.ids)
    reader, codes = Reader(session, attempts, asked), _Codes()
    parts = []
    for start in reader.starts():
        parts.append(_part(reader.chunk(start), start, codes))
        report(min(start + len(parts[-1][0]), len(attempts.ids)), len(attempts.ids))
    attempt, version, value, wrong, answered = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    # Each unit of its own for those without one, so that nobody is compared with them.
    unit = np.where(units == _NO_UNIT, -np.arange(1, len(units) + 1), units)
    answers = RoundAnswers(attempt, version, value, wrong, answered, unit)
    return RoundRead(attempts.ids.tolist(), answers)


class _Codes:
    """Gives every different answer of a round a number."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, tuple[str, ...]], int] = {}

    def of(self, chunk: Chunk) -> Counts:
        """Return the numbers of the answers of ``chunk``, -1 for none."""
        codes = np.array(
            [self.known.setdefault(each, len(self.known)) for each in chunk.chosen] + [-1],
            dtype=np.int64,
        )
        return codes[chunk.value]


def _part(chunk: Chunk, start: int, codes: _Codes) -> tuple[np.ndarray, ...]:
    wrong = (chunk.earned < chunk.points).astype(np.int8)
    return (
        (chunk.attempt + start).astype(np.int32),
        chunk.version.astype(np.int32),
        codes.of(chunk).astype(np.int32),
        wrong,
        chunk.answered,
    )


def _units(session: Session, round_id: int, attempt_ids: Counts) -> Counts:
    """Return the unit of each attempt's examinee as the round counts him."""
    rows = session.execute(
        select(Attempt.id, RoundExaminee.unit_id)
        .join(
            RoundExaminee,
            and_(
                RoundExaminee.round_id == Attempt.round_id,
                RoundExaminee.person_id == Attempt.person_id,
            ),
        )
        .where(Attempt.round_id == round_id)
    )
    by_attempt = {row.id: row.unit_id for row in rows}
    return np.array(
        [by_attempt.get(each, _NO_UNIT) for each in attempt_ids.tolist()], dtype=np.int64
    )
