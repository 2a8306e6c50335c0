"""Word documents in the layouts of question papers (domain.md section 7)."""

import io
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.shared import Pt
from PIL import Image

from elearn.assessment.formats.docx_reading import Document
from elearn.assessment.formats.gift_writing import NO_TYPE
from elearn.assessment.formats.layout import read_lines
from elearn.assessment.formats.layout_lines import BOLD, ITALIC, OBJECT, PLAIN, SUB, SUP, Line
from elearn.assessment.formats.layout_writing import TYPES, check_laid, lay_out, rich_lines
from elearn.assessment.formats.neutral import Loss, Outgoing, Parsed, Written
from elearn.kernel.errors import N_

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_DRAWN = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_PROPERTIES = {
    BOLD: "<w:b/>",
    ITALIC: "<w:i/>",
    SUB: '<w:vertAlign w:val="subscript"/>',
    SUP: '<w:vertAlign w:val="superscript"/>',
}
_EMU_PER_PIXEL = 9_525
_WIDEST = 576


def read(content: bytes) -> Parsed:
    """Return the questions of a .docx. Raises Invalid for a damaged or blown-up file."""
    notes = Parsed()
    document = Document(content, notes)
    parsed = read_lines(list(document.lines()), document.pictures)
    parsed.troubles += notes.troubles
    return parsed


def write(outgoing: Outgoing) -> Written:
    """Return the questions as a paper, pictures included."""
    book = _Book(outgoing.picture)
    losses: list[Loss] = []
    count = 0
    for entry in outgoing.entries:
        if entry["type"] not in TYPES:
            name = str(entry.get("id"))
            losses.append(Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True))
            continue
        laid = lay_out(entry, count + 1, rich_lines)
        loss = check_laid(entry, laid)
        if loss is not None:
            losses.append(loss)
        if loss is None or not loss.is_whole:
            count += 1
            book.add(laid.lines)
    losses += (Loss(name, N_("Không tìm thấy hình trong kho.")) for name in book.missing)
    return Written(book.content(), tuple(losses), count)


class _Book:
    """A document that grows by paragraphs; written as XML, for thousands of them."""

    def __init__(self, picture: Callable[[str], bytes | None]) -> None:
        self.document = docx.Document()
        font = self.document.styles["Normal"].font
        font.name, font.size = "Times New Roman", Pt(13)
        self.picture = picture
        self.paragraphs: list[str] = []
        self.known: dict[str, tuple[str, int, int] | None] = {}
        self.missing: list[str] = []

    def add(self, lines: list[Line]) -> None:
        """Add a question and a blank line."""
        for line in lines:
            self.paragraphs.append(f"<w:p>{''.join(self._runs(line))}</w:p>")
        self.paragraphs.append("<w:p/>")

    def content(self) -> bytes:
        """Return the file."""
        body = self.document.element.body
        end = body[-1] if len(body) else None
        made = parse_xml(f"<w:body {_W} {_DRAWN}>{''.join(self.paragraphs)}</w:body>")
        for paragraph in list(made):
            if end is None:
                body.append(paragraph)
            else:
                end.addprevious(paragraph)
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    def _runs(self, line: Line) -> Iterator[str]:
        objects = iter(line.objects)
        looks = line.marks or (PLAIN,) * len(line.text)
        start = 0
        for (look, is_object), group in groupby(
            zip(looks, line.text, strict=True), key=lambda pair: (pair[0], pair[1] == OBJECT)
        ):
            end = start + len(list(group))
            if is_object:
                for _ in range(end - start):
                    yield self._object(next(objects))
            else:
                properties = "".join(xml for name, xml in _PROPERTIES.items() if name in look)
                text = escape(line.text[start:end], quote=False)
                yield (
                    f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
                )
            start = end

    def _object(self, markdown: str) -> str:
        alt, _, name = markdown.removeprefix("![").removesuffix(")").partition("](media/")
        if name not in self.known:
            self.known[name] = self._stored(name)
        found = self.known[name]
        if found is None:
            self.missing.append(name)
            return f"<w:r><w:t>[{escape(alt, quote=False)}]</w:t></w:r>"
        relation, width, height = found
        number = len(self.paragraphs) + 1
        words = escape(alt)
        return (
            "<w:r><w:drawing><wp:inline>"
            f'<wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:docPr id="{number}" name="{escape(name)}" descr="{words}"/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/'
            f'picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="{escape(name)}"/>'
            f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
            f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )

    def _stored(self, name: str) -> tuple[str, int, int] | None:
        """Put a picture into the document; return its relation and its size."""
        content = self.picture(name)
        if content is None or content.lstrip().startswith(b"<"):
            return None
        source = io.BytesIO(content)
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if image.format not in ("PNG", "JPEG"):
                source = io.BytesIO()
                image.convert("RGBA").save(source, format="PNG")
        part = self.document.part.package.get_or_add_image_part(source)
        relation = self.document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        scale = min(1.0, _WIDEST / max(width, 1))
        return (
            relation,
            round(width * scale) * _EMU_PER_PIXEL,
            round(height * scale) * _EMU_PER_PIXEL,
        )
