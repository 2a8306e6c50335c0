"""Word documents to lines with looks, pictures and tables: the XML itself, within limits."""

import hashlib
import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from elearn.assessment.formats.docx_looks import Looks
from elearn.assessment.formats.docx_numbering import Numbering, W, value_of
from elearn.assessment.formats.layout_keys import Answers
from elearn.assessment.formats.layout_lines import OBJECT, PLAIN, Line, Marks, composed, form
from elearn.assessment.formats.layout_signs import NUMBERS, OPTION, QUESTION, squeezed
from elearn.assessment.formats.neutral import Parsed
from elearn.assessment.formats.plain import escape_line, tidy
from elearn.infra.xml_reading import local_name, parse_xml
from elearn.infra.zip_reading import Archive
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean, slug

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "word/document.xml"
_PROPERTIES = f"{W}pPr"
MAX_PARAGRAPHS = 200_000
_PASSED = frozenset(
    {
        "hyperlink",
        "smartTag",
        "sdt",
        "sdtContent",
        "ins",
        "fldSimple",
        "moveTo",
        "customXml",
        "bdo",
        "dir",
    }
)


class Document:
    """The lines of a document in order, and the pictures that they show."""

    def __init__(self, content: bytes, notes: Parsed) -> None:
        """Open a .docx. Raises Invalid."""
        self.archive = Archive(content)
        if _MAIN not in self.archive.names:
            raise Invalid("docx.damaged", N_("Tệp không phải văn bản Word .docx."))
        self.body = parse_xml(self.archive.read(_MAIN)).find(f"{W}body")
        self.looks = Looks(self._part("word/styles.xml"))
        self.numbering = Numbering(self._part("word/numbering.xml"))
        self.targets = self._targets()
        self.pictures: dict[str, bytes] = {}
        self.notes = notes
        self.count = 0

    def _part(self, name: str) -> etree._Element | None:
        return parse_xml(self.archive.read(name)) if name in self.archive.names else None

    def _targets(self) -> dict[str, str]:
        """Return the parts of the archive by the names that the text calls them."""
        root = self._part("word/_rels/document.xml.rels")
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                target = relation.get("Target") or ""
                path = target.lstrip("/") if target.startswith("/") else f"word/{target}"
                found[relation.get("Id") or ""] = posixpath.normpath(path)
        return found

    def lines(self) -> Iterator[Line]:
        """Yield the lines: a paragraph, or a part of one between soft breaks, each."""
        if self.body is not None:
            yield from self._blocks(self.body)

    def _blocks(self, parent: etree._Element) -> Iterator[Line]:
        for element in parent:
            name = local_name(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name in _PASSED:
                yield from self._blocks(element)

    # ---- paragraphs

    def _paragraph(self, element: etree._Element) -> Iterator[Line]:
        self.count += 1
        if self.count > MAX_PARAGRAPHS:
            raise Invalid("docx.too_long", N_("Văn bản có quá nhiều đoạn."))
        properties = next(element.iterchildren(_PROPERTIES), None)
        style = value_of(properties, "pStyle")
        look = self.looks.of_style(style)
        pieces = list(self._runs(element, look))
        label = self._label(properties, style)
        if label:
            pieces.insert(0, (f"{label} ", pieces[0][1] if pieces else look, None))
        yield from _cut(self.count, pieces)

    def _label(self, properties: etree._Element | None, style: str | None) -> str:
        numbered = None if properties is None else properties.find(f"{W}numPr")
        if numbered is None:
            numbered = self.looks.numbered_by(style)
        name, level = value_of(numbered, "numId"), value_of(numbered, "ilvl") or "0"
        if not name or name == "0" or not level.isdecimal() or len(level) > 2:
            return ""
        return self.numbering.label(name, int(level))

    def _runs(self, parent: etree._Element, paragraph: Marks) -> Iterator["_Piece"]:
        for element in parent:
            name = local_name(element)
            if name == "r":
                yield from self._run(element, self.looks.of_run(element, paragraph))
            elif name in _PASSED:
                yield from self._runs(element, paragraph)
            elif name in ("oMath", "oMathPara"):
                text = "".join(
                    each.text or "" for each in element.iter() if local_name(each) == "t"
                )
                yield tidy(text), PLAIN, None
                self._note("docx.formula", _FORMULA)

    def _run(self, run: etree._Element, look: Marks) -> Iterator["_Piece"]:
        for element in run:
            match local_name(element):
                case "t":
                    yield element.text or "", look, None
                case "tab" | "ptab":
                    yield "\t", look, None
                case "br" | "cr":
                    yield "\n", look, None
                case "noBreakHyphen":
                    yield "-", look, None
                case "drawing" | "pict" | "object":
                    yield from self._drawing(element)
                case "AlternateContent":
                    choice = next((each for each in element if local_name(each) == "Choice"), None)
                    yield from self._run(choice, look) if choice is not None else ()
                case "sym":
                    self._note("docx.symbol", _SYMBOL)
                case _:
                    pass

    def _drawing(self, element: etree._Element) -> Iterator["_Piece"]:
        alt = next(
            (
                each.get("descr") or each.get("title")
                for each in element.iter()
                if local_name(each) == "docPr"
            ),
            None,
        )
        names = [
            name
            for each in element.iter()
            for name in (each.get(f"{_RELATION}embed"), each.get(f"{_RELATION}id"))
            if name and local_name(each) in ("blip", "imagedata")
        ]
        for name in names:
            if picture := self._picture(self.targets.get(name, "")):
                described = tidy(alt or "").translate({ord("["): "(", ord("]"): ")"})
                yield OBJECT, PLAIN, f"![{described or 'hình'}](media/{picture})"
            else:
                self._note("docx.picture", _PICTURE)
        if not names:
            self._note("docx.drawing", _DRAWING)

    def _picture(self, part: str) -> str | None:
        """Return the name of the picture in ``part`` of the archive, None when there is none."""
        content = self.archive.read(part) if part in self.archive.names else b""
        if not content:
            return None
        name = picture_name(part, content)
        self.pictures[name] = content
        return name

    def _note(self, code: str, message: str) -> None:
        self.notes.note(self.count, None, code, message)

    # ---- tables

    def _table(self, table: etree._Element) -> Iterator[Line]:
        rows = [
            [list(self._blocks(cell)) for cell in _children(row, "tc")]
            for row in _children(table, "tr")
        ]
        cells = [line for row in rows for cell in row for line in cell if line.text.strip()]
        if any(_is_sign(line) for line in cells):
            yield from cells
        elif _are_answers(rows):
            yield from (_row_line(row) for row in rows if any(row))
        elif cells:
            yield Line(cells[0].number, OBJECT, None, (_markdown_table(rows),))


_Piece = tuple[str, Marks, str | None]
_Rows = list[list[list[Line]]]
_FORMULA = N_("Công thức được chép thành chữ; hãy xem lại.")
_SYMBOL = N_("Một ký hiệu đặc biệt (Symbol, Wingdings) không đọc được; hãy xem lại câu.")
_PICTURE = N_("Một hình trong văn bản là liên kết ra ngoài nên không lấy được.")
_DRAWING = N_("Một hình vẽ hoặc khung chữ của Word không lấy được; hãy dán dưới dạng hình.")


def picture_name(path: str, content: bytes) -> str:
    """Return the name for a picture: that of its file with a part of its hash, so never twice."""
    file = PurePosixPath(path)
    suffix = file.suffix.lower() if file.suffix.lower() in (".png", ".jpg", ".webp") else ""
    if content.startswith(b"\xff\xd8\xff"):
        suffix = ".jpg"
    elif content.startswith(b"\x89PNG"):
        suffix = ".png"
    return f"{slug(file.stem)[:40] or 'hinh'}-{hashlib.sha256(content).hexdigest()[:10]}{suffix}"


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the children called ``name``, also those that a content control wraps."""
    for element in parent:
        if local_name(element) == name:
            yield element
        elif local_name(element) in _PASSED:
            yield from _children(element, name)


def _cut(number: int, pieces: list[_Piece]) -> Iterator[Line]:
    """Yield the lines of a paragraph: its pieces up to each soft break."""
    text = "".join(words for words, _look, _object in pieces)
    marks = _marks(pieces)
    objects = [each for _words, _look, each in pieces if each is not None]
    # An object is one character; a stray one in the text would shift the others.
    if text.count(OBJECT) != len(objects):
        pieces = [
            (words if each is not None else words.replace(OBJECT, "?"), look, each)
            for words, look, each in pieces
        ]
        text = "".join(words for words, _look, _object in pieces)
    whole = Line(number, *composed(text, marks), tuple(objects))
    start = 0
    for part in whole.text.split("\n"):
        line = whole.cut(start, start + len(part))
        start += len(part) + 1
        if line.text:
            yield _cleaned(line)


def _marks(pieces: list[_Piece]) -> list[Marks] | None:
    """Return the look of each character, None when all is plain: most of a paper is."""
    if not any(look for _words, look, _object in pieces):
        return None
    return [look for words, look, _object in pieces for _char in words]


def _cleaned(line: Line) -> Line:
    """Return ``line`` without hidden characters and without wide gaps."""
    if clean(line.text) == line.text == squeezed(line.text):
        return line
    chars: list[str] = []
    marks: list[Marks] = []
    for at, char in enumerate(line.text):
        if clean(char) != char:
            continue
        if char.isspace() and len(chars) > 1 and chars[-1].isspace() and chars[-2].isspace():
            chars[-1] = "\t" if char == "\t" else chars[-1]
            continue
        chars.append(char)
        marks.append(line.marks_at(at))
    return Line(line.number, "".join(chars), tuple(marks) if line.marks else None, line.objects)


def _is_sign(line: Line) -> bool:
    return (
        OPTION.match(line.text) is not None
        or ((match := QUESTION.match(line.form)) is not None and match["sign"] is not None)
        or form(line.text).startswith(("dap an:", "loi giai:", "giai thich:"))
    )


def _row_line(row: list[list[Line]]) -> Line:
    texts = [" ".join(line.text for line in cell) for cell in row]
    number = next(line.number for cell in row for line in cell)
    return Line(number, squeezed("\t".join(texts)))


def _are_answers(rows: _Rows) -> bool:
    """Whether every row is one of an answer table."""
    probe = Answers()
    lines = [_row_line(row) for row in rows if any(row)]
    known = [probe.take(line) or NUMBERS.fullmatch(line.form) is not None for line in lines]
    # A row of headings («Câu», «Đáp án») may stand above the answers.
    return len(lines) > 0 and all(known[1:] if len(known) > 1 else known) and bool(probe.letters)


def _markdown_table(rows: _Rows) -> str:
    width = max(len(row) for row in rows)
    filled = [[_cell(cell) for cell in row] + [""] * (width - len(row)) for row in rows if row]
    if width == 1:
        return "<br>".join(row[0] for row in filled)
    lines = [f"| {' | '.join(row)} |" for row in filled]
    return "\n".join(["\n", lines[0], "|" + " --- |" * width, *lines[1:], "\n"])


def _cell(lines: list[Line]) -> str:
    words = "<br>".join(
        line.markdown() if line.objects else escape_line(tidy(line.text)) for line in lines
    )
    return words.replace("|", "&#124;").replace("\n", " ")
