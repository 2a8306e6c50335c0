"""What a corrected key makes of a grade, and how keys are written anew."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.domain import grading
from elearn.assessment.domain.grading import Treatment
from elearn.assessment.regrading.bodies import corrected
from elearn.assessment.regrading.models import Change
from elearn.assessment.regrading.rules import Case, Key, Standing, judge
from elearn.kernel.errors import Invalid


def choice(right: str, options: int = 4) -> dict:
    return {"options": [{"text": x, "correct": x in right} for x in "abcdefgh"[:options]]}


def multiple(right: str) -> Key:
    return Key("multiple_choice", {**choice(right, 6), "scoring": "partial"})


def first_grade(answers: list[list[str]], key: Key, pass_percent: int) -> Standing:
    """Return the grade of an attempt of three points a question, all asked by ``key``."""
    items = [key.answered(at, Decimal(3), value) for at, value in enumerate(answers)]
    graded = grading.grade(items, Decimal(pass_percent))
    scores = {str(at): str(points) for at, points in graded.item_scores.items()}
    return Standing(
        1,
        1,
        graded.score,
        graded.max_score,
        graded.passed,
        Decimal(pass_percent),
        scores,
        late_counted=False,
    )


answer = st.lists(st.sampled_from("abcdef"), unique=True)
rights = st.sets(st.sampled_from("abcdef"), min_size=1).map("".join)


@given(st.lists(answer, min_size=1, max_size=6), rights, rights, st.integers(0, 100))
def test_regrading_one_question_equals_grading_anew(
    answers: list[list[str]], old: str, new: str, pass_percent: int
) -> None:
    before, after = multiple(old), multiple(new)
    standing = first_grade(answers, before, pass_percent)
    judged = judge(standing, [Case(0, Decimal(3), answers[0])], before, after, may_lower=True)
    items = [
        (after if at == 0 else before).answered(at, Decimal(3), value)
        for at, value in enumerate(answers)
    ]
    anew = grading.grade(items, Decimal(pass_percent))
    assert abs(judged.score - anew.score) <= Decimal("0.0001")
    assert judged.max_score == anew.max_score
    assert judged.item_scores == {"0": str(anew.item_scores[0])}


@given(
    st.lists(answer, min_size=1, max_size=6),
    rights,
    rights,
    st.sampled_from(Treatment),
    st.integers(0, 100),
)
def test_nobody_loses_unless_that_was_decided(
    answers: list[list[str]], old: str, new: str, treatment: Treatment, pass_percent: int
) -> None:
    before = multiple(old)
    after = Key("multiple_choice", multiple(new).body, treatment)
    standing = first_grade(answers, before, pass_percent)
    case = [Case(0, Decimal(3), answers[0])]
    judged = judge(standing, case, before, after, may_lower=False)
    if judged.counts:
        assert judged.score * standing.max_score >= standing.score * judged.max_score
        assert judged.passed or not standing.passed
    assert judged.change is not Change.LOWERED


def test_points_recorded_by_a_review_fall_by_no_key() -> None:
    before = Key("single_choice", choice("a"))
    standing = first_grade([["a"]], multiple("a"), 50)
    case = [Case(0, Decimal(3), "a", decided=Decimal(2))]
    judged = judge(standing, case, before, Key("single_choice", choice("b")), may_lower=True)
    assert judged.score == Decimal(2)


class TestBodies:
    def test_options(self) -> None:
        assert corrected("single_choice", choice("a"), {"right": ["b", "c"]}) == choice("bc")

    def test_true_false(self) -> None:
        assert corrected("true_false", {"answer": True}, {"answer": ["false"]}) == {"answer": False}

    def test_short_text_drops_empty_and_double_lines(self) -> None:
        body = corrected(
            "short_text", {"answers": ["a"]}, {"answers": ["Một cửa\n\nMột cửa\nPASC"]}
        )
        assert body == {"answers": ["Một cửa", "PASC"]}

    def test_numbers_take_a_decimal_comma(self) -> None:
        given = {"answer": ["90,61"], "tolerance": ["0,5"]}
        body = corrected("numeric", {"answer": "90", "tolerance": "0"}, given)
        assert body == {"answer": "90.61", "tolerance": "0.5"}

    def test_cloze(self) -> None:
        options = [{"text": "một", "correct": True}, {"text": "hai", "correct": False}]
        body = {"blanks": [{"answers": ["x"]}, {"options": options}]}
        changed = corrected("cloze", body, {"blank1": ["y"], "blank2": ["1"]})
        assert changed["blanks"][0] == {"answers": ["y"]}
        assert [option["correct"] for option in changed["blanks"][1]["options"]] == [False, True]

    @pytest.mark.parametrize(
        ("kind", "body", "given"),
        [
            ("matching", {}, {}),
            ("essay", {}, {}),
            ("true_false", {"answer": True}, {"answer": ["maybe"]}),
            ("short_text", {"answers": ["a"]}, {"answers": [" \n "]}),
            ("numeric", {"answer": "1", "tolerance": "0"}, {"answer": ["x"], "tolerance": ["0"]}),
            ("numeric", {"answer": "1", "tolerance": "0"}, {"answer": ["1"], "tolerance": ["-1"]}),
            ("numeric", {"answer": "1", "tolerance": "0"}, {"answer": ["NaN"]}),
            ("cloze", {"blanks": [{"options": [{"text": "a"}]}]}, {"blank1": ["7"]}),
            ("single_choice", choice("a"), {"right": ["h"]}),
        ],
    )
    def test_refused(self, kind: str, body: dict, given: dict) -> None:
        with pytest.raises(Invalid):
            corrected(kind, body, given)
