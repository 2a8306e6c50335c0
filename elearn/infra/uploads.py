"""Pictures that people upload: known by their first bytes, bounded, and drawn anew by Pillow.

What is stored is what Pillow writes, never what was sent: metadata (place, camera, comments) and
anything hidden before, in or after the picture is gone.
"""

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from elearn.kernel.errors import N_, Invalid

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_SIDE = 2_000
_SVG = re.compile(rb"<(\?xml|!doctype\s+svg|!--|svg)[\s>]", re.IGNORECASE)
_QUALITY = {"JPEG": {"quality": 85, "progressive": True}, "WEBP": {"quality": 85, "method": 4}}
_TYPES = {
    "PNG": (".png", "image/png"),
    "JPEG": (".jpg", "image/jpeg"),
    "WEBP": (".webp", "image/webp"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored; ``suffix`` begins with a dot, the size is in pixels."""

    content: bytes
    suffix: str
    content_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The hash of the content, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


def _format_of(content: bytes) -> str | None:
    """Return the Pillow name of the format that the first bytes announce."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return None


def _checked_format(content: bytes) -> str:
    if not content:
        raise Invalid("picture.empty", N_("Tệp hình trống."))
    if len(content) > MAX_BYTES:
        raise Invalid(
            "picture.bytes",
            N_("Tệp hình quá lớn: tối đa %(limit)d MB."),
            limit=MAX_BYTES // (1024 * 1024),
        )
    if _SVG.match(content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise Invalid(
            "picture.svg",
            N_(
                "Hình SVG không nhận qua trình duyệt. Hãy đặt tệp SVG vào thư mục media của "
                "chuyên đề rồi nạp nội dung, hoặc xuất hình ra PNG để tải lên."
            ),
        )
    kind = _format_of(content)
    if kind is None:
        raise Invalid(
            "picture.type",
            N_("Chỉ nhận hình PNG, JPEG hoặc WebP; nội dung tệp này không phải loại nào trong đó."),
        )
    return kind


def _opened(content: bytes, kind: str) -> "Image.Image":
    """Return the picture with its header read and its pixels not yet."""
    from PIL import Image  # noqa: PLC0415 - only for pictures that come in

    image = Image.open(BytesIO(content), formats=[kind])
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    if getattr(image, "n_frames", 1) > 1:
        raise Invalid("picture.animated", N_("Hình động không dùng được. Hãy gửi hình tĩnh."))
    return image


def _bare(image: "Image.Image", kind: str) -> "Image.Image":
    """Return the pixels upright, no larger than allowed, without anything else."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    if kind == "JPEG":
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # decodes a large photograph at reduced scale
    upright = ImageOps.exif_transpose(image)
    has_alpha = kind != "JPEG" and (upright.mode.endswith("A") or "transparency" in upright.info)
    bare = upright.convert("RGBA" if has_alpha else "RGB")
    bare.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    bare.info.clear()  # Pillow would write comments and profiles found here
    return bare


def redraw(content: bytes) -> Picture:
    """Return the PNG, JPEG or WebP picture in ``content``, drawn anew.

    Sides are reduced to MAX_SIDE pixels. Raises Invalid (``picture.…``) for anything else, for
    too many bytes or pixels, for a moving picture and for a broken one.
    """
    from PIL import Image  # noqa: PLC0415 - as above

    kind = _checked_format(content)
    try:
        bare = _bare(_opened(content, kind), kind)
        out = BytesIO()
        bare.save(out, format=kind, optimize=True, **_QUALITY.get(kind, {}))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(
            "picture.pixels",
            N_("Hình có quá nhiều điểm ảnh: tối đa %(limit)d triệu điểm."),
            limit=MAX_PIXELS // 1_000_000,
        ) from error
    # What a broken file makes Pillow raise depends on the format and the place of the break.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError) as error:
        raise Invalid(
            "picture.broken", N_("Tệp hình bị hỏng hoặc thiếu, không đọc được.")
        ) from error
    suffix, content_type = _TYPES[kind]
    return Picture(out.getvalue(), suffix, content_type, bare.width, bare.height)


def inspected(content: bytes) -> Picture:
    """Return a picture that ``redraw`` has made, as it is. Raises Invalid for anything else."""
    kind = _checked_format(content)
    suffix, content_type = _TYPES[kind]
    image = _opened(content, kind)
    return Picture(content, suffix, content_type, image.width, image.height)
