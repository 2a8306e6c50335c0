"""Background work: a row of ours in the act's transaction, handed to Huey after commit.

Huey carries only the id of the row. A row whose hand-over was lost (a crash between commit and
hand-over) is handed over again by ``sweep``; a job must therefore be safe to run twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.infra.db import after_commit, db, transaction
from elearn.infra.models import Job, JobState
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, AppError, NotFound

if TYPE_CHECKING:
    from huey import Huey

log = structlog.get_logger()

MAX_TRIES = 5
# A job running longer than this without a sign of life is taken to be dead and run again.
STALE_AFTER = timedelta(minutes=30)
_EXTENSION = "elearn_jobs"
# The extension that holds the dotted path of the function that does jobs until stopped.
CONSUMER = "elearn_consumer"


@dataclass(frozen=True, slots=True)
class JobView:
    """What the person who asked for a job may see of it."""

    id: int
    kind: str
    state: JobState
    progress_done: int
    progress_total: int
    result: dict[str, Any] | None
    problem: str | None
    created_by: int | None


class Progress:
    """Lets a handler tell how far it is; every report is a sign of life."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id

    def report(self, done: int, total: int) -> None:
        """Store ``done`` of ``total`` in a transaction of its own."""
        with transaction() as session:
            session.execute(
                update(Job)
                .where(Job.id == self.job_id)
                .values(progress_done=done, progress_total=total, started_at=utc_now())
            )


Handler = Callable[[Mapping[str, Any], Progress], dict[str, Any] | None]


class _Runner:
    """The queue of ``app``, opened with the first job, and the paths of the handlers."""

    def __init__(self, app: Flask, make: Callable[[], "Huey"], handlers: Mapping[str, str]) -> None:
        self.app = app
        self.make = make
        self.handlers = handlers

    @cached_property
    def queue(self) -> tuple["Huey", Callable[[int], None]]:
        """The queue, and what puts a job id into it; each process opens its own after forking."""
        huey = self.make()

        @huey.task(name="run_job")  # type: ignore[untyped-decorator]  # Huey ships no types
        def run_job(job_id: int) -> None:
            with self.app.app_context():
                run(job_id)

        return huey, run_job


def make_huey(queue_url: str, secret: str) -> "Huey":
    """Return the Huey for ``queue_url``: sqlite:///FILE, postgresql://, redis:// or memory:."""
    from huey import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey  # noqa: PLC0415 - with psycopg
    from huey.serializer import SignedSerializer  # noqa: PLC0415 - as above

    serializer = SignedSerializer(secret=secret)
    scheme = queue_url.split(":", 1)[0]
    if scheme == "sqlite":
        path = queue_url.removeprefix("sqlite:///")
        return SqliteHuey("elearn", filename=path, serializer=serializer, results=False)
    if scheme == "redis":
        return RedisHuey("elearn", url=queue_url, serializer=serializer, results=False)
    if scheme == "postgresql":
        return PostgresHuey("elearn", dsn=queue_url, serializer=serializer, results=False)
    return MemoryHuey("elearn", serializer=serializer, results=False)


def init_app(app: Flask, queue_url: str, secret: str, handlers: Mapping[str, str]) -> None:
    """Give ``app`` its queue and the dotted paths, by job kind, of the functions that do its jobs.

    A function is loaded when the first job of its kind runs.
    """
    app.extensions[_EXTENSION] = _Runner(app, partial(make_huey, queue_url, secret), handlers)


def handler_of(path: str) -> Handler:
    """Return the function at ``package.module:function``, loading its module.

    Raises ImportError or AttributeError where nothing is there.
    """
    handler: Handler = resolve_name(path)
    return handler


def huey_of(app: Flask) -> "Huey":
    """Return the Huey of ``app``, for the consumer."""
    runner: _Runner = app.extensions[_EXTENSION]
    return runner.queue[0]


def _runner() -> _Runner:
    runner: _Runner = current_app.extensions[_EXTENSION]
    return runner


