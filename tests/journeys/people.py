"""What the people of the demo do in the browser."""

from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from elearn.assessment.domain.question_types import type_of
from elearn.assessment.models import AttemptItem, QuestionVersion
from elearn.infra.db import db
from elearn.workflows.load_demo import PASSWORD
from tests.support.axe import serious_findings

MODULE = "m0-dinh-huong"
LESSONS = ("l0-1-de-an-son-la", "l0-2-bai-hoc-2011-2020", "l0-3-ke-hoach-can-tho")


class Visit:
    """One person at one browser window; every page he opens is checked by axe."""

    def __init__(
        self, browser: Browser, address: str, username: str, width: int, *, script: bool = True
    ) -> None:
        self.address, self.script = address, script
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.open("/login")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.press("Đăng nhập")
        assert "/login" not in self.page.url

    def open(self, path: str) -> Page:
        """Open a page and check it."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        self.check()
        return self.page

    def press(self, name: str) -> None:
        """Press the button ``name`` of the main part and check the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()
        self.check()

    def check(self) -> None:
        """No sideways scrolling; nothing serious for axe (which needs scripts to run)."""
        if not self.script:
            return
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (self.page.url, wide)
        found = serious_findings(self.page)
        assert found == [], (self.page.url, found)

    def text(self) -> str:
        """Return what the main part says."""
        return self.page.inner_text("main")

    def leave(self) -> None:
        """Sign out in one press and close the window."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Đăng xuất").first.click()
        self.page.goto(self.address + "/learn")
        assert "/login" in self.page.url
        self.context.close()


def study(visit: Visit, lesson: str) -> None:
    """Answer the checks of a lesson and finish it."""
    page = visit.open(f"/learn/{MODULE}/{lesson}")
    for code in (
        page.eval_on_selector_all("section.check", "all => all.map(one => one.id)")
        if (visit.script)
        else [one.get_attribute("id") for one in page.query_selector_all("section.check")]
    ):
        page.locator(f"#{code} .option").first.click()
        with page.expect_navigation():
            page.locator(f"#{code}").get_by_role("button").click()
    visit.press("Hoàn thành bài học")
    assert "Bạn đã hoàn thành bài này" in visit.text()


def right_answers(app: Flask, attempt_id: int) -> dict[int, list[str]]:
    """Return {item: values of the inputs to tick} of a drawn paper, from the database."""
    with app.app_context():
        rows = db.session().execute(
            select(AttemptItem.id, QuestionVersion.type, QuestionVersion.body)
            .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
            .where(AttemptItem.attempt_id == attempt_id)
        )
        found = {}
        for item_id, kind, body in rows:
            known = type_of(kind)
            found[item_id] = known.form_of(body, known.correct_form(body)).get("", [])
        return found


def sit(visit: Visit, app: Flask, paper: str, start: str, *, right: bool) -> None:
    """Sit a paper, answering everything right or nothing at all."""
    page = visit.open(f"/papers/{paper}")
    visit.press(start)
    attempt_id = int(page.url.rsplit("/", 1)[1])
    for item_id, values in right_answers(app, attempt_id).items() if right else ():
        for value in values:
            page.check(f"input[name='{item_id}'][value='{value}']", force=True)
    if right and visit.script:
        page.locator("#save-state", has_text="Đã lưu mọi câu trả lời").wait_for()
    visit.press("Nộp bài…")
    visit.press("Nộp bài")
