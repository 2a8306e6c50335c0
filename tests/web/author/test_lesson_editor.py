"""The lesson editor through a browser without JavaScript, and what its script asks for."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse, encode_multipart

from elearn.authoring.models import Draft, DraftKind, DraftState
from elearn.curriculum.models import Lesson
from elearn.kernel.clock import utc_now
from elearn.workflows.author_content import discard
from tests.factories.authoring import lesson_text, make_draft, make_submitted, the_draft
from tests.factories.curriculum import make_lesson, make_module
from tests.support.elements import elements_of
from tests.support.statements import recorded
from tests.web.author.conftest import Staff

EDIT = "/author/lessons/bai-1/edit"
FIELDS: dict[str, Any] = {
    "draft_id": "",
    "lock_version": "0",
    "base_number": "1",
    "title": "Tên mới",
    "minutes": "20",
    "in_force_as_of": "2026-06-30",
    "outcomes-0-text": "Nêu được nội dung",
    "outcomes-0-level": "UNDERSTAND",
    "outcomes-1-text": "",
    "outcomes-1-level": "RECALL",
    "skills": ["S1", "S3"],
    "audience": "Nhóm một\nNhóm hai\n",
    "facts": "F001, F002",
    "citations": "",
    "body": "## Mở đầu\r\n\r\nNội dung mới.",
    "action": "save",
}


@pytest.fixture(autouse=True)
def lesson(session: Session) -> Lesson:
    return make_lesson(session, make_module(session, "m1"), "bai-1", title="Tên cũ")


def _post(client: FlaskClient, address: str = EDIT, **fields: Any) -> TestResponse:
    # Encoded here: the client would put a large form into a temporary file and leave it open.
    boundary, body = encode_multipart({**FIELDS, **fields})
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return found.group(1)


def _field(page: str, name: str) -> str:
    """Return what the text area ``name`` holds."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\r?\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None, name
    return unescape(found.group(1))


