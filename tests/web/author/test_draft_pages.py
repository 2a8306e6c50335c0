"""Review pages: what changed, who may do what, and what learners see afterwards."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.authoring.drafts.services import Place, open_from_file
from elearn.authoring.models import DraftKind, DraftState
from elearn.curriculum.models import Lesson, Module
from elearn.infra.db import transaction
from elearn.kernel.clock import utc_now
from tests.factories.assessment import make_question
from tests.factories.authoring import (
    lesson_text,
    make_draft,
    make_submitted,
    question_text,
    the_draft,
)
from tests.factories.curriculum import (
    make_lesson,
    make_lesson_version,
    make_module,
    make_programme,
)
from tests.factories.org import make_assignment, make_duty, make_person, make_unit, make_user
from tests.support.accounts import Visitor
from tests.web.author.conftest import Staff

LESSON = DraftKind.LESSON


@pytest.fixture(autouse=True)
def lesson(session: Session) -> Lesson:
    return make_lesson(session, make_module(session, "m1"), "bai-1", title="Tên cũ")


def _learner(session: Session, visitor: Visitor) -> FlaskClient:
    """Return somebody for whom module m1 is to be studied, at his browser."""
    person, unit = make_person(session), make_unit(session)
    make_assignment(session, person, unit)
    make_duty(session, person, unit)
    make_programme(session, modules=(session.scalars(select(Module)).one(),))
    return visitor.as_user(make_user(session, person=person))


def _publish(reviewer: Staff, draft_id: int | None, **fields: str) -> object:
    data = {"lock_version": "1", **fields}
    return reviewer.client.post(f"/author/drafts/{draft_id}/publish", data=data)


def test_an_author_sends_a_reviewer_publishes_a_learner_reads(
    author: Staff, reviewer: Staff, session: Session, visitor: Visitor
) -> None:
    learner = _learner(session, visitor)
    assert "Nội dung bài thử." in learner.get("/learn/m1/bai-1").text
    opened = make_draft(author.actor, "bai-1", lesson_text())
    address = f"/author/drafts/{opened.draft_id}"
    sent = author.client.post(
        f"{address}/submit", data={"lock_version": "1", "change_note": "Cập nhật số liệu"}
    )
    assert sent.location == address
    page = reviewer.client.get(address).text
    assert "Cập nhật số liệu" in page
    assert "<ins> đã sửa</ins>" in page
    assert "<p>Nội dung bài thử đã sửa.</p>" in page
    assert "Nội dung bài thử." in learner.get("/learn/m1/bai-1").text

    _publish(reviewer, opened.draft_id)
    shown = learner.get("/learn/m1/bai-1").text
    assert "Nội dung bài thử đã sửa." in shown
    assert "Bài đã được cập nhật từ lần bạn mở" in shown
    assert "Cập nhật số liệu" in shown


def test_a_note_on_what_changed_is_asked_for(author: Staff, session: Session) -> None:
    opened = make_draft(author.actor, "bai-1", lesson_text())
    response = author.client.post(
        f"/author/drafts/{opened.draft_id}/submit", data={"lock_version": "1", "change_note": " "}
    )
    assert response.status_code == 422
    assert the_draft(session, LESSON, "bai-1").state is DraftState.EDITING


def test_problems_are_listed_and_hold_the_draft_back(author: Staff, session: Session) -> None:
    opened = make_draft(author.actor, "bai-1", lesson_text(body="Một\n\n[@999-QD:D1]\n"))
    address = f"/author/drafts/{opened.draft_id}"
    assert "chưa có văn bản “999-QD” trong danh mục" in author.client.get(address).text
    response = author.client.post(
        f"{address}/submit", data={"lock_version": "1", "change_note": "Thử"}
    )
    assert response.status_code == 422
    assert "Còn 1 chỗ phải sửa trước khi xuất bản" in response.text
    assert the_draft(session, LESSON, "bai-1").state is DraftState.EDITING


def test_a_reviewer_returns_with_a_comment_that_the_author_finds(
    author: Staff, reviewer: Staff, session: Session
) -> None:
    opened = make_submitted(author.actor, "bai-1", lesson_text())
    address = f"/author/drafts/{opened.draft_id}"
    empty = reviewer.client.post(f"{address}/return", data={"comment": ""})
    assert empty.status_code == 422
    reviewer.client.post(f"{address}/return", data={"comment": "Dẫn thêm <b>nguồn</b>"})
    assert the_draft(session, LESSON, "bai-1").state is DraftState.RETURNED
    for place in ("/author", address, "/author/lessons/bai-1/edit"):
        page = author.client.get(place).text
        assert "Dẫn thêm &lt;b&gt;nguồn&lt;/b&gt;" in page, place


def test_each_sees_only_the_acts_that_are_his(
    author: Staff, colleague: Staff, reviewer: Staff
) -> None:
    opened = make_draft(author.actor, "bai-1", lesson_text())
    address = f"/author/drafts/{opened.draft_id}"

    def acts(staff: Staff) -> set[str]:
        page = staff.client.get(address).text
        return {
            act
            for act in ("submit", "withdraw", "return", "publish", "discard")
            if f'action="{address}/{act}"' in page
        }

    assert acts(author) == {"submit", "discard"}
    assert acts(colleague) == {"submit"}
    assert acts(reviewer) == set()
    author.client.post(f"{address}/submit", data={"lock_version": "1", "change_note": "Sửa"})
    assert acts(author) == {"withdraw"}
    assert acts(colleague) == {"withdraw"}
    assert acts(reviewer) == {"return", "publish"}


def test_an_older_base_is_pointed_out_and_must_be_accepted(
    author: Staff, reviewer: Staff, lesson: Lesson, session: Session
) -> None:
    opened = make_submitted(author.actor, "bai-1", lesson_text())
    make_lesson_version(session, lesson, title="Của người khác")
    page = reviewer.client.get(f"/author/drafts/{opened.draft_id}").text
    assert "đã có phiên bản 2 được xuất bản" in page
    refused = _publish(reviewer, opened.draft_id)
    assert refused.status_code == 409
    assert the_draft(session, LESSON, "bai-1").state is DraftState.IN_REVIEW
    _publish(reviewer, opened.draft_id, accept_outdated="y")
    assert the_draft(session, LESSON, "bai-1").published_number == 3


def test_a_page_that_is_out_of_date_publishes_nothing(
    author: Staff, reviewer: Staff, session: Session
) -> None:
    opened = make_submitted(author.actor, "bai-1", lesson_text())
    response = reviewer.client.post(f"/author/drafts/{opened.draft_id}/publish", data={})
    assert response.status_code == 409
    assert the_draft(session, LESSON, "bai-1").state is DraftState.IN_REVIEW


def test_withdrawing_and_discarding(author: Staff, session: Session) -> None:
    opened = make_submitted(author.actor, "bai-1", lesson_text())
    address = f"/author/drafts/{opened.draft_id}"
    assert author.client.post(f"{address}/discard").status_code == 409
    author.client.post(f"{address}/withdraw")
    assert the_draft(session, LESSON, "bai-1").state is DraftState.EDITING
    assert author.client.post(f"{address}/discard").location == "/author"
    assert the_draft(session, LESSON, "bai-1").state is DraftState.DISCARDED
    assert author.client.get(address).status_code == 200


def test_home_tells_each_what_waits_for_him(
    author: Staff, colleague: Staff, reviewer: Staff, session: Session
) -> None:
    module = session.scalars(select(Module)).one()
    for code in ("bai-2", "bai-3"):
        make_lesson(session, module, code, title=f"Bài {code}")
    make_draft(author.actor, "bai-1", lesson_text(title="Đang viết dở"))
    make_submitted(author.actor, "bai-2", lesson_text(title="Đã gửi đi"))
    mine = author.client.get("/author").text
    assert ("Đang viết dở" in mine, "Đã gửi đi" in mine) == (True, True)
    theirs = colleague.client.get("/author").text
    assert "Đang viết dở" not in theirs
    waiting = reviewer.client.get("/author").text
    assert ("Đang viết dở" in waiting, "Đã gửi đi" in waiting) == (False, True)


def test_who_wrote_is_not_asked_to_review(
    session: Session, visitor: Visitor, author: Staff
) -> None:
    from_file = Place(LESSON, "bai-1", "m1", 1)
    with transaction() as write:
        open_from_file(write, from_file, lesson_text(title="Từ tệp"), "m1/bai-1.md", now=utc_now())
    home = author.client.get("/author").text
    assert "Từ tệp nội dung, chưa ai nhận" in home
    draft = the_draft(session, LESSON, "bai-1")
    page = author.client.get(f"/author/drafts/{draft.id}").text
    assert "m1/bai-1.md" in page
    assert f"/author/lessons/bai-1/edit?draft={draft.id}" in page
    editor = author.client.get(f"/author/lessons/bai-1/edit?draft={draft.id}").text
    assert 'value="Từ tệp"' in editor


def test_drafts_are_listed_by_state_and_writer(
    author: Staff, colleague: Staff, session: Session
) -> None:
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    make_draft(author.actor, "bai-1", lesson_text(title="Nháp một"))
    make_submitted(colleague.actor, "cau-1", question_text("bai-1"))
    everything = author.client.get("/author/drafts").text
    assert ("Nháp một" in everything, "Câu hỏi thử đã sửa?" in everything) == (True, True)
    waiting = author.client.get("/author/drafts?state=IN_REVIEW").text
    assert ("Nháp một" in waiting, "Câu hỏi thử đã sửa?" in waiting) == (False, True)
    mine = author.client.get("/author/drafts?mine=1").text
    assert ("Nháp một" in mine, "Câu hỏi thử đã sửa?" in mine) == (True, False)
    assert author.client.get("/author/drafts?state=X&page=99999").status_code == 200


def test_unknown_drafts_are_not_found(author: Staff, reviewer: Staff) -> None:
    assert author.client.get("/author/drafts/999").status_code == 404
    assert reviewer.client.post("/author/drafts/999/publish").status_code == 404
    assert author.client.post("/author/drafts/999/withdraw").status_code == 404


def test_history_compares_any_two_versions_and_goes_back(
    author: Staff, reviewer: Staff, lesson: Lesson, session: Session
) -> None:
    make_lesson_version(session, lesson, title="Tên hai")
    make_lesson_version(session, lesson, title="Tên ba")
    address = "/author/lessons/bai-1/history"
    page = reviewer.client.get(address).text
    assert "Từ phiên bản 2 đến phiên bản 3" in page
    assert "<del>hai</del>" in page
    assert "Sửa từ phiên bản này" not in page
    older = author.client.get(f"{address}?from=1&to=2").text
    assert "<del>cũ</del>" in older
    assert "<ins>hai</ins>" in older
    assert author.client.get(f"{address}?from=77&to=x").status_code == 200
    response = author.client.post(f"{address}/1/draft")
    assert response.location == "/author/lessons/bai-1/edit"
    assert 'value="Tên cũ"' in author.client.get(response.location).text
    assert author.client.post(f"{address}/1/draft").status_code == 409
    assert author.client.post("/author/lessons/bai-1/history/9/draft").status_code == 404


def test_history_of_what_is_unknown_is_not_found(author: Staff) -> None:
    assert author.client.get("/author/lessons/khong-co/history").status_code == 404
    assert author.client.get("/author/questions/khong-co/history").status_code == 404
