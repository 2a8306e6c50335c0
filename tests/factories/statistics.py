"""The smallest valid rows of statistics; each is committed at once."""

from sqlalchemy.orm import Session

from elearn.assessment.statistics.models import ItemStatistic, StatisticScope
from elearn.kernel.clock import utc_now


def make_item_statistic(
    session: Session,
    question_version_id: int,
    *,
    n: int = 100,
    facility: float = 0.6,
    discrimination: float | None = 0.3,
    scope: StatisticScope = StatisticScope.ALL,
    scope_id: int = 0,
    options: dict[str, list[int]] | None = None,
    drift: float | None = None,
) -> ItemStatistic:
    """Add the statistics of a question version, by default over everybody."""
    row = ItemStatistic(
        question_version_id=question_version_id,
        scope=scope,
        scope_id=scope_id,
        n=n,
        omitted=0,
        facility=facility,
        discrimination=discrimination,
        exposure=1.0,
        options=options or {},
        groups=[n],
        drift=drift,
        computed_at=utc_now(),
    )
    session.add(row)
    session.commit()
    return row