def _drafts(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_the_editor_opens_with_what_is_published(author: Staff, session: Session) -> None:
    page = author.client.get(EDIT).text
    assert 'value="Tên cũ"' in page
    assert _field(page, "body") == "## Mở đầu\n\nNội dung bài thử.\n"
    assert (_hidden(page, "draft_id"), _hidden(page, "base_number")) == ("", "1")
    assert _drafts(session) == 0


def test_saving_stores_every_field(author: Staff, session: Session) -> None:
    response = _post(author.client)
    assert (response.status_code, response.location) == (302, EDIT)
    assert the_draft(session, DraftKind.LESSON, "bai-1").content == {
        "title": "Tên mới",
        "minutes": 20,
        "outcomes": [{"text": "Nêu được nội dung", "level": "UNDERSTAND"}],
        "skills": ["S1", "S3"],
        "audience": ["Nhóm một", "Nhóm hai"],
        "facts": ["F001", "F002"],
        "citations": [],
        "in_force_as_of": "2026-06-30",
        "body": "## Mở đầu\n\nNội dung mới.\n",
    }
    page = author.client.get(EDIT).text
    assert "Đã lưu bản nháp lúc" in page
    assert (_hidden(page, "lock_version"), _field(page, "body")) == (
        "1",
        "## Mở đầu\n\nNội dung mới.\n",
    )


def test_a_stale_save_brings_back_both_texts_and_a_choice(
    author: Staff, colleague: Staff, session: Session
) -> None:
    _post(colleague.client, body="## Mở đầu\n\nCủa đồng nghiệp.")
    response = _post(author.client, title="Tên tôi đặt", body="## Mở đầu\n\nCủa tôi.")
    assert response.status_code == 409
    page = response.text
    assert _field(page, "body") == "## Mở đầu\n\nCủa tôi."
    assert 'value="Tên tôi đặt"' in page
    assert "dong-nghiep đã lưu lúc" in page
    assert "<del>đồng nghiệp</del>" in page
    assert "<ins>tôi</ins>" in page
    assert "data-autosave" not in page
    draft = the_draft(session, DraftKind.LESSON, "bai-1")
    assert draft.content["body"] == "## Mở đầu\n\nCủa đồng nghiệp.\n"

    mine = {name: _hidden(page, name) for name in ("draft_id", "lock_version", "base_number")}
    assert mine == {"draft_id": str(draft.id), "lock_version": "1", "base_number": "1"}
    kept = _post(author.client, title="Tên tôi đặt", body="## Mở đầu\n\nCủa tôi.", **mine)
    assert kept.status_code == 302
    assert the_draft(session, DraftKind.LESSON, "bai-1").content["title"] == "Tên tôi đặt"


def test_a_stale_save_that_goes_stale_again_is_refused_again(
    author: Staff, colleague: Staff, session: Session
) -> None:
    _post(colleague.client, title="Lần một")
    page = _post(author.client, title="Của tôi").text
    held = {name: _hidden(page, name) for name in ("draft_id", "lock_version", "base_number")}
    _post(colleague.client, title="Lần hai", **held)
    assert _post(author.client, title="Của tôi", **held).status_code == 409
    assert the_draft(session, DraftKind.LESSON, "bai-1").content["title"] == "Lần hai"


def test_the_preview_is_rendered_by_the_server_and_stores_nothing(
    author: Staff, session: Session
) -> None:
    response = _post(author.client, action="preview", body=":::note\nXem **trước**\n:::\n")
    assert response.status_code == 200
    assert '<div class="callout callout-note" role="note">' in response.text
    assert "Xem <strong>trước</strong>" in response.text
    assert _field(response.text, "body") == ":::note\nXem **trước**\n:::\n"
    assert _drafts(session) == 0


@pytest.mark.parametrize("action", ["preview", ""])
def test_raw_html_and_script_come_out_harmless(author: Staff, action: str) -> None:
    harm = '<script>alert(1)</script><img src="x" onerror="alert(2)">[x](javascript:alert(3))'
    address = EDIT if action else "/author/lessons/bai-1/preview"
    page = _post(author.client, address, action=action, body=harm, title=harm).text
    elements = elements_of(page)
    assert [attributes for tag, attributes in elements if tag == "img"] == []
    assert all(attributes.get("src") for tag, attributes in elements if tag == "script")
    for _tag, attributes in elements:
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").startswith("javascript:")


def test_problems_stand_beside_the_preview(author: Staff) -> None:
    page = _post(author.client, action="preview", body="Một\n\n:::check khong-co\n").text
    assert "1 chỗ phải sửa trước khi xuất bản" in page
    assert 'data-line="3">Dòng 3</a>: chưa có câu hỏi “khong-co” được xuất bản' in page


def test_one_more_row_is_offered_without_losing_anything(author: Staff, session: Session) -> None:
    page = _post(author.client, action="add_row").text
    assert 'name="outcomes-2-text"' in page
    assert "Nội dung mới." in _field(page, "body")
    assert "data-dirty" in page
    assert _drafts(session) == 0


def test_a_megabyte_is_refused_and_comes_back_whole(author: Staff, session: Session) -> None:
    body = "Chữ " * 250_000
    response = _post(author.client, body=body)
    assert response.status_code == 422
    assert "tối đa là 200000" in response.text
    assert _field(response.text, "body") == body
    assert _drafts(session) == 0


def test_decomposed_letters_are_stored_precomposed(author: Staff, session: Session) -> None:
    _post(author.client, title="Tiếng Việt", body="Cải cách")
    content = the_draft(session, DraftKind.LESSON, "bai-1").content
    assert (content["title"], content["body"]) == ("Tiếng Việt", "Cải cách\n")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", "mười"),
        ("minutes", "-5"),
        ("in_force_as_of", "31/02/2026"),
        ("skills", ["S99"]),
        ("title", "x" * 301),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_lost(
    author: Staff, session: Session, field: str, value: Any
) -> None:
    response = _post(author.client, **{field: value})
    assert response.status_code == 422
    assert "Có mục chưa đúng" in response.text
    assert "Nội dung mới." in _field(response.text, "body")
    assert _drafts(session) == 0


def test_days_may_be_written_the_vietnamese_way(author: Staff, session: Session) -> None:
    _post(author.client, in_force_as_of="30/06/2026")
    assert the_draft(session, DraftKind.LESSON, "bai-1").content["in_force_as_of"] == "2026-06-30"


def test_a_draft_in_review_is_shown_not_edited(author: Staff) -> None:
    opened = make_submitted(author.actor, "bai-1", lesson_text())
    response = author.client.get(EDIT)
    assert (response.status_code, response.location) == (302, f"/author/drafts/{opened.draft_id}")


def test_a_save_that_meets_a_review_keeps_the_text(author: Staff, session: Session) -> None:
    opened = make_submitted(author.actor, "bai-1", lesson_text())
    response = _post(author.client, draft_id=str(opened.draft_id), lock_version="1")
    assert response.status_code == 409
    assert "Hãy rút lại nếu muốn sửa tiếp" in response.text
    assert "Nội dung mới." in _field(response.text, "body")
    assert the_draft(session, DraftKind.LESSON, "bai-1").content["title"] == "Bài thử"


def test_a_save_after_the_draft_was_discarded_can_begin_anew(
    author: Staff, session: Session
) -> None:
    opened = make_draft(author.actor, "bai-1", lesson_text())
    assert opened.draft_id is not None
    discard(author.actor, opened.draft_id, now=utc_now())
    response = _post(author.client, draft_id=str(opened.draft_id), lock_version="1")
    assert response.status_code == 409
    held = {name: _hidden(response.text, name) for name in ("draft_id", "lock_version")}
    assert held == {"draft_id": "", "lock_version": "0"}
    assert _post(author.client, **held).status_code == 302
    states = set(session.scalars(select(Draft.state)))
    assert states == {DraftState.DISCARDED, DraftState.EDITING}


def test_save_and_send_leads_to_the_review_page(author: Staff, session: Session) -> None:
    response = _post(author.client, action="submit")
    draft = the_draft(session, DraftKind.LESSON, "bai-1")
    assert response.location == f"/author/drafts/{draft.id}"


def test_the_script_saves_and_learns_the_new_lock(author: Staff, session: Session) -> None:
    address = "/author/lessons/bai-1/autosave"
    first = _post(author.client, address).get_json()
    draft = the_draft(session, DraftKind.LESSON, "bai-1")
    assert (first["draft_id"], first["lock_version"]) == (draft.id, 1)
    second = _post(
        author.client, address, draft_id=str(draft.id), lock_version="1", title="Tên nữa"
    ).get_json()
    assert second["lock_version"] == 2
    assert "Đã tự lưu lúc" in second["saved"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"title": "Đè lên"}, 409, "draft.stale"),
        ({"draft_id": "1", "minutes": "x"}, 422, "draft.form"),
    ],
)
def test_the_script_is_told_why_nothing_was_saved(
    author: Staff, colleague: Staff, fields: dict[str, str], status: int, code: str
) -> None:
    _post(colleague.client, "/author/lessons/bai-1/autosave")
    response = author.client.post(
        "/author/lessons/bai-1/autosave",
        data={**FIELDS, **fields},
        content_type="multipart/form-data",
        headers={"Accept": "application/json"},
    )
    assert (response.status_code, response.get_json()["error"]) == (status, code)


