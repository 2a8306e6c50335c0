"""Sums over attempts, chunk by chunk, from which every figure of a question follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from elearn.assessment.statistics.measures import (
    BANDS,
    TIME_EDGES,
    Counts,
    Floats,
    centred,
    time_bins,
)

Options = dict[str, Counts]

# What does not fit any more: a question with free text may have thousands of different answers.
OTHER = "…"
MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class Chunk:
    """Answers of some whole attempts of one group, one place per attempt and question.

    ``attempt`` counts the attempts of the chunk from 0, ``version`` is the place of the question
    in the group. ``points`` could be earned, ``earned`` were; ``seconds`` is NaN where unknown, as
    is ``answered``, the instant of the last answer in seconds; ``value`` is a place in ``chosen``,
    -1 without an answer. By attempt: its ability band and whether it began in the later half of
    the group.
    """

    attempt: Counts
    version: Counts
    points: Floats
    earned: Floats
    seconds: Floats
    answered: Floats
    value: Counts
    chosen: Sequence[tuple[int, tuple[str, ...]]]
    band: Counts
    later: Counts


@dataclass(slots=True)
class GroupTotals:
    """The sums of one group: the attempts at a paper version in one round, or outside any.

    Arrays are by question. ``halves`` are (n, sum, sum of squares) of shares of the earlier and
    the later half. ``rest_*`` leave out attempts without any other question.
    """

    size: int
    attempts: int = 0
    answers: int = 0
    within: float = 0.0
    by_person: float = 0.0
    all_shares: float = 0.0
    points_sum: float = 0.0
    points_squares: float = 0.0
    n: Floats = field(init=False)
    omitted: Floats = field(init=False)
    earned: Floats = field(init=False)
    earned_squares: Floats = field(init=False)
    halves: Floats = field(init=False)
    rest: Floats = field(init=False)
    times: Counts = field(init=False)
    band_sizes: Counts = field(init=False)
    options: list[Options] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing counted."""
        self.n, self.omitted, self.earned, self.earned_squares = (
            np.zeros(self.size) for _ in range(4)
        )
        self.halves = np.zeros((2, 3, self.size))
        self.rest = np.zeros((6, self.size))
        self.times = np.zeros((self.size, len(TIME_EDGES) - 1), dtype=np.int64)
        self.band_sizes = np.zeros((self.size, BANDS), dtype=np.int64)
        self.options = [{} for _ in range(self.size)]

    def add(self, chunk: Chunk) -> None:
        """Count ``chunk``."""
        share = np.clip(chunk.earned / chunk.points, 0.0, 1.0)
        self._add_items(chunk, share)
        self._add_people(chunk, share)
        self._add_rest(chunk, share)
        self._add_times(chunk)
        self._add_options(chunk)

    def _by_version(self, chunk: Chunk, weights: Floats) -> Floats:
        return np.bincount(chunk.version, weights, minlength=self.size).astype(np.float64)

    def _add_items(self, chunk: Chunk, share: Floats) -> None:
        self.n += np.bincount(chunk.version, minlength=self.size)
        self.omitted += self._by_version(chunk, (chunk.value < 0).astype(np.float64))
        self.earned += self._by_version(chunk, chunk.earned)
        self.earned_squares += self._by_version(chunk, chunk.earned**2)
        later = chunk.later[chunk.attempt]
        for half in (0, 1):
            inside = (later == half).astype(np.float64)
            self.halves[half] += [
                self._by_version(chunk, inside * value) for value in (1.0, share, share**2)
            ]

    def _add_people(self, chunk: Chunk, share: Floats) -> None:
        count = np.bincount(chunk.attempt, minlength=len(chunk.band))
        total = np.bincount(chunk.attempt, share, minlength=len(chunk.band))
        score = np.bincount(chunk.attempt, chunk.earned, minlength=len(chunk.band))
        by_person = float((total**2 / np.maximum(count, 1)).sum())
        self.attempts += len(chunk.band)
        self.answers += len(share)
        self.by_person += by_person
        self.within += float((share**2).sum()) - by_person
        self.all_shares += float(share.sum())
        self.points_sum += float(score.sum())
        self.points_squares += float((score**2).sum())

    def _add_rest(self, chunk: Chunk, share: Floats) -> None:
        earned = np.bincount(chunk.attempt, chunk.earned)[chunk.attempt] - chunk.earned
        points = np.bincount(chunk.attempt, chunk.points)[chunk.attempt] - chunk.points
        known = (points > 0).astype(np.float64)
        rest = np.where(points > 0, earned / np.where(points > 0, points, 1.0), 0.0)
        terms = (1.0, share, share**2, rest, rest**2, share * rest)
        self.rest += [self._by_version(chunk, known * term) for term in terms]

    def _add_times(self, chunk: Chunk) -> None:
        known = ~np.isnan(chunk.seconds)
        width = len(TIME_EDGES) - 1
        places = chunk.version[known] * width + time_bins(chunk.seconds[known])
        self.times += np.bincount(places, minlength=self.size * width).reshape(self.size, width)

    def _add_options(self, chunk: Chunk) -> None:
        band = chunk.band[chunk.attempt]
        self.band_sizes += _cross(chunk.version, band, self.size)
        given = chunk.value >= 0
        counts = _cross(chunk.value[given], band[given], len(chunk.chosen))
        for (version, keys), by_band in zip(chunk.chosen, counts, strict=True):
            for key in keys:
                _count(self.options[version], key, by_band)


