"""A roster handed in through the browser: checked and shown first, then applied or put aside.

Large files are checked and applied by a job. An import is applied only when it still does exactly
what its author has seen; otherwise it is shown anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from sqlalchemy.orm import Session

from elearn.infra import storage
from elearn.infra.db import advisory_lock, after_commit, reading, transaction
from elearn.infra.jobs import Progress as JobProgress
from elearn.infra.jobs import enqueue
from elearn.infra.table_files import CSV_SUFFIX
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid
from elearn.kernel.text import clean_line
from elearn.org.presence import find_actor
from elearn.roster.batches import WAITING, list_abandoned, own_batch
from elearn.roster.files import tables_of
from elearn.roster.models import BatchState, ImportBatch
from elearn.roster.parse import Reading
from elearn.roster.plan import Plan
from elearn.roster.policy import refuse_strangers
from elearn.roster.preview import digest_of, preview_of, problems_as_data
from elearn.roster.problems import in_order
from elearn.workflows.import_roster import (
    LOCK,
    new_batch,
    plan_for,
    read_rows,
    refused_by_database,
    write,
)

CHECK_ROSTER, APPLY_ROSTER = "roster.check", "roster.apply"

MAX_FILES = 10
# How long files with people's data lie waiting for a confirmation.
KEPT_WAITING = timedelta(days=14)
# More rows than this are no work for a request.
ROWS_AT_ONCE = 2_000
# About what a row of a workbook takes, packed.
_XLSX_BYTES_PER_ROW = 60
_TELL_EVERY = 5_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the import stands now; ``job_id`` when a job works on it."""

    batch_id: int
    state: BatchState
    job_id: int | None = None


def stage(actor: Actor, uploads: Sequence[Upload], *, now: datetime) -> Staged:
    """Keep the files and check them, at once or by a job. Raises Forbidden, Invalid."""
    refuse_strangers(actor)
    if not uploads or len(uploads) > MAX_FILES:
        raise Invalid(
            "roster.files", N_("Hãy chọn từ 1 đến %(limit)d tệp .csv hoặc .xlsx."), limit=MAX_FILES
        )
    rows = sum(_guess_rows(upload) for upload in uploads)
    names = [clean_line(PurePath(upload.name).name)[:200] for upload in uploads]
    if rows > ROWS_AT_ONCE:
        return _stage_for_job(actor, uploads, new_batch(actor, names, rows, now), now)
    found = read_rows(tables_of((each.name, partial(_content, each)) for each in uploads))
    preview = _check(actor, found, now)
    with transaction() as session:
        batch = new_batch(actor, names, found.rows, now)
        _keep_files(session, batch, uploads)
        preview.keep_in(batch)
        return Staged(batch.id, batch.state)


def _content(upload: Upload) -> bytes:
    return upload.content


def _guess_rows(upload: Upload) -> int:
    if PurePath(upload.name).suffix.lower() == CSV_SUFFIX:
        return upload.content.count(b"\n")
    return len(upload.content) // _XLSX_BYTES_PER_ROW


def _stage_for_job(
    actor: Actor, uploads: Sequence[Upload], batch: ImportBatch, now: datetime
) -> Staged:
    with transaction() as session:
        _keep_files(session, batch, uploads)
        batch.job_id = enqueue(session, actor, CHECK_ROSTER, {"batch_id": batch.id}, now=now)
        return Staged(batch.id, batch.state, batch.job_id)


def _keep_files(session: Session, batch: ImportBatch, uploads: Sequence[Upload]) -> None:
    session.add(batch)
    session.flush()
    files = []
    for number, upload in enumerate(uploads, 1):
        name = PurePath(upload.name).name
        key = f"roster/{batch.id}/{number}{PurePath(name).suffix.lower()[:10]}"
        storage.put(key, upload.content)
        files.append({"name": name, "key": key})
    batch.files = files


def _drop_files(session: Session, batch: ImportBatch) -> None:
    """Forget the files, and what they say of people, once the import has ended."""
    keys = [each["key"] for each in batch.files]
    batch.files = []

    def delete() -> None:
        for key in keys:
            storage.delete(key)

    after_commit(session, delete)


@dataclass(frozen=True, slots=True)
class _Preview:
    """What an import would do as things stand."""

    state: BatchState
    digest: str | None
    report: dict[str, Any]

    def keep_in(self, batch: ImportBatch) -> None:
        batch.state, batch.digest, batch.report = self.state, self.digest, self.report


def _check(actor: Actor, found: Reading, now: datetime) -> _Preview:
    if found.is_cut_short:
        problems = problems_as_data(in_order(found.problems))
        return _Preview(BatchState.REFUSED, None, problems)
    with reading() as session:
        return _shown(plan_for(session, actor, found, now))


def _shown(plan: Plan) -> _Preview:
    state = BatchState.REFUSED if plan.problems else BatchState.READY
    return _Preview(state, digest_of(plan.changes), preview_of(plan))


