"""The editor's script in a real browser: preview, saving by itself, two windows, a phone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.authoring.models import DraftKind
from elearn.kernel.actor import Role
from tests.factories.assessment import make_question
from tests.factories.authoring import lesson_text, make_staff, make_submitted, the_draft
from tests.factories.curriculum import make_lesson, make_lesson_version, make_module
from tests.factories.questions import BODIES, ORDERING
from tests.support.accounts import Visitor
from tests.support.axe import serious_findings
from tests.support.live import serving

# What is tested is the script; the pages behind it are tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
EDIT = "/author/lessons/bai-1/edit"
SLOW = 15_000
BOTH = pytest.mark.parametrize("width", [360, 1280])


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with serving(app) as base:
            yield base
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


class Office:
    """A module with a lesson of two versions and a question; windows for its staff."""

    def __init__(self, chromium: Browser, address: str, session: Session, visitor: Visitor) -> None:
        self.chromium, self.address = chromium, address
        self.session, self.visitor = session, visitor
        self.contexts: list[BrowserContext] = []
        lesson = make_lesson(session, make_module(session, "m1"), "bai-1", title="Tên cũ")
        make_lesson_version(session, lesson, title="Tên sau")
        make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
        self.author, self.author_actor = make_staff(session, Role.AUTHOR)
        self.reviewer, _actor = make_staff(session, Role.REVIEWER)

    def window(self, user: User, path: str, width: int = 1280) -> Page:
        """Return a window of ``user`` at ``path``; an error of its script fails the test."""
        cookie = self.visitor.as_user(user).get_cookie("elearn")
        assert cookie is not None
        context = self.chromium.new_context(viewport={"width": width, "height": 800})
        context.add_cookies([{"name": "elearn", "value": cookie.value, "url": self.address}])
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(self.address + path)
        return page

    def body(self) -> str:
        """Return the stored Markdown of the draft."""
        return str(the_draft(self.session, DraftKind.LESSON, "bai-1").content["body"])


@pytest.fixture
def office(chromium: Browser, address: str, session: Session, visitor: Visitor) -> Iterator[Office]:
    office = Office(chromium, address, session, visitor)
    yield office
    for context in office.contexts:
        context.close()


def test_what_is_typed_is_previewed_and_saved_by_itself(office: Office) -> None:
    page = office.window(office.author, EDIT)
    pane = page.locator("[data-preview-pane]")
    expect(pane.locator(".reading")).to_contain_text("Nội dung bài thử.")
    page.locator("#body").fill("## Phần một\n\nChữ **đậm**.\n\n:::check khong-co\n")
    expect(pane.locator("strong")).to_have_text("đậm")
    expect(pane.locator(".alert-danger")).to_contain_text("Dòng 5")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã tự lưu lúc", timeout=SLOW)
    assert office.body() == "## Phần một\n\nChữ **đậm**.\n\n:::check khong-co\n"
    page.locator("#body").press_sequentially("Thêm nữa")
    expect(page.locator("[data-save-state]")).to_have_text("Có thay đổi chưa lưu")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã tự lưu lúc", timeout=SLOW)
    assert office.body().endswith("Thêm nữa\n")


def test_the_second_window_is_told_and_loses_nothing(office: Office) -> None:
    first, second = (office.window(office.author, EDIT) for _ in range(2))
    first.locator("#body").fill("Chữ của cửa sổ một.")
    expect(first.locator("[data-save-state]")).to_contain_text("Đã tự lưu lúc", timeout=SLOW)
    second.locator("#body").fill("Chữ của cửa sổ hai.")
    expect(second.locator("[data-save-state]")).to_contain_text("chưa ghi đè gì", timeout=SLOW)
    assert office.body() == "Chữ của cửa sổ một.\n"
    second.get_by_role("button", name="Lưu bản nháp").last.click()
    expect(second.get_by_text("Chọn một trong hai:")).to_be_visible()
    assert second.locator("#body").input_value() == "Chữ của cửa sổ hai."
    expect(second.locator(".compare del").first).to_contain_text("một")
    assert serious_findings(second) == []
    # The script must not decide for the author.
    second.locator("#body").press("Control+End")
    second.locator("#body").press_sequentially(" Thêm.")
    second.wait_for_timeout(6_000)
    assert office.body() == "Chữ của cửa sổ một.\n"
    second.get_by_role("button", name="Lưu, thay bản kia").last.click()
    expect(second.get_by_text("Đã lưu bản nháp lúc")).to_be_visible()
    assert office.body() == "Chữ của cửa sổ hai. Thêm.\n"


def test_pressing_save_while_the_script_saves_is_no_conflict(office: Office) -> None:
    page = office.window(office.author, EDIT)
    answers = []
    page.route("**/autosave", lambda route: answers.append((route, route.fetch())))
    page.locator("#body").fill("Câu đầu.")
    with page.expect_request("**/autosave"):
        pass
    page.locator("#body").press("Control+End")
    page.locator("#body").press_sequentially(" Câu hai.")
    assert office.body() == "Câu đầu.\n"
    page.get_by_role("button", name="Lưu bản nháp").last.click(no_wait_after=True)
    page.wait_for_timeout(500)
    (route, answer), *_others = answers
    route.fulfill(response=answer)
    expect(page.get_by_text("Đã lưu bản nháp lúc")).to_be_visible(timeout=SLOW)
    assert office.body() == "Câu đầu. Câu hai.\n"


def test_unsaved_text_is_not_left_by_accident(office: Office) -> None:
    page = office.window(office.author, EDIT)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#body").press_sequentially("x")
    page.goto(f"{office.address}/author")
    assert asked == ["beforeunload"]
    page.goto(office.address + EDIT)
    page.goto(f"{office.address}/author")
    assert asked == ["beforeunload"]


def test_buttons_insert_markdown_and_undo_takes_it_back(office: Office) -> None:
    page = office.window(office.author, EDIT)
    body = page.locator("#body")
    body.fill("một hai")
    body.evaluate("area => area.setSelectionRange(4, 7)")
    page.get_by_role("button", name="Đậm", exact=True).click()
    assert body.input_value() == "một **hai**"
    body.press("Control+z")
    assert body.input_value() == "một hai"
    body.press("Control+End")
    page.get_by_role("button", name="Lưu ý", exact=True).click()
    assert body.input_value() == "một hai\n\n:::note\n\n:::\n"


def test_a_problem_leads_to_its_line(office: Office) -> None:
    page = office.window(office.author, EDIT)
    page.locator("#body").fill("Một\n\nHai [@999-QD]\n")
    page.get_by_role("link", name="Dòng 3").click()
    chosen = page.locator("#body").evaluate(
        "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    )
    assert chosen == "Hai [@999-QD]"


def test_a_phone_shows_one_pane_at_a_time(office: Office) -> None:
    page = office.window(office.author, EDIT, width=360)
    expect(page.locator("#body")).to_be_visible()
    expect(page.locator("[data-preview-pane]")).to_be_hidden()
    page.get_by_role("button", name="Xem trước", exact=True).click()
    expect(page.locator("#body")).to_be_hidden()
    expect(page.locator("[data-preview-pane]")).to_contain_text("Nội dung bài thử.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@BOTH
def test_every_page_is_accessible_and_fits(office: Office, width: int) -> None:
    opened = make_submitted(office.author_actor, "bai-1", lesson_text(), base_number=2)
    pages = [
        (office.author, "/author"),
        (office.author, "/author/modules/m1"),
        (office.author, "/author/modules/m1/lessons/new"),
        (office.author, "/author/modules/m1/questions/new"),
        (office.author, "/author/modules/m1/pictures"),
        (office.author, "/author/questions"),
        (office.author, "/author/questions/cau-1/edit"),
        (office.author, "/author/lessons/bai-1/history"),
        (office.author, "/author/drafts"),
        (office.reviewer, "/author"),
        (office.reviewer, f"/author/drafts/{opened.draft_id}"),
    ]
    page = office.window(office.author, "/author", width)
    # Buttons change their colours slowly; what is judged is how they end.
    page.emulate_media(reduced_motion="reduce")
    reviewing = office.window(office.reviewer, "/author", width)
    for user, path in pages:
        window = page if user is office.author else reviewing
        window.goto(office.address + path)
        assert serious_findings(window) == [], path
        assert window.evaluate("document.documentElement.scrollWidth") <= width, path


@BOTH
def test_the_lesson_editor_is_accessible_and_fits(office: Office, width: int) -> None:
    page = office.window(office.author, EDIT, width)
    page.locator("details.panel summary").first.click()
    expect(page.locator(".reading").first).to_contain_text("Nội dung bài thử.")
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@BOTH
def test_questions_of_every_type_are_written_and_previewed(office: Office, width: int) -> None:
    for name, body in BODIES.items():
        make_question(office.session, f"cau-{name}", type=name, module_code="m1", body=body)
    page = office.window(office.author, "/author", width)
    # Buttons change their colours slowly; what is judged is how they end.
    page.emulate_media(reduced_motion="reduce")
    for name in BODIES:
        page.goto(f"{office.address}/author/questions/cau-{name}/edit")
        if width < 1100:
            page.get_by_role("button", name="Xem trước", exact=True).first.click()
        shown = page.locator("[data-preview-pane] [data-control]").first
        expect(shown).to_be_visible()
        expect(shown.locator("input, select, textarea").first).to_be_disabled()
        assert serious_findings(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_a_right_order_is_changed_and_saved_by_itself(office: Office) -> None:
    make_question(office.session, "cau-2", type="ordering", module_code="m1", body=ORDERING)
    page = office.window(office.author, "/author/questions/cau-2/edit")
    page.fill("#items-0-place", "9")
    expect(page.locator("[data-preview-pane] .option-right li").last).to_contain_text(
        "4. Tiếp nhận hồ sơ"
    )
    expect(page.locator("[data-save-state]")).to_contain_text("Đã tự lưu", timeout=SLOW)
    kept = the_draft(office.session, DraftKind.QUESTION, "cau-2").content["body"]["items"]
    assert kept == [*ORDERING["items"][1:], ORDERING["items"][0]]
