"""XLSX files to tables; damaged, encrypted and blown-up files are refused before they cost much."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from html import unescape
from pathlib import PurePosixPath

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from elearn.infra.table import DEFAULT_LIMITS, BadTable, Limits, Table, make_table
from elearn.kernel.errors import N_

Cell = int | float | str | bool | time | date | datetime | timedelta

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MAX_PARTS = 2_000
_MAX_UNPACKED = 512 * 1024 * 1024
_CHUNK = 1 << 20
# What zipfile raises for an archive that is broken, encrypted or packed in an unknown way.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    KeyError,
    OSError,
    ValueError,
)
# Spreadsheets keep fifteen digits; a longer whole number has already been rounded.
_EXACT = 10**15
_ERROR_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]{1,20})</v>"
)
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION_TAG = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")

# Row and column (from 0) to the error shown there; and that for each part or sheet of the file.
_SheetErrors = dict[int, dict[int, str]]
_Errors = dict[str, _SheetErrors]


def iter_xlsx(name: str, content: bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Table]:
    """Yield a table for each worksheet that holds anything, in the order of the file.

    Walk the rows of one before you take the next: a sheet is in memory only then. A formula gives
    its stored result, an error its sign (#REF!). ``name`` stands in for the sheet in problems
    with the file as a whole. Raises BadTable for what is no sound .xlsx.
    """
    errors = _check(name, content)
    book = _open(name, content)
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet:
            grid = _load(book, sheet.name)
            if grid.start is not None:
                yield make_table(sheet.name, _lines(grid, errors.get(sheet.name, {})), limits)


def _damaged(name: str) -> BadTable:
    return BadTable(
        "file.damaged",
        N_(
            "Tệp bị hỏng hoặc không phải tệp Excel .xlsx. Hãy mở bằng Excel rồi lưu lại dạng .xlsx."
        ),
        sheet=name,
    )


def _guarded(name: str, error: BaseException) -> BadTable:
    """Return the refusal for an error of the reader; anything that is not its own goes on."""
    # A panic of the Rust library is no Exception; it must not take the worker down.
    if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
        return _damaged(name)
    raise error


def _open(name: str, content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except BaseException as error:
        raise _guarded(name, error) from error


def _load(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except BaseException as error:
        raise _guarded(name, error) from error


def _lines(grid: CalamineSheet, errors: _SheetErrors) -> Iterator[list[str]]:
    first_column = grid.start[1] if grid.start else 0
    for row, cells in enumerate(grid.iter_rows()):
        line = [""] * first_column + [_text(cell) for cell in cells]
        for column, sign in errors.get(row, {}).items():
            line.extend([""] * (column + 1 - len(line)))
            line[column] = sign
        yield line


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime):
        whole_day = cell.time() == time.min
        return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ")
    return str(cell)


def _check(name: str, content: bytes) -> _Errors:
    """Return the error cells by sheet. Raises BadTable for what is no .xlsx of sane size.

    Every worksheet is unpacked once in pieces: a size that the archive lies about shows here.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(name, archive)
            found = {
                part.filename: errors
                for part in archive.infolist()
                if part.filename.startswith("xl/") and (errors := _scan(archive, part))
            }
            return _by_sheet(archive, found) if found else {}
    except _BROKEN as error:
        raise _damaged(name) from error


def _check_parts(name: str, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if _WORKBOOK not in archive.namelist():
        raise _damaged(name)
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise BadTable(
            "file.blown_up",
            N_("Tệp Excel giải nén ra quá lớn. Hãy chép dữ liệu sang một tệp mới rồi gửi lại."),
            sheet=name,
        )


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> _SheetErrors:
    """Return the cells of ``part`` that show an error."""
    errors: _SheetErrors = {}
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            piece = rest + chunk
            if b't="e"' in piece:
                for letters, row, sign in _ERROR_CELL.findall(piece):
                    place = errors.setdefault(int(row) - 1, {})
                    place[_column(letters)] = sign.decode("ascii", "replace")
            # A cell may lie across two chunks; its tag starts with the last "<c ".
            rest = piece[max(piece.rfind(b"<c "), len(piece) - 4096) :]
    return errors


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return match[1] if match else ""


def _by_sheet(archive: zipfile.ZipFile, found: _Errors) -> _Errors:
    """Return ``found`` with the names that people see in place of the names of the parts."""
    relations = archive.read(_RELATIONS).decode("utf-8", "replace")
    targets = {
        _attribute(tag, "Id"): str(
            PurePosixPath("xl") / _attribute(tag, "Target").removeprefix("/xl/")
        )
        for tag in _RELATION_TAG.findall(relations)
    }
    book = archive.read(_WORKBOOK).decode("utf-8", "replace")
    return {
        unescape(_attribute(tag, "name")): found[target]
        for tag in _SHEET_TAG.findall(book)
        if (target := targets.get(_attribute(tag, "r:id"), "")) in found
    }
