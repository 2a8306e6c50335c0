"""PDF pages: embedded Vietnamese fonts, wrapped text, QR codes, bytes that depend on nothing else.

The same calls give the same bytes: no clock, no random identifier, no compression of objects whose
order could vary. Fonts are static TrueType files in ``fonts/``; they are parsed once per process.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from elearn.kernel.clock import LOCAL_ZONE

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD, ITALIC, BOLD_ITALIC = (
    "Tinos-Regular",
    "Tinos-Bold",
    "Tinos-Italic",
    "Tinos-BoldItalic",
)
MM = 72 / 25.4

# Streams as bytes instead of ASCII base 85: a fifth smaller, and quicker to write.
rl_config.useA85 = 0


@dataclass(frozen=True, slots=True)
class Info:
    """What a PDF says of itself; ``at`` is its date of making."""

    title: str
    author: str
    subject: str
    keywords: str
    at: datetime


@cache
def register_fonts() -> None:
    """Make the fonts known to ReportLab, once per process."""
    for name, file in (
        (REGULAR, "Tinos-Regular.ttf"),
        (BOLD, "Tinos-Bold.ttf"),
        (ITALIC, "Tinos-Italic.ttf"),
        (BOLD_ITALIC, "Tinos-BoldItalic.ttf"),
    ):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))


def new_canvas(target: BytesIO, size: tuple[float, float], info: Info) -> Canvas:
    """Return an empty Vietnamese document that ``canvas.save()`` writes to ``target``."""
    register_fonts()
    canvas = Canvas(
        target,
        pagesize=size,
        invariant=True,
        pageCompression=1,
        lang="vi-VN",
        initialFontName=REGULAR,  # type: ignore[arg-type]  # the stubs take names for numbers
        pdfVersion=(1, 7),
    )
    canvas.setTitle(info.title)
    canvas.setAuthor(info.author)
    canvas.setSubject(info.subject)
    canvas.setKeywords(info.keywords)
    canvas.setCreator("elearn")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    stamp = info.at.astimezone(LOCAL_ZONE).strftime("D:%Y%m%d%H%M%S+07'00'")
    canvas.setDateFormatter(lambda *_now: stamp)
    return canvas


def width_of(text: str, font: str, size: float) -> float:
    """Return how wide ``text`` is in points."""
    register_fonts()
    return pdfmetrics.stringWidth(text, font, size)


def _broken(word: str, font: str, size: float, width: float) -> list[str]:
    """Return ``word`` in pieces none of which is wider than ``width``."""
    pieces, piece = [], ""
    for char in word:
        if piece and width_of(piece + char, font, size) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Return ``text`` in lines of at most ``width`` points; a word too long is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width_of(joined, font, size) <= width:
            line = joined
            continue
        *full, rest = _broken(word, font, size, width)
        lines += [line] if line else []
        lines += full
        line = rest
    return [*lines, line] if line else lines


def balanced(text: str, font: str, size: float, width: float) -> list[str]:
    """Return the lines of ``wrap``, no more of them, but as even in length as they can be."""
    lines = wrap(text, font, size, width)
    narrow, wide = width / 2, width
    while len(lines) > 1 and wide - narrow > 2:
        middle = (narrow + wide) / 2
        if len(wrap(text, font, size, middle)) <= len(lines):
            wide = middle
        else:
            narrow = middle
    return wrap(text, font, size, wide)


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Return (start, length) of each stretch of dark modules."""
    runs: list[tuple[int, int]] = []
    start = None
    for column, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            runs.append((start, column - start))
            start = None
    return runs


def qr_matrix(content: str) -> tuple[bytearray, ...]:
    """Return the rows of dark (1) and light (0) modules that say ``content``.

    The mask is fixed: readers take any, and judging all eight takes three times as long.
    """
    return segno.make(content, micro=False, error="l", mask=0, boost_error=True).matrix


def draw_qr(canvas: Canvas, content: str, x: float, y: float, side: float) -> None:
    """Draw ``content`` as a QR code, quiet zone included, with its lower left corner at (x, y).

    All modules are one path in units of one module.
    """
    matrix = qr_matrix(content)
    module = side / (len(matrix) + 8)
    canvas.saveState()
    canvas.setFillGray(1)
    canvas.rect(x, y, side, side, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.translate(x + 4 * module, y + side - 4 * module)
    canvas.scale(module, -module)
    for top, row in enumerate(matrix):
        for left, length in _runs(row):
            canvas.addLiteral(f"{left} {top} {length} 1 re")
    canvas.addLiteral("f")
    canvas.restoreState()
