"""Enemies of a question on its page in the bank."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.assessment.domain.enemies import MOST_IN_A_SET
from elearn.assessment.forms.enemies import list_sets, replace_sets
from elearn.assessment.models import Question
from elearn.infra.models import AuditEntry
from elearn.kernel.clock import utc_now
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_learner
from tests.factories.curriculum import make_module
from tests.support.accounts import Visitor
from tests.web.author.conftest import Staff

PAGE = "/author/questions/q1/enemies"


@pytest.fixture(autouse=True)
def bank(session: Session) -> None:
    make_module(session, "m1")
    for number in range(1, 6):
        make_question(session, f"q{number}", module_code="m1")


def _join(staff: Staff, other: str, page: str = PAGE) -> TestResponse:
    return staff.client.post(page, data={"code": other})


def _sets(session: Session) -> list[list[str]]:
    session.rollback()
    return list_sets(session)


def test_two_questions_become_enemies(author: Staff, session: Session) -> None:
    assert "chưa loại trừ câu nào" in author.client.get(PAGE).text
    assert _join(author, " q2 ").status_code == 302
    assert _sets(session) == [["q1", "q2"]]
    assert 'href="/author/questions/q2/enemies"' in author.client.get(PAGE).text
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(act.act, act.subject_id, act.details) for act in acts] == [
        ("enemies.join", "q1", {"other": "q2"})
    ]


def test_sets_that_meet_become_one(reviewer: Staff, session: Session) -> None:
    replace_sets(session, [["q1", "q2"], ["q3", "q4"]], user_id=None, now=utc_now())
    session.commit()
    assert _join(reviewer, "q4").status_code == 302
    assert _sets(session) == [["q1", "q2", "q3", "q4"]]


def test_a_question_leaves_its_set(author: Staff, session: Session) -> None:
    replace_sets(session, [["q1", "q2", "q3"], ["q4", "q5"]], user_id=None, now=utc_now())
    session.commit()
    assert author.client.post(PAGE + "/leave").status_code == 302
    assert _sets(session) == [["q2", "q3"], ["q4", "q5"]]
    author.client.post("/author/questions/q4/enemies/leave")
    assert _sets(session) == [["q2", "q3"]]


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ("q9", 422, "Không có câu hỏi “q9” đang dùng."),
        ("q1", 422, "mã của một câu hỏi khác"),
        ("", 422, "không được để trống"),
        ("q2", 409, "đã ở cùng một nhóm"),
    ],
)
def test_what_cannot_be_is_refused(
    author: Staff, session: Session, other: str, status: int, words: str
) -> None:
    replace_sets(session, [["q1", "q2"]], user_id=None, now=utc_now())
    session.commit()
    answer = _join(author, other)
    assert answer.status_code == status
    assert words in answer.text
    assert _sets(session) == [["q1", "q2"]]


def test_a_set_has_its_limit(author: Staff, session: Session) -> None:
    codes = [f"x{number:02}" for number in range(MOST_IN_A_SET)]
    for code in codes:
        make_question(session, code, module_code="m1")
    replace_sets(session, [codes], user_id=None, now=utc_now())
    session.commit()
    answer = _join(author, "x00")
    assert answer.status_code == 422
    assert "tối đa 50 câu" in answer.text


def test_enemies_that_would_leave_a_paper_short_are_refused(
    author: Staff, session: Session
) -> None:
    make_paper(session, "de", sections=[{"title": "A", "draw": [{"module": "m1", "count": 5}]}])
    answer = _join(author, "q2")
    assert answer.status_code == 409
    assert "Đề “de”: ngân hàng chỉ có 4 câu cho ô này, cần 5, thiếu 1" in answer.text
    assert _sets(session) == []


def test_an_inline_check_is_marked(author: Staff, session: Session) -> None:
    assert "câu kiểm tra nhanh" not in author.client.get(PAGE).text
    session.execute(update(Question).where(Question.code == "q1").values(is_inline_check=True))
    session.commit()
    assert "câu kiểm tra nhanh trong một bài học đang xuất bản" in author.client.get(PAGE).text


def test_others_may_not(visitor: Visitor, author: Staff, session: Session) -> None:
    assert author.client.get("/author/questions/la/enemies").status_code == 404
    learner = visitor.as_user(make_learner(session))
    assert learner.get(PAGE).status_code == 403
    assert learner.post(PAGE, data={"code": "q2"}).status_code == 403
    assert learner.post(PAGE + "/leave").status_code == 403
    assert _sets(session) == []
