"""The columns of a workbook of questions, and the words in its cells."""

from dataclasses import dataclass

from elearn.kernel.text import fold

LETTERS = "ABCDEFGHIJ"
GUIDE, EXAMPLES, SHEET = "Hướng dẫn", "Ví dụ", "Câu hỏi"

TYPES = {
    "single_choice": "Một đáp án",
    "multiple_choice": "Nhiều đáp án",
    "true_false": "Đúng sai",
    "matching": "Ghép đôi",
    "ordering": "Sắp xếp",
    "short_text": "Trả lời ngắn",
    "numeric": "Số",
    "cloze": "Điền chỗ trống",
    "essay": "Tự luận",
}
LEVELS = {"RECALL": "NB", "UNDERSTAND": "TH", "APPLY": "VD", "APPLY_HIGH": "VDC"}
AREAS = (
    "PAR_INSTITUTIONS", "PAR_PROCEDURES", "PAR_APPARATUS", "PAR_CIVIL_SERVICE",
    "PAR_PUBLIC_FINANCE", "PAR_DIGITAL_GOV",
)  # fmt: skip
SCORINGS = {"all_or_nothing": "Đúng hết", "partial": "Từng phần"}
MATCHES = {"folded": "Bỏ qua dấu", "exact": "Chính xác"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its title, how to fill it, other titles that people use."""

    key: str
    title: str
    help: str
    others: tuple[str, ...] = ()
    width: int = 14


_OPTION = "Phương án {}; với câu ghép đôi ghi “trái => phải”, phần nhiễu ghi “=> phải”"
_STEM = (
    "Nội dung câu hỏi; xuống dòng trong ô: Alt+Enter. Câu điền chỗ trống ghi {{1}}, {{2}}… "
    "và mỗi chỗ trống một cột phương án: các cách viết cách nhau bằng |, hoặc các lựa chọn với "
    "dấu * trước cái đúng"
)
_KEY = (
    "Chữ hoặc số của phương án: C; A,C. Đúng hoặc Sai. Một số. Trả lời ngắn: các cách viết cách "
    "nhau bằng |"
)


def _option(letter: str) -> Column:
    others = (f"lua chon {letter}", letter, f"dap an {letter}", f"option {letter}")
    title = f"Phương án {letter}"
    return Column(f"option {letter}", title, _OPTION.format(letter), others, 24)


def _feedback(letter: str) -> Column:
    return Column(f"feedback {letter}", f"Nhận xét {letter}", f"Hiện khi chọn {letter}", (), 18)


COLUMNS: tuple[Column, ...] = (
    Column("id", "Mã", "Để trống: hệ thống tự đặt mã", ("ma cau hoi",)),
    Column(
        "type", "Loại", "Chọn trong danh sách; để trống: đoán theo đáp án", ("loai cau hoi",), 16
    ),
    Column("level", "Mức độ", "NB, TH, VD hoặc VDC", ("muc do nhan thuc",), 9),
    Column("lesson", "Bài học", "Mã bài học", ("bai",), 16),
    Column("stem", "Câu hỏi", _STEM, ("noi dung", "noi dung cau hoi", "question", "de bai"), 50),
    *(_option(letter) for letter in LETTERS),
    Column("key", "Đáp án đúng", _KEY, ("dap an", "answer", "dap an chinh xac"), 16),
    Column(
        "explanation",
        "Giải thích",
        "Vì sao đúng; cần có trước khi xuất bản",
        ("loi giai", "huong dan", "feedback"),
        40,
    ),
    Column("area", "Lĩnh vực", "Một trong sáu lĩnh vực CCHC, hoặc để trống", (), 20),
    Column("skills", "Kỹ năng", "S1…S8, cách nhau bằng dấu phẩy", (), 10),
    Column("facts", "Dữ kiện", "Mã dữ kiện, cách nhau bằng dấu phẩy", ("ma du kien",), 12),
    Column("citations", "Viện dẫn", "Mã văn bản: 76-NQ-CP-2021:D1", ("van ban vien dan",), 22),
    Column("points", "Điểm", "Để trống là 1", ("diem so",), 8),
    Column("scoring", "Cách chấm", "Câu nhiều đáp án: Đúng hết hoặc Từng phần", (), 12),
    Column("match", "So đáp án", "Câu trả lời ngắn: Bỏ qua dấu hoặc Chính xác", (), 12),
    Column("tolerance", "Sai số", "Câu hỏi số: sai số cho phép", (), 9),
    Column("unit", "Đơn vị", "Câu hỏi số: đơn vị đo", (), 9),
    Column("min_words", "Số từ tối thiểu", "Câu tự luận", (), 10),
    *(_feedback(letter) for letter in LETTERS),
)
# «Chủ đề» stands in workbooks that people have; it says nothing that we keep.
IGNORED = frozenset({"stt", "tt", "chu de", "ghi chu", "nguoi soan", "so thu tu"})
KEYS: dict[str, str] = {
    fold(name): column.key
    for column in COLUMNS
    for name in (column.title, column.key, *column.others)
}
