"""Jobs: born with the act, done once, kept when the queue is away."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.infra import mail
from elearn.infra.db import transaction
from elearn.infra.jobs import due_job_ids, enqueue, run
from elearn.infra.models import Job, JobState, OutgoingMail
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now


def _post_letter() -> None:
    with transaction() as session:
        mail.post(session, SYSTEM, "ai@vidu.example", "Thư", "Nội dung", now=utc_now())


def test_a_job_is_done_once(app: Flask, session: Session, run_jobs: Callable[[], int]) -> None:
    _post_letter()
    assert run_jobs() == 1
    assert run_jobs() == 0
    letter = session.scalars(select(OutgoingMail)).one()
    assert letter.sent_at is not None
    assert letter.body is None


def test_a_job_vanishes_with_its_act(app: Flask, session: Session) -> None:
    with pytest.raises(RuntimeError, match="no"), transaction() as inner:
        mail.post(inner, SYSTEM, "ai@vidu.example", "Thư", "Nội dung", now=utc_now())
        raise RuntimeError("no")
    assert session.scalars(select(Job)).all() == []


def test_a_job_whose_runner_died_is_due_again(app: Flask, session: Session) -> None:
    _post_letter()
    job = session.scalars(select(Job)).one()
    job.state = JobState.RUNNING
    job.started_at = utc_now().replace(year=2020)
    session.commit()
    assert due_job_ids(session, utc_now()) == [job.id]
    session.rollback()
    run(job.id)
    session.expire_all()
    assert session.get_one(Job, job.id).state is JobState.DONE


def test_a_kind_that_nobody_handles_is_refused(app: Flask, session: Session) -> None:
    with pytest.raises(KeyError, match="no.such.kind"), transaction() as inner:
        enqueue(inner, SYSTEM, "no.such.kind", {}, now=utc_now())
    assert session.scalars(select(Job)).all() == []


def test_transactions_do_not_nest(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="inside"), transaction():
        pass
