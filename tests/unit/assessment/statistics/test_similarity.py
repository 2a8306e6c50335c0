"""Pairs that share wrong answers: planted ones are found, honest ones left alone."""

from itertools import combinations

import numpy as np
import pytest

from elearn.assessment.statistics.measures import chance_of_at_least
from elearn.assessment.statistics.similarity import RoundAnswers, same_by_chance, similar_pairs

QUESTIONS = 30
OPTIONS = 4


def answers_of(
    choices: np.ndarray, unit: list[int], answered: np.ndarray | None = None
) -> RoundAnswers:
    """Return the answers of people (rows) to questions (columns); option 0 is right, -1 none."""
    people, questions = choices.shape
    attempt, version = np.divmod(np.arange(people * questions), questions)
    flat = choices.ravel()
    return RoundAnswers(
        attempt=attempt,
        version=version,
        value=np.where(flat < 0, -1, version * OPTIONS + flat),
        wrong=(flat != 0).astype(np.int8),
        answered=np.full(len(flat), np.nan) if answered is None else answered.ravel(),
        unit=np.array(unit),
    )


def honest(people: int, seed: int = 3) -> np.ndarray:
    """Return answers of people who work alone: half right, wrong options equally liked."""
    random = np.random.default_rng(seed)
    right = random.random((people, QUESTIONS)) < 0.5
    return np.where(right, 0, random.integers(1, OPTIONS, (people, QUESTIONS)))


def test_wrong_answers_meet_by_chance_as_often_as_they_are_liked() -> None:
    # Question 0: wrong answers 1 1 2, shares 2/3 and 1/3; question 1: nobody wrong.
    found = same_by_chance(answers_of(np.array([[1, 0], [1, 0], [2, 0], [0, 0], [-1, 0]]), [1] * 5))
    assert found[0] == pytest.approx(5 / 9)
    assert found[1] == 0


def test_people_who_work_alone_raise_no_sign() -> None:
    assert similar_pairs(answers_of(honest(120), [1] * 120)) == []


def test_a_copied_paper_is_found_with_what_it_shares() -> None:
    choices = honest(120)
    choices[7] = choices[3]
    answered = np.full(choices.shape, np.nan)
    answered[3], answered[7] = (
        1000.0 + 40 * np.arange(QUESTIONS),
        1005.0 + 40 * np.arange(QUESTIONS),
    )
    answered[7, :5] += 60
    found = similar_pairs(answers_of(choices, [1] * 120, answered))
    assert [(pair.first, pair.second) for pair in found] == [(3, 7)]
    wrong = int((choices[3] != 0).sum())
    assert (found[0].common, found[0].both_wrong, found[0].same_wrong) == (30, wrong, wrong)
    assert (found[0].timed, found[0].together) == (30, 25)
    assert found[0].expected == pytest.approx(wrong / 3, rel=0.2)
    assert found[0].log10_p < -5


def test_only_people_of_one_unit_are_compared() -> None:
    choices = honest(120)
    choices[7] = choices[3]
    units = [1] * 120
    units[7] = 2
    assert similar_pairs(answers_of(choices, units)) == []


def test_leaving_the_same_questions_blank_is_no_sign() -> None:
    choices = honest(60)
    choices[3, :20] = choices[7, :20] = -1
    choices[3, 20:], choices[7, 20:] = 0, 0
    assert similar_pairs(answers_of(choices, [1] * 60)) == []


def test_the_same_misunderstanding_of_all_is_no_sign() -> None:
    # Everybody who is wrong gives the same wrong answer, so that sharing it tells nothing.
    random = np.random.default_rng(5)
    choices = (random.random((100, QUESTIONS)) < 0.5).astype(np.int64)
    choices[7] = choices[3]
    assert similar_pairs(answers_of(choices, [1] * 100)) == []


def test_pairs_are_those_of_the_slow_definition() -> None:
    choices = honest(40, seed=11)
    choices[1], choices[2, :22], choices[9, :25] = choices[0], choices[0, :22], choices[8, :25]
    answers = answers_of(choices, [1] * 20 + [2] * 20)
    chance = same_by_chance(answers)
    expected = []
    compared = 2 * (20 * 19 // 2)
    for one, two in combinations(range(40), 2):
        both = (choices[one] > 0) & (choices[two] > 0)
        same = int((both & (choices[one] == choices[two])).sum())
        rare = chance_of_at_least(same, chance[both]) * compared <= 0.01
        if (one < 20) == (two < 20) and same >= 4 and rare:
            expected.append((one, two))
    assert sorted((pair.first, pair.second) for pair in similar_pairs(answers)) == expected
    assert (0, 1) in expected
