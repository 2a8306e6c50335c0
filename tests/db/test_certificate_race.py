"""Many certificates issued at once: one number each, one certificate each."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates.inspection import audit_chain
from elearn.certificates.models import Certificate
from elearn.certificates.services import issue_once
from elearn.infra.db import db, transaction
from elearn.infra.signing import keys
from elearn.kernel.actor import SYSTEM
from tests.factories.certificates import make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import make_person

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def _width(session: Session) -> int:
    """SQLite has one writer; PostgreSQL is given four times as many."""
    return 16 if session.get_bind().dialect.name == "sqlite" else 64


def _at_once(app: Flask, acts: list[Callable[[], None]]) -> list[BaseException]:
    barrier = threading.Barrier(len(acts))
    failures: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act()
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _issuing(completion_id: int) -> Callable[[], None]:
    def act() -> None:
        with transaction() as session:
            issue_once(session, SYSTEM, completion_id, now=NOW)

    return act


def test_parallel_issues_of_different_people_share_no_number_and_leave_no_gap(
    app: Flask, session: Session
) -> None:
    programme, count = make_programme(session), _width(session)
    ids = [make_completion(session, make_person(session), programme).id for _ in range(count)]
    session.rollback()
    assert _at_once(app, [_issuing(key) for key in ids]) == []
    numbers = sorted(session.scalars(select(Certificate.number)))
    assert numbers == list(range(1, count + 1))
    assert sorted(session.scalars(select(Certificate.completion_id))) == sorted(ids)
    assert audit_chain(session, keys(), files=True) == []


def test_parallel_issues_for_one_completion_make_one_certificate(
    app: Flask, session: Session
) -> None:
    completion = make_completion(session, make_person(session), make_programme(session))
    key, count = completion.id, _width(session)
    session.rollback()
    assert _at_once(app, [_issuing(key)] * count) == []
    assert session.scalars(select(Certificate.number)).all() == [1]


def test_parallel_issues_for_two_completions_of_a_person_make_one_certificate(
    app: Flask, session: Session
) -> None:
    programme, person, count = make_programme(session), make_person(session), _width(session)
    ids = [
        make_completion(
            session, person, programme, completed_on=datetime(2025, 3, day, tzinfo=UTC).date()
        ).id
        for day in (1, 2)
    ]
    session.rollback()
    assert _at_once(app, [_issuing(ids[turn % 2]) for turn in range(count)]) == []
    assert session.scalars(select(Certificate.number)).all() == [1]
