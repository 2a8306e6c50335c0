"""A form as PDF: A4, the code on every page, questions not torn apart where they fit a page."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFontFamily
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus import Paragraph as Text

from elearn.assessment.printing import blocks
from elearn.assessment.printing.layout import PrintedQuestion
from elearn.assessment.printing.paper import PictureLoader, PrintedPaper
from elearn.infra.pdf import BOLD, BOLD_ITALIC, ITALIC, MM, REGULAR, register_fonts

WIDTH, HEIGHT = A4
MARGIN, TOP, BOTTOM = 20 * MM, 18 * MM, 18 * MM
_INNER = WIDTH - 2 * MARGIN
_INDENT = 6 * MM
_GREY = HexColor("#555555")
_LINE_GAP = 9 * MM
_SMALLEST_TEXT = HEIGHT / 5

_BASE = ParagraphStyle("base", fontName=REGULAR, fontSize=12, leading=16, spaceAfter=2)
_TITLE = ParagraphStyle("title", _BASE, fontName=BOLD, fontSize=14, leading=18, alignment=TA_CENTER)
_CENTRED = ParagraphStyle("centred", _BASE, alignment=TA_CENTER)
_SECTION = ParagraphStyle("section", _BASE, fontName=BOLD, spaceBefore=8, spaceAfter=4)
_GRID = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)
_RULED = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("GRID", (0, 0), (-1, -1), 0.5, _GREY),
    ]
)


def fonts() -> None:
    """Let markup find the bold and italic cuts."""
    register_fonts()
    registerFontFamily(REGULAR, REGULAR, BOLD, ITALIC, BOLD_ITALIC)


def markup(runs: blocks.Runs) -> str:
    """Return ``runs`` in the markup of ReportLab."""
    return "".join(_marked(run) for run in runs)


def _marked(run: blocks.Run) -> str:
    text = escape(run.text).replace("\n", "<br/>")
    for is_so, tag in (
        (run.style.is_sub, "sub"),
        (run.style.is_super, "super"),
        (run.style.is_italic, "i"),
        (run.style.is_bold, "b"),
    ):
        text = f"<{tag}>{text}</{tag}>" if is_so else text
    return text


class NumberedCanvas(Canvas):
    """Knows how many pages there are when it writes the foot of each."""

    def __init__(self, *args: Any, foot: str, **kwargs: Any) -> None:  # noqa: ANN401 - ReportLab's
        super().__init__(*args, **kwargs)
        self._foot = foot
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Keep the page until the number of pages is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # missing in the stubs

    def save(self) -> None:
        """Write all pages with their feet."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 10)
            self.setFillColor(_GREY)
            foot = f"{self._foot} – Trang {number}/{len(self._pages)}"
            self.drawCentredString(WIDTH / 2, BOTTOM - 8 * MM, foot)
            super().showPage()
        super().save()


def _room(block: blocks.Block, load: PictureLoader) -> Iterator[Flowable]:
    match block:
        case blocks.Paragraph(runs, mark, indent):
            left = indent * _INDENT + (_INDENT if mark else 0)
            style = ParagraphStyle("text", _BASE, leftIndent=left, bulletIndent=left - _INDENT)
            yield Text(markup(runs), style, bulletText=mark or None)
        case blocks.Grid():
            yield _table(block)
        case blocks.Picture():
            yield _picture(block, load)
        case blocks.Lines(count):
            dots = Table([[""]] * count, colWidths=[_INNER], rowHeights=[_LINE_GAP] * count)
            dots.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, _GREY, 0, (1, 2))]))
            yield dots


def _table(grid: blocks.Grid) -> Table:
    columns = max(len(row) for row in grid.rows)
    indent = 0 if grid.has_head else _INDENT
    cells = [
        [Text(markup(cell), _BASE) for cell in (*row, *((),) * (columns - len(row)))]
        for row in grid.rows
    ]
    table = Table(cells, colWidths=[(_INNER - indent) / columns] * columns, hAlign="RIGHT")
    table.setStyle(_RULED if grid.has_head else _GRID)
    return table


