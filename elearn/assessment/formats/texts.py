"""The text of a file of questions."""

from elearn.infra import charsets
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean


def decode(content: bytes) -> str:
    """Return the text of a file: NFC, LF, no hidden controls.

    UTF-8, UTF-16 and Windows-1258 are read. Raises Invalid (``file.charset``) for others.
    """
    try:
        return clean(charsets.decode(content)).lstrip("\ufeff")
    except Invalid as error:
        raise Invalid(
            "file.charset",
            N_(
                "Không đọc được bảng mã của tệp (có thể là TCVN3/ABC hoặc VNI). Hãy chuyển chữ "
                "sang Unicode, lưu lại với mã UTF-8 rồi gửi lại."
            ),
        ) from error
