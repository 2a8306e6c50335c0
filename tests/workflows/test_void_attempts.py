"""A voided attempt counts for nothing: no score, no pass, no attempt used up unless decided so."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import queries
from elearn.assessment.domain.protocol import Save
from elearn.assessment.models import AnswerStatus, Attempt, AttemptState, Grade
from elearn.assessment.rounds.models import AttemptVoid
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.progress.queries import list_passed_papers
from elearn.progress.standing_queries import list_standings
from elearn.workflows import decide_attempts, take_quiz
from tests.factories.attempts import a_save, items_of, move_deadline
from tests.workflows.test_decide_attempts import Office

REASON = "Làm bài hộ người khác."


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def _void(office: Office, attempt_id: int, *, uses_up: bool = False, actor=None) -> None:
    decide_attempts.void(
        actor or office.officer,
        office.person_id,
        attempt_id,
        REASON,
        uses_up=uses_up,
        now=utc_now(),
    )


def _passed_attempt(office: Office, session: Session) -> int:
    attempt_id = take_quiz.start(office.device, "de")
    item = items_of(session, attempt_id)["q1"]
    take_quiz.save_answers(office.device, attempt_id, a_save(item, "a"))
    take_quiz.submit(office.device, attempt_id)
    assert list_passed_papers(session, office.person_id) == {"de"}
    return attempt_id


def test_a_voided_pass_counts_for_nothing_and_may_be_made_anew(
    office: Office, session: Session
) -> None:
    attempt_id = _passed_attempt(office, session)
    _void(office, attempt_id)
    session.rollback()
    assert list_passed_papers(session, office.person_id) == set()
    (line,) = queries.list_attempts(session, office.person_id)
    assert (line.state, line.score, line.passed) == (AttemptState.VOIDED, None, None)
    assert queries.best_of([line]) is None
    standing = list_standings(session, office.person_id, ["de"], checks_at=None)["de"]
    assert (standing.passed, standing.attempts_left, standing.sittings) == (False, 1, ())
    assert session.scalars(select(Grade.score)).all() == [1]
    head, result = take_quiz.open_result(office.device, attempt_id)
    assert (head.void_reason, result) == (REASON, None)
    second = take_quiz.start(office.device, "de")
    session.rollback()
    assert session.get_one(Attempt, second).number == 2


def test_a_voided_attempt_may_be_decided_to_use_up_one(office: Office, session: Session) -> None:
    _void(office, _passed_attempt(office, session), uses_up=True)
    with pytest.raises(Conflict, match=r"assessment\.attempts"):
        take_quiz.start(office.device, "de")
    standing = list_standings(session, office.person_id, ["de"], checks_at=None)["de"]
    assert (standing.passed, standing.attempts_left, standing.best) == (False, 0, None)


def test_a_running_attempt_is_voided_and_never_graded(office: Office, session: Session) -> None:
    attempt_id = take_quiz.start(office.device, "de")
    item = items_of(session, attempt_id)["q1"]
    _void(office, attempt_id)
    saved = take_quiz.save_answers(office.device, attempt_id, a_save(item, "a"))
    assert [ack.status for ack in saved.acks] == [AnswerStatus.LATE]
    assert saved.state is AttemptState.VOIDED
    move_deadline(session, attempt_id, -1)
    assert take_quiz.close_overdue() == 0
    take_quiz.submit(office.device, attempt_id)
    take_quiz.take_over(office.device, attempt_id)
    assert take_quiz.accept_superseded(office.device, attempt_id) == 0
    head, sheet, _ = take_quiz.open_sheet(office.device, attempt_id)
    assert (head.state, sheet) == (AttemptState.VOIDED, None)
    assert session.scalars(select(Grade)).all() == []
    assert take_quiz.save_answers(office.device, attempt_id, Save(1, ())).acks == ()


def test_late_answers_of_a_voided_attempt_are_not_counted(office: Office, session: Session) -> None:
    attempt_id = take_quiz.start(office.device, "de")
    item = items_of(session, attempt_id)["q1"]
    move_deadline(session, attempt_id, -1)
    take_quiz.save_answers(office.device, attempt_id, a_save(item, "a"))
    _void(office, attempt_id)
    with pytest.raises(Conflict, match=r"assessment\.running"):
        decide_attempts.count_late(
            office.officer, office.person_id, attempt_id, "Đứt mạng.", now=utc_now()
        )


def test_voiding_twice_is_refused_and_the_first_is_kept(office: Office, session: Session) -> None:
    attempt_id = _passed_attempt(office, session)
    _void(office, attempt_id)
    with pytest.raises(Conflict, match=r"assessment\.voided"):
        _void(office, attempt_id)
    session.rollback()
    kept = session.scalars(select(AttemptVoid)).one()
    assert (kept.was, kept.reason, kept.voided_by) == ("GRADED", REASON, office.officer.user_id)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "attempts.void")).one()
    assert entry.details == {"person": office.person_id, "uses_up": False}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROGRAMME_OFFICER])
def test_no_other_role_voids(office: Office, session: Session, role: Role) -> None:
    attempt_id = _passed_attempt(office, session)
    with pytest.raises(NotFound):
        _void(office, attempt_id, actor=office.officer_of(session, office.unit, role))
    with pytest.raises(NotFound):
        _void(office, attempt_id, actor=office.officer_of(session, office.elsewhere))


def test_nobody_voids_his_own_attempt_or_without_a_reason(office: Office, session: Session) -> None:
    attempt_id = _passed_attempt(office, session)
    own = office.officer
    with pytest.raises(NotFound):
        _void(office, attempt_id + 1)
    with pytest.raises(Forbidden):
        decide_attempts.void(
            own, own.person_id or 0, attempt_id, REASON, uses_up=False, now=utc_now()
        )
    with pytest.raises(Invalid, match=r"assessment\.reason"):
        decide_attempts.void(own, office.person_id, attempt_id, "  ", uses_up=False, now=utc_now())
