"""Pictures are drawn anew, or refused with a reason."""

import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from elearn.infra.uploads import MAX_BYTES, redraw
from elearn.kernel.errors import Invalid

MARKER = b"<script>alert(1)</script>"


def _encoded(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size, color=128 if mode == "L" else None).save(out, format=kind, **options)
    return out.getvalue()


def _code(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        redraw(content)
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "suffix", "content_type"),
    [
        ("PNG", ".png", "image/png"),
        ("JPEG", ".jpg", "image/jpeg"),
        ("WEBP", ".webp", "image/webp"),
    ],
)
def test_each_allowed_kind_keeps_its_kind(kind: str, suffix: str, content_type: str) -> None:
    picture = redraw(_encoded(kind))
    assert (picture.suffix, picture.content_type) == (suffix, content_type)
    assert (picture.width, picture.height) == (40, 20)
    assert Image.open(BytesIO(picture.content)).format == kind


def test_a_large_picture_is_made_smaller_in_proportion() -> None:
    picture = redraw(_encoded("JPEG", (4_000, 1_000)))
    assert (picture.width, picture.height) == (2_000, 500)


def test_metadata_and_comments_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = MARKER.decode()
    assert MARKER in _encoded("JPEG", exif=exif, comment=MARKER)
    assert MARKER not in redraw(_encoded("JPEG", exif=exif, comment=MARKER)).content
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", MARKER.decode())
    assert MARKER in _encoded("PNG", pnginfo=info)
    assert MARKER not in redraw(_encoded("PNG", pnginfo=info)).content
    assert MARKER in _encoded("WEBP", exif=exif)
    assert MARKER not in redraw(_encoded("WEBP", exif=exif)).content


def test_what_is_hidden_behind_a_picture_is_gone() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        assert MARKER not in redraw(_encoded(kind) + b"PK\x03\x04" + MARKER).content


def test_a_photograph_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = redraw(_encoded("JPEG", (40, 20), exif=exif))
    assert (picture.width, picture.height) == (20, 40)


def test_transparency_survives() -> None:
    out = BytesIO()
    image = Image.new("P", (4, 4))
    image.save(out, format="PNG", transparency=0)
    redrawn = Image.open(BytesIO(redraw(out.getvalue()).content))
    assert redrawn.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16", "RGBA"])
def test_other_colour_models_are_read(mode: str) -> None:
    assert redraw(_encoded("PNG", mode=mode)).width == 40


def test_cmyk_becomes_a_screen_picture() -> None:
    redrawn = Image.open(BytesIO(redraw(_encoded("JPEG", mode="CMYK")).content))
    assert redrawn.mode == "RGB"


def test_nothing_is_refused() -> None:
    assert _code(b"") == "picture.empty"


def test_too_many_bytes_are_refused() -> None:
    assert _code(_encoded("PNG") + bytes(MAX_BYTES)) == "picture.bytes"


@pytest.mark.parametrize(
    "svg",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b'\xef\xbb\xbf<?xml version="1.0"?><svg/>',
        b"\n<!-- a drawing --><svg/>",
        b"<!DOCTYPE svg PUBLIC><SVG/>",
    ],
)
def test_svg_is_refused_with_a_way_out(svg: bytes) -> None:
    assert _code(svg) == "picture.svg"


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(40),
        b"BM" + bytes(60),
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(40),
        b"<html><script>alert(1)</script></html>",
        b"MZ" + bytes(100),
        b"RIFF\x00\x00\x00\x00AVI ",
    ],
)
def test_other_files_are_refused_whatever_they_are_called(content: bytes) -> None:
    assert _code(content) == "picture.type"


def test_a_renamed_head_without_a_picture_is_refused() -> None:
    assert _code(b"\x89PNG\r\n\x1a\n" + MARKER) == "picture.broken"
    assert _code(b"\xff\xd8\xff\xe0" + MARKER * 20) == "picture.broken"


def test_a_cut_off_picture_is_refused() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = BytesIO()
        noise = random.Random(1).randbytes(120 * 120 * 3)  # noqa: S311 - noise
        Image.frombytes("RGB", (120, 120), noise).save(whole, format=kind)
        assert _code(whole.getvalue()[: len(whole.getvalue()) // 2]) == "picture.broken"


@pytest.mark.parametrize("side", [6_000, 10_000, 60_000])
def test_a_bomb_of_pixels_is_refused_by_its_header(side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    assert _code(bomb + chunk(b"IEND", b"")) == "picture.pixels"


def test_a_moving_picture_is_refused() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, format="WEBP", save_all=True, append_images=frames[1:])
    assert _code(out.getvalue()) == "picture.animated"


def test_any_mutation_gives_a_picture_or_a_refusal() -> None:
    chance = random.Random(7)  # noqa: S311 - the same faults each run
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = bytearray(_encoded(kind, (30, 30)))
        for _ in range(300):
            broken = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                broken[chance.randrange(12, len(broken))] = chance.randrange(256)
            try:
                assert redraw(bytes(broken)).width > 0
            except Invalid:
                continue