def _picture(picture: blocks.Picture, load: PictureLoader) -> Flowable:
    content = load(picture.source)
    if content is None:
        return Text(f"<i>[{escape(picture.alt)}]</i>", _BASE)
    image = Image(BytesIO(content), lazy=0)
    scale = min(1, _INNER / image.imageWidth, HEIGHT / 3 / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    return image


def _question(question: PrintedQuestion, load: PictureLoader) -> list[Flowable]:
    flow = [each for block in question.blocks for each in _room(block, load)]
    # An essay with its lines may well be longer than a page; all else is kept together.
    has_lines = any(isinstance(block, blocks.Lines) for block in question.blocks)
    kept: list[Flowable] = (
        [CondPageBreak(_SMALLEST_TEXT), *flow] if has_lines else [KeepTogether(flow)]
    )
    return [*kept, Spacer(0, 6)]


def _head(paper: PrintedPaper) -> list[Flowable]:
    code = Text(f"<b>Mã đề: {escape(paper.code)}</b>", _CENTRED)
    site = Text(f"<b>{escape(paper.site)}</b>", _CENTRED)
    top = Table([[site, code]], colWidths=[_INNER * 0.7, _INNER * 0.3])
    top.setStyle(
        TableStyle([("BOX", (1, 0), (1, 0), 0.8, _GREY), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    )
    dots = "." * 110
    return [
        top,
        Spacer(0, 8),
        Text(escape(paper.title.upper()), _TITLE),
        Text(escape(paper.occasion), _CENTRED),
        Text(f"<i>{escape(paper.facts)}</i>", _CENTRED),
        Spacer(0, 6),
        Text(f"Họ và tên: {dots}", _BASE),
        Text(f"Đơn vị: {dots}", _BASE),
        Spacer(0, 8),
    ]


def _body(paper: PrintedPaper, load: PictureLoader) -> Iterator[Flowable]:
    yield from _head(paper)
    for section in paper.sections:
        if len(paper.sections) > 1:
            yield Text(escape(section.title), _SECTION)
        for question in section.questions:
            yield from _question(question, load)
    yield Text("<b>– HẾT –</b>", _CENTRED)


def write_pages(flow: list[Flowable], title: str, foot: str) -> bytes:
    """Return ``flow`` on A4 pages, each with ``foot`` and its number."""
    fonts()
    target = BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=A4,
        title=title,
        author="elearn",
        creator="elearn",
        lang="vi-VN",
        invariant=1,
        initialFontName=REGULAR,
    )
    frame = Frame(MARGIN, BOTTOM, _INNER, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate(frames=[frame])])
    document.build(flow, canvasmaker=lambda *a, **k: NumberedCanvas(*a, foot=foot, **k))
    return target.getvalue()


def write_pdf(paper: PrintedPaper, load: PictureLoader) -> bytes:
    """Return ``paper`` as a PDF whose bytes depend on nothing else."""
    fonts()
    title = f"{paper.title} – Mã đề {paper.code}"
    return write_pages(list(_body(paper, load)), title, f"Mã đề {paper.code}")


def write_answer_sheet(paper: PrintedPaper, cells: list[tuple[str, str]]) -> bytes:
    """Return the sheet on which an examinee writes: ``cells`` are (number, how to write)."""
    fonts()
    boxes = [
        [Text(f"<b>{number}</b>", _BASE), "", Text(escape(hint), _BASE)] for number, hint in cells
    ]
    half = (len(boxes) + 1) // 2
    right = boxes[half:] + [["", "", ""]] * (2 * half - len(boxes))
    rows = [[*left, "", *other] for left, other in zip(boxes[:half], right, strict=True)]
    unit = (_INNER - 8 * MM) / 2
    widths = [10 * MM, 34 * MM, unit - 44 * MM]
    table = Table(rows, colWidths=[*widths, 8 * MM, *widths], rowHeights=[8 * MM] * half)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("BOX", (1, 0), (1, -1), 0.6, _GREY),
                ("INNERGRID", (1, 0), (1, -1), 0.6, _GREY),
                ("BOX", (5, 0), (5, -1), 0.6, _GREY),
                ("INNERGRID", (5, 0), (5, -1), 0.6, _GREY),
                ("FONTSIZE", (0, 0), (-1, -1), 10),
            ]
        )
    )
    title = Text("PHIẾU TRẢ LỜI", _TITLE)
    flow = [*_head(paper), title, Spacer(0, 8), table]
    return write_pages(
        flow, f"Phiếu trả lời – Mã đề {paper.code}", f"Phiếu trả lời – Mã đề {paper.code}"
    )
