"""The text of a content file: UTF-8 in NFC, or a refusal that says what to do."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from elearn.infra.yaml_nodes import Refused
from elearn.kernel.errors import N_
from elearn.kernel.text import nfc

MAX_FILE = 5 * 1024 * 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file; ``recomposed_line`` is the first line that was not in NFC, 0 for none."""

    text: str
    recomposed_line: int


@dataclass(frozen=True, slots=True)
class Article:
    """A Markdown file: the YAML between its ``---`` lines, and the text after it.

    ``body_line`` is the line of the file on which the first line of ``body`` stands.
    """

    front: str
    body: str
    body_line: int


def read_text(path: Path) -> FileText:
    """Return the text of the file at ``path``. Raises Refused."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_FILE else b""
    except OSError as error:
        raise Refused(1, N_("không mở được tệp")) from error
    if size > MAX_FILE:
        raise Refused(1, N_("tệp lớn hơn 5 MB"))
    return decode(content)


def decode(content: bytes) -> FileText:
    """Return the text that ``content`` is in UTF-8. Raises Refused."""
    if content.startswith(_UTF16) or b"\x00" in content[:4096]:
        raise Refused(1, N_("tệp không phải UTF-8 mà là UTF-16; hãy lưu lại với mã UTF-8"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = N_("tệp không phải UTF-8 (có thể là Windows-1258, TCVN3); hãy lưu lại mã UTF-8")
        raise Refused(line, message) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Refused(1, N_("tệp trống"))
    hidden = _HIDDEN.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        raise Refused(line, f"có ký tự ẩn U+{ord(hidden.group()):04X}; hãy xóa nó")
    composed = nfc(text)
    return FileText(composed, _first_difference(text, composed))


def _first_difference(text: str, composed: str) -> int:
    if text == composed:
        return 0
    pairs = zip(text.split("\n"), composed.split("\n"), strict=True)
    return next(number for number, (one, other) in enumerate(pairs, 1) if one != other)


def split_front(text: str) -> Article:
    """Return front matter and body of a Markdown file. Raises Refused.

    The body begins at its first line that is not blank and ends in one line end.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        raise Refused(1, N_("tệp phải mở đầu bằng phần khai báo giữa hai dòng “---”"))
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() == _FENCE:
            body = "\n".join(lines[number:])
            start = body.lstrip("\n")
            skipped = len(body) - len(start)
            return Article("\n".join(lines[1 : number - 1]), tidy(body), number + 1 + skipped)
    raise Refused(1, N_("phần khai báo mở bằng “---” chưa được đóng bằng một dòng “---”"))


def tidy(body: str) -> str:
    """Return a Markdown body as it is kept: no blank lines around it, one line end."""
    return body.strip("\n").rstrip() + "\n"
