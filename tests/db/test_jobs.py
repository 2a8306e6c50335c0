"""Jobs: born with the act, done once, kept when the queue is away."""

from collections.abc import Callable
from threading import Event
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from elearn.infra import mail
from elearn.infra.db import transaction
from elearn.infra.jobs import due_job_ids, enqueue, run
from elearn.infra.models import Job, JobState, OutgoingMail
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from tests.support.threads import at_once


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


def _ask(key: str | None) -> int:
    with transaction() as session:
        payload = {"mail_id": 0}
        return enqueue(session, SYSTEM, mail.SEND_MAIL, payload, now=utc_now(), dedupe_key=key)


def test_who_asks_again_gets_the_open_job(app: Flask, session: Session) -> None:
    first = _ask("k")
    assert _ask("k") == first
    assert len({first, _ask("other"), _ask(None), _ask(None)}) == 4
    session.execute(update(Job).where(Job.id == first).values(state=JobState.DONE))
    session.commit()
    assert _ask("k") != first


def test_those_who_ask_at_the_same_moment_get_one_job(app: Flask, session: Session) -> None:
    session.rollback()
    answers = at_once(app, [lambda: _ask("the same")] * 8)
    assert len(set(answers)) == 1, answers
    assert answers == [session.scalars(select(Job.id)).one()] * 8


def _wait_for_a_waiter(session: Session) -> None:
    """Return once somebody waits for a row of ours; on SQLite others wait before they begin."""
    waiting = text("select count(*) from pg_locks where not granted")
    until = monotonic() + 10
    while session.get_bind().dialect.name == "postgresql" and not session.scalar(waiting):
        assert monotonic() < until, "nobody waited"


def test_whoever_meets_a_job_not_yet_committed_is_answered_with_it(
    app: Flask, session: Session
) -> None:
    """The second asks while the first still writes: it must wait, not fail."""
    session.rollback()
    is_written = Event()

    def first() -> int:
        with transaction() as inner:
            job_id = enqueue(
                inner, SYSTEM, mail.SEND_MAIL, {"mail_id": 0}, now=utc_now(), dedupe_key="k"
            )
            is_written.set()
            _wait_for_a_waiter(inner)
            return job_id

    def second() -> int:
        is_written.wait(10)
        return _ask("k")

    one, other = at_once(app, [first, second])
    assert isinstance(one, int)
    assert other == one


def test_transactions_do_not_nest(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="inside"), transaction():
        pass
