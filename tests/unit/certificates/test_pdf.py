"""The page of a certificate: every letter, nothing overflows, the same bytes each time."""

import io
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4

from elearn.certificates.pdf import Sheet, render
from elearn.certificates.snapshot import Mode, Snapshot, duration, long_day
from elearn.infra.pdf import balanced, qr_matrix, width_of, wrap

SNAPSHOT = Snapshot(
    title="Giấy chứng nhận hoàn thành",
    issuer="Sở Nội vụ tỉnh Thử",
    superior=None,
    place="Thử",
    full_name="Lò Thử Ánh",
    birth_date=date(1990, 2, 3),
    unit_name="Phòng Mẫu, Sở Mẫu",
    programme_title="Tăng cường năng lực cải cách hành chính",
    mode=Mode.ONLINE,
    minutes=65,
    completed_on=date(2025, 3, 14),
    expires_on=None,
    result="Đạt",
    legal_basis="Quyết định số 227/QĐ-UBND ngày 02/02/2021 của Ủy ban nhân dân tỉnh Thử",
    signer_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
    signer_name="Trần Thử Nghiệm",
    issued_on=date(2026, 1, 5),
)
QR = "https://hoc.example/verify/7KQM42XR9TABCDEFGHJK0123ZY#" + "eyJ2IjoxfQ" * 90 + "." + "A" * 86
SHEET = Sheet(SNAPSHOT, "GCN-2026-00042", "7KQM42XR9TABCDEFGHJK0123ZY", "https://hoc.example", QR)
EXTREME = replace(
    SNAPSHOT,
    full_name=("Nguyễn Phước Thị Kim " * 6)[:120].strip(),
    unit_name=("Trung tâm Phục vụ hành chính công xã Mẫu " * 5)[:200].strip(),
    programme_title="Bồi dưỡng kiến thức, kỹ năng cải cách hành chính cho công chức " * 9,
    issuer="Trường Chính trị và Trung tâm Bồi dưỡng cán bộ, công chức, viên chức của tỉnh Thử",
    superior="Ủy ban nhân dân tỉnh Thử",
    title="Giấy chứng nhận hoàn thành chương trình bồi dưỡng trực tuyến",
    signer_name="Công Tằng Tôn Nữ Thử Nghiệm Thị Minh Nguyệt Ánh Hồng",
    expires_on=date(2028, 1, 1),
)
UNBROKEN = replace(SNAPSHOT, full_name="Ấ" * 120, unit_name="Ự" * 200, programme_title="Ễ" * 600)
LETTERS = sorted(
    {
        letter
        for base in "aăâeêioôơuưy"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
        for letter in (
            unicodedata.normalize("NFC", base + tone),
            unicodedata.normalize("NFC", base + tone).upper(),
        )
        if ord(letter) > 127
    }
    | {"đ", "Đ"}
)


@dataclass(frozen=True)
class Line:
    """A drawn line of text: where it starts, how wide and how high it is."""

    text: str
    x: float
    y: float
    width: float
    size: float


def reader_of(sheet: Sheet) -> PdfReader:
    return PdfReader(io.BytesIO(render(sheet)))


def lines_of(sheet: Sheet) -> list[Line]:
    lines: list[Line] = []

    def visit(text: str, _cm: Any, tm: list[float], font: Any, size: float) -> None:
        words = text.strip()
        if words:
            name = str(font["/BaseFont"]).split("+", 1)[1]
            lines.append(Line(words, tm[4], tm[5], width_of(words, name, size), size))

    reader_of(sheet).pages[0].extract_text(visitor_text=visit)
    return lines


def text_of(sheet: Sheet) -> str:
    return re.sub(r"\s+", " ", reader_of(sheet).pages[0].extract_text())


def test_there_are_134_accented_letters() -> None:
    assert len(LETTERS) == 134


def test_every_vietnamese_letter_comes_out_of_the_text() -> None:
    words = " ".join("".join(LETTERS[start : start + 20]) for start in range(0, len(LETTERS), 20))
    text = text_of(replace(SHEET, snapshot=replace(SNAPSHOT, programme_title=words)))
    assert [letter for letter in LETTERS if letter not in text] == []
    assert unicodedata.is_normalized("NFC", text)


