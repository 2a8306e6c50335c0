"""CSV and XLSX files come in as the text a person sees, or are refused with their place."""

import io
import unicodedata
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from xlsxwriter import Workbook as QuickWorkbook

from elearn.infra.table import BadTable, Limits
from elearn.infra.table_files import iter_tables
from elearn.infra.tabular import Sheet, write_csv, write_workbook, write_xlsx

Read = list[tuple[str, tuple[str, ...], list[tuple[int, list[str]]]]]


def _read(file_name: str, content: bytes, limits: Limits | None = None) -> Read:
    tables = iter_tables(file_name, content, limits) if limits else iter_tables(file_name, content)
    return [(table.name, table.header, list(table.rows)) for table in tables]


def _refusal(file_name: str, content: bytes, limits: Limits | None = None) -> BadTable:
    with pytest.raises(BadTable) as refusal:
        _read(file_name, content, limits)
    return refusal.value


def _saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    content = separator.join(["code", "name"]) + "\n" + separator.join(["X1", "Xã Mẫu"]) + "\n"
    assert _read("units.csv", content.encode()) == [
        ("units", ("code", "name"), [(2, ["X1", "Xã Mẫu"])])
    ]


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    content = b'code,name\n\nX1,"two\nlines"\n , \nX2,b\n'
    assert _read("units.csv", content)[0][2] == [(3, ["X1", "two\nlines"]), (5, ["X2", "b"])]


def test_the_header_is_made_plain() -> None:
    content = "\ufeff Code ,NAME,,\n1,2\n".encode()
    assert _read("units.csv", content)[0][1] == ("code", "name")


@given(st.lists(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])), min_size=1))
def test_csv_comes_back_as_it_went_out(texts: list[str]) -> None:
    rows = _read("t.csv", write_csv(["a", "b"], [["x", text] for text in texts]))[0][2]
    assert [cells[1] for _, cells in rows] == [unicodedata.normalize("NFC", text) for text in texts]


def test_xlsx_comes_back_as_it_went_out() -> None:
    texts = ["=1+1", "@x", "'=x", "007", "Nguyễn", "a\x00b", "\tx"]
    rows = _read("t.xlsx", write_xlsx(["a"], [[text] for text in texts], "people"))[0][2]
    assert [cells[0] for _, cells in rows] == texts


def test_values_of_a_spreadsheet_become_what_one_sees() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "people"
    sheet.append(["a", "b", "c", "d", "e", "f"])
    sheet.append([7, 1.5, datetime(2025, 7, 1), datetime(2025, 7, 1, 8, 30), True, 10**17])  # noqa: DTZ001 - a spreadsheet knows no zones
    assert _read("t.xlsx", _saved(book)) == [
        (
            "people",
            ("a", "b", "c", "d", "e", "f"),
            [(2, ["7", "1.5", "2025-07-01", "2025-07-01 08:30:00", "1", "1e+17"])],
        )
    ]


def test_a_formula_gives_its_stored_result() -> None:
    target = io.BytesIO()
    with QuickWorkbook(target) as book:
        sheet = book.add_worksheet("people")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, '="Xã "&"Mẫu"', None, "Xã Mẫu")
        sheet.write_string(1, 1, "x")
    assert _read("t.xlsx", target.getvalue())[0][2] == [(2, ["Xã Mẫu", "x"])]


def test_a_cell_with_an_error_shows_its_sign() -> None:
    target = io.BytesIO()
    with QuickWorkbook(target) as book:
        book.add_worksheet("first").write_string(0, 0, "z")
        sheet = book.add_worksheet("A & B")
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_string(1, 0, "x")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    assert _read("t.xlsx", target.getvalue())[1] == (
        "A & B",
        ("a", "b", "c"),
        [(2, ["x", "", "#DIV/0!"])],
    )


def test_a_table_may_stand_away_from_the_corner() -> None:
    target = io.BytesIO()
    with QuickWorkbook(target) as book:
        sheet = book.add_worksheet("units")
        sheet.write_row(2, 1, ["code", "name"])
        sheet.write_row(3, 1, ["X1", "Xã"])
    (name, header, rows), *_ = _read("t.xlsx", target.getvalue())
    assert (name, header, rows) == ("units", ("", "code", "name"), [(4, ["", "X1", "Xã"])])


