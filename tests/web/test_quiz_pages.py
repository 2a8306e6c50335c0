"""Sitting a paper in a browser without JavaScript, and by the protocol over HTTP."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import (
    AnswerEvent,
    Attempt,
    AttemptState,
    FeedbackRule,
    Grade,
    Question,
    QuestionVersion,
)
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import items_of, make_learner, move_deadline
from tests.factories.curriculum import make_legal_document
from tests.support.accounts import Visitor

SECTIONS = [{"title": "Chung", "questions": ["q1", "q2", "q3"]}]


def _paper(session: Session, **given: object) -> None:
    make_question(session, "q1")
    make_question(session, "q2", type="multiple_choice", correct="ac", scoring="partial")
    make_question(session, "q3", type="true_false", answer=True)
    make_paper(session, "de", sections=SECTIONS, shuffle=False, **given)


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


@pytest.fixture
def browser(visitor: Visitor, learner: User) -> FlaskClient:
    return visitor.as_user(learner)


def _start(browser: FlaskClient, session: Session) -> int:
    response = browser.post("/papers/de")
    assert response.status_code == 302
    session.rollback()
    attempt_id = session.scalars(select(func.max(Attempt.id))).one()
    assert response.location == f"/attempts/{attempt_id}"
    return attempt_id


def _hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(epoch|seen_seq)" value="(\d+)"', html))


def _event(item: int, value: object, seq: int = 1) -> dict[str, object]:
    return {"uuid": str(uuid4()), "item": item, "client_seq": seq, "value": value}


def test_a_paper_is_sat_without_javascript(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    page = browser.get("/papers/de").text
    assert "Bắt đầu làm bài" in page
    assert "20 phút" in page
    assert "còn 3 lượt, đã dùng 0" in page
    attempt_id = _start(browser, session)
    items = items_of(session, attempt_id)
    sheet = browser.get(f"/attempts/{attempt_id}").text
    assert "Câu hỏi thử?" in sheet
    given = {
        **_hidden(sheet),
        str(items["q1"]): "a",
        str(items["q2"]): ["a"],
        "act": "submit",
    }
    sent = browser.post(f"/attempts/{attempt_id}", data=given)
    assert sent.location == f"/attempts/{attempt_id}/submit"
    confirm = browser.get(sent.location).text
    assert "Đã trả lời 2/3 câu." in confirm
    assert f'href="/attempts/{attempt_id}#q3"' in confirm
    handed_in = browser.post(f"/attempts/{attempt_id}/submit")
    assert handed_in.location == f"/attempts/{attempt_id}/result"
    result = browser.get(handed_in.location).text
    assert "Đạt: 1,5/3 điểm (50,0%)" in result
    assert "Vì sao đúng." in result
    assert "Chưa trả lời" in result
    assert "còn 2 lượt, đã dùng 1" in browser.get("/papers/de").text


def test_a_saved_form_shows_what_was_saved(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    items = items_of(session, attempt_id)
    sheet = browser.get(f"/attempts/{attempt_id}").text
    data = {
        **_hidden(sheet),
        str(items["q3"]): "false",
        str(items["q2"]): ["b", "d"],
        "act": "save",
    }
    response = browser.post(f"/attempts/{attempt_id}", data=data, follow_redirects=True)
    assert "Đã lưu bài lúc" in response.text
    checked = re.findall(r'name="(\d+)" value="(\w+)" checked', response.text)
    assert checked == [
        (str(items["q2"]), "b"),
        (str(items["q2"]), "d"),
        (str(items["q3"]), "false"),
    ]
    assert _hidden(response.text) == {"epoch": "1", "seen_seq": "2"}


@pytest.mark.parametrize(
    "data",
    [{}, {"epoch": "x", "seen_seq": "0"}, {"epoch": "1"}, {"epoch": "1", "seen_seq": "-1"}],
)
def test_a_form_that_our_page_did_not_make_is_refused(
    browser: FlaskClient, session: Session, data: dict[str, str]
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    assert browser.post(f"/attempts/{attempt_id}", data=data).status_code == 422


def test_a_choice_that_the_form_does_not_offer_is_refused(
    browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    item = items_of(session, attempt_id)["q1"]
    data = {"epoch": "1", "seen_seq": "0", str(item): "z"}
    assert browser.post(f"/attempts/{attempt_id}", data=data).status_code == 422
    assert session.scalar(select(func.count()).select_from(AnswerEvent)) == 0


def test_a_form_sent_after_the_deadline_leads_to_the_result(
    browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    item = items_of(session, attempt_id)["q1"]
    move_deadline(session, attempt_id, -1)
    data = {"epoch": "1", "seen_seq": "0", str(item): "a"}
    response = browser.post(f"/attempts/{attempt_id}", data=data, follow_redirects=True)
    assert "Đã hết giờ làm bài." in response.text
    assert "Hết giờ, hệ thống nộp bài lúc" in response.text
    assert "1 thay đổi đến máy chủ sau khi bài kết thúc." in response.text
    assert session.scalars(select(Grade.score)).one() == 0


def test_a_save_is_acknowledged_by_the_protocol(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    items = items_of(session, attempt_id)
    events = [
        _event(items["q1"], "b", 1),
        _event(items["q2"], ["c", "a"], 2),
        _event(items["q3"], value=True, seq=3),
    ]
    response = browser.post(f"/attempts/{attempt_id}/answers", json={"epoch": 1, "events": events})
    told = response.get_json()
    assert response.status_code == 200
    assert told["acks"] == [{"uuid": event["uuid"], "status": "STORED"} for event in events]
    assert sorted(told) == ["acks", "deadline_at", "epoch", "server_now", "state"]
    assert (told["epoch"], told["state"]) == (1, "in_progress")
    assert told["deadline_at"].endswith("+00:00")
    assert told["server_now"].endswith("+00:00")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"epoch": 1}',
        b'{"epoch": 1, "events": [{}]}',
        b'{"epoch": NaN, "events": []}',
        b"[" * 100_000,
        b'{"epoch": 1, "events": [{"uuid": "\\ud800", "item": 1, "client_seq": 1, "value": 1}]}',
        b"\xff\xfe",
    ],
)
def test_a_malformed_save_is_refused(browser: FlaskClient, session: Session, body: bytes) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    response = browser.post(
        f"/attempts/{attempt_id}/answers", data=body, content_type="application/json"
    )
    assert response.status_code == 422
    assert response.get_json()["error"] == "assessment.save"


def test_a_save_that_is_no_json_is_refused(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    assert browser.post(f"/attempts/{attempt_id}/answers", data={"epoch": "1"}).status_code == 422


def test_a_huge_save_is_refused(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    response = browser.post(
        f"/attempts/{attempt_id}/answers",
        data=b'{"x": "' + b"y" * 1024 * 1024 + b'"}',
        content_type="application/json",
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item": 999_999}, "assessment.item"),
        ({"value": "z"}, "assessment.value"),
        ({"value": ["a"]}, "assessment.value"),
        ({"value": None}, "assessment.value"),
    ],
)
def test_an_event_that_cannot_be_stored_is_refused(
    browser: FlaskClient, session: Session, change: dict[str, object], code: str
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    event = {**_event(items_of(session, attempt_id)["q1"], "a"), **change}
    response = browser.post(f"/attempts/{attempt_id}/answers", json={"epoch": 1, "events": [event]})
    assert (response.status_code, response.get_json()["error"]) == (422, code)


def test_a_late_save_tells_that_the_attempt_has_ended(
    browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    event = _event(items_of(session, attempt_id)["q1"], "a")
    move_deadline(session, attempt_id, -1)
    told = browser.post(
        f"/attempts/{attempt_id}/answers", json={"epoch": 1, "events": [event]}
    ).get_json()
    assert told["acks"] == [{"uuid": event["uuid"], "status": "LATE"}]
    assert told["state"] == "graded"


def test_the_older_device_is_told_and_keeps_what_it_sends(
    visitor: Visitor, learner: User, browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    item = items_of(session, attempt_id)["q1"]
    other = visitor.as_user(learner)
    elsewhere = other.get(f"/attempts/{attempt_id}").text
    assert "Bài này đang mở trên một thiết bị" in elsewhere
    assert "Câu hỏi thử?" not in elsewhere
    assert other.post(f"/attempts/{attempt_id}/take-over").status_code == 302
    assert "Câu hỏi thử?" in other.get(f"/attempts/{attempt_id}").text
    event = _event(item, "a")
    told = browser.post(
        f"/attempts/{attempt_id}/answers", json={"epoch": 1, "events": [event]}
    ).get_json()
    assert told["acks"] == [{"uuid": event["uuid"], "status": "SUPERSEDED"}]
    assert told["epoch"] == 2
    sheet = other.get(f"/attempts/{attempt_id}").text
    assert "ở câu 1." in sheet
    accepted = other.post(f"/attempts/{attempt_id}/superseded", follow_redirects=True).text
    assert "Đã dùng 1 câu trả lời của thiết bị trước." in accepted
    assert re.findall(r'name="(\d+)" value="(\w+)" checked', accepted) == [(str(item), "a")]


def test_a_plain_form_of_the_older_device_is_kept_but_does_not_count(
    visitor: Visitor, learner: User, browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    item = items_of(session, attempt_id)["q1"]
    visitor.as_user(learner).post("/papers/de")
    data = {"epoch": "1", "seen_seq": "0", str(item): "a", "act": "submit"}
    response = browser.post(f"/attempts/{attempt_id}", data=data, follow_redirects=True)
    assert "Bài đang được làm trên thiết bị khác." in response.text
    assert session.scalars(select(AnswerEvent.status)).all() == ["SUPERSEDED"]
    assert session.scalars(select(Attempt.state)).all() == [AttemptState.IN_PROGRESS]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("POST", "/answers"),
        ("POST", "/take-over"),
        ("POST", "/superseded"),
        ("GET", "/submit"),
        ("POST", "/submit"),
        ("GET", "/result"),
    ],
)
def test_the_attempt_of_another_looks_like_one_that_is_not_there(
    visitor: Visitor, browser: FlaskClient, session: Session, method: str, path: str
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    stranger = visitor.as_user(make_learner(session))
    given: dict[str, object] = {"headers": {"Accept": "application/json"}}
    if path == "/answers":
        given["json"] = {"epoch": 1, "events": []}
    elif method == "POST":
        given["data"] = {"epoch": "1", "seen_seq": "0"}
    foreign = stranger.open(f"/attempts/{attempt_id}{path}", method=method, **given)
    missing = stranger.open(f"/attempts/{attempt_id + 999}{path}", method=method, **given)
    assert (foreign.status_code, foreign.get_json()) == (404, missing.get_json())
    assert missing.status_code == 404
    session.rollback()
    assert session.get_one(Attempt, attempt_id).state is AttemptState.IN_PROGRESS


def test_an_address_beyond_every_number_is_not_there(browser: FlaskClient) -> None:
    assert browser.get("/attempts/99999999999999999999").status_code == 404


def test_changes_want_the_form_token(app: Flask, browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    item = items_of(session, attempt_id)["q1"]
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        payload = {"epoch": 1, "events": [_event(item, "a")]}
        address = f"/attempts/{attempt_id}/answers"
        assert browser.post(address, json=payload).status_code == 400
        assert browser.post(f"/attempts/{attempt_id}/submit").status_code == 400
        assert browser.post("/papers/de").status_code == 400
        page = browser.get(f"/attempts/{attempt_id}").text
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        saved = browser.post(address, json=payload, headers={"X-CSRFToken": token})
        assert saved.status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_somebody_signed_out_is_asked_to_sign_in(
    client: FlaskClient, browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    assert client.post(f"/attempts/{attempt_id}/answers", json={}).status_code == 401
    assert "/login?next=" in client.get(f"/attempts/{attempt_id}").location


def _all_pages(
    browser: FlaskClient, other: FlaskClient, attempt_id: int, items: dict[str, int]
) -> list[str]:
    """Do everything an examinee can before the end; return all that came back, headers too."""
    address = f"/attempts/{attempt_id}"
    answers = {"epoch": 1, "events": [_event(items["q1"], "b", 9)]}
    refused = {"epoch": 1, "events": [_event(items["q1"], "wrong", 9)]}
    form = {"epoch": "1", "seen_seq": "0", str(items["q2"]): ["b"], "act": "save"}
    responses = [
        browser.get("/papers/de"),
        browser.get(address),
        browser.post(f"{address}/answers", json=answers),
        browser.post(f"{address}/answers", json=refused),
        browser.post(address, data=form, follow_redirects=True),
        browser.get(f"{address}/submit"),
        browser.get(f"{address}/result", follow_redirects=True),
        other.get(address),
        other.post(f"{address}/take-over", follow_redirects=True),
        browser.post(f"{address}/answers", json=answers),
        browser.get(address),
        other.post(f"{address}/superseded", follow_redirects=True),
    ]
    return [f"{response.headers}\n{response.text}" for response in responses]


def _plant_canaries(session: Session) -> None:
    for version in session.scalars(select(QuestionVersion)):
        body = {**version.body, "explanation": "CANARY-EXPLAIN", "rubric": "CANARY-RUBRIC"}
        for option in body.get("options", []):
            option["feedback"] = "CANARY-FEEDBACK"
        rendered = {**version.rendered, "explanation": "<p>CANARY-EXPLAIN</p>"}
        for option in rendered["options"]:
            option["feedback"] = "<p>CANARY-FEEDBACK</p>"
        session.execute(
            update(QuestionVersion)
            .where(QuestionVersion.id == version.id)
            .values(body=body, rendered=rendered)
        )
    session.commit()


@pytest.mark.parametrize("rule", FeedbackRule)
def test_no_key_reaches_the_browser_before_its_release(
    visitor: Visitor,
    learner: User,
    browser: FlaskClient,
    session: Session,
    rule: FeedbackRule,
) -> None:
    _paper(session, feedback=rule)
    _plant_canaries(session)
    attempt_id = _start(browser, session)
    items = items_of(session, attempt_id)
    pages = _all_pages(browser, visitor.as_user(learner), attempt_id, items)
    assert [page for page in pages if "CANARY" in page] == []
    ended = browser.post(f"/attempts/{attempt_id}/submit", follow_redirects=True).text
    late = {"epoch": 2, "events": [_event(items["q1"], "a", 99)]}
    ended += browser.post(f"/attempts/{attempt_id}/answers", json=late).text
    released = rule is FeedbackRule.AFTER_SUBMIT
    assert ("CANARY-EXPLAIN" in ended) is released
    assert ("CANARY-FEEDBACK" in ended) is released
    assert "CANARY-RUBRIC" not in ended
    if not released:
        assert "Đáp án đúng" not in ended
        assert "Câu hỏi thử?" not in ended


def test_the_sheet_is_the_same_whatever_the_key(browser: FlaskClient, session: Session) -> None:
    _paper(session, time_limit_minutes=None)
    attempt_id = _start(browser, session)

    def sheet() -> str:
        page = browser.get(f"/attempts/{attempt_id}").text
        # The clock and the form's token differ from one second to the next.
        return re.sub(r'(data-now|name="csrf_token" value)="[^"]+"', "", page)

    before = sheet()
    for version in session.scalars(select(QuestionVersion)):
        body = {**version.body, "answer": False}
        for option in body.get("options", []):
            option["correct"] = not option["correct"]
        session.execute(
            update(QuestionVersion).where(QuestionVersion.id == version.id).values(body=body)
        )
    session.commit()
    assert sheet() == before


def test_an_edit_changes_neither_the_sheet_nor_the_result(
    browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    question = session.scalars(select(Question).where(Question.code == "q1")).one()
    version = session.get_one(QuestionVersion, question.published_version_id)
    make_question_version(session, question, body={**version.body, "stem": "Câu đã sửa"})
    assert "Câu đã sửa" not in browser.get(f"/attempts/{attempt_id}").text
    result = browser.post(f"/attempts/{attempt_id}/submit", follow_redirects=True).text
    assert "Câu hỏi thử?" in result
    assert "Câu đã sửa" not in result


def test_an_explanation_names_the_documents_it_rests_on(
    browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    make_legal_document(session, "227-QD-UBND-2021", title="Đề án thử")
    session.execute(
        update(QuestionVersion).values(
            citations=["227-QD-UBND-2021:D1", "227-QD-UBND-2021:D3", "76-NQ-CP-2021"]
        )
    )
    session.commit()
    attempt_id = _start(browser, session)
    result = browser.post(f"/attempts/{attempt_id}/submit", follow_redirects=True).text
    assert result.count('href="/legal/227-QD-UBND-2021"') == 3
    assert "Đề án thử" in result
    assert result.count("76-NQ-CP-2021") == 3


def test_an_ended_attempt_leads_to_its_result(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    browser.post(f"/attempts/{attempt_id}/submit")
    result = f"/attempts/{attempt_id}/result"
    for address in (f"/attempts/{attempt_id}", f"/attempts/{attempt_id}/submit"):
        assert browser.get(address).location == result
    assert browser.post(f"/attempts/{attempt_id}/submit").location == result
    assert session.scalar(select(func.count()).select_from(Grade)) == 1


def test_the_result_of_a_running_attempt_leads_to_its_sheet(
    browser: FlaskClient, session: Session
) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    assert browser.get(f"/attempts/{attempt_id}/result").location == f"/attempts/{attempt_id}"


def test_the_paper_tells_why_no_attempt_may_begin(browser: FlaskClient, session: Session) -> None:
    _paper(session, attempts=1)
    attempt_id = _start(browser, session)
    assert "Bạn đang làm dở lượt 1." in browser.get("/papers/de").text
    browser.post(f"/attempts/{attempt_id}/submit")
    page = browser.get("/papers/de").text
    assert "Bạn đã dùng hết 1 lượt làm bài này." in page
    assert "hãy đề nghị cán bộ phụ trách chương trình cấp thêm lượt" in page
    assert "Làm lượt mới" not in page
    refused = browser.post("/papers/de")
    assert refused.status_code == 409
    assert "Bạn đã dùng hết 1 lượt làm bài này." in refused.text


def test_the_paper_closes_what_is_overdue(browser: FlaskClient, session: Session) -> None:
    _paper(session)
    attempt_id = _start(browser, session)
    move_deadline(session, attempt_id, -1)
    page = browser.get("/papers/de").text
    assert "Làm lượt mới" in page
    assert "Bạn đang làm dở" not in page


def test_an_unknown_paper_is_not_there(browser: FlaskClient) -> None:
    assert browser.get("/papers/khong-co").status_code == 404
    assert browser.post("/papers/khong-co").status_code == 404
