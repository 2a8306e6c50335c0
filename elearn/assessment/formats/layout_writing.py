"""Questions as lines of a question paper, in the layout that ``layout`` reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from elearn.assessment.formats.building import Unfit
from elearn.assessment.formats.layout import read_lines
from elearn.assessment.formats.layout_lines import (
    BOLD,
    ITALIC,
    OBJECT,
    PLAIN,
    SUB,
    SUP,
    Line,
    Marks,
)
from elearn.assessment.formats.markdown_html import to_html
from elearn.assessment.formats.neutral import Entry, Loss
from elearn.assessment.formats.plain import ListNumbers, from_markdown, tidy
from elearn.kernel.errors import N_

_LEVELS = {"RECALL": "NB", "UNDERSTAND": "TH", "APPLY": "VD", "APPLY_HIGH": "VDC"}
_LETTERS = "ABCDEFGHIJ"
_LOOKS = {"strong": BOLD, "b": BOLD, "em": ITALIC, "i": ITALIC, "sub": SUB, "sup": SUP}
TYPES = frozenset({"single_choice", "multiple_choice", "true_false", "short_text", "numeric"})
# A Markdown text to lines: with its look, or its bare words.
Lines = Callable[[str], list[Line]]


def plain_lines(markdown: str) -> list[Line]:
    """Return the words of ``markdown``."""
    return [Line(0, text) for text in from_markdown(markdown).lines]


class _Looks(HTMLParser):
    """Collects the lines of rendered HTML with their looks; a picture becomes an object."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[tuple[str, Marks, str | None]]] = [[]]
        self.looks: list[str] = []
        self.lists = ListNumbers()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LOOKS:
            self.looks.append(_LOOKS[tag])
        elif tag == "img":
            named = dict(attrs)
            picture = f"![{named.get('alt') or ''}](media/{named.get('src') or ''})"
            self.lines[-1].append((OBJECT, PLAIN, picture))
        elif tag in ("p", "br", "tr", "div", "pre", "blockquote") and not self.lists.is_fresh:
            self.lines.append([])
        elif marker := self.lists.start(tag):
            self.lines.append([(marker, PLAIN, None)])
        elif tag in ("td", "th") and self.lines[-1] and self.lines[-1][-1][0].strip():
            self.lines[-1].append((" | ", PLAIN, None))

    def handle_endtag(self, tag: str) -> None:
        if tag in _LOOKS and _LOOKS[tag] in self.looks:
            self.looks.remove(_LOOKS[tag])
        self.lists.end(tag)
        if tag in ("p", "ul", "ol", "table", "pre"):
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        self.lists.is_fresh = self.lists.is_fresh and data.isspace()
        if not self.lists.is_fresh or not data.isspace():
            self.lines[-1].append((data.replace("\n", " "), frozenset(self.looks), None))


def rich_lines(markdown: str) -> list[Line]:
    """Return ``markdown`` as lines with bold, italic, sub, sup, and pictures as objects."""
    plain = from_markdown(markdown)
    if plain.is_exact:
        return [Line(0, text) for text in plain.lines]
    collector = _Looks()
    collector.feed(to_html(markdown, lambda name: name))
    collector.close()
    return [line for parts in collector.lines if (line := _line(parts)).text]


def _line(parts: list[tuple[str, Marks, str | None]]) -> Line:
    text = "".join(text for text, _look, _object in parts)
    marks = tuple(look for words, look, _object in parts for _char in words)
    return Line(0, text, marks, tuple(each for _t, _l, each in parts if each is not None)).cut(0)


def joined(before: str, line: Line) -> Line:
    """Return ``line`` with plain words before it."""
    marks = (PLAIN,) * len(before) + line.marks if line.marks else None
    return Line(0, before + line.text, marks, line.objects)


@dataclass(frozen=True, slots=True)
class Laid:
    """A question as lines, the first with its label."""

    lines: list[Line]


def lay_out(entry: Entry, number: int, lines: Lines) -> Laid:
    """Return the lines of a question of a type in TYPES."""
    return Laid(list(_all_lines(entry, number, lines)))


