"""Reading a group into sums, and replacing what is stored by what was computed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from elearn.assessment.rounds.models import Round
from elearn.assessment.statistics.drifting import History
from elearn.assessment.statistics.figures import Sitting, item_rows, paper_row
from elearn.assessment.statistics.measures import Counts
from elearn.assessment.statistics.models import ItemStatistic, PaperStatistic, StatisticScope
from elearn.assessment.statistics.sources import (
    Group,
    Reader,
    asked_versions,
    group_attempts,
    joined,
)
from elearn.assessment.statistics.totals import GroupTotals, ScopeTotals

# Rows written by one statement.
_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Computed:
    """The sums of one group."""

    group: Group
    version_ids: Counts
    sitting: Sitting
    totals: GroupTotals

    @property
    def part(self) -> tuple[Counts, GroupTotals]:
        """Return the sums with the version ids of their questions."""
        return self.version_ids, self.totals


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be stored."""

    items: list[dict[str, Any]]
    papers: list[dict[str, Any]]


def sum_up(session: Session, group: Group, told: Callable[[int], None]) -> Computed | None:
    """Return the sums of ``group``, None when no attempt counts.

    ``told`` hears how many attempts were read, chunk by chunk, and may end the transaction.
    """
    asked = asked_versions(session, group)
    attempts = group_attempts(session, group)
    if attempts is None:
        return None
    reader = Reader(session, attempts, asked)
    totals = GroupTotals(len(asked))
    for start in reader.starts():
        chunk = reader.chunk(start)
        totals.add(chunk)
        told(len(chunk.band))
    return Computed(group, reader.version_ids, attempts.sitting, totals)


def rows_of(session: Session, computed: Sequence[Computed], *, now: datetime) -> Rows:
    """Return the rows of every scope that ``computed``, all groups there are, make up."""
    if not computed:
        return Rows([], [])
    whole = ScopeTotals.of([each.part for each in computed])
    rows = Rows(item_rows(whole, StatisticScope.ALL, 0, now=now), [])
    by_paper = sorted(computed, key=lambda each: each.group.paper_version_id)
    for version_id, groups in groupby(by_paper, key=lambda each: each.group.paper_version_id):
        _add_scope(rows, StatisticScope.PAPER, version_id, list(groups), now)
    history = History()
    for each in _rounds_in_time(session, computed):
        round_id = each.group.round_id or 0
        signals = history.signals(*each.part)
        _add_scope(rows, StatisticScope.ROUND, round_id, [each], now, signals)
        history.add(*each.part)
    return rows


def _rounds_in_time(session: Session, computed: Iterable[Computed]) -> list[Computed]:
    in_rounds = {each.group.round_id: each for each in computed if each.group.round_id is not None}
    order = session.scalars(
        select(Round.id).where(Round.id.in_(in_rounds)).order_by(Round.opens_at, Round.id)
    )
    return [in_rounds[round_id] for round_id in order]


def _add_scope(
    rows: Rows,
    scope: StatisticScope,
    scope_id: int,
    computed: Sequence[Computed],
    now: datetime,
    signals: dict[str, Any] | None = None,
) -> None:
    parts = [each.part for each in computed]
    rows.items.extend(item_rows(ScopeTotals.of(parts), scope, scope_id, now=now, signals=signals))
    rows.papers.append(
        paper_row(
            computed[0].group.paper_version_id,
            scope,
            scope_id,
            joined(each.sitting for each in computed),
            parts,
            now=now,
        )
    )


def replace_all(session: Session, rows: Rows) -> None:
    """Store ``rows`` in place of every row there is."""
    for table, fresh in ((ItemStatistic, rows.items), (PaperStatistic, rows.papers)):
        session.execute(delete(table))
        for start in range(0, len(fresh), _ROWS):
            session.execute(insert(table), fresh[start : start + _ROWS])
