"""Passing the last test completes module and programme in the act that grades it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState
from elearn.kernel.clock import utc_now
from elearn.org.models import UnitKind
from elearn.progress.models import LessonMark, ModuleCompletion, ProgrammeCompletion
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import a_save, items_of, make_device, move_deadline
from tests.factories.curriculum import make_lesson, make_module, make_programme
from tests.factories.org import make_assignment, make_duty, make_person, make_unit, make_user


class Learner:
    """An official of a target group who has finished every lesson and may sit the test."""

    def __init__(self, session: Session) -> None:
        self.session = session
        province = make_unit(session, "T", kind=UnitKind.PROVINCE)
        unit = make_unit(session, parent=province)
        person = make_person(session)
        make_assignment(session, person, unit)
        make_duty(session, person, unit)
        make_question(session, "q1")
        make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}])
        module = make_module(session, test_paper_code="de")
        lesson = make_lesson(session, module)
        make_programme(session, modules=(module,), scope_unit_code="T", period_to=None)
        now = utc_now()
        session.add(
            LessonMark(
                person_id=person.id,
                lesson_id=lesson.id,
                opened_version_id=lesson.published_version_id,
                opened_at=now,
                finished_version_id=lesson.published_version_id,
                finished_at=now,
            )
        )
        session.commit()
        self.device = make_device(session, make_user(session, person=person))

    def sit(self, value: str) -> int:
        attempt_id = take_quiz.start(self.device, "de")
        item = items_of(self.session, attempt_id)["q1"]
        take_quiz.save_answers(self.device, attempt_id, a_save(item, value))
        return attempt_id

    def completed(self) -> tuple[int, int]:
        self.session.rollback()
        return (
            len(self.session.scalars(select(ModuleCompletion)).all()),
            len(self.session.scalars(select(ProgrammeCompletion)).all()),
        )


@pytest.fixture
def learner(session: Session) -> Learner:
    return Learner(session)


def test_a_failed_test_completes_nothing(learner: Learner) -> None:
    take_quiz.submit(learner.device, learner.sit("b"))
    assert learner.completed() == (0, 0)


def test_a_passed_test_completes_module_and_programme(learner: Learner) -> None:
    take_quiz.submit(learner.device, learner.sit("b"))
    take_quiz.submit(learner.device, learner.sit("a"))
    assert learner.completed() == (1, 1)


def test_the_sweep_completes_too(learner: Learner) -> None:
    attempt_id = learner.sit("a")
    move_deadline(learner.session, attempt_id, -1)
    assert take_quiz.close_overdue() == 1
    assert learner.completed() == (1, 1)
    assert learner.session.get_one(Attempt, attempt_id).state is AttemptState.GRADED


def test_submitting_twice_completes_once(learner: Learner) -> None:
    attempt_id = learner.sit("a")
    take_quiz.submit(learner.device, attempt_id)
    take_quiz.submit(learner.device, attempt_id)
    assert learner.completed() == (1, 1)
