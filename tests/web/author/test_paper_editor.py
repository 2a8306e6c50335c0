"""The editor of papers through a browser without JavaScript: rows, supply, sample, publication."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.assessment.forms.enemies import replace_sets
from elearn.assessment.models import Level, Paper, PaperVersion, Question
from elearn.authoring.models import Draft, DraftKind, DraftState
from elearn.kernel.clock import utc_now
from tests.factories.assessment import make_paper, make_question
from tests.factories.authoring import the_draft
from tests.factories.curriculum import make_lesson, make_module
from tests.support.statements import recorded
from tests.web.author.conftest import Staff

EDIT = "/author/papers/de-1/edit"
FIELDS: dict[str, Any] = {
    "draft_id": "",
    "lock_version": "0",
    "base_number": "1",
    "title": "Khảo sát kiến thức",
    "kind": "SURVEY",
    "time_limit_minutes": "30",
    "attempts": "",
    "cooldown_hours": "0",
    "pass_percent": "62,5",
    "feedback": "AFTER_CLOSE",
    "shuffle": "y",
    "sections-0-title": "Phần chung",
    "sections-0-cells-0-module": "m1",
    "sections-0-cells-0-level": "RECALL",
    "sections-0-cells-0-count": "2",
    "sections-0-cells-0-points": "1,5",
    "sections-0-questions": "",
    "action": "save",
}
CELL = {"module": "m1", "level": "RECALL", "count": 2, "points": "1.5"}


@pytest.fixture(autouse=True)
def bank(session: Session) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1", title="Bài một")
    for number in range(1, 7):
        make_question(session, f"q{number}", module_code="m1", lesson_code="bai-1")
    make_paper(session, "de-1")


def _post(client: FlaskClient, address: str = EDIT, **fields: Any) -> TestResponse:
    return client.post(address, data={**FIELDS, **fields})


def _draft(session: Session) -> dict[str, Any]:
    content: dict[str, Any] = the_draft(session, DraftKind.PAPER, "de-1").content
    return content


def test_the_list_shows_what_is_published(author: Staff) -> None:
    page = author.client.get("/author/papers").text
    assert "Đề de-1" in page
    assert "phiên bản 1" in page
    assert "Kiểm tra chuyên đề" in page


def test_the_editor_opens_with_what_is_published(author: Staff) -> None:
    page = author.client.get(EDIT).text
    assert 'value="Phần chung"' in page
    assert '<option selected value="RECALL">' in page
    assert "có 6, cần 2" in page


def test_saving_keeps_the_file_shape(author: Staff, session: Session) -> None:
    assert _post(author.client).status_code == 302
    assert _draft(session) == {
        "title": "Khảo sát kiến thức",
        "kind": "SURVEY",
        "time_limit_minutes": 30,
        "attempts": None,
        "cooldown_hours": 0,
        "pass_percent": "62.5",
        "shuffle": True,
        "feedback": "AFTER_CLOSE",
        "sections": [{"title": "Phần chung", "draw": [CELL]}],
    }


def test_rows_come_and_go_without_being_saved(author: Staff, session: Session) -> None:
    page = _post(author.client, action="add_cell-0").text
    assert 'name="sections-0-cells-1-count"' in page
    assert 'value="2"' in page
    page = _post(author.client, action="add_section").text
    assert 'name="sections-1-title"' in page
    second = {"sections-0-cells-1-module": "m1", "sections-0-cells-1-count": "1"}
    page = _post(author.client, action="remove_cell-0-0", **second).text
    assert 'name="sections-0-cells-1-count"' not in page
    assert re.search(r'name="sections-0-cells-0-count"[^>]*value="1"', page)
    page = _post(author.client, action="remove_section-0", **{"sections-1-title": "Hai"}).text
    assert 'value="Hai"' in page
    assert 'name="sections-1-title"' not in page
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize(
    "action", ["remove_cell-9-9", "add_cell-7", "remove_section-5", "add_cell", "remove_cell-0"]
)
def test_odd_buttons_do_no_harm(author: Staff, action: str) -> None:
    assert _post(author.client, action=action).status_code == 200


def test_the_preview_shows_supply_keys_and_difficulty(author: Staff, session: Session) -> None:
    page = _post(author.client, action="preview").text
    assert "có 6, cần 2" in page
    assert page.count("Đáp án đúng") == 2
    assert "Điểm trung bình dự kiến" in page
    assert "80,0%" in page
    assert "dự kiến 80,0% trả lời đúng" in page
    assert session.scalars(select(Draft)).all() == []


def test_cells_that_compete_are_named_when_the_preview_is_asked_for(author: Staff) -> None:
    more = {
        "sections-0-cells-0-count": "4",
        "sections-0-cells-1-lesson": "bai-1",
        "sections-0-cells-1-count": "3",
    }
    page = _post(author.client, action="preview", **more).text
    assert "phần 1 ô 1" in page
    assert "cùng cần 7 câu nhưng ngân hàng chỉ có 6 câu khác nhau cho chúng, thiếu 1" in page
    assert "Đáp án đúng" not in page


def test_enemies_and_inline_checks_count_in_the_supply(author: Staff, session: Session) -> None:
    replace_sets(session, [["q1", "q2", "q3"]], user_id=None, now=utc_now())
    session.execute(update(Question).where(Question.code == "q4").values(is_inline_check=True))
    session.commit()
    page = _post(author.client, action="preview", **{"sections-0-cells-0-count": "4"}).text
    assert "thiếu 1: có 3, cần 4" in page
    assert "Phần 1, ô 1: ngân hàng chỉ có 3 câu cho ô này, cần 4, thiếu 1" in page
    page = _post(author.client, action="preview", kind="PRACTICE").text
    assert "có 4, cần 2" in page


def test_a_named_inline_check_is_refused_for_what_counts(author: Staff, session: Session) -> None:
    session.execute(update(Question).where(Question.code == "q4").values(is_inline_check=True))
    session.commit()
    named = {f"sections-0-cells-0-{name}": "" for name in ("module", "level", "count", "points")}
    page = _post(author.client, action="preview", **{**named, "sections-0-questions": "q1 q4"}).text
    assert "“q4” là câu kiểm tra nhanh trong một bài học" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Tên đề: không được để trống"),
        ({"pass_percent": "101"}, "Mức đạt, phần trăm: không được quá 100"),
        ({"pass_percent": "nhiều"}, "Mức đạt, phần trăm: phải là một số"),
        ({"sections-0-cells-0-module": "m9"}, "Phần 1, ô 1: không có chuyên đề “m9”"),
        ({"sections-0-cells-0-lesson": "bai-9"}, "Phần 1, ô 1: không có bài học “bai-9”"),
        ({"sections-0-cells-0-count": ""}, "Phần 1, ô 1, số câu: thiếu mục này"),
        ({"sections-0-cells-0-module": ""}, "phải nêu module, lesson, area hoặc skill"),
        ({"sections-0-questions": "q1"}, "phải có “draw” hoặc “questions”"),
        ({"sections-0-title": ""}, "Phần 1, Tên đề: không được để trống"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    author: Staff, fields: dict[str, str], words: str
) -> None:
    page = _post(author.client, action="preview", **fields)
    assert page.status_code == 200
    assert words in page.text


@pytest.mark.parametrize("field", ["time_limit_minutes", "sections-0-cells-0-count"])
def test_what_is_no_number_is_told_at_the_field(author: Staff, field: str) -> None:
    page = _post(author.client, **{field: "hai mươi"})
    assert page.status_code == 422
    assert "Hãy nhập một số nguyên." in page.text


def test_a_paper_goes_from_draft_to_publication(
    author: Staff, reviewer: Staff, session: Session
) -> None:
    _post(author.client, action="submit")
    draft = the_draft(session, DraftKind.PAPER, "de-1")
    shown = author.client.get(f"/author/drafts/{draft.id}").text
    assert "rút 2 câu: module m1, level RECALL" in shown
    assert "1.5 điểm" in shown
    assert "Một đề rút thử, kèm đáp án" in shown
    sent = {"lock_version": draft.lock_version, "change_note": "Thêm giờ."}
    assert author.client.post(f"/author/drafts/{draft.id}/submit", data=sent).status_code == 302
    published = reviewer.client.post(
        f"/author/drafts/{draft.id}/publish", data={"lock_version": draft.lock_version}
    )
    assert published.status_code == 302
    session.rollback()
    version = session.scalars(
        select(PaperVersion)
        .join(Paper, Paper.published_version_id == PaperVersion.id)
        .where(Paper.code == "de-1")
    ).one()
    assert (version.number, version.title, version.change_note) == (
        2,
        "Khảo sát kiến thức",
        "Thêm giờ.",
    )
    assert version.published_by == reviewer.actor.user_id
    assert version.sections == [{"title": "Phần chung", "draw": [CELL]}]
    history = reviewer.client.get("/author/papers/de-1/history").text
    assert "Thêm giờ." in history
    assert "rút 2 câu" in history


def test_a_paper_that_cannot_be_drawn_is_not_sent(author: Staff, session: Session) -> None:
    _post(author.client, **{"sections-0-cells-0-count": "9"})
    draft = the_draft(session, DraftKind.PAPER, "de-1")
    sent = {"lock_version": draft.lock_version, "change_note": "Thử."}
    answer = author.client.post(f"/author/drafts/{draft.id}/submit", data=sent)
    assert answer.status_code == 422
    assert "ngân hàng chỉ có 6 câu cho ô này, cần 9, thiếu 3" in answer.text
    session.rollback()
    assert the_draft(session, DraftKind.PAPER, "de-1").state is DraftState.EDITING


def test_a_new_paper_begins_as_a_draft(author: Staff, session: Session) -> None:
    fields = {"title": "Đề mới", "kind": "FINAL", "code": "de-moi"}
    begun = author.client.post("/author/papers/new", data=fields)
    assert begun.location == "/author/papers/de-moi/edit"
    assert "Đề mới" in author.client.get("/author/papers").text
    assert 'name="sections-0-cells-0-count"' in author.client.get(begun.location).text
    taken = author.client.post("/author/papers/new", data=fields)
    assert taken.status_code == 409
    assert "đã được dùng" in taken.text
    odd = author.client.post("/author/papers/new", data={**fields, "code": "Đề 1"})
    assert odd.status_code == 422


def test_another_window_overwrites_nothing(author: Staff, colleague: Staff) -> None:
    _post(colleague.client, title="Của đồng nghiệp")
    answer = _post(author.client, title="Của tôi")
    assert answer.status_code == 409
    assert "Của đồng nghiệp" in answer.text
    assert 'value="Của tôi"' in answer.text


def test_the_script_saves_and_previews(author: Staff, session: Session) -> None:
    saved = _post(author.client, "/author/papers/de-1/autosave")
    assert saved.get_json()["lock_version"] == 1
    assert _draft(session)["title"] == "Khảo sát kiến thức"
    shown = _post(author.client, "/author/papers/de-1/preview")
    assert "Một đề rút thử" in shown.text


def test_an_old_version_becomes_a_draft(author: Staff) -> None:
    begun = author.client.post("/author/papers/de-1/history/1/draft")
    assert begun.location == "/author/papers/de-1/edit"


def test_reviewers_read_papers_and_do_not_write_them(reviewer: Staff) -> None:
    assert reviewer.client.get("/author/papers").status_code == 200
    assert reviewer.client.get(EDIT).status_code == 403
    assert reviewer.client.post("/author/papers/new", data={}).status_code == 403


def test_an_unknown_paper_is_not_found(author: Staff) -> None:
    assert author.client.get("/author/papers/la/edit").status_code == 404
    assert author.client.get("/author/papers/la/history").status_code == 404


def test_the_editor_asks_as_often_for_many_cells_as_for_one(
    author: Staff, session: Session
) -> None:
    for number in range(20):
        make_question(session, level=Level.APPLY, module_code=f"m{number}")

    def asked(cells: int) -> int:
        rows = {f"sections-0-cells-{n}-module": f"m{n}" for n in range(cells)}
        rows |= {f"sections-0-cells-{n}-count": "1" for n in range(cells)}
        with recorded() as statements:
            _post(author.client, action="preview", **rows)
        return len(statements)

    assert asked(15) == asked(1)


@pytest.mark.parametrize(
    "fields",
    [
        {"sections-0-cells-0-module": "m1\x00"},
        {"sections-0-cells-0-level": "RẤT KHÓ"},
        {"sections-0-cells-0-type": "hologram"},
        {"sections-0-cells-0-skill": "\x00\x01"},
        {"kind": "LA", "feedback": "LA"},
        {"draft_id": "999999", "lock_version": "x"},
        {"sections-0-cells-0-count": "9" * 400},
        {"sections-99999-title": "Xa", "sections-0-cells-77777-count": "1"},
        {"sections-0-questions": "q1 " * 3000},
        {"pass_percent": "1e999999"},
    ],
)
@pytest.mark.parametrize("action", ["save", "preview", "add_cell-0"])
def test_no_form_breaks_the_editor(author: Staff, fields: dict[str, str], action: str) -> None:
    assert _post(author.client, action=action, **fields).status_code in (200, 302, 404, 409, 422)


def test_sections_have_their_limit(author: Staff) -> None:
    many = {f"sections-{number}-title": f"Phần {number}" for number in range(60)}
    page = _post(author.client, action="add_section", **many)
    assert page.status_code == 200
    assert 'name="sections-49-title"' in page.text
    assert 'name="sections-50-title"' not in page.text
