"""Reads of stored statistics; nothing is computed here."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.statistics.models import ItemStatistic, StatisticScope


@dataclass(frozen=True, slots=True)
class Observed:
    """How a question version went so far: mean share of its points (0 to 1) over ``n`` attempts."""

    facility: float
    n: int


def observed_facilities(session: Session, version_ids: Collection[int]) -> dict[int, Observed]:
    """Return {question version id: how it went in all attempts}, where anybody was asked."""
    rows = session.execute(
        select(ItemStatistic.question_version_id, ItemStatistic.facility, ItemStatistic.n).where(
            ItemStatistic.scope == StatisticScope.ALL,
            ItemStatistic.question_version_id.in_(version_ids),
        )
    )
    return {row.question_version_id: Observed(row.facility, row.n) for row in rows}
