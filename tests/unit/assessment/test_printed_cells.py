"""Answers in one cell: the key written and read back is right; what cannot be read is refused."""

import random
from contextlib import suppress
from decimal import Decimal
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.content import render_question
from elearn.assessment.domain.question_types import Presented, type_of
from elearn.assessment.printing.cells import read_cell, write_cell
from elearn.infra.richtext_syntax import NO_CONTEXT
from elearn.kernel.errors import Invalid
from tests.factories import questions

CHOICE = {
    "stem": "Chọn phương án?",
    "options": [
        {"text": f"Ý {letter}", "correct": letter in "bc"} for letter in ascii_lowercase[:5]
    ],
    "scoring": "all_or_nothing",
    "explanation": "Vì sao.",
}
SINGLE = {
    **CHOICE,
    "options": [{**one, "correct": n == 1} for n, one in enumerate(CHOICE["options"])],
}
BODIES = {
    "single_choice": SINGLE,
    "multiple_choice": CHOICE,
    "true_false": {"stem": "Nhận định.", "answer": False, "explanation": "Vì sao."},
    "matching": questions.MATCHING,
    "ordering": questions.ORDERING,
    "short_text": questions.SHORT_TEXT,
    "numeric": questions.NUMERIC,
    "cloze": questions.CLOZE,
    "case": questions.CASE,
}


def _shown(kind: str, seed: int) -> Presented:
    order = type_of(kind).option_ids(BODIES[kind])
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
    return type_of(kind).present(render_question(BODIES[kind], NO_CONTEXT), order)


@given(st.sampled_from(sorted(BODIES)), st.integers(0, 1000))
def test_the_key_read_back_earns_everything(kind: str, seed: int) -> None:
    type_ = type_of(kind)
    shown, body = _shown(kind, seed), BODIES[kind]
    cell = write_cell(shown, type_.correct_form(body))
    value = type_.check_value(body, read_cell(shown, cell))
    marks = {"": Decimal(1), **{str(n): Decimal(1) for n in range(9)}}
    assert type_.grade(body, value, marks) == 1


@given(st.sampled_from(sorted(BODIES)), st.text(max_size=40))
def test_any_cell_is_read_or_refused(kind: str, cell: str) -> None:
    shown = _shown(kind, 7)
    with suppress(Invalid):
        value = read_cell(shown, cell)
        assert value is None or type_of(kind).check_value(BODIES[kind], value) is not None


@pytest.mark.parametrize("cell", ["ca", "C A", "c;a", "C, A", " C/A. "])
def test_letters_are_read_however_they_are_set_apart(cell: str) -> None:
    shown = _shown("multiple_choice", 3)
    ids = [choice.id for choice in shown.choices]
    assert set(read_cell(shown, cell)) == {ids[2], ids[0]}


@pytest.mark.parametrize(
    ("cell", "value"), [("Đ", True), ("đúng", True), ("s", False), ("Sai", False)]
)
def test_true_and_false_in_words(cell: str, value: bool) -> None:
    assert read_cell(_shown("true_false", 1), cell) is value


@pytest.mark.parametrize("cell", ["", "  ", "-", "–"])
def test_an_empty_cell_is_no_answer(cell: str) -> None:
    assert read_cell(_shown("single_choice", 1), cell) is None


@pytest.mark.parametrize("cell", ["G", "AB", "1"])
def test_a_letter_that_was_not_printed_is_refused_with_what_can_be_written(cell: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_cell(_shown("single_choice", 1), cell)
    assert cell in refusal.value.text()


def test_pairs_by_number_or_in_order() -> None:
    shown = _shown("matching", 5)
    ids = [choice.id for choice in shown.choices]
    assert read_cell(shown, "1c 3-A") == [ids[2], "", ids[0]]
    assert read_cell(shown, "CA") == [ids[2], ids[0], ""]
