"""Published HTML of a question as plain blocks that a page on paper can be set from. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of text looks."""

    is_bold: bool = False
    is_italic: bool = False
    is_sub: bool = False
    is_super: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one look; "\\n" breaks the line."""

    text: str
    style: Style = Style()


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs on lines of their own; ``mark`` stands before them (a bullet, a letter)."""

    runs: Runs
    mark: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells; the first row is its head when ``has_head``."""

    rows: tuple[tuple[Runs, ...], ...]
    has_head: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its address on the site, with the words that stand for it."""

    source: str
    alt: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Dotted lines to write on."""

    count: int


Block = Paragraph | Grid | Picture | Lines

_LOOK = {
    "strong": {"is_bold": True},
    "b": {"is_bold": True},
    "em": {"is_italic": True},
    "i": {"is_italic": True},
    "sub": {"is_sub": True},
    "sup": {"is_super": True},
    "th": {"is_bold": True},
}
_NEW_BLOCK = {"p", "div", "ul", "ol", "li", "blockquote", "pre", "h2", "h3", "h4", "table", "dl"}


@dataclass
class _List:
    number: int | None


@dataclass
class _Reader(HTMLParser):
    """Walks sanitised HTML, in which tags are balanced."""

    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    styles: list[Style] = field(default_factory=lambda: [Style()])
    lists: list[_List] = field(default_factory=list)
    mark: str = ""
    table: list[list[Runs]] | None = None
    has_head: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.styles.append(replace(self.styles[-1], **_LOOK.get(tag, {})))
        if tag == "br":
            self.styles.pop()
            self.runs.append(Run("\n", self.styles[-1]))
        elif tag == "img":
            self.styles.pop()
            self._picture(dict(attrs))
        elif self.table is None and tag in _NEW_BLOCK:
            self._begin_block(tag, dict(attrs))
        elif tag == "tr" and self.table is not None:
            self.table.append([])
        elif tag == "th":
            self.has_head = self.has_head or len(self.table or ()) == 1

    def _begin_block(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.flush()
        if tag in ("ul", "ol"):
            begin = attributes.get("start") or "1"
            number = int(begin) if begin.isdigit() else 1
            self.lists.append(_List(number if tag == "ol" else None))
        elif tag == "li" and self.lists:
            current = self.lists[-1]
            self.mark = "•" if current.number is None else f"{current.number}."
            if current.number is not None:
                current.number += 1
        elif tag == "table":
            self.table, self.has_head = [], False

    def handle_endtag(self, tag: str) -> None:
        if len(self.styles) > 1:
            self.styles.pop()
        if tag in ("td", "th") and self.table is not None:
            self.table[-1].append(tidy(self.runs))
            self.runs = []
        elif tag == "table":
            self._end_table()
        elif self.table is None and tag in _NEW_BLOCK:
            self.flush()
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.runs.append(Run(" ".join(data.split(" ")).replace("\n", " "), self.styles[-1]))

    def _picture(self, attributes: dict[str, str | None]) -> None:
        alt = attributes.get("alt") or ""
        if self.table is not None:
            self.runs.append(Run(f"[{alt}]", self.styles[-1]))
            return
        self.flush()
        self.blocks.append(Picture(attributes.get("src") or "", alt))

    def _end_table(self) -> None:
        rows = tuple(tuple(row) for row in self.table or () if row)
        self.table = None
        if rows:
            self.blocks.append(Grid(rows, self.has_head))

    def flush(self) -> None:
        """End the paragraph that is being read."""
        runs = tidy(self.runs)
        self.runs = []
        if runs:
            self.blocks.append(Paragraph(runs, self.mark, max(0, len(self.lists) - 1)))
            self.mark = ""


def _joined(runs: list[Run]) -> Iterator[Run]:
    current: Run | None = None
    for run in runs:
        if current is not None and current.style == run.style:
            current = Run(current.text + run.text, run.style)
            continue
        if current is not None:
            yield current
        current = run
    if current is not None:
        yield current


def tidy(runs: list[Run]) -> Runs:
    """Return ``runs`` joined where they look alike, without space at both ends."""
    joined = list(_joined(runs))
    if joined:
        joined[0] = replace(joined[0], text=joined[0].text.lstrip())
        joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
    return tuple(run for run in joined if run.text)


def blocks_of(html: str) -> list[Block]:
    """Return sanitised ``html`` as blocks in order; nothing of its text is lost."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.blocks


def runs_of(html: str) -> Runs:
    """Return inline ``html`` (an option, a cell) as one line of runs."""
    runs: list[Run] = []
    for block in blocks_of(html):
        if runs:
            runs.append(Run("\n"))
        if isinstance(block, Paragraph):
            runs.extend(block.runs)
        elif isinstance(block, Picture):
            runs.append(Run(f"[{block.alt}]"))
    return tidy(runs)


def text_of(runs: Runs) -> str:
    """Return the words of ``runs`` without their look."""
    return "".join(run.text for run in runs)
