"""What goes wrong at a sheet and loses nothing: lines, tabs, clocks, sessions, whole machines."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession
from elearn.assessment.models import AnswerEvent, AnswerStatus, Attempt, AttemptState
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.org.models import Person
from tests.conftest import missing
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.attempts import make_learner, move_deadline
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.journeys.attempt_desk import Desk, option
from tests.support.axe import serious_findings

# What is tested is the page; the protocol behind it is tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
WRITTEN = pytest.mark.parametrize("desk", [("q1", "essay", "word")], indirect=True)
ALL_SAVED = "Đã lưu mọi câu trả lời"


def _saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(ALL_SAVED, timeout=25_000)


def _essay(page: Page):
    return page.locator("#q2 textarea")


@WRITTEN
def test_text_is_saved_while_it_is_typed(desk: Desk) -> None:
    page = desk.device()
    desk.begin(page)
    _essay(page).press_sequentially("Cải cách hành chính", delay=30)
    expect(page.locator("#q2 [data-state]")).to_have_text("Đã lưu", timeout=1500)
    page.locator("#q3 input").press_sequentially("Một cửa", delay=20)
    _saved(page)
    assert _essay(page).evaluate("field => field === document.activeElement") is False
    stored = [value for value, status in desk.events() if status is AnswerStatus.STORED]
    assert "Cải cách hành chính" in stored
    assert stored[-1] == "Một cửa"
    # Typing is one change a pause, not one a letter.
    assert len(stored) <= 8


def test_five_minutes_without_a_line_lose_nothing(desk: Desk) -> None:
    page = desk.device()
    page.clock.install()
    desk.begin(page)
    page.context.set_offline(True)
    option(page, 1, "c").check()
    expect(page.locator("#trouble")).to_contain_text("Mất kết nối")
    page.clock.run_for(150_000)
    option(page, 3, "false").check()
    option(page, 1, "a").check()
    page.clock.run_for(150_000)
    expect(page.locator("#q1 [data-state]")).to_have_text("Chưa lưu")
    assert desk.events() == []
    assert [row["value"] for row in desk.kept(page)["rows"]] == [False, "a"]
    page.context.set_offline(False)
    page.clock.run_for(25_000)
    _saved(page)
    assert sorted(desk.events(), key=str) == [
        ("a", AnswerStatus.STORED),
        (False, AnswerStatus.STORED),
    ]
    assert desk.kept(page)["rows"] == []


def test_a_hall_comes_back_at_different_moments(desk: Desk) -> None:
    """Waits between tries are of random length: no synchrony of a whole hall."""
    page = desk.device()
    desk.begin(page)
    page.evaluate(
        """() => {
          window.waits = [];
          const real = window.setTimeout;
          window.setTimeout = (act, wait, ...rest) => {
            if (wait >= 250) window.waits.push(wait);
            return real(act, Math.min(wait, 5), ...rest);
          };
        }"""
    )
    page.context.set_offline(True)
    option(page, 1, "c").check()
    page.wait_for_function("() => window.waits.length > 30")
    waits = page.evaluate("window.waits.filter((wait) => wait !== 15000)")
    assert len(set(waits)) > len(waits) * 0.9
    assert max(waits) <= 20_250
    assert max(waits) > 5_000
    page.context.set_offline(False)
    _saved(page)


@contextmanager
def _browser_of_its_own(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Start Chromium on the profile ``folder``; give its process and where to reach it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium")
    port_file = folder / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            program,
            "--headless=new",
            "--no-sandbox",
            "--no-first-run",
            "--remote-debugging-port=0",
            f"--user-data-dir={folder}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(rb"DevTools listening on (ws://\S+)", line):
                yield process, found[1].decode()
                return
        raise AssertionError("Chromium did not start")
    finally:
        process.stderr.close()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _written(desk: Desk, page: Page, value: str) -> None:
    """Wait until the browser keeps ``value`` on its disk."""
    for _ in range(50):
        if any(row["value"] == value for row in desk.kept(page)["rows"]):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{value!r} is not kept")


@WRITTEN
def test_a_killed_browser_finds_the_text_again(
    desk: Desk, chromium: Browser, tmp_path: Path
) -> None:
    """Power cut or crash mid-word: the line was down, nothing of it had reached the server."""
    kind = chromium.browser_type
    with _browser_of_its_own(tmp_path) as (process, address):
        browser = kind.connect_over_cdp(address)
        context = browser.contexts[0]
        desk.enter(context)
        page = context.new_page()
        attempt_id = desk.begin(page)
        page.route("**/answers", lambda route: route.abort())
        option(page, 1, "c").check()
        _essay(page).press_sequentially("Một cửa liên th", delay=10)
        _written(desk, page, "Một cửa liên th")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    assert desk.events() == []
    with _browser_of_its_own(tmp_path) as (process, address):
        browser = kind.connect_over_cdp(address)
        context = browser.contexts[0]
        # The cookie died with the browser: a new sign-in, so a new device to the server.
        desk.enter(context)
        page = context.new_page()
        page.goto(f"{desk.address}/attempts/{attempt_id}")
        page.get_by_role("button", name="Làm tiếp trên thiết bị này").click()
        expect(_essay(page)).to_have_value("Một cửa liên th")
        expect(option(page, 1, "c")).to_be_checked()
        expect(page.locator("#restored")).to_contain_text("câu 1, 2")
        _saved(page)
        assert serious_findings(page) == []
        browser.close()
    assert sorted(desk.events()) == [
        ("Một cửa liên th", AnswerStatus.STORED),
        ("c", AnswerStatus.STORED),
    ]


def test_a_closed_tab_is_taken_up_by_the_next_one(desk: Desk) -> None:
    first = desk.device()
    attempt_id = desk.begin(first)
    first.context.set_offline(True)
    option(first, 1, "b").check()
    expect(first.locator("#trouble")).to_be_visible()
    first.close()
    desk.contexts[0].set_offline(False)
    second = desk.contexts[0].new_page()
    second.goto(f"{desk.address}/attempts/{attempt_id}")
    expect(option(second, 1, "b")).to_be_checked()
    expect(second.locator("#restored")).to_contain_text("câu 1")
    _saved(second)
    assert desk.events() == [("b", AnswerStatus.STORED)]


def test_what_was_answered_elsewhere_since_is_not_overwritten(desk: Desk) -> None:
    first, second = desk.device(), desk.device()
    attempt_id = desk.begin(first)
    first.context.set_offline(True)
    option(first, 1, "b").check()
    expect(first.locator("#trouble")).to_be_visible()
    first.close()
    desk.contexts[0].set_offline(False)
    desk.begin(second)
    option(second, 1, "d").check()
    _saved(second)
    third = desk.contexts[0].new_page()
    third.goto(f"{desk.address}/attempts/{attempt_id}")
    third.get_by_role("button", name="Làm tiếp trên thiết bị này").click()
    expect(option(third, 1, "d")).to_be_checked()
    _saved(third)
    assert desk.events() == [("d", AnswerStatus.STORED), ("b", AnswerStatus.SUPERSEDED)]


@WRITTEN
def test_text_that_was_on_its_way_at_the_deadline_is_told_apart(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    option(page, 1, "a").check()
    _saved(page)
    move_deadline(desk.session, attempt_id, 4)
    page.reload()
    page.route("**/answers", lambda route: route.abort())
    _essay(page).press_sequentially("Gõ dở", delay=10)
    expect(page.locator("#trouble")).to_contain_text("Đã hết giờ khi chưa có kết nối")
    expect(_essay(page)).to_be_disabled()
    page.unroute("**/answers")
    page.wait_for_url("**/result", timeout=30_000)
    expect(page.locator("main")).to_contain_text("1 thay đổi đến máy chủ sau khi bài kết thúc")
    assert desk.events() == [("a", AnswerStatus.STORED), ("Gõ dở", AnswerStatus.LATE)]


@WRITTEN
def test_text_typed_to_the_last_second_counts(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    move_deadline(desk.session, attempt_id, 3)
    page.reload()
    _essay(page).press_sequentially("Kịp giờ", delay=20)
    page.wait_for_url("**/result", timeout=20_000)
    assert desk.events()[-1] == ("Kịp giờ", AnswerStatus.STORED)


def test_what_a_killed_page_left_of_an_ended_attempt_is_sent_as_late(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    page.context.set_offline(True)
    option(page, 1, "a").check()
    expect(page.locator("#trouble")).to_be_visible()
    page.close()
    desk.contexts[0].set_offline(False)
    move_deadline(desk.session, attempt_id, -1)
    again = desk.contexts[0].new_page()
    again.goto(f"{desk.address}/attempts/{attempt_id}")
    expect(again).to_have_url(re.compile("/result$"))
    expect(again.locator("#sent-late")).to_be_visible()
    assert desk.events() == [("a", AnswerStatus.LATE)]
    again.wait_for_function("() => indexedDB.databases().then((all) => all.length === 0)")
    assert serious_findings(again) == []


def _end_sessions(session: Session) -> None:
    session.execute(update(SignInSession).values(last_seen_at=utc_now() - timedelta(hours=1)))
    session.commit()


@pytest.mark.parametrize("width", [360, 1280])
def test_signing_in_again_in_place_loses_nothing(desk: Desk, width: int) -> None:
    give_password(desk.session, desk.learner)
    page = desk.device(width)
    attempt_id = desk.begin(page)
    _end_sessions(desk.session)
    option(page, 1, "b").check()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Phiên đăng nhập đã kết thúc")
    assert serious_findings(page) == []
    dialog.get_by_label("Tên đăng nhập").fill(desk.learner.username)
    dialog.get_by_label("Mật khẩu").fill("sai mật khẩu này")
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog.locator("[data-problem]")).to_be_visible()
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    _saved(page)
    assert desk.events() == [("b", AnswerStatus.STORED)]
    assert page.locator("#again-password").input_value() == ""
    # The same device to the server: opening the page again asks nothing.
    page.reload()
    expect(option(page, 1, "b")).to_be_checked()
    assert page.url.endswith(f"/attempts/{attempt_id}")


def test_nobody_else_signs_in_at_the_sheet(desk: Desk) -> None:
    other = give_password(desk.session, make_learner(desk.session))
    page = desk.device()
    desk.begin(page)
    _end_sessions(desk.session)
    option(page, 1, "b").check()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tên đăng nhập").fill(other.username)
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog.locator("[data-problem]")).to_contain_text("không phải tài khoản của người")
    assert desk.events() == []
    desk.session.rollback()
    open_ones = desk.session.scalars(
        select(SignInSession).where(
            SignInSession.user_id == other.id, SignInSession.ended_at.is_(None)
        )
    ).all()
    assert open_ones == []
    dialog.get_by_role("button", name="Để sau").click()
    expect(page.locator("#trouble")).to_contain_text("Hãy đăng nhập lại")
    page.get_by_role("button", name="Đăng nhập lại tại đây").click()
    expect(dialog).to_be_visible()


def test_the_rescue_file_brings_in_what_the_line_never_did(desk: Desk, tmp_path: Path) -> None:
    unit = make_unit(desk.session)
    make_assignment(desk.session, desk.session.get_one(Person, desk.learner.person_id), unit)
    officer = make_user(desk.session, person=make_person(desk.session, full_name="Cầm Thử Bảo"))
    grant(desk.session, officer, Role.PROGRAMME_OFFICER, unit)
    page = desk.device(360, accept_downloads=True)
    page.clock.install()
    attempt_id = desk.begin(page)
    page.context.set_offline(True)
    option(page, 1, "a").check()
    option(page, 3, "true").check()
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#rescue")).to_be_hidden()
    page.clock.run_for(40_000)
    expect(page.locator("#rescue")).to_be_visible()
    assert serious_findings(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải tệp cứu bài").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == f"elearn-rescue-{attempt_id}.json"
    assert b"value" not in file.read_bytes()
    assert desk.events() == []
    _officer_imports(desk, officer, file)
    assert desk.events() == [("a", AnswerStatus.STORED), (True, AnswerStatus.STORED)]
    # The line comes back after all: the same changes once more, stored once.
    page.context.set_offline(False)
    page.clock.run_for(25_000)
    _saved(page)
    expect(page.locator("#rescue")).to_be_hidden()
    assert len(desk.events()) == 2


def _officer_imports(desk: Desk, officer: object, file: Path) -> None:
    context: BrowserContext = desk.chromium.new_context(viewport={"width": 1280, "height": 800})
    desk.contexts.append(context)
    desk.enter(context, officer)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{desk.address}/officer/rescue")
    assert serious_findings(page) == []
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.locator("main")).to_contain_text("Lò Thử Ánh")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Nhập vào bài").click()
    expect(page.locator("main")).to_contain_text("Đã nhập 2 thay đổi từ tệp cứu bài.")


def test_without_encryption_the_page_says_what_to_do(desk: Desk) -> None:
    """Plain http on an office network has no crypto.subtle."""
    page = desk.device()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined});")
    page.clock.install()
    desk.begin(page)
    page.context.set_offline(True)
    option(page, 1, "a").check()
    expect(page.locator("#trouble")).to_be_visible()
    page.clock.run_for(40_000)
    expect(page.locator("#rescue")).to_contain_text("không tạo được tệp cứu bài")
    expect(page.get_by_role("button", name="Tải tệp cứu bài")).to_be_hidden()


def test_without_a_database_in_the_browser_memory_has_to_do(desk: Desk) -> None:
    page = desk.device()
    page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
    )
    desk.begin(page)
    page.context.set_offline(True)
    option(page, 1, "c").check()
    expect(page.locator("#trouble")).to_contain_text("Mất kết nối")
    page.context.set_offline(False)
    _saved(page)
    assert desk.events() == [("c", AnswerStatus.STORED)]


def test_an_attempt_that_was_voided_leads_away(desk: Desk) -> None:
    page = desk.device()
    attempt_id = desk.begin(page)
    desk.session.execute(
        update(Attempt).where(Attempt.id == attempt_id).values(state=AttemptState.VOIDED)
    )
    desk.session.commit()
    option(page, 1, "a").check()
    page.wait_for_url("**/result")
    statuses = desk.session.scalars(select(AnswerEvent.status)).all()
    assert statuses == [AnswerStatus.LATE]
