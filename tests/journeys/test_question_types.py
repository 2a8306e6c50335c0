"""Every type of question answered by keyboard alone on a small phone, with and without scripts."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import AnswerEvent, Grade, PaperKind
from elearn.org.models import Unit
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import items_of
from tests.factories.essays import mark_everything
from tests.factories.org import make_assignment, make_person, make_unit, make_user
from tests.factories.questions import right_value
from tests.support.accounts import Visitor
from tests.support.axe import serious_findings
from tests.support.live import serving

# What is tested is the page; what is stored is tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
ORDER = [*TYPES]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with serving(app) as base:
            yield base
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def unit(session: Session) -> Unit:
    return make_unit(session)


@pytest.fixture
def learner(session: Session, unit: Unit) -> User:
    for name in ORDER:
        make_question(session, f"q-{name}", type=name, correct="ac" if "mul" in name else "a")
    sections = [{"title": "Chung", "questions": [f"q-{name}" for name in ORDER]}]
    make_paper(session, "de", sections=sections, shuffle=False, kind=PaperKind.PRACTICE)
    person = make_person(session)
    make_assignment(session, person, unit)
    return make_user(session, person=person)


@pytest.fixture
def open_window(
    chromium: Browser, address: str, visitor: Visitor, learner: User
) -> Iterator["Opener"]:
    opener = Opener(chromium, address, visitor, learner)
    yield opener
    for context in opener.contexts:
        context.close()


class Opener:
    """Opens the sheet of the learner in a window of its own."""

    def __init__(self, chromium: Browser, address: str, visitor: Visitor, learner: User) -> None:
        self.chromium, self.address, self.visitor, self.learner = (
            chromium,
            address,
            visitor,
            learner,
        )
        self.contexts: list[BrowserContext] = []

    def __call__(
        self, *, script: bool = True, width: int = 360, paper: str = "de"
    ) -> tuple[Page, int]:
        cookie = self.visitor.as_user(self.learner).get_cookie("elearn")
        assert cookie is not None
        context = self.chromium.new_context(
            viewport={"width": width, "height": 780}, java_script_enabled=script
        )
        context.add_cookies([{"name": "elearn", "value": cookie.value, "url": self.address}])
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.goto(f"{self.address}/papers/{paper}")
        page.get_by_role("button", name=re.compile("Bắt đầu làm bài|Làm tiếp")).click()
        page.wait_for_url("**/attempts/*")
        return page, int(page.url.rsplit("/", 1)[1])


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


class Keys:
    """A person who has only the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def focused(self) -> dict[str, str]:
        return self.page.evaluate(
            """() => { const e = document.activeElement;
            const q = e.closest("[data-item]");
            return {name: e.name ?? "", tag: e.tagName, type: e.type ?? "", value: e.value ?? "",
                    question: q ? q.id : "", place: e.dataset.placeOf ?? ""}; }"""
        )

    def next_field(self) -> dict[str, str]:
        self.page.keyboard.press("Tab")
        return self.focused()

    def choose(self, value: str) -> None:
        """Go down the list that has the focus until it says ``value``."""
        for _step in range(40):
            if self.focused()["value"] == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(value)

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)


def answer_all(page: Page, filled: dict[str, list[str]]) -> None:
    """Walk through the sheet with the Tab key and fill in ``filled`` {field name: values}."""
    keys, left = Keys(page), {name: list(values) for name, values in filled.items()}
    page.locator("#q1").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    for _step in range(400):
        if not left:
            return
        field = keys.next_field()
        wanted = left.get(field["name"])
        if not wanted:
            continue
        if field["tag"] == "SELECT":
            keys.choose(wanted[0])
            del left[field["name"]]
        elif field["type"] == "radio":
            keys.press("Space")
            keys.choose(wanted[0])
            del left[field["name"]]
        elif field["type"] == "checkbox":
            if field["value"] in wanted:
                keys.press("Space")
                wanted.remove(field["value"])
                left = {name: values for name, values in left.items() if values}
        else:
            keys.write(wanted[0])
            del left[field["name"]]
    raise AssertionError(left)


def right_fields(session: Session, attempt_id: int) -> dict[str, list[str]]:
    """Return the fields that answer the whole sheet rightly; essays with some words."""
    filled: dict[str, list[str]] = {}
    for code, item_id in items_of(session, attempt_id).items():
        body, value = right_value(session, code)
        for field, values in TYPES[code[2:]].form_of(body, value).items():
            filled[f"{item_id}.{field}" if field else str(item_id)] = values
    return filled


def stored(session: Session) -> dict[int, object]:
    session.rollback()
    events = session.scalars(select(AnswerEvent).order_by(AnswerEvent.client_seq))
    return {event.item_id: event.value for event in events}


def expected(session: Session, attempt_id: int) -> dict[int, object]:
    items = items_of(session, attempt_id)
    return {item_id: right_value(session, code)[1] for code, item_id in items.items()}


