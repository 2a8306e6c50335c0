"""The attempt page in a real browser: its script on top of the plain form."""

import re

import pytest
from playwright.sync_api import expect

from elearn.assessment.models import AnswerStatus, Attempt, AttemptState
from tests.factories.attempts import items_of, move_deadline
from tests.journeys.attempt_desk import Desk, option
from tests.support.axe import serious_findings

# What is tested is the script; the protocol behind it is tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]


@pytest.mark.parametrize("width", [360, 1280])
def test_each_change_is_saved_within_a_second(desk: Desk, width: int) -> None:
    page = desk.device(width)
    desk.begin(page)
    assert serious_findings(page) == []
    option(page, 1, "b").check()
    expect(page.locator("#q1 [data-state]")).to_have_text("Đã lưu", timeout=1000)
    option(page, 2, "a").check()
    option(page, 2, "c").check()
    option(page, 3, "false").check()
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
    option(page, 1, "c").check()
    option(page, 1, "a").check()
    option(page, 3, "true").check()
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
    option(page, 1, "a").check()
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
    option(first, 1, "a").check()
    expect(first.locator("#trouble")).to_contain_text("đang được làm trên thiết bị khác")
    expect(option(first, 2, "a")).to_be_disabled()
    assert desk.events() == [("a", AnswerStatus.SUPERSEDED)]


def test_the_sheet_goes_to_the_result_when_time_is_up(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    option(page, 1, "a").check()
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
    option(page, 1, "a").check()
    expect(page.locator("#time-left")).to_have_text(re.compile(r"(01:59|02:00):\d\d"))


def test_two_tabs_of_one_device_count_in_the_order_of_the_changes(desk: Desk) -> None:
    first = desk.device()
    attempt_id = desk.begin(first)
    second = first.context.new_page()
    second.goto(first.url)
    for page, value in ((first, "a"), (first, "b"), (first, "c"), (second, "d")):
        option(page, 1, value).check()
        expect(page.locator("#q1 [data-state]")).to_have_text("Đã lưu")
    first.reload()
    expect(option(first, 1, "d")).to_be_checked()
    assert list(items_of(desk.session, attempt_id)) == ["q1", "q2", "q3"]


def test_signing_in_again_in_another_tab_saves_what_waited(desk: Desk) -> None:
    page = desk.device()
    desk.begin(page)
    kept = page.context.cookies()
    page.context.clear_cookies()
    option(page, 1, "a").check()
    expect(page.locator("#trouble")).to_contain_text("Phiên đăng nhập đã kết thúc")
    page.context.add_cookies(kept)
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời", timeout=25_000)
    assert desk.events() == [("a", AnswerStatus.STORED)]
