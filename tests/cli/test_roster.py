"""`flask roster import`: files of every shape, exit codes, the JSON of design.md 5.1."""

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.infra.tabular import Sheet, write_csv, write_workbook
from elearn.org.models import Person, PositionAssignment
from tests.factories.curriculum import make_programme
from tests.factories.roster import Rows, small_roster

Write = Callable[[Path, Rows], Path]


def as_folder(folder: Path, rows: Rows) -> Path:
    """Write ``rows`` as a folder of CSV files, as our own exports are."""
    for sheet, lines in rows.items():
        headers = list(lines[0])
        content = write_csv(headers, [[line[name] for name in headers] for line in lines])
        (folder / f"{sheet}.csv").write_bytes(content)
    return folder


def as_workbook(folder: Path, rows: Rows) -> Path:
    """Write ``rows`` as one workbook."""
    sheets = [
        Sheet(sheet, list(lines[0]), [list(line.values()) for line in lines])
        for sheet, lines in rows.items()
    ]
    path = folder / "danh-sach.xlsx"
    path.write_bytes(write_workbook(sheets))
    return path


def _recoded(encode: Callable[[str], bytes]) -> Write:
    def write(folder: Path, rows: Rows) -> Path:
        as_folder(folder, rows)
        for path in folder.glob("*.csv"):
            path.write_bytes(encode(path.read_text(encoding="utf-8-sig")))
        return folder

    return write


def _with_semicolons(text: str) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=";").writerows(csv.reader(io.StringIO(text, newline="")))
    return target.getvalue().encode()


