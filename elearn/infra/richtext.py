"""Markdown to safe HTML: the one door to the Markdown library and to bleach.

Texts are rendered when they are published and stored; pages show the stored HTML. What comes out
has passed an allow-list of elements, attributes, classes and addresses, whoever wrote the text.
"""

import html as html_module
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]  # missing in its stub
from bleach.sanitizer import Cleaner
from markdown import Extension, Markdown

from elearn.infra.richtext_syntax import (
    CALLOUTS,
    INLINE_TAGS,
    NO_CONTEXT,
    TAGS,
    Context,
    Footnotes,
    Ours,
    Seen,
)
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean

MAX_LENGTH = 200_000
MAX_SHORT_LENGTH = 20_000
MAX_LINES = 4_000
MAX_BLOCK_LENGTH = 20_000
MAX_BRACKETS = 1_000
# Part of the key under which rendered HTML is kept: raise it when the output changes.
VERSION = 1

_CLASSES = frozenset(
    {
        "callout",
        "callout-title",
        *(f"callout-{kind}" for kind in CALLOUTS),
        "check",
        "citation",
        "citation-status",
        "footnote",
        "footnote-backref",
        "footnote-ref",
        "picture-missing",
        "table-scroll",
        "text-center",
        "text-end",
        "text-start",
    }
)
_CODE = r"[A-Za-z0-9._-]{1,100}"
_NUMBER = r"[0-9]{1,4}"
_VALUES = {
    ("*", "id"): r"s-[a-z0-9-]+|fn-[0-9]+|fnref[0-9]*-[0-9]+",
    ("*", "lang"): r"[a-z]{2}",
    ("a", "data-citation"): rf"{_CODE}(:[^\s\"'<>&]{{1,60}})?",
    ("a", "data-status"): r"[A-Z_]{1,20}",
    ("div", "data-check"): r"[a-z0-9-]{1,64}",
    ("div", "role"): r"note",
    ("div", "tabindex"): r"0",
    ("img", "height"): _NUMBER,
    ("img", "src"): r"/media/[0-9a-f]{64}/[A-Za-z0-9._-]+",
    ("img", "width"): _NUMBER,
    ("ol", "start"): _NUMBER,
    ("span", "data-citation"): rf"{_CODE}(:[^\s\"'<>&]{{1,60}})?",
    ("td", "colspan"): _NUMBER,
    ("td", "rowspan"): _NUMBER,
    ("th", "colspan"): _NUMBER,
    ("th", "rowspan"): _NUMBER,
    ("th", "scope"): r"col|row",
}
_PATTERNS = {key: re.compile(pattern) for key, pattern in _VALUES.items()}
_FREE = frozenset({("a", "href"), ("a", "title"), ("abbr", "title"), ("img", "alt")})
# bleach drops the tags of these but would leave their text standing.
_WITH_TEXT = re.compile(
    r"<(script|style|svg|math|iframe|object|noscript|template|title|textarea|xmp|noembed|noframes"
    r"|select)\b[^>]*>.*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_CHECK = re.compile(r'<div class="check" data-check="([a-z0-9-]{1,64})"></div>')
_HEADING = re.compile(r'<h([2-6]) id="(s-[a-z0-9-]+)">(.*?)</h\1>', re.DOTALL)
_BLANK = re.compile(r"\n[ \t\r]*\n")
_OPEN = re.compile(r"\[(?![@^])|<")
# One line of words in which Markdown sees nothing, as most options are; "1. x" would be a list.
_PROSE = re.compile(r"[^\W\d_](?:[^\W_]|[ ,;?%()/.“”‘’…–])*(?<! )")
_PARAGRAPHS = re.compile(r"</p>\s*<p>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML with what it holds.

    ``headings``: id, text and level ("2" to "6") in order; ``check_codes``: check questions in
    order; ``citations``: ``CODE`` or ``CODE:CLAUSE``; ``media``: names of pictures.
    """

    html: str
    headings: list[dict[str, str]]
    check_codes: list[str]
    citations: list[str]
    media: list[str]


@dataclass(frozen=True, slots=True)
class CheckSlot:
    """The place of a check question between two parts of a lesson."""

    code: str


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether bleach keeps attribute ``name`` with ``value`` on ``tag``."""
    if name == "class":
        return all(word in _CLASSES for word in value.split())
    if (tag, name) in _FREE:
        return True
    pattern = _PATTERNS.get((tag, name)) or _PATTERNS.get(("*", name))
    return pattern is not None and pattern.fullmatch(value) is not None


class _Finish(Filter):  # type: ignore[misc]  # html5lib as shipped in bleach has no types
    """Adds what every link and picture must carry; runs after the allow-list."""

    def __iter__(self) -> Iterator[dict[str, object]]:
        for token in super().__iter__():
            if token["type"] in ("StartTag", "EmptyTag"):
                attributes = token["data"]
                if token["name"] == "a" and _is_external(attributes.get((None, "href"), "")):
                    attributes[(None, "rel")] = "external noopener noreferrer"
                if token["name"] == "img":
                    if (None, "src") not in attributes:
                        continue
                    attributes.setdefault((None, "alt"), "")
                    attributes[(None, "loading")] = "lazy"
            yield token


def _is_external(address: str) -> bool:
    return address.startswith("//") or address.lower().startswith(("http:", "https:"))


def _sanitise(html: str, tags: frozenset[str]) -> str:
    """Return ``html`` with nothing but allowed elements, attributes and addresses."""
    previous = None
    while previous != html:
        previous, html = html, _WITH_TEXT.sub("", html)
    cleaner = Cleaner(
        tags=tags,
        attributes=_allowed,
        protocols={"http", "https", "mailto"},
        strip=True,
        filters=[_Finish],
    )
    return str(cleaner.clean(html))


def _to_html(source: str, context: Context, seen: Seen, *, blocks: bool) -> str:
    extensions: list[Extension | str] = [
        "fenced_code",
        "def_list",
        "sane_lists",
        Ours(context, seen, blocks=blocks),
    ]
    if blocks:
        extensions.append(Footnotes())
    md = Markdown(
        extensions=["tables", *extensions],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )
    try:
        return md.convert(source)
    except RecursionError as error:
        raise Invalid("richtext.too_deep", N_("Văn bản lồng nhau quá nhiều lớp.")) from error


def _refuse_over(limit: int, count: int, message: str) -> None:
    if count > limit:
        raise Invalid("richtext.too_complex", message, limit=limit)


def _checked(source: str, limit: int) -> str:
    """Return ``source`` as stored, if the Markdown library can read it in bounded time."""
    if len(source) > limit:
        raise Invalid(
            "richtext.too_long",
            N_("Văn bản dài %(length)d ký tự, tối đa là %(limit)d."),
            length=len(source),
            limit=limit,
        )
    # Brackets left open, and lines without blank ones between, cost the library the square of
    # their number.
    _refuse_over(MAX_LINES, source.count("\n"), N_("Văn bản có quá %(limit)d dòng."))
    _refuse_over(
        MAX_BRACKETS, len(_OPEN.findall(source)), N_("Văn bản có quá %(limit)d dấu “[” hoặc “<”.")
    )
    _refuse_over(
        MAX_BLOCK_LENGTH,
        max(len(block) for block in _BLANK.split(source)),
        N_("Có đoạn dài quá %(limit)d ký tự; hãy tách bằng dòng trống."),
    )
    return clean(source)


def render(markdown: str, context: Context = NO_CONTEXT) -> Rendered:
    """Return a lesson's ``markdown`` as safe HTML.

    Raises Invalid (``richtext.too_long``, ``richtext.too_deep``, ``richtext.too_complex``).
    """
    seen = Seen()
    html = _sanitise(_to_html(_checked(markdown, MAX_LENGTH), context, seen, blocks=True), TAGS)
    return Rendered(
        html=html,
        headings=[
            {"id": name, "text": plain_text(inner), "level": level}
            for level, name, inner in _HEADING.findall(html)
        ],
        check_codes=_CHECK.findall(html),
        citations=seen.citations,
        media=seen.pictures,
    )


def check_short(markdown: str) -> None:
    """Raise Invalid for a text that ``render_short`` and ``render_inline`` would refuse."""
    _checked(markdown, MAX_SHORT_LENGTH)


def render_short(markdown: str, context: Context = NO_CONTEXT) -> str:
    """Return a stem, feedback or explanation as safe HTML: no headings, callouts or footnotes.

    Raises Invalid as ``render`` does.
    """
    source = _checked(markdown, MAX_SHORT_LENGTH)
    if _PROSE.fullmatch(source):
        return f"<p>{source}</p>"
    html = _to_html(source, context, Seen(), blocks=False)
    html = re.sub(r"<(/?)h[1-6]\b[^>]*>", r"<\1p>", html)
    return _sanitise(html, TAGS)


def render_inline(markdown: str, context: Context = NO_CONTEXT) -> str:
    """Return an option or a title as safe HTML that may stand inside a label; no blocks.

    Raises Invalid as ``render`` does.
    """
    source = _checked(markdown, MAX_SHORT_LENGTH)
    if _PROSE.fullmatch(source):
        return source
    html = _PARAGRAPHS.sub("<br>", _to_html(source, context, Seen(), blocks=False))
    return _sanitise(html, INLINE_TAGS).strip()


def split_checks(html: str) -> list[str | CheckSlot]:
    """Return rendered ``html`` cut at its check questions: parts and slots in order, no empty part.

    A part alone need not be balanced (a check may stand inside a callout): print all in order.
    """
    pieces: list[str | CheckSlot] = []
    end = 0
    for match in _CHECK.finditer(html):
        pieces += [html[end : match.start()], CheckSlot(match.group(1))]
        end = match.end()
    return [piece for piece in [*pieces, html[end:]] if piece]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain_text(html: str) -> str:
    """Return the words of sanitised ``html`` as one line."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.parts).split())


def escape(text: str) -> str:
    """Return plain ``text`` as HTML."""
    return html_module.escape(text)
