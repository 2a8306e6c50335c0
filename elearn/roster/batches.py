"""Reads of import batches, for the person who made them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from elearn.infra.models import Job, JobState
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, NotFound
from elearn.roster.models import BatchState, ImportBatch


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One row that would be written; ``fields`` are (column, stored value, new value)."""

    sheet: str
    row: int
    kind: str
    label: str
    fields: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem; ``message`` is translated with ``params`` when it is shown."""

    sheet: str
    row: int | None
    column: str | None
    code: str
    message: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """An import in a list."""

    id: int
    created_at: datetime
    file_names: tuple[str, ...]
    state: BatchState
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """An import with what it would do or did.

    ``is_renewed``: the preview was made anew because the stored data had changed meanwhile.
    """

    id: int
    created_at: datetime
    file_names: tuple[str, ...]
    state: BatchState
    row_count: int
    digest: str | None
    is_renewed: bool
    job_id: int | None
    has_job_failed: bool
    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    changes: tuple[ChangeLine, ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    problem_count: int = 0

    @property
    def change_count(self) -> int:
        """Return how many rows would be written."""
        return sum(self.created.values()) + sum(self.updated.values())


def _unknown() -> NotFound:
    return NotFound("roster.no_such_batch", N_("Không tìm thấy lần nhập này."))


def own_batch(session: Session, actor: Actor, batch_id: int) -> ImportBatch:
    """Return the batch of ``actor`` for writing, its row held. Raises NotFound for others'."""
    batch = session.scalar(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.created_by == actor.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise _unknown()
    return batch


def list_batches(session: Session, actor: Actor, limit: int = 20) -> list[BatchLine]:
    """Return the last imports of ``actor``, newest first."""
    rows = session.scalars(
        select(ImportBatch)
        .where(ImportBatch.created_by == actor.user_id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )
    return [
        BatchLine(
            id=batch.id,
            created_at=batch.created_at,
            file_names=tuple(batch.file_names),
            state=batch.state,
            created=sum(batch.report.get("created", {}).values()),
            updated=sum(batch.report.get("updated", {}).values()),
        )
        for batch in rows
    ]


WAITING = (BatchState.CHECKING, BatchState.READY, BatchState.REFUSED)


def list_abandoned(session: Session, before: datetime) -> list[int]:
    """Return the ids of imports handed in before ``before`` that still wait for their author."""
    return list(
        session.scalars(
            select(ImportBatch.id)
            .where(ImportBatch.state.in_(WAITING), ImportBatch.created_at < before)
            .order_by(ImportBatch.id)
        )
    )


def get_batch(session: Session, actor: Actor, batch_id: int) -> BatchView:
    """Return the import ``batch_id`` of ``actor``. Raises NotFound for anybody else's."""
    return _view(session, actor, ImportBatch.id == batch_id)


def get_batch_of_job(session: Session, actor: Actor, job_id: int) -> BatchView:
    """Return the import of ``actor`` that the job works on. Raises NotFound."""
    return _view(session, actor, ImportBatch.job_id == job_id)


def _view(session: Session, actor: Actor, condition: ColumnElement[bool]) -> BatchView:
    row = session.execute(
        select(ImportBatch, Job.state.label("job_state"))
        .outerjoin(Job, Job.id == ImportBatch.job_id)
        .where(condition, ImportBatch.created_by == actor.user_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise _unknown()
    batch, report = row.ImportBatch, row.ImportBatch.report
    return BatchView(
        id=batch.id,
        created_at=batch.created_at,
        file_names=tuple(batch.file_names),
        state=batch.state,
        row_count=batch.row_count,
        digest=batch.digest,
        is_renewed=batch.is_renewed,
        job_id=batch.job_id,
        has_job_failed=row.job_state is JobState.FAILED,
        created=report.get("created", {}),
        updated=report.get("updated", {}),
        unchanged=report.get("unchanged", {}),
        changes=tuple(_change(line) for line in report.get("changes", ())),
        problems=tuple(ProblemLine(**line) for line in report.get("problems", ())),
        problem_count=report.get("problem_count", 0),
    )


def _change(line: dict[str, Any]) -> ChangeLine:
    return ChangeLine(**{**line, "fields": tuple(tuple(each) for each in line["fields"])})
