"""A body of every type but the choices, small and valid."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import CASE as CASE_TYPE
from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import Question, QuestionVersion

WORDS = "Giải pháp gồm ba việc cần làm."
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


def answered(name: str, body: dict[str, Any]) -> Any:
    """Return the right answer to a question of type ``name``; of an essay some words."""
    if name == "essay":
        return WORDS
    right = TYPES[name].correct_form(body)
    if name != "case":
        return right
    parts = {part.name: answered(part.kind.name, part.body) for part in CASE_TYPE.parts_of(body)}
    return {**right, **parts}


def right_value(session: Session, code: str) -> tuple[dict[str, Any], Any]:
    """Return the body of the published question ``code`` and what answers it rightly."""
    version = session.scalars(
        select(QuestionVersion)
        .join(Question, Question.published_version_id == QuestionVersion.id)
        .where(Question.code == code)
    ).one()
    return version.body, answered(version.type, version.body)
