"""The smallest valid rows of statistics; each is committed at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from elearn.assessment.models import PaperVersion
from elearn.assessment.rounds.models import Round, RoundKind, RoundState
from elearn.assessment.statistics.models import (
    ItemStatistic,
    PaperStatistic,
    Reliability,
    StatisticScope,
)
from elearn.kernel.clock import utc_now
from elearn.org.models import Unit
from tests.factories.org import make_unit

_numbers = count(1)


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
    groups: Sequence[int] = (),
    drift: float | None = None,
    leak: float | None = None,
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
        groups=list(groups) or [n, 0, 0, 0],
        drift=drift,
        leak=leak,
        computed_at=utc_now(),
    )
    session.add(row)
    session.commit()
    return row


def make_paper_statistic(
    session: Session,
    paper_version_id: int,
    *,
    n: int = 100,
    mean: float = 60.0,
    reliability: float | None = 0.8,
    scope: StatisticScope = StatisticScope.PAPER,
    scope_id: int | None = None,
) -> PaperStatistic:
    """Add the statistics of a paper version, by default over everybody."""
    row = PaperStatistic(
        paper_version_id=paper_version_id,
        scope=scope,
        scope_id=paper_version_id if scope_id is None else scope_id,
        n=n,
        passed=n // 2,
        mean=mean,
        deviation=15.0,
        histogram=[0, 0, 0, 0, 0, 0, n, 0, 0, 0],
        reliability=reliability,
        reliability_low=reliability,
        reliability_high=reliability,
        method=None if reliability is None else Reliability.ALPHA,
        error=None if reliability is None else 6.5,
        computed_at=utc_now(),
    )
    session.add(row)
    session.commit()
    return row


def make_held_round(
    session: Session, paper: PaperVersion, *, closes_at: datetime, unit: Unit | None = None
) -> Round:
    """Add a planned round of five days of a paper version, closed if it is over."""
    opens_at = closes_at - timedelta(days=5)
    row = Round(
        code=f"dot-thu-{next(_numbers)}",
        title=f"Đợt thử {next(_numbers)}",
        kind=RoundKind.SURVEY,
        state=RoundState.PLANNED,
        unit_id=(unit or make_unit(session)).id,
        paper_id=paper.paper_id,
        paper_version_id=paper.id,
        opens_at=opens_at,
        closes_at=closes_at,
        roster_on=opens_at.date(),
        created_at=opens_at,
        closed_at=closes_at if closes_at < utc_now() else None,
    )
    session.add(row)
    session.commit()
    return row
