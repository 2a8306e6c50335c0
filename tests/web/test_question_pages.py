"""Every type of question on the pages of an attempt, without JavaScript."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import AnswerEvent, Attempt, FeedbackRule, PaperKind, Question
from elearn.org.models import Unit
from elearn.progress.models import CheckAnswer
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import items_of, make_learner
from tests.factories.curriculum import make_lesson, make_module
from tests.factories.essays import mark_everything
from tests.factories.org import make_assignment, make_person, make_unit, make_user
from tests.factories.questions import BODIES, CASE, ESSAY, WORDS, right_value
from tests.support.accounts import Visitor
from tests.support.elements import elements_of

CANARY = "CANARY"
NAMES = sorted(TYPES)


@pytest.fixture
def unit(session: Session) -> Unit:
    return make_unit(session)


@pytest.fixture
def browser(visitor: Visitor, session: Session, unit: Unit) -> FlaskClient:
    person = make_person(session)
    make_assignment(session, person, unit)
    return visitor.as_user(make_user(session, person=person))


def begin(browser: FlaskClient, session: Session, *bodies: tuple[str, Any], **given: Any) -> int:
    """Begin a paper that asks questions of the types and bodies given, called q0, q1, …"""
    codes = [f"q{number}" for number in range(len(bodies))]
    for code, (name, body) in zip(codes, bodies, strict=True):
        make_question(session, code, type=name, body=body)
    sections = [{"title": "Chung", "questions": codes}]
    make_paper(session, "de", sections=sections, shuffle=False, **given)
    browser.post("/papers/de")
    session.rollback()
    return session.scalars(select(func.max(Attempt.id))).one()


def fields_of(page: str, item: int) -> dict[str, list[str]]:
    """Return what the fields of question ``item`` on ``page`` would send."""
    filled: dict[str, list[str]] = {}
    select_name = ""
    for tag, attributes in elements_of(page):
        name = attributes.get("name") or ""
        if tag == "select":
            select_name = name
        elif tag == "option" and "selected" in attributes:
            filled.setdefault(select_name, []).append(attributes["value"] or "")
        elif tag == "input" and (attributes.get("type") == "text" or "checked" in attributes):
            filled.setdefault(name, []).append(attributes.get("value") or "")
    mine = {name: values for name, values in filled.items() if any(values)}
    return {name: mine[name] for name in mine if name.split(".")[0] == str(item)}


def hidden(page: str) -> dict[str, str]:
    wanted = ("epoch", "seen_seq")
    return {
        str(attributes["name"]): attributes["value"] or ""
        for tag, attributes in elements_of(page)
        if tag == "input" and attributes.get("name") in wanted
    }


def named(item: int, filled: dict[str, list[str]]) -> dict[str, list[str]]:
    return {f"{item}.{key}" if key else str(item): values for key, values in filled.items()}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_form_says_is_stored_and_shown_again(
    browser: FlaskClient, session: Session, name: str
) -> None:
    attempt_id = begin(browser, session, (name, BODIES.get(name)))
    item = items_of(session, attempt_id)["q0"]
    body, right = right_value(session, "q0")
    filled = named(item, TYPES[name].form_of(body, right))
    address = f"/attempts/{attempt_id}"
    empty = browser.get(address).text
    assert fields_of(empty, item) == {}
    data = {**hidden(empty), **filled, "act": "save"}
    saved = browser.post(address, data=data, follow_redirects=True).text
    assert "Đã lưu bài lúc" in saved
    assert session.scalars(select(AnswerEvent.value)).all() == [right]
    shown = fields_of(saved, item)
    assert shown == {key: values for key, values in filled.items() if values != [WORDS]}
    assert (WORDS in saved) is (name in ("essay", "case"))
    browser.post(address, data={**hidden(saved), **filled, "act": "save"})
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AnswerEvent)) == 1


@pytest.mark.parametrize("name", [name for name in NAMES if name in BODIES])
def test_an_emptied_form_clears_the_answer(
    browser: FlaskClient, session: Session, name: str
) -> None:
    attempt_id = begin(browser, session, (name, BODIES[name]))
    item = items_of(session, attempt_id)["q0"]
    body, right = right_value(session, "q0")
    address = f"/attempts/{attempt_id}"
    filled = named(item, TYPES[name].form_of(body, right))
    # Radio buttons send nothing where none is set.
    untouched = {key: "" for key in filled if key != f"{item}.1" or name != "case"}
    browser.post(address, data={"epoch": "1", "seen_seq": "0", **untouched})
    assert session.scalar(select(func.count()).select_from(AnswerEvent)) == 0
    browser.post(address, data={"epoch": "1", "seen_seq": "0", **filled})
    browser.post(address, data={"epoch": "1", "seen_seq": "1", **untouched})
    session.rollback()
    kept = session.scalars(select(AnswerEvent.value).order_by(AnswerEvent.client_seq)).all()
    assert len(kept) == 2
    assert kept[0] == right
    assert not TYPES[name].is_answer(kept[1])


@pytest.mark.parametrize("name", [name for name in NAMES if name in BODIES])
def test_a_field_says_what_it_is_for(browser: FlaskClient, session: Session, name: str) -> None:
    attempt_id = begin(browser, session, (name, BODIES[name]))
    elements = elements_of(browser.get(f"/attempts/{attempt_id}").text)
    item = str(items_of(session, attempt_id)["q0"])
    labelled = {attributes.get("for") for tag, attributes in elements if tag == "label"}
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    fields = [
        attributes
        for tag, attributes in elements
        if tag in ("input", "select", "textarea")
        and (attributes.get("name") or "").split(".")[0] == item
        and attributes.get("type") not in ("radio", "checkbox")
    ]
    assert fields
    for field in fields:
        assert field["id"] in labelled or field.get("aria-label")
        described = (field.get("aria-describedby") or "").split()
        assert set(described) <= set(ids)


def secret(value: Any) -> Any:
    """Return ``value`` with every text that a browser must not see marked."""
    if isinstance(value, list):
        return [secret(each) for each in value]
    if not isinstance(value, dict):
        return value
    hush = {"explanation", "feedback", "criterion"}
    marked = {key: CANARY if key in hush else secret(each) for key, each in value.items()}
    if "answers" in marked:
        marked["answers"] = [f"{CANARY} {answer}" for answer in marked["answers"]]
    return marked


@pytest.mark.parametrize("rule", FeedbackRule)
def test_nothing_secret_reaches_the_browser_before_its_release(
    browser: FlaskClient, session: Session, rule: FeedbackRule
) -> None:
    bodies = [(name, secret(body)) for name, body in BODIES.items()]
    attempt_id = begin(browser, session, *bodies, feedback=rule)
    address = f"/attempts/{attempt_id}"
    junk = {"epoch": 1, "events": [{"uuid": "x", "item": 1, "client_seq": 1, "value": 1}]}
    seen = [
        browser.get("/papers/de"),
        browser.get(address),
        browser.post(f"{address}/answers", json=junk),
        browser.post(address, data={"epoch": "1", "seen_seq": "0"}, follow_redirects=True),
        browser.get(f"{address}/submit"),
    ]
    assert [each.request.path for each in seen if CANARY in each.text] == []
    ended = browser.post(f"{address}/submit", follow_redirects=True).text
    assert (CANARY in ended) is (rule is FeedbackRule.AFTER_SUBMIT)


@pytest.mark.parametrize("name", NAMES)
def test_the_result_tells_what_was_said_and_what_is_right(
    browser: FlaskClient, session: Session, name: str
) -> None:
    attempt_id = begin(browser, session, (name, BODIES.get(name)))
    browser.get(f"/attempts/{attempt_id}")
    result = browser.post(f"/attempts/{attempt_id}/submit", follow_redirects=True).text
    assert "Chưa trả lời" in result
    assert "Vì sao đúng." in result
    wanted = {
        "matching": ["Đáp án:", "2001"],
        "ordering": ["Thứ 4", "Trả kết quả"],
        "short_text": ["Một cửa hoặc Cơ chế một cửa"],
        "numeric": ["90,61"],
        "cloze": ["(1) ……", "76 hoặc 76/NQ-CP", "Chỗ trống 2"],
        "essay": ["Tiêu chí chấm", "Giải pháp khả thi", "2 điểm"],
        "case": ["Câu 1.4", "Xin lỗi bằng văn bản", "90"],
    }
    for words in wanted.get(name, ["Đáp án đúng"]):
        assert words in result


def test_an_essay_waits_for_people(browser: FlaskClient, session: Session, unit: Unit) -> None:
    bodies = (("essay", ESSAY), ("case", CASE))
    attempt_id = begin(browser, session, *bodies, kind=PaperKind.PRACTICE)
    items = items_of(session, attempt_id)
    data = {
        "epoch": "1",
        "seen_seq": "0",
        f"{items['q0']}": "<b>Bài</b>",
        f"{items['q1']}.3": "Hai",
    }
    browser.post(f"/attempts/{attempt_id}", data=data)
    waiting = browser.post(f"/attempts/{attempt_id}/submit", follow_redirects=True).text
    assert "đang chờ chấm phần tự luận" in waiting
    mark_everything(session, unit, "1", "0.5")
    result = browser.get(f"/attempts/{attempt_id}/result").text
    # Half of the points of the essay; of the case half of one part of two points in six.
    assert "0,67/2 điểm" in result
    assert result.count("Đúng một phần") == 3
    assert "Chờ chấm" not in result
    assert "&lt;b&gt;Bài&lt;/b&gt;" in result
    assert "<b>Bài</b>" not in result


def test_what_people_write_is_shown_as_text(
    browser: FlaskClient, session: Session, unit: Unit
) -> None:
    bodies = [(name, BODIES[name]) for name in BODIES]
    attempt_id = begin(browser, session, *bodies, kind=PaperKind.PRACTICE)
    items = items_of(session, attempt_id)
    evil = '"><script>alert(1)</script>'
    names = dict(zip(BODIES, items.values(), strict=True))
    data = {
        "epoch": "1",
        "seen_seq": "0",
        str(names["short_text"]): evil,
        str(names["numeric"]): evil,
        f"{names['cloze']}.0": evil,
        str(names["essay"]): f"</textarea>{evil}",
    }
    page = browser.post(f"/attempts/{attempt_id}", data=data, follow_redirects=True).text
    browser.post(f"/attempts/{attempt_id}/submit")
    mark_everything(session, unit, "1", "2")
    result = browser.get(f"/attempts/{attempt_id}/result").text
    for text in (page, result):
        assert "alert(1)" in text
        assert "<script>alert" not in text


def test_ids_and_order_of_a_page_do_not_depend_on_the_key(
    browser: FlaskClient, session: Session
) -> None:
    attempt_id = begin(browser, session, ("ordering", BODIES["ordering"]))
    item = str(items_of(session, attempt_id)["q0"])
    page = browser.get(f"/attempts/{attempt_id}").text
    places = [
        attributes["name"]
        for tag, attributes in elements_of(page)
        if tag == "select" and (attributes["name"] or "").startswith(f"{item}.")
    ]
    written = TYPES["ordering"].correct_form(BODIES["ordering"])
    assert sorted(str(place) for place in places) == [f"{item}.{letter}" for letter in "abcd"]
    assert written != ["a", "b", "c", "d"], json.dumps(written)


def test_an_old_page_undoes_no_part_of_a_case(browser: FlaskClient, session: Session) -> None:
    attempt_id = begin(browser, session, ("case", CASE))
    item = items_of(session, attempt_id)["q0"]
    old = {"epoch": "1", "seen_seq": "0"}
    browser.post(f"/attempts/{attempt_id}", data={**old, f"{item}.0": "90"})
    browser.post(f"/attempts/{attempt_id}", data={**old, f"{item}.0": "", f"{item}.1": "b"})
    session.rollback()
    kept = session.scalars(select(AnswerEvent.value).order_by(AnswerEvent.client_seq)).all()
    assert kept == [{"0": "90"}, {"0": "90", "1": "b"}]


@pytest.mark.parametrize("name", NAMES)
def test_a_check_in_a_lesson_may_be_of_any_type(
    visitor: Visitor, session: Session, name: str
) -> None:
    make_question(session, "cau-1", type=name, body=BODIES.get(name))
    make_lesson(session, make_module(session, "m1"), "l1", title="Bài một", check_codes=("cau-1",))
    learner = visitor.as_user(make_learner(session))
    address = "/learn/m1/l1/checks/cau-1"
    asked = learner.get("/learn/m1/l1").text
    assert "Vì sao đúng." not in asked
    version = session.scalars(select(Question.published_version_id)).one()
    assert learner.post(address, data={"version": version}).status_code == 422
    body, right = right_value(session, "cau-1")
    filled = {
        f"answer.{key}" if key else "answer": values
        for key, values in TYPES[name].form_of(body, right).items()
    }
    assert learner.post(address, data={"version": version, **filled}).status_code == 303
    session.rollback()
    kept = session.scalars(select(CheckAnswer)).one()
    # Nobody marks what is written in a lesson: its reader compares it with the explanation.
    assert kept.value == right
    assert kept.is_correct is (name not in ("essay", "case"))
    told = learner.get("/learn/m1/l1").text
    assert "Vì sao đúng." in told
    words = "Hãy đối chiếu bài viết" if name in ("essay", "case") else "Bạn trả lời đúng."
    assert words in told
