"""Plain text in every layout that trainers use: what is read, and what is told."""

import unicodedata
from typing import Any

import pytest

from elearn.assessment.formats import text_format
from elearn.assessment.formats.checking import check_all
from elearn.assessment.formats.neutral import Defaults, Entry


def read(text: str, encoding: str = "utf-8") -> list[Entry]:
    """Return the questions of a text; there must be nothing wrong with it."""
    found = check_all(text_format.read(text.encode(encoding)), "m1", Defaults())
    assert [trouble.text() for trouble in found.errors] == []
    return [checked.entry for checked in found.questions]


def errors(text: str) -> list[tuple[int | None, str | None, str]]:
    """Return line, question and code of what is wrong."""
    found = check_all(text_format.read(text.encode()), "m1", Defaults())
    return [(each.line, each.question, each.code) for each in found.errors]


def brief(entry: Entry) -> tuple[str, Any]:
    """Return the stem, and the options with a * before the right ones or the answer."""
    if "options" in entry:
        marks = ("*" if option["correct"] else "" for option in entry["options"])
        texts = (option["text"] for option in entry["options"])
        return entry["stem"], [mark + text for mark, text in zip(marks, texts, strict=True)]
    return entry["stem"], entry.get("answers", entry.get("answer"))


TWO = [
    ("Cơ quan nào ban hành Nghị quyết 76?", ["Quốc hội", "*Chính phủ", "Bộ Nội vụ", "Tỉnh ủy"]),
    ("Có mấy nội dung cải cách?", ["Bốn", "Năm", "*Sáu", "Bảy"]),
]
ONE_A_LINE = """Câu 1: Cơ quan nào ban hành Nghị quyết 76?
A. Quốc hội
B. Chính phủ
C. Bộ Nội vụ
D. Tỉnh ủy
Đáp án: B
Câu 2: Có mấy nội dung cải cách?
A. Bốn
B. Năm
C. Sáu
D. Bảy
Đáp án: C
"""
LAYOUTS = {
    "one option a line": ONE_A_LINE,
    "Câu 1.": ONE_A_LINE.replace("Câu 1:", "Câu 1.").replace("Câu 2:", "Câu 2."),
    "Bài 1)": ONE_A_LINE.replace("Câu 1:", "Bài 1)").replace("Câu 2:", "Bài 2)"),
    "Question 1:": ONE_A_LINE.replace("Câu", "Question").replace("Đáp án", "Answer"),
    "1.": ONE_A_LINE.replace("Câu 1:", "1.").replace("Câu 2:", "2."),
    "label alone on its line": ONE_A_LINE.replace("Câu 1: ", "Câu 1:\n"),
    "A) and lower-case key": ONE_A_LINE.replace(". ", ") ").replace(": B", ": b"),
    "a. b. c. d.": ONE_A_LINE.replace("A.", "a.")
    .replace("B.", "b.")
    .replace("C.", "c.")
    .replace("D.", "d."),
    "no accents": ONE_A_LINE.replace("Câu", "Cau").replace("Đáp án", "Dap an"),
    "NFD": unicodedata.normalize("NFD", ONE_A_LINE),
    "non-breaking spaces": ONE_A_LINE.replace(" ", "\u00a0"),
    "CR LF and blank lines": ONE_A_LINE.replace("\n", "\r\n\r\n"),
    "several on a line, tabs": """Câu 1: Cơ quan nào ban hành Nghị quyết 76?
A. Quốc hội\tB. Chính phủ\tC. Bộ Nội vụ\tD. Tỉnh ủy
Đáp án: B
Câu 2: Có mấy nội dung cải cách?
A. Bốn    B. Năm
C. Sáu    D. Bảy
Đáp án: C
""",
    "several on a line, single spaces": """Câu 1: Cơ quan nào ban hành Nghị quyết 76?
A. Quốc hội B. Chính phủ C. Bộ Nội vụ D. Tỉnh ủy
Đáp án B
Câu 2: Có mấy nội dung cải cách? A. Bốn B. Năm C. Sáu D. Bảy
Chọn C
""",
    "star before the option": """Câu 1: Cơ quan nào ban hành Nghị quyết 76?
A. Quốc hội
*B. Chính phủ
C. Bộ Nội vụ
D. Tỉnh ủy
Câu 2: Có mấy nội dung cải cách?
A. Bốn   B. Năm   * C. Sáu   D. Bảy
""",
    "(đúng) after the option": """Câu 1: Cơ quan nào ban hành Nghị quyết 76?
A. Quốc hội
B. Chính phủ (đúng)
C. Bộ Nội vụ
D. Tỉnh ủy
Câu 2: Có mấy nội dung cải cách?
A. Bốn
B. Năm
C. Sáu [Đúng]
D. Bảy
""",
    "answer table 1-B": """BÀI KIỂM TRA
Họ và tên: ................ Đơn vị: ...............
PHẦN I. TRẮC NGHIỆM
Câu 1. Cơ quan nào ban hành Nghị quyết 76?
A. Quốc hội
B. Chính phủ
C. Bộ Nội vụ
D. Tỉnh ủy
Câu 2. Có mấy nội dung cải cách?
A. Bốn
B. Năm
C. Sáu
D. Bảy
----- HẾT -----
ĐÁP ÁN
1-B   2-C
""",
    "answer table 1b, without HẾT": ONE_A_LINE.replace("Đáp án: B\n", "").replace(
        "Đáp án: C\n", "BẢNG ĐÁP ÁN\n1b 2c\n"
    ),
    "answer table, a line each": ONE_A_LINE.replace("Đáp án: B\n", "").replace(
        "Đáp án: C\n", "HẾT\nCâu 1: B\nCâu 2: C\n"
    ),
    "answer table in two rows": ONE_A_LINE.replace("Đáp án: B\n", "").replace(
        "Đáp án: C\n", "Đáp án\nCâu\t1\t2\nĐáp án\tB\tC\n"
    ),
    "key with its text": ONE_A_LINE.replace("Đáp án: B", "Đáp án đúng: B. Chính phủ"),
    "key by number": ONE_A_LINE.replace("Đáp án: B", "Đáp án: 2"),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_gives_the_same_questions(text: str) -> None:
    assert [brief(entry) for entry in read(text)] == TWO


def test_windows_1258_is_read() -> None:
    text = unicodedata.normalize("NFC", ONE_A_LINE)
    pieces = []
    for char in text:
        try:
            pieces.append(char.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            pieces.append((base + tone).encode("cp1258"))
    parsed = text_format.read(b"".join(pieces))
    assert [brief(found.data) for found in parsed.questions] == TWO


def test_several_right_options_make_a_choice_of_several() -> None:
    for key in ("A, C", "A và C", "A;C", "AC", "A C", "1,3"):
        (entry,) = read(f"Câu 1: Hỏi?\nA. Một\nB. Hai\nC. Ba\nĐáp án: {key}\n")
        assert (entry["type"], brief(entry)[1]) == ("multiple_choice", ["*Một", "Hai", "*Ba"])


def test_explanations_levels_and_points_are_kept() -> None:
    (entry,) = read(
        "Câu 7 (VDC) (0,5 điểm): Hỏi?\nA. Một\nB. Hai\nLời giải: Dòng một.\nDòng hai.\nChọn B\n"
    )
    assert (entry["level"], entry["points"]) == ("APPLY_HIGH", "0.5")
    assert entry["explanation"] == "Dòng một.\n\nDòng hai."
    assert brief(entry)[1] == ["Một", "*Hai"]
    (other,) = read("Câu 1: [TH] Hỏi?\nA. Một\nB. Hai\nĐáp án: A\nHướng dẫn giải:\nVì thế.\n")
    assert (other["level"], other["stem"]) == ("UNDERSTAND", "Hỏi?")
    assert other["explanation"] == "Vì thế."


def test_explanations_may_stand_in_the_answer_part() -> None:
    first, second = read(
        "Câu 1: Hỏi?\nA. Một\nB. Hai\nCâu 2: Hỏi nữa?\nA. Ba\nB. Bốn\nHẾT\n"
        "HƯỚNG DẪN CHẤM\nCâu 1: A. Vì một đúng.\nNghĩ thêm.\nCâu 2: B\n"
    )
    assert first["explanation"] == "Vì một đúng.\n\nNghĩ thêm."
    assert (brief(first)[1], brief(second)[1]) == (["*Một", "Hai"], ["Ba", "*Bốn"])


def test_questions_without_options_are_told_by_their_answer() -> None:
    entries = read(
        "Câu 1: Trời xanh.\nĐáp án: Đúng\nCâu 2: Trời tím.\nĐáp án: S\n"
        "Câu 3: Bao nhiêu phần trăm?\nĐáp án: 90,61\nSai số: 0,01\nĐơn vị: %\n"
        "Câu 4: Thành phố nào?\nĐáp án: Đà Nẵng | Da Nang\n"
    )
    assert [entry["type"] for entry in entries] == [
        "true_false",
        "true_false",
        "numeric",
        "short_text",
    ]
    assert [brief(entry)[1] for entry in entries] == [True, False, "90.61", ["Đà Nẵng", "Da Nang"]]
    assert (entries[2]["tolerance"], entries[2]["unit"]) == ("0.01", "%")


def test_parts_of_a_paper_may_count_anew() -> None:
    entries = read(
        "Phần 1\nCâu 1: Một?\nA. x\nB. y\nCâu 2: Hai?\nA. x\nB. y\n"
        "Phần 2\nCâu 1: Ba?\nA. x\nB. y\nHẾT\nĐÁP ÁN\nPhần 1\n1-A 2-B\nPhần 2\n1-B\n"
    )
    assert [brief(entry) for entry in entries] == [
        ("Một?", ["*x", "y"]),
        ("Hai?", ["x", "*y"]),
        ("Ba?", ["x", "*y"]),
    ]


def test_letters_inside_an_option_are_no_options() -> None:
    (entry,) = read(
        "Câu 1: Chất nào tan trong nước?\nA. Vitamin A. và nhóm B. nói chung\n"
        "B. Vitamin C. và nhóm B.\nC. Không chất nào\nĐáp án: B\n"
    )
    assert [option["text"] for option in entry["options"]] == [
        "Vitamin A. và nhóm B. nói chung",
        "Vitamin C. và nhóm B.",
        "Không chất nào",
    ]


def test_long_stems_and_statements_stay_in_the_stem() -> None:
    (entry,) = read(
        "Câu 1: Xét các ý:\na) thể chế\nb) thủ tục\nI. bộ máy\nÝ nào thuộc sáu nội dung?\n"
        "A. Chỉ a\nB. Cả ba\nĐáp án: B\n"
    )
    lines = ["Xét các ý:", "a) thể chế", "b) thủ tục", "I. bộ máy", "Ý nào thuộc sáu nội dung?"]
    assert entry["stem"] == "\n\n".join(lines)


def test_signs_of_markdown_are_only_signs() -> None:
    (entry,) = read("Câu 1: 2*3*4 < [x] và _y_?\nA. # một\nB. 1. hai\nĐáp án: A\n")
    assert entry["stem"] == "2\\*3\\*4 &lt; \\[x\\] và \\_y\\_?"
    assert [option["text"] for option in entry["options"]] == ["\\# một", "1\\. hai"]


ASKED = "Câu 1: Hỏi?\nA. Một\nB. Hai\nC. Ba\n"
WRONG = {
    "no key": (ASKED, [(1, "1", "key.missing")]),
    "a key beyond the options": (ASKED + "Đáp án: E\n", [(1, "1", "key.unknown")]),
    "a key that is no letter": (ASKED + "Đáp án: không rõ\n", [(1, "1", "key.unknown")]),
    "two keys": (ASKED + "Đáp án: A\nĐáp án: B\n", [(1, "1", "key.twice")]),
    "key and star": (ASKED.replace("B.", "*B.") + "Đáp án: A\n", [(1, "1", "key.contradiction")]),
    "key and table": (ASKED + "Đáp án: A\nHẾT\n1-B\n", [(1, "1", "key.contradiction")]),
    "an option left out": (
        "Câu 1: Hỏi?\nA. Một\nC. Ba\nĐáp án: A\n",
        [(1, "1", "option.order")],
    ),
    "one option": ("Câu 1: Hỏi?\nA. Một\nĐáp án: A\n", [(1, "1", "option.missing")]),
    "a key without options": ("Câu 1: Hỏi?\nĐáp án: B\n", [(1, "1", "option.missing")]),
    "an answer too many": (ASKED + "HẾT\n1-A 2-B 3-C\n", [(6, "2", "key.no_question")] * 1),
    "a table with two answers": (ASKED + "HẾT\nĐÁP ÁN\n1-A 1-B\n", [(1, "1", "key.twice")]),
    "no question": ("Chỉ là một đoạn văn.\n", [(None, None, "file.no_questions")]),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_question(
    text: str, expected: list[tuple[int | None, str | None, str]]
) -> None:
    found = errors(text)
    assert found[: len(expected)] == expected


def test_what_is_left_out_is_told() -> None:
    parsed = text_format.read(("ĐỀ THI\n" + ASKED.replace("Câu", "#Câu") + "Đáp án: A").encode())
    assert [(note.code, note.is_note) for note in parsed.troubles] == [
        ("layout.skipped", True),
        ("layout.pin", True),
    ]
