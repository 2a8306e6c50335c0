"""The factories of what is taught and asked make rows that both databases take."""

from decimal import Decimal

from sqlalchemy.orm import Session

from elearn.assessment.models import PaperVersion, QuestionVersion
from elearn.curriculum.models import LessonVersion
from tests.factories.assessment import make_paper, make_question
from tests.factories.curriculum import make_lesson, make_module, make_programme


def test_a_lesson_points_at_its_published_version(session: Session) -> None:
    module = make_module(session)
    lesson = make_lesson(session, module, check_codes=("c1",))
    make_programme(session, modules=(module,))
    assert lesson.published_version_id is not None
    version = session.get_one(LessonVersion, lesson.published_version_id)
    assert (version.number, version.check_codes) == (1, ["c1"])


def test_a_question_and_a_paper_point_at_their_published_versions(session: Session) -> None:
    question = make_question(session, type="multiple_choice", correct="ac", points=Decimal(2))
    paper = make_paper(session)
    version = session.get_one(QuestionVersion, question.published_version_id)
    assert [option["correct"] for option in version.body["options"]] == [True, False, True, False]
    assert session.get_one(PaperVersion, paper.published_version_id).pass_percent == 50
