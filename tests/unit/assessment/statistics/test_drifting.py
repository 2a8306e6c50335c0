"""Leak alarms of rounds, from the sums of earlier ones."""

import numpy as np

from elearn.assessment.statistics.drifting import History
from elearn.assessment.statistics.totals import GroupTotals

VERSIONS = np.array([1, 2, 3, 4, 5, 6])


def round_of(earlier: list[float], later: list[float], n: int = 200) -> GroupTotals:
    """Return a round in whose halves ``n`` people each solved these shares of the questions."""
    totals = GroupTotals(len(VERSIONS))
    for half, shares in enumerate((earlier, later)):
        rights = np.array(shares) * n
        totals.halves[half] = [np.full(len(VERSIONS), float(n)), rights, rights]
    totals.n[:] = 2 * n
    for place, (first, second) in enumerate(zip(earlier, later, strict=True)):
        right = int(n * (first + second))
        totals.options[place] = {
            "a": np.array([right, 0, 0, 0]),
            "b": np.array([2 * n - right, 0, 0, 0]),
        }
    return totals


EVEN = [0.5] * 6


def test_a_question_that_leaked_between_rounds_is_told() -> None:
    history = History()
    history.add(VERSIONS, round_of(EVEN, EVEN))
    leaked = [0.9, *EVEN[1:]]
    found = history.signals(VERSIONS, round_of(leaked, leaked))
    assert found["drift"][0] > 8
    assert np.abs(found["drift"][1:]).max() < 1
    assert found["psi"][0] > 0.25
    assert np.abs(found["psi"][1:]).max() < 0.01
    assert np.abs(found["leak"]).max() < 1


def test_a_question_that_leaks_during_a_round_is_told_at_once() -> None:
    found = History().signals(VERSIONS, round_of(EVEN, [0.5, 0.5, 0.85, 0.5, 0.5, 0.5]))
    assert found["leak"][2] > 6
    assert np.isnan(found["drift"]).all()
    assert np.isnan(found["psi"]).all()


def test_a_round_is_compared_with_all_earlier_ones_together() -> None:
    history = History()
    for share in (0.4, 0.6):
        history.add(VERSIONS, round_of([share] * 6, [share] * 6))
    found = history.signals(VERSIONS, round_of(EVEN, EVEN))
    assert np.abs(found["drift"]).max() < 0.01
