"""The figures of test theory as functions of arrays: NumPy in, NumPy out, no database.

Sources: Lord and Novick, Statistical Theories of Mental Test Scores (item-rest correlation,
alpha, KR-20); Feldt, Woodruff and Salih (1987) for the interval of alpha; Shrout and Fleiss
(1979), case 1, for papers drawn anew for each examinee; see docs/statistics.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

# Ability groups: quarters of the attempts by score, the weakest first.
BANDS = 4
# Times are counted in bins that grow by an eighth, from half a second to an hour.
TIME_EDGES: Floats = np.geomspace(0.5, 3600, 76)
# Where nothing varies, sums of squares are rounding errors of this size.
_NOTHING = 1e-9
# A drift is judged against the questions that both rounds asked; fewer tell nothing.
LEAST_COMMON = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A reliability with its interval; ``low`` and ``high`` enclose it with the chance asked."""

    value: float
    low: float
    high: float


def bands(scores: Floats) -> Counts:
    """Return the quarter of each score, 0 to 3; equal scores stand in the same, lower one."""
    cuts = np.quantile(scores, np.arange(1, BANDS) / BANDS)
    return np.searchsorted(cuts, scores, side="left").astype(np.int64)


def centred(n: Floats, sum_x: Floats, sum_y: Floats, sum_xy: Floats) -> Floats:
    """Return the sums of products of deviations from the means, 0 where nobody was counted."""
    return np.where(n > 0, sum_xy - sum_x * sum_y / np.maximum(n, 1), 0.0)


def correlation(xx: Floats, yy: Floats, xy: Floats) -> Floats:
    """Return the correlations of centred sums; NaN where either side never varies."""
    varies = (xx > _NOTHING) & (yy > _NOTHING)
    scale = np.sqrt(np.where(varies, xx * yy, 1.0))
    return np.where(varies, np.clip(xy / scale, -1.0, 1.0), np.nan)


def alpha(
    people: int, item_variances: Floats, total_variance: float, level: float = 0.95
) -> Estimate | None:
    """Return Cronbach's alpha of a paper whose questions everybody had, with Feldt's interval.

    It is KR-20 where every question is right or wrong. Variances are all by n or all by n - 1.
    None for fewer than two questions or people, or where all have the same score.
    """
    items = len(item_variances)
    if items < 2 or people < 2 or total_variance <= _NOTHING:
        return None
    value = items / (items - 1) * (1 - float(item_variances.sum()) / total_variance)
    return _with_interval(value, people - 1, (people - 1) * (items - 1), level)


def drawn_reliability(
    people: int, answers: int, between: float, within: float, level: float = 0.95
) -> Estimate | None:
    """Return the reliability of scores where everybody had questions of his own.

    Analysis of variance with questions nested in people: ``between`` and ``within`` are the sums
    of squares between people and inside them, over ``answers`` in all. The luck of the draw is
    part of the error, so that it is lower than alpha. None where it cannot be told.
    """
    inside = answers - people
    if people < 2 or inside < people or between <= _NOTHING:
        return None
    value = 1 - (within / inside) / (between / (people - 1))
    return _with_interval(value, people - 1, inside, level)


def _with_interval(value: float, people: int, inside: int, level: float) -> Estimate:
    tail = (1 - level) / 2
    low = 1 - (1 - value) * float(fdtri(people, inside, 1 - tail))
    high = 1 - (1 - value) * float(fdtri(people, inside, tail))
    return Estimate(value, low, high)


def time_bins(seconds: Floats) -> Counts:
    """Return the bin of each time; what is shorter or longer than the edges joins the ends."""
    places = np.searchsorted(TIME_EDGES, seconds, side="right") - 1
    return np.clip(places, 0, len(TIME_EDGES) - 2).astype(np.int64)


def medians(histogram: Counts) -> Floats:
    """Return the median of each row of counted times, in seconds; NaN for an empty row.

    Inside a bin times are taken to be spread evenly on the scale of logarithms.
    """
    total = histogram.sum(axis=1)
    below = np.cumsum(histogram, axis=1)
    place = np.argmax(below * 2 >= np.maximum(total, 1)[:, None], axis=1)
    rows = np.arange(len(histogram))
    inside = np.maximum(histogram[rows, place], 1)
    before = below[rows, place] - histogram[rows, place]
    share = (total / 2 - before) / inside
    edges = np.log(TIME_EDGES)
    value = np.exp(edges[place] + share * (edges[place + 1] - edges[place]))
    return np.where(total > 0, value, np.nan)


def drift(
    old: tuple[Floats, Floats, Floats], new: tuple[Floats, Floats, Floats], least: int = 30
) -> Floats:
    """Return by how many standard errors each question became easier than the others did.

    ``old`` and ``new`` are (n, sum of shares, sum of squared shares) by question. The differences
    of the logits of facility are compared with their median, the change of the people rather than
    of the questions. NaN where fewer than ``least`` were asked on either side, everywhere when
    fewer than LEAST_COMMON questions can be compared. A share of 0 or 1 is moved by half an
    answer, so that its logit exists.
    """
    known = (old[0] >= least) & (new[0] >= least)
    if int(known.sum()) < LEAST_COMMON:
        return np.full(len(known), np.nan)
    (before, before_error), (after, after_error) = _logits(*old), _logits(*new)
    change = after - before
    shift = float(np.median(change[known]))
    error = np.sqrt(before_error + after_error)
    return np.where(known, (change - shift) / error, np.nan)


def _logits(n: Floats, total: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """Return the logits of the facilities and their squared standard errors."""
    size = np.maximum(n, 1)
    share = (total + 0.5) / (size + 1)
    variance = np.maximum(centred(n, total, total, squares) / size, share * (1 - share) / size)
    return np.log(share / (1 - share)), variance / size / (share * (1 - share)) ** 2


def stability(old: Floats, new: Floats) -> float:
    """Return the population stability index of two counts of the same choices.

    The sum of (new share - old share) * ln(new share / old share); half an answer is added to
    each choice. Below 0.1 nothing moved, above 0.25 much did (the customary bounds).
    """
    before = (old + 0.5) / (old + 0.5).sum()
    after = (new + 0.5) / (new + 0.5).sum()
    return float(((after - before) * np.log(after / before)).sum())


def chance_of_at_least(count: int, chances: Floats) -> float:
    """Return how likely ``count`` or more of independent events with ``chances`` happen."""
    reached = np.zeros(len(chances) + 1)
    reached[0] = 1.0
    for chance in chances:
        reached[1:] = reached[1:] * (1 - chance) + reached[:-1] * chance
        reached[0] *= 1 - chance
    return float(reached[count:].sum())
