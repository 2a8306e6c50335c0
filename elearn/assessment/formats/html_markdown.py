"""HTML of other systems to our Markdown: bold, italic, lists, tables, pictures, sub and sup.

Whatever else is in it gives its words; what has none is named, so that somebody can look. What
comes out is rendered and sanitised like all Markdown when it is published.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from elearn.assessment.formats.plain import escape_line, guard_start, tidy
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean

MAX_LENGTH = 200_000
MAX_DEPTH = 60
# Gives the name under which a picture's address is known, None for one that is not there.
FindPicture = Callable[[str], str | None]

_SIMPLE = re.compile(r"\s*(?:<p[^<>]*>)?([^<&]*)(?:<br\s*/?>)?\s*(?:</p>)?\s*", re.IGNORECASE)
_KEPT = frozenset({"sub", "sup", "u", "s", "del", "ins", "mark", "small", "kbd", "code", "q"})
_BOLD, _ITALIC = frozenset({"b", "strong"}), frozenset({"i", "em", "cite", "dfn"})
_SILENT = frozenset({"script", "style", "head", "meta", "link", "title", "template"})
_WORDLESS = frozenset(
    {"video", "audio", "iframe", "object", "embed", "svg", "canvas", "applet", "input", "math"}
)
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "center", "figure"}
    | {"figcaption", "address", "dl", "dt", "dd", "form", "fieldset", "body", "html"}
    | {"h1", "h2", "h3", "h4", "h5", "h6"}
)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"()]+", re.IGNORECASE)
_CITATION = re.compile(r"[A-Za-z0-9._-]+(:[^\]\s:]+)?")
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Converted:
    """Markdown, and the names of elements of which nothing could be kept."""

    markdown: str
    lost: list[str] = field(default_factory=list)


def _no_picture(_address: str) -> str | None:
    return None


def convert(source: str, picture: FindPicture = _no_picture) -> Converted:
    """Return the Markdown for ``source``. Raises Invalid for HTML without measure."""
    if len(source) > MAX_LENGTH:
        raise Invalid(
            "html.too_long", N_("Văn bản HTML dài quá %(limit)d ký tự."), limit=MAX_LENGTH
        )
    text = clean(source)
    if simple := _SIMPLE.fullmatch(text):
        return Converted(guard_start(escape_line(tidy(simple[1]))))
    parser = html.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = html.fragment_fromstring(text, create_parent="div", parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Invalid("html.broken", N_("Không đọc được đoạn HTML.")) from error
    writer = _Writer(picture)
    return Converted("\n\n".join(writer.blocks(root, 0)), writer.lost)


def _squeezed(text: str | None) -> str:
    return _SPACE.sub(" ", text) if text else ""


class _Writer:
    """Writes a tree as Markdown and remembers what it could not write."""

    def __init__(self, picture: FindPicture) -> None:
        self.picture = picture
        self.lost: list[str] = []

    # ---- blocks

    def blocks(self, parent: html.HtmlElement, depth: int) -> list[str]:
        """Return the paragraphs, lists and tables in ``parent``."""
        if depth > MAX_DEPTH:
            raise Invalid("html.too_deep", N_("Đoạn HTML lồng nhau quá nhiều lớp."))
        done: list[str] = []
        line = escape_line(_squeezed(parent.text))
        for child in parent:
            block = self._block(child, depth)
            if block is None:
                line += self._inline(child, depth)
            else:
                done += [*_paragraph(line), *block]
                line = ""
            line += escape_line(_squeezed(child.tail))
        return [*done, *_paragraph(line)]

    def _block(self, element: html.HtmlElement, depth: int) -> list[str] | None:
        """Return the blocks that ``element`` is, None when it stands in a line."""
        tag = str(element.tag)
        if tag in _BLOCKS:
            inner = self.blocks(element, depth + 1)
            return [f"**{block}**" for block in inner] if _is_heading(tag) else inner
        if tag in ("ul", "ol"):
            return ["\n".join(self._list(element, depth))]
        if tag == "table":
            return self._table(element, depth)
        if tag == "blockquote":
            quoted = "\n\n".join(self.blocks(element, depth + 1))
            return ["\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))]
        if tag == "pre":
            lines = "".join(element.itertext()).strip("\n").split("\n")
            return ["\n".join(f"    {line}" for line in lines)]
        return ["---"] if tag == "hr" else None

    def _list(self, element: html.HtmlElement, depth: int) -> Iterator[str]:
        marker = "1." if element.tag == "ol" else "-"
        for item in element.iterchildren("li"):
            blocks = self.blocks(item, depth + 1)
            lines = "\n\n".join(blocks).split("\n") if len(blocks) > 1 else blocks or [""]
            yield f"{marker} {lines[0]}"
            yield from (f"    {line}".rstrip() for line in lines[1:])

    def _table(self, table: html.HtmlElement, depth: int) -> list[str]:
        rows = [
            [self._cell(cell, depth) for cell in row.iterchildren("td", "th")]
            for row in table.iter("tr")
        ]
        width = max((len(row) for row in rows), default=0)
        if width == 0:
            return []
        if width == 1 or any(cell.get("colspan") for cell in table.iter("td", "th")):
            return [guard_start(" – ".join(filter(None, row))) for row in rows if any(row)]
        filled = [row + [""] * (width - len(row)) for row in rows]
        if table.find(".//th") is None:
            filled.insert(0, [" "] * width)
        lines = [f"| {' | '.join(row)} |" for row in filled]
        return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]

    def _cell(self, cell: html.HtmlElement, depth: int) -> str:
        text = "<br>".join(self.blocks(cell, depth + 2))
        return text.replace("|", "&#124;").replace("\n", "<br>")

    # ---- lines

    def _inline(self, element: html.HtmlElement, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise Invalid("html.too_deep", N_("Đoạn HTML lồng nhau quá nhiều lớp."))
        tag = str(element.tag)
        if tag in _SILENT:
            return ""
        if tag == "br":
            return "\n"
        if tag == "img":
            return self._picture(element)
        if tag in _WORDLESS and tag not in self.lost:
            self.lost.append(tag)
        return self._with_look(tag, element, self._inner(element, depth + 1))

    def _inner(self, element: html.HtmlElement, depth: int) -> str:
        text = escape_line(_squeezed(element.text))
        for child in element:
            block = self._block(child, depth)
            text += self._inline(child, depth) if block is None else " ".join(block)
            text += escape_line(_squeezed(child.tail))
        return text

    def _with_look(self, tag: str, element: html.HtmlElement, inner: str) -> str:
        bare = inner.strip()
        if not bare:
            return inner
        before = " " if inner[0].isspace() else ""
        after = " " if inner[-1].isspace() else ""
        if tag in _BOLD:
            bare = f"**{bare}**"
        elif tag in _ITALIC:
            bare = f"*{bare}*"
        elif tag in _KEPT:
            bare = f"<{tag}>{bare}</{tag}>"
        elif tag == "a" and _LINK.fullmatch(element.get("href", "").strip()):
            bare = f"[{bare}]({element.get('href', '').strip()})"
        elif reference := _cited(element):
            return f"[@{reference}]"
        return before + bare + after

    def _picture(self, element: html.HtmlElement) -> str:
        alt = tidy(element.get("alt") or "").translate({ord("["): "(", ord("]"): ")"})
        name = self.picture(element.get("src") or "")
        if name is None:
            self.lost.append(f"img {(element.get('src') or '')[:60]}")
            return escape_line(alt)
        return f"![{alt or 'hình'}](media/{name})"


def _is_heading(tag: str) -> bool:
    return len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal()


def _cited(element: html.HtmlElement) -> str | None:
    """Return the citation that one of our own exports marked ``element`` with."""
    reference = element.get("data-citation") or ""
    return reference if _CITATION.fullmatch(reference) else None


def _paragraph(line: str) -> list[str]:
    """Return the paragraphs of ``line``: one for each of its breaks."""
    parts = (part.strip() for part in line.split("\n"))
    return [guard_start(part) for part in parts if part]
