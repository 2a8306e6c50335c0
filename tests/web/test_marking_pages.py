"""Pages after the attempt: marking blind, score reviews, key corrections, what examinees read."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.marking.models import MarkingTask
from elearn.assessment.models import FeedbackRule, Paper, PaperKind, PaperVersion
from elearn.assessment.regrading.models import KeyCorrection
from elearn.assessment.reviews.models import ReviewDecision, ScoreReview
from elearn.kernel.actor import Actor, Role
from elearn.workflows import mark_essays, review_scores
from tests.factories.attempts import items_of
from tests.factories.essays import TEXT, Board
from tests.factories.keys import WHY, Hall
from tests.factories.org import make_unit
from tests.support.accounts import Visitor
from tests.support.jobs import run_jobs


@pytest.fixture
def sign_in(session: Session, visitor: Visitor):
    def as_actor(actor: Actor):
        return visitor.as_user(session.get_one(User, actor.user_id))

    return as_actor


class TestMarking:
    @pytest.fixture
    def board(self, session: Session) -> Board:
        return Board(session, kind=PaperKind.PRACTICE)

    def test_take_mark_and_go_on(self, board: Board, sign_in) -> None:
        board.write()
        board.write(text="Bài thứ hai rất ngắn.")
        client = sign_in(board.first)
        assert "Nhận một bài để chấm" in client.get("/marking/essays").text
        page = client.post("/marking/essays/next", follow_redirects=True)
        assert "Nêu đúng mục tiêu" in page.text
        form = {"points": ["3", "4.5"], "comment": "Khá.", "act": "next"}
        after = client.post(page.request.path, data=form)
        assert after.location.startswith("/marking/essays/")
        assert after.location != page.request.path

    def test_nothing_tells_whose_essay_it_is(self, board: Board, sign_in) -> None:
        board.write()
        client = sign_in(board.first)
        pages = [
            client.get("/marking/essays").text,
            client.post("/marking/essays/next", follow_redirects=True).text,
        ]
        for text in pages:
            assert "Quàng" not in text
            assert "Chim Yến" not in text
            assert "quang" not in text.lower()
        assert TEXT in pages[1]

    def test_the_second_marker_sees_nothing_of_the_first(self, session: Session, sign_in) -> None:
        board = Board(session)
        board.write()
        board.mark(board.first, "1.25", "2.75", comment="Điểm thấp vì thiếu ý.")
        text = sign_in(board.second).post("/marking/essays/next", follow_redirects=True).text
        assert "Điểm thấp vì" not in text
        assert "1.25" not in text.replace('max="', "")
        assert "2,75" not in text

    def test_wrong_points_are_said_beside_the_form(self, board: Board, sign_in) -> None:
        board.write()
        client = sign_in(board.first)
        page = client.post("/marking/essays/next", follow_redirects=True)
        answer = client.post(page.request.path, data={"points": ["9", "1"], "comment": "Giữ lại."})
        assert answer.status_code == 422
        assert "từ 0 đến 4" in answer.text
        assert "Giữ lại." in answer.text

    def test_an_essay_of_another_is_not_found(self, board: Board, sign_in) -> None:
        board.write()
        token = mark_essays.take(board.first)
        board.session.rollback()
        other = sign_in(board.second)
        assert other.get(f"/marking/essays/{token}").status_code == 404
        assert other.post(f"/marking/essays/{token}", data={"points": ["1"]}).status_code == 404
        assert other.get("/marking/essays/ffff").status_code == 404

    def test_given_back_and_nothing_left(self, board: Board, sign_in) -> None:
        board.write()
        client = sign_in(board.first)
        page = client.post("/marking/essays/next", follow_redirects=True)
        client.post(page.request.path + "/back")
        elsewhere = sign_in(board.marker(Role.AUTHOR, make_unit(board.session, "X")))
        answer = elsewhere.post("/marking/essays/next", follow_redirects=True)
        assert "không còn bài nào" in answer.text

    def test_the_examinee_waits_and_then_reads_points_and_comments(
        self, board: Board, sign_in
    ) -> None:
        learner = board.learner()
        attempt = board.write(learner)
        client = sign_in(learner)
        waiting = client.get(f"/attempts/{attempt}/result")
        assert "đang chờ chấm" in waiting.text
        assert "Nêu đúng mục tiêu" not in waiting.text
        assert "Chờ chấm" in client.get("/papers/de").text
        board.mark(board.first, "3", "4.5", comment="Lập luận tốt.")
        text = client.get(f"/attempts/{attempt}/result").text
        assert "Lập luận tốt." in text
        assert re.search(r"Lập luận, ví dụ: <strong>4,5</strong>/6 điểm", text)

    @pytest.mark.parametrize("rule", [FeedbackRule.NEVER, FeedbackRule.AFTER_CLOSE])
    def test_marks_and_rubric_are_not_told_before_their_release(
        self, board: Board, sign_in, rule: FeedbackRule
    ) -> None:
        paper = board.session.scalars(select(Paper).where(Paper.code == "de")).one()
        board.session.get_one(PaperVersion, paper.published_version_id).feedback = rule
        board.session.commit()
        learner = board.learner()
        attempt = board.write(learner)
        board.mark(board.first, "3", "4.5", comment="Lập luận tốt.")
        text = sign_in(learner).get(f"/attempts/{attempt}/result").text
        assert "8,5/11" in text
        assert "Lập luận" not in text


class TestKeys:
    @pytest.fixture
    def hall(self, session: Session) -> Hall:
        return Hall(session)

    def test_from_proposal_to_result(self, app: Flask, hall: Hall, sign_in) -> None:
        learner = hall.learner(name="Lường Thử Mai")
        attempt = hall.sit("babb", learner)
        author, officer = sign_in(hall.author), sign_in(hall.officer)
        assert 'value="a" checked' in author.get("/marking/keys/new/q1/1").text
        form = {"treatment": "KEY", "right": "b", "reason": WHY}
        sent = author.post("/marking/keys/new/q1/1", data=form)
        assert sent.location.startswith("/jobs/")
        run_jobs(app)
        correction = hall.session.scalars(select(KeyCorrection.id)).one()
        hall.session.rollback()
        address = f"/marking/keys/{correction}"
        assert author.get(sent.location.replace("/jobs", "/marking/keys/jobs")).location == address
        for_author, for_officer = author.get(address).text, officer.get(address).text
        assert "Lường Thử Mai" in for_officer
        assert "Lường Thử Mai" not in for_author
        assert "&lt;5" in for_author
        assert 'action="' + address + '/approve"' not in for_author
        officer.post(address + "/approve", data={"reason": "Đúng."})
        run_jobs(app)
        assert "thành đạt" in officer.get(address).text
        text = sign_in(learner).get(f"/attempts/{attempt}/result").text
        assert WHY in text
        assert "Điểm đã thay đổi" in text
        assert "Lường Thử Mai" not in sign_in(hall.reviewer).get(address).text

    def test_an_officer_sees_the_people_of_his_units_only(self, hall: Hall, sign_in) -> None:
        hall.sit("babb", hall.learner(name="Lường Thử Mai"))
        address = f"/marking/keys/{hall.propose()}"
        other = hall.holder(Role.PROGRAMME_OFFICER, make_unit(hall.session, "X"))
        text = sign_in(other).get(address).text
        assert "Lường Thử Mai" not in text
        assert "Không ai trong phạm vi" in text

    def test_what_is_wrong_is_said_beside_the_form(self, hall: Hall, sign_in) -> None:
        client = sign_in(hall.author)
        form = {"treatment": "KEY", "right": "a", "reason": WHY}
        answer = client.post("/marking/keys/new/q1/1", data=form)
        assert (answer.status_code, "không khác gì" in answer.text) == (422, True)
        assert client.get("/marking/keys/new/q1/9").status_code == 404
        assert client.get("/marking/keys/9").status_code == 404

    def test_rejected_and_withdrawn(self, hall: Hall, sign_in) -> None:
        first = hall.propose()
        reviewer = sign_in(hall.reviewer)
        assert reviewer.post(f"/marking/keys/{first}/reject", data={}).status_code == 422
        reviewer.post(f"/marking/keys/{first}/reject", data={"refusal": "Đáp án cũ đúng."})
        assert "Không duyệt" in reviewer.get("/marking/keys").text
        second = hall.propose()
        author = sign_in(hall.author)
        assert "Rút đề nghị" in author.get(f"/marking/keys/{second}").text
        author.post(f"/marking/keys/{second}/withdraw")
        assert "Đã rút" in author.get("/marking/keys").text


class TestReviews:
    @pytest.fixture
    def hall(self, session: Session) -> Hall:
        return Hall(session)

    def test_asked_decided_and_told(self, hall: Hall, sign_in) -> None:
        learner = hall.learner(name="Lường Thử Mai")
        attempt = hall.sit("abbb", learner)
        item = items_of(hall.session, attempt)["q2"]
        hall.session.rollback()
        client, officer = sign_in(learner), sign_in(hall.officer)
        address = f"/attempts/{attempt}/review"
        assert f'href="{address}"' in client.get(f"/attempts/{attempt}/result").text
        assert client.post(address, data={"reason": ""}).status_code == 422
        client.post(address, data={"reason": "Câu 2 có hai cách hiểu.", "items": [item]})
        assert "đang chờ quyết định" in client.get(address).text
        review = hall.session.scalars(select(ScoreReview.id)).one()
        hall.session.rollback()
        assert "Lường Thử Mai" in officer.get("/marking/reviews").text
        case = officer.get(f"/marking/reviews/{review}").text
        assert "Câu 2 có hai cách hiểu." in case
        decide = {"outcome": "change", "reason": "Chấp nhận.", f"item-{item}": "1"}
        officer.post(f"/marking/reviews/{review}", data=decide)
        told = client.get(address).text
        assert "Điểm đã được sửa." in told
        assert "Chấp nhận." in told
        assert "2/4" in client.get(f"/attempts/{attempt}/result").text

    def test_change_without_points_is_refused(self, hall: Hall, sign_in) -> None:
        learner = hall.learner()
        attempt = hall.sit("abbb", learner)
        review_scores.ask(learner, attempt, [], "Xin xem lại.")
        hall.session.rollback()
        review = hall.session.scalars(select(ScoreReview.id)).one()
        hall.session.rollback()
        officer = sign_in(hall.officer)
        answer = officer.post(
            f"/marking/reviews/{review}", data={"outcome": "change", "reason": "Đúng."}
        )
        assert answer.status_code == 422
        assert hall.session.scalars(select(ReviewDecision)).all() == []
        hall.session.rollback()
        elsewhere = hall.holder(Role.PROGRAMME_OFFICER, make_unit(hall.session, "X"))
        assert sign_in(elsewhere).get(f"/marking/reviews/{review}").status_code == 404

    def test_of_others_nothing_is_found(self, hall: Hall, sign_in) -> None:
        attempt = hall.sit("abbb")
        stranger = sign_in(hall.learner())
        assert stranger.get(f"/attempts/{attempt}/review").status_code == 404
        assert stranger.post(f"/attempts/{attempt}/review", data={"reason": "x"}).status_code == 404


def test_an_essay_that_was_marked_meanwhile_is_said_kindly(session: Session, sign_in) -> None:
    board = Board(session, kind=PaperKind.PRACTICE)
    board.write()
    board.mark(board.first, "4", "6")
    token = session.scalars(select(MarkingTask.token)).one()
    session.rollback()
    with_form = sign_in(board.first).post(f"/marking/essays/{token}", data={"points": ["4", "6"]})
    assert with_form.status_code == 409
    assert "không còn chờ chấm" in with_form.text
