"""Beginning an attempt, its limits, and its end at the deadline."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment import queries
from elearn.assessment.forms.queries import redraw
from elearn.assessment.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    ExtraAttempt,
    Grade,
    Question,
    QuestionVersion,
)
from elearn.infra.db import now as database_now
from elearn.kernel.actor import SYSTEM, Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, NotFound
from elearn.worker.schedule import EVERY_MINUTE
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import (
    a_save,
    items_of,
    make_device,
    make_learner,
    move_deadline,
)
from tests.support.statements import recorded


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


@pytest.fixture
def device(session: Session, learner: User) -> Actor:
    return make_device(session, learner)


def _bank(session: Session, size: int) -> None:
    for number in range(1, size + 1):
        make_question(session, f"q{number}")


def _one_question(session: Session, **given: object) -> None:
    _bank(session, 1)
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}], **given)


def _attempt(session: Session, attempt_id: int) -> Attempt:
    session.rollback()
    return session.get_one(Attempt, attempt_id)


def test_an_attempt_pins_what_was_drawn(session: Session, device: Actor) -> None:
    _bank(session, 5)
    make_paper(session, "de")
    attempt_id = take_quiz.start(device, "de")
    items = session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)).all()
    assert [item.position for item in items] == [1, 2]
    assert all(sorted(item.option_order) == ["a", "b", "c", "d"] for item in items)
    assert len(_attempt(session, attempt_id).seed) == 32


def test_an_open_attempt_is_gone_on_with(session: Session, device: Actor) -> None:
    _one_question(session)
    assert take_quiz.start(device, "de") == take_quiz.start(device, "de")
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_only_published_questions_in_use_are_drawn(session: Session, device: Actor) -> None:
    _bank(session, 4)
    session.execute(update(Question).where(Question.code == "q1").values(retired_at=utc_now()))
    session.execute(update(Question).where(Question.code == "q2").values(published_version_id=None))
    session.commit()
    make_paper(session, "de")
    attempt_id = take_quiz.start(device, "de")
    assert sorted(items_of(session, attempt_id)) == ["q3", "q4"]


def test_a_question_of_an_unknown_type_is_not_drawn(session: Session, device: Actor) -> None:
    _bank(session, 2)
    make_question(session, "q9")
    session.execute(
        update(QuestionVersion)
        .where(
            QuestionVersion.question_id
            == select(Question.id).where(Question.code == "q1").scalar_subquery()
        )
        .values(type="hologram")
    )
    session.commit()
    make_paper(session, "de")
    assert sorted(items_of(session, take_quiz.start(device, "de"))) == ["q2", "q9"]


def test_the_newest_published_version_is_drawn(session: Session, device: Actor) -> None:
    _one_question(session)
    question = session.scalars(select(Question)).one()
    version = session.get_one(QuestionVersion, question.published_version_id)
    newer = make_question_version(session, question, body=dict(version.body))
    attempt_id = take_quiz.start(device, "de")
    assert session.scalars(
        select(AttemptItem.question_version_id).where(AttemptItem.attempt_id == attempt_id)
    ).all() == [newer.id]


def test_a_short_bank_starts_nothing_and_costs_no_attempt(session: Session, device: Actor) -> None:
    _bank(session, 1)
    make_paper(session, "de")
    with pytest.raises(Conflict, match=r"assessment\.short"):
        take_quiz.start(device, "de")
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


@pytest.mark.parametrize("change", ["retired", "unpublished", "absent"])
def test_a_paper_that_is_not_published_is_not_there(
    session: Session, device: Actor, change: str
) -> None:
    _bank(session, 2)
    if change != "absent":
        paper = make_paper(session, "de")
        if change == "retired":
            paper.retired_at = utc_now()
        else:
            paper.published_version_id = None
        session.commit()
    with pytest.raises(NotFound, match=r"assessment\.paper"):
        take_quiz.start(device, "de")


def test_an_account_without_a_person_cannot_sit_a_paper(session: Session) -> None:
    _one_question(session)
    with pytest.raises(Forbidden, match=r"access\.no_person"):
        take_quiz.start(SYSTEM, "de")


def test_attempts_are_limited_and_may_be_granted(
    session: Session, learner: User, device: Actor
) -> None:
    _one_question(session, attempts=1)
    take_quiz.submit(device, take_quiz.start(device, "de"))
    with pytest.raises(Conflict) as caught:
        take_quiz.start(device, "de")
    assert caught.value.text() == "Bạn đã dùng hết 1 lượt làm bài này."
    paper = queries.get_paper(session, "de")
    session.add(
        ExtraAttempt(
            person_id=learner.person_id,
            paper_id=paper.paper_id,
            count=1,
            reason="Mất điện",
            granted_by=learner.id,
            granted_at=utc_now(),
        )
    )
    session.commit()
    second = take_quiz.start(device, "de")
    assert _attempt(session, second).number == 2


def test_attempts_without_limit(session: Session, device: Actor) -> None:
    _one_question(session, attempts=None, time_limit_minutes=None)
    for number in (1, 2, 3):
        attempt_id = take_quiz.start(device, "de")
        assert _attempt(session, attempt_id).number == number
        assert _attempt(session, attempt_id).deadline_at is None
        take_quiz.submit(device, attempt_id)


def test_the_next_attempt_waits_for_the_cooldown(session: Session, device: Actor) -> None:
    _one_question(session, cooldown_hours=24)
    attempt_id = take_quiz.start(device, "de")
    take_quiz.submit(device, attempt_id)
    with pytest.raises(Conflict, match=r"assessment\.cooldown"):
        take_quiz.start(device, "de")
    session.execute(
        update(Attempt).values(submitted_at=database_now(session) - timedelta(hours=24, seconds=1))
    )
    session.commit()
    assert take_quiz.start(device, "de") != attempt_id


def test_the_attempts_of_one_person_do_not_count_for_another(
    session: Session, device: Actor
) -> None:
    _one_question(session, attempts=1)
    take_quiz.submit(device, take_quiz.start(device, "de"))
    other = make_device(session, make_learner(session))
    assert take_quiz.start(other, "de")


def test_an_overdue_attempt_is_closed_by_the_next_read(session: Session, device: Actor) -> None:
    _one_question(session)
    attempt_id = take_quiz.start(device, "de")
    item = items_of(session, attempt_id)["q1"]
    take_quiz.save_answers(device, attempt_id, a_save(item, "a"))
    move_deadline(session, attempt_id, -1)
    head, sheet, _ = take_quiz.open_sheet(device, attempt_id)
    assert (head.state, sheet, head.closed_by) == (AttemptState.GRADED, None, "deadline")
    assert head.submitted_at == head.deadline_at
    assert session.scalars(select(Grade.score)).all() == [1]


def test_an_overdue_attempt_is_closed_before_a_new_one_begins(
    session: Session, device: Actor
) -> None:
    _one_question(session)
    first = take_quiz.start(device, "de")
    move_deadline(session, first, -1)
    second = take_quiz.start(device, "de")
    assert second != first
    assert _attempt(session, first).state is AttemptState.GRADED


def test_an_overdue_attempt_stays_closed_when_no_other_may_begin(
    session: Session, device: Actor
) -> None:
    _one_question(session, attempts=1)
    first = take_quiz.start(device, "de")
    move_deadline(session, first, -1)
    with pytest.raises(Conflict, match=r"assessment\.attempts"):
        take_quiz.start(device, "de")
    assert _attempt(session, first).state is AttemptState.GRADED


def test_a_submit_after_the_deadline_ends_at_the_deadline(session: Session, device: Actor) -> None:
    _one_question(session)
    attempt_id = take_quiz.start(device, "de")
    move_deadline(session, attempt_id, -90)
    take_quiz.submit(device, attempt_id)
    attempt = _attempt(session, attempt_id)
    assert (attempt.closed_by, attempt.submitted_at) == ("deadline", attempt.deadline_at)


def test_the_sweep_closes_what_is_overdue_and_nothing_else(session: Session, device: Actor) -> None:
    _one_question(session)
    overdue = take_quiz.start(device, "de")
    running = take_quiz.start(make_device(session, make_learner(session)), "de")
    move_deadline(session, overdue, -1)
    assert take_quiz.close_overdue() == 1
    assert take_quiz.close_overdue() == 0
    assert _attempt(session, overdue).state is AttemptState.GRADED
    assert _attempt(session, running).state is AttemptState.IN_PROGRESS
    assert EVERY_MINUTE["close_overdue_attempts"] is take_quiz.close_overdue


def test_one_attempt_that_cannot_be_closed_does_not_hold_up_the_others(
    session: Session, device: Actor
) -> None:
    _one_question(session)
    broken = take_quiz.start(device, "de")
    sound = take_quiz.start(make_device(session, make_learner(session)), "de")
    session.execute(
        update(QuestionVersion).values(type="jousting").where(QuestionVersion.type != "")
    )
    session.commit()
    session.execute(
        update(AttemptItem)
        .where(AttemptItem.attempt_id == sound)
        .values(question_version_id=_plain_version(session))
    )
    session.commit()
    move_deadline(session, broken, -2)
    move_deadline(session, sound, -1)
    assert take_quiz.close_overdue() == 1
    assert _attempt(session, broken).state is AttemptState.IN_PROGRESS
    assert _attempt(session, sound).state is AttemptState.GRADED


def _plain_version(session: Session) -> int:
    question = make_question(session, "plain")
    assert question.published_version_id is not None
    return question.published_version_id


def test_a_draw_can_be_done_again_from_its_seed(session: Session, device: Actor) -> None:
    _bank(session, 8)
    make_paper(session, "de")
    attempt_id = take_quiz.start(device, "de")
    drawn = list(items_of(session, attempt_id))
    _later_changes_of_the_bank(session)
    again = redraw(session, attempt_id)
    assert again.is_same
    assert [item.question.code for item in again.questions] == drawn
    assert [(item.section, item.cell) for item in again.questions] == [(0, 0), (0, 0)]


def _later_changes_of_the_bank(session: Session) -> None:
    make_question(session, "q-later")
    edited, retired = session.scalars(select(Question).order_by(Question.code).limit(2))
    version = session.get_one(QuestionVersion, edited.published_version_id)
    make_question_version(session, edited, body=dict(version.body))
    retired.retired_at = utc_now()
    session.commit()


def test_a_draw_that_was_tampered_with_does_not_come_out_the_same(
    session: Session, device: Actor
) -> None:
    _bank(session, 8)
    make_paper(session, "de")
    attempt_id = take_quiz.start(device, "de")
    session.execute(update(Attempt).values(seed="0" * 32))
    session.commit()
    assert not redraw(session, attempt_id).is_same


def test_a_plain_form_stores_only_what_it_changed(session: Session, device: Actor) -> None:
    _bank(session, 2)
    make_question(session, "q3", type="multiple_choice", correct="ab")
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1", "q2", "q3"]}])
    attempt_id = take_quiz.start(device, "de")
    items = items_of(session, attempt_id)
    fields = {str(items["q1"]): {"": ["b"]}, str(items["q3"]): {"": ["b", "a"]}}
    assert len(take_quiz.save_form(device, attempt_id, 1, 0, fields).acks) == 2
    assert len(take_quiz.save_form(device, attempt_id, 1, 2, fields).acks) == 0
    cleared = {str(items["q1"]): {"": ["c"]}}
    assert len(take_quiz.save_form(device, attempt_id, 1, 2, cleared).acks) == 2
    sheet = take_quiz.open_sheet(device, attempt_id)[1]
    assert sheet is not None
    ticked = {item.id: set(item.filled.get("", ())) for item in sheet.items}
    assert ticked == {items["q1"]: {"c"}, items["q2"]: set(), items["q3"]: set()}
    assert sheet.last_seq == 4


def test_an_old_form_sent_late_undoes_nothing(session: Session, device: Actor) -> None:
    _bank(session, 2)
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1", "q2"]}])
    attempt_id = take_quiz.start(device, "de")
    items = items_of(session, attempt_id)
    first, second = str(items["q1"]), str(items["q2"])
    take_quiz.save_form(device, attempt_id, 1, 0, {first: {"": ["a"]}})
    take_quiz.save_form(device, attempt_id, 1, 1, {first: {"": ["b"]}})
    take_quiz.save_form(device, attempt_id, 1, 1, {first: {"": ["a"]}, second: {"": ["d"]}})
    sheet = take_quiz.open_sheet(device, attempt_id)[1]
    assert sheet is not None
    assert {item.id: set(item.filled.get("", ())) for item in sheet.items} == {
        items["q1"]: {"b"},
        items["q2"]: {"d"},
    }


def test_a_save_takes_six_statements_at_most(session: Session, device: Actor) -> None:
    _one_question(session)
    attempt_id = take_quiz.start(device, "de")
    item = items_of(session, attempt_id)["q1"]
    with recorded() as statements:
        take_quiz.save_answers(device, attempt_id, a_save(item, "a"))
    assert len(statements) <= 5, statements  # and one more that knows who is signed in
