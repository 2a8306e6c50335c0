"""Our Markdown: callouts, checks, citations, pictures; used by infra.richtext_html alone."""

import re
from collections import Counter
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from elearn.infra.richtext_syntax import (
    CALLOUTS,
    CHECK_CODE,
    CITATION,
    CITED,
    MARKER,
    PICTURE,
    Citation,
    Context,
    Seen,
)
from elearn.kernel.text import slug

_PLACEHOLDER = re.compile("\x02[^\x03]*\x03")


def _mark_known(element: ET.Element, code: str, citation: Citation) -> None:
    element.set("href", f"/legal/{code}")
    element.set("title", citation.title)
    if citation.status:
        element.set("data-status", citation.status)
        status = ET.SubElement(element, "span", {"class": "citation-status"})
        status.text = AtomicString(f"({citation.status_text})")
        status.set("data-current", "1" if citation.is_current else "")


def citation_element(context: Context, seen: Seen, code: str, clause: str | None) -> ET.Element:
    """Return the link to the cited document, or plain text when it is not in the register."""
    reference = f"{code}:{clause}" if clause else code
    if reference not in seen.citations:
        seen.citations.append(reference)
    citation = context.cite(code, clause)
    element = ET.Element("a" if citation else "span", {"class": "citation"})
    element.set("data-citation", reference)
    element.text = AtomicString(citation.label if citation else reference)
    if citation:
        _mark_known(element, code, citation)
    return element


class _Citations(InlineProcessor):
    """``[@CODE:CLAUSE]`` in running text."""

    def __init__(self, md: Markdown, context: Context, seen: Seen) -> None:
        super().__init__(CITATION.pattern, md)
        self.context = context
        self.seen = seen

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the library's own name; its stub wants more
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - the library's signature
    ) -> tuple[ET.Element, int, int]:
        """Make the link."""
        element = citation_element(self.context, self.seen, m.group(1), m.group(2))
        return element, m.start(0), m.end(0)


class _LoneMarkers(Preprocessor):
    """Puts blank lines around ``:::`` lines, so that each is a block of its own."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with room around the markers."""
        result: list[str] = []
        for line in lines:
            result.extend(("", line, "") if MARKER.match(line) else (line,))
        return result


