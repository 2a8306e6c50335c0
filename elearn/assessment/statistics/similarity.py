"""Pairs of attempts that share wrong answers beyond chance: evidence for people to look at.

Two people who both got a question wrong give the same wrong answer by chance with the probability
q, the sum of the squared shares of its wrong answers in the round. Over the questions that both
got wrong the number of same answers is then a sum of independent events; how rare it is or more
is counted exactly. Only pairs of one unit are compared, and a pair is kept when the chance, times
the number of pairs compared, stays below one in a hundred (Bonferroni). Harpp and Hogan (1993)
and Wesolowsky (2000) describe the idea.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from elearn.assessment.statistics.measures import Counts, Floats, chance_of_at_least

LEAST_SAME = 4
# Kept pairs are expected by chance alone in one round of a hundred.
CHANCE = 0.01
# A first sieve by the normal approximation, well below what is kept in the end.
_SIEVE = 3.0
# Answers given within these seconds of each other count as together.
TOGETHER = 10.0
_BLOCK = 400


@dataclass(frozen=True, slots=True)
class RoundAnswers:
    """Every answer of a round, one place per attempt and question; ``unit`` is by attempt.

    ``value`` counts the different answers of the whole round, -1 without one; ``wrong`` is whether
    it earned less than everything; ``answered`` its instant in seconds, NaN on paper.
    """

    attempt: Counts
    version: Counts
    value: Counts
    wrong: Counts
    answered: Floats
    unit: Counts


@dataclass(frozen=True, slots=True)
class Pair:
    """Two attempts by place, and what they share; see models.AnswerSimilarity."""

    first: int
    second: int
    unit: int
    common: int
    both_wrong: int
    same_wrong: int
    expected: float
    log10_p: float
    timed: int
    together: int


def same_by_chance(answers: RoundAnswers) -> Floats:
    """Return by question how likely two wrong answers are the same one."""
    wrong = (answers.wrong > 0) & (answers.value >= 0)
    values = int(answers.value.max(initial=-1)) + 1
    versions = int(answers.version.max(initial=-1)) + 1
    counts = np.bincount(answers.value[wrong], minlength=values).astype(np.float64)
    owner = np.zeros(values, dtype=np.int64)
    owner[answers.value[wrong]] = answers.version[wrong]
    total = np.bincount(owner, counts, minlength=versions)
    squares = np.bincount(owner, counts**2, minlength=versions)
    return np.where(total > 0, squares / np.maximum(total, 1) ** 2, 0.0)


def similar_pairs(answers: RoundAnswers) -> list[Pair]:
    """Return the pairs that share more wrong answers than chance explains, the rarest first."""
    chance = same_by_chance(answers)
    members = [np.flatnonzero(answers.unit == unit) for unit in np.unique(answers.unit)]
    compared = sum(len(group) * (len(group) - 1) // 2 for group in members)
    by_attempt = _places(answers)
    found = [
        pair
        for group in members
        for first, second in _candidates(answers, group, chance)
        if (pair := _pair(answers, by_attempt, (first, second), chance, compared)) is not None
    ]
    return sorted(found, key=lambda pair: (pair.log10_p, pair.first, pair.second))


def _places(answers: RoundAnswers) -> list[Counts]:
    """Return the places of the answers of each attempt."""
    order = np.argsort(answers.attempt, kind="stable")
    edges = np.searchsorted(answers.attempt[order], np.arange(len(answers.unit) + 1))
    return [order[edges[each] : edges[each + 1]] for each in range(len(answers.unit))]


def _candidates(answers: RoundAnswers, group: Counts, chance: Floats) -> Iterator[tuple[int, int]]:
    """Yield the pairs of ``group`` that pass the sieve, by blocks of rows."""
    local = np.full(len(answers.unit), -1, dtype=np.int64)
    local[group] = np.arange(len(group))
    kept = (answers.wrong > 0) & (answers.value >= 0) & (local[answers.attempt] >= 0)
    rows, ones = local[answers.attempt[kept]], np.ones(int(kept.sum()))
    values = int(answers.value.max(initial=-1)) + 1
    same = csr_matrix((ones, (rows, answers.value[kept])), shape=(len(group), values))
    wrong = csr_matrix((ones, (rows, answers.version[kept])), shape=(len(group), len(chance)))
    for start in range(0, len(group), _BLOCK):
        part = slice(start, start + _BLOCK)
        shared = (same[part] @ same.T).toarray()
        expected = (wrong[part] @ diags(chance) @ wrong.T).toarray()
        spread = (wrong[part] @ diags(chance * (1 - chance)) @ wrong.T).toarray()
        rare = (shared >= LEAST_SAME) & (shared - expected >= _SIEVE * np.sqrt(spread))
        for row, column in np.argwhere(rare):
            if start + row < column:
                yield int(group[start + row]), int(group[column])


def _pair(
    answers: RoundAnswers,
    by_attempt: list[Counts],
    pair: tuple[int, int],
    chance: Floats,
    compared: int,
) -> Pair | None:
    """Return the pair with its exact chance, None when chance explains it."""
    one, two = (by_attempt[each] for each in pair)
    _, left, right = np.intersect1d(answers.version[one], answers.version[two], return_indices=True)
    one, two = one[left], two[right]
    answered = (answers.value[one] >= 0) & (answers.value[two] >= 0)
    wrong = answered & (answers.wrong[one] > 0) & (answers.wrong[two] > 0)
    same = int((wrong & (answers.value[one] == answers.value[two])).sum())
    chances = chance[answers.version[one[wrong]]]
    likelihood = chance_of_at_least(same, chances)
    if likelihood * compared > CHANCE:
        return None
    apart = np.abs(answers.answered[one] - answers.answered[two])
    return Pair(
        first=pair[0],
        second=pair[1],
        unit=int(answers.unit[pair[0]]),
        common=len(one),
        both_wrong=int(wrong.sum()),
        same_wrong=same,
        expected=float(chances.sum()),
        log10_p=math.log10(max(likelihood, 1e-300)),
        timed=int((~np.isnan(apart)).sum()),
        together=int((apart <= TOGETHER).sum()),
    )
