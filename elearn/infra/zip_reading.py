"""Archives of strangers, opened within limits on number, size, ratio and names of their parts."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from elearn.kernel.errors import N_, Invalid

MAX_PARTS = 12_000
MAX_UNPACKED = 256 * 1024 * 1024
MAX_PART = 96 * 1024 * 1024
# Text packs to a twentieth; a hundredth and beyond is made to burst.
MAX_RATIO = 200
_CHUNK = 1 << 20


class Archive:
    """The parts of a zip file by their names."""

    def __init__(self, content: bytes) -> None:
        """Open ``content``. Raises Invalid (``zip.…``)."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise _damaged() from error
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise _burst()
        for part in parts:
            _check_part(part)
        self.names = frozenset(part.filename for part in parts if not part.is_dir())
        self._left = MAX_UNPACKED

    def read(self, name: str) -> bytes:
        """Return a part, "" for none. Raises Invalid when it is damaged or larger than said."""
        if name not in self.names:
            return b""
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(name) as stream:
                while piece := stream.read(_CHUNK):
                    pieces.append(piece)
                    size += len(piece)
                    if size > min(MAX_PART, self._left):
                        raise _burst()
        except _ERRORS as error:
            raise _damaged() from error
        self._left -= size
        return b"".join(pieces)


# What zipfile raises for a part that is broken, encrypted or packed in an unknown way.
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


def _check_part(part: zipfile.ZipInfo) -> None:
    path = PurePosixPath(part.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in part.filename[:3]:
        raise Invalid(
            "zip.path",
            N_("Tệp nén có tên đường dẫn không hợp lệ: “%(name)s”."),
            name=str(path)[:80],
        )
    if part.file_size > _CHUNK and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise _burst()


def _damaged() -> Invalid:
    return Invalid("zip.damaged", N_("Tệp nén bị hỏng hoặc có mật khẩu, không mở được."))


def _burst() -> Invalid:
    return Invalid("zip.too_large", N_("Tệp nén giải ra quá lớn hoặc có quá nhiều tệp con."))