def _cross(rows: Counts, band: Counts, size: int) -> Counts:
    """Return how often each row (below ``size``) meets each band."""
    counts = np.bincount(rows * BANDS + band, minlength=size * BANDS)
    return counts.reshape(size, BANDS).astype(np.int64)


def _count(options: Options, key: str, by_band: Counts) -> None:
    place = key if key in options or len(options) < MOST_KEYS else OTHER
    options[place] = options[place] + by_band if place in options else by_band.copy()


@dataclass(slots=True)
class ScopeTotals:
    """The sums of several groups together, by question version id.

    Products of deviations are taken inside each group, so that an easy paper beside a hard one
    makes no question look better than it is. ``asked`` counts the attempts of the groups that a
    question stood in.
    """

    versions: Counts
    asked: Floats
    n: Floats
    omitted: Floats
    share: Floats
    squares: Floats
    products: Floats
    times: Counts
    options: list[Options]
    band_sizes: Counts

    @classmethod
    def of(cls, groups: Sequence[tuple[Counts, GroupTotals]]) -> "ScopeTotals":
        """Return the sums of ``groups``, each with the version ids of its questions."""
        versions = np.unique(np.concatenate([ids for ids, _ in groups]))
        size = len(versions)
        whole = cls(
            versions=versions,
            asked=np.zeros(size),
            n=np.zeros(size),
            omitted=np.zeros(size),
            share=np.zeros(size),
            squares=np.zeros(size),
            products=np.zeros((3, size)),
            times=np.zeros((size, len(TIME_EDGES) - 1), dtype=np.int64),
            options=[{} for _ in range(size)],
            band_sizes=np.zeros((size, BANDS), dtype=np.int64),
        )
        for ids, group in groups:
            whole._join(np.searchsorted(versions, ids), group)
        return whole

    def _join(self, places: Counts, group: GroupTotals) -> None:
        n, x, xx, y, yy, xy = group.rest
        self.asked[places] += np.where(group.n > 0, group.attempts, 0)
        self.n[places] += group.n
        self.omitted[places] += group.omitted
        self.share[places] += group.halves[:, 1].sum(axis=0)
        self.squares[places] += group.halves[:, 2].sum(axis=0)
        self.products[0, places] += centred(n, x, x, xx)
        self.products[1, places] += centred(n, y, y, yy)
        self.products[2, places] += centred(n, x, y, xy)
        self.times[places] += group.times
        self.band_sizes[places] += group.band_sizes
        for place, options in zip(places, group.options, strict=True):
            for key, by_band in options.items():
                _count(self.options[place], key, by_band)