def test_a_new_lesson_is_begun_from_its_module(author: Staff, session: Session) -> None:
    address = "/author/modules/m1/lessons/new"
    assert author.client.get(address).status_code == 200
    response = author.client.post(address, data={"title": "Bài mới", "code": "bai-moi"})
    assert response.location == "/author/lessons/bai-moi/edit"
    assert 'value="Bài mới"' in author.client.get(response.location).text
    saved = _post(
        author.client,
        response.location,
        draft_id=str(the_draft(session, DraftKind.LESSON, "bai-moi").id),
        lock_version="1",
        base_number="",
    )
    assert saved.status_code == 302
    assert "Bài mới" not in author.client.get("/author/modules/m1").text
    assert "Tên mới" in author.client.get("/author/modules/m1").text


def test_a_taken_or_impossible_code_is_named_at_its_field(author: Staff) -> None:
    address = "/author/modules/m1/lessons/new"
    taken = author.client.post(address, data={"title": "Bài", "code": "bai-1"})
    assert taken.status_code == 409
    assert "Mã “bai-1” đã được dùng." in taken.text
    wrong = author.client.post(address, data={"title": "Bài", "code": "Bài Một"})
    assert wrong.status_code == 422
    assert "Mã chỉ gồm chữ thường không dấu" in wrong.text


def test_unknown_things_are_not_found(author: Staff) -> None:
    for address in (
        "/author/lessons/khong-co/edit",
        "/author/modules/m9",
        "/author/modules/m9/lessons/new",
        "/author/modules/m9/pictures",
        f"{EDIT}?draft=999999",
    ):
        assert author.client.get(address).status_code == 404, address


def test_the_editor_asks_the_database_little(author: Staff) -> None:
    make_draft(author.actor, "bai-1", lesson_text())
    with recorded() as statements:
        author.client.get(EDIT)
    assert len(statements) <= 8, statements
