"""A form as a Word file that can still be edited: the same parts as the PDF."""

from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_SECTION_START
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph as Text

from elearn.assessment.printing import blocks
from elearn.assessment.printing.paper import PictureLoader, PrintedPaper

_FONT = "Times New Roman"
_INDENT = Cm(0.6)
_WIDTH = Cm(17)


def _add_runs(paragraph: Text, runs: blocks.Runs) -> Text:
    for run in runs:
        *lines, last = run.text.split("\n")
        for line in lines:
            _styled(paragraph, line, run.style).add_break()
        _styled(paragraph, last, run.style)
    return paragraph


def _styled(paragraph: Text, text: str, style: blocks.Style):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the library ships no types
    run = paragraph.add_run(text)
    run.bold, run.italic = style.is_bold or None, style.is_italic or None
    run.font.subscript, run.font.superscript = style.is_sub or None, style.is_super or None
    return run


def _centred(document: DocumentType, text: str, *, size: int = 12, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)


def _field(paragraph: Text, code: str) -> None:
    """Add a field that Word computes, such as the number of the page."""
    for kind, text in (("begin", None), (None, code), ("end", None)):
        run = paragraph.add_run()
        if kind is not None:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)  # noqa: SLF001 - the library has no call for fields


def _set_page(document: DocumentType, paper: PrintedPaper) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION_START.NEW_PAGE
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(f"Mã đề {paper.code} – Trang ")
    _field(foot, "PAGE")
    foot.add_run("/")
    _field(foot, "NUMPAGES")
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    normal.paragraph_format.space_after = Pt(3)


def _add_block(document: DocumentType, block: blocks.Block, load: PictureLoader) -> None:
    match block:
        case blocks.Paragraph(runs, mark, indent):
            paragraph = document.add_paragraph(f"{mark} " if mark else "")
            paragraph.paragraph_format.left_indent = _INDENT * (indent + bool(mark))
            _add_runs(paragraph, runs)
        case blocks.Grid():
            _add_table(document, block)
        case blocks.Picture(source, alt):
            content = load(source)
            if content is None:
                document.add_paragraph().add_run(f"[{alt}]").italic = True
            else:
                document.add_picture(BytesIO(content), width=min(_WIDTH, Cm(12)))
        case blocks.Lines(count):
            for _ in range(count):
                document.add_paragraph("." * 120)


def _add_table(document: DocumentType, grid: blocks.Grid) -> None:
    columns = max(len(row) for row in grid.rows)
    table = document.add_table(len(grid.rows), columns)
    if grid.has_head:
        table.style = "Table Grid"
    for row, cells in zip(table.rows, grid.rows, strict=True):
        for cell, runs in zip(row.cells, cells, strict=False):
            _add_runs(cell.paragraphs[0], runs)


def write_docx(paper: PrintedPaper, load: PictureLoader) -> bytes:
    """Return ``paper`` as a DOCX file."""
    document = Document()
    document.core_properties.title = f"{paper.title} – Mã đề {paper.code}"
    document.core_properties.author = "elearn"
    document.core_properties.language = "vi-VN"
    _set_page(document, paper)
    _centred(document, paper.site, bold=True)
    _centred(document, f"Mã đề: {paper.code}", bold=True)
    _centred(document, paper.title.upper(), size=14, bold=True)
    _centred(document, paper.occasion)
    _centred(document, paper.facts)
    for label in ("Họ và tên: ", "Đơn vị: "):
        document.add_paragraph(label + "." * 90)
    for section in paper.sections:
        if len(paper.sections) > 1:
            document.add_paragraph().add_run(section.title).bold = True
        for question in section.questions:
            for block in question.blocks:
                _add_block(document, block, load)
    _centred(document, "– HẾT –", bold=True)
    target = BytesIO()
    document.save(target)
    return target.getvalue()
