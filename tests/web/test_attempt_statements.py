"""What the acts and pages of an attempt cost in SQL statements, with the sign-in, on both engines.

Opening and ending a transaction are not counted.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession
from elearn.assessment.models import AnswerEvent, Attempt
from elearn.infra.db import now as database_now
from elearn.kernel.clock import utc_now
from tests.factories.assessment import keep_pool, make_paper, make_question
from tests.factories.attempts import items_of, make_learner, move_deadline
from tests.support.accounts import Visitor
from tests.support.statements import recorded

QUESTIONS = 30


class Sitting:
    """A learner in the middle of a paper of ``size`` questions."""

    def __init__(self, visitor: Visitor, session: Session, size: int = QUESTIONS) -> None:
        codes = [f"q{number}" for number in range(size)]
        for number, code in enumerate(codes):
            kind = ("single_choice", "multiple_choice", "true_false")[number % 3]
            make_question(session, code, type=kind)
        make_paper(session, "de", sections=[{"title": "Chung", "questions": codes}], shuffle=False)
        self.session, self.browser = session, visitor.as_user(make_learner(session))
        keep_pool("de")
        with recorded() as self.start:
            response = self.browser.post("/papers/de")
        self.address = str(response.location)
        self.id = int(self.address.rsplit("/", 1)[1])
        self.items = list(items_of(session, self.id).values())

    def events(self, count: int) -> list[dict[str, object]]:
        values = ("a", ["a"], True)
        return [
            {"uuid": str(uuid4()), "item": item, "client_seq": seq, "value": values[seq % 3]}
            for seq, item in enumerate(self.items[:count])
        ]

    def save(self, events: list[dict[str, object]]) -> list[str]:
        with recorded() as statements:
            response = self.browser.post(
                f"{self.address}/answers", json={"epoch": 1, "events": events}
            )
        assert response.status_code == 200
        assert len(response.get_json()["acks"]) == len(events)
        self.session.rollback()
        return statements

    def leave_idle(self, minutes: int) -> None:
        self.session.execute(
            update(SignInSession).values(last_seen_at=utc_now() - timedelta(minutes=minutes))
        )
        self.session.commit()

    def idle(self) -> timedelta:
        self.session.rollback()
        return utc_now() - self.session.scalars(select(SignInSession.last_seen_at)).one()

    @property
    def dialect(self) -> str:
        return self.session.get_bind().dialect.name


@pytest.fixture
def sitting(visitor: Visitor, session: Session) -> Sitting:
    return Sitting(visitor, session)


@pytest.mark.parametrize("count", [1, QUESTIONS])
def test_a_save_takes_three_statements(sitting: Sitting, count: int) -> None:
    events = sitting.events(count)
    statements = sitting.save(events)
    assert len(statements) == 3, statements
    assert sitting.session.scalar(select(func.count()).select_from(AnswerEvent)) == count
    if sitting.dialect == "postgresql":
        assert "FOR NO KEY UPDATE OF assessment_attempt" in statements[1]
        assert statements[2].count("(%(attempt_id") == count


def test_a_save_of_what_is_known_takes_two(sitting: Sitting) -> None:
    events = sitting.events(5)
    sitting.save(events)
    assert len(sitting.save(events)) == 2


def test_a_heartbeat_takes_two_and_notes_the_sign_of_life(sitting: Sitting) -> None:
    before = database_now(sitting.session)
    sitting.session.rollback()
    assert len(sitting.save([])) == 2
    seen = sitting.session.get_one(Attempt, sitting.id).last_seen_at
    assert seen is not None
    # SQLite tells its time in thousandths of a second.
    assert before - timedelta(milliseconds=1) <= seen <= database_now(sitting.session)


def test_noting_that_the_session_is_in_use_costs_no_statement_more(sitting: Sitting) -> None:
    sitting.leave_idle(5)
    extra = 1 if sitting.dialect == "sqlite" else 0
    assert len(sitting.save(sitting.events(3))) == 3 + extra
    assert sitting.idle() < timedelta(minutes=1)
    sitting.leave_idle(5)
    assert len(sitting.save([])) == 2 + extra
    assert sitting.idle() < timedelta(minutes=1)


def test_a_session_that_has_ended_is_not_woken_by_a_save(sitting: Sitting) -> None:
    sitting.leave_idle(31)
    answer = sitting.browser.post(f"{sitting.address}/answers", json={"epoch": 1, "events": []})
    assert answer.status_code == 401
    assert sitting.idle() > timedelta(minutes=30)


@pytest.mark.parametrize("size", [1, QUESTIONS])
def test_the_page_takes_at_most_eight_for_any_number_of_questions(
    visitor: Visitor, session: Session, size: int
) -> None:
    sitting = Sitting(visitor, session, size)
    with recorded() as statements:
        assert sitting.browser.get(sitting.address).status_code == 200
    assert len(statements) <= 8, statements


@pytest.mark.parametrize("size", [1, QUESTIONS])
def test_beginning_adds_all_questions_by_one_statement(
    visitor: Visitor, session: Session, size: int
) -> None:
    sitting = Sitting(visitor, session, size)
    assert len(sitting.start) <= 14, sitting.start
    inserts = [line for line in sitting.start if "INTO assessment_attempt_item" in line]
    assert len(inserts) == 1, inserts


@pytest.mark.parametrize("size", [1, QUESTIONS])
def test_handing_in_takes_as_many_for_one_question_as_for_thirty(
    visitor: Visitor, session: Session, size: int
) -> None:
    sitting = Sitting(visitor, session, size)
    sitting.save(sitting.events(size))
    with recorded() as statements:
        assert sitting.browser.post(f"{sitting.address}/submit").status_code == 302
    assert len(statements) <= 16, statements


def test_a_save_after_the_deadline_closes_the_attempt(sitting: Sitting) -> None:
    move_deadline(sitting.session, sitting.id, -1)
    statements = sitting.save(sitting.events(1))
    assert any("INTO assessment_grade" in line for line in statements)
