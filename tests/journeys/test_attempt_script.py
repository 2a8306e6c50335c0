"""The script of the sheet in a real browser: saving, a lost line, two devices, the deadline."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import AnswerEvent, AnswerStatus, Attempt, AttemptState
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import items_of, make_learner, move_deadline
from tests.support.accounts import Visitor
from tests.support.axe import serious_findings
from tests.support.live import serving

# What is tested is the script; the protocol behind it is tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with serving(app) as base:
            yield base
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


class Desk:
    """A learner at the sheet of three questions, as many devices as wanted."""

    def __init__(self, chromium: Browser, address: str, session: Session, visitor: Visitor) -> None:
        self.chromium, self.address, self.session, self.visitor = (
            chromium,
            address,
            session,
            visitor,
        )
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        make_question(session, "q1")
        make_question(session, "q2", type="multiple_choice", correct="ac")
        make_question(session, "q3", type="true_false", answer=True)
        sections = [{"title": "Chung", "questions": ["q1", "q2", "q3"]}]
        make_paper(session, "de", sections=sections, shuffle=False)
        self.learner: User = make_learner(session)

    def device(self, width: int = 1280) -> Page:
        client = self.visitor.as_user(self.learner)
        cookie = client.get_cookie("elearn")
        assert cookie is not None
        context = self.chromium.new_context(viewport={"width": width, "height": 800})
        context.add_cookies([{"name": "elearn", "value": cookie.value, "url": self.address}])
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        return context.new_page()

    def begin(self, page: Page) -> int:
        page.goto(f"{self.address}/papers/de")
        page.get_by_role("button", name=re.compile("Bắt đầu làm bài|Làm tiếp")).click()
        page.wait_for_url("**/attempts/*")
        return int(page.url.rsplit("/", 1)[1])

    def events(self) -> list[tuple[object, AnswerStatus]]:
        self.session.rollback()
        rows = self.session.scalars(select(AnswerEvent).order_by(AnswerEvent.id))
        return [(row.value, row.status) for row in rows]


@pytest.fixture
def desk(chromium: Browser, address: str, session: Session, visitor: Visitor) -> Iterator[Desk]:
    desk = Desk(chromium, address, session, visitor)
    yield desk
    for context in desk.contexts:
        context.close()
    assert desk.faults == []


def _option(page: Page, question: int, value: str):
    return page.locator(f"#q{question} input[value='{value}']")


@pytest.mark.parametrize("width", [360, 1280])
def test_each_change_is_saved_within_a_second(desk: Desk, width: int) -> None:
    page = desk.device(width)
    desk.begin(page)
    assert serious_findings(page) == []
    _option(page, 1, "b").check()
    expect(page.locator("#q1 [data-state]")).to_have_text("Đã lưu", timeout=1000)
    _option(page, 2, "a").check()
    _option(page, 2, "c").check()
    _option(page, 3, "false").check()
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời", timeout=1000)
    stored = [value for value, status in desk.events() if status is AnswerStatus.STORED]
    assert (stored[0], stored[-1]) == ("b", False)
    assert ["a", "c"] in stored
    expect(page.locator("#done")).to_have_text("3")
    expect(page.locator(".navigator .is-answered")).to_have_count(3)
    assert re.fullmatch(r"(19|20):\d\d", page.locator("#time-left").inner_text())
    page.reload()
    expect(page.locator("input:checked")).to_have_count(4)
    assert serious_findings(page) == []


def test_a_lost_line_loses_nothing(desk: Desk) -> None:
    page = desk.device()
    desk.begin(page)
    page.context.set_offline(True)
    _option(page, 1, "c").check()
    _option(page, 1, "a").check()
    _option(page, 3, "true").check()
    expect(page.locator("#trouble")).to_contain_text("Mất kết nối")
    expect(page.locator("#q1 [data-state]")).to_have_text("Chưa lưu")
    assert desk.events() == []
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời")
    expect(page.locator("#trouble")).to_be_hidden()
    assert desk.events()[-2:] == [("a", AnswerStatus.STORED), (True, AnswerStatus.STORED)]


def test_handing_in_waits_for_what_is_not_saved(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    page.route("**/answers", lambda route: route.abort())
    _option(page, 1, "a").check()
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#trouble")).to_contain_text("Còn câu trả lời chưa gửi được")
    assert page.url.endswith(f"/attempts/{attempt_id}")
    page.unroute("**/answers")
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời", timeout=25_000)
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/submit")
    expect(page.locator("main")).to_contain_text("Đã trả lời 1/3 câu.")
    assert serious_findings(page) == []
    page.locator("main").get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("1/3")
    assert serious_findings(page) == []


def test_the_older_device_is_told_and_locked(desk: Desk) -> None:
    first, second = desk.device(), desk.device(360)
    attempt_id = desk.begin(first)
    second.goto(f"{desk.address}/attempts/{attempt_id}")
    assert serious_findings(second) == []
    second.get_by_role("button", name="Làm tiếp trên thiết bị này").click()
    expect(second.locator("#q1")).to_be_visible()
    _option(first, 1, "a").check()
    expect(first.locator("#trouble")).to_contain_text("đang được làm trên thiết bị khác")
    expect(_option(first, 2, "a")).to_be_disabled()
    assert desk.events() == [("a", AnswerStatus.SUPERSEDED)]


def test_the_sheet_goes_to_the_result_when_time_is_up(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    _option(page, 1, "a").check()
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời")
    move_deadline(desk.session, attempt_id, 3)
    page.reload()
    page.wait_for_url("**/result", timeout=20_000)
    desk.session.rollback()
    attempt = desk.session.get_one(Attempt, attempt_id)
    assert (attempt.state, attempt.closed_by) == (AttemptState.GRADED, "deadline")
    expect(page.locator("main")).to_contain_text("1/3")


def test_a_longer_deadline_is_seen_and_the_clock_of_the_device_is_not(desk: Desk) -> None:
    page = desk.device()
    page.add_init_script("const real = Date.now; Date.now = () => real() + 12 * 3600 * 1000;")
    attempt_id = desk.begin(page)
    move_deadline(desk.session, attempt_id, 2 * 3600)
    _option(page, 1, "a").check()
    expect(page.locator("#time-left")).to_have_text(re.compile(r"(01:59|02:00):\d\d"))


def test_two_tabs_of_one_device_count_in_the_order_of_the_changes(desk: Desk) -> None:
    first = desk.device()
    attempt_id = desk.begin(first)
    second = first.context.new_page()
    second.goto(first.url)
    for page, value in ((first, "a"), (first, "b"), (first, "c"), (second, "d")):
        _option(page, 1, value).check()
        expect(page.locator("#q1 [data-state]")).to_have_text("Đã lưu")
    first.reload()
    expect(_option(first, 1, "d")).to_be_checked()
    assert list(items_of(desk.session, attempt_id)) == ["q1", "q2", "q3"]


def test_signing_in_again_in_another_tab_saves_what_waited(desk: Desk) -> None:
    page = desk.device()
    desk.begin(page)
    kept = page.context.cookies()
    page.context.clear_cookies()
    _option(page, 1, "a").check()
    expect(page.locator("#trouble")).to_contain_text("Phiên đăng nhập đã kết thúc")
    page.context.add_cookies(kept)
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời", timeout=25_000)
    assert desk.events() == [("a", AnswerStatus.STORED)]
