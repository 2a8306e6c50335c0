"""Markdown to safe HTML: the one door to the Markdown library and to bleach.

Texts are rendered when they are published and stored; pages show the stored HTML. What comes out
has passed an allow-list of elements, attributes, classes and addresses, whoever wrote the text.
The libraries are loaded with the first text (``richtext_html``): a page that is read needs none.
"""

import html as html_module
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from elearn.infra.richtext_syntax import INLINE_TAGS, NO_CONTEXT, TAGS, Context, Seen
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean

MAX_LENGTH = 200_000
MAX_SHORT_LENGTH = 20_000
MAX_LINES = 4_000
MAX_BLOCK_LENGTH = 20_000
MAX_BRACKETS = 1_000
# Part of the key under which rendered HTML is kept: raise it when the output changes.
VERSION = 1

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


def _converted(source: str, context: Context, seen: Seen, *, blocks: bool) -> str:
    from elearn.infra.richtext_html import to_html  # noqa: PLC0415 - heavy, see above

    return to_html(source, context, seen, blocks=blocks)


def _sanitised(html: str, tags: frozenset[str]) -> str:
    from elearn.infra.richtext_html import sanitise  # noqa: PLC0415 - heavy, see above

    return sanitise(html, tags)


def render(markdown: str, context: Context = NO_CONTEXT) -> Rendered:
    """Return a lesson's ``markdown`` as safe HTML.

    Raises Invalid (``richtext.too_long``, ``richtext.too_deep``, ``richtext.too_complex``).
    """
    seen = Seen()
    html = _sanitised(_converted(_checked(markdown, MAX_LENGTH), context, seen, blocks=True), TAGS)
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
    html = _converted(source, context, Seen(), blocks=False)
    html = re.sub(r"<(/?)h[1-6]\b[^>]*>", r"<\1p>", html)
    return _sanitised(html, TAGS)


def render_inline(markdown: str, context: Context = NO_CONTEXT) -> str:
    """Return an option or a title as safe HTML that may stand inside a label; no blocks.

    Raises Invalid as ``render`` does.
    """
    source = _checked(markdown, MAX_SHORT_LENGTH)
    if _PROSE.fullmatch(source):
        return source
    html = _PARAGRAPHS.sub("<br>", _converted(source, context, Seen(), blocks=False))
    return _sanitised(html, INLINE_TAGS).strip()


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
