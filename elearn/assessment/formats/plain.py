"""Plain text to the Markdown that shows just that text, and back."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

from elearn.infra.richtext import render_short
from elearn.kernel.text import clean

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000\v\f]+")
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")
_ALWAYS = re.compile(r"[\\`*\[\]]")
# One or two underscores that do not stand inside a word may open emphasis; longer runs may not.
_UNDERSCORE = re.compile(r"(?<![_\w])_{1,2}(?!_)|(?<=\w)(?<!_)_{1,2}(?![\w])")
_RULE = re.compile(r"^([-_])(?=(?: ?\1){2,}$)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LIST = re.compile(r"^(\d+)([.)])(?= |$)|^([-+])(?= |$)")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&#~|=]|^\s*(?:\d+[.)]|[-+:])(?:\s|$)|  $|^ {4}|^\t", re.M)
_BREAK = re.compile(r"\n[ \t]*\n")


def tidy(text: str) -> str:
    """Return one line of plain ``text``: NFC, ordinary single spaces, nothing invisible."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", clean(text)).replace("\n", " ")).strip()


def escape_line(text: str) -> str:
    """Return Markdown for a piece inside a line of plain ``text``."""
    text = _ALWAYS.sub(r"\\\g<0>", text)
    if "_" in text:
        text = _UNDERSCORE.sub(lambda match: "\\_" * len(match[0]), text)
    if "&" in text:
        text = _ENTITY.sub("&amp;", text)
    return text.replace("<", "&lt;")


def guard_start(text: str) -> str:
    """Return a line of Markdown such that its first characters begin no list, heading or rule."""
    if not text or text[0].isalpha():
        return text
    if text[0] in "#>":
        return "\\" + text
    if text[0] in ":~=":
        return f"&#{ord(text[0])};{text[1:]}"
    text = _RULE.sub(r"\\\1", text)
    return _LIST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text)


def to_markdown(lines: list[str]) -> str:
    """Return Markdown that shows each of the plain ``lines`` as a paragraph."""
    tidied = [tidy(line) for line in lines]
    return "\n\n".join(guard_start(escape_line(line)) for line in tidied if line)


@dataclass(frozen=True, slots=True)
class Plain:
    """The words of a Markdown text; ``is_exact``: it had no look, picture or table to lose."""

    lines: tuple[str, ...]
    is_exact: bool
    has_picture: bool = False

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(self.lines)


class ListNumbers:
    """Gives the items of lists what stands before them: «1. » or «- »."""

    def __init__(self) -> None:
        self.open: list[int | None] = []
        # Between the marker of an item and its first word: a paragraph there begins no new line.
        self.is_fresh = False

    def start(self, tag: str) -> str | None:
        """Take the start of an element; return the marker when it is an item."""
        if tag in ("ol", "ul"):
            self.open.append(0 if tag == "ol" else None)
        if tag != "li":
            return None
        self.is_fresh = True
        count = self.open[-1] if self.open else None
        if count is None:
            return "- "
        self.open[-1] = count + 1
        return f"{count + 1}. "

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag in ("ol", "ul") and self.open:
            self.open.pop()
        if tag == "li":
            self.is_fresh = False


class _Words(HTMLParser):
    """Collects the lines of rendered HTML."""

    BLOCKS = frozenset({"p", "br", "tr", "div", "pre", "blockquote", "dt", "dd", "hr"})
    HARMLESS = frozenset({"p", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.is_exact = True
        self.has_picture = False
        self.lists = ListNumbers()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.HARMLESS:
            self.is_exact = False
        if tag == "img" or (tag == "span" and ("class", "picture-missing") in attrs):
            self.has_picture = True
        if marker := self.lists.start(tag):
            self.parts.append(f"\n{marker}")
        elif tag in self.BLOCKS and not self.lists.is_fresh:
            self.parts.append("\n")
        elif tag in ("td", "th") and self.parts and self.parts[-1].strip():
            self.parts.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        self.lists.end(tag)
        if tag in self.BLOCKS or tag == "li":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.lists.is_fresh = self.lists.is_fresh and data.isspace()
        self.parts.append(data.replace("\n", " "))


@lru_cache(maxsize=8_192)
def from_markdown(markdown: str) -> Plain:
    """Return the words that ``markdown`` shows. Raises Invalid for a text nobody can render."""
    if not _MARKDOWN.search(markdown):
        paragraphs = (tidy(part) for part in _BREAK.split(markdown))
        return Plain(tuple(part for part in paragraphs if part), is_exact=True)
    words = _Words()
    words.feed(render_short(markdown))
    words.close()
    lines = tuple(line for part in "".join(words.parts).split("\n") if (line := tidy(part)))
    return Plain(lines, words.is_exact, words.has_picture)
