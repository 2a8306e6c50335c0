"""Import of a roster: read the rows, plan against what is stored, write all or nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.infra import audit
from elearn.infra.db import advisory_lock, reading, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict
from elearn.roster.facts import SHEETS
from elearn.roster.models import BatchState, ImportBatch
from elearn.roster.parse import Reading, RowReader, Source
from elearn.roster.plan import Plan, make_plan
from elearn.roster.problems import Problem, in_order
from elearn.roster.queries import load_state
from elearn.roster.reach import load_reach
from elearn.roster.services import apply_plan

# One import at a time; the number is arbitrary and stands nowhere else.
LOCK = 71_220_001

# Called with what is being done (READ, CHECK or WRITE), how much is done and of how much (0 while
# nobody knows). During CHECK and WRITE the act's transaction is open.
Progress = Callable[[str, int, int], None]
READ, CHECK, WRITE = "read", "check", "write"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did or would do: counts by sheet, and problems (then nothing was done)."""

    created: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    updated: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    unchanged: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    errors: Sequence[Problem] = ()
    applied: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the shape of design.md 5.1."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": [problem.as_json() for problem in self.errors],
            "applied": self.applied,
        }


def run(
    actor: Actor,
    tables: Source,
    *,
    dry_run: bool,
    now: datetime,
    progress: Progress | None = None,
    file_names: Sequence[str] = (),
) -> ImportReport:
    """Import ``tables`` in one transaction, or tell what that would do when ``dry_run``.

    ``tables`` are tables of files, or pairs (sheet, row) whose rows are numbered from 2 in each
    sheet. With any problem nothing is written. Raises Forbidden for who may not import, Conflict
    when somebody else changed the same rows at the same moment.
    """
    tell = progress or _silent
    found = read_rows(tables, lambda rows: tell(READ, rows, 0))
    if found.is_cut_short:
        return report_unread(found)
    if dry_run:
        with reading() as session:
            return report_of(plan_for(session, actor, found, now, tell), applied=False)
    with refused_by_database(), transaction() as session:
        return _import(session, actor, found, file_names, now, tell)


@contextmanager
def refused_by_database() -> Iterator[None]:
    """Raise Conflict where a constraint shows that somebody else was there first."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(
            "roster.conflict",
            N_("Dữ liệu vừa được người khác thay đổi. Hãy thực hiện lại."),
        ) from error


def _silent(_stage: str, _done: int, _total: int) -> None:
    return None


def read_rows(tables: Source, tell: Callable[[int], None] = lambda _rows: None) -> Reading:
    """Read all rows, telling now and then how many; unreadable tables become problems."""
    reader = RowReader()
    for rows in reader.read(tables):
        tell(rows)
    return reader.finish()


def plan_for(
    session: Session, actor: Actor, found: Reading, now: datetime, tell: Progress = _silent
) -> Plan:
    """Return what importing ``found`` would do for ``actor`` as things stand."""
    today = local_day(now)
    reach = load_reach(session, actor, today)
    tell(CHECK, 0, found.rows)
    return make_plan(found, load_state(session, found.roster), today, reach)


def report_unread(found: Reading) -> ImportReport:
    """Return the report on files that could not be read to their end."""
    return ImportReport(errors=in_order(found.problems))


def report_of(plan: Plan, *, applied: bool) -> ImportReport:
    """Return the report on ``plan``."""
    counts = {kind: plan.changes.counts(kind) for kind in ("created", "updated", "unchanged")}
    return ImportReport(**counts, errors=plan.problems, applied=applied)


def write(
    session: Session, actor: Actor, plan: Plan, batch: ImportBatch, *, now: datetime
) -> ImportReport:
    """Write ``plan``, which has no problems, and what came of it into ``batch``; with audit."""
    apply_plan(session, actor, plan, now=now)
    report = report_of(plan, applied=True)
    counts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
    batch.state = BatchState.APPLIED
    batch.report = counts
    batch.ended_at = now
    session.add(batch)
    session.flush()
    details = {**counts, "files": batch.file_names}
    audit.record(
        session, actor, "roster.import", ("import_batch", batch.id), at=now, details=details
    )
    return report


def _import(
    session: Session,
    actor: Actor,
    found: Reading,
    file_names: Sequence[str],
    now: datetime,
    tell: Progress,
) -> ImportReport:
    advisory_lock(session, LOCK)
    plan = plan_for(session, actor, found, now, tell)
    if plan.problems:
        return report_of(plan, applied=False)
    tell(WRITE, 0, found.rows)
    return write(session, actor, plan, new_batch(actor, file_names, found.rows, now), now=now)


def new_batch(
    actor: Actor, file_names: Sequence[str], row_count: int, now: datetime
) -> ImportBatch:
    """Return a batch that has only just begun."""
    return ImportBatch(
        created_by=actor.user_id,
        created_at=now,
        file_names=list(file_names),
        files=[],
        state=BatchState.CHECKING,
        row_count=row_count,
        is_renewed=False,
        report={},
    )
