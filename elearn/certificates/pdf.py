"""The page of a certificate: A4 landscape, drawn from the snapshot and nothing else.

The layout follows the header, place-date and signer block of Decree 30/2020 Annex I. It carries no
picture of a seal or a signature: the file is handed over unsigned to be signed officially.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from io import BytesIO

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from elearn.certificates.serial import grouped
from elearn.certificates.snapshot import MODE_WORDS, Snapshot, duration, long_day, short_day
from elearn.infra.pdf import (
    BOLD,
    BOLD_ITALIC,
    ITALIC,
    MM,
    REGULAR,
    Info,
    balanced,
    draw_qr,
    new_canvas,
    width_of,
    wrap,
)

WIDTH, HEIGHT = landscape(A4)
INK, RED, GOLD, PALE = (HexColor(code) for code in ("#1a1a1a", "#9d1c20", "#b58b3a", "#f6ecd9"))
QR_SIDE = 41 * MM
MARGIN = 17 * MM
BODY_WIDTH = WIDTH - 2 * 30 * MM
BODY_TOP, BODY_BOTTOM = HEIGHT - 41 * MM, 61 * MM
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A snapshot with what only the register can give it."""

    snapshot: Snapshot
    serial: str
    code: str
    site: str
    qr_content: str


@dataclass(frozen=True, slots=True)
class _Block:
    """Centred lines of one kind, ``before`` points below the block above."""

    text: str
    font: str
    size: float
    before: float
    colour: Color = INK


def render(sheet: Sheet) -> bytes:
    """Return the PDF of ``sheet``; the same sheet gives the same bytes."""
    target = BytesIO()
    canvas = new_canvas(target, (WIDTH, HEIGHT), _info(sheet))
    _draw_frame(canvas)
    _draw_header(canvas, sheet.snapshot)
    _draw_body(canvas, _body(sheet.snapshot))
    _draw_signer(canvas, sheet.snapshot)
    _draw_proof(canvas, sheet)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _info(sheet: Sheet) -> Info:
    snapshot = sheet.snapshot
    # The start of the local day, so that the date does not hang on the second of drawing.
    at = datetime.combine(snapshot.issued_on, time.min, tzinfo=UTC) - timedelta(hours=7)
    return Info(
        title=f"{snapshot.title} {sheet.serial}: {snapshot.full_name}",
        author=snapshot.issuer,
        subject=snapshot.programme_title,
        keywords=f"{sheet.serial}, {sheet.code}",
        at=at,
    )


@cache
def _drum() -> str:
    """Return the path of the star and rings of a bronze drum around the origin."""
    operators = []
    for ray in range(28):
        radius = 46 if ray % 2 == 0 else 17
        angle = math.pi / 2 + ray * math.pi / 14
        command = "l" if ray else "m"
        operators.append(f"{radius * math.cos(angle):.2f} {radius * math.sin(angle):.2f} {command}")
    operators.append("h f")
    for radius in (54, 58, 78, 82, 86, 112, 116, 142, 147):
        bend = radius * 0.5523
        r, b = f"{radius}", f"{bend:.2f}"
        operators.append(
            f"{r} 0 m {r} {b} {b} {r} 0 {r} c -{b} {r} -{r} {b} -{r} 0 c "
            f"-{r} -{b} -{b} -{r} 0 -{r} c {b} -{r} {r} -{b} {r} 0 c S"
        )
    for step in range(72):
        angle = step * math.pi / 36
        x, y = math.cos(angle), math.sin(angle)
        operators.append(f"{88 * x:.2f} {88 * y:.2f} m {110 * x:.2f} {110 * y:.2f} l S")
    for step in range(120):
        angle = step * math.pi / 60
        x, y = math.cos(angle), math.sin(angle)
        operators.append(f"{118 * x:.2f} {118 * y:.2f} m {123 * x:.2f} {123 * y:.2f} l S")
    return " ".join(operators)


