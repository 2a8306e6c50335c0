"""Workbooks: the template, people's own columns, what is told of a cell, and nothing that runs."""

import io
from typing import Any

import openpyxl
import pytest

from elearn.assessment.formats import catalogue, xlsx_columns, xlsx_format
from elearn.assessment.formats.checking import Reading, check_all
from elearn.assessment.formats.neutral import Defaults, Outgoing
from elearn.assessment.formats.xlsx_writing import template
from elearn.infra.tabular import write_xlsx

OWN = ["Đáp án", "Giải thích", "Loại", "Mức độ", "Chủ đề", "Điểm"]
HEADERS = ["Câu hỏi", *"ABCD", *OWN]


def checked(headers: list[str], *rows: list[Any]) -> Reading:
    """Return what a workbook with one sheet of these rows holds."""
    content = write_xlsx(headers, [row + [""] * (len(headers) - len(row)) for row in rows], "T1")
    return check_all(catalogue.read(content), "m1", Defaults())


def test_the_columns_that_people_use_are_known() -> None:
    found = checked(
        HEADERS,
        ["Hỏi một?", "x", "y", "z", "", "B", "Vì y.", "", "TH", "CCHC", "0,5"],
        ["Hỏi hai?", "x", "y", "z", "t", "A,C", "", "", "vdc"],
        ["Hỏi ba?", "x", "y", "", "", 2],
        ["Hỏi bốn?", "x", "y", "", "", "y"],
        ["Trời xanh.", "", "", "", "", "Đúng"],
    )
    assert [trouble.text() for trouble in found.errors] == []
    one, two, three, four, five = (each.entry for each in found.questions)
    assert (one["level"], one["points"], one["explanation"]) == ("UNDERSTAND", "0.5", "Vì y.")
    assert [option["correct"] for option in one["options"]] == [False, True, False]
    assert (two["type"], two["level"], two["scoring"]) == (
        "multiple_choice",
        "APPLY_HIGH",
        "all_or_nothing",
    )
    assert [option["correct"] for option in three["options"]] == [False, True]
    assert [option["correct"] for option in four["options"]] == [False, True]
    assert (five["type"], five["answer"]) == ("true_false", True)
    assert [each.line for each in found.questions] == [2, 3, 4, 5, 6]


def test_what_is_wrong_names_its_cell() -> None:
    found = checked(
        [*HEADERS, "Bài học"],
        ["Hỏi?", "x", "y", "", "", "E"],
        ["Hỏi?", "x", "", "z", "", "A"],
        ["Hỏi nữa?", "x", "y", "", "", "A", "", "Ô chữ"],
        ["", "x", "y", "", "", "A"],
        ["Hỏi?", "x", "y", "", "", "A", "", "", "", "", "", "Bài 1"],
    )
    assert [(each.line, each.text().partition(":")[0], each.code) for each in found.errors] == [
        (2, "Ô F2", "key.unknown"),
        (3, "Ô F3", "option.missing"),
        (4, "Ô F4", "type.unknown"),
        (5, "Ô A5", "question.invalid"),
        (6, "Ô L6", "question.invalid"),
    ]


def test_a_workbook_without_the_columns_is_told() -> None:
    assert [each.code for each in checked(["Tên", "Tuổi"], ["An", 3]).errors] == ["xlsx.no_columns"]
    found = checked(["Câu hỏi", "Mức độ"], ["Hỏi?", "NB"])
    assert [(each.line, each.code) for each in found.errors] == [(1, "xlsx.no_columns")]


def test_unknown_columns_are_told_and_left_out() -> None:
    found = checked([*HEADERS, "Người duyệt"], ["Hỏi?", "x", "y", "", "", "A"])
    assert [(each.code, each.is_note) for each in found.troubles] == [("xlsx.unknown_column", True)]


def test_the_template_has_lists_text_columns_a_guide_and_sound_examples() -> None:
    content = template()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Câu hỏi", "Ví dụ", "Hướng dẫn"]
    sheet = book["Câu hỏi"]
    lists = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert lists["B2:B1001"].startswith('"Một đáp án,Nhiều đáp án,Đúng sai')
    assert lists["C2:C1001"] == '"NB,TH,VD,VDC"'
    assert sheet.column_dimensions["E"].width > 40
    titles = [cell.value for cell in sheet[1]]
    assert titles == [column.title for column in xlsx_columns.COLUMNS]
    # Only the empty sheet is imported; the examples, put there, are sound.
    assert [each.code for each in check_all(catalogue.read(content), "m1", Defaults()).errors] == [
        "file.no_questions"
    ]
    del book["Câu hỏi"]
    book["Ví dụ"].title = "Câu hỏi"
    target = io.BytesIO()
    book.save(target)
    found = check_all(catalogue.read(target.getvalue()), "m1", Defaults())
    assert [trouble.text() for trouble in found.errors] == []
    assert {each.entry["type"] for each in found.questions} == set(xlsx_columns.TYPES)


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_cell_of_an_export_is_a_formula(text: str) -> None:
    entry = {
        "id": "m1-001",
        "type": "short_text",
        "level": "RECALL",
        "stem": text,
        "answers": ["x"],
        "match": "exact",
        "explanation": text,
    }
    content = xlsx_format.write(Outgoing([entry])).content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Câu hỏi"]
    assert sheet["E2"].value == text
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value)
