"""The figures of test theory against examples worked by hand and published tables."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.statistics import measures
from elearn.assessment.statistics.measures import alpha, drawn_reliability

# Four people, three questions, everybody the same: scores 3, 2, 1, 0.
GUTTMAN = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float)


def test_alpha_of_a_perfect_scale_of_three_questions() -> None:
    # Item variances 3/16, 4/16, 3/16; scores 3 2 1 0 vary by 5/4: 3/2 * (1 - (10/16) / (5/4)).
    found = alpha(4, GUTTMAN.var(axis=0), float(GUTTMAN.sum(axis=1).var()))
    assert found is not None
    assert found.value == pytest.approx(0.75)


def test_the_interval_of_alpha_is_that_of_feldt() -> None:
    # By the table of F: F(.975; 40, 120) = 1.61 and F(.975; 120, 40) = 1.72, so that for 41 people
    # and 4 questions with alpha 0.80 the interval is 1 - 0.2 * 1.61 and 1 - 0.2 / 1.72.
    variances = np.full(4, 1.0)
    total = 4 / (1 - 0.8 * 3 / 4)
    found = alpha(41, variances, total)
    assert found is not None
    assert found.value == pytest.approx(0.80)
    assert found.low == pytest.approx(1 - 0.2 * 1.61, abs=0.002)
    assert found.high == pytest.approx(1 - 0.2 / 1.72, abs=0.002)


@pytest.mark.parametrize(("people", "items", "total"), [(1, 3, 1.0), (9, 1, 1.0), (9, 3, 0.0)])
def test_alpha_needs_two_people_two_questions_and_scores_that_differ(
    people: int, items: int, total: float
) -> None:
    assert alpha(people, np.full(items, 0.25), total) is None


def test_the_reliability_of_drawn_papers_is_the_intraclass_correlation() -> None:
    # Shrout and Fleiss (1979), table 2: six targets, four judges, one-way; table 4 gives
    # ICC(1, k) = 0.44.
    ratings = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
        dtype=float,
    )
    between = 4 * ((ratings.mean(axis=1) - ratings.mean()) ** 2).sum()
    within = ((ratings - ratings.mean(axis=1, keepdims=True)) ** 2).sum()
    found = drawn_reliability(6, 24, float(between), float(within))
    assert found is not None
    assert round(found.value, 2) == 0.44
    assert found.low < found.value < found.high


def test_one_answer_each_tells_nothing_of_reliability() -> None:
    assert drawn_reliability(6, 6, 1.0, 0.0) is None


def test_bands_are_quarters_and_equal_scores_stay_together() -> None:
    assert measures.bands(np.array([0.1, 0.2, 0.3, 0.4])).tolist() == [0, 1, 2, 3]
    assert measures.bands(np.array([1.0, 1.0, 1.0, 0.5])).tolist() == [1, 1, 1, 0]
    assert measures.bands(np.array([0.7])).tolist() == [0]


def test_the_median_time_stands_where_half_were_quicker() -> None:
    times = np.array([10.0, 20.0, 20.0, 40.0, 3000.0])
    histogram = np.bincount(measures.time_bins(times), minlength=len(measures.TIME_EDGES) - 1)
    found = measures.medians(np.array([histogram, np.zeros_like(histogram)]))
    assert found[0] == pytest.approx(20, rel=0.13)
    assert math.isnan(found[1])


def test_times_beyond_the_edges_join_the_ends() -> None:
    last = len(measures.TIME_EDGES) - 2
    assert measures.time_bins(np.array([0.0, 0.5, 3599.0, 90000.0])).tolist() == [0, 0, last, last]


def _counted(n: int, *shares: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rights = np.array(shares) * n
    return np.full(len(shares), float(n)), rights, rights


def test_drift_is_the_change_beyond_that_of_the_others() -> None:
    # Everybody knows more than last time; one question leapt beyond that.
    old = _counted(1000, 0.4, 0.5, 0.6, 0.5, 0.5)
    new = _counted(1000, 0.5, 0.6, 0.69, 0.6, 0.9)
    found = measures.drift(old, new)
    # By hand: logit(.9) - logit(.5) = 2.197, that of the others .405; standard error
    # sqrt(1/250 + 1/90) = .123; (2.197 - .405) / .123 = 14.6.
    assert found[4] == pytest.approx(14.6, abs=0.2)
    assert np.abs(found[:4]).max() < 1


def test_drift_needs_enough_answers_and_enough_questions_to_compare() -> None:
    few = measures.drift(_counted(29, *[0.5] * 6), _counted(500, *[0.5] * 6))
    four = measures.drift(_counted(500, *[0.5] * 4), _counted(500, *[0.5] * 4))
    assert np.isnan(few).all()
    assert np.isnan(four).all()


def test_a_question_that_everybody_solves_has_a_drift_all_the_same() -> None:
    found = measures.drift(_counted(100, *[0.5] * 5), _counted(100, 1.0, *[0.5] * 4))
    assert found[0] > 3
    assert np.isfinite(found).all()


def test_stability_of_choices_that_did_not_move_is_nothing() -> None:
    assert measures.stability(np.array([50.0, 30, 20]), np.array([50.0, 30, 20])) == 0


def test_stability_by_hand() -> None:
    # Shares .25 and .75 become .75 and .25 (half an answer added to each of 99.5 and 299.5):
    # .5 * ln 3 + -.5 * ln(1/3) = ln 3.
    found = measures.stability(np.array([99.5, 299.5]), np.array([299.5, 99.5]))
    assert found == pytest.approx(math.log(3))


def test_chance_of_at_least_by_hand() -> None:
    # Two of (1/2, 1/3, 1/4): 1/24 all three, 1/8 + 1/12 + 1/24 exactly two.
    chances = np.array([1 / 2, 1 / 3, 1 / 4])
    assert measures.chance_of_at_least(2, chances) == pytest.approx(7 / 24)
    assert measures.chance_of_at_least(0, chances) == pytest.approx(1)
    assert measures.chance_of_at_least(4, chances) == 0


@given(st.integers(1, 12), st.floats(0.01, 0.99))
def test_chance_of_at_least_is_binomial_for_equal_chances(trials: int, chance: float) -> None:
    for count in range(trials + 1):
        expected = sum(
            math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k)
            for k in range(count, trials + 1)
        )
        found = measures.chance_of_at_least(count, np.full(trials, chance))
        assert found == pytest.approx(expected)
