"""The job that computes every statistic anew from graded attempts.

It loads NumPy, so only the worker imports it. Killed half-way it leaves the former figures; run
twice it stores the same ones twice over.
"""

from collections.abc import Mapping
from typing import Any

from elearn.assessment.statistics.services import Computed, replace_all, rows_of, sum_up
from elearn.assessment.statistics.sources import count_attempts, list_groups
from elearn.infra.db import advisory_lock, now, reading, transaction
from elearn.infra.jobs import Progress

# Two computations that end at once store one after the other.
_LOCK = 0x57A7


class _Teller:
    """Adds up how many attempts were read and tells the job."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress = progress
        self.total = total
        self.done = 0

    def tell(self, count: int) -> None:
        """Count ``count`` more attempts."""
        self.done += count
        self.progress.report(min(self.done, self.total), self.total)


def compute(_payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Compute and store everything; tells how many questions and attempts were counted."""
    with reading() as session:
        teller = _Teller(progress, count_attempts(session))
        groups = list_groups(session)
        found = [sum_up(session, group, teller.tell) for group in groups]
    return store([each for each in found if each is not None])


def store(computed: list[Computed]) -> dict[str, Any]:
    """Replace what is stored by the figures of ``computed``, all groups there are."""
    with transaction() as session:
        advisory_lock(session, _LOCK)
        rows = rows_of(session, computed, now=now(session))
        replace_all(session, rows)
    return {
        "questions": len({row["question_version_id"] for row in rows.items}),
        "attempts": sum(each.totals.attempts for each in computed),
    }
