"""The text of one cell to its value, or the reason why it is none."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from elearn.kernel.errors import N_
from elearn.kernel.spelling import is_garbled
from elearn.kernel.text import clean_line

E = TypeVar("E", bound=StrEnum)

_CODE = re.compile(r"[A-Za-z0-9._-]+")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOCAL_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_SERIAL = re.compile(r"[2-6][0-9]{4}")
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+")
_PHONE = re.compile(r"\+?[0-9][0-9 .()/-]*")
_LETTER = re.compile(r"[^\W\d_]")
_ERROR_SIGNS = frozenset(
    ("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
)
FIRST_YEAR, LAST_YEAR = 1900, 2199
CODE_CHARS = 64

Reader = Callable[[str], Any]


class BadCell(Exception):
    """The cell cannot be used; ``message`` says why and what to write."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params


def plain(cell: str) -> str:
    """Return the cell as one clean line. Raises BadCell for formulas, errors and lost letters."""
    text = cell if cell.isascii() and cell.isalnum() else clean_line(cell)
    if text.startswith("="):
        raise BadCell(
            "cell.formula",
            N_("Ô chứa công thức “%(text)s”. Hãy dán giá trị thay cho công thức."),
            text=_short(text),
        )
    if text.startswith("#") and text in _ERROR_SIGNS:
        raise BadCell(
            "cell.error",
            N_("Ô đang báo lỗi %(text)s của Excel. Hãy sửa công thức rồi dán giá trị."),
            text=text,
        )
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


@lru_cache(maxsize=1 << 17)
def read_code(text: str) -> str:
    """Return a code of a unit, person or programme."""
    if len(text) > CODE_CHARS or not _CODE.fullmatch(text):
        raise BadCell(
            "code.form",
            N_(
                "Mã “%(text)s” không hợp lệ: chỉ dùng chữ không dấu, chữ số, dấu chấm, gạch nối, "
                "gạch dưới, không quá %(limit)d ký tự."
            ),
            text=_short(text),
            limit=CODE_CHARS,
        )
    return text


def read_codes(text: str) -> tuple[str, ...]:
    """Return codes separated by semicolons, sorted, each once."""
    parts = (part.strip() for part in text.split(";"))
    return tuple(sorted({read_code(part) for part in parts if part}))


@lru_cache(maxsize=1 << 16)
def read_day(text: str) -> date:
    """Return a day written YYYY-MM-DD or dd/mm/yyyy."""
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _LOCAL_DAY.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        raise _bad_day(text)
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise BadCell(
            "date.unknown", N_("Không có ngày “%(text)s” trong lịch."), text=text
        ) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCell(
            "date.range",
            N_("Năm của ngày “%(text)s” phải từ %(first)d đến %(last)d."),
            text=text,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return found


def _bad_day(text: str) -> BadCell:
    if _SERIAL.fullmatch(text):
        return BadCell(
            "date.form",
            N_(
                "“%(text)s” là số thứ tự ngày của Excel. Hãy định dạng ô là Ngày hoặc ghi "
                "dd/mm/yyyy, ví dụ 01/07/2025."
            ),
            text=text,
        )
    return BadCell(
        "date.form",
        N_("Ngày “%(text)s” phải ghi dd/mm/yyyy hoặc YYYY-MM-DD, ví dụ 01/07/2025."),
        text=_short(text),
    )


def read_flag(text: str) -> bool:
    """Return yes for 1 and no for 0."""
    if text not in ("0", "1"):
        raise BadCell(
            "flag.form",
            N_("Chỉ ghi 1 (chính) hoặc 0 (kiêm nhiệm), không ghi “%(text)s”."),
            text=_short(text),
        )
    return text == "1"


def read_email(text: str) -> str:
    """Return an e-mail address."""
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell(
            "email.form",
            N_("“%(text)s” không phải một địa chỉ thư điện tử."),
            text=_short(text),
        )
    return text


def read_phone(text: str) -> str:
    """Return a telephone number as written."""
    if len(text) > 32 or not _PHONE.fullmatch(text):
        raise BadCell(
            "phone.form",
            N_("“%(text)s” không phải một số điện thoại."),
            text=_short(text),
        )
    return text


def text_of(limit: int) -> Reader:
    """Return the reader of a text of at most ``limit`` characters."""

    def read(text: str) -> str:
        if len(text) > limit:
            raise BadCell(
                "text.too_long",
                N_("Nội dung dài %(length)d ký tự, không được quá %(limit)d."),
                length=len(text),
                limit=limit,
            )
        if is_garbled(text):
            raise BadCell(
                "text.garbled",
                N_(
                    "Chữ “%(text)s” bị hỏng do sai bảng mã (TCVN3, VNI hoặc mất dấu). Hãy chuyển "
                    "sang Unicode rồi nhập lại."
                ),
                text=_short(text),
            )
        return text

    return read


def name_of(limit: int) -> Reader:
    """Return the reader of a name: a text with at least one letter."""
    read_text = text_of(limit)

    def read(text: str) -> str:
        if not _LETTER.search(text):
            raise BadCell("name.form", N_("“%(text)s” không phải một tên."), text=_short(text))
        name: str = read_text(text)
        return name

    return read


def one_of(kind: type[E]) -> Reader:
    """Return the reader of a word of ``kind``."""
    members = {member.value: member for member in kind}

    def read(text: str) -> E:
        found = members.get(text) or members.get(text.upper())
        if found is None:
            raise BadCell(
                "choice.unknown",
                N_("“%(text)s” không nằm trong các giá trị cho phép: %(choices)s."),
                text=_short(text),
                choices=", ".join(members),
            )
        return found

    return read
