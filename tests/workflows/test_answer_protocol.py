"""The answer protocol of design.md section 6, invariant by invariant."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment import attempt_queries
from elearn.assessment.domain.protocol import Event, Save
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptState,
    Grade,
    Question,
)
from elearn.infra.db import db
from elearn.infra.db import now as database_now
from elearn.kernel.actor import Actor
from elearn.kernel.errors import Conflict, Invalid, NotFound
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import (
    a_save,
    items_of,
    make_device,
    make_learner,
    move_deadline,
)
from tests.support.threads import at_once

STORED, LATE, SUPERSEDED = AnswerStatus.STORED, AnswerStatus.LATE, AnswerStatus.SUPERSEDED


class Sitting:
    """A learner who has begun a paper of three questions: q1 (a), q2 (a, c), q3 (true)."""

    def __init__(self, session: Session) -> None:
        make_question(session, "q1")
        make_question(session, "q2", type="multiple_choice", correct="ac", scoring="partial")
        make_question(session, "q3", type="true_false", answer=True)
        make_paper(
            session,
            "de",
            sections=[{"title": "Chung", "questions": ["q1", "q2", "q3"]}],
            shuffle=False,
        )
        self.session = session
        self.user: User = make_learner(session)
        self.device: Actor = make_device(session, self.user)
        self.id = take_quiz.start(self.device, "de")
        items = items_of(session, self.id)
        self.q1, self.q2, self.q3 = items["q1"], items["q2"], items["q3"]

    def save(self, *args: object, **given: object) -> AnswerStatus:
        saved = take_quiz.save_answers(self.device, self.id, a_save(*args, **given))
        return saved.acks[0].status

    def events(self) -> list[AnswerEvent]:
        self.session.rollback()
        return list(self.session.scalars(select(AnswerEvent).order_by(AnswerEvent.id)))

    def counted(self) -> dict[int, object]:
        self.session.rollback()
        current = attempt_queries.current_answers(self.session, self.id)
        return {item: answer.value for item, answer in current.items()}

    def attempt(self) -> Attempt:
        self.session.rollback()
        return self.session.get_one(Attempt, self.id)

    def grades(self) -> list[Grade]:
        self.session.rollback()
        return list(self.session.scalars(select(Grade).order_by(Grade.number)))


@pytest.fixture
def sitting(session: Session) -> Sitting:
    return Sitting(session)


def test_i1_what_is_acknowledged_is_seen_by_another_connection(sitting: Sitting) -> None:
    uuid = str(uuid4())
    saved = take_quiz.save_answers(sitting.device, sitting.id, a_save(sitting.q1, "b", uuid=uuid))
    assert [(ack.uuid, ack.status) for ack in saved.acks] == [(uuid, STORED)]
    with db.engine.connect() as other:
        found = other.execute(select(AnswerEvent.value).where(AnswerEvent.uuid == uuid)).all()
    assert [row.value for row in found] == ["b"]


def test_i1_a_save_refused_in_one_event_stores_none(sitting: Sitting) -> None:
    good, bad = Event(str(uuid4()), sitting.q1, 1, "a"), Event(str(uuid4()), sitting.q1, 2, "z")
    with pytest.raises(Invalid, match=r"assessment\.value"):
        take_quiz.save_answers(sitting.device, sitting.id, Save(1, (good, bad)))
    assert sitting.events() == []


def test_i2_the_last_by_client_seq_counts_whatever_the_order_of_arrival(sitting: Sitting) -> None:
    sitting.save(sitting.q1, "c", seq=3)
    sitting.save(sitting.q1, "a", seq=1)
    sitting.save(sitting.q1, "b", seq=2)
    assert [event.value for event in sitting.events()] == ["c", "a", "b"]
    assert sitting.counted() == {sitting.q1: "c"}


def test_i3_the_same_uuid_makes_one_row_and_the_same_acknowledgement(sitting: Sitting) -> None:
    uuid = str(uuid4())
    assert sitting.save(sitting.q1, "a", seq=1, uuid=uuid) is STORED
    assert sitting.save(sitting.q1, "b", seq=2, uuid=uuid.upper()) is STORED
    twice = Save(1, (Event(uuid, sitting.q1, 3, "c"), Event(uuid, sitting.q1, 3, "c")))
    saved = take_quiz.save_answers(sitting.device, sitting.id, twice)
    assert [ack.status for ack in saved.acks] == [STORED, STORED]
    assert [event.value for event in sitting.events()] == ["a"]


def test_i3_the_acknowledgement_stays_the_same_after_the_deadline(sitting: Sitting) -> None:
    uuid = str(uuid4())
    sitting.save(sitting.q1, "a", uuid=uuid)
    move_deadline(sitting.session, sitting.id, -5)
    assert sitting.save(sitting.q1, "a", uuid=uuid) is STORED


def test_i3_parallel_saves_with_one_uuid_make_one_row(app: Flask, sitting: Sitting) -> None:
    save = a_save(sitting.q1, "b")
    sitting.session.rollback()
    acts = [lambda: take_quiz.save_answers(sitting.device, sitting.id, save)] * 16
    results = at_once(app, acts)
    assert [result.acks[0].status for result in results] == [STORED] * 16
    assert len(sitting.events()) == 1


def test_i3_a_uuid_of_another_attempt_is_refused(sitting: Sitting) -> None:
    uuid = str(uuid4())
    sitting.save(sitting.q1, "a", uuid=uuid)
    other = make_device(sitting.session, make_learner(sitting.session))
    attempt_id = take_quiz.start(other, "de")
    item = items_of(sitting.session, attempt_id)["q1"]
    with pytest.raises(Conflict, match=r"assessment\.uuid"):
        take_quiz.save_answers(other, attempt_id, a_save(item, "b", uuid=uuid))
    assert [event.attempt_id for event in sitting.events()] == [sitting.id]


def test_i4_the_deadline_is_judged_by_the_clock_of_the_database(sitting: Sitting) -> None:
    move_deadline(sitting.session, sitting.id, 30)
    assert sitting.save(sitting.q1, "a") is STORED
    move_deadline(sitting.session, sitting.id, -0.5)
    assert sitting.save(sitting.q1, "b", seq=2) is LATE


def test_i4_the_deadline_is_start_and_limit_and_is_told_with_the_time(sitting: Sitting) -> None:
    saved = take_quiz.save_answers(sitting.device, sitting.id, Save(1, ()))
    attempt = sitting.attempt()
    assert saved.deadline_at == attempt.deadline_at == attempt.started_at + timedelta(minutes=20)
    assert abs(saved.server_now - database_now(sitting.session)) < timedelta(seconds=5)
    assert (saved.epoch, saved.state) == (1, AttemptState.IN_PROGRESS)


def test_i5_a_late_answer_is_kept_with_its_reason_and_does_not_count(sitting: Sitting) -> None:
    sitting.save(sitting.q1, "b", seq=1)
    move_deadline(sitting.session, sitting.id, -1)
    assert sitting.save(sitting.q1, "a", seq=2) is LATE
    assert [(event.status, event.reason) for event in sitting.events()] == [
        (STORED, None),
        (LATE, "deadline"),
    ]
    assert sitting.counted() == {sitting.q1: "b"}
    assert sitting.grades()[0].score == 0


def test_i5_an_answer_after_submission_is_kept_as_late(sitting: Sitting) -> None:
    take_quiz.submit(sitting.device, sitting.id)
    saved = take_quiz.save_answers(sitting.device, sitting.id, a_save(sitting.q1, "a"))
    assert (saved.acks[0].status, saved.state) == (LATE, AttemptState.GRADED)
    assert [event.reason for event in sitting.events()] == ["submitted"]
    assert [grade.score for grade in sitting.grades()] == [0]


def test_i6_submitting_grades_what_was_stored(sitting: Sitting) -> None:
    sitting.save(sitting.q1, "a")
    sitting.save(sitting.q2, ["c"])
    take_quiz.submit(sitting.device, sitting.id)
    attempt, grade = sitting.attempt(), sitting.grades()[0]
    assert (attempt.state, attempt.closed_by) == (AttemptState.GRADED, "examinee")
    assert attempt.submitted_at is not None
    assert (grade.score, grade.max_score) == (Decimal("1.5"), Decimal(3))
    assert grade.passed
    assert {int(item): Decimal(points) for item, points in grade.item_scores.items()} == {
        sitting.q1: Decimal(1),
        sitting.q2: Decimal("0.5"),
        sitting.q3: Decimal(0),
    }


def test_i6_fifty_parallel_submits_make_one_transition_and_one_grade(
    app: Flask, sitting: Sitting
) -> None:
    sitting.save(sitting.q1, "a")
    sitting.session.rollback()
    results = at_once(app, [lambda: take_quiz.submit(sitting.device, sitting.id)] * 50)
    assert results == [None] * 50
    assert [(grade.number, grade.score) for grade in sitting.grades()] == [(1, 1)]
    assert sitting.attempt().state is AttemptState.GRADED


def test_i6_saves_racing_a_submit_are_counted_or_late_never_lost(
    app: Flask, sitting: Sitting
) -> None:
    saves = [a_save(sitting.q3, value=True, seq=seq) for seq in range(1, 9)]
    sitting.session.rollback()
    acts = [
        *(
            lambda save=save: take_quiz.save_answers(sitting.device, sitting.id, save).acks[0]
            for save in saves
        ),
        lambda: take_quiz.submit(sitting.device, sitting.id),
    ]
    results = at_once(app, acts)[:8]
    by_uuid = {event.uuid: event.status for event in sitting.events()}
    assert {ack.uuid: ack.status for ack in results} == by_uuid
    stored = any(status is STORED for status in by_uuid.values())
    assert sitting.grades()[0].score == (1 if stored else 0)


def test_i6_two_starts_at_once_make_one_attempt(app: Flask, session: Session) -> None:
    make_question(session, "q1")
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}])
    device = make_device(session, make_learner(session))
    session.rollback()
    results = at_once(app, [lambda: take_quiz.start(device, "de")] * 8)
    attempts = session.scalars(select(Attempt)).all()
    assert [attempt.number for attempt in attempts] == [1]
    assert results == [attempts[0].id] * 8


def test_i7_a_running_attempt_never_sees_an_edit(sitting: Sitting) -> None:
    before = take_quiz.open_sheet(sitting.device, sitting.id)[1]
    question = sitting.session.scalars(select(Question).where(Question.code == "q1")).one()
    make_question_version(
        sitting.session,
        question,
        body={
            "stem": "Câu hỏi đã sửa",
            "options": [{"text": "x", "correct": False}, {"text": "y", "correct": True}],
            "explanation": "Đáp án đã đổi.",
        },
    )
    assert take_quiz.open_sheet(sitting.device, sitting.id)[1] == before
    sitting.save(sitting.q1, "a")
    take_quiz.submit(sitting.device, sitting.id)
    assert sitting.grades()[0].item_scores[str(sitting.q1)] == "1.0000"
    assert "Câu hỏi đã sửa" not in repr(take_quiz.open_result(sitting.device, sitting.id))


def test_i8_a_new_device_takes_a_new_epoch_and_the_older_is_told(sitting: Sitting) -> None:
    other = make_device(sitting.session, sitting.user)
    take_quiz.take_over(other, sitting.id)
    saved = take_quiz.save_answers(sitting.device, sitting.id, a_save(sitting.q1, "b"))
    assert (saved.acks[0].status, saved.epoch) == (SUPERSEDED, 2)
    fresh = take_quiz.save_answers(other, sitting.id, a_save(sitting.q1, "a", epoch=2))
    assert (fresh.acks[0].status, fresh.epoch) == (STORED, 2)
    assert [(event.status, event.reason) for event in sitting.events()] == [
        (SUPERSEDED, "epoch"),
        (STORED, None),
    ]
    assert sitting.counted() == {sitting.q1: "a"}


def test_i8_a_newer_epoch_outranks_any_client_seq(sitting: Sitting) -> None:
    sitting.save(sitting.q1, "b", seq=900)
    other = make_device(sitting.session, sitting.user)
    take_quiz.take_over(other, sitting.id)
    take_quiz.save_answers(other, sitting.id, a_save(sitting.q1, "a", epoch=2, seq=1))
    assert sitting.counted() == {sitting.q1: "a"}


def test_i8_starting_again_from_another_device_takes_over(sitting: Sitting) -> None:
    other = make_device(sitting.session, sitting.user)
    assert take_quiz.start(other, "de") == sitting.id
    assert sitting.attempt().epoch == 2
    assert take_quiz.start(other, "de") == sitting.id
    take_quiz.take_over(other, sitting.id)
    assert sitting.attempt().epoch == 2


def test_i8_superseded_answers_count_only_once_the_examinee_accepts_them(
    sitting: Sitting,
) -> None:
    other = make_device(sitting.session, sitting.user)
    take_quiz.take_over(other, sitting.id)
    take_quiz.save_answers(other, sitting.id, a_save(sitting.q2, ["b"], epoch=2))
    sitting.save(sitting.q1, "a", seq=1)
    sitting.save(sitting.q2, ["a", "c"], seq=2)
    sheet = take_quiz.open_sheet(other, sitting.id)[1]
    assert sheet is not None
    assert sheet.superseded == (1, 2)
    assert sitting.counted() == {sitting.q2: ["b"]}
    assert take_quiz.accept_superseded(other, sitting.id) == 2
    assert sitting.counted() == {sitting.q1: "a", sitting.q2: ["a", "c"]}
    assert take_quiz.accept_superseded(other, sitting.id) == 0
    assert [event.reason for event in sitting.events()[-2:]] == ["accepted", "accepted"]


def test_i8_nothing_is_accepted_after_the_deadline(sitting: Sitting) -> None:
    other = make_device(sitting.session, sitting.user)
    take_quiz.take_over(other, sitting.id)
    sitting.save(sitting.q1, "a")
    move_deadline(sitting.session, sitting.id, -1)
    assert take_quiz.accept_superseded(other, sitting.id) == 0
    assert [event.status for event in sitting.events()] == [SUPERSEDED]


def test_i8_an_answer_given_since_outweighs_what_the_former_device_sent(sitting: Sitting) -> None:
    other = make_device(sitting.session, sitting.user)
    take_quiz.take_over(other, sitting.id)
    sitting.save(sitting.q1, "a")
    take_quiz.save_answers(other, sitting.id, a_save(sitting.q1, "b", epoch=2))
    assert take_quiz.accept_superseded(other, sitting.id) == 0
    assert sitting.counted() == {sitting.q1: "b"}


def test_i8_an_epoch_that_never_began_is_refused(sitting: Sitting) -> None:
    for epoch in (0, 2):
        with pytest.raises(Invalid, match=r"assessment\.epoch"):
            take_quiz.save_answers(sitting.device, sitting.id, a_save(sitting.q1, "a", epoch=epoch))
    assert sitting.events() == []


def test_a_question_of_another_attempt_is_refused(sitting: Sitting) -> None:
    other = make_device(sitting.session, make_learner(sitting.session))
    foreign = items_of(sitting.session, take_quiz.start(other, "de"))["q1"]
    with pytest.raises(Invalid, match=r"assessment\.item"):
        sitting.save(foreign, "a")


@pytest.mark.parametrize("act", ["save", "submit", "take_over", "accept", "sheet", "result"])
def test_the_attempt_of_another_is_not_there(sitting: Sitting, act: str) -> None:
    stranger = make_device(sitting.session, make_learner(sitting.session))
    acts = {
        "save": lambda: take_quiz.save_answers(stranger, sitting.id, a_save(sitting.q1, "a")),
        "submit": lambda: take_quiz.submit(stranger, sitting.id),
        "take_over": lambda: take_quiz.take_over(stranger, sitting.id),
        "accept": lambda: take_quiz.accept_superseded(stranger, sitting.id),
        "sheet": lambda: take_quiz.open_sheet(stranger, sitting.id),
        "result": lambda: take_quiz.open_result(stranger, sitting.id),
    }
    with pytest.raises(NotFound, match=r"assessment\.attempt"):
        acts[act]()
    attempt = sitting.attempt()
    assert (attempt.state, attempt.epoch) == (AttemptState.IN_PROGRESS, 1)
    assert sitting.session.scalar(select(func.count()).select_from(AnswerEvent)) == 0
