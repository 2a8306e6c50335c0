"""Lesson pages through a browser without JavaScript: reading, checks, finishing, refusals."""

import re
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Question
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.org.models import Person
from elearn.progress.models import CheckAnswer, LessonMark
from tests.factories.assessment import make_question
from tests.factories.curriculum import (
    make_legal_document,
    make_lesson,
    make_lesson_version,
    make_module,
    make_programme,
)
from tests.factories.org import make_assignment, make_duty, make_person, make_unit, make_user
from tests.factories.progress import make_mark
from tests.support.accounts import Visitor
from tests.support.statements import recorded

PAGE = "/learn/m1/l1"


@pytest.fixture
def person(session: Session) -> Person:
    """Return somebody in group G1 of every programme that the factory makes."""
    row, unit = make_person(session), make_unit(session)
    make_assignment(session, row, unit)
    make_duty(session, row, unit)
    return row


@pytest.fixture
def learner(session: Session, visitor: Visitor, person: Person) -> FlaskClient:
    return visitor.as_user(make_user(session, person=person))


@pytest.fixture
def module(session: Session) -> Module:
    return make_module(session, "m1")


@pytest.fixture
def lesson(session: Session, module: Module) -> Lesson:
    make_question(session, "cau-1", correct="b")
    make_question(session, "cau-2", type="true_false", answer=True)
    row = make_lesson(session, module, "l1", title="Bài một", check_codes=("cau-1", "cau-2"))
    make_lesson(session, module, "l2", title="Bài hai")
    return row


