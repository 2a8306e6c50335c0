"""Question types: shapes of answers, grading, nothing of the key before release."""

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.domain.question_types import TYPES, Control, grade, type_of
from elearn.kernel.errors import Invalid

SINGLE = {
    "stem": "?",
    "options": [{"text": "x", "correct": False}, {"text": "y", "correct": True}],
    "explanation": "!",
}
RENDERED = {
    "stem": "<p>Hỏi</p>",
    "options": [
        {"id": "a", "html": "<p>x</p>", "feedback": "<p>FEEDBACK-CANARY</p>"},
        {"id": "b", "html": "<p>y</p>", "feedback": None},
    ],
    "explanation": "<p>EXPLANATION-CANARY</p>",
}


def _multiple(correct: str, options: int = 4, scoring: str = "partial") -> dict[str, Any]:
    letters = "abcdefgh"[:options]
    return {
        "options": [{"text": letter, "correct": letter in correct} for letter in letters],
        "scoring": scoring,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
BODIES = {
    "single_choice": SINGLE,
    "multiple_choice": _multiple("ac"),
    "true_false": {"answer": False},
}


@given(st.sampled_from(sorted(BODIES)), JSON)
def test_every_value_is_refused_or_graded_between_nothing_and_all(name: str, value: object) -> None:
    kind, body = TYPES[name], BODIES[name]
    try:
        stored = kind.check_value(body, value)
    except Invalid:
        return
    assert kind.check_value(body, json.loads(json.dumps(stored))) == stored
    assert 0 <= kind.grade(body, stored) <= 1


@pytest.mark.parametrize("name", sorted(BODIES))
def test_the_right_answer_earns_all_and_is_a_valid_answer(name: str) -> None:
    kind, body = TYPES[name], BODIES[name]
    right = kind.correct_form(body)
    assert kind.check_value(body, right) == right
    assert grade(name, body, right) == 1


@pytest.mark.parametrize("name", sorted(BODIES))
def test_no_answer_earns_nothing(name: str) -> None:
    assert grade(name, BODIES[name], None) == 0
    assert not TYPES[name].is_answer(None)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_form_sends_what_the_page_ticked(name: str) -> None:
    kind, body = TYPES[name], BODIES[name]
    right = kind.correct_form(body)
    assert kind.check_value(body, kind.parse_form(body, kind.form_of(body, right))) == right


@pytest.mark.parametrize("value", ["c", "", "A", 0, None, True, ["b"], {"id": "b"}])
def test_single_choice_takes_only_a_known_option(value: object) -> None:
    with pytest.raises(Invalid, match=r"assessment\.value"):
        type_of("single_choice").check_value(SINGLE, value)


@pytest.mark.parametrize("value", ["a", ["e"], ["a", "a"], [["a"]], [True], None, {"a": 1}])
def test_multiple_choice_takes_only_known_options_once(value: object) -> None:
    with pytest.raises(Invalid, match=r"assessment\.value"):
        type_of("multiple_choice").check_value(_multiple("ac"), value)


@pytest.mark.parametrize("value", ["true", 1, 0, None, []])
def test_true_false_takes_only_a_boolean(value: object) -> None:
    with pytest.raises(Invalid, match=r"assessment\.value"):
        type_of("true_false").check_value({"answer": True}, value)


def test_options_are_stored_in_the_order_of_the_body() -> None:
    assert type_of("multiple_choice").check_value(_multiple("ac"), ["c", "a"]) == ["a", "c"]


@pytest.mark.parametrize(
    ("chosen", "share"),
    [("ac", "1"), ("a", "0.5"), ("ab", "0"), ("abc", "0.5"), ("abcd", "0"), ("b", "0"), ("", "0")],
)
def test_partial_scoring_takes_wrong_choices_off(chosen: str, share: str) -> None:
    assert grade("multiple_choice", _multiple("ac"), list(chosen)) == Decimal(share)


@pytest.mark.parametrize(("chosen", "share"), [("ac", 1), ("a", 0), ("abc", 0), ("", 0)])
def test_all_or_nothing_wants_exactly_the_right_options(chosen: str, share: int) -> None:
    body = _multiple("ac", scoring="all_or_nothing")
    assert grade("multiple_choice", body, list(chosen)) == share


def test_where_nothing_is_right_ticking_nothing_is() -> None:
    assert grade("multiple_choice", _multiple(""), []) == 1
    assert grade("multiple_choice", _multiple(""), None) == 1
    assert grade("multiple_choice", _multiple(""), ["a"]) == 0


@given(st.data())
def test_ticking_one_more_right_option_never_lowers_a_partial_score(data: st.DataObject) -> None:
    letters = "abcdef"
    correct = data.draw(st.sets(st.sampled_from(letters), min_size=1))
    chosen = data.draw(st.sets(st.sampled_from(letters)))
    body = _multiple("".join(correct), options=6)
    before = grade("multiple_choice", body, sorted(chosen))
    for extra in correct - chosen:
        assert grade("multiple_choice", body, sorted(chosen | {extra})) >= before


@pytest.mark.parametrize(("answer", "value", "share"), [(True, True, 1), (True, False, 0)])
def test_true_false_is_right_or_wrong(answer: bool, value: bool, share: int) -> None:
    assert grade("true_false", {"answer": answer}, value) == share


def test_what_is_presented_holds_no_key_and_no_feedback() -> None:
    shown = type_of("single_choice").present(RENDERED, ["b", "a"])
    assert "CANARY" not in json.dumps(asdict(shown))
    assert [choice.id for choice in shown.choices] == ["b", "a"]
    assert shown.control is Control.RADIO


def test_true_false_is_presented_in_words_and_never_shuffled() -> None:
    shown = type_of("true_false").present({"stem": "<p>S</p>", "options": [], "explanation": ""})
    assert [(choice.id, choice.html) for choice in shown.choices] == [
        ("true", "Đúng"),
        ("false", "Sai"),
    ]


def test_an_explanation_shows_key_choice_and_feedback() -> None:
    told = type_of("single_choice").explain(SINGLE, RENDERED, "a", ["b", "a"])
    assert told.share == 0
    assert told.is_answered
    assert told.explanation_html == "<p>EXPLANATION-CANARY</p>"
    assert [(item.id, item.is_chosen, item.is_correct) for item in told.choices] == [
        ("b", False, True),
        ("a", True, False),
    ]
    assert told.choices[1].feedback_html == "<p>FEEDBACK-CANARY</p>"


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        type_of("jousting")
    assert caught.value.text() == "Chưa hỗ trợ loại câu hỏi “jousting”."
