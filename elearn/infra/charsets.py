"""Bytes of a text file to text: UTF-8, UTF-16 and Windows-1258, or a refusal; never a guess.

Windows-1258 is taken only when every accented word comes out as a Vietnamese syllable. The older
tables (TCVN3, VNI, VISCII) and Western ones are refused: read wrongly they would give names that
look right to nobody and are stored for years.
"""

import codecs
import re

from elearn.kernel.errors import N_, Invalid
from elearn.kernel.spelling import first_misspelt
from elearn.kernel.text import nfc

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Windows-1258 has beside letters and people really type; the rest are letters elsewhere.
_FOREIGN_TO_1258 = re.compile(r"[^\x00-\x7f\u00a0…‘’“”–—\w]|\w[…“”]\w")
_BREAK = re.compile(r"[\s,;]")


def _unreadable() -> Invalid:
    return Invalid(
        "file.charset",
        N_(
            "Không đọc được bảng mã của tệp. Hãy mở tệp bằng Excel, chọn “Lưu thành” với kiểu "
            "“CSV UTF-8” hoặc “.xlsx” rồi gửi lại."
        ),
    )


def _misread(word: str) -> Invalid:
    return Invalid(
        "file.charset",
        N_(
            "Tệp không dùng bảng mã Unicode và chữ đọc ra không đúng tiếng Việt, ví dụ “%(word)s” "
            "(có thể là TCVN3/ABC hoặc VNI). Hãy chuyển mã sang Unicode, lưu dạng “CSV UTF-8” "
            "rồi gửi lại."
        ),
        word=word,
    )


def decode(content: bytes) -> str:
    """Return the text of a file in NFC. Raises Invalid when its table of characters is unknown."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return nfc(_decode_as(content, name))
    if b"\x00" in content[:4096]:
        return nfc(_utf16_without_bom(content))
    try:
        return nfc(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _windows_1258(content)


def _decode_as(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise _unreadable() from error


def _utf16_without_bom(content: bytes) -> str:
    """Return the text of a UTF-16 file that lacks its mark: its ASCII letters have a zero byte."""
    start = content[:4096]
    low, high = start[0::2].count(0), start[1::2].count(0)
    if len(content) % 2 or max(low, high) < 10 * min(low, high) + 4:
        raise _unreadable()
    return _decode_as(content, "utf-16-le" if high > low else "utf-16-be")


def _windows_1258(content: bytes) -> str:
    text = nfc(_decode_as(content, "cp1258"))
    if (odd := _FOREIGN_TO_1258.search(text)) is not None:
        before = _BREAK.split(text[max(0, odd.start() - 20) : odd.start()])[-1]
        raise _misread(before + _BREAK.split(text[odd.start() : odd.start() + 20])[0])
    if (word := first_misspelt(text)) is not None:
        raise _misread(word)
    return text
