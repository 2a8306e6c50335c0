"""Reads of pairs of attempts that share wrong answers; the caller answers for who may see them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.models import Attempt
from elearn.assessment.statistics.models import AnswerSimilarity
from elearn.org.models import Person
from elearn.org.queries import unit_names

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two people whose attempts are alike; see models.AnswerSimilarity.

    ``one_in`` is how many pairs there would have to be for one like it by chance, a power of ten.
    """

    unit_name: str
    first: str
    second: str
    common: int
    both_wrong: int
    same_wrong: int
    expected: float
    one_in: int
    timed: int
    together: int
    computed_at: datetime


def list_pairs(session: Session, round_id: int, *, day: date) -> list[PairLine]:
    """Return the pairs of a round, the rarest first; units have their names of ``day``."""
    attempts = aliased(Attempt), aliased(Attempt)
    people = aliased(Person), aliased(Person)
    rows = session.execute(
        select(AnswerSimilarity, people[0].full_name, people[1].full_name)
        .join(attempts[0], attempts[0].id == AnswerSimilarity.attempt_a_id)
        .join(attempts[1], attempts[1].id == AnswerSimilarity.attempt_b_id)
        .join(people[0], people[0].id == attempts[0].person_id)
        .join(people[1], people[1].id == attempts[1].person_id)
        .where(AnswerSimilarity.round_id == round_id)
        .order_by(AnswerSimilarity.log10_p, AnswerSimilarity.id)
        .limit(MOST_SHOWN)
    ).all()
    names = unit_names(session, {row[0].unit_id for row in rows}, day)
    return [
        PairLine(
            unit_name=names.get(pair.unit_id, ""),
            first=first,
            second=second,
            common=pair.common,
            both_wrong=pair.both_wrong,
            same_wrong=pair.same_wrong,
            expected=pair.expected,
            one_in=max(0, int(-pair.log10_p)),
            timed=pair.timed,
            together=pair.together,
            computed_at=pair.computed_at,
        )
        for pair, first, second in rows
    ]
