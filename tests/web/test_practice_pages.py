"""Daily review through a browser without JavaScript."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.practice.models import PracticeReview, Recall
from elearn.kernel.actor import Role
from tests.factories.assessment import make_question
from tests.factories.curriculum import make_lesson, make_module
from tests.factories.org import grant, make_person, make_unit, make_user
from tests.factories.progress import make_mark
from tests.support.accounts import Visitor
from tests.support.statements import recorded


@pytest.fixture
def learner(session: Session, visitor: Visitor) -> FlaskClient:
    """Return somebody who has finished a lesson with two checks."""
    person = make_person(session)
    make_question(session, "cau-1")
    make_question(session, "cau-2", type="true_false", answer=True)
    lesson = make_lesson(session, make_module(session, "m1"), "l1", check_codes=("cau-1", "cau-2"))
    make_mark(session, person, lesson)
    return visitor.as_user(make_user(session, person=person))


def _form(page: str) -> tuple[str, str]:
    address = re.search(r'action="(/practice/cards/\d+)"', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert address is not None
    assert version is not None
    return address[1], version[1]


def test_a_review_from_the_first_question_to_the_last(
    session: Session, learner: FlaskClient
) -> None:
    page = learner.get("/practice").text
    assert "Vì sao đúng." not in page
    for answer in ("a", "true"):
        address, version = _form(page)
        told = learner.post(
            address, data={"version": version, "answer": answer}, follow_redirects=True
        )
        assert "Vì sao đúng." in told.text
        says = told.request.path
        page = learner.post(says, data={"recall": "4"}, follow_redirects=True).text
    assert "Hôm nay bạn đã ôn xong" in page
    assert set(session.scalars(select(PracticeReview.recall))) == {Recall.EASY}


def test_an_empty_answer_is_told_beside_the_question(learner: FlaskClient) -> None:
    address, version = _form(learner.get("/practice").text)
    answer = learner.post(address, data={"version": version})
    assert answer.status_code == 422
    assert "Hãy trả lời rồi bấm" in answer.text
    assert _form(answer.text) == (address, version)


def test_somebody_who_has_learnt_nothing_is_told_how_to_begin(
    session: Session, visitor: Visitor
) -> None:
    page = visitor.as_user(make_user(session, person=make_person(session))).get("/practice")
    assert "Chưa có câu nào để ôn" in page.text


def test_aggregate_of_a_small_unit_is_kept_back(session: Session, visitor: Visitor) -> None:
    user = make_user(session)
    grant(session, user, Role.LEADER, make_unit(session))
    page = visitor.as_user(user).get("/practice/use")
    assert "Chưa đủ số liệu để nêu" in page.text


def test_page_needs_few_statements(session: Session, learner: FlaskClient) -> None:
    learner.get("/practice")
    with recorded() as statements:
        learner.get("/practice")
    assert len(statements) <= 10