def test_every_type_is_answered_by_keyboard_on_a_phone(
    open_window: Opener, session: Session, unit: Unit
) -> None:
    page, attempt_id = open_window()
    assert serious_findings(page) == []
    assert fits(page)
    answer_all(page, right_fields(session, attempt_id))
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời")
    expect(page.locator("#done")).to_have_text(str(len(ORDER)))
    assert stored(session) == expected(session, attempt_id)
    page.reload()
    expect(page.locator("#done")).to_have_text(str(len(ORDER)))
    page.get_by_role("button", name="Nộp bài…").press("Enter")
    page.get_by_role("button", name="Nộp bài", exact=True).press("Enter")
    page.wait_for_url("**/result")
    mark_everything(session, unit, "1", "2")
    page.reload()
    assert serious_findings(page) == []
    assert fits(page)
    session.rollback()
    scores = session.scalars(select(Grade)).one().item_scores
    items = items_of(session, attempt_id)
    assert {scores[str(item_id)] for item_id in items.values()} == {"1.0000"}


def test_every_type_is_answered_without_javascript(open_window: Opener, session: Session) -> None:
    page, attempt_id = open_window(script=False)
    for name, values in right_fields(session, attempt_id).items():
        field = page.locator(f"[name='{name}']")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            for value in values:
                page.check(f"[name='{name}'][value='{value}']")
        elif field.first.evaluate("e => e.tagName") == "SELECT":
            field.select_option(values[0])
        else:
            field.fill(values[0])
    page.get_by_role("button", name="Lưu bài").click()
    assert f"{len(ORDER)}/{len(ORDER)}" in page.inner_text(".attempt-bar")
    assert stored(session) == expected(session, attempt_id)


def test_wide_pages_are_clean_and_a_wrong_sheet_is_explained(
    open_window: Opener, session: Session
) -> None:
    page, _attempt_id = open_window(width=1280)
    assert serious_findings(page) == []
    page.locator("[data-control='ordering'] select").first.select_option("2")
    page.locator("[data-control='matching'] select").nth(1).select_option(index=1)
    page.locator("[data-control='text'] input").fill("Hai cửa")
    page.locator("[data-control='cloze'] input").fill("67")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời")
    page.get_by_role("button", name="Nộp bài…").click()
    page.get_by_role("button", name="Nộp bài", exact=True).click()
    page.wait_for_url("**/result")
    assert serious_findings(page) == []
    told = page.inner_text("main")
    for words in ("Hai cửa", "Một cửa hoặc Cơ chế một cửa", "90,61", "Tiêu chí chấm"):
        assert words in told


def test_of_two_items_with_one_number_the_other_gives_way(open_window: Opener) -> None:
    page, _attempt_id = open_window()
    numbers = page.locator("#q5 select")
    for place in range(4):
        numbers.nth(place).select_option(str(place + 1))
    numbers.nth(3).focus()
    numbers.nth(3).select_option("1")
    assert [numbers.nth(place).input_value() for place in range(4)] == ["4", "2", "3", "1"]


def test_the_script_reads_and_writes_every_control(open_window: Opener, session: Session) -> None:
    page, attempt_id = open_window()
    values = {str(item): value for item, value in expected(session, attempt_id).items()}
    told = page.evaluate(
        """async (values) => {
          const form = document.getElementById("sheet");
          const { href } = document.querySelector("link[data-part='answers']");
          const { valueOf, setValue, isAnswered } = await import(href);
          const all = [...form.querySelectorAll("[data-item]")];
          const before = all.map((one) => isAnswered(one));
          for (const one of all) setValue(one, values[one.dataset.item]);
          const read = Object.fromEntries(all.map((one) => [one.dataset.item, valueOf(one)]));
          const after = all.map((one) => isAnswered(one));
          for (const one of all) setValue(one, null);
          return {before, read, after, emptied: all.map((one) => isAnswered(one))};
        }""",
        values,
    )
    assert told["read"] == values
    assert told["before"] == told["emptied"] == [False] * len(ORDER)
    assert told["after"] == [True] * len(ORDER)


LONG = (
    "Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ ban hành Chương trình tổng thể cải cách",
    "Quyết định số 468/QĐ-TTg phê duyệt Đề án đổi mới việc thực hiện cơ chế **một cửa liên thông**",
)


@pytest.mark.parametrize("width", [360, 1280])
def test_long_choices_stay_within_the_page(
    open_window: Opener, session: Session, width: int
) -> None:
    pairs = [{"left": f"Văn bản {number}", "right": text} for number, text in enumerate(LONG)]
    options = [{"text": text, "correct": text == LONG[0]} for text in LONG]
    bodies = {
        "matching": {"pairs": pairs, "distractors": []},
        "ordering": {"items": [*LONG]},
        "cloze": {"blanks": [{"options": options}]},
    }
    for name, body in bodies.items():
        whole = {"stem": "Theo {{1}} thì sao?", "explanation": "Vì thế.", **body}
        make_question(session, f"long-{name}", type=name, body=whole)
    codes = [f"long-{name}" for name in bodies]
    make_paper(session, "dai", sections=[{"title": "Chung", "questions": codes}])
    page, attempt_id = open_window(width=width, paper="dai")
    assert fits(page)
    assert serious_findings(page) == []
    body = right_value(session, "long-matching")[0]
    first = page.locator("[data-control='matching'] select").first
    wanted = first.locator("option", has_text="Quyết định số 468")
    first.select_option(str(wanted.get_attribute("value")))
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_have_text("Đã lưu mọi câu trả lời")
    item = items_of(session, attempt_id)["long-matching"]
    assert TYPES["matching"].tally(body, stored(session)[item]) == ("0=1",)
