"""Bank and statistics in a real browser: legible on a phone, accessible, usable without a mouse."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, Level, PaperVersion
from elearn.assessment.statistics.models import AnswerSimilarity, StatisticScope
from elearn.authoring.catalogue.queries import find_question
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.authoring import make_staff
from tests.factories.curriculum import make_lesson, make_module
from tests.factories.org import grant, make_user
from tests.factories.statistics import make_held_round, make_item_statistic, make_paper_statistic
from tests.support.accounts import Visitor
from tests.support.axe import serious_findings
from tests.web.test_similarity_pages import Scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
STEM = (
    "Theo Nghị quyết số 76/NQ-CP, nội dung nào sau đây là trọng tâm cải cách giai đoạn 2021–2030?"
)
TEXTS = (
    "Cải cách thể chế, trong đó tập trung xây dựng, hoàn thiện thể chế của nền hành chính",
    "Sắp xếp đơn vị hành chính",
    "Phát triển kinh tế số",
    "Xây dựng nông thôn mới",
)
# Figures of four questions: sound, wrong key, too easy, leaked.
FIGURES: dict[str, dict[str, Any]] = {
    "m1-001": {
        "facility": 0.64,
        "discrimination": 0.41,
        "options": {
            "a": [18, 28, 36, 46],
            "b": [14, 10, 6, 2],
            "c": [10, 8, 6, 2],
            "d": [6, 4, 2, 0],
        },
    },
    "m1-002": {
        "facility": 0.43,
        "discrimination": -0.28,
        "options": {"a": [30, 26, 20, 10], "b": [10, 14, 24, 40], "c": [8, 10, 6, 0]},
    },
    "m1-003": {
        "facility": 0.98,
        "discrimination": 0.02,
        "options": {"a": [47, 49, 50, 50], "b": [3, 1, 0, 0]},
    },
    "m1-004": {
        "facility": 0.88,
        "discrimination": 0.22,
        "options": {"a": [38, 42, 46, 50], "b": [6, 4, 2, 0], "c": [6, 4, 2, 0]},
    },
}


def fill(session: Session) -> None:
    """Make a bank, a paper and two rounds with figures."""
    module = make_module(session, "m1")
    make_lesson(session, module, "l1-1-hai-giai-doan")
    for code in FIGURES:
        question = make_question(session, code, level=Level.UNDERSTAND)
        make_question_version(
            session,
            question,
            level=Level.UNDERSTAND,
            lesson_code="l1-1-hai-giai-doan",
            body={
                "stem": STEM,
                "options": [{"text": text, "correct": text is TEXTS[0]} for text in TEXTS],
                "explanation": "Xem Nghị quyết.",
            },
        )
    paper = make_paper(session, "khao-sat", sections=[{"title": "A", "questions": list(FIGURES)}])
    version = session.get_one(PaperVersion, paper.published_version_id)
    rounds = [
        make_held_round(session, version, closes_at=utc_now() - timedelta(days=days))
        for days in (200, 3)
    ]
    make_paper_statistic(session, version.id, n=200, mean=66.4, reliability=0.78)
    scopes = [(StatisticScope.ALL, 0), (StatisticScope.PAPER, version.id)]
    scopes += [(StatisticScope.ROUND, held.id) for held in rounds]
    for code, figures in FIGURES.items():
        number = version_id_of(session, code)
        for scope, scope_id in scopes:
            leak = 5.2 if code == "m1-004" and scope_id == rounds[-1].id else None
            make_item_statistic(
                session, number, n=200, scope=scope, scope_id=scope_id, groups=[50] * 4,
                leak=leak, **figures,
            )  # fmt: skip
    for held in rounds:
        make_paper_statistic(
            session, version.id, n=100, scope=StatisticScope.ROUND, scope_id=held.id
        )


def version_id_of(session: Session, code: str) -> int:
    question = find_question(session, code)
    assert question is not None
    assert question.published_version_id is not None
    return question.published_version_id


class Study:
    """Windows of an author at the filled bank."""

    def __init__(self, chromium: Browser, address: str, session: Session, visitor: Visitor) -> None:
        self.chromium, self.address, self.visitor = chromium, address, visitor
        fill(session)
        self.author, _actor = make_staff(session, Role.AUTHOR)
        self.contexts: list[BrowserContext] = []

    def window(self, path: str, width: int) -> Page:
        """Return a window of the author at ``path``."""
        cookie = self.visitor.as_user(self.author).get_cookie("elearn")
        assert cookie is not None
        context = self.chromium.new_context(viewport={"width": width, "height": 900})
        context.add_cookies([{"name": "elearn", "value": cookie.value, "url": self.address}])
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(self.address + path)
        return page


@pytest.fixture
def study(
    chromium: Browser, desk_address: str, session: Session, visitor: Visitor
) -> Iterator[Study]:
    study = Study(chromium, desk_address, session, visitor)
    yield study
    for context in study.contexts:
        context.close()


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page where ELEARN_PICTURES names a folder."""
    folder = os.environ.get("ELEARN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


PAGES = {
    "bank": "/author/questions?level=UNDERSTAND&sign=LOOK",
    "bank-plain": "/author/questions",
    "retag": "/author/questions/retag?code=m1-001&code=m1-002",
    "usage": "/author/questions/m1-001/usage",
    "papers": "/author/statistics",
    "paper": "/author/papers/khao-sat/statistics",
    "question": "/author/questions/m1-002/statistics",
    "sound": "/author/questions/m1-001/statistics",
}


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(study: Study, width: int) -> None:
    for name, path in PAGES.items():
        page = study.window(path, width)
        keep_picture(page, f"{name}-{width}")
        assert serious_findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_filter_is_set_and_cleared_by_keyboard(study: Study) -> None:
    page = study.window("/author/questions", 1280)
    page.locator(".more-filters > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Phân biệt ngược").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("m1-002")
    assert "sign=INVERSE" in page.url
    page.get_by_role("link", name="Bỏ lọc").click()
    expect(page.locator("tbody tr")).to_have_count(4)


@pytest.mark.parametrize("width", [360, 1280])
def test_signs_of_shared_answers_are_accessible_and_fit(
    chromium: Browser,
    desk_address: str,
    session: Session,
    visitor: Visitor,
    width: int,
) -> None:
    scene = Scene(session)
    user = make_user(session)
    grant(session, user, Role.PROGRAMME_OFFICER, scene.province)
    first, second = session.scalars(select(Attempt.id).order_by(Attempt.id).limit(2))
    session.add(
        AnswerSimilarity(
            round_id=scene.held.id,
            unit_id=scene.commune.id,
            attempt_a_id=first,
            attempt_b_id=second,
            common=30,
            both_wrong=14,
            same_wrong=14,
            expected=4.7,
            log10_p=-6.6,
            timed=30,
            together=21,
            computed_at=utc_now(),
        )
    )
    session.commit()
    cookie = visitor.as_user(user).get_cookie("elearn")
    assert cookie is not None
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "elearn", "value": cookie.value, "url": desk_address}])
    page = context.new_page()
    page.goto(desk_address + scene.address)
    keep_picture(page, f"signs-{width}")
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("tbody tr")).to_have_count(1)
    context.close()
