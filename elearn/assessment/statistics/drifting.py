"""Questions that became easier than the others: between rounds, and inside a round."""

from dataclasses import dataclass, field

import numpy as np

from elearn.assessment.statistics import measures
from elearn.assessment.statistics.measures import BANDS, Counts, Floats
from elearn.assessment.statistics.totals import GroupTotals, Options

# A choice's distribution over fewer answers moves by chance alone.
LEAST_FOR_CHOICES = 50
_BLANK = ""


@dataclass(slots=True)
class History:
    """What earlier rounds told of each question version; rounds are added from the oldest on."""

    sums: dict[int, Floats] = field(default_factory=dict)
    choices: dict[int, dict[str, float]] = field(default_factory=dict)

    def signals(self, version_ids: Counts, group: GroupTotals) -> dict[str, Floats]:
        """Return drift, leak and psi of the questions of a round, NaN where they tell nothing."""
        earlier, later = group.halves
        return {
            "drift": measures.drift(self._before(version_ids), _triple(earlier + later)),
            "leak": measures.drift(_triple(earlier), _triple(later)),
            "psi": self._stability(version_ids, group),
        }

    def add(self, version_ids: Counts, group: GroupTotals) -> None:
        """Remember a round."""
        for place, version_id in enumerate(version_ids.tolist()):
            sums = self.sums.get(version_id, np.zeros(3))
            self.sums[version_id] = sums + group.halves[:, :, place].sum(axis=0)
            known = self.choices.setdefault(version_id, {})
            for key, count in _counted(group, place).items():
                known[key] = known.get(key, 0.0) + count

    def _before(self, version_ids: Counts) -> tuple[Floats, Floats, Floats]:
        nothing = np.zeros(3)
        rows = [self.sums.get(version_id, nothing) for version_id in version_ids.tolist()]
        return _triple(np.array(rows).reshape(-1, 3).T)

    def _stability(self, version_ids: Counts, group: GroupTotals) -> Floats:
        nothing = np.zeros(3)
        found = np.full(len(version_ids), np.nan)
        for place, version_id in enumerate(version_ids.tolist()):
            asked = min(self.sums.get(version_id, nothing)[0], group.n[place])
            if asked >= LEAST_FOR_CHOICES:
                old, new = self.choices[version_id], _counted(group, place)
                keys = sorted(old.keys() | new.keys())
                found[place] = measures.stability(
                    np.array([old.get(key, 0.0) for key in keys]),
                    np.array([new.get(key, 0.0) for key in keys]),
                )
        return found


def _triple(rows: Floats) -> tuple[Floats, Floats, Floats]:
    return rows[0], rows[1], rows[2]


def _counted(group: GroupTotals, place: int) -> dict[str, float]:
    options: Options = group.options[place]
    counted = {key: float(by_band[:BANDS].sum()) for key, by_band in options.items()}
    return {**counted, _BLANK: float(group.omitted[place])}
