"""The question editor and the bank through a browser without JavaScript."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.assessment.models import Level
from elearn.authoring.models import Draft, DraftKind
from elearn.kernel.clock import utc_now
from tests.factories.assessment import make_question
from tests.factories.authoring import make_draft, question_text, the_draft
from tests.factories.curriculum import make_lesson, make_module
from tests.web.author.conftest import Staff

EDIT = "/author/questions/cau-1/edit"
FIELDS: dict[str, Any] = {
    "draft_id": "",
    "lock_version": "0",
    "base_number": "1",
    "stem": "Đề án do ai phê duyệt?",
    "options-0-text": "Chủ tịch UBND tỉnh",
    "options-0-feedback": "",
    "options-1-text": " ",
    "options-1-feedback": "",
    "options-2-text": "Sở Nội vụ",
    "options-2-feedback": "Sở Nội vụ chủ trì thực hiện.",
    "right": "2",
    "level": "UNDERSTAND",
    "lesson": "bai-1",
    "area": "PAR_PROCEDURES",
    "points": "1,5",
    "skills": ["S2"],
    "facts": "F001",
    "citations": "",
    "explanation": "Theo Điều 1.",
    "action": "save",
}


@pytest.fixture(autouse=True)
def bank(session: Session) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1", title="Bài một")
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")


def _post(client: FlaskClient, address: str = EDIT, **fields: Any) -> TestResponse:
    return client.post(address, data={**FIELDS, **fields})


def _body(session: Session, code: str = "cau-1") -> dict[str, Any]:
    body: dict[str, Any] = the_draft(session, DraftKind.QUESTION, code).content["body"]
    return body


def test_the_editor_opens_with_what_is_published(author: Staff) -> None:
    page = author.client.get(EDIT).text
    assert "Câu hỏi thử?" in page
    assert 'name="right" value="0" checked' in page
    assert "Phương án d" in page
    assert 'name="options-4-text"' in page


def test_saving_keeps_the_marks_beside_their_options(author: Staff, session: Session) -> None:
    assert _post(author.client).status_code == 302
    content = the_draft(session, DraftKind.QUESTION, "cau-1").content
    assert content["body"] == {
        "stem": "Đề án do ai phê duyệt?",
        "options": [
            {"text": "Chủ tịch UBND tỉnh", "correct": False},
            {"text": "Sở Nội vụ", "correct": True, "feedback": "Sở Nội vụ chủ trì thực hiện."},
        ],
        "explanation": "Theo Điều 1.",
    }
    assert (content["level"], content["area"], content["points"]) == (
        "UNDERSTAND",
        "PAR_PROCEDURES",
        "1.5",
    )
    page = author.client.get(EDIT).text
    assert 'name="right" value="1" checked' in page
    assert 'value="1,5"' in page


def test_several_options_may_be_right(author: Staff, session: Session) -> None:
    make_question(session, "cau-2", type="multiple_choice", module_code="m1", lesson_code="bai-1")
    address = "/author/questions/cau-2/edit"
    assert 'type="checkbox" name="right"' in author.client.get(address).text
    _post(author.client, address, right=["0", "2"], scoring="partial")
    body = _body(session, "cau-2")
    assert [option["correct"] for option in body["options"]] == [True, True]
    assert body["scoring"] == "partial"


def test_a_statement_is_true_or_false(author: Staff, session: Session) -> None:
    make_question(session, "cau-3", type="true_false", module_code="m1", lesson_code="bai-1")
    address = "/author/questions/cau-3/edit"
    assert 'name="options-0-text"' not in author.client.get(address).text
    _post(author.client, address, answer="false")
    assert _body(session, "cau-3") == {
        "stem": "Đề án do ai phê duyệt?",
        "answer": False,
        "explanation": "Theo Điều 1.",
    }


def test_a_stale_save_brings_back_both_texts(
    author: Staff, colleague: Staff, session: Session
) -> None:
    _post(colleague.client, stem="Câu của đồng nghiệp?")
    response = _post(author.client, stem="Câu của tôi?")
    assert response.status_code == 409
    assert "Câu của tôi?</textarea>" in response.text
    assert "<del>đồng nghiệp</del>" in response.text
    assert _body(session)["stem"] == "Câu của đồng nghiệp?"


def test_the_preview_shows_the_key_and_stores_nothing(author: Staff, session: Session) -> None:
    page = _post(author.client, action="preview", stem="Ai **ký**?").text
    assert "Ai <strong>ký</strong>?" in page
    assert len(re.findall('option-right"', page)) == 1
    assert "<p>Sở Nội vụ chủ trì thực hiện.</p>" in page
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    fragment = _post(author.client, "/author/questions/cau-1/preview", stem="<script>x</script>y")
    assert "<script" not in fragment.text


def test_problems_are_named_by_their_place(author: Staff) -> None:
    page = _post(author.client, action="preview", right="").text
    assert "câu hỏi một lựa chọn phải có đúng một phương án đúng" in page
    page = _post(author.client, **{"action": "preview", "options-0-feedback": "x" * 3}).text
    assert "chỗ phải sửa" not in page
    fields = {"action": "preview", "explanation": "", "options-1-feedback": "Nhận xét mồ côi"}
    page = _post(author.client, **fields).text
    assert "Giải thích: không được để trống" in page
    assert "Phương án B: không được để trống" in page


def test_one_more_option_is_offered_up_to_ten(author: Staff) -> None:
    page = _post(author.client, action="add_row").text
    assert 'name="options-3-text"' in page
    assert "Đề án do ai phê duyệt?" in page
    full = {f"options-{number}-text": f"P{number}" for number in range(10)}
    page = _post(author.client, action="add_row", **full).text
    assert 'name="options-9-text"' in page
    assert 'name="options-10-text"' not in page


def test_a_field_of_a_megabyte_is_refused_and_kept(author: Staff, session: Session) -> None:
    response = _post(author.client, stem="x" * 1_000_000)
    assert response.status_code == 422
    assert "tối đa là 20000" in response.text
    assert "x" * 1_000_000 in response.text
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_script_saves_and_learns_the_new_lock(author: Staff, session: Session) -> None:
    told = _post(author.client, "/author/questions/cau-1/autosave").get_json()
    draft = the_draft(session, DraftKind.QUESTION, "cau-1")
    assert (told["draft_id"], told["lock_version"]) == (draft.id, 1)


def test_a_new_question_is_begun_in_its_bank(author: Staff, session: Session) -> None:
    address = "/author/modules/m1/questions/new"
    response = author.client.post(address, data={"type": "multiple_choice", "code": "cau-moi"})
    assert response.location == "/author/questions/cau-moi/edit"
    page = author.client.get(response.location).text
    assert page.count('name="right"') == 4
    wrong = author.client.post(address, data={"type": "jousting", "code": "cau-khac"})
    assert wrong.status_code == 422


def test_history_shows_options_with_their_marks(author: Staff, session: Session) -> None:
    page = author.client.get("/author/questions/cau-1/history").text
    assert "đang xuất bản" in page


# ---- the bank


def _found(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/author/questions{query}").text
    return re.findall(r'<div class="cell-note">([a-z0-9-]+)</div>', page)


@pytest.fixture
def several(session: Session) -> None:
    module = make_module(session, "m2")
    make_lesson(session, module, "bai-2", title="Bài hai")
    make_question(session, "cau-2", module_code="m1", type="true_false", lesson_code="bai-1")
    make_question(session, "cau-3", module_code="m2", level=Level.APPLY, lesson_code="bai-2")
    retired = make_question(session, "cau-4", module_code="m2", lesson_code="bai-2")
    retired.retired_at = utc_now()
    session.commit()


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["cau-1", "cau-2", "cau-3", "cau-4"]),
        ("?module=m2", ["cau-3", "cau-4"]),
        ("?type=true_false", ["cau-2"]),
        ("?level=APPLY", ["cau-3"]),
        ("?lesson=bai-1", ["cau-1", "cau-2"]),
        ("?state=RETIRED", ["cau-4"]),
        ("?state=PUBLISHED&module=m2", ["cau-3"]),
        ("?q=NHAN+dinh", ["cau-2"]),
        ("?q=nhận định", ["cau-2"]),
        ("?q=cau-3", ["cau-3"]),
        ("?q=%25", []),
        ("?q=khong+co+gi", []),
        ("?page=99", []),
        ("?page=x&state=x", ["cau-1", "cau-2", "cau-3", "cau-4"]),
    ],
)
def test_the_bank_is_searched(reviewer: Staff, several: None, query: str, codes: list[str]) -> None:
    assert _found(reviewer.client, query) == codes


def test_drafts_show_in_the_bank(author: Staff, several: None, session: Session) -> None:
    make_draft(author.actor, "cau-1", question_text("bai-1"))
    address = "/author/modules/m1/questions/new"
    author.client.post(address, data={"type": "true_false", "code": "cau-moi"})
    assert _found(author.client, "?state=CHANGING") == ["cau-1"]
    assert _found(author.client, "?state=NEW") == ["cau-moi"]
    assert "Đang soạn" in author.client.get("/author/questions?state=NEW").text


def test_a_long_bank_has_pages(author: Staff, session: Session) -> None:
    for number in range(10, 35):
        make_question(session, f"cau-{number}", module_code="m1", lesson_code="bai-1")
    first, second = _found(author.client), _found(author.client, "?page=2")
    assert (len(first), len(second)) == (20, 6)
    assert not set(first) & set(second)
