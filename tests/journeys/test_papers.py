"""Papers in a real browser: the editor with and without scripts, enemies, why this question."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.forms.enemies import list_sets
from elearn.assessment.models import Level
from elearn.authoring.models import Draft, DraftKind
from elearn.kernel.actor import Role
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_device
from tests.factories.authoring import make_staff
from tests.factories.curriculum import make_lesson, make_module
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor
from tests.support.axe import serious_findings
from tests.support.live import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
BOTH = pytest.mark.parametrize("width", [360, 1280])
Window = Callable[..., Page]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with serving(app) as base:
            yield base
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def window(chromium: Browser, address: str, visitor: Visitor) -> Iterator[Window]:
    contexts: list[BrowserContext] = []

    def opened(user: User, path: str, width: int = 1280, *, scripts: bool = True) -> Page:
        cookie = visitor.as_user(user).get_cookie("elearn")
        assert cookie is not None
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts
        )
        context.add_cookies([{"name": "elearn", "value": cookie.value, "url": address}])
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        assert page.goto(address + path) is not None
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def author(session: Session) -> User:
    make_lesson(session, make_module(session, "m1"), "bai-1", title="Bài một")
    for number in range(1, 9):
        level = Level.RECALL if number % 2 else Level.APPLY
        make_question(session, f"q{number}", module_code="m1", lesson_code="bai-1", level=level)
    make_paper(session, "de-1")
    return make_staff(session, Role.AUTHOR)[0]


def _is_fit(page: Page) -> None:
    assert serious_findings(page) == []
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide), "the page scrolls sideways"


@BOTH
def test_the_editor_tells_the_supply_while_one_writes(
    window: Window, author: User, session: Session, width: int
) -> None:
    page = window(author, "/author/papers/de-1/edit", width)
    _is_fit(page)
    page.fill("[name=sections-0-cells-0-count]", "9")
    expect(page.locator("[data-preview-pane]")).to_contain_text("thiếu 5")
    page.fill("[name=sections-0-cells-0-count]", "3")
    expect(page.locator("[data-preview-pane]")).to_contain_text("có 4, cần 3")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã tự lưu")
    session.rollback()
    draft = session.scalars(select(Draft).where(Draft.kind == DraftKind.PAPER)).one()
    assert draft.content["sections"][0]["draw"][0]["count"] == 3


def test_a_paper_is_written_without_scripts(window: Window, author: User) -> None:
    page = window(author, "/author/papers/new", scripts=False)
    page.fill("[name=title]", "Đề mới")
    page.fill("[name=code]", "de-moi")
    page.click("main form button")
    page.fill("[name=sections-0-title]", "Phần một")
    page.fill("[name=sections-0-cells-0-count]", "2")
    page.select_option("[name=sections-0-cells-0-module]", "m1")
    page.click("button[value=add_cell-0]")
    page.fill("[name=sections-0-cells-1-count]", "1")
    page.select_option("[name=sections-0-cells-1-level]", "APPLY")
    page.select_option("[name=sections-0-cells-1-module]", "m1")
    page.click("button[value=remove_cell-0-0]")
    expect(page.locator("[name=sections-0-cells-0-level]")).to_have_value("APPLY")
    page.locator("button[value=preview]").click()
    expect(page.locator("main")).to_contain_text("Một đề rút thử, kèm đáp án")
    page.locator(".editor-bar button[value=save]").click()
    expect(page.locator("main")).to_contain_text("Đã lưu bản nháp")


@BOTH
def test_list_draft_and_history_read_well(window: Window, author: User, width: int) -> None:
    page = window(author, "/author/papers/de-1/edit", width)
    page.fill("[name=title]", "Tên mới")
    page.locator("button[value=submit]").click()
    expect(page.locator("h1")).to_have_text("Tên mới")
    page.get_by_text("Một đề rút thử, kèm đáp án").click()
    _is_fit(page)
    for path in ("/author/papers", "/author/papers/de-1/history", "/author/papers/new"):
        page.goto(page.url.split("/author")[0] + path)
        _is_fit(page)


@BOTH
def test_enemies_are_made_on_the_page_of_a_question(
    window: Window, author: User, session: Session, width: int
) -> None:
    page = window(author, "/author/questions/q1/enemies", width)
    page.fill("[name=code]", "q2")
    page.click("main form button")
    expect(page.locator("main")).to_contain_text("không bao giờ cùng một đề")
    _is_fit(page)
    session.rollback()
    assert list_sets(session) == [["q1", "q2"]]


@BOTH
def test_the_officer_reads_why(window: Window, author: User, session: Session, width: int) -> None:
    unit = make_unit(session)
    person = make_person(session, full_name="Lò Thị Thử")
    make_assignment(session, person, unit)
    attempt_id = take_quiz.start(make_device(session, make_user(session, person=person)), "de-1")
    officer = make_user(session)
    grant(session, officer, Role.PROGRAMME_OFFICER, unit)
    page = window(officer, f"/officer/attempts/{person.id}/why/{attempt_id}", width)
    expect(page.locator("main")).to_contain_text("Rút lại ra đúng đề đã giao")
    _is_fit(page)