def _draw_frame(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2 - 4 * MM)
    canvas.setStrokeColor(PALE)
    canvas.setFillColor(PALE)
    canvas.setLineWidth(1.1)
    canvas.addLiteral(_drum())
    canvas.restoreState()
    canvas.setStrokeColor(RED)
    canvas.setLineWidth(2)
    canvas.rect(8 * MM, 8 * MM, WIDTH - 16 * MM, HEIGHT - 16 * MM)
    canvas.setStrokeColor(GOLD)
    canvas.setLineWidth(0.7)
    inset, notch = 10 * MM, 7 * MM
    left, bottom, right, top = inset, inset, WIDTH - inset, HEIGHT - inset
    path = canvas.beginPath()
    # An inner line with corners drawn in, as printed certificates have them.
    path.moveTo(left + notch, bottom)
    for x, y in (
        (right - notch, bottom),
        (right - notch, bottom + notch),
        (right, bottom + notch),
        (right, top - notch),
        (right - notch, top - notch),
        (right - notch, top),
        (left + notch, top),
        (left + notch, top - notch),
        (left, top - notch),
        (left, bottom + notch),
        (left + notch, bottom + notch),
    ):
        path.lineTo(x, y)
    path.close()
    canvas.drawPath(path)
    side = notch - 2.4 * MM
    for x in (left + 1.2 * MM, right - 1.2 * MM - side):
        for y in (bottom + 1.2 * MM, top - 1.2 * MM - side):
            canvas.rect(x, y, side, side)


def _centred(
    canvas: Canvas, lines: list[str], font: str, size: float, place: tuple[float, float]
) -> float:
    """Draw ``lines`` centred on place x from baseline y downwards; return the last baseline."""
    x, y = place
    canvas.setFont(font, size)
    for number, line in enumerate(lines):
        y = place[1] - number * size * 1.25
        canvas.drawCentredString(x, y, line)
    return y


def _rule(canvas: Canvas, x: float, y: float, length: float) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.8)
    canvas.line(x - length / 2, y, x + length / 2, y)


def _draw_header(canvas: Canvas, snapshot: Snapshot) -> None:
    top = HEIGHT - 21 * MM
    half = (WIDTH - 2 * MARGIN) / 2
    right = MARGIN + 1.5 * half
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 13)
    canvas.drawCentredString(right, top, NATION)
    canvas.setFont(BOLD, 14)
    canvas.drawCentredString(right, top - 17, MOTTO)
    _rule(canvas, right, top - 22, width_of(MOTTO, BOLD, 14))
    left, y, room = MARGIN + half / 2, top, half - 8 * MM
    if snapshot.superior:
        lines = balanced(snapshot.superior.upper(), REGULAR, 12, room)[:2]
        y = _centred(canvas, lines, REGULAR, 12, (left, y)) - 15
    issuer = balanced(snapshot.issuer.upper(), BOLD, 12.5, room)
    size = 12.5 if len(issuer) < 3 else 9.5
    lines = balanced(snapshot.issuer.upper(), BOLD, size, room)
    y = _centred(canvas, lines, BOLD, size, (left, y))
    _rule(canvas, left, y - 6, min(width_of(lines[0], BOLD, size), room) * 0.4)


def _facts(snapshot: Snapshot) -> str:
    facts = [f"Hình thức: {MODE_WORDS[snapshot.mode]}"]
    if snapshot.minutes:
        facts.append(f"Thời lượng: {duration(snapshot.minutes)}")
    facts.append(f"Kết quả: {snapshot.result}")
    facts.append(f"Hoàn thành ngày: {short_day(snapshot.completed_on)}")
    if snapshot.expires_on is not None:
        last = snapshot.expires_on - timedelta(days=1)
        facts.append(f"Có giá trị đến hết ngày: {short_day(last)}")
    return "   •   ".join(facts)