def test_the_page_says_what_the_snapshot_says() -> None:
    text = text_of(SHEET)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ NỘI VỤ TỈNH THỬ",
        "GIẤY CHỨNG NHẬN HOÀN THÀNH",
        "Lò Thử Ánh",
        "Ngày sinh: 03/02/1990",
        "Đơn vị công tác: Phòng Mẫu, Sở Mẫu",
        "Tăng cường năng lực cải cách hành chính",
        "Hình thức: trực tuyến • Thời lượng: 1 giờ 05 phút • Kết quả: Đạt",
        "Hoàn thành ngày: 14/03/2025",
        "Căn cứ: Quyết định số 227/QĐ-UBND ngày 02/02/2021",
        "Thử, ngày 05 tháng 01 năm 2026",
        "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC",
        "Trần Thử Nghiệm",
        "Số hiệu: GCN-2026-00042",
        "https://hoc.example/verify",
        "7KQM4-2XR9T-ABCDE-FGHJK-0123ZY",
    ):
        assert words in text


def test_the_last_day_of_validity_is_printed() -> None:
    sheet = replace(SHEET, snapshot=replace(SNAPSHOT, expires_on=date(2028, 1, 1)))
    assert "Có giá trị đến hết ngày: 31/12/2027" in text_of(sheet)


@pytest.mark.parametrize("snapshot", [SNAPSHOT, EXTREME, UNBROKEN])
def test_no_line_leaves_the_frame_or_touches_another(snapshot: Snapshot) -> None:
    lines = lines_of(replace(SHEET, snapshot=snapshot))
    height, width = A4
    for line in lines:
        assert line.x >= 48, line
        assert line.x + line.width <= width - 48, line
        assert 40 <= line.y <= height - 40, line
    for number, one in enumerate(lines):
        for other in lines[number + 1 :]:
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart = abs(one.y - other.y) >= 0.9 * min(one.size, other.size)
            assert beside or apart, (one, other)


@pytest.mark.parametrize("snapshot", [EXTREME, UNBROKEN])
def test_nothing_is_left_out_of_a_full_page(snapshot: Snapshot) -> None:
    drawn = re.sub(r"\s", "", text_of(replace(SHEET, snapshot=snapshot)))
    for text in (snapshot.full_name, snapshot.unit_name or "", snapshot.programme_title):
        assert re.sub(r"\s", "", text) in drawn


def test_the_same_sheet_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from tests.unit.certificates.test_pdf import SHEET, render; "
        "print(hashlib.sha256(render(SHEET)).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(hashes) == 1
    assert render(SHEET) == render(SHEET)


def test_the_file_describes_itself() -> None:
    reader = reader_of(SHEET)
    assert reader.metadata is not None
    assert reader.metadata.title == "Giấy chứng nhận hoàn thành GCN-2026-00042: Lò Thử Ánh"
    assert reader.metadata.author == "Sở Nội vụ tỉnh Thử"
    assert reader.metadata["/CreationDate"] == "D:20260105000000+07'00'"
    assert reader.root_object["/Lang"] == "vi-VN"
    assert len(reader.pages) == 1


def test_fonts_are_embedded_and_no_picture_is_pasted() -> None:
    resources = reader_of(SHEET).pages[0]["/Resources"]
    names = set()
    for reference in resources["/Font"].values():
        font = reference.get_object()
        names.add(str(font["/BaseFont"]).split("+", 1)[-1])
        assert "/FontFile2" in font["/FontDescriptor"]
    assert names == {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}
    assert resources.get("/XObject", {}) == {}


def test_the_drawn_code_is_the_signed_content() -> None:
    page = reader_of(SHEET).pages[0]
    stream = page.get_contents().get_data().decode("latin-1")
    matrix = qr_matrix(QR)
    drawn = [[0] * len(matrix) for _ in matrix]
    for left, top, length in re.findall(r"^(\d+) (\d+) (\d+) 1 re$", stream, re.MULTILINE):
        drawn[int(top)][int(left) : int(left) + int(length)] = [1] * int(length)
    assert drawn == [[int(dark) for dark in row] for row in matrix]
    assert [note.get_object()["/A"]["/URI"] for note in page["/Annots"]] == [QR]


def test_lines_are_as_even_as_they_can_be() -> None:
    text = "một hai ba bốn năm sáu bảy tám chín mười"
    rough, even = wrap(text, "Tinos-Regular", 12, 190), balanced(text, "Tinos-Regular", 12, 190)
    assert len(rough) == len(even) == 2
    spread = [
        abs(width_of(a, "Tinos-Regular", 12) - width_of(b, "Tinos-Regular", 12))
        for a, b in (rough, even)
    ]
    assert spread[1] < spread[0]


def test_times_are_written_as_people_write_them() -> None:
    assert [duration(minutes) for minutes in (45, 60, 65, 150)] == [
        "45 phút", "1 giờ", "1 giờ 05 phút", "2 giờ 30 phút",
    ]  # fmt: skip
    assert long_day(date(2026, 2, 9)) == "ngày 09 tháng 02 năm 2026"
    assert long_day(date(2026, 3, 10)) == "ngày 10 tháng 3 năm 2026"
