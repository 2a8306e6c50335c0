"""The payloads of the richtext tests in a real browser: rendered, none of them runs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from elearn.infra import richtext, richtext_html
from elearn.infra.richtext_syntax import Citation, Context, Picture, Seen
from tests.unit.richtext.payloads import PAYLOADS

pytestmark = pytest.mark.browser
CONTEXT = Context(
    cite=lambda code, clause: Citation(f"{code} {clause}", f"{code} {clause}", "IN_FORCE", "còn"),
    picture=lambda name: Picture(f"/media/{'a' * 64}/{name}"),
)
PAGE = "<!doctype html><script>var hits = 0; function hit() {{ hits += 1 }}</script><body>{}"
# Links that lead away would end the test; any other scheme is tried.
TOUCH = """() => {
    const plain = ["", ":", "http:", "https:", "mailto:", "about:"];
    for (const element of document.body.querySelectorAll("*")) {
        element.dispatchEvent(new MouseEvent("mouseover"));
        if (element.tagName !== "A") element.dispatchEvent(new MouseEvent("click"));
        else if (!plain.includes(element.protocol)) element.click();
    }
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    window = chromium.new_page()
    yield window
    window.close()


def hits(page: Page, html: str) -> int:
    """Return how often ``hit`` ran when ``html`` was shown and touched everywhere."""
    page.set_content(PAGE.format(html))
    page.evaluate(TOUCH)
    page.wait_for_timeout(50)
    return int(page.evaluate("hits"))


def test_no_rendered_payload_runs(page: Page) -> None:
    rendered = [richtext.render(payload, CONTEXT).html for payload in PAYLOADS]
    assert hits(page, "".join(f"<div>{html}</div>" for html in rendered)) == 0
    assert page.locator("body script, body [onerror], body [onclick], body svg").count() == 0


@pytest.mark.parametrize(
    "payload",
    [
        "<script>hit()</script>",
        "<img src=x onerror=hit()>",
        "<svg onload=hit()>",
        "<p onmouseover=hit() onclick=hit()>đoạn</p>",
        "<a href='javascript:hit()'>x</a>",
        "[x](javascript:hit())",
        "| a |\n|---|\n| <img src=x onerror=hit()> |",
    ],
)
def test_without_the_sanitiser_it_runs(page: Page, payload: str) -> None:
    assert payload in PAYLOADS
    bare = richtext_html.to_html(payload, CONTEXT, Seen(), blocks=True)
    assert hits(page, bare) >= 1
