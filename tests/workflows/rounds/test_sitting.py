"""Sitting a paper in a round: who, when, how long, how often, and what is shown afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.forms.queries import redraw
from elearn.assessment.models import (
    Attempt,
    AttemptState,
    FeedbackRule,
    Paper,
    PaperKind,
    PaperVersion,
)
from elearn.assessment.policy import is_released
from elearn.infra.db import now as database_now
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError, Conflict, Forbidden
from elearn.workflows import decide_attempts, manage_round_people, manage_rounds, take_quiz
from tests.factories.assessment import keep_pool, make_paper
from tests.factories.attempts import move_deadline
from tests.factories.rounds import PAPER, Hall
from tests.support.statements import recorded


def _attempt(session: Session, attempt_id: int) -> Attempt:
    session.rollback()
    return session.get_one(Attempt, attempt_id, populate_existing=True)


def _refused(device: Actor) -> AppError:
    with pytest.raises(AppError) as caught:
        take_quiz.start(device, PAPER)
    return caught.value


def test_a_survey_is_open_to_all_until_it_is_planned_in_a_round(hall: Hall) -> None:
    listed, stranger = hall.device(), hall.device(hall.other)
    assert take_quiz.start(stranger, PAPER)
    hall.plan(unit_id=hall.commune.id)
    assert take_quiz.start(listed, PAPER)
    late = hall.device()
    refusal = _refused(late)
    assert isinstance(refusal, Forbidden)
    assert refusal.code == "round.not_listed"
    desk = take_quiz.open_desk(late, PAPER)
    assert desk.seat is None
    assert desk.refusal is not None
    assert desk.refusal.code == "round.not_listed"


def test_a_practice_paper_is_open_to_all_even_so(hall: Hall, session: Session) -> None:
    hall.user()
    hall.plan(unit_id=hall.commune.id)
    session.execute(update(PaperVersion).values(kind=PaperKind.PRACTICE))
    session.commit()
    assert take_quiz.start(hall.device(hall.other), PAPER)


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (timedelta(minutes=1), timedelta(hours=1), "round.not_open"),
        (timedelta(hours=-1), timedelta(seconds=-1), "round.over"),
    ],
)
def test_nobody_begins_outside_his_window(
    hall: Hall, starts: timedelta, ends: timedelta, code: str
) -> None:
    device = hall.device()
    round_id = hall.plan()
    hall.shift(round_id, starts=starts, ends=ends)
    assert _refused(device).code == code
    assert take_quiz.open_desk(device, PAPER).refusal.code == code


def test_an_attempt_knows_its_round_and_ends_by_its_limit(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert attempt.round_id == round_id
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=20)
    assert attempt.last_seen_at == attempt.started_at


def test_whoever_begins_late_ends_with_the_round(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    hall.shift(round_id, starts=timedelta(hours=-1), ends=timedelta(minutes=5))
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert attempt.deadline_at == hall.seat(round_id, device).ends_at


def test_a_paper_without_a_limit_ends_with_the_window(hall: Hall, session: Session) -> None:
    session.execute(update(PaperVersion).values(time_limit_minutes=None))
    session.commit()
    device = hall.device()
    round_id = hall.plan()
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert attempt.deadline_at == hall.seat(round_id, device).ends_at


def test_attempts_are_counted_for_each_round_by_itself(hall: Hall, session: Session) -> None:
    device = hall.device()
    take_quiz.submit(device, take_quiz.start(device, PAPER))
    first = hall.plan(attempts=2)
    for _ in range(2):
        take_quiz.submit(device, take_quiz.start(device, PAPER))
    assert _refused(device).code == "assessment.attempts"
    assert take_quiz.open_desk(device, PAPER).left == 0
    hall.over(first)
    second = hall.plan()
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert (attempt.round_id, attempt.number) == (second, 4)


def test_a_further_attempt_granted_since_the_planning_counts(hall: Hall, session: Session) -> None:
    device = hall.device()
    assert device.person_id is not None
    grant = {"paper_code": PAPER, "count": 1, "reason": "Mất điện.", "now": utc_now()}
    decide_attempts.grant(hall.officer, device.person_id, **grant)
    hall.plan()
    take_quiz.submit(device, take_quiz.start(device, PAPER))
    assert _refused(device).code == "assessment.attempts"
    decide_attempts.grant(hall.officer, device.person_id, **{**grant, "now": utc_now()})
    assert take_quiz.start(device, PAPER)


def test_a_voided_attempt_may_be_made_anew_in_the_round(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    manage_round_people.void(
        hall.officer, round_id, attempt_id, "Máy hỏng.", uses_up=False, now=utc_now()
    )
    assert take_quiz.start(device, PAPER) != attempt_id


def test_the_round_keeps_the_version_of_its_paper(hall: Hall, session: Session) -> None:
    device = hall.device()
    hall.plan()
    old = session.get_one(PaperVersion, hall.paper.published_version_id)
    columns = {
        column.key: getattr(old, column.key)
        for column in PaperVersion.__table__.columns
        if column.key != "id"
    }
    newer = PaperVersion(**{**columns, "number": 2, "time_limit_minutes": 5, "title": "Đề mới"})
    session.add(newer)
    session.flush()
    session.execute(update(Paper).values(published_version_id=newer.id))
    session.commit()
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert attempt.paper_version_id == old.id
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=20)
    assert take_quiz.open_desk(device, PAPER).paper.title == old.title


def test_a_running_attempt_is_gone_on_with_after_the_window(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    hall.over(round_id)
    assert take_quiz.start(device, PAPER) == attempt_id
    move_deadline(session, attempt_id, -1)
    assert _refused(device).code == "round.over"
    assert _attempt(session, attempt_id).state is AttemptState.GRADED


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (FeedbackRule.AFTER_SUBMIT, False, True),
        (FeedbackRule.AFTER_CLOSE, False, True),
        (FeedbackRule.NEVER, False, False),
    ],
)
def test_keys_wait_for_the_round_to_close(
    hall: Hall, session: Session, rule: FeedbackRule, before: bool, after: bool
) -> None:
    session.execute(update(PaperVersion).values(feedback=rule))
    session.commit()
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    take_quiz.submit(device, attempt_id)

    def shown() -> bool:
        _, result = take_quiz.open_result(device, attempt_id)
        assert result is None or bool(result.items) == result.is_released
        return result is not None and result.is_released

    assert shown() is before
    hall.over(round_id)
    assert shown() is before
    manage_rounds.close(hall.officer, round_id, now=utc_now())
    assert shown() is after


def test_outside_rounds_after_close_never_comes() -> None:
    graded = AttemptState.GRADED
    assert not is_released(FeedbackRule.AFTER_CLOSE, graded)
    assert is_released(FeedbackRule.AFTER_SUBMIT, graded)
    assert not is_released(
        FeedbackRule.AFTER_CLOSE, AttemptState.VOIDED, in_round=True, is_closed=True
    )


def test_a_closed_or_cancelled_round_lets_nobody_in(hall: Hall) -> None:
    device = hall.device()
    round_id = hall.plan()
    manage_rounds.cancel(hall.officer, round_id, "Bão số 3.", now=utc_now())
    assert _refused(device).code == "round.cancelled"
    closed = hall.plan()
    hall.close(closed)
    assert _refused(device).code == "round.over"


def test_the_open_round_goes_before_others(hall: Hall, session: Session) -> None:
    device = hall.device()
    past, open_now, ahead = hall.plan(), hall.plan(), hall.plan()
    hall.over(past)
    hall.shift(ahead, starts=timedelta(days=1), ends=timedelta(days=2))
    assert _attempt(session, take_quiz.start(device, PAPER)).round_id == open_now


def test_a_round_costs_two_statements_at_the_start(hall: Hall, session: Session) -> None:
    devices = [hall.device() for _ in range(4)]
    make_paper(
        session,
        "ngoai",
        kind=PaperKind.SURVEY,
        sections=[{"title": "Chung", "questions": ["q1"]}],
    )
    hall.plan()
    keep_pool("ngoai", PAPER)

    def sent(device: Actor, paper: str) -> int:
        with recorded() as statements:
            take_quiz.start(device, paper)
        return len(statements)

    # The first start of a paper keeps its pool for the others.
    sent(devices[0], "ngoai"), sent(devices[1], PAPER)
    outside, inside = sent(devices[2], "ngoai"), sent(devices[3], PAPER)
    # The seat, and whether forms were made ahead for its round.
    assert inside == outside + 2
    assert inside <= 13, inside


def test_the_desk_tells_the_window_and_the_decisions(hall: Hall, session: Session) -> None:
    device, other = hall.device(), hall.device(hall.other)
    round_id = hall.plan()
    now = utc_now()
    for change in (
        {"person_id": device.person_id, "reason": "Khiếm thị."},
        {"unit_id": hall.other.id, "reason": "Mất điện ở xã khác."},
        {"reason": "Máy chủ chậm."},
    ):
        manage_round_people.extend(hall.officer, round_id, 15, now=now, **change)
    mine = take_quiz.open_desk(device, PAPER)
    assert mine.seat.window.extra_minutes == 30
    assert {line.reason for line in mine.decisions} == {"Khiếm thị.", "Máy chủ chậm."}
    theirs = take_quiz.open_desk(other, PAPER)
    assert {line.reason for line in theirs.decisions} == {"Mất điện ở xã khác.", "Máy chủ chậm."}
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=50)


def test_a_deadline_counts_by_the_clock_of_the_database(hall: Hall, session: Session) -> None:
    device = hall.device()
    hall.plan()
    before = database_now(session)
    attempt = _attempt(session, take_quiz.start(device, PAPER))
    assert before <= attempt.started_at <= database_now(session)
    assert session.scalars(select(Attempt.id)).all() == [attempt.id]


def test_nobody_is_refused_twice_for_pressing_twice(hall: Hall) -> None:
    device = hall.device()
    hall.plan()
    first = take_quiz.start(device, PAPER)
    assert take_quiz.start(device, PAPER) == first
    take_quiz.submit(device, first)
    with pytest.raises(Conflict, match=r"assessment\.attempts"):
        take_quiz.start(device, PAPER)


def test_planning_makes_forms_ahead_and_attempts_take_them(
    hall: Hall, session: Session, run_jobs: Callable[[], object]
) -> None:
    device = hall.device()
    hall.plan()
    run_jobs()
    attempt_id = take_quiz.start(device, PAPER)
    attempt = session.get_one(Attempt, attempt_id)
    assert attempt.form_id is not None
    assert redraw(session, attempt_id).is_same
