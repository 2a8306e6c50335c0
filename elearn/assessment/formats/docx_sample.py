"""The Word document that shows trainers how to write questions; it is itself imported whole."""

import io

import docx
from docx.shared import Pt

_LINES = (
    "Mẫu soạn câu hỏi",
    "Viết như dưới đây rồi nhập ở mục Biên soạn, Nhập câu hỏi. Phần trên Câu 1 không được nhập.",
    "",
    "Câu 1 (NB): Chương trình tổng thể cải cách hành chính 2021-2030 ban hành bằng văn bản nào?",
    "A. Nghị quyết 30c/NQ-CP",
    "B. Nghị quyết 76/NQ-CP",
    "C. Quyết định 136/2001/QĐ-TTg",
    "D. Nghị quyết 15-NQ/TW",
    "Đáp án: B",
    "Giải thích: Nghị quyết 76/NQ-CP ngày 15/7/2021 của Chính phủ.",
    "",
    "Câu 2 (TH): Những nội dung nào thuộc cải cách hành chính?",
    "A. Cải cách thể chế\tB. Cải cách ruộng đất",
    "C. Cải cách tài chính công\tD. Cải cách bầu cử",
    "Đáp án: A, C",
    "Cách chấm: từng phần",
    "",
    "Câu 3: Cải cách hành chính giai đoạn 2021-2030 có sáu nội dung.",
    "Đáp án: Đúng",
    "",
    "Câu 4 (VD): Tỷ lệ hài lòng chung năm 2022 là bao nhiêu phần trăm?",
    "Đáp án: 80,08",
    "Sai số: 0,01",
    "Đơn vị: %",
    "",
    "Câu 5: Cơ quan nào theo dõi việc thực hiện Chương trình tổng thể?",
    "Đáp án: Bộ Nội vụ | BNV",
)
_UNDERLINED = "Câu 6: Đáp án cũng có thể gạch chân, in đậm hoặc tô màu, như phương án dưới đây:"
_OPTIONS = ("A. Phương án sai", "B. Phương án đúng, chữ B được gạch chân", "C. Phương án sai")


def sample() -> bytes:
    """Return the document."""
    document = docx.Document()
    font = document.styles["Normal"].font
    font.name, font.size = "Times New Roman", Pt(13)
    for line in _LINES:
        run = document.add_paragraph().add_run(line)
        run.bold = line == _LINES[0]
    document.add_paragraph(_UNDERLINED)
    for line in _OPTIONS:
        paragraph = document.add_paragraph()
        paragraph.add_run(line[0]).underline = line.startswith("B")
        paragraph.add_run(line[1:])
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
