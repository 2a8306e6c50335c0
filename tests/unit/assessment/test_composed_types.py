"""Questions of several fields: matching, ordering, gaps, cases; by example."""

from decimal import Decimal

import pytest

from elearn.assessment.content import render_question
from elearn.assessment.domain.question_types import CASE as CASE_TYPE
from elearn.assessment.domain.question_types import TYPES, Control, grade
from elearn.infra.richtext_syntax import NO_CONTEXT
from elearn.kernel.errors import Invalid
from tests.factories.questions import CASE, CLOZE, MATCHING, ORDERING, answered

MATCH, ORDER, GAPS = TYPES["matching"], TYPES["ordering"], TYPES["cloze"]
FULL = answered("case", CASE)


def test_a_match_is_told_by_places_as_written() -> None:
    first, second, _third = MATCH.correct_form(MATCHING)  # type: ignore[misc]
    assert MATCH.tally(MATCHING, [second, "", first]) == ("0=1", "2=0")


def test_left_sides_may_share_a_right_side() -> None:
    pairs = [{"left": "x", "right": " 2021"}, {"left": "y", "right": "2021 "}]
    body = {**MATCHING, "pairs": pairs, "distractors": ["2021", "2001"]}
    assert len(MATCH.option_ids(body)) == 2
    right = MATCH.correct_form(body)
    assert right[0] == right[1]  # type: ignore[index]
    assert grade("matching", body, right) == 1


def test_items_of_one_text_may_change_places() -> None:
    body = {**ORDERING, "items": ["Ký", "Họp", "Ký"]}
    first, middle, last = ORDER.correct_form(body)  # type: ignore[misc]
    assert grade("ordering", body, [last, middle, first]) == 1
    assert grade("ordering", body, [middle, first, last]) == Decimal(1) / 3


def test_of_two_items_with_one_number_the_first_keeps_it() -> None:
    said = ORDER.parse_form(ORDERING, {"a": ["2"], "b": ["2"], "c": ["4"], "d": ["9"]})
    assert said == ["", "a", "", "c"]
    assert not ORDER.is_complete(ORDERING, said)
    assert ORDER.is_answer(said)
    assert ORDER.form_of(ORDERING, said) == {"a": ["2"], "c": ["4"]}


def test_an_order_is_counted_as_a_whole() -> None:
    first, second, third, fourth = ORDER.correct_form(ORDERING)  # type: ignore[misc]
    assert ORDER.tally(ORDERING, [second, first, "", fourth]) == ("1-0-_-3",)
    assert ORDER.tally(ORDERING, [first, second, third, fourth]) == ("0-1-2-3",)
    assert ORDER.tally(ORDERING, [""] * 4) == ()


@pytest.mark.parametrize(
    "value", [["a", "a", "b", "c"], ["a", "b", "c"], ["a", "b", "c", "e"], ["a", "b", "c", 1], "a"]
)
def test_an_order_holds_every_item_once_at_most(value: object) -> None:
    with pytest.raises(Invalid, match=r"assessment\.value"):
        ORDER.check_value(ORDERING, value)


def test_lists_that_drop_down_are_in_the_order_of_the_attempt() -> None:
    shown = GAPS.present(render_question(CLOZE, NO_CONTEXT), ["1.c", "1.a", "1.b"])
    first, second, rest = shown.pieces
    assert (first.html, second.html, rest.html) == (
        "<p>Nghị quyết ",
        " ban hành năm ",
        " tại <strong>Hà Nội</strong>.</p>",
    )
    assert first.gap is not None
    assert first.gap.choices is None
    assert second.gap is not None
    assert [choice.text for choice in second.gap.choices or ()] == ["2001", "2021", "2011"]


@pytest.mark.parametrize("stem", ["[x](https://a.vn/{{1}}) {{2}}", "{{1}}"])
def test_gaps_inside_an_address_are_refused(stem: str) -> None:
    with pytest.raises(Invalid, match=r"assessment\.gaps"):
        render_question({**CLOZE, "stem": stem}, NO_CONTEXT)


def test_a_case_is_weighed_by_the_points_of_its_parts() -> None:
    # Points 1, 2, 1 and 2, the last an essay.
    assert grade("case", CASE, FULL) == Decimal(4) / 6
    assert grade("case", CASE, FULL, {"3": Decimal("0.5")}) == Decimal(5) / 6
    assert grade("case", CASE, FULL, {"3": Decimal(1)}) == 1
    assert grade("case", CASE, {"1": "a"}) == Decimal(2) / 6
    assert grade("case", CASE, {"1": "a"}, {"": Decimal("0.25")}) == Decimal("0.25")
    assert grade("case", CASE, {"1": "b"}, {"1": Decimal(1)}) == 0


def test_a_case_is_told_by_its_parts() -> None:
    assert CASE_TYPE.tally(CASE, {"1": "a", "3": "Bài", "0": "90,0 %"}) == (
        "0/90",
        "1/a",
        "3/written",
    )
    told = CASE_TYPE.explain(CASE, render_question(CASE, NO_CONTEXT), {"1": "a", "3": "Bài"})
    assert told.control is Control.CASE
    assert [part.told.share for part in told.parts] == [0, 1, 0, 0]
    assert told.is_waiting
    assert [part.told.is_waiting for part in told.parts] == [False, False, False, True]
    assert told.parts[1].told.choices[0].feedback_html == "<p>Đúng quy định.</p>"


def test_unanswered_parts_of_a_case_are_left_out() -> None:
    given = {"0": " ", "1": "a", "2": ["", "", "", ""], "3": ""}
    assert CASE_TYPE.check_value(CASE, given) == {"1": "a"}
    assert not CASE_TYPE.is_complete(CASE, {"1": "a"})
    assert CASE_TYPE.is_complete(CASE, FULL)


@pytest.mark.parametrize("value", [{"4": "a"}, {"1": "z"}, {1: "a"}, [], {"x": 1}, {"2": ["a"]}])
def test_a_case_takes_only_answers_to_its_parts(value: object) -> None:
    with pytest.raises(Invalid, match=r"assessment\.value"):
        CASE_TYPE.check_value(CASE, value)


def test_fields_of_parts_are_kept_apart() -> None:
    fields = {"0": ["90"], "1": ["b"], "2.a": ["1"], "3": ["Bài"], "10": ["x"], "1.a": ["y"]}
    assert CASE_TYPE.parse_form(CASE, fields) == {
        "0": "90",
        "1": "b",
        "2": ["a", "", "", ""],
        "3": "Bài",
    }
