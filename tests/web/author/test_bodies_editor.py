"""Questions of every type written in the editor, through a browser without JavaScript."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import TYPES
from elearn.authoring.models import DraftKind
from tests.factories.assessment import make_question
from tests.factories.authoring import the_draft
from tests.factories.curriculum import make_lesson, make_module
from tests.factories.questions import BODIES
from tests.support.elements import elements_of
from tests.web.author.conftest import Staff

EDIT = "/author/questions/cau-1/edit"


@pytest.fixture(autouse=True)
def module(session: Session) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1", title="Bài một")


def write(session: Session, name: str) -> None:
    given = {"body": BODIES[name]} if name in BODIES else {"correct": "b"}
    make_question(session, "cau-1", type=name, module_code="m1", lesson_code="bai-1", **given)


def sent(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of the editor on ``page``, without its buttons."""
    fields: dict[str, list[str]] = {}
    listed = ""
    for tag, given in elements_of(page[: page.index('class="pane pane-read"')]):
        name = given.get("name") or ""
        if tag == "select":
            listed = name
        elif tag == "option" and "selected" in given:
            fields.setdefault(listed, []).append(given.get("value") or "")
        elif tag == "input" and (
            given.get("type") in ("text", "hidden", None) or "checked" in given
        ):
            fields.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            fields.setdefault(name, []).append(text_of(page, name))
    fields.pop("locale", None)
    return {name: values for name, values in fields.items() if name != "csrf_token"}


def text_of(page: str, name: str) -> str:
    start = page.index(">", page.index(f'name="{name}"')) + 1
    text = page[start : page.index("</textarea>", start)]
    return text.replace("&#34;", '"').replace("&amp;", "&").lstrip("\n")


def save(client: FlaskClient, page: str, **changes: Any) -> Any:
    return client.post(EDIT, data={**sent(page), "action": "save", **changes})


def body_of(session: Session) -> dict[str, Any]:
    session.rollback()
    body: dict[str, Any] = the_draft(session, DraftKind.QUESTION, "cau-1").content["body"]
    return body


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_is_published_comes_back_from_the_form_unchanged(
    author: Staff, session: Session, name: str
) -> None:
    write(session, name)
    page = author.client.get(EDIT).text
    assert save(author.client, page, stem=text_of(page, "stem") + " Thêm.").status_code == 302
    kept = body_of(session)
    published = dict(BODIES.get(name) or {})
    assert kept["stem"].endswith(" Thêm.")
    for key in published:
        if key not in ("stem", "questions"):
            assert kept[key] == published[key], key
    for part, before in zip(kept.get("questions", ()), published.get("questions", ()), strict=True):
        assert part == {"points": 1, **before}


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_preview_shows_the_question_and_its_key(
    author: Staff, session: Session, name: str
) -> None:
    write(session, name)
    page = author.client.get(EDIT).text
    shown = author.client.post(
        "/author/questions/cau-1/preview", data={**sent(page), "action": "preview"}
    ).text
    wanted = {
        "matching": ["Nghị quyết 30c →", "2011", "– chọn –"],
        "ordering": ["4. ", "Trả kết quả", 'name="preview.a"'],
        "short_text": ["Một cửa hoặc Cơ chế một cửa"],
        "numeric": ["90,61", "(%)"],
        "cloze": ["76 hoặc 76/NQ-CP", 'name="preview.0"'],
        "essay": ["Giải pháp khả thi", "2 điểm", "<textarea"],
        "case": ["Xin lỗi bằng văn bản", "(đúng)", "Câu 4"],
    }
    for words in wanted.get(name, ["option-right"]):
        assert words in shown
    assert "chỗ phải sửa" not in shown


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_question_is_begun_and_previewed_however_empty(
    author: Staff, session: Session, name: str
) -> None:
    begun = author.client.post(
        "/author/modules/m1/questions/new", data={"type": name, "code": "cau-moi"}
    )
    assert begun.status_code == 302
    page = author.client.get(begun.location).text
    for action in ("preview", "add_row", "save"):
        data = {**sent(page), "action": action}
        response = author.client.post(begun.location, data=data, follow_redirects=True)
        # Nothing was written, so there is nothing to save.
        assert response.status_code in (200, 422)
    assert (
        "không được để trống"
        in author.client.post("/author/questions/cau-moi/preview", data=sent(page)).text
    )


def test_a_case_grows_and_shrinks(author: Staff, session: Session) -> None:
    write(session, "case")
    page = author.client.get(EDIT).text
    more = author.client.post(
        EDIT, data={**sent(page), "action": "add_part", "new_part": "matching"}
    ).text
    assert 'name="parts-4-pairs-0-left"' in more
    fields = {
        "parts-4-stem": "Ghép.",
        "parts-4-pairs-0-left": "x",
        "parts-4-pairs-0-right": "y",
        "parts-4-pairs-2-right": "z",
        "parts-4-points": "0,5",
        "parts-0-drop": "1",
    }
    save(author.client, more, **fields)
    questions = body_of(session)["questions"]
    assert [part["type"] for part in questions] == [
        "single_choice",
        "ordering",
        "essay",
        "matching",
    ]
    assert questions[-1] == {
        "type": "matching",
        "stem": "Ghép.",
        "pairs": [{"left": "x", "right": "y"}],
        "distractors": ["z"],
        "explanation": "",
        "points": "0.5",
    }


def test_items_change_places_by_their_numbers(author: Staff, session: Session) -> None:
    write(session, "ordering")
    page = author.client.get(EDIT).text
    save(author.client, page, **{"items-0-place": "9"})
    assert body_of(session)["items"] == [
        "Thẩm định hồ sơ",
        "Ký kết quả",
        "Trả kết quả",
        "Tiếp nhận hồ sơ",
    ]


def test_a_gap_becomes_a_list(author: Staff, session: Session) -> None:
    write(session, "cloze")
    page = author.client.get(EDIT).text
    assert page.count("Chọn trong danh sách") >= 2
    save(author.client, page, **{"blanks-0-way": "choose", "blanks-0-right": "2"})
    assert body_of(session)["blanks"][0] == {
        "options": [{"text": "76", "correct": False}, {"text": "76/NQ-CP", "correct": True}]
    }


def test_what_is_wrong_in_a_part_is_named_by_its_place(author: Staff, session: Session) -> None:
    write(session, "case")
    page = author.client.get(EDIT).text
    changes = {"parts-1-right": "", "parts-3-stem": "![x](khong-co.png)", "action": "preview"}
    shown = author.client.post(EDIT, data={**sent(page), **changes}).text
    assert "Câu 2" in shown
    assert "phải có đúng một phương án đúng" in shown
    assert "Câu 4, Câu hỏi: " in shown


def test_a_number_wants_digits(author: Staff, session: Session) -> None:
    write(session, "numeric")
    page = author.client.get(EDIT).text
    data = {**sent(page), "number": "chín mươi", "action": "preview"}
    shown = author.client.post(EDIT, data=data).text
    assert "Đáp án: phải là một số" in shown
