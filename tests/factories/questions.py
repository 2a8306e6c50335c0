"""A body of every type but the choices, small and valid."""

from typing import Any

_WHY = {"explanation": "Vì sao đúng."}

MATCHING: dict[str, Any] = {
    "stem": "Ghép văn bản với năm ban hành.",
    "pairs": [
        {"left": "Nghị quyết 76", "right": "2021"},
        {"left": "Nghị quyết 30c", "right": "2011"},
        {"left": "Quyết định 136", "right": "2001"},
    ],
    "distractors": ["1995"],
    **_WHY,
}
ORDERING: dict[str, Any] = {
    "stem": "Xếp các bước giải quyết hồ sơ theo thứ tự.",
    "items": ["Tiếp nhận hồ sơ", "Thẩm định hồ sơ", "Ký kết quả", "Trả kết quả"],
    **_WHY,
}
SHORT_TEXT: dict[str, Any] = {
    "stem": "Cơ chế giải quyết thủ tục tại một nơi gọi là gì?",
    "answers": ["Một cửa", "Cơ chế một cửa"],
    "match": "folded",
    **_WHY,
}
NUMERIC: dict[str, Any] = {
    "stem": "Chỉ số hài lòng là bao nhiêu?",
    "answer": "90.61",
    "tolerance": "0.01",
    "unit": "%",
    **_WHY,
}
CLOZE: dict[str, Any] = {
    "stem": "Nghị quyết {{1}} ban hành năm {{2}} tại **Hà Nội**.",
    "blanks": [
        {"answers": ["76", "76/NQ-CP"]},
        {
            "options": [
                {"text": "2021", "correct": True},
                {"text": "2011", "correct": False},
                {"text": "2001", "correct": False},
            ]
        },
    ],
    **_WHY,
}
ESSAY: dict[str, Any] = {
    "stem": "Trình bày giải pháp nâng cao chỉ số cải cách hành chính.",
    "rubric": [
        {"criterion": "Nêu đúng thực trạng", "points": 1},
        {"criterion": "Giải pháp khả thi", "points": 2},
    ],
    "min_words": 5,
    **_WHY,
}
CASE: dict[str, Any] = {
    "stem": "Một xã nhận 40 hồ sơ, trả đúng hạn 36 hồ sơ.",
    "questions": [
        {"type": "numeric", "points": 1, **NUMERIC, "answer": "90", "tolerance": "0"},
        {
            "type": "single_choice",
            "points": 2,
            "stem": "Việc cần làm trước là gì?",
            "options": [
                {"text": "Xin lỗi bằng văn bản", "correct": True, "feedback": "Đúng quy định."},
                {"text": "Không làm gì", "correct": False},
            ],
            **_WHY,
        },
        {"type": "ordering", **ORDERING},
        {"type": "essay", "points": 2, **ESSAY},
    ],
    **_WHY,
}
BODIES: dict[str, dict[str, Any]] = {
    "matching": MATCHING,
    "ordering": ORDERING,
    "short_text": SHORT_TEXT,
    "numeric": NUMERIC,
    "cloze": CLOZE,
    "essay": ESSAY,
    "case": CASE,
}
