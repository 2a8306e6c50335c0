"""Pictures that come as files: what one really is, and whether it may be shown as it is."""

import io
import re
import warnings
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from elearn.kernel.errors import N_, Invalid

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SUFFIXES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,110}")
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_SVG = "{http://www.w3.org/2000/svg}"
_ACTIVE = {"script", "foreignobject", "handler", "listener", "iframe", "object", "embed"}
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(?:px)?\s*")


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """Media type, and width and height in pixels when the file says them."""

    content_type: str
    width: int | None
    height: int | None


def inspect(name: str, content: bytes) -> PictureInfo:
    """Return what the picture ``content`` called ``name`` is.

    Raises Invalid when the name, the type, the size or the content cannot be accepted.
    """
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if NAME.fullmatch(name) is None:
        raise Invalid(
            "picture.name",
            N_("Tên hình “%(name)s” chỉ được gồm chữ không dấu, số, dấu chấm, gạch nối."),
            name=name[:100],
        )
    if suffix not in SUFFIXES:
        raise Invalid("picture.type", N_("Chỉ nhận hình SVG, PNG, JPEG hoặc WebP."))
    if len(content) > MAX_BYTES:
        raise Invalid(
            "picture.too_large", N_("Hình lớn hơn %(limit)d MB."), limit=MAX_BYTES // 1024 // 1024
        )
    if suffix == ".svg":
        return _inspect_svg(content)
    return _inspect_raster(content, SUFFIXES[suffix])


def _broken() -> Invalid:
    return Invalid("picture.broken", N_("Tệp không phải là hình đọc được, hoặc sai đuôi tệp."))


def _inspect_raster(content: bytes, content_type: str) -> PictureInfo:
    from PIL import Image  # noqa: PLC0415 - only for pictures that come in

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[_FORMATS[content_type]]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise Invalid("picture.pixels", N_("Hình có quá nhiều điểm ảnh."))
                image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _broken() from error
    return PictureInfo(content_type, width, height)


def _inspect_svg(content: bytes) -> PictureInfo:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("picture.encoding", N_("Hình SVG phải là UTF-8.")) from error
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise Invalid("picture.doctype", N_("Hình SVG không được có khai báo DOCTYPE, ENTITY."))
    try:
        # Entities cannot be declared without the DOCTYPE refused above.
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise _broken() from error
    if root.tag != f"{_SVG}svg":
        raise _broken()
    for element in root.iter():
        _refuse_active(element)
    return PictureInfo(SUFFIXES[".svg"], *_svg_size(root))


def _refuse_active(element: ET.Element) -> None:
    tag = str(element.tag).rpartition("}")[2].lower()
    names = [name.rpartition("}")[2].lower() for name in element.attrib]
    links = [
        value.strip()
        for name, value in element.attrib.items()
        if name.rpartition("}")[2].lower() in ("href", "src")
    ]
    if (
        tag in _ACTIVE
        or any(name.startswith("on") for name in names)
        or any(not link.startswith("#") for link in links)
    ):
        raise Invalid(
            "picture.active",
            N_("Hình SVG không được có mã lệnh, thuộc tính on… hay liên kết ra ngoài (<%(tag)s>)."),
            tag=tag,
        )


def _svg_size(root: ET.Element) -> tuple[int | None, int | None]:
    given = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if given[0] and given[1]:
        return _whole(given[0].group(1)), _whole(given[1].group(1))
    box = root.get("viewBox", "").replace(",", " ").split()
    if len(box) == 4:
        return _whole(box[2]), _whole(box[3])
    return None, None


def _whole(number: str) -> int | None:
    try:
        value = round(float(number))
    except (ValueError, OverflowError):
        return None
    return value if 0 < value < 10_000 else None