def _all_lines(entry: Entry, number: int, lines: Lines) -> Iterator[Line]:
    label = f"Câu {number} ({_LEVELS[entry['level']]}): "
    yield from _labelled(label, lines(entry["stem"]))
    options = entry.get("options") or ()
    for letter, option in zip(_LETTERS, options, strict=False):
        yield from _labelled(f"{letter}. ", lines(option["text"]))
    yield Line(0, f"Đáp án: {_key(entry)}")
    yield from (Line(0, f"{name}: {value}") for name, value in _fields(entry))
    for letter, option in zip(_LETTERS, options, strict=False):
        if option.get("feedback"):
            yield from _labelled(f"Nhận xét {letter}: ", lines(option["feedback"]))
    if entry.get("explanation"):
        yield from _labelled("Giải thích: ", lines(entry["explanation"]))


def _labelled(label: str, lines: list[Line]) -> Iterator[Line]:
    first, *others = lines or [Line(0, "")]
    yield joined(label, first)
    yield from others


def _key(entry: Entry) -> str:
    match entry["type"]:
        case "true_false":
            return "Đúng" if entry["answer"] else "Sai"
        case "short_text":
            return " | ".join(entry["answers"])
        case "numeric":
            return str(entry["answer"])
        case _:
            pairs = zip(_LETTERS, entry["options"], strict=False)
            return ", ".join(letter for letter, option in pairs if option["correct"])


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry["type"] == "multiple_choice" and entry.get("scoring") == "partial":
        yield "Cách chấm", "từng phần"
    if entry["type"] == "short_text" and entry["match"] == "exact":
        yield "Cách so", "chính xác"
    if entry["type"] == "numeric":
        yield "Sai số", str(entry["tolerance"])
        if entry.get("unit"):
            yield "Đơn vị", str(entry["unit"])
    for name, key in (("Mã câu hỏi", "id"), ("Bài học", "lesson"), ("Lĩnh vực", "area")):
        if entry.get(key):
            yield name, str(entry[key])
    for name, key in (("Kỹ năng", "skills"), ("Dữ kiện", "facts"), ("Viện dẫn", "citations")):
        if entry.get(key):
            yield name, ", ".join(entry[key])
    if str(entry.get("points", "1")) != "1":
        yield "Điểm", str(entry["points"])


def check_laid(entry: Entry, laid: Laid) -> Loss | None:
    """Return what is lost when the lines are read again: nothing (None), a look, or all."""
    name = str(entry.get("id"))
    try:
        parsed = read_lines(laid.lines)
    except Unfit:
        parsed = None
    wrong = (
        parsed is None
        or len(parsed.questions) != 1
        or any(not trouble.is_note for trouble in parsed.troubles)
    )
    if wrong or parsed is None:
        return Loss(name, _LOOKS_LIKE, is_whole=True)
    again = parsed.questions[0].data
    if _words(again, entry) != _words(entry, entry):
        return Loss(name, _LOOKS_LIKE, is_whole=True)
    if any(again.get(key) != entry.get(key) for key in ("stem", "options", "explanation")):
        return Loss(name, N_("Một phần trình bày (danh sách, bảng, chữ đậm…) không giữ được."))
    return None


_LOOKS_LIKE = N_(
    "Câu có dòng trông như phương án, đáp án hay nhãn câu khác nên không ghi được theo mẫu này."
)


def _words(entry: Entry, asked: Entry) -> list[object]:
    """Return what ``entry`` asks in bare words, for the fields that ``asked`` has."""
    words: list[object] = [_bare(entry.get("stem")), entry["type"], _bare(entry.get("explanation"))]
    words += [
        (_bare(option["text"]), option["correct"], _bare(option.get("feedback")))
        for option in entry.get("options") or ()
    ]
    keys = ("answer", "answers", "tolerance", "unit", "match", "scoring")
    words += [str(entry.get(key)) for key in keys if key in asked]
    return words


def _bare(markdown: str | None) -> tuple[str, ...]:
    return tuple(map(tidy, from_markdown(markdown).lines)) if markdown else ()
