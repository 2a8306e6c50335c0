"""Word documents in every layout that trainers use, made here with python-docx."""

import io
import unicodedata
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from docx.text.run import Run
from PIL import Image

from elearn.assessment.formats import catalogue, docx_format
from elearn.assessment.formats.checking import check_all
from elearn.assessment.formats.neutral import Defaults, Entry, Parsed
from tests.unit.formats.test_text_layouts import LAYOUTS, TWO, brief

STEMS = ["Cơ quan nào ban hành Nghị quyết 76?", "Có mấy nội dung cải cách?"]
OPTIONS = [["Quốc hội", "Chính phủ", "Bộ Nội vụ", "Tỉnh ủy"], ["Bốn", "Năm", "Sáu", "Bảy"]]
RIGHT = [1, 2]


def saved(document: Document) -> bytes:
    """Return the document as a file."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def parse(document: Document) -> Parsed:
    """Return what the document holds."""
    return catalogue.read(saved(document))


def read(document: Document) -> list[Entry]:
    """Return the questions of the document; there must be nothing wrong with it."""
    found = check_all(parse(document), "m1", Defaults())
    assert [trouble.text() for trouble in found.errors] == []
    return [checked.entry for checked in found.questions]


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layouts_of_plain_text_are_those_of_word(text: str) -> None:
    document = docx.Document()
    for line in text.replace("\r\n", "\n").split("\n"):
        document.add_paragraph(line)
    assert [brief(entry) for entry in read(document)] == TWO


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_soft_line_breaks_are_lines(text: str) -> None:
    document = docx.Document()
    document.add_paragraph(text.replace("\r\n", "\n"))
    assert [brief(entry) for entry in read(document)] == TWO


def _marked(mark: Callable[[Run], None], *, letter_only: bool) -> Document:
    """Return the two questions, the key shown by the look of the right option alone."""
    document = docx.Document()
    for number, stem in enumerate(STEMS):
        label = document.add_paragraph().add_run(f"Câu {number + 1}: ")
        label.bold = True
        document.paragraphs[-1].add_run(stem)
        for position, text in enumerate(OPTIONS[number]):
            paragraph = document.add_paragraph()
            letter = paragraph.add_run("ABCD"[position])
            rest = paragraph.add_run(f". {text}")
            if position == RIGHT[number]:
                mark(letter)
                if not letter_only:
                    mark(rest)
    return document


def _bold(run: Run) -> None:
    run.bold = True


def _italic(run: Run) -> None:
    run.italic = True


def _underline(run: Run) -> None:
    run.underline = True


def _red(run: Run) -> None:
    run.font.color.rgb = RGBColor(0xFF, 0, 0)


def _yellow(run: Run) -> None:
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _styled(run: Run) -> None:
    run.style = "Strong"


@pytest.mark.parametrize("letter_only", [True, False])
@pytest.mark.parametrize("mark", [_bold, _italic, _underline, _red, _yellow, _styled])
def test_the_look_of_an_option_is_its_key(
    mark: Callable[[Run], None], *, letter_only: bool
) -> None:
    assert [brief(entry) for entry in read(_marked(mark, letter_only=letter_only))] == TWO


def test_a_look_that_all_options_share_is_no_key() -> None:
    document = docx.Document()
    document.add_paragraph("Câu 1: Hỏi?")
    for letter in "ABC":
        run = document.add_paragraph().add_run(f"{letter}. ")
        run.bold = True
        run.underline = letter == "B"
        document.paragraphs[-1].add_run(f"Ý {letter}")
    (entry,) = read(document)
    assert [option["correct"] for option in entry["options"]] == [False, True, False]
    assert [option["text"] for option in entry["options"]] == ["Ý A", "Ý B", "Ý C"]


def test_two_looks_that_differ_are_told() -> None:
    document = docx.Document()
    document.add_paragraph("Câu 1: Hỏi?")
    for letter, mark in zip("ABC", (_bold, _underline, lambda _run: None), strict=True):
        mark(document.add_paragraph().add_run(f"{letter}. Ý"))
    parsed = parse(document)
    assert [(each.code, each.question) for each in parsed.troubles] == [("key.contradiction", "1")]
    assert parsed.troubles[0].text() == ("Các chỗ ghi đáp án khác nhau: in đậm: A; gạch chân: B.")


def test_bold_italic_and_indices_in_the_text_are_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1: Ý nào ")
    paragraph.add_run("không").bold = True
    paragraph.add_run(" nói về H")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run("O và m")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run(" trong ")
    paragraph.add_run("văn bản").italic = True
    paragraph.add_run("?")
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: A")
    (entry,) = read(document)
    assert entry["stem"] == (
        "Ý nào **không** nói về H<sub>2</sub>O và m<sup>2</sup> trong *văn bản*?"
    )


def _paper_without_keys() -> Document:
    document = docx.Document()
    for number, stem in enumerate(STEMS):
        document.add_paragraph(f"Câu {number + 1}. {stem}")
        for letter, text in zip("ABCD", OPTIONS[number], strict=True):
            document.add_paragraph(f"{letter}. {text}")
    return document


TABLES = {
    "numbers above letters": [["Câu", "1", "2"], ["Đáp án", "B", "C"]],
    "numbers above letters, no names": [["1", "2"], ["B", "C"]],
    "a row each": [["Câu", "Đáp án"], ["1", "B"], ["2", "C"]],
    "pairs in cells": [["1.B", "2.C"]],
    "pairs with hyphens": [["1-B"], ["2-C"]],
}


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("heading", ["BẢNG ĐÁP ÁN", "--- HẾT ---"])
def test_answer_tables_at_the_end(rows: list[list[str]], heading: str) -> None:
    document = _paper_without_keys()
    document.add_paragraph(heading)
    _add_table(document, rows)
    assert [brief(entry) for entry in read(document)] == TWO


def _add_table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text


def test_questions_laid_out_in_tables() -> None:
    document = docx.Document()
    for number, stem in enumerate(STEMS):
        document.add_paragraph(f"Câu {number + 1}: {stem}")
        texts = [f"{letter}. {text}" for letter, text in zip("ABCD", OPTIONS[number], strict=True)]
        _add_table(document, [texts[:2], texts[2:]])
        document.add_paragraph(f"Đáp án: {'ABCD'[RIGHT[number]]}")
    assert [brief(entry) for entry in read(document)] == TWO


def test_a_table_of_figures_belongs_to_the_stem() -> None:
    document = docx.Document()
    document.add_paragraph("Câu 1: Theo bảng, năm nào cao nhất?")
    _add_table(document, [["Năm", "Tỷ lệ"], ["2024", "90%"], ["2025", "95%"]])
    document.add_paragraph("A. 2024\tB. 2025")
    document.add_paragraph("Đáp án: B")
    (entry,) = read(document)
    assert entry["stem"] == (
        "Theo bảng, năm nào cao nhất?\n\n"
        "| Năm | Tỷ lệ |\n| --- | --- |\n| 2024 | 90% |\n| 2025 | 95% |"
    )


def test_letters_split_over_runs_and_decomposed_are_one_word() -> None:
    document = docx.Document()
    words = unicodedata.normalize("NFD", "Câu 1: Nghị quyết ở đâu?")
    paragraph = document.add_paragraph()
    for at in range(0, len(words), 3):
        paragraph.add_run(words[at : at + 3])
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: A")
    assert read(document)[0]["stem"] == "Nghị quyết ở đâu?"


NUMBERING = """<w:abstractNum {ns} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/>
<w:numFmt w:val="decimal"/><w:lvlText w:val="Câu %1."/></w:lvl><w:lvl w:ilvl="1">
<w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2."/></w:lvl>
</w:abstractNum>"""


def test_numbers_that_word_writes_itself_are_read() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"))))
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    for number, stem in enumerate(STEMS):
        for level, text in [(0, stem), *((1, text) for text in OPTIONS[number])]:
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            numbered = properties.get_or_add_numPr()
            numbered.get_or_add_numId().val = 90
            numbered.get_or_add_ilvl().val = level
        document.add_paragraph(f"Đáp án: {'ABCD'[RIGHT[number]]}")
    assert [brief(entry) for entry in read(document)] == TWO


def _picture(colour: str) -> io.BytesIO:
    target = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(target, format="PNG")
    target.seek(0)
    return target


def test_pictures_come_with_their_question() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1: Hình nào? ")
    paragraph.add_run().add_picture(_picture("red"))
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: A")
    document.add_paragraph("Câu 2: Không hình?")
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: B")
    first, second = parse(document).questions
    (name,) = first.pictures
    assert first.data["stem"] == f"Hình nào? ![hình](media/{name})"
    assert first.pictures[name].startswith(b"\x89PNG")
    assert second.pictures == {}


def test_what_cannot_be_read_is_told() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1: Hỏi ")
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    paragraph._p.append(parse_xml(f'<m:oMath xmlns:m="{math}"><m:r><m:t>x+1</m:t></m:r></m:oMath>'))
    run = paragraph.add_run("?")
    run._r.append(parse_xml(f'<w:sym {nsdecls("w")} w:font="Wingdings" w:char="F0FC"/>'))
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: A")
    parsed = docx_format.read(saved(document))
    assert parsed.questions[0].data["stem"] == "Hỏi x+1?"
    assert [(note.code, note.line, note.is_note) for note in parsed.troubles] == [
        ("docx.formula", 1, True),
        ("docx.symbol", 1, True),
    ]


def test_deleted_text_is_gone_and_inserted_text_is_there() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1: Hỏi ")
    tracked = f'<w:ins {nsdecls("w")} w:id="1"><w:r><w:t>mới</w:t></w:r></w:ins>'
    dropped = f'<w:del {nsdecls("w")} w:id="2"><w:r><w:delText>cũ</w:delText></w:r></w:del>'
    paragraph._p.append(parse_xml(tracked))
    paragraph._p.append(parse_xml(dropped))
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: A")
    assert read(document)[0]["stem"] == "Hỏi mới"
