"""Going through a sheet: flags, one question at a time, news of the round; nothing stays behind."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import AnswerStatus, Attempt, Paper
from elearn.assessment.reports.models import QuestionReport
from elearn.assessment.rounds.bulletin import announce
from elearn.assessment.rounds.models import Round, RoundKind, RoundState
from elearn.infra.db import transaction
from elearn.kernel.clock import today, utc_now
from elearn.web.quiz.bulletin import board
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.attempts import items_of, make_learner, move_deadline
from tests.factories.org import make_unit
from tests.journeys.attempt_desk import Desk, option
from tests.support.axe import serious_findings

# What is tested is the page; the protocol behind it is tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
ALL_SAVED = "Đã lưu mọi câu trả lời"
NOTHING = {"local": {}, "session": {}, "databases": [], "rows": [], "caches": []}


def _saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(ALL_SAVED, timeout=25_000)


@pytest.mark.parametrize("width", [360, 1280])
def test_questions_are_flagged_for_later_on_this_device(desk: Desk, width: int) -> None:
    page = desk.device(width)
    desk.begin(page)
    flag = page.locator("#q2 [data-flag]")
    flag.focus()
    page.keyboard.press("Enter")
    expect(flag).to_have_attribute("aria-pressed", "true")
    link = page.locator(".navigator a").nth(1)
    expect(link).to_have_class(re.compile("is-flagged"))
    expect(link).to_have_text(re.compile("đánh dấu xem lại"))
    assert serious_findings(page) == []
    page.reload()
    expect(page.locator("#q2 [data-flag]")).to_have_attribute("aria-pressed", "true")
    page.locator("#q2 [data-flag]").click()
    expect(page.locator(".is-flagged")).to_have_count(0)
    page.reload()
    expect(page.locator(".is-flagged")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_one_question_at_a_time(desk: Desk, width: int) -> None:
    page = desk.device(width)
    desk.begin(page)
    expect(page.locator(".question:visible")).to_have_count(3)
    page.get_by_role("button", name="Xem từng câu một").click()
    expect(page.locator(".question:visible")).to_have_count(1)
    option(page, 1, "b").check()
    page.get_by_role("button", name="Câu sau").click()
    expect(page.locator("#q2")).to_be_visible()
    expect(page.locator("#q2 legend")).to_be_focused()
    expect(page.locator(".navigator [aria-current]")).to_have_text(re.compile("^2"))
    assert serious_findings(page) == []
    page.locator(".navigator a").nth(2).click()
    option(page, 3, "true").check()
    expect(page.get_by_role("button", name="Câu sau")).to_be_disabled()
    _saved(page)
    page.reload()
    expect(page.locator(".question:visible")).to_have_count(1)
    page.get_by_role("button", name="Xem tất cả các câu").click()
    expect(page.locator(".question:visible")).to_have_count(3)
    with page.expect_response(lambda response: response.url.endswith("/view")):
        page.get_by_role("button", name="Xem từng câu một").click()
    assert sorted(desk.events(), key=str) == [
        ("b", AnswerStatus.STORED),
        (True, AnswerStatus.STORED),
    ]


def test_one_question_at_a_time_works_without_a_line(desk: Desk) -> None:
    page = desk.device()
    desk.begin(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Xem từng câu một").click()
    page.get_by_role("button", name="Câu sau").click()
    option(page, 2, "a").check()
    page.get_by_role("button", name="Câu trước").click()
    option(page, 1, "c").check()
    page.context.set_offline(False)
    _saved(page)
    assert len(desk.events()) == 2


@pytest.mark.parametrize("desk", [("q1", "q2", "essay")], indirect=True)
def test_one_question_at_a_time_without_scripts(desk: Desk) -> None:
    page = desk.device(360, script=False)
    attempt_id = desk.begin(page)
    page.get_by_role("button", name="Xem từng câu một").click()
    expect(page.locator(".question")).to_have_count(1)
    option(page, 1, "b").check()
    page.get_by_role("button", name="Lưu, sang câu sau").click()
    option(page, 2, "a").check()
    option(page, 2, "d").check()
    page.locator(".navigator button").nth(2).click()
    page.locator("#q3 textarea").fill("Ba việc cần làm")
    page.get_by_role("button", name="Lưu bài").click()
    expect(page.locator("main")).to_contain_text("Đã lưu bài lúc")
    expect(page.locator("#q3 textarea")).to_have_value("Ba việc cần làm")
    page.get_by_role("button", name="Lưu, về câu trước").click()
    # What another page of the sheet said stays as it was.
    expect(page.locator("#q2 input:checked")).to_have_count(2)
    page.get_by_role("button", name="Xem tất cả các câu").click()
    expect(page.locator("input:checked")).to_have_count(3)
    values = [value for value, _ in desk.events()]
    assert values == ["b", ["a", "d"], "Ba việc cần làm"]
    assert page.url.endswith(f"/attempts/{attempt_id}")


def test_scripts_take_over_a_sheet_that_the_server_pages(desk: Desk) -> None:
    plain = desk.device(script=False)
    attempt_id = desk.begin(plain)
    plain.get_by_role("button", name="Xem từng câu một").click()
    kept = plain.context.cookies()
    page = desk.device()
    page.context.clear_cookies()
    page.context.add_cookies(kept)
    page.goto(f"{desk.address}/attempts/{attempt_id}?q=2")
    expect(page.locator(".question")).to_have_count(3)
    expect(page.locator(".question:visible")).to_have_count(1)
    expect(page.locator("#q2")).to_be_visible()


def _in_a_round(desk: Desk, attempt_id: int) -> int:
    now = utc_now()
    session: Session = desk.session
    row = Round(
        code="dot-thu",
        title="Đợt thử",
        kind=RoundKind.SURVEY,
        state=RoundState.PLANNED,
        unit_id=make_unit(session).id,
        paper_id=session.scalars(select(Paper.id)).one(),
        opens_at=now,
        closes_at=now + timedelta(days=5),
        roster_on=today(),
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.execute(update(Attempt).where(Attempt.id == attempt_id).values(round_id=row.id))
    session.commit()
    return row.id


def test_more_time_is_seen_within_five_seconds_without_asking_all_the_time(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    round_id = _in_a_round(desk, attempt_id)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    with page.expect_response(lambda response: response.url.endswith("/bulletin")) as looked:
        pass
    assert "cookie" not in looked.value.request.all_headers()
    move_deadline(desk.session, attempt_id, 2 * 3600)
    with transaction() as session:
        announce(session, round_id)
    expect(page.locator("#time-left")).to_have_text(re.compile(r"(01:59|02:00):\d\d"), timeout=6000)
    assert sum(url.endswith("/answers") for url in asked) == 1
    board.forget()


def test_a_page_outside_rounds_looks_at_no_bulletin(desk: Desk) -> None:
    page = desk.device()
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    desk.begin(page)
    page.clock.run_for(30_000)
    assert [url for url in asked if url.endswith("/bulletin")] == []


@pytest.mark.parametrize("desk", [("q1", "q2", "essay")], indirect=True)
def test_nothing_stays_after_handing_in(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    option(page, 1, "a").check()
    page.locator("#q3 textarea").fill("Chữ của tôi")
    page.locator("#q2 [data-flag]").click()
    page.get_by_role("button", name="Xem từng câu một").click()
    _saved(page)
    flagged = items_of(desk.session, attempt_id)["q2"]
    key = f"elearn.flags/{desk.learner.id}/{attempt_id}"
    assert desk.kept(page)["local"] == {key: f'["{flagged}"]'}
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/submit")
    page.locator("main").get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/result")
    page.wait_for_function("() => indexedDB.databases().then((all) => all.length === 0)")
    assert desk.kept(page) == NOTHING


@pytest.mark.parametrize("elsewhere", [False, True])
def test_nothing_stays_after_signing_out(desk: Desk, elsewhere: bool) -> None:
    page = desk.device()
    desk.begin(page)
    page.locator("#q2 [data-flag]").click()
    option(page, 1, "a").check()
    _saved(page)
    assert desk.kept(page)["databases"] == ["elearn-answers"]
    leaving = page.context.new_page() if elsewhere else page
    leaving.goto(f"{desk.address}/learn")
    leaving.get_by_role("button", name="Đăng xuất").first.click()
    leaving.wait_for_url("**/login?left=1")
    leaving.wait_for_function("() => indexedDB.databases().then((all) => all.length === 0)")
    assert desk.kept(leaving) == NOTHING
    assert [cookie["name"] for cookie in page.context.cookies()] in ([], ["elearn"])
    if not elsewhere:
        page.go_back()
        page.go_back()
        # The browser shows nothing from its memory: it has to ask, and is sent to sign in.
        page.wait_for_url("**/login**")
        assert "Câu hỏi thử?" not in page.content()


def test_the_next_user_of_the_machine_finds_nothing(desk: Desk) -> None:
    """The session ran out and somebody else signs in: what waited was for its owner alone."""
    other = give_password(desk.session, make_learner(desk.session, "Cầm Thử Bình"))
    page = desk.device()
    desk.begin(page)
    page.locator("#q2 [data-flag]").click()
    page.context.set_offline(True)
    option(page, 1, "a").check()
    expect(page.locator("#trouble")).to_be_visible()
    page.context.clear_cookies()
    page.close()
    desk.contexts[0].set_offline(False)
    page = desk.contexts[0].new_page()
    page.goto(f"{desk.address}/login")
    # Not yet: the owner himself may come back.
    assert len(desk.kept(page)["rows"]) == 1
    page.fill("#username", other.username)
    page.fill("#password", PASSWORD)
    page.locator("main").get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/learn")
    for _ in range(50):
        kept = desk.kept(page)
        if not kept["rows"] and not kept["local"]:
            break
        page.wait_for_timeout(20)
    assert (kept["rows"], kept["local"]) == ([], {})


def test_a_faulty_question_is_reported_beside_the_sheet(desk: Desk) -> None:
    page = desk.device(360)
    desk.begin(page)
    with page.context.expect_page() as opened:
        page.locator("#q2").get_by_role("link", name="Báo câu hỏi có lỗi").click()
    report = opened.value
    assert serious_findings(report) == []
    report.get_by_label("Câu hỏi sai ở đâu?").fill("Hai phương án cùng đúng.")
    report.get_by_role("button", name="Gửi báo lỗi").click()
    expect(report.locator("main")).to_contain_text("Hai phương án cùng đúng.")
    assert serious_findings(report) == []
    desk.session.rollback()
    assert desk.session.scalars(select(QuestionReport.text)).all() == ["Hai phương án cùng đúng."]
    option(page, 1, "a").check()
    _saved(page)


def test_the_sheet_is_usable_by_keyboard_alone(desk: Desk) -> None:
    page = desk.device()
    desk.begin(page)
    page.locator("#q1 input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(option(page, 1, "b")).to_be_checked()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator("#q2 input").first).to_be_focused()
    page.keyboard.press("Space")
    _saved(page)
    assert ("b", AnswerStatus.STORED) in desk.events()
    assert (["a"], AnswerStatus.STORED) in desk.events()


def test_warnings_are_told_to_everybody(desk: Desk) -> None:
    page = desk.device()
    page.clock.install()
    attempt_id = desk.begin(page)
    move_deadline(desk.session, attempt_id, 302)
    page.reload()
    warning = page.locator("#time-warning")
    expect(warning).to_have_attribute("role", "alert")
    page.clock.run_for(5_000)
    expect(warning).to_have_text("Còn 5 phút.")
    page.context.set_offline(True)
    page.clock.run_for(240_000)
    expect(warning).to_have_text("Còn 1 phút.")


def test_a_busy_page_still_asks_now_and_then(desk: Desk) -> None:
    """Saves alone would let the sign-in session fall asleep on SQLite, and tell no new deadline."""
    page = desk.device()
    page.clock.install()
    desk.begin(page)
    sent: list[list[object]] = []
    page.on(
        "request",
        lambda request: (
            sent.append(request.post_data_json["events"])
            if request.url.endswith("/answers")
            else None
        ),
    )
    for turn in range(10):
        option(page, 1, "abcd"[turn % 4]).check()
        _saved(page)
        page.clock.run_for(35_000)
    asked = [events for events in sent if not events]
    assert 1 <= len(asked) <= 2
    assert len(sent) - len(asked) == 10


def test_a_quiet_page_shows_that_it_is_alive_every_minute(desk: Desk) -> None:
    page = desk.device()
    page.clock.install()
    attempt_id = desk.begin(page)
    with page.expect_response(lambda response: response.url.endswith("/answers")):
        page.clock.run_for(61_000)
    desk.session.rollback()
    assert desk.session.get_one(Attempt, attempt_id).last_seen_at is not None