def enqueue(
    session: Session,
    actor: Actor,
    kind: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    dedupe_key: str | None = None,
) -> int:
    """Add a job to the present transaction and return its id.

    An open job with the same ``dedupe_key`` is returned instead of a second one. Raises KeyError
    for a kind that nobody handles: such a row would fail where its author no longer sees it.
    """
    if kind not in _runner().handlers:
        raise KeyError(f"no handler for jobs of kind {kind!r}")
    if (found := _open_job(session, dedupe_key)) is not None:
        return found
    job = Job(
        kind=kind,
        payload=payload,
        dedupe_key=dedupe_key,
        state=JobState.QUEUED,
        created_by=actor.user_id,
        created_at=now,
        run_after=now,
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        # Somebody else asked at the same moment and was first; his job is as good.
        if (found := _open_job(session, dedupe_key)) is None:
            raise
        return found
    job_id = job.id
    after_commit(session, lambda: _hand_over(job_id))
    return job_id


def _open_job(session: Session, dedupe_key: str | None) -> int | None:
    """Return the job with ``dedupe_key`` that waits or runs, None when there is none."""
    if dedupe_key is None:
        return None
    open_states = (JobState.QUEUED, JobState.RUNNING)
    return session.scalar(
        select(Job.id).where(Job.dedupe_key == dedupe_key, Job.state.in_(open_states))
    )


def _hand_over(job_id: int) -> None:
    """Hand ``job_id`` to Huey; the row survives a queue that is away, and the sweep finds it."""
    try:
        _runner().queue[1](job_id)
    except Exception:
        log.exception("job_hand_over_failed", job_id=job_id)


def _claim(job_id: int, now: datetime) -> tuple[str, dict[str, Any]] | None:
    with transaction() as session:
        stale = (Job.state == JobState.RUNNING) & (Job.started_at < now - STALE_AFTER)
        claimed = session.execute(
            update(Job)
            .where(Job.id == job_id, or_(Job.state == JobState.QUEUED, stale))
            .values(state=JobState.RUNNING, started_at=now, tries=Job.tries + 1)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            return None
        row = session.execute(select(Job.kind, Job.payload).where(Job.id == job_id)).one()
        return row.kind, row.payload


def run(job_id: int) -> None:
    """Do the job once; a job that somebody else has claimed is left alone."""
    claimed = _claim(job_id, utc_now())
    if claimed is None:
        return
    kind, payload = claimed
    try:
        handler = handler_of(_runner().handlers[kind])
        result = handler(payload, Progress(job_id))
    except AppError as error:
        _finish(job_id, JobState.FAILED, problem=error.text())
    except Exception:
        log.exception("job_failed", job_id=job_id, kind=kind)
        _retry_or_give_up(job_id)
    else:
        _finish(job_id, JobState.DONE, result=result or {})


def _finish(
    job_id: int,
    state: JobState,
    *,
    result: dict[str, Any] | None = None,
    problem: str | None = None,
) -> None:
    with transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state=state, result=result, problem=problem, finished_at=utc_now())
        )


def _retry_or_give_up(job_id: int) -> None:
    with transaction() as session:
        job = session.get_one(Job, job_id)
        job.problem = "Lỗi hệ thống, đã ghi nhật ký."
        if job.tries >= MAX_TRIES:
            job.state = JobState.FAILED
            job.finished_at = utc_now()
        else:
            job.state = JobState.QUEUED
            job.run_after = utc_now() + timedelta(seconds=2**job.tries)


def due_job_ids(session: Session, now: datetime) -> list[int]:
    """Return ids of jobs that wait, or whose runner seems dead, oldest first."""
    stale = (Job.state == JobState.RUNNING) & (Job.started_at < now - STALE_AFTER)
    waiting = (Job.state == JobState.QUEUED) & (Job.run_after <= now)
    return list(session.scalars(select(Job.id).where(or_(waiting, stale)).order_by(Job.id)))


def sweep(now: datetime) -> int:
    """Hand over again every job that is due; return how many."""
    job_ids = due_job_ids(db.session(), now)
    for job_id in job_ids:
        _hand_over(job_id)
    return len(job_ids)


def get_job(session: Session, job_id: int, *, owner: Actor) -> JobView:
    """Return the job that ``owner`` asked for. Raises NotFound for anybody else's."""
    job = session.get(Job, job_id, populate_existing=True)
    if job is None or job.created_by is None or job.created_by != owner.user_id:
        raise NotFound("job.unknown", N_("Không tìm thấy công việc này."))
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        progress_done=job.progress_done,
        progress_total=job.progress_total,
        result=job.result,
        problem=job.problem,
        created_by=job.created_by,
    )
