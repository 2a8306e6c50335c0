"""Many certificates issued at once: one number each, one certificate each."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates.inspection import audit_chain
from elearn.certificates.models import Certificate
from elearn.certificates.services import issue_once
from elearn.infra.db import transaction
from elearn.infra.signing import keys
from elearn.kernel.actor import SYSTEM
from tests.factories.certificates import make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import make_person
from tests.support.threads import at_once

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def _width(session: Session) -> int:
    """SQLite has one writer; PostgreSQL is given four times as many."""
    return 16 if session.get_bind().dialect.name == "sqlite" else 64


def _issuing(completion_id: int) -> Callable[[], str]:
    def act() -> str:
        with transaction() as session:
            issued = issue_once(session, SYSTEM, completion_id, now=NOW)
            assert issued is not None
            return issued.serial

    return act


def test_parallel_issues_of_different_people_share_no_number_and_leave_no_gap(
    app: Flask, session: Session
) -> None:
    programme, count = make_programme(session), _width(session)
    ids = [make_completion(session, make_person(session), programme).id for _ in range(count)]
    session.rollback()
    told = at_once(app, [_issuing(key) for key in ids])
    assert sorted(map(str, told)) == [f"GCN-2026-{each:05d}" for each in range(1, count + 1)]
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
    assert at_once(app, [_issuing(key)] * count) == ["GCN-2026-00001"] * count
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
    told = at_once(app, [_issuing(ids[turn % 2]) for turn in range(count)])
    assert told == ["GCN-2026-00001"] * count
    assert session.scalars(select(Certificate.number)).all() == [1]