def words(html: str) -> str:
    """Return what a reader sees of ``html``, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(html: str, anchor: str) -> str:
    """Return the section with the id ``anchor``."""
    start = html.index(f'id="{anchor}"')
    return html[start : html.index("</section>", start)]


def version_of(session: Session, code: str) -> int:
    session.rollback()
    question = session.scalars(select(Question).filter_by(code=code)).one()
    assert question.published_version_id is not None
    return question.published_version_id


def answer(session: Session, client: FlaskClient, code: str, value: str) -> None:
    form = {"version": version_of(session, code), "answer": value}
    response = client.post(f"{PAGE}/checks/{code}", data=form)
    assert response.status_code == 303


def test_the_lesson_is_there_to_read(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    response = learner.get(PAGE)

    assert response.status_code == 200
    html = response.text
    assert html.count("<h1") == 1
    assert '<h2 id="s-mo-dau">Mở đầu</h2>\n<p>Nội dung bài thử.</p>' in html
    assert '<a href="#s-mo-dau">Mở đầu</a>' in html
    text = words(html)
    assert "Bài 1/2" in text
    assert "15 phút đọc" in text
    assert "Nội dung theo quy định tính đến ngày 30/06/2026" in text
    assert "Học xong bài này, bạn có thể: Nêu được nội dung bài thử" in text
    assert 'rel="next" href="/learn/m1/l2"' in html
    assert 'rel="prev"' not in html


def test_the_text_is_as_it_was_published_around_the_checks(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    html = learner.get(PAGE).text

    assert "data-check" not in html
    assert html.index("Nội dung bài thử") < html.index('id="check-cau-1"')
    assert html.index('id="check-cau-1"') < html.index('id="check-cau-2"')


@pytest.mark.parametrize("visits", [1, 2])
def test_a_lesson_page_takes_four_statements(
    learner: FlaskClient, session: Session, lesson: Lesson, visits: int
) -> None:
    make_legal_document(session, "1-QD-2021")
    version = session.get_one(LessonVersion, lesson.published_version_id)
    version.citations = ["1-QD-2021"]
    for _ in range(20):
        make_lesson(session, session.get_one(Module, lesson.module_id))
    session.commit()
    learner.get(PAGE)
    answer(session, learner, "cau-1", "a")
    for _ in range(visits - 1):
        make_lesson_version(session, lesson, check_codes=("cau-1",)).citations = ["1-QD-2021"]
        session.commit()

    with recorded() as statements:
        response = learner.get(PAGE)

    assert response.status_code == 200
    assert [statement.split()[0] for statement in statements] == ["SELECT"] * 4


def test_a_wrong_answer_is_shown_with_its_feedback_at_the_question(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    form = {"version": version_of(session, "cau-1"), "answer": "a"}
    response = learner.post(f"{PAGE}/checks/cau-1", data=form)

    assert (response.status_code, response.location) == (303, f"{PAGE}#check-cau-1")
    check = part(learner.get(PAGE).text, "check-cau-1")
    assert 'value="a" checked' in check
    assert "Bạn trả lời chưa đúng. Nhận xét a Vì sao đúng. Trả lời lại" in words(check)
    assert "Phương án b Đáp án đúng" in words(check)


def test_a_right_answer_is_praised(learner: FlaskClient, session: Session, lesson: Lesson) -> None:
    answer(session, learner, "cau-2", "true")

    check = words(part(learner.get(PAGE).text, "check-cau-2"))

    assert "Bạn trả lời đúng. Vì sao đúng." in check


def test_no_key_is_told_before_an_answer(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    html = learner.get(PAGE).text

    for secret in ("Vì sao đúng", "Nhận xét", "Đáp án đúng", "option-right"):
        assert secret not in html


def test_an_empty_answer_is_refused_at_the_question(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    response = learner.post(f"{PAGE}/checks/cau-1", data={"version": version_of(session, "cau-1")})

    assert response.status_code == 422
    assert "Hãy trả lời rồi bấm “Trả lời”." in words(part(response.text, "check-cau-1"))


def test_an_answer_to_a_wording_that_is_gone_is_refused_at_the_question(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    response = learner.post(f"{PAGE}/checks/cau-1", data={"version": "x" * 50, "answer": "a"})

    assert response.status_code == 409
    assert "Câu hỏi vừa được sửa" in words(part(response.text, "check-cau-1"))
    assert session.scalars(select(CheckAnswer)).all() == []


def test_a_lesson_with_open_checks_is_not_finished(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    answer(session, learner, "cau-1", "b")

    response = learner.post(f"{PAGE}/finish", data={"version": 1})

    assert response.status_code == 409
    finish = part(response.text, "finish")
    assert "Bạn còn 1 câu hỏi trong bài chưa trả lời." in words(finish)
    assert '<a href="#check-cau-2">câu hỏi 2</a>' in finish


def test_finishing_leads_to_the_next_lesson(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    answer(session, learner, "cau-1", "a")
    answer(session, learner, "cau-2", "false")

    response = learner.post(f"{PAGE}/finish", data={"version": 1})

    assert (response.status_code, response.location) == (303, f"{PAGE}#finish")
    finish = part(learner.get(PAGE).text, "finish")
    assert "Bạn đã hoàn thành bài này lúc" in words(finish)
    assert "Tiếp theo: Bài hai" in words(finish)
    assert 'href="/learn/m1/l2"' in finish
    assert "<form" not in finish


def test_after_the_last_lesson_comes_the_test(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    module = make_module(session, "m1", test_paper_code="m1-test")
    make_mark(session, person, make_lesson(session, module, "l1"))

    finish = part(learner.get(PAGE).text, "finish")

    assert '<a class="btn btn-primary btn-lg" href="/papers/m1-test">' in finish


def test_completing_a_programme_leads_home_with_the_news(
    learner: FlaskClient, session: Session, module: Module
) -> None:
    make_programme(session, modules=(module,))
    make_lesson(session, module, "l1")

    response = learner.post(f"{PAGE}/finish", data={"version": 1})

    assert (response.status_code, response.location) == (303, "/learn")
    home = words(learner.get("/learn").text)
    assert "Chúc mừng! Bạn vừa hoàn thành chương trình." in home


def test_who_is_half_way_is_told_of_a_new_text(
    learner: FlaskClient, session: Session, module: Module, person: Person
) -> None:
    lesson = make_lesson(session, module, "l1")
    mark = make_mark(session, person, lesson, finished=False)
    mark.opened_at = mark.opened_at.replace(year=2026, month=3, day=14, hour=2)
    make_lesson_version(session, lesson).change_note = "Sửa số liệu theo quyết định mới"
    session.commit()

    text = words(learner.get(PAGE).text)

    assert "Bài đã được cập nhật từ lần bạn mở ngày 14/03/2026." in text
    assert "Sửa số liệu theo quyết định mới" in text


def test_the_notice_goes_once_it_has_been_read(
    learner: FlaskClient, session: Session, module: Module, person: Person
) -> None:
    lesson = make_lesson(session, module, "l1")
    make_mark(session, person, lesson, finished=False)
    make_lesson_version(session, lesson)

    response = learner.post(f"{PAGE}/changes", data={"version": 2})

    assert (response.status_code, response.location) == (303, PAGE)
    assert "Bài đã được cập nhật" not in learner.get(PAGE).text


def test_who_has_finished_is_told_that_nothing_is_asked_of_him(
    learner: FlaskClient, session: Session, module: Module, person: Person
) -> None:
    lesson = make_lesson(session, module, "l1")
    make_mark(session, person, lesson)
    make_lesson_version(session, lesson)

    text = words(learner.get(PAGE).text)

    assert "Bài đã được cập nhật sau khi bạn hoàn thành" in text
    assert "Bạn không phải học lại." in text


def test_a_text_published_while_reading_is_shown_before_it_is_finished(
    learner: FlaskClient, session: Session, module: Module
) -> None:
    lesson = make_lesson(session, module, "l1")
    learner.get(PAGE)
    make_lesson_version(session, lesson)

    response = learner.post(f"{PAGE}/finish", data={"version": 1})

    assert response.status_code == 409
    assert "Bài học vừa được cập nhật trong lúc bạn đọc." in words(part(response.text, "finish"))
    assert 'name="version" value="2"' in part(response.text, "finish")
    session.expire_all()
    assert session.scalars(select(LessonMark)).one().finished_at is None


def test_cited_documents_are_listed_with_their_force(
    learner: FlaskClient, session: Session, module: Module
) -> None:
    make_legal_document(
        session, "61-ND-2018", number="61/2018/NĐ-CP", type="Nghị định", status="REPLACED"
    )
    make_legal_document(session, "1-QD-2021", in_force_to=date(2025, 7, 1))
    lesson = make_lesson(session, module, "l1")
    version = session.get_one(LessonVersion, lesson.published_version_id)
    version.citations = ["61-ND-2018:D1", "1-QD-2021", "khong-co"]
    session.commit()

    html = learner.get(PAGE).text

    documents = html[html.index('id="documents"') :]
    name = "Nghị định 61/2018/NĐ-CP ngày 02/02/2021 của Ủy ban nhân dân tỉnh Thử"
    assert f'<a href="/legal/61-ND-2018">{name}</a>' in documents
    assert "đã bị thay thế" in documents
    assert "hết hiệu lực" in documents
    assert "khong-co" not in documents


def test_a_legal_document_tells_its_force_and_where_it_is_cited(
    learner: FlaskClient, session: Session, module: Module
) -> None:
    make_legal_document(session, "118-ND-2025", number="118/2025/NĐ-CP", type="Nghị định")
    make_legal_document(session, "61-ND-2018", status="REPLACED", replaced_by=["118-ND-2025"])
    lesson = make_lesson(session, module, "l1", title="Bài một")
    make_lesson(session, module, "l2", title="Bài hai")
    session.get_one(LessonVersion, lesson.published_version_id).citations = ["61-ND-2018:D1"]
    session.commit()

    html = learner.get("/legal/61-ND-2018").text

    assert 'href="/legal/118-ND-2025">Nghị định 118/2025/NĐ-CP ngày 02/02/2021' in html
    assert '<a href="/learn/m1/l1">Bài một</a>' in html
    assert "Bài hai" not in html
    assert "đã được thay bằng 118/2025/NĐ-CP" in words(html)
    successor = words(learner.get("/legal/118-ND-2025").text)
    assert "Thay thế cho Quyết định 61/ND" in successor


@pytest.mark.parametrize(
    "address", ["/learn/m1/khong-co", "/learn/khong-co/l1", "/learn/khong-co", "/legal/khong-co"]
)
def test_what_is_not_there_is_not_found(
    learner: FlaskClient, session: Session, lesson: Lesson, address: str
) -> None:
    assert learner.get(address).status_code == 404


def test_a_check_that_is_not_there_is_not_found(
    learner: FlaskClient, session: Session, lesson: Lesson
) -> None:
    response = learner.post(f"{PAGE}/checks/cau-khac", data={"version": 1, "answer": "a"})

    assert response.status_code == 404


GETS = ("/learn", "/learn/m1", PAGE)
POSTS = (f"{PAGE}/checks/cau-1", f"{PAGE}/finish", f"{PAGE}/changes", "/learn/completion")


def test_the_signed_out_are_sent_to_sign_in(
    client: FlaskClient, session: Session, lesson: Lesson
) -> None:
    for address in GETS:
        assert client.get(address).location == f"/login?next={address}"
    for address in POSTS:
        assert client.post(address, data={"version": 1, "answer": "b"}).status_code == 401
    assert session.scalars(select(LessonMark)).all() == []


def test_an_account_without_a_person_is_refused_kindly(
    visitor: Visitor, session: Session, lesson: Lesson
) -> None:
    client = visitor.as_user(make_user(session))

    responses = [client.get(address) for address in GETS] + [
        client.post(address, data={"version": 1, "answer": "b"}) for address in POSTS
    ]

    assert [response.status_code for response in responses] == [403] * 7
    assert "không gắn với hồ sơ cán bộ nào" in responses[0].text


def test_the_answers_of_another_are_not_seen(
    learner: FlaskClient, visitor: Visitor, session: Session, lesson: Lesson
) -> None:
    answer(session, learner, "cau-1", "a")
    neighbour = visitor.as_user(make_user(session, person=make_person(session)))

    assert "Bạn trả lời" not in neighbour.get(PAGE).text
