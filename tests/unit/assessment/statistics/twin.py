"""The same statistics, slowly: one answer after the other, in plain Python."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import correlation, fmean, pvariance


@dataclass(frozen=True)
class Answer:
    """One question of an attempt."""

    version: int
    points: float
    earned: float
    value: str | None

    @property
    def share(self) -> float:
        return self.earned / self.points


Attempt = list[Answer]


def _asked(attempts: list[Attempt], version: int) -> list[tuple[Attempt, Answer]]:
    return [(each, one) for each in attempts for one in each if one.version == version]


def facility(attempts: list[Attempt], version: int) -> float:
    return fmean(one.share for _, one in _asked(attempts, version))


def omitted(attempts: list[Attempt], version: int) -> int:
    return sum(one.value is None for _, one in _asked(attempts, version))


def discrimination(attempts: list[Attempt], version: int) -> float | None:
    """Correlate with the share of the other points of each attempt."""
    shares, rests = [], []
    for attempt, one in _asked(attempts, version):
        others = [other for other in attempt if other is not one]
        if others:
            shares.append(one.share)
            rests.append(sum(o.earned for o in others) / sum(o.points for o in others))
    if len(set(shares)) < 2 or len({round(rest, 9) for rest in rests}) < 2:
        return None
    return correlation(shares, rests)


def choices(attempts: list[Attempt], version: int, bands: list[int]) -> dict[str, list[int]]:
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for attempt, band in zip(attempts, bands, strict=True):
        for one in attempt:
            if one.version == version and one.value is not None:
                counted[one.value][band] += 1
    return {key: [counter[band] for band in range(4)] for key, counter in counted.items()}


def alpha(attempts: list[Attempt]) -> float:
    """Return Cronbach's alpha of attempts that all have the same questions."""
    versions = sorted(one.version for one in attempts[0])
    items = [[one.earned for _, one in _asked(attempts, version)] for version in versions]
    totals = [sum(one.earned for one in attempt) for attempt in attempts]
    variance = sum(pvariance(column) for column in items)
    return len(items) / (len(items) - 1) * (1 - variance / pvariance(totals))


def drawn(attempts: list[Attempt]) -> float:
    """Return 1 - mean square inside people / mean square between people."""
    every = [one.share for attempt in attempts for one in attempt]
    means = [fmean(one.share for one in attempt) for attempt in attempts]
    between = sum(
        len(attempt) * (mean - fmean(every)) ** 2
        for attempt, mean in zip(attempts, means, strict=True)
    )
    within = sum(
        (one.share - mean) ** 2
        for attempt, mean in zip(attempts, means, strict=True)
        for one in attempt
    )
    return 1 - (within / (len(every) - len(attempts))) / (between / (len(attempts) - 1))
