"""Reports about faulty questions: from the examinee's page to the authors' list and back."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import Question
from elearn.assessment.reports.models import QuestionReport
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import make_device, make_learner
from tests.factories.org import grant, make_person, make_unit, make_user
from tests.support.accounts import Visitor


class Sitting:
    """A learner at a paper of two questions."""

    def __init__(self, session: Session, visitor: Visitor) -> None:
        self.session, self.visitor = session, visitor
        for code in ("q1", "q2"):
            make_question(session, code)
        sections = [{"title": "Chung", "questions": ["q1", "q2"]}]
        make_paper(session, "de", sections=sections, shuffle=False)
        self.learner: User = make_learner(session, "Lò Thử Kín")
        self.id = take_quiz.start(make_device(session, self.learner), "de")
        self.browser = visitor.as_user(self.learner)

    def address(self, number: int = 1) -> str:
        return f"/attempts/{self.id}/questions/{number}/report"

    def reports(self) -> list[QuestionReport]:
        self.session.rollback()
        return list(self.session.scalars(select(QuestionReport).order_by(QuestionReport.id)))

    def author(self, role: Role = Role.AUTHOR) -> FlaskClient:
        user = make_user(self.session, person=make_person(self.session))
        grant(self.session, user, role, make_unit(self.session))
        return self.visitor.as_user(user)


@pytest.fixture
def sitting(session: Session, visitor: Visitor) -> Sitting:
    return Sitting(session, visitor)


def test_a_report_reaches_the_authors_without_a_name(sitting: Sitting) -> None:
    text = "Văn bản <b>đã hết hiệu lực</b>."
    sent = sitting.browser.post(sitting.address(2), data={"text": text}, follow_redirects=True)
    assert "Đã gửi." in sent.text
    assert "Văn bản &lt;b&gt;đã hết hiệu lực&lt;/b&gt;." in sent.text
    page = sitting.author().get("/author/reports").text
    assert "q2" in page
    assert "Văn bản &lt;b&gt;đã hết hiệu lực&lt;/b&gt;." in page
    assert "Lò Thử Kín" not in page


def test_the_answer_reaches_whoever_reported_and_is_audited(sitting: Sitting) -> None:
    sitting.browser.post(sitting.address(), data={"text": "Hai phương án đúng."})
    author = sitting.author(Role.REVIEWER)
    report = sitting.reports()[0]
    done = author.post(
        f"/author/reports/{report.id}", data={"answer": "Đã sửa đáp án."}, follow_redirects=True
    )
    assert "Không có báo lỗi nào chờ trả lời." in done.text
    assert "Đã sửa đáp án." in author.get("/author/reports?resolved=1").text
    assert "Đã sửa đáp án." in sitting.browser.get(sitting.address()).text
    audited = sitting.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "question.resolve_report")
    ).one()
    assert audited.subject_id == str(report.id)
    again = author.post(f"/author/reports/{report.id}", data={"answer": "Lần nữa"})
    assert again.status_code == 409
    assert sitting.reports()[0].answer == "Đã sửa đáp án."


def test_an_answer_wants_words(sitting: Sitting) -> None:
    sitting.browser.post(sitting.address(), data={"text": "Sai chính tả."})
    report = sitting.reports()[0]
    page = sitting.author().post(
        f"/author/reports/{report.id}", data={"answer": " "}, follow_redirects=True
    )
    assert "Hãy ghi đã xử lý thế nào." in page.text
    assert sitting.reports()[0].resolved_at is None
    assert sitting.author().post("/author/reports/999", data={"answer": "x"}).status_code == 404


def test_authors_see_which_version_was_asked(sitting: Sitting) -> None:
    sitting.browser.post(sitting.address(), data={"text": "Sai."})
    author = sitting.author()
    assert "đã có phiên bản mới hơn" not in author.get("/author/reports").text
    question = sitting.session.scalars(select(Question).where(Question.code == "q1")).one()
    body = {"stem": "Mới", "options": [{"text": "a", "correct": True}], "explanation": "x"}
    make_question_version(sitting.session, question, body=body)
    assert "đã có phiên bản mới hơn" in author.get("/author/reports").text
    assert "Sai." not in author.get("/author/reports?question=q2").text


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_report_of_no_or_too_many_words_is_refused(sitting: Sitting, text: str) -> None:
    assert sitting.browser.post(sitting.address(), data={"text": text}).status_code == 422
    assert sitting.reports() == []


def test_three_reports_of_a_question_are_enough(sitting: Sitting) -> None:
    for _ in range(3):
        assert sitting.browser.post(sitting.address(), data={"text": "Sai."}).status_code == 302
    assert sitting.browser.post(sitting.address(), data={"text": "Sai."}).status_code == 409
    assert sitting.browser.post(sitting.address(2), data={"text": "Sai."}).status_code == 302
    assert len(sitting.reports()) == 4


def test_questions_of_others_are_not_there(sitting: Sitting) -> None:
    stranger = sitting.visitor.as_user(make_learner(sitting.session))
    assert stranger.get(sitting.address()).status_code == 404
    assert stranger.post(sitting.address(), data={"text": "Sai."}).status_code == 404
    assert sitting.browser.get(sitting.address(3)).status_code == 404
    assert sitting.reports() == []


def test_a_report_is_possible_after_the_end_too(sitting: Sitting) -> None:
    sitting.browser.post(f"/attempts/{sitting.id}/submit")
    assert sitting.browser.post(sitting.address(), data={"text": "Sai."}).status_code == 302


def test_learners_do_not_see_the_list(sitting: Sitting) -> None:
    assert sitting.browser.get("/author/reports").status_code == 403
