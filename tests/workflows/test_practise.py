"""Daily review: what joins, what is asked, who may see it, how it comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import FeedbackRule, Grade, Question
from elearn.assessment.practice.models import PracticeCard, PracticeReview, Recall
from elearn.assessment.practice.rules import NEW_A_DAY
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.org.models import Person, Unit
from elearn.workflows import practise, take_quiz
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import a_save, items_of, make_device
from tests.factories.curriculum import make_lesson, make_module
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_person,
    make_unit,
    make_user,
)
from tests.factories.progress import make_mark

NOW = utc_now()
LATER = NOW + timedelta(days=60)
RIGHT, WRONG = {"": ["a"]}, {"": ["b"]}


@pytest.fixture
def person(session: Session) -> Person:
    return make_person(session)


@pytest.fixture
def learner(session: Session, person: Person) -> Actor:
    return make_device(session, make_user(session, person=person))


@pytest.fixture
def studied(session: Session, person: Person) -> list[str]:
    """Return the checks of a lesson that the person has finished."""
    codes = ["cau-1", "cau-2"]
    for code in codes:
        make_question(session, code)
    lesson = make_lesson(session, make_module(session, "m1"), "l1", check_codes=tuple(codes))
    make_mark(session, person, lesson)
    return codes


def _cards(session: Session) -> set[str]:
    session.rollback()
    rows = session.scalars(
        select(Question.code).join(PracticeCard, PracticeCard.question_id == Question.id)
    )
    return set(rows)


def _fail(session: Session, learner: Actor, feedback: FeedbackRule) -> None:
    """Sit a paper of two questions, one answered right and one wrong."""
    for code in ("dung", "sai"):
        make_question(session, code)
    sections = [{"title": "Chung", "questions": ["dung", "sai"]}]
    make_paper(session, "de", sections=sections, feedback=feedback)
    attempt_id = take_quiz.start(learner, "de")
    items = items_of(session, attempt_id)
    session.rollback()
    take_quiz.save_answers(learner, attempt_id, a_save(items["dung"], "a"))
    take_quiz.save_answers(learner, attempt_id, a_save(items["sai"], "b", seq=2))
    take_quiz.submit(learner, attempt_id)


def test_checks_of_finished_lessons_join(
    session: Session, learner: Actor, studied: list[str]
) -> None:
    desk = practise.open_desk(learner, now=NOW)
    assert (desk.today.new, desk.today.due, desk.today.done) == (2, 0, 0)
    assert desk.asked is not None
    assert _cards(session) == set(studied)


def test_an_opened_lesson_is_not_a_learnt_one(
    session: Session, learner: Actor, person: Person
) -> None:
    make_question(session, "cau-1")
    lesson = make_lesson(session, make_module(session, "m1"), "l1", check_codes=("cau-1",))
    make_mark(session, person, lesson, finished=False)
    desk = practise.open_desk(learner, now=NOW)
    assert desk.asked is None
    assert desk.today.cards == 0


def test_misses_join_once_their_keys_are_released(session: Session, learner: Actor) -> None:
    _fail(session, learner, FeedbackRule.AFTER_SUBMIT)
    practise.open_desk(learner, now=NOW)
    assert _cards(session) == {"sai"}


@pytest.mark.parametrize("rule", [FeedbackRule.NEVER, FeedbackRule.AFTER_CLOSE])
def test_misses_whose_keys_are_kept_back_never_join(
    session: Session, learner: Actor, rule: FeedbackRule
) -> None:
    _fail(session, learner, rule)
    practise.open_desk(learner, now=NOW)
    assert session.scalars(select(Grade)).one().score == 1
    assert _cards(session) == set()


def test_a_right_answer_comes_back_later_than_a_wrong_one(
    session: Session, learner: Actor, studied: list[str]
) -> None:
    first = practise.open_desk(learner, now=NOW).asked
    right = practise.answer(learner, first.card_id, first.version_id, RIGHT, now=NOW)
    second = practise.open_desk(learner, now=NOW).asked
    assert second.code != first.code
    wrong = practise.answer(learner, second.card_id, second.version_id, WRONG, now=NOW)
    good, bad = (practise.tell(learner, one, now=NOW) for one in (right, wrong))
    assert (good.review.share, bad.review.share) == (1, 0)
    assert good.review.due_at > bad.review.due_at > NOW
    assert practise.open_desk(learner, now=NOW).asked is None
    back = practise.open_desk(learner, now=LATER)
    assert (back.today.due, back.asked.code) == (2, second.code)


def test_he_says_how_hard_it_was_once_more(
    session: Session, learner: Actor, studied: list[str]
) -> None:
    asked = practise.open_desk(learner, now=NOW).asked
    review = practise.answer(learner, asked.card_id, asked.version_id, RIGHT, now=NOW)
    plain = practise.tell(learner, review, now=NOW).review.due_at
    practise.say_recall(learner, review, Recall.EASY)
    assert practise.tell(learner, review, now=NOW).review.due_at > plain
    practise.say_recall(learner, review, Recall.HARD)
    assert practise.tell(learner, review, now=NOW).review.due_at < plain
    with pytest.raises(Invalid):
        practise.say_recall(learner, review, Recall.AGAIN)
    practise.answer(learner, asked.card_id, asked.version_id, RIGHT, now=LATER)
    with pytest.raises(Conflict):
        practise.say_recall(learner, review, Recall.EASY)


def test_new_questions_join_a_few_a_day(session: Session, learner: Actor, person: Person) -> None:
    codes = tuple(f"cau-{number}" for number in range(NEW_A_DAY + 5))
    for code in codes:
        make_question(session, code)
    lesson = make_lesson(session, make_module(session, "m1"), "l1", check_codes=codes)
    make_mark(session, person, lesson)
    for _ in range(NEW_A_DAY):
        asked = practise.open_desk(learner, now=NOW).asked
        practise.answer(learner, asked.card_id, asked.version_id, RIGHT, now=NOW)
    desk = practise.open_desk(learner, now=NOW)
    assert (desk.asked, desk.today.done, desk.today.left) == (None, NEW_A_DAY, 0)
    assert practise.open_desk(learner, now=NOW + timedelta(days=1)).today.new == 5


def test_nothing_answered_is_refused(session: Session, learner: Actor, studied: list[str]) -> None:
    asked = practise.open_desk(learner, now=NOW).asked
    for fields in ({}, {"": ["x"]}):
        with pytest.raises(Invalid):
            practise.answer(learner, asked.card_id, asked.version_id, fields, now=NOW)
    session.rollback()
    assert session.scalars(select(PracticeReview)).all() == []


def test_a_question_worded_anew_is_shown_anew(
    session: Session, learner: Actor, studied: list[str]
) -> None:
    asked = practise.open_desk(learner, now=NOW).asked
    question = session.scalars(select(Question).where(Question.code == asked.code)).one()
    body = {**asked.body, "stem": "Câu hỏi mới?"}
    make_question_version(session, question, body=body)
    with pytest.raises(Conflict):
        practise.answer(learner, asked.card_id, asked.version_id, RIGHT, now=NOW)
    assert practise.open_desk(learner, now=NOW).asked.body["stem"] == "Câu hỏi mới?"


def test_a_retired_question_is_asked_no_more(
    session: Session, learner: Actor, studied: list[str]
) -> None:
    practise.open_desk(learner, now=NOW)
    session.execute(update(Question).values(retired_at=NOW))
    session.commit()
    assert practise.open_desk(learner, now=NOW).asked is None


def test_cards_and_reviews_of_others_are_not_there(
    session: Session, learner: Actor, studied: list[str]
) -> None:
    asked = practise.open_desk(learner, now=NOW).asked
    review = practise.answer(learner, asked.card_id, asked.version_id, RIGHT, now=NOW)
    other = make_device(session, make_user(session, person=make_person(session)))
    with pytest.raises(NotFound):
        practise.answer(other, asked.card_id, asked.version_id, RIGHT, now=NOW)
    with pytest.raises(NotFound):
        practise.tell(other, review, now=NOW)
    with pytest.raises(NotFound):
        practise.say_recall(other, review, Recall.GOOD)
    with pytest.raises(Forbidden):
        practise.open_desk(actor_of(make_user(session)), now=NOW)


def _practises(session: Session, unit: Unit) -> None:
    person = make_person(session)
    make_assignment(session, person, unit)
    question = session.scalars(select(Question)).one()
    card = PracticeCard(
        person_id=person.id, question_id=question.id, memory=None, due_at=NOW, added_at=NOW
    )
    session.add(card)
    session.flush()
    session.add(
        PracticeReview(
            card_id=card.id,
            question_version_id=question.published_version_id,
            value="a",
            share=Decimal(1),
            recall=Recall.GOOD,
            before=None,
            reviewed_at=NOW,
        )
    )
    session.commit()


def test_a_unit_sees_an_aggregate_from_five_people_up(session: Session) -> None:
    unit, elsewhere = make_unit(session), make_unit(session)
    make_question(session, "cau-1", module_code="m1")
    user = make_user(session)
    hr = actor_of(user, grant(session, user, Role.HR, unit))
    for _ in range(4):
        _practises(session, unit)
    _practises(session, elsewhere)
    assert practise.show_use(hr, now=utc_now()) == []
    _practises(session, unit)
    ((title, use),) = practise.show_use(hr, now=utc_now())
    assert (title, use.people, use.answers, use.right) == ("m1", 5, 5, 1.0)
