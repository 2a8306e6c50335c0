"""What a browser would make of a page: its elements, not the text that looks like them."""

import re
from html import unescape
from html.parser import HTMLParser

Element = tuple[str, dict[str, str | None]]


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements_of(page: str) -> list[Element]:
    """Return (tag, attributes) of every element of ``page`` in order."""
    parser = _Elements()
    parser.feed(page)
    parser.close()
    return parser.found


def text_of(page: str) -> str:
    """Return what a reader of the HTML ``page`` reads: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
