"""The words of our Markdown and what a text leans on; loads no Markdown library."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

CALLOUTS = {
    "note": "Lưu ý",
    "law": "Văn bản quy định",
    "then-now": "Trước đây và hiện nay",
    "practice": "Vận dụng",
}
CODE = r"[A-Za-z0-9._-]+"
CITATION = re.compile(rf"\[@({CODE})(?::([^\]\s:]+))?\]")
CITED = re.compile(rf"({CODE})(?::([^\]\s:]+))?")
CHECK_CODE = re.compile(r"[a-z0-9-]+")
MARKER = re.compile(r"^:::[ \t]*([^\s:]*)[ \t]*(.*?)[ \t]*$")
PICTURE = re.compile(r"media/([^/\s]+)")
# Elements that may come out, and that an author may also write as HTML.
INLINE_TAGS = frozenset(
    {
        *("a", "abbr", "b", "br", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q", "s"),
        *("small", "span", "strong", "sub", "sup", "u", "var"),
    }
)
TAGS = INLINE_TAGS | {
    *("blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure"),
    *("h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """How a cited document is shown: ``227/QĐ-UBND, Điều 1`` and whether it is in force.

    ``status`` None leaves the status out (texts that must stay as they were published).
    """

    label: str
    title: str
    status: str | None
    status_text: str = ""
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a picture is served, and its size in pixels when known."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a text leans on: the register of documents and the pictures of its module.

    ``cite`` takes (document code, clause or None), ``picture`` a file name; both return None for
    what is not known.
    """

    cite: Callable[[str, str | None], Citation | None]
    picture: Callable[[str], Picture | None]


NO_CONTEXT = Context(cite=lambda _code, _clause: None, picture=lambda _name: None)


@dataclass(slots=True)
class Seen:
    """What a rendering came across."""

    citations: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
