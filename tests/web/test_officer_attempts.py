"""The officer's pages about attempts: his scope, results without answers, further attempts."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import Attempt, AttemptItem, ExtraAttempt, Grade, Question
from elearn.kernel.actor import Role
from elearn.org.models import Unit
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import a_save, items_of, make_device, move_deadline
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor


@pytest.fixture
def unit(session: Session) -> Unit:
    return make_unit(session, name="Sở Thử nghiệm")


def _person(session: Session, unit: Unit, name: str) -> User:
    person = make_person(session, full_name=name)
    make_assignment(session, person, unit)
    return make_user(session, person=person)


@pytest.fixture
def learner(session: Session, unit: Unit) -> User:
    return _person(session, unit, "Lò Thị Thử")


@pytest.fixture
def officer(session: Session, visitor: Visitor, unit: Unit) -> FlaskClient:
    user = make_user(session)
    grant(session, user, Role.PROGRAMME_OFFICER, unit)
    return visitor.as_user(user)


def _ended_attempt(session: Session, learner: User) -> int:
    make_question(session, "q1")
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}], attempts=1)
    device = make_device(session, learner)
    attempt_id = take_quiz.start(device, "de")
    item = items_of(session, attempt_id)["q1"]
    take_quiz.save_answers(device, attempt_id, a_save(item, "b", seq=1))
    move_deadline(session, attempt_id, -1)
    take_quiz.save_answers(device, attempt_id, a_save(item, "a", seq=2))
    return attempt_id


def test_the_officer_s_first_page_leads_to_his_tasks(officer: FlaskClient) -> None:
    page = officer.get("/officer").text
    assert 'href="/officer/attempts"' in page
    assert 'href="/coverage"' in page


def test_people_are_found_without_accents_within_the_scope(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    _person(session, make_unit(session), "Lò Thị Thử Ngoài")
    page = officer.get("/officer/attempts?q=lo thi thu").text
    assert f'href="/officer/attempts/{learner.person_id}"' in page
    assert "Sở Thử nghiệm" in page
    assert "Ngoài" not in page
    assert "1 dòng" in page


def test_nobody_is_listed_before_a_search(officer: FlaskClient, learner: User) -> None:
    assert "Lò Thị Thử" not in officer.get("/officer/attempts").text


def test_a_search_in_vain_says_so(officer: FlaskClient) -> None:
    assert "Không tìm thấy ai." in officer.get("/officer/attempts?q=zzz&page=abc").text


def test_attempts_are_shown_without_the_answers(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    _ended_attempt(session, learner)
    page = officer.get(f"/officer/attempts/{learner.person_id}").text
    assert "Đề de" in page
    assert "0/1 (0,0%)" in page
    assert "Chưa đạt" in page
    assert "hết giờ" in page
    assert "1 thay đổi đến muộn" in page
    assert "Câu hỏi thử?" not in page
    assert "Phương án" not in page


def test_a_further_attempt_is_granted_on_the_page(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    _ended_attempt(session, learner)
    response = officer.post(
        f"/officer/attempts/{learner.person_id}",
        data={"paper": "de", "count": "2", "reason": "Mất điện."},
        follow_redirects=True,
    )
    assert "Đã cấp thêm 2 lượt làm bài." in response.text
    assert "Mất điện." in response.text
    session.rollback()
    assert session.scalars(select(ExtraAttempt.count)).all() == [2]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"paper": "de", "count": "1", "reason": " "}, "Mục này không được để trống."),
        ({"paper": "de", "count": "99", "reason": "Mất điện."}, "Phải từ 1 đến 10."),
        ({"paper": "de", "count": "hai", "reason": "Mất điện."}, "Hãy nhập một số nguyên."),
        ({"paper": "khac", "count": "1", "reason": "Mất điện."}, "Lựa chọn không hợp lệ."),
    ],
)
def test_a_grant_that_is_not_right_is_refused_with_a_message(
    officer: FlaskClient, session: Session, learner: User, data: dict[str, str], message: str
) -> None:
    _ended_attempt(session, learner)
    response = officer.post(f"/officer/attempts/{learner.person_id}", data=data)
    assert response.status_code == 422
    assert message in response.text
    assert session.scalars(select(ExtraAttempt)).all() == []


def test_late_answers_are_counted_on_the_page(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    attempt_id = _ended_attempt(session, learner)
    address = f"/officer/attempts/{learner.person_id}/late/{attempt_id}"
    refused = officer.post(address, data={"reason": ""}, follow_redirects=True)
    assert "Hãy ghi lý do tính các câu trả lời đến muộn." in refused.text
    assert session.scalars(select(Grade.score)).all() == [0]
    done = officer.post(address, data={"reason": "Đứt mạng."}, follow_redirects=True)
    assert "1/1 (100,0%)" in done.text
    assert "đã tính câu trả lời đến muộn" in done.text


def test_an_attempt_is_voided_on_the_page_and_its_owner_is_told(
    officer: FlaskClient, session: Session, visitor: Visitor, learner: User
) -> None:
    attempt_id = _ended_attempt(session, learner)
    address = f"/officer/attempts/{learner.person_id}/void/{attempt_id}"
    refused = officer.post(address, data={"reason": " "}, follow_redirects=True)
    assert "Hãy ghi lý do hủy lượt làm bài." in refused.text
    assert "Hủy lượt này" in refused.text
    done = officer.post(address, data={"reason": "Làm bài hộ."}, follow_redirects=True)
    assert "Đã hủy lượt làm bài." in done.text
    assert "0/1" not in done.text
    assert "Hủy lượt này" not in done.text
    own = visitor.as_user(learner)
    page = own.get(f"/attempts/{attempt_id}", follow_redirects=True).text
    assert "Lý do: Làm bài hộ." in page
    assert "còn 1 lượt" in own.get("/papers/de").text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_people_of_another_unit_are_not_there(
    officer: FlaskClient, session: Session, method: str
) -> None:
    _ended_attempt(session, stranger := _person(session, make_unit(session), "Người Ngoài"))
    data = {"paper": "de", "count": "1", "reason": "Mất điện."}
    response = officer.open(f"/officer/attempts/{stranger.person_id}", method=method, data=data)
    assert response.status_code == 404
    assert "Người Ngoài" not in response.text
    assert session.scalars(select(ExtraAttempt)).all() == []


def test_the_officer_is_told_why_an_attempt_has_its_questions(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    make_question(session, "q7")
    sections = [
        {"title": "Rút", "draw": [{"module": "m1", "level": "RECALL", "count": 1}]},
        {"title": "Cố định", "questions": ["q7"]},
    ]
    make_question(session, "q8")
    make_paper(session, "de", sections=sections)
    attempt_id = take_quiz.start(make_device(session, learner), "de")
    address = f"/officer/attempts/{learner.person_id}"
    assert f"{address}/why/{attempt_id}" in officer.get(address).text
    page = officer.get(f"{address}/why/{attempt_id}").text
    assert "Rút lại ra đúng đề đã giao" in page
    assert session.get_one(Attempt, attempt_id).seed in page
    assert "ô 1: m1, Nhận biết" in page
    assert "đề nêu đích danh câu này" in page
    assert "80,0%, mục tiêu của mọi đề là 80,0%" in page
    assert "Phương án" not in page


def test_a_tampered_attempt_is_told_apart(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    attempt_id = _ended_attempt(session, learner)
    make_question(session, "q2")
    other = session.scalars(select(Question).where(Question.code == "q2")).one()
    session.execute(
        update(AttemptItem)
        .where(AttemptItem.attempt_id == attempt_id)
        .values(question_version_id=other.published_version_id)
    )
    session.commit()
    page = officer.get(f"/officer/attempts/{learner.person_id}/why/{attempt_id}").text
    assert "Rút lại không ra đề đã giao" in page


def test_why_is_told_within_the_scope_alone(
    officer: FlaskClient, session: Session, learner: User
) -> None:
    stranger = _person(session, make_unit(session), "Người Ngoài")
    attempt_id = _ended_attempt(session, stranger)
    address = "/officer/attempts/{}/why/{}"
    assert officer.get(address.format(stranger.person_id, attempt_id)).status_code == 404
    assert officer.get(address.format(learner.person_id, attempt_id)).status_code == 404
    assert officer.get(address.format(learner.person_id, 999_999)).status_code == 404
