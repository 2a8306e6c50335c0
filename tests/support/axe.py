"""Accessibility of a page in the browser, by axe-core (MPL-2.0, kept beside this file)."""

from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
_RUN = """async () => (await axe.run(document, {
  runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
})).violations.map(v => [v.id, v.impact, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])"""


def serious_findings(page: Page) -> list[object]:
    """Return the serious and critical findings on ``page``: [rule, impact, examples]."""
    # Evaluated, not added as a script element: our content security policy would refuse that.
    page.evaluate(_SOURCE.read_text(encoding="utf-8"))
    found: list[list[object]] = page.evaluate(_RUN)
    return [finding for finding in found if finding[1] in ("serious", "critical")]
