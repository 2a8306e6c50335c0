"""Lines of a document as the layouts of domain.md section 7 read them: text, look, objects."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from elearn.assessment.formats.plain import escape_line, guard_start

# Stands in a line for a picture, a table or a formula, whose Markdown the line carries.
OBJECT = "\ufffc"
Marks = frozenset[str]
PLAIN: Marks = frozenset()
BOLD, ITALIC, SUB, SUP = "bold", "italic", "sub", "sup"
_KEPT = frozenset({BOLD, ITALIC, SUB, SUP})


class _Forms(dict[int, str]):
    """Gives each character its plain form, remembered: no accent, lower case, one character."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        base = unicodedata.normalize("NFD", char)[0]
        plain = {"đ": "d", "Đ": "d", "–": "-", "—": "-", "−": "-", "：": ":", "．": "."}.get(base)
        lower = plain or base.lower()
        if char.isspace():
            lower = "\t" if char == "\t" else " "
        self[code] = lower if len(lower) == 1 else char
        return self[code]


_FORMS = _Forms()


@lru_cache(maxsize=4_096)
def form(text: str) -> str:
    """Return ``text`` without accents and in lower case, as many characters as it has."""
    return text.translate(_FORMS)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; ``marks`` is the look of each character, none when all is plain.

    ``objects`` are the Markdown of the OBJECT characters, in order. ``number`` is the line or
    paragraph of the file.
    """

    number: int
    text: str
    marks: tuple[Marks, ...] | None = None
    objects: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """The text without accents and in lower case, as many characters."""
        return form(self.text)

    def cut(self, start: int, end: int | None = None) -> "Line":
        """Return the part from ``start`` up to ``end``, without spaces around it."""
        stop = len(self.text) if end is None else end
        while start < stop and self.text[start].isspace():
            start += 1
        while stop > start and self.text[stop - 1].isspace():
            stop -= 1
        marks = self.marks[start:stop] if self.marks else None
        return Line(self.number, self.text[start:stop], marks, self._objects_in(start, stop))

    def _objects_in(self, start: int, stop: int) -> tuple[str, ...]:
        if not self.objects:
            return ()
        before, inside = self.text.count(OBJECT, 0, start), self.text.count(OBJECT, start, stop)
        return self.objects[before : before + inside]

    def marks_at(self, position: int) -> Marks:
        """Return the look of one character."""
        return self.marks[position] if self.marks else PLAIN

    def common_marks(self) -> Marks:
        """Return the look that all characters share, spaces and objects left out."""
        if not self.marks:
            return PLAIN
        looks = {
            look
            for char, look in zip(self.text, self.marks, strict=True)
            if not char.isspace() and char != OBJECT
        }
        return frozenset.intersection(*looks) if looks else PLAIN

    def markdown(self, dropped: Marks = PLAIN) -> str:
        """Return the line as Markdown, its look without ``dropped``."""
        words = "".join(self._pieces(dropped))
        words = " ".join(words.split()) if "\n" not in words else words.strip()
        return guard_start(words) if not words.startswith(("**", "*", "!", "|")) else words

    def _pieces(self, dropped: Marks) -> Iterator[str]:
        objects = iter(self.objects)
        kept = _KEPT - dropped
        if not self.marks:
            yield "".join(_with_objects(self.text, objects))
            return
        start = 0
        for look, run in groupby(look & kept for look in self.marks):
            end = start + len(list(run))
            yield _with_look("".join(_with_objects(self.text[start:end], objects)), look)
            start = end


def _with_objects(text: str, objects: Iterator[str]) -> Iterator[str]:
    first, *others = text.split(OBJECT)
    yield escape_line(first)
    for other in others:
        yield next(objects, "")
        yield escape_line(other)


def _with_look(text: str, look: Marks) -> str:
    bare = text.strip()
    if not bare or not look:
        return text
    before, after = (" " if text[0].isspace() else ""), (" " if text[-1].isspace() else "")
    for mark, start, end in (
        (SUB, "<sub>", "</sub>"),
        (SUP, "<sup>", "</sup>"),
        (ITALIC, "*", "*"),
        (BOLD, "**", "**"),
    ):
        if mark in look:
            bare = f"{start}{bare}{end}"
    return f"{before}{bare}{after}"


def paragraphs(lines: Sequence[Line], dropped: Marks = PLAIN) -> str:
    """Return the Markdown of ``lines``, each a paragraph of its own."""
    written = (line.markdown(dropped) for line in lines)
    return "\n\n".join(text for text in written if text)


def composed(text: str, marks: Sequence[Marks] | None) -> tuple[str, tuple[Marks, ...] | None]:
    """Return ``text`` in NFC with the look of each character kept."""
    if marks is None:
        return unicodedata.normalize("NFC", text), None
    if unicodedata.is_normalized("NFC", text):
        return text, tuple(marks)
    chars: list[str] = []
    looks: list[Marks] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = unicodedata.normalize("NFC", text[start:end])
        chars.append(cluster)
        looks += [marks[start]] * len(cluster)
        start = end
    return "".join(chars), tuple(looks)
