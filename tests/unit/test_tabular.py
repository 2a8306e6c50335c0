"""Tables going out: no formula ever, nothing lost."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from elearn.infra.tabular import (
    Sheet,
    guard,
    sheet_name,
    unguard,
    write_csv,
    write_workbook,
    write_xlsx,
)
from elearn.kernel.errors import Invalid

NASTY = ["=1+1", "+84 912", "-x", "@SUM(A1)", "\tx", "\rx", "\x00x", "'=x", "'thường", "_x0041_"]


def _sheet(content: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(row) for row in book.get_sheet_by_index(0).iter_rows()]


def test_texts_that_look_like_formulas_are_guarded_in_csv() -> None:
    content = write_csv(["Cột"], [[text] for text in NASTY]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(content, newline=""))]
    assert cells[1:] == [
        "'=1+1",
        "'+84 912",
        "'-x",
        "'@SUM(A1)",
        "'\tx",
        "'\rx",
        "'\x00x",
        "''=x",
        "'thường",
        "_x0041_",
    ]


def test_texts_stay_texts_in_xlsx() -> None:
    assert _sheet(write_xlsx(["Cột"], [[text] for text in NASTY], "Bảng"))[1:] == [
        [text] for text in NASTY
    ]


@given(st.text())
def test_the_guard_can_be_taken_away(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.text(min_size=1))
def test_a_guarded_text_never_begins_like_a_formula(text: str) -> None:
    assert guard(text)[0] not in "=+-@\t\r\x00"


def test_numbers_and_days_keep_their_type_in_xlsx() -> None:
    row = [7, Decimal("79.6"), date(2025, 7, 1), datetime(2025, 7, 1, tzinfo=UTC), None, -3]
    assert _sheet(write_xlsx(["a", "b", "c", "d", "e", "f"], [row], "Bảng"))[1] == [
        7.0,
        79.6,
        date(2025, 7, 1),
        datetime(2025, 7, 1, 7, 0),  # noqa: DTZ001 - a spreadsheet knows no zones
        "",
        -3.0,
    ]


def test_csv_writes_days_as_iso_and_numbers_plain() -> None:
    row = [7, Decimal("79.6"), date(2025, 7, 1), datetime(2025, 7, 1, tzinfo=UTC), None, -3]
    content = write_csv(["a", "b", "c", "d", "e", "f"], [row])
    assert content == (b"\xef\xbb\xbfa,b,c,d,e,f\r\n7,79.6,2025-07-01,2025-07-01 07:00:00,,-3\r\n")


def test_more_rows_than_the_first_look_keep_their_order() -> None:
    rows = _sheet(write_xlsx(["n"], ([number] for number in range(120)), "Bảng"))
    assert rows[1:] == [[float(number)] for number in range(120)]


def test_a_workbook_holds_several_sheets() -> None:
    content = write_workbook([Sheet("units", ["code"], []), Sheet("people", ["person_code"], [])])
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["units", "people"]


def test_a_sheet_name_is_made_allowed() -> None:
    assert sheet_name("Độ phủ [2025] a/b: " + "x" * 40) == "Độ phủ  2025  a b  xxxxxxxxxxxx"
    assert sheet_name("***") == "Sheet1"


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    with pytest.raises(Invalid, match="table.cell_too_long") as refusal:
        write_xlsx(["a"], [["ngắn"], ["x" * 40_000]], "Bảng")
    assert refusal.value.params == {"row": 3, "limit": 32_767}