def _cp1258(text: str) -> bytes:
    pieces = []
    for char in text:
        try:
            pieces.append(char.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            pieces.append((base + tone).encode("cp1258"))
    return b"".join(pieces)


def _local_days(rows: Rows) -> Rows:
    """Return ``rows`` with days as dd/mm/yyyy."""
    for lines in rows.values():
        for line in lines:
            for name, value in line.items():
                if name.startswith("valid_") or name.endswith(("_on", "_date")):
                    line[name] = "/".join(reversed(value.split("-"))) if value else ""
    return rows


SHAPES: dict[str, Write] = {
    "folder": as_folder,
    "workbook": as_workbook,
    "semicolons": _recoded(_with_semicolons),
    "utf-16": _recoded(lambda text: text.encode("utf-16")),
    "nfd": _recoded(lambda text: unicodedata.normalize("NFD", text).encode()),
    "windows-1258": _recoded(_cp1258),
    "local days": lambda folder, rows: as_folder(folder, _local_days(rows)),
}


@pytest.fixture(autouse=True)
def programme(session: Session) -> None:
    make_programme(session, "ct-mau")


def _run(runner: FlaskCliRunner, path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    result = runner.invoke(args=["roster", "import", str(path), "--json", *options])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_roster(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path, shape: str
) -> None:
    exit_code, report = _run(runner, SHAPES[shape](tmp_path, small_roster()))
    assert (exit_code, report["errors"], report["applied"]) == (0, [], True)
    names = session.scalars(select(Person.full_name).order_by(Person.code))
    assert list(names) == ["Lò Thử Ánh", "Cầm Mẫu Bình", "Hoàng Ví Dụ"]
    (tmp_path / "again").mkdir()
    _, again = _run(runner, as_folder(tmp_path / "again", small_roster()))
    assert again["unchanged"] == report["created"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    exit_code, report = _run(runner, as_folder(tmp_path, small_roster()), "--dry-run")
    assert (exit_code, report["applied"], report["created"]["people"]) == (0, False, 3)
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_problems_are_told_and_nothing_is_written(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    rows = small_roster()
    rows["people"][1]["birth_date"] = "31/02/1980"
    result = runner.invoke(args=["roster", "import", str(as_folder(tmp_path, rows))])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "people, dòng 3, cột birth_date: Không có ngày “31/02/1980” trong lịch. [date.unknown]\n"
        "Có 1 vấn đề, không ghi gì vào hệ thống.\n"
    )
    assert session.scalar(select(func.count()).select_from(PositionAssignment)) == 0


def test_people_read_a_table_of_counts(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    result = runner.invoke(args=["roster", "import", str(as_folder(tmp_path, small_roster()))])
    assert result.exit_code == 0
    assert "people                 3         0           0\n" in result.stdout
    assert result.stdout.endswith("Đã nhập xong.\n")


def _csv(name: str, content: bytes) -> Write:
    def write(folder: Path, _rows: Rows) -> Path:
        (folder / name).write_bytes(content)
        return folder

    return write


PEOPLE = b"person_code,full_name,category\n"
BAD_FILES: list[tuple[str, Write, list[tuple[str, int | None, str | None, str]]]] = [
    ("nothing there", lambda folder, _: folder / "nix.xlsx", [("nix", None, None, "file.missing")]),
    ("an empty folder", lambda folder, _: folder, [("", None, None, "roster.empty")]),
    ("an empty file", _csv("people.csv", b""), [("people", None, None, "table.empty")]),
    (
        "a missing column",
        _csv("people.csv", b"person_code,full_name\nP1,An\n"),
        [("people", 1, "category", "column.missing")],
    ),
    (
        "an unknown column",
        _csv("people.csv", b"person_code,full_name,category,emial\nP1,An,CADRE,x@y.vn\n"),
        [("people", 1, "emial", "column.unknown")],
    ),
    (
        "an unknown sheet",
        _csv("peopel.csv", PEOPLE + b"P1,An,CADRE\n"),
        [("peopel", None, None, "sheet.unknown")],
    ),
    (
        "cells beside the columns",
        _csv("people.csv", PEOPLE + b"P1,Lo, Van An,CADRE\n"),
        [("people", 2, None, "row.cells_beside")],
    ),
    (
        "a cell of one megabyte",
        _csv("people.csv", PEOPLE + b"P1," + b"a" * 2**20 + b",CADRE\n"),
        [("people", 2, "full_name", "cell.too_long")],
    ),
    (
        "an unknown charset",
        _csv("people.csv", PEOPLE + b"P1,Nguy\xd4n V\xa8n A,CADRE\n"),
        [("people", None, None, "file.charset")],
    ),
    (
        "a stray quotation mark",
        _csv("people.csv", PEOPLE + b'P1,"An"h,CADRE\n'),
        [("people", 2, None, "table.quotes")],
    ),
    (
        "a formula in a cell",
        _csv("people.csv", PEOPLE + b"P1,=HYPERLINK(A1),CADRE\n"),
        [("people", 2, "full_name", "cell.formula")],
    ),
    (
        "no workbook",
        lambda folder, _: _csv("ds.xlsx", b"PK\x03\x04")(folder, {}) / "ds.xlsx",
        [("ds", None, None, "file.damaged")],
    ),
    (
        "two files with problems",
        lambda folder, _: _csv("units.csv", b"code\n")(_csv("people.csv", b"")(folder, {}), {}),
        [
            ("units", 1, "kind", "column.missing"),
            ("units", 1, "name", "column.missing"),
            ("units", 1, "parent_code", "column.missing"),
            ("units", 1, "valid_from", "column.missing"),
            ("people", None, None, "table.empty"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("write", "expected"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES]
)
def test_a_bad_file_is_refused_with_its_place(
    app: Flask,
    session: Session,
    runner: FlaskCliRunner,
    tmp_path: Path,
    write: Write,
    expected: list[tuple[str, int | None, str | None, str]],
) -> None:
    exit_code, report = _run(runner, write(tmp_path, small_roster()))
    places = [
        (item["sheet"], item["row"], item["column"], item["code"]) for item in report["errors"]
    ]
    assert (exit_code, places, report["applied"]) == (1, expected, False)
    assert all(item["message"] for item in report["errors"])
    assert session.scalar(select(func.count()).select_from(Person)) == 0