def _body(snapshot: Snapshot) -> list[_Block]:
    blocks = [
        _Block(snapshot.title.upper(), BOLD, 31, 0, RED),
        _Block("Chứng nhận", ITALIC, 15, 11),
        _Block(snapshot.full_name, BOLD, 28, 7),
    ]
    if snapshot.birth_date is not None:
        blocks.append(_Block(f"Ngày sinh: {short_day(snapshot.birth_date)}", REGULAR, 14, 6))
    if snapshot.unit_name:
        blocks.append(_Block(f"Đơn vị công tác: {snapshot.unit_name}", REGULAR, 14, 3))
    blocks.append(_Block("đã hoàn thành chương trình", ITALIC, 15, 9))
    blocks.append(_Block(snapshot.programme_title, BOLD, 17, 6))
    blocks.append(_Block(_facts(snapshot), REGULAR, 13, 9))
    if snapshot.legal_basis:
        blocks.append(_Block(f"Căn cứ: {snapshot.legal_basis}", ITALIC, 12, 5))
    return blocks


def _laid_out(blocks: list[_Block], scale: float) -> tuple[list[tuple[_Block, list[str]]], float]:
    """Return the wrapped blocks at ``scale`` and their height in points."""
    placed, height = [], 0.0
    for block in blocks:
        size = block.size * scale
        lines = wrap(block.text, block.font, size, BODY_WIDTH)
        placed.append((block, lines))
        height += block.before * scale + len(lines) * size * 1.22
    return placed, height


def _draw_body(canvas: Canvas, blocks: list[_Block]) -> None:
    """Draw ``blocks`` in the middle of the page, as large as they fit."""
    room = BODY_TOP - BODY_BOTTOM
    scale = 1.0
    placed, height = _laid_out(blocks, scale)
    while height > room:
        scale *= 0.96
        placed, height = _laid_out(blocks, scale)
    y = BODY_TOP - min((room - height) / 2, 14 * MM)
    for block, rough in placed:
        size = block.size * scale
        lines = rough
        if len(rough) > 1:
            lines = balanced(block.text, block.font, size, BODY_WIDTH)
        y -= block.before * scale + size
        canvas.setFillColor(block.colour)
        y = _centred(canvas, lines, block.font, size, (WIDTH / 2, y)) - size * 0.22


def _draw_signer(canvas: Canvas, snapshot: Snapshot) -> None:
    x, y, room = WIDTH - MARGIN - 52 * MM, 55 * MM, 100 * MM
    day = long_day(snapshot.issued_on)
    where = f"{snapshot.place}, {day}" if snapshot.place else day.capitalize()
    canvas.setFillColor(INK)
    canvas.setFont(ITALIC, 13.5)
    canvas.drawCentredString(x, y, where)
    y -= 18
    for part in snapshot.signer_title.upper().splitlines():
        lines = balanced(part, BOLD, 13, room)
        y = _centred(canvas, lines, BOLD, 13, (x, y)) - 16
    if snapshot.signer_name:
        lines = balanced(snapshot.signer_name, BOLD, 13.5, room)
        _centred(canvas, lines, BOLD, 13.5, (x, 21 * MM + (len(lines) - 1) * 17))


def _draw_proof(canvas: Canvas, sheet: Sheet) -> None:
    x, y = 18.5 * MM, 16.5 * MM
    draw_qr(canvas, sheet.qr_content, x, y, QR_SIDE)
    # The link makes the signed content readable without decoding the picture.
    canvas.linkURL(sheet.qr_content, (x, y, x + QR_SIDE, y + QR_SIDE))
    left, line = x + QR_SIDE + 3 * MM, y + QR_SIDE - 9 * MM
    room = 84 * MM
    canvas.setFillColor(INK)
    for text, font, size in (
        (f"Số hiệu: {sheet.serial}", BOLD, 12),
        ("Quét mã QR để xác minh, hoặc mở địa chỉ", REGULAR, 10),
        (f"{sheet.site}/verify", BOLD, 10),
        ("và nhập mã:", REGULAR, 10),
        (grouped(sheet.code), BOLD_ITALIC, 10),
    ):
        canvas.setFont(font, size)
        for part in wrap(text, font, size, room):
            canvas.drawString(left, line, part)
            line -= size * 1.35
