"""The shapes of questions and papers, and what is said of others."""

from decimal import Decimal
from typing import Any

import pytest

from elearn.assessment.formats.papers import PaperFile, read_paper
from elearn.assessment.formats.questions import QuestionFile, read_question
from elearn.assessment.shortages import pool_question, shortages_of

HEADER: dict[str, Any] = {
    "id": "m1-001", "level": "RECALL", "lesson": "l1-1", "area": None, "citations": ["76-NQ-CP"],
}  # fmt: skip
ASKED = {"stem": "Hỏi?", "explanation": "Vì thế."}
PART = {"type": "true_false", "answer": True, **ASKED}
GOOD: dict[str, dict[str, Any]] = {
    "single_choice": {"options": [{"text": "a", "correct": True}, {"text": "b", "correct": False}]},
    "multiple_choice": {
        "scoring": "partial",
        "options": [{"text": "a", "correct": True}, {"text": "b", "correct": True}],
    },
    "true_false": {"answer": False},
    "matching": {
        "pairs": [{"left": "1", "right": "a"}, {"left": "2", "right": "b"}],
        "distractors": [],
    },
    "ordering": {"items": ["một", "hai"]},
    "short_text": {"answers": ["Sơn La"], "match": "folded"},
    "numeric": {"answer": "90.61", "tolerance": "0.01", "unit": "%"},
    "cloze": {"stem": "Có {{1}} và {{2}}.", "blanks": [{"answers": ["a"]}, {"answers": ["b"]}]},
    "essay": {"rubric": [{"criterion": "Đủ ý", "points": 2}], "min_words": 100},
    "case": {"questions": [PART]},
}


def question(kind: str, **changes: object) -> dict[str, Any]:
    return {**HEADER, **ASKED, "type": kind, **GOOD[kind], **changes}


def told(data: dict[str, Any]) -> dict[str, str]:
    """Return {place: message} of what is wrong with a question."""
    read = read_question(data)
    assert isinstance(read, list)
    return {".".join(map(str, problem.path)): problem.message for problem in read}


@pytest.mark.parametrize("kind", GOOD)
def test_every_type_is_read(kind: str) -> None:
    read = read_question(question(kind))
    assert isinstance(read, QuestionFile)
    assert read.type == kind
    assert read.points == Decimal(1)
    assert read.body == {**ASKED, **GOOD[kind]}


@pytest.mark.parametrize("kind", GOOD)
def test_every_type_refuses_an_unknown_key(kind: str) -> None:
    assert told(question(kind, colour="red")) == {"colour": "mục này không có trong quy định"}


@pytest.mark.parametrize(
    ("kind", "changes", "place", "words"),
    [
        ("single_choice", {"options": GOOD["multiple_choice"]["options"]}, "", "đúng một"),
        ("single_choice", {"options": [{"text": "a", "correct": True}]}, "options", "ít nhất 2"),
        ("multiple_choice", {"scoring": "some"}, "scoring", "chỉ nhận một trong"),
        ("true_false", {"answer": "yes"}, "answer", "true hoặc false"),
        ("numeric", {"answer": "1,5"}, "answer", "dấu chấm"),
        ("numeric", {"answer": "1e16"}, "answer", "tối đa 15 chữ số"),
        ("numeric", {"answer": "1E-999999"}, "answer", "tối đa 15 chữ số"),
        ("numeric", {"tolerance": "-1"}, "tolerance", "từ 0 trở lên"),
        ("cloze", {"stem": "Có {{1}}."}, "", "không khớp"),
        ("cloze", {"blanks": [{}, {"answers": ["b"]}]}, "blanks.0", "mỗi chỗ trống"),
        (
            "cloze",
            {"blanks": [{"answers": ["a"] * 51}, {"answers": ["b"]}]},
            "blanks.0.answers",
            "50",
        ),
        ("case", {"questions": [{**PART, "type": "case"}]}, "questions.0.type", "chỉ nhận"),
        ("case", {"questions": [{**PART, "answer": 1}]}, "questions.0.answer", "true hoặc"),
        ("essay", {"min_words": "100"}, "min_words", "số nguyên"),
        ("ordering", {"items": "một"}, "items", "danh sách"),
        ("true_false", {"points": 0}, "points", "lớn hơn 0"),
        ("true_false", {"stem": "  "}, "stem", "không được để trống"),
        ("true_false", {"id": "M1 001"}, "id", "mẫu"),
        ("true_false", {"area": "PAR"}, "area", "chỉ nhận một trong"),
        ("true_false", {"citations": [76]}, "citations.0", "phải là chữ"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    kind: str, changes: dict[str, Any], place: str, words: str
) -> None:
    assert words in told(question(kind, **changes))[place]


def test_no_option_of_several_need_be_right() -> None:
    options = [{"text": "a", "correct": False}, {"text": "b", "correct": False}]
    assert isinstance(read_question(question("multiple_choice", options=options)), QuestionFile)


def test_what_may_not_be_left_out_is_asked_for() -> None:
    bare = {"id": "m1-001", "type": "true_false"}
    assert set(told(bare)) == {"level", "lesson", "citations", "stem", "explanation", "answer"}


def test_an_unknown_type_is_told() -> None:
    assert "single_choice" in told({**HEADER, "type": "drawing"})["type"]


PAPER: dict[str, Any] = {
    "code": "m1-test", "title": "Kiểm tra", "kind": "MODULE_TEST", "time_limit_minutes": 20,
    "attempts": 3, "cooldown_hours": 0, "pass_percent": 50, "shuffle": True,
    "feedback": "AFTER_SUBMIT",
    "sections": [{"title": "Chung", "draw": [{"module": "m1", "level": "RECALL", "count": 2}]}],
}  # fmt: skip


def paper(**changes: object) -> PaperFile:
    read = read_paper({**PAPER, **changes})
    assert isinstance(read, PaperFile)
    return read


def test_a_paper_is_read() -> None:
    assert paper().plain_sections() == PAPER["sections"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sections": []}, "ít nhất 1"),
        ({"sections": [{"title": "A"}]}, "“draw” hoặc “questions”"),
        ({"sections": [{"title": "A", "draw": [{"level": "RECALL", "count": 1}]}]}, "phải nêu"),
        ({"sections": [{"title": "A", "questions": ["a", "a"]}]}, "bị lặp lại"),
        ({"pass_percent": 101}, "không được quá 100"),
        ({"attempts": 0}, "từ 1 trở lên"),
        ({"colour": "red"}, "không có trong quy định"),
    ],
)
def test_a_wrong_paper_is_told(changes: dict[str, Any], words: str) -> None:
    read = read_paper({**PAPER, **changes})
    assert isinstance(read, list)
    assert words in read[0].message


def test_a_short_bank_names_the_cell_and_how_many() -> None:
    pool = [
        pool_question(
            "q1", kind="true_false", level="RECALL", module="m1", lesson=None, area=None,
            skills=[], points=Decimal(1),
        )
    ]  # fmt: skip
    (short,) = shortages_of(paper().plain_sections(), pool)
    assert short.path == ("sections", 0, "draw", 0)
    assert "chỉ có 1 câu" in short.message
    assert "cần 2" in short.message