def test_a_million_blank_rows_do_no_harm() -> None:
    target = io.BytesIO()
    with QuickWorkbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("units")
        shade = book.add_format({"bg_color": "red"})
        sheet.write_string(0, 0, "code")
        sheet.write_string(1, 0, "X1")
        sheet.write_blank(1_048_575, 0, None, shade)
    assert _read("t.xlsx", target.getvalue())[0][2] == [(2, ["X1"])]


def test_empty_sheets_are_left_out() -> None:
    content = write_workbook([Sheet("units", ["code"], []), Sheet("leer", [], [])])
    assert [name for name, _, _ in _read("t.xlsx", content)] == ["units"]


@pytest.mark.parametrize(
    ("file_name", "content", "code", "row", "column"),
    [
        ("units.csv", b"", "table.empty", None, None),
        ("units.csv", b"\n , \n", "table.empty", None, None),
        ("units.csv", b"code,name,Code\n", "table.duplicate_column", 1, "code"),
        ("units.csv", b'code\nX1\n"X2\n', "table.quotes", 3, None),
        ("units.csv", b'code\n"X1"x\n', "table.quotes", 2, None),
        ("units.csv", b"code\nNguy\xd4n V\xa8n", "file.charset", None, None),
        ("units.csv", b"code,name\nX1," + b"a" * 2**20, "cell.too_long", 2, "name"),
        ("units.csv", b"code\n" + b"," * 200 + b"x", "table.too_many_columns", 2, None),
        ("units.pdf", b"%PDF", "file.kind", None, None),
        ("units.xlsx", b"", "file.damaged", None, None),
        (
            "units.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
            "file.damaged",
            None,
            None,
        ),
        ("units.xlsx", b"PK\x03\x04" + bytes(100), "file.damaged", None, None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    file_name: str, content: bytes, code: str, row: int | None, column: str | None
) -> None:
    refusal = _refusal(file_name, content)
    assert (refusal.code, refusal.sheet, refusal.row, refusal.column) == (
        code,
        "units",
        row,
        column,
    )
    assert refusal.text()


def test_a_long_cell_in_a_spreadsheet_is_refused_with_its_place() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["code", "name"])
    sheet.append(["X1", "ngắn"])
    sheet.append(["X2", "dài" * 100])
    refusal = _refusal("t.xlsx", _saved(book), Limits(cell_chars=100))
    assert (refusal.code, refusal.row, refusal.column) == ("cell.too_long", 3, "name")


def test_too_many_rows_are_refused() -> None:
    refusal = _refusal("units.csv", b"code\n" + b"X\n" * 11, Limits(rows=10))
    assert (refusal.code, refusal.row) == ("table.too_many_rows", 12)


def test_a_file_too_large_is_refused() -> None:
    assert _refusal("units.csv", b"code\n" * 100, Limits(file_bytes=100)).code == "file.too_large"


def _archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_an_archive_that_unpacks_too_large_is_refused() -> None:
    zeros = b"0" * (64 * 1024 * 1024)
    parts = {"xl/workbook.xml": b"<workbook/>"} | {f"xl/{number}.bin": zeros for number in range(9)}
    assert _refusal("t.xlsx", _archive(parts)).code == "file.blown_up"


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    honest = _archive(
        {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 10_000}
    )
    lying = honest.replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert _refusal("t.xlsx", lying).code == "file.damaged"


def test_an_archive_of_another_kind_is_refused() -> None:
    assert _refusal("t.xlsx", _archive({"word/document.xml": b"<x/>"})).code == "file.damaged"
    assert _refusal("t.xlsx", _archive({"xl/workbook.xml": b"<workbook"})).code == "file.damaged"


def test_xml_entities_are_never_opened() -> None:
    good = write_xlsx(["code"], [["X1"]], "units")
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        for part in archive.infolist():
            parts[part.filename] = archive.read(part)
    declaration = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        head, body = parts[name].split(b"?>", 1)
        parts[name] = head + b"?>" + declaration + body.replace(b"X1", b"&e;")
    assert _refusal("t.xlsx", _archive(parts)).code == "file.damaged"
