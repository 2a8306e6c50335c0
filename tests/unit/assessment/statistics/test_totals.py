"""Sums over chunks give what the plain definitions give, however the chunks are cut."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.assessment.statistics.figures import Sitting, item_rows, paper_row, reliability
from elearn.assessment.statistics.measures import bands
from elearn.assessment.statistics.models import Reliability, StatisticScope
from elearn.assessment.statistics.totals import MOST_KEYS, OTHER, Chunk, GroupTotals, ScopeTotals
from tests.unit.assessment.statistics import twin
from tests.unit.assessment.statistics.twin import Answer, Attempt

NOW = datetime(2026, 11, 22, tzinfo=UTC)
VERSIONS = np.array([11, 12, 13, 14, 15])


def score(attempt: Attempt) -> float:
    return sum(one.earned for one in attempt) / sum(one.points for one in attempt)


def chunk_of(attempts: list[Attempt], band: np.ndarray) -> Chunk:
    answers = [(place, one) for place, attempt in enumerate(attempts) for one in attempt]
    versions = [int(np.searchsorted(VERSIONS, one.version)) for _, one in answers]
    given_values = sorted(
        {(v, one.value) for v, (_, one) in zip(versions, answers, strict=True) if one.value}
    )
    return Chunk(
        attempt=np.array([place for place, _ in answers]),
        version=np.array(versions),
        points=np.array([one.points for _, one in answers]),
        earned=np.array([one.earned for _, one in answers]),
        seconds=np.full(len(answers), 30.0),
        answered=np.full(len(answers), np.nan),
        value=np.array(
            [
                given_values.index((v, one.value)) if one.value else -1
                for v, (_, one) in zip(versions, answers, strict=True)
            ]
        ),
        chosen=[(version, (value,)) for version, value in given_values],
        band=band,
        later=np.zeros(len(attempts), dtype=np.int64),
    )


def totals_of(attempts: list[Attempt], cut: int = 0) -> GroupTotals:
    band = bands(np.array([score(attempt) for attempt in attempts]))
    totals = GroupTotals(len(VERSIONS))
    for part in (slice(0, cut), slice(cut, None)):
        if attempts[part]:
            totals.add(chunk_of(attempts[part], band[part]))
    return totals


def rows_of(*groups: GroupTotals) -> dict[int, dict[str, Any]]:
    whole = ScopeTotals.of([(VERSIONS, group) for group in groups])
    rows = item_rows(whole, StatisticScope.ALL, 0, now=NOW)
    return {row["question_version_id"]: row for row in rows}


def answers_of(*rights: str) -> list[Attempt]:
    """Return attempts whose questions are right (1) or wrong (0), as "110"."""
    return [
        [Answer(11 + place, 1, int(mark), "ab"[mark == "0"]) for place, mark in enumerate(row)]
        for row in rights
    ]


def test_a_scale_by_hand() -> None:
    rows = rows_of(totals_of(answers_of("111", "110", "100", "000")))
    assert [rows[version]["facility"] for version in (11, 12, 13)] == [0.75, 0.5, 0.25]
    # Question 11: shares 1 1 1 0 against rests 1 .5 0 0; covariance .09375,
    # variances .1875 and .171875: .09375 / sqrt(.0322266) = .5222.
    assert rows[11]["discrimination"] == pytest.approx(0.5222, abs=1e-4)
    # The middle one: 1 1 0 0 against 1 .5 .5 0: .125 / sqrt(.25 * .125) = .7071.
    assert rows[12]["discrimination"] == pytest.approx(0.7071, abs=1e-4)
    assert rows[11]["options"] == {"a": [0, 1, 1, 1], "b": [1, 0, 0, 0]}
    assert rows[11]["groups"] == [1, 1, 1, 1]
    assert rows[11]["seconds"] == pytest.approx(30, rel=0.13)
    assert rows[11]["exposure"] == 1


def test_a_question_that_everybody_solves_discriminates_nobody() -> None:
    rows = rows_of(totals_of(answers_of("11", "10", "10")))
    assert rows[11]["facility"] == 1
    assert rows[11]["discrimination"] is None


def test_the_only_question_of_a_paper_has_no_rest() -> None:
    rows = rows_of(totals_of(answers_of("1", "0", "1")))
    assert rows[11]["discrimination"] is None
    assert rows[11]["n"] == 3


def test_an_easy_paper_beside_a_hard_one_makes_no_discrimination() -> None:
    # Inside either group question 11 says nothing of the rest; across both it would seem to.
    easy = totals_of(answers_of("111", "110", "011", "010"))
    hard = totals_of(answers_of("100", "101", "000", "001"))
    assert rows_of(easy)[11]["discrimination"] == pytest.approx(0)
    assert rows_of(easy, hard)[11]["discrimination"] == pytest.approx(0)
    assert rows_of(easy, hard)[11]["n"] == 8


def test_exposure_counts_the_attempts_of_papers_that_ask_the_question() -> None:
    asked = [answers_of("11")[0], answers_of("1")[0], answers_of("0")[0]]
    rows = rows_of(totals_of(asked))
    assert rows[12]["exposure"] == pytest.approx(1 / 3)


def test_too_many_different_answers_are_counted_together() -> None:
    attempts = [[Answer(11, 1, 0, f"viết {number}")] for number in range(MOST_KEYS + 5)]
    options = rows_of(totals_of(attempts))[11]["options"]
    assert len(options) == MOST_KEYS + 1
    assert sum(options[OTHER]) == 5


def test_a_paper_by_hand() -> None:
    attempts = answers_of("111", "110", "100", "000")
    totals = totals_of(attempts)
    sitting = Sitting(
        np.array([score(each) for each in attempts]), np.array([60.0, np.nan, 90, 120]), 2
    )
    row = paper_row(5, StatisticScope.PAPER, 5, sitting, [(VERSIONS, totals)], now=NOW)
    assert (row["n"], row["passed"], row["mean"]) == (4, 2, 50)
    assert row["histogram"] == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1]
    assert row["method"] is Reliability.ALPHA
    assert row["reliability"] == pytest.approx(0.75)
    assert row["seconds"] == 90
    # Deviation of 100 66.7 33.3 0 is 43.03; 43.03 * sqrt(1 - .75) = 21.5.
    assert row["error"] == pytest.approx(21.5, abs=0.05)


def test_papers_drawn_anew_are_told_by_the_analysis_of_variance() -> None:
    attempts = [
        [Answer(11, 1, 1, "a"), Answer(12, 1, 1, "a")],
        [Answer(12, 1, 0, "b"), Answer(13, 1, 1, "a")],
        [Answer(11, 1, 0, "b"), Answer(14, 1, 0, "b")],
    ]
    found = reliability([(VERSIONS, totals_of(attempts))])
    assert found is not None
    assert found[0] is Reliability.DRAWN
    assert found[1].value == pytest.approx(twin.drawn(attempts))


an_answer = st.tuples(
    st.sampled_from([0.5, 1.0, 2.0]), st.sampled_from([0, 0.25, 0.5, 1]), st.sampled_from("abc")
)
an_attempt = st.dictionaries(
    st.sampled_from(VERSIONS.tolist()), an_answer, min_size=1, max_size=5
).map(
    lambda asked: [
        Answer(version, points, points * share, None if share == 0 and letter == "c" else letter)
        for version, (points, share, letter) in sorted(asked.items())
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(an_attempt, min_size=2, max_size=25), st.integers(0, 25))
def test_items_are_as_the_slow_twin_says(attempts: list[Attempt], cut: int) -> None:
    band = bands(np.array([score(attempt) for attempt in attempts])).tolist()
    for version, row in rows_of(totals_of(attempts, cut)).items():
        assert row["facility"] == pytest.approx(twin.facility(attempts, version))
        assert row["omitted"] == twin.omitted(attempts, version)
        assert row["options"] == twin.choices(attempts, version, band)
        expected = twin.discrimination(attempts, version)
        if expected is None:
            assert row["discrimination"] is None
        else:
            assert row["discrimination"] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("01"), min_size=5, max_size=5), min_size=2, max_size=20))
def test_alpha_is_as_the_slow_twin_says(rows: list[list[str]]) -> None:
    attempts = answers_of(*("".join(row) for row in rows))
    found = reliability([(VERSIONS, totals_of(attempts, 3))])
    if len({row.count("1") for row in rows}) == 1:
        assert found is None
    else:
        assert found is not None
        assert found[1].value == pytest.approx(twin.alpha(attempts))


@settings(max_examples=100, deadline=None)
@given(st.lists(an_attempt.filter(lambda attempt: len(attempt) > 1), min_size=3, max_size=20))
def test_drawn_reliability_is_as_the_slow_twin_says(attempts: list[Attempt]) -> None:
    found = reliability([(VERSIONS, totals_of(attempts))])
    if found is not None and found[0] is Reliability.DRAWN:
        assert found[1].value == pytest.approx(twin.drawn(attempts))
