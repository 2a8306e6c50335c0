"""Advice in plain words, and the cases in which nothing must be said."""

from typing import Any

import pytest

from elearn.assessment.statistics.naming import name_options
from elearn.assessment.statistics.rules import Advice, Figures, Option, Weight, advise

GROUPS = [50, 50, 50, 50]
OPTIONS = [
    Option("a", "A", "đúng", is_right=True),
    Option("b", "B", "sai", is_right=False),
    Option("c", "C", "sai", is_right=False),
]
SOUND: dict[str, Any] = {
    "n": 200,
    "omitted": 0,
    "facility": 0.6,
    "discrimination": 0.25,
    "exposure": 1.0,
    "seconds": 30.0,
    "options": {"a": [15, 25, 35, 45], "b": [20, 15, 10, 3], "c": [15, 10, 5, 2]},
    "groups": GROUPS,
}


def advice(type_name: str = "single_choice", **changes: Any) -> list[Advice]:
    return advise(type_name, Figures(**{**SOUND, **changes}), OPTIONS)


def said(found: list[Advice]) -> str:
    return " | ".join(each.message % each.params for each in found)


def test_a_sound_question_needs_no_advice() -> None:
    assert said(advice()) == "Không có dấu hiệu bất thường."


def test_too_few_answers_give_no_advice_at_all() -> None:
    found = advice(n=29, discrimination=-0.9, facility=0.0)
    assert said(found) == "Mới có 29 lượt trả lời; nhận xét chỉ có từ 30 lượt."


@pytest.mark.parametrize(
    ("changes", "words", "weight"),
    [
        ({"discrimination": -0.2}, "Phân biệt ngược", Weight.ALARM),
        ({"discrimination": 0.05}, "Hầu như không phân biệt", Weight.WARNING),
        ({"discrimination": 0.4}, "Câu hỏi tốt", Weight.GOOD),
        ({"facility": 0.96}, "Quá dễ", Weight.WARNING),
        ({"facility": 0.24}, "Quá khó", Weight.WARNING),
        ({"omitted": 21}, "10% bỏ trống", Weight.WARNING),
        ({"drift": 4.0}, "So với các đợt trước", Weight.ALARM),
        ({"leak": 4.5}, "lộ giữa đợt", Weight.ALARM),
        ({"psi": 0.26}, "Cách chọn phương án đã thay đổi", Weight.NOTE),
    ],
)
def test_each_sign_has_its_words(changes: dict[str, Any], words: str, weight: Weight) -> None:
    found = advice(**changes)
    assert words in said(found)
    assert found[0].weight is weight


@pytest.mark.parametrize(
    "changes",
    [
        {"discrimination": -0.05},  # within the error of 200 answers
        {"discrimination": None},
        {"omitted": 20},
        {"drift": 3.9},
        {"leak": -9.0},
        {"psi": 0.25},
    ],
)
def test_signs_within_their_bounds_raise_no_alarm(changes: dict[str, Any]) -> None:
    assert all(each.weight is not Weight.ALARM for each in advice(**changes))


def test_the_best_preferring_a_wrong_option_is_an_alarm() -> None:
    found = advice(options={"a": [20, 20, 20, 20], "b": [5, 10, 20, 29], "c": [25, 20, 10, 1]})
    assert found[0].weight is Weight.ALARM
    assert "Nhóm điểm cao nhất chọn B nhiều hơn đáp án" in said(found)


def test_a_wrong_option_that_draws_the_better_ones_is_told() -> None:
    found = advice(options={"a": [20, 25, 28, 30], "b": [5, 10, 15, 19], "c": [25, 15, 7, 1]})
    assert found[0].weight is Weight.WARNING
    assert "Người giỏi chọn B nhiều hơn người yếu" in said(found)


def test_small_groups_of_the_best_say_nothing() -> None:
    found = advice(options={"a": [15, 25, 35, 0], "b": [20, 15, 10, 9]}, groups=[50, 50, 50, 9])
    assert "Nhóm điểm cao nhất" not in said(found)


def test_several_right_options_are_not_judged_by_the_best() -> None:
    found = advice("multiple_choice", options={"a": [5] * 4, "b": [5, 5, 5, 40], "c": [5] * 4})
    assert "Nhóm điểm cao nhất" not in said(found)


def test_options_that_nobody_chooses_are_named_together() -> None:
    found = advice(options={"a": [20, 25, 30, 40]})
    assert "Không ai chọn B, C" in said(found)


def test_an_option_that_hardly_anybody_chooses() -> None:
    found = advice(options={**SOUND["options"], "c": [3, 0, 0, 0]})
    assert "Rất ít người chọn C" in said(found)


def test_a_key_that_nobody_chooses_is_an_alarm() -> None:
    found = advice(facility=0.0, options={"b": [30, 30, 30, 30], "c": [20, 20, 20, 20]})
    assert "Không ai chọn đáp án đúng A" in said(found)
    assert found[0].weight is Weight.ALARM


CHOICE = {"options": [{"text": "một", "correct": False}, {"text": "hai", "correct": True}]}


def test_options_are_named_by_letter_in_the_order_written() -> None:
    found = name_options("single_choice", CHOICE, {"b": [1]})
    assert [(each.key, each.name, each.text, each.is_right) for each in found] == [
        ("a", "A", "một", False), ("b", "B", "hai", True),
    ]  # fmt: skip


def test_true_and_false_are_named_in_words() -> None:
    found = name_options("true_false", {"answer": False}, {})
    assert [(each.name, each.is_right) for each in found] == [("Đúng", False), ("Sai", True)]


def test_written_answers_are_listed_by_how_often_they_were_given() -> None:
    body = {"answers": ["Một cửa"], "match": "folded"}
    found = name_options("short_text", body, {"motcua": [3], "haicua": [7]})
    assert [(each.name, each.is_offered) for each in found] == [
        ("haicua", False),
        ("motcua", False),
    ]
    assert [each.is_right for each in found] == [False, True]


@pytest.mark.parametrize(
    ("type_name", "body", "key", "name"),
    [
        ("matching", {"pairs": [{"left": "x", "right": "y"}]}, "0=2", "1 ↔ 3"),
        ("ordering", {"items": ["x", "y", "z"]}, "0-2-1", "1 – 3 – 2"),
        ("ordering", {"items": ["x", "y", "z"]}, "0-_-1", "1 – – – 2"),
        ("cloze", {"stem": "{{1}}", "blanks": [{"answers": ["x"]}]}, "0=x", "(1) x"),
        (
            "case",
            {"questions": [{"type": "single_choice", "points": 1, **CHOICE}]},
            "0/b",
            "1. B",
        ),
        ("essay", {"rubric": []}, "written", "written"),
    ],
)
def test_other_types_have_names_people_understand(
    type_name: str, body: dict[str, Any], key: str, name: str
) -> None:
    assert name_options(type_name, body, {key: [1]})[0].name == name