class _Blocks(BlockProcessor):
    """``:::kind … :::`` and ``:::check ID``."""

    def __init__(self, parser: BlockParser, context: Context, seen: Seen) -> None:
        super().__init__(parser)
        self.context = context
        self.seen = seen

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - the library's signature
        """Whether ``block`` begins one of ours."""
        return MARKER.match(block) is not None

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Take the block, and for a callout all blocks up to its end."""
        line = blocks.pop(0)
        match = MARKER.match(line)
        kind, argument = (match.group(1), match.group(2)) if match else ("", "")
        if kind == "check" and CHECK_CODE.fullmatch(argument):
            ET.SubElement(parent, "div", {"class": "check", "data-check": argument})
        elif kind in CALLOUTS:
            callout = self._callout(parent, kind, argument)
            self.parser.parseBlocks(callout, _inner(blocks))
        elif kind:
            ET.SubElement(parent, "p").text = AtomicString(line)

    def _callout(self, parent: ET.Element, kind: str, argument: str) -> ET.Element:
        attributes = {"class": f"callout callout-{kind}", "role": "note"}
        callout = ET.SubElement(parent, "div", attributes)
        title = ET.SubElement(callout, "p", {"class": "callout-title"})
        title.text = AtomicString(CALLOUTS[kind])
        cited = CITED.fullmatch(argument)
        if kind == "law" and cited:
            title.text = AtomicString(f"{CALLOUTS[kind]}: ")
            title.append(citation_element(self.context, self.seen, cited.group(1), cited.group(2)))
        return callout


def _inner(blocks: list[str]) -> list[str]:
    """Take the blocks of a callout and its end off ``blocks``; return the former."""
    inner: list[str] = []
    depth = 1
    while blocks:
        block = blocks.pop(0).strip("\n")
        match = MARKER.match(block)
        kind = match.group(1) if match else None
        if kind in CALLOUTS:
            depth += 1
        elif kind == "":
            depth -= 1
        if depth == 0:
            break
        inner.append(block)
    return inner


class _Finish(Treeprocessor):
    """Heading levels and ids, table scopes, pictures, statuses: what needs the whole tree."""

    def __init__(self, md: Markdown, context: Context, seen: Seen) -> None:
        super().__init__(md)
        self.context = context
        self.seen = seen

    def run(self, root: ET.Element) -> None:
        """Finish the tree in place."""
        _number_headings(root)
        _show_statuses(root)
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent[index] = _scrollable(child)
                elif child.tag == "img":
                    parent[index] = self._picture(child)
                elif child.tag in ("th", "td"):
                    _mark_cell(child)
        _make_figures(root)

    def _picture(self, image: ET.Element) -> ET.Element:
        match = PICTURE.fullmatch(image.get("src", ""))
        picture = self.context.picture(match.group(1)) if match else None
        if match and match.group(1) not in self.seen.pictures:
            self.seen.pictures.append(match.group(1))
        if picture is None:
            missing = ET.Element("span", {"class": "picture-missing"})
            missing.text, missing.tail = AtomicString(f"[{image.get('alt', '')}]"), image.tail
            return missing
        image.set("src", picture.url)
        image.set("loading", "lazy")
        if picture.width and picture.height:
            image.set("width", str(picture.width))
            image.set("height", str(picture.height))
        return image


def _number_headings(root: ET.Element) -> None:
    """Make the highest heading level 2 and give each heading an ASCII id of its own."""
    headings = [element for element in root.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    shift = 2 - min((int(element.tag[1]) for element in headings), default=2)
    uses: Counter[str] = Counter()
    for element in headings:
        element.tag = f"h{max(2, min(6, int(element.tag[1]) + shift))}"
        text = _PLACEHOLDER.sub("", "".join(element.itertext()))
        base = f"s-{slug(text) or 'muc'}"[:80].rstrip("-")
        uses[base] += 1
        # Two hyphens: no heading's own text gives that.
        element.set("id", base if uses[base] == 1 else f"{base}--{uses[base]}")


def _show_statuses(root: ET.Element) -> None:
    """Keep the words of the status at the first mention of a document, and wherever it is not in
    force; elsewhere the mark of the status is enough and a text full of it is hard to read."""
    shown: set[str] = set()
    for element in root.iter():
        status = element.find("span[@class='citation-status']")
        if element.get("class") != "citation" or status is None:
            continue
        code = element.get("data-citation", "").partition(":")[0]
        is_current = status.attrib.pop("data-current") == "1"
        if is_current and code in shown:
            element.remove(status)
        else:
            element.text = AtomicString(f"{element.text} ")
        shown.add(code)


def _scrollable(table: ET.Element) -> ET.Element:
    box = ET.Element("div", {"class": "table-scroll", "tabindex": "0"})
    box.append(table)
    box.tail, table.tail = table.tail, None
    return box


def _mark_cell(cell: ET.Element) -> None:
    align = cell.attrib.pop("align", None)
    if align:
        cell.set("class", {"center": "text-center", "right": "text-end"}.get(align, "text-start"))
    if cell.tag == "th":
        cell.set("scope", "col")


def _make_figures(root: ET.Element) -> None:
    """Turn a paragraph that holds one picture alone into a figure; its title is the caption."""
    for element in root.iter("p"):
        if len(element) != 1 or element[0].tag != "img" or (element.text or "").strip():
            continue
        image = element[0]
        if (image.tail or "").strip():
            continue
        element.tag = "figure"
        caption = image.attrib.pop("title", None)
        if caption:
            ET.SubElement(element, "figcaption").text = AtomicString(caption)


class Footnotes(FootnoteExtension):
    """Footnotes numbered in ASCII, whatever their labels are, with a Vietnamese way back."""

    def __init__(self) -> None:
        super().__init__(
            BACKLINK_TITLE="Trở lại chỗ có chú thích %d",
            SEPARATOR="-",
            USE_DEFINITION_ORDER=False,
        )

    def _number(self, label: str) -> str:
        return str(list(self.footnotes).index(label) + 1)

    def makeFootnoteId(self, id: str) -> str:  # noqa: N802 - the library's own names
        """Return the id of the footnote labelled ``id``."""
        return super().makeFootnoteId(self._number(id))

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:  # noqa: N802, FBT001, FBT002 - as above
        """Return the id of a reference to the footnote labelled ``id``."""
        return super().makeFootnoteRefId(self._number(id), found)


class Ours(Extension):
    """All of the above; without ``blocks`` only citations, tables and pictures."""

    def __init__(self, context: Context, seen: Seen, *, blocks: bool) -> None:
        super().__init__()
        self.context = context
        self.seen = seen
        self.blocks = blocks

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's own name
        """Register the parts; the numbers say before and after which of the library's they run."""
        citations = _Citations(md, self.context, self.seen)
        md.inlinePatterns.register(citations, "elearn_citation", 176)
        md.treeprocessors.register(_Finish(md, self.context, self.seen), "elearn_finish", 12)
        if self.blocks:
            md.preprocessors.register(_LoneMarkers(md), "elearn_markers", 22)
            processor = _Blocks(md.parser, self.context, self.seen)
            md.parser.blockprocessors.register(processor, "elearn_blocks", 95)
