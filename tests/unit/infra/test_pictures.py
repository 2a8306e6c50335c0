"""A picture file is what its name says and holds nothing that runs."""

import io

import pytest
from PIL import Image

from elearn.infra.pictures import PictureInfo, inspect
from elearn.kernel.errors import Invalid

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480">{}</svg>'


def raster(kind: str, size: tuple[int, int] = (6, 4)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "content_type"),
    [
        ("a.png", "PNG", "image/png"),
        ("a.JPG", "JPEG", "image/jpeg"),
        ("a.webp", "WEBP", "image/webp"),
    ],
)
def test_rasters_tell_their_size(name: str, kind: str, content_type: str) -> None:
    assert inspect(name, raster(kind)) == PictureInfo(content_type, 6, 4)


def test_an_svg_tells_the_size_of_its_box() -> None:
    assert inspect("a.svg", SVG.format("").encode()) == PictureInfo("image/svg+xml", 640, 480)
    without = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    assert inspect("a.svg", without) == PictureInfo("image/svg+xml", None, None)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.gif", b"GIF89a", "picture.type"),
        ("khong-duoi", b"x", "picture.type"),
        ("ảnh.png", raster("PNG"), "picture.name"),
        ("../a.png", raster("PNG"), "picture.name"),
        ("a.png", raster("JPEG"), "picture.broken"),
        ("a.png", raster("PNG")[:40], "picture.broken"),
        ("a.png", b"", "picture.broken"),
        ("a.png", b"\x89PNG" + b"0" * 6_000_000, "picture.too_large"),
        ("a.svg", b"<svg", "picture.broken"),
        ("a.svg", b"<html/>", "picture.broken"),
        ("a.svg", SVG.format("").encode("utf-16"), "picture.encoding"),
        ("a.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.encode(), "picture.doctype"),
        ("a.svg", SVG.format("<script>hit()</script>").encode(), "picture.active"),
        ("a.svg", SVG.format('<rect onclick="hit()"/>').encode(), "picture.active"),
        ("a.svg", SVG.format('<a href="javascript:hit()"/>').encode(), "picture.active"),
        ("a.svg", SVG.format('<image href="https://vidu.example/x"/>').encode(), "picture.active"),
        ("a.svg", SVG.format("<foreignObject/>").encode(), "picture.active"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        inspect(name, content)
    assert caught.value.code == code
