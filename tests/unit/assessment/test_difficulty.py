"""The expected facility of a question: its level's default, outweighed by answers."""

from decimal import Decimal

from elearn.assessment.difficulty import (
    LEVEL_FACILITY,
    PRIOR_ANSWERS,
    expected_facility,
    in_ten_thousandths,
)
from elearn.assessment.models import Level
from elearn.assessment.statistics.queries import Observed


def test_a_question_nobody_answered_is_as_hard_as_its_level() -> None:
    assert expected_facility(Level.APPLY, None) == Decimal("0.50")
    assert expected_facility(Level.APPLY, Observed(0, 0)) == Decimal("0.50")
    assert set(LEVEL_FACILITY) == set(Level)


def test_as_many_answers_as_the_prior_weigh_as_much_as_it() -> None:
    seen = Observed(0.90, PRIOR_ANSWERS)
    assert expected_facility(Level.APPLY, seen) == Decimal("0.70")


def test_few_answers_move_little_and_many_decide() -> None:
    few = expected_facility(Level.RECALL, Observed(0, 3))
    many = expected_facility(Level.RECALL, Observed(0, 3000))
    assert few > Decimal("0.7")
    assert many < Decimal("0.01")


def test_facilities_become_whole_numbers_half_up() -> None:
    assert in_ten_thousandths(Decimal("0.65")) == 6500
    assert in_ten_thousandths(Decimal("0.650050")) == 6501
