"""Scores in Decimal, and the pass mark to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.domain.grading import Answered, grade, has_passed, percent

TRUE = {"answer": True}
THREE = {
    "options": [{"text": text, "correct": True} for text in "xyz"],
    "scoring": "partial",
}


def _item(number: int, value: object, points: str = "1") -> Answered:
    return Answered(number, "true_false", TRUE, Decimal(points), value)


def test_points_of_right_answers_add_up() -> None:
    graded = grade([_item(1, True, "1.5"), _item(2, False), _item(3, None)], Decimal(50))
    assert graded.score == Decimal("1.5")
    assert graded.max_score == Decimal("3.5")
    assert graded.item_scores == {1: Decimal("1.5"), 2: Decimal(0), 3: Decimal(0)}
    assert not graded.passed


def test_three_thirds_are_a_whole() -> None:
    items = [
        Answered(number, "multiple_choice", THREE, Decimal(1), [option])
        for number, option in enumerate("abc")
    ]
    graded = grade([*items, _item(9, None, "0")], Decimal("33.33"))
    assert graded.score == Decimal("1.0000")
    assert graded.item_scores[0] == Decimal("0.3333")
    assert graded.passed


@pytest.mark.parametrize(
    ("score", "pass_percent", "passed"),
    [("5", "50", True), ("4.9999", "50", False), ("10", "100", True), ("0", "0", True)],
)
def test_the_pass_mark_itself_passes(score: str, pass_percent: str, passed: bool) -> None:
    assert has_passed(Decimal(score), Decimal(10), Decimal(pass_percent)) is passed


def test_an_empty_paper_earns_no_percent() -> None:
    graded = grade([], Decimal(50))
    assert (graded.score, graded.max_score) == (Decimal(0), Decimal(0))
    assert percent(graded.score, graded.max_score) == 0


@given(st.lists(st.tuples(st.sampled_from((True, False, None)), st.integers(0, 500)), min_size=1))
def test_a_score_lies_between_nothing_and_all(answers: list[tuple[bool | None, int]]) -> None:
    graded = grade(
        [_item(n, value, str(Decimal(points) / 100)) for n, (value, points) in enumerate(answers)],
        Decimal(50),
    )
    assert 0 <= graded.score <= graded.max_score
    assert 0 <= percent(graded.score, graded.max_score) <= 100
    assert graded.score == sum(graded.item_scores.values())
