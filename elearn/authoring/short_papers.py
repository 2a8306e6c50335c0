"""Which published papers a change of the bank would leave short. Reads alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import PoolQuestion, blueprint_of
from elearn.assessment.forms.queries import COUNTING, list_pool
from elearn.assessment.models import Paper, PaperKind, PaperVersion
from elearn.assessment.shortages import shortages_of

Change = Callable[[list[PoolQuestion], PaperKind], list[PoolQuestion]]


@dataclass(frozen=True, slots=True)
class ShortPaper:
    """A paper that could no longer be drawn, and why."""

    code: str
    message: str

    def text(self) -> str:
        """Return it as a sentence about the paper."""
        return f"Đề “{self.code}”: {self.message}"


def harmed(session: Session, change: Change) -> Iterator[ShortPaper]:
    """Yield what published papers would lack after ``change`` and do not lack now."""
    rows = session.execute(
        select(Paper.code, PaperVersion.kind, PaperVersion.sections)
        .join(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.retired_at.is_(None))
        .order_by(Paper.code)
    )
    for code, kind, sections in rows:
        pool = list_pool(session, blueprint_of(sections, shuffle=False), kind)
        changed = change(pool, kind)
        if changed == pool:
            continue
        before = {problem.path for problem in shortages_of(sections, pool)}
        gone = {item.code for item in pool} - {item.code for item in changed}
        for problem in shortages_of(sections, changed, shown=gone):
            if problem.path not in before:
                yield ShortPaper(code, problem.message)


def by_inline_checks(session: Session, codes: frozenset[str]) -> Iterator[ShortPaper]:
    """Yield the papers that would be short once a lesson shows the keys of ``codes``."""

    def left(pool: list[PoolQuestion], kind: PaperKind) -> list[PoolQuestion]:
        return [item for item in pool if kind not in COUNTING or item.code not in codes]

    return harmed(session, left)
