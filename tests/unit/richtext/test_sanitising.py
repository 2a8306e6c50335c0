"""Whatever a text tries, nothing in its HTML runs; without the sanitiser it would."""

from html.parser import HTMLParser

import pytest

from elearn.infra import richtext_html
from elearn.infra.richtext import render, render_inline, render_short
from elearn.infra.richtext_syntax import TAGS, Citation, Context, Picture, Seen
from tests.unit.richtext.payloads import PAYLOADS

CONTEXT = Context(
    cite=lambda code, clause: Citation(f"{code} {clause}", f"{code} {clause}", "IN_FORCE", "còn"),
    picture=lambda name: Picture(f"/media/{'a' * 64}/{name}"),
)
PLAIN = {"href", "title", "alt", "src", "width", "height", "loading", "rel", "id", "class"}
PLAIN |= {"role", "tabindex", "scope", "colspan", "rowspan", "start", "lang"}
PLAIN |= {"data-citation", "data-status", "data-check"}


class Inspector(HTMLParser):
    """Collects every element, attribute and address that our own rules do not know."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.strange.append(tag)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            scheme = address.partition(":")[0] if ":" in address else ""
            if name not in PLAIN:
                self.strange.append(f"{tag} {name}")
            elif name in ("href", "src") and scheme not in ("", "http", "https", "mailto"):
                self.strange.append(f"{tag} {name}={value}")

    def handle_decl(self, decl: str) -> None:
        self.strange.append(decl)

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)


def strange(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.strange


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_strange_comes_out(payload: str) -> None:
    assert strange(render(payload, CONTEXT).html) == []
    assert strange(render_short(payload, CONTEXT)) == []
    assert strange(render_inline(payload, CONTEXT)) == []


def test_the_payloads_are_strange_without_the_sanitiser() -> None:
    bare = [richtext_html.to_html(payload, CONTEXT, Seen(), blocks=True) for payload in PAYLOADS]
    assert sum(bool(strange(html)) for html in bare) >= 70


def test_the_text_of_a_script_goes_with_it() -> None:
    html = render("trước <script>alert(1)</script> giữa <style>p{}</style> sau").html
    assert html == "<p>trước  giữa  sau</p>"


def test_code_keeps_its_text() -> None:
    assert render("`<script>alert(1)</script>`").html == (
        "<p><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></p>"
    )


def test_classes_of_the_site_cannot_be_borrowed() -> None:
    assert render('<p class="site-header">x</p>').html == "<p>x</p>"
