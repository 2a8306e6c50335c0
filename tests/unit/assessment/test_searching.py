"""What a search asks for, and what a question is found by."""

import pytest

from elearn.assessment.domain.searching import (
    MOST_TERMS,
    Term,
    parse_words,
    same_key,
    search_text,
    tags_text,
)


def wanted(words: str, code: str = "") -> Term:
    return Term(words, code or words, is_wanted=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  |  ", []),
        ("Một  CỬA", [[wanted("mot", "một"), wanted("cua", "cửa")]]),
        ('"một cửa" tỉnh', [[wanted("mot cua", "một cửa"), wanted("tinh", "tỉnh")]]),
        ("a|b", [[wanted("a")], [wanted("b")]]),
        ("a OR b HOẶC c", [[wanted("a")], [wanted("b")], [wanted("c")]]),
        ("hoặc", [[wanted("hoac", "hoặc")]]),
        ("-a", [[Term("a", "a", is_wanted=False)]]),
        ("m1-001", [[wanted("m1 001", "m1-001")]]),
        ('"không đóng', [[wanted("khong", '"không'), wanted("dong", "đóng")]]),
        ('""', []),
    ],
)
def test_searches(text: str, expected: list[list[Term]]) -> None:
    assert parse_words(text) == expected


def test_a_search_has_so_many_terms_and_no_more() -> None:
    asked = parse_words("a b c | " + " ".join("x" * number for number in range(1, 40)))
    assert sum(len(terms) for terms in asked) == MOST_TERMS


def test_every_text_of_a_question_is_found_and_no_setting() -> None:
    body = {
        "stem": "Một **cửa**?",
        "scoring": "partial",
        "options": [{"text": "Đúng", "correct": True, "feedback": "Tốt"}],
        "questions": [{"type": "numeric", "stem": "Bao nhiêu", "answer": "12", "tolerance": "0"}],
        "explanation": "",
    }
    assert search_text(body) == "mot cua dung tot bao nhieu 12"


def test_labels_stand_between_marks() -> None:
    assert tags_text(["S1"], ["F001"], ["76-NQ:P1"]) == "|skill=S1:|fact=F001:|cite=76-NQ:P1:"


def test_the_same_question_has_the_same_key_however_it_is_typed() -> None:
    one = {"stem": "Một cửa?", "options": [{"text": "Có"}, {"text": "Không"}]}
    other = {"stem": "MOT  CUA ?", "options": [{"text": "không."}, {"text": "CÓ"}]}
    assert same_key(one) == same_key(other)
    assert same_key(one) != same_key({**one, "options": []})
    assert len(same_key(one)) == 64
