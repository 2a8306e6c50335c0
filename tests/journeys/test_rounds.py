"""A survey round in the browser: planned, sat with a ticket, extended, watched, closed, read."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import update

from elearn.assessment.rounds.models import Round, RoundExaminee
from elearn.infra.db import db
from elearn.infra.db import now as database_now
from elearn.workflows import take_quiz
from tests.journeys.people import Visit, right_answers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TITLE, PAPER = "Khảo sát Một cửa xã Mẫu", "khao-sat-mot-cua"
NAME = "Khảo sát nhanh kiến thức dành cho công chức, viên chức Bộ phận một cửa"
GROUP = "son-la-2021-2025|TG3"


def _call_off_the_demo_s(app: Flask) -> None:
    """Let the round of the demo data be over, so that the journey's own is the one that counts."""
    with app.app_context():
        session = db.session()
        past = database_now(session) - timedelta(days=40)
        session.execute(
            update(RoundExaminee).values(starts_at=past - timedelta(days=1), ends_at=past)
        )
        session.commit()
        db.session.remove()


def officer_plans(browser: Browser, address: str, width: int) -> tuple[str, str]:
    """Return the page of the round and a ticket for anybody on its list."""
    officer = Visit(browser, address, "cchc", width)
    page = officer.open("/officer/rounds/new")
    page.fill("#title", TITLE)
    page.select_option("#paper", label=NAME)
    page.check(f"input[value='{GROUP}']")
    now = page.evaluate("new Date(Date.now() + 7 * 36e5).toISOString()")
    day = page.evaluate("new Date(Date.now() + 55 * 36e5).toISOString()")
    page.fill("#opens_at", now[:14] + "00")
    page.fill("#closes_at", day[:14] + "00")
    page.check("#needs_ticket")
    officer.press("Lưu và xem trước danh sách")
    assert "Theo nhóm đối tượng" in officer.text()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Chốt danh sách")).click()
    officer.check()
    home = page.url.removeprefix(address)
    officer.open(f"{home}/tickets")
    page.fill("#room", "Phòng 101")
    page.fill("#count", "2")
    officer.press("Lập phiếu")
    page.get_by_role("link", name="Xem và in phiếu").click()
    officer.check()
    code = page.inner_text(".slip-code >> nth=0")
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    officer.open(f"{home}/slots")
    officer.leave()
    return home, code


def clerk_begins(browser: Browser, address: str, width: int, code: str) -> Visit:
    clerk = Visit(browser, address, "motcua", width)
    assert TITLE in clerk.open("/learn").inner_text("main")
    page = clerk.open(f"/papers/{PAPER}")
    page.fill("#ticket", "AAAA-BBBB-2222")
    clerk.press("Bắt đầu làm bài")
    assert "Mã phiếu không đúng" in clerk.text()
    page.fill("#ticket", code.lower())
    clerk.press("Bắt đầu làm bài")
    assert "/attempts/" in page.url
    return clerk


def officer_watches_and_extends(browser: Browser, address: str, width: int, home: str) -> None:
    officer = Visit(browser, address, "cchc", width)
    watched = home.replace("/officer", "")
    page = officer.open(f"{watched}/live")
    assert "Trực tiếp" in officer.text()
    assert page.locator(".stat-tile").nth(1).inner_text().split("\n")[1] == "1"
    officer.open(f"{watched}/people?q=quang van mau sang")
    page.get_by_role("link", name="Quàng Văn Mẫu Sáng").click()
    officer.check()
    page.fill("#extend-minutes", "15")
    page.fill("#extend-reason", "Máy khởi động lại.")
    officer.press("Thêm thời gian")
    assert "Đã thêm 15 phút." in officer.text()
    officer.leave()


def _over(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        before = database_now(session)
        session.execute(
            update(RoundExaminee)
            .where(RoundExaminee.ends_at > before)
            .values(ends_at=before, extra_minutes=0)
        )
        session.execute(update(Round).where(Round.title == TITLE).values(closes_at=before))
        session.commit()
        take_quiz.close_overdue()
        db.session.remove()


def officer_closes(browser: Browser, address: str, width: int, home: str) -> None:
    officer = Visit(browser, address, "cchc", width)
    officer.open(home)
    officer.press("Đóng đợt, công bố kết quả")
    watched = home.replace("/officer", "")
    page = officer.open(f"{watched}/results")
    for _ in range(100):
        if "Số người có điểm" in officer.text():
            break
        page.wait_for_timeout(200)
        page.reload()
    officer.check()
    assert "Số người có điểm" in officer.text()
    assert "dưới 5 người" in officer.text()
    officer.open(watched)
    officer.open(home)
    officer.leave()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_survey_round_end_to_end(
    chromium: Browser, address: str, demo_site: Flask, width: int
) -> None:
    _call_off_the_demo_s(demo_site)
    home, code = officer_plans(chromium, address, width)
    clerk = clerk_begins(chromium, address, width, code)
    officer_watches_and_extends(chromium, address, width, home)
    page = clerk.page
    attempt_id = int(page.url.rsplit("/", 1)[1])
    for item_id, values in right_answers(demo_site, attempt_id).items():
        for value in values:
            page.check(f"input[name='{item_id}'][value='{value}']", force=True)
    page.locator("#save-state", has_text="Đã lưu mọi câu trả lời").wait_for()
    clerk.press("Nộp bài…")
    clerk.press("Nộp bài")
    assert "100" not in clerk.text()
    assert "Thêm 15 phút. Lý do: Máy khởi động lại." in clerk.open(f"/papers/{PAPER}").inner_text(
        "main"
    )
    _over(demo_site)
    officer_closes(chromium, address, width, home)
    assert "100,0%" in clerk.open(f"/attempts/{attempt_id}/result").inner_text("main")
    clerk.leave()
