"""The bulletin of a round: cheap, public, says nothing but that there is news."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.assessment.models import Paper
from elearn.assessment.rounds.bulletin import announce, find_number
from elearn.assessment.rounds.models import Round, RoundKind, RoundState
from elearn.infra.db import transaction
from elearn.kernel.clock import today, utc_now
from elearn.web.quiz.bulletin import board
from tests.factories.assessment import make_paper, make_question
from tests.factories.org import make_unit
from tests.support.statements import recorded


@pytest.fixture(autouse=True)
def _fresh_board() -> None:
    board.forget()


def _round(session: Session, code: str) -> int:
    paper: Paper = make_paper(session)
    now = utc_now()
    row = Round(
        code=code,
        title="Đợt thử",
        kind=RoundKind.SURVEY,
        state=RoundState.PLANNED,
        unit_id=make_unit(session).id,
        paper_id=paper.id,
        opens_at=now,
        closes_at=now + timedelta(days=5),
        roster_on=today(),
        created_at=now,
    )
    session.add(row)
    session.commit()
    return row.id


@pytest.fixture
def rounds(session: Session) -> tuple[int, int]:
    make_question(session)
    return _round(session, "dot-1"), _round(session, "dot-2")


def test_an_announcement_raises_the_number_of_its_round_alone(
    session: Session, rounds: tuple[int, int]
) -> None:
    first, second = rounds
    for _ in range(2):
        with transaction() as act:
            announce(act, first)
    with transaction() as act:
        announce(act, None)
    assert (find_number(session, first), find_number(session, second)) == (2, 0)


def test_an_act_that_fails_announces_nothing(session: Session, rounds: tuple[int, int]) -> None:
    with pytest.raises(RuntimeError, match="failed"), transaction() as act:
        announce(act, rounds[0])
        raise RuntimeError("failed")
    assert find_number(session, rounds[0]) == 0


def test_everybody_reads_the_number_and_shared_caches_may_keep_it(
    client: FlaskClient, rounds: tuple[int, int]
) -> None:
    response = client.get(f"/rounds/{rounds[0]}/bulletin")
    assert (response.status_code, response.get_json()) == (200, {"bulletin": 0})
    assert response.headers["Cache-Control"] == "public, max-age=1"
    assert "Set-Cookie" not in response.headers


def test_a_thousand_looks_cost_one_statement_until_it_is_read_anew(
    client: FlaskClient, session: Session, rounds: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("elearn.web.quiz.bulletin.time.monotonic", lambda: clock[0])
    address = f"/rounds/{rounds[0]}/bulletin"
    with recorded() as statements:
        for _ in range(20):
            assert client.get(address).get_json() == {"bulletin": 0}
    assert len(statements) == 1
    with transaction() as act:
        announce(act, rounds[0])
    clock[0] += 0.9
    assert client.get(address).get_json() == {"bulletin": 0}
    clock[0] += 0.2
    assert client.get(address).get_json() == {"bulletin": 1}


def test_what_is_fresh_is_answered_before_the_site_begins(
    client: FlaskClient, rounds: tuple[int, int]
) -> None:
    address = f"/rounds/{rounds[0]}/bulletin"
    first, second = client.get(address), client.get(address)
    assert "X-Request-Id" in first.headers
    assert "X-Request-Id" not in second.headers
    for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options"):
        assert first.headers[name] == second.headers[name]
    assert first.data == second.data
    assert client.post(address).status_code == 405
    assert client.get(f"/rounds/0{rounds[0]}/bulletin").headers.get("X-Request-Id")


def test_unknown_rounds_are_not_there_and_cost_one_read(client: FlaskClient, app: object) -> None:
    with recorded() as statements:
        for _ in range(5):
            assert client.get("/rounds/999/bulletin").status_code == 404
    assert len(statements) == 1