def confirm(actor: Actor, batch_id: int, digest: str, *, now: datetime) -> Staged:
    """Apply the import that its author has seen as ``digest``, at once or by a job.

    When the stored data have changed since, nothing is applied and the new preview is kept.
    Raises NotFound, Forbidden, and Conflict when it is not waiting for this.
    """
    refuse_strangers(actor)
    with transaction() as session:
        batch = own_batch(session, actor, batch_id)
        if batch.state is not BatchState.READY:
            raise _not_waiting()
        if batch.digest != digest:
            return _renewed(batch)
        if batch.row_count > ROWS_AT_ONCE:
            batch.state = BatchState.APPLYING
            payload = {"batch_id": batch_id}
            batch.job_id = enqueue(session, actor, APPLY_ROSTER, payload, now=now)
            return Staged(batch.id, batch.state, batch.job_id)
        waiting = _Waiting(actor, batch_id, batch.state, tuple(batch.files), batch.row_count)
    return _apply(actor, batch_id, BatchState.READY, _read(waiting), now)


def _renewed(batch: ImportBatch) -> Staged:
    batch.is_renewed = True
    return Staged(batch.id, batch.state)


def _apply(
    actor: Actor, batch_id: int, expected: BatchState, found: Reading, now: datetime
) -> Staged:
    with refused_by_database(), transaction() as session:
        advisory_lock(session, LOCK)
        batch = own_batch(session, actor, batch_id)
        if batch.state is not expected:
            raise _not_waiting()
        plan = plan_for(session, actor, found, now)
        if plan.problems or digest_of(plan.changes) != batch.digest:
            _shown(plan).keep_in(batch)
            return _renewed(batch)
        write(session, actor, plan, batch, now=now)
        _drop_files(session, batch)
        return Staged(batch.id, batch.state)


def _not_waiting() -> Conflict:
    return Conflict("roster.not_ready", N_("Lần nhập này không còn chờ xác nhận."))


def forget_abandoned(now: datetime) -> int:
    """Put aside imports that nobody confirmed for two weeks; return how many. Safe to repeat."""
    with reading() as session:
        ids = list_abandoned(session, now - KEPT_WAITING)
        session.rollback()
    for batch_id in ids:
        with transaction() as session:
            batch = session.get_one(ImportBatch, batch_id, with_for_update=True)
            if batch.state in WAITING:
                _put_aside(session, batch, now)
    return len(ids)


def cancel(actor: Actor, batch_id: int, *, now: datetime) -> None:
    """Put an import aside that has not been applied. Raises NotFound, Conflict."""
    with transaction() as session:
        batch = own_batch(session, actor, batch_id)
        if batch.state in (BatchState.APPLIED, BatchState.CANCELLED):
            raise Conflict("roster.ended", N_("Lần nhập này đã kết thúc."))
        _put_aside(session, batch, now)


def _put_aside(session: Session, batch: ImportBatch, now: datetime) -> None:
    batch.state = BatchState.CANCELLED
    batch.ended_at = now
    batch.report = {}
    _drop_files(session, batch)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A batch that somebody is to work on, in the name of its author."""

    actor: Actor
    batch_id: int
    state: BatchState
    files: tuple[Mapping[str, str], ...]
    row_count: int


def _waiting(payload: Mapping[str, Any], now: datetime) -> _Waiting:
    """Return the batch of a job with its author's roles of today. Raises Forbidden."""
    with reading() as session:
        batch = session.get_one(ImportBatch, payload["batch_id"], populate_existing=True)
        actor = find_actor(session, batch.created_by or 0, local_day(now))
        if actor is None:
            raise Forbidden("roster.owner", N_("Tài khoản đã gửi danh sách không còn dùng."))
        return _Waiting(actor, batch.id, batch.state, tuple(batch.files), batch.row_count)


def _read(waiting: _Waiting, progress: JobProgress | None = None) -> Reading:
    def tell(rows: int) -> None:
        if progress is not None and rows % _TELL_EVERY == 0:
            progress.report(rows, max(rows, waiting.row_count))

    files = ((each["name"], partial(storage.get, each["key"])) for each in waiting.files)
    return read_rows(tables_of(files), tell)


def check_batch(payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Check the files of a batch that waits for it; done again it changes nothing."""
    now = utc_now()
    waiting = _waiting(payload, now)
    if waiting.state is BatchState.CHECKING:
        found = _read(waiting, progress)
        preview = _check(waiting.actor, found, now)
        with transaction() as session:
            batch = own_batch(session, waiting.actor, waiting.batch_id)
            if batch.state is BatchState.CHECKING:
                batch.row_count = found.rows
                preview.keep_in(batch)
    return {"batch_id": waiting.batch_id}


def apply_batch(payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Apply a batch that was confirmed; done again it changes nothing."""
    now = utc_now()
    waiting = _waiting(payload, now)
    if waiting.state is BatchState.APPLYING:
        found = _read(waiting, progress)
        _apply(waiting.actor, waiting.batch_id, BatchState.APPLYING, found, now)
    return {"batch_id": waiting.batch_id}
