"""A certificate beside a bare ReportLab page with the same fonts and a QR drawn from a matrix."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from elearn.certificates import pdf
from elearn.certificates.pdf import Sheet
from elearn.certificates.snapshot import Mode, Snapshot
from elearn.infra.pdf import BOLD, BOLD_ITALIC, ITALIC, REGULAR, draw_qr, register_fonts

ROUNDS, BATCH = 7, 20
QR = "https://elearn.example/verify/" + "a" * 22 + "#" + "b" * 420
LINES = ("Cộng hòa xã hội chủ nghĩa Việt Nam", "GIẤY CHỨNG NHẬN HOÀN THÀNH", "Lò Thị Mẫu Hảo")
SNAPSHOT = Snapshot(
    title="Giấy chứng nhận hoàn thành", issuer="Sở Nội vụ tỉnh Sơn La", superior="UBND tỉnh Sơn La",
    place="Sơn La", full_name="Lò Thị Mẫu Hảo", birth_date=date(1988, 4, 12),
    unit_name="Ủy ban nhân dân xã Mường Mẫu 01", programme_title="Tăng cường năng lực đội ngũ",
    mode=Mode.ONLINE, minutes=70, completed_on=date(2026, 11, 22), expires_on=None, result="Đạt",
    legal_basis="Quyết định số 227/QĐ-UBND ngày 02/02/2021", signer_title="GIÁM ĐỐC",
    signer_name="Trần Văn Mẫu Chính", issued_on=date(2026, 11, 22),
)  # fmt: skip


def bare_page(number: int) -> bytes:
    """Return the plainest page with our four fonts and the same QR, drawn from its matrix."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=(842, 595))
    for row, font in enumerate((REGULAR, BOLD, ITALIC, BOLD_ITALIC)):
        canvas.setFont(font, 16)
        for column, line in enumerate(LINES):
            canvas.drawString(60, 500 - 60 * row - 18 * column, f"{line} {number}")
    draw_qr(canvas, QR, 600, 60, 120)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def certificate(number: int) -> bytes:
    """Return a whole certificate."""
    serial = f"GCN-2026-{number:05d}"
    return pdf.render(Sheet(SNAPSHOT, serial, "a" * 22, "elearn.example", QR))


def _milliseconds(draw: Callable[[int], bytes]) -> float:
    begin = time.perf_counter()
    for number in range(BATCH):
        draw(number)
    return 1000 * (time.perf_counter() - begin) / BATCH


def measure() -> dict[str, object]:
    """Draw both in alternation and return the medians."""
    register_fonts()
    figures: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        figures["ours"].append(_milliseconds(certificate))
        figures["bare"].append(_milliseconds(bare_page))
    ours, bare = (statistics.median(figures[name]) for name in ("ours", "bare"))
    return {
        "certificate PDF in ms (median)": round(ours, 1),
        "bare ReportLab page, the same fonts and QR, in ms": round(bare, 1),
        "certificate ratio (at most 1.5)": round(ours / bare, 2),
    }
