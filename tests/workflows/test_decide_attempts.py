"""Further attempts and late answers: decided by the officer of the scope, with a reason."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import ExtraAttempt, Grade
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.workflows import decide_attempts, take_quiz
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import a_save, items_of, make_device, move_deadline
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_person,
    make_unit,
    make_user,
)


class Office:
    """A learner in a department, its officer, and a paper of one question with one attempt."""

    def __init__(self, session: Session) -> None:
        make_question(session, "q1")
        make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}], attempts=1)
        self.unit, self.elsewhere = make_unit(session), make_unit(session)
        self.learner: User = self._user_in(session, self.unit)
        self.officer = self.officer_of(session, self.unit)
        self.device: Actor = make_device(session, self.learner)
        assert self.learner.person_id is not None
        self.person_id = self.learner.person_id

    def _user_in(self, session: Session, unit) -> User:
        person = make_person(session)
        make_assignment(session, person, unit)
        return make_user(session, person=person)

    def officer_of(self, session: Session, unit, role: Role = Role.PROGRAMME_OFFICER) -> Actor:
        user = self._user_in(session, unit)
        return actor_of(user, grant(session, user, role, unit))


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def _grant(office: Office, actor: Actor, **change: object) -> None:
    given = {"paper_code": "de", "count": 2, "reason": "Mất điện ở phòng máy.", **change}
    decide_attempts.grant(actor, office.person_id, now=utc_now(), **given)


def test_a_grant_opens_further_attempts_and_is_audited(office: Office, session: Session) -> None:
    take_quiz.submit(office.device, take_quiz.start(office.device, "de"))
    _grant(office, office.officer)
    assert take_quiz.start(office.device, "de")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "attempts.grant")).one()
    assert entry.actor_user_id == office.officer.user_id
    assert (entry.subject_type, entry.subject_id) == ("person", str(office.person_id))
    assert entry.reason == "Mất điện ở phòng máy."
    assert entry.details == {"paper": "de", "count": 2}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROGRAMME_OFFICER])
def test_no_other_role_grants(office: Office, session: Session, role: Role) -> None:
    with pytest.raises(NotFound, match=r"org\.no_such_person"):
        _grant(office, office.officer_of(session, office.unit, role))
    assert session.scalars(select(ExtraAttempt)).all() == []


def test_the_officer_of_another_unit_does_not_grant(office: Office, session: Session) -> None:
    with pytest.raises(NotFound, match=r"org\.no_such_person"):
        _grant(office, office.officer_of(session, office.elsewhere))
    assert session.scalars(select(AuditEntry)).all() == []


def test_nobody_grants_to_himself(office: Office, session: Session) -> None:
    row = grant(session, office.learner, Role.PROGRAMME_OFFICER, office.unit)
    with pytest.raises(Forbidden, match=r"assessment\.own"):
        _grant(office, actor_of(office.learner, row))
    assert session.scalars(select(ExtraAttempt)).all() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "  "}, "assessment.reason"),
        ({"reason": "x" * 501}, "assessment.reason"),
        ({"count": 0}, "assessment.count"),
        ({"count": 11}, "assessment.count"),
    ],
)
def test_a_grant_wants_a_reason_and_a_sane_count(
    office: Office, session: Session, change: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        _grant(office, office.officer, **change)
    assert caught.value.code == code
    assert session.scalars(select(ExtraAttempt)).all() == []


def test_an_unknown_paper_is_not_granted(office: Office, session: Session) -> None:
    with pytest.raises(NotFound, match=r"assessment\.paper"):
        _grant(office, office.officer, paper_code="khong-co")
    assert session.scalars(select(AuditEntry)).all() == []


def _with_a_late_answer(office: Office, session: Session) -> int:
    attempt_id = take_quiz.start(office.device, "de")
    item = items_of(session, attempt_id)["q1"]
    take_quiz.save_answers(office.device, attempt_id, a_save(item, "b", seq=1))
    move_deadline(session, attempt_id, -1)
    take_quiz.save_answers(office.device, attempt_id, a_save(item, "a", seq=2))
    return attempt_id


def _count_late(office: Office, actor: Actor, attempt_id: int, reason: str = "Đứt mạng.") -> None:
    decide_attempts.count_late(actor, office.person_id, attempt_id, reason, now=utc_now())


def test_late_answers_count_by_a_decision_that_adds_a_grade(
    office: Office, session: Session
) -> None:
    attempt_id = _with_a_late_answer(office, session)
    _count_late(office, office.officer, attempt_id)
    session.rollback()
    grades = session.scalars(select(Grade).order_by(Grade.number)).all()
    assert [(grade.score, grade.reason) for grade in grades] == [
        (Decimal(0), "deadline"),
        (Decimal(1), "late_counted"),
    ]
    assert grades[1].graded_by == office.officer.user_id
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.reason) == ("attempts.count_late", "Đứt mạng.")
    assert entry.details == {"before": "0.0000", "after": "1.0000"}
    result = take_quiz.open_result(office.device, attempt_id)[1]
    assert result is not None
    assert result.passed
    assert [choice.id for choice in result.items[0].told.choices if choice.is_chosen] == ["a"]


def test_late_answers_are_counted_once(office: Office, session: Session) -> None:
    attempt_id = _with_a_late_answer(office, session)
    _count_late(office, office.officer, attempt_id)
    with pytest.raises(Conflict, match=r"assessment\.no_late"):
        _count_late(office, office.officer, attempt_id)
    assert len(session.scalars(select(Grade)).all()) == 2


def test_without_late_answers_there_is_nothing_to_count(office: Office, session: Session) -> None:
    attempt_id = take_quiz.start(office.device, "de")
    with pytest.raises(Conflict, match=r"assessment\.running"):
        _count_late(office, office.officer, attempt_id)
    take_quiz.submit(office.device, attempt_id)
    with pytest.raises(Conflict, match=r"assessment\.no_late"):
        _count_late(office, office.officer, attempt_id)


def test_the_officer_of_another_unit_does_not_count_late_answers(
    office: Office, session: Session
) -> None:
    attempt_id = _with_a_late_answer(office, session)
    with pytest.raises(NotFound, match=r"org\.no_such_person"):
        _count_late(office, office.officer_of(session, office.elsewhere), attempt_id)
    assert len(session.scalars(select(Grade)).all()) == 1


def test_an_attempt_is_looked_for_among_those_of_the_person(
    office: Office, session: Session
) -> None:
    attempt_id = _with_a_late_answer(office, session)
    colleague = office._user_in(session, office.unit).person_id
    with pytest.raises(NotFound, match=r"assessment\.attempt"):
        decide_attempts.count_late(
            office.officer, colleague, attempt_id, "Đứt mạng.", now=utc_now()
        )
