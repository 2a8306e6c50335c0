"""From sums to the rows that are stored."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from elearn.assessment.statistics import measures
from elearn.assessment.statistics.measures import Counts, Estimate, Floats
from elearn.assessment.statistics.models import Reliability, StatisticScope
from elearn.assessment.statistics.totals import GroupTotals, Options, ScopeTotals

# Tenths of the scale from 0 to 100 %.
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Sitting:
    """The attempts of a scope: scores as shares of 1, seconds (NaN on paper), how many passed."""

    scores: Floats
    seconds: Floats
    passed: int


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def item_rows(
    totals: ScopeTotals,
    scope: StatisticScope,
    scope_id: int,
    *,
    now: datetime,
    signals: Mapping[str, Floats] | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of every question of a scope; ``signals`` are further columns by question."""
    discrimination = measures.correlation(*totals.products)
    seconds = measures.medians(totals.times)
    timed = totals.times.sum(axis=1)
    return [
        {
            "question_version_id": int(version_id),
            "scope": scope,
            "scope_id": scope_id,
            "n": int(totals.n[place]),
            "omitted": int(totals.omitted[place]),
            "facility": min(1.0, float(totals.share[place] / totals.n[place])),
            "discrimination": _or_none(discrimination[place]),
            "exposure": float(totals.n[place] / totals.asked[place]),
            "seconds": _or_none(seconds[place]),
            "timed": int(timed[place]),
            "options": _plain(totals.options[place]),
            "groups": totals.band_sizes[place].tolist(),
            "computed_at": now,
            **{name: _or_none(values[place]) for name, values in (signals or {}).items()},
        }
        for place, version_id in enumerate(totals.versions)
        if totals.n[place]
    ]


def _plain(options: Options) -> dict[str, list[int]]:
    return {key: options[key].tolist() for key in sorted(options)}


def reliability(
    groups: Sequence[tuple[Counts, GroupTotals]],
) -> tuple[Reliability, Estimate] | None:
    """Return how reliable the scores of ``groups`` together are, None where it cannot be told."""
    people = sum(group.attempts for _, group in groups)
    sums: dict[int, Floats] = {}
    for ids, group in groups:
        for version_id, *values in zip(
            ids, group.n, group.earned, group.earned_squares, strict=True
        ):
            sums[int(version_id)] = sums.get(int(version_id), np.zeros(3)) + values
    asked = np.array([row for row in sums.values() if row[0]])
    if len(asked) and (asked[:, 0] == people).all():
        return _alpha(people, asked, groups)
    return _drawn(people, groups)


def _alpha(
    people: int, asked: Floats, groups: Sequence[tuple[Counts, GroupTotals]]
) -> tuple[Reliability, Estimate] | None:
    n, total, squares = asked.T
    whole = sum(group.points_sum for _, group in groups)
    spread = sum(group.points_squares for _, group in groups) - whole**2 / people
    found = measures.alpha(
        people, measures.centred(n, total, total, squares) / people, spread / people
    )
    return None if found is None else (Reliability.ALPHA, found)


def _drawn(
    people: int, groups: Sequence[tuple[Counts, GroupTotals]]
) -> tuple[Reliability, Estimate] | None:
    answers = sum(group.answers for _, group in groups)
    shares = sum(group.all_shares for _, group in groups)
    found = measures.drawn_reliability(
        people,
        answers,
        sum(group.by_person for _, group in groups) - shares**2 / max(answers, 1),
        sum(group.within for _, group in groups),
    )
    return None if found is None else (Reliability.DRAWN, found)


def paper_row(
    paper_version_id: int,
    scope: StatisticScope,
    scope_id: int,
    sitting: Sitting,
    groups: Sequence[tuple[Counts, GroupTotals]],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return the row of a paper version in a scope."""
    percent = sitting.scores * 100
    deviation = float(percent.std(ddof=1)) if len(percent) > 1 else None
    found = reliability(groups)
    seconds = sitting.seconds[~np.isnan(sitting.seconds)]
    tenths = np.clip(np.floor(percent / _TENTHS + 1e-9), 0, _TENTHS - 1).astype(np.int64)
    return {
        "paper_version_id": paper_version_id,
        "scope": scope,
        "scope_id": scope_id,
        "n": len(percent),
        "passed": sitting.passed,
        "mean": float(percent.mean()),
        "deviation": deviation,
        "histogram": np.bincount(tenths, minlength=_TENTHS).tolist(),
        "reliability": found[1].value if found else None,
        "reliability_low": found[1].low if found else None,
        "reliability_high": found[1].high if found else None,
        "method": found[0] if found else None,
        "error": _error(deviation, found),
        "seconds": float(np.median(seconds)) if len(seconds) else None,
        "computed_at": now,
    }


def _error(deviation: float | None, found: tuple[Reliability, Estimate] | None) -> float | None:
    """Return the standard error of measurement, in percent of the scale."""
    if deviation is None or found is None:
        return None
    return deviation * math.sqrt(1 - min(max(found[1].value, 0.0), 1.0))
