"""Forms made ahead by the solver: as hard as each other, using the bank as evenly as can be.

Loads SciPy: only jobs, commands and benchmarks import this module.

The forms are made one after the other. Each is a small integer programme for HiGHS: every cell its
questions, every place once, difficulty of the form and of its sections within the tolerance, and
among all such forms the one whose questions stand in the fewest forms so far. One form at a time
stays fast where all of them at once would not be solved in hours, and keeps the use of questions
flat: what stands in few forms is cheap. Beyond the tolerance a form goes only where no form keeps
it; then it is the nearest.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from elearn.assessment.domain.draw import Candidate, DrawnQuestion, generator_of
from elearn.assessment.domain.forms import (
    FORM_TOLERANCE,
    SECTION_TOLERANCE,
    Difficulty,
    Pool,
    Target,
    difficulty_of,
)
from elearn.kernel.errors import N_, Conflict

# Candidates a cell offers the solver first: the least used, so many times what it wants.
SHORT_LIST = 5
# Seconds for one form; HiGHS returns the best it has.
LONGEST = 10.0
# Rounding: a form is meant to keep the tolerance by whole ten-thousandths.
INSIDE = 1
_BEYOND = 1000.0
_USED = 10.0

Pair = tuple[int, Candidate]


@dataclass(frozen=True, slots=True)
class Assembled:
    """The forms in order, how hard each is, and how often the most used question stands."""

    forms: tuple[tuple[DrawnQuestion, ...], ...]
    difficulties: tuple[Difficulty, ...]
    most_used: int
    widest_gap: int


def assemble(
    pool: Pool,
    target: Target,
    size: int,
    seed: str,
    told: Callable[[int], None] = lambda _done: None,
) -> Assembled:
    """Return ``size`` forms of ``pool``; ``told`` hears how many are done.

    Raises Conflict when the pool cannot supply even one.
    """
    if not pool.supply().is_whole:
        raise _short()
    maker = _Maker(pool, target, seed)
    forms = []
    for number in range(1, size + 1):
        forms.append(maker.make())
        told(number)
    difficulties = tuple(difficulty_of(form) for form in forms)
    return Assembled(
        forms=tuple(forms),
        difficulties=difficulties,
        most_used=max(maker.uses.values(), default=size),
        widest_gap=max(each.gap(target) for each in difficulties),
    )


def _short() -> Conflict:
    return Conflict("forms.short", N_("Chưa thể ra đề vì ngân hàng câu hỏi còn thiếu."))


class _Maker:
    """Makes one form after the other and remembers what they used."""

    def __init__(self, pool: Pool, target: Target, seed: str) -> None:
        self.pool = pool
        self.target = target
        self.random = generator_of(seed, "assembly").random
        self.uses: Counter[str] = Counter()

    def make(self) -> tuple[DrawnQuestion, ...]:
        """Return the next form, by cell and code; from the short lists if they hold one."""
        costs = {item.code: self._cost(item) for item in self.pool.candidates}
        chosen = self._solve(self._short_lists(costs), costs)
        if chosen is None or not self._keeps_tolerance(chosen):
            every = [
                (position, item)
                for position, items in enumerate(self.pool.by_cell)
                for item in items
            ]
            chosen = self._solve(every, costs) or chosen
        if chosen is None:
            raise _short()
        self.uses.update(item.code for _position, item in chosen)
        return self._questions(chosen)

    def _cost(self, item: Candidate) -> float:
        """Return what it costs to use ``item``: what it was used for, then chance."""
        earlier = min(3.0, item.uses / (self.pool.mean_uses + 1))
        return _USED * self.uses[item.code] + earlier + self.random()

    def _short_lists(self, costs: dict[str, float]) -> list[Pair]:
        pairs = []
        for position, items in enumerate(self.pool.by_cell):
            wanted = self.pool.blueprint.cells[position].count * SHORT_LIST
            cheapest = sorted(items, key=lambda item: costs[item.code])[:wanted]
            pairs += [(position, item) for item in cheapest]
        return pairs

    def _solve(self, pairs: Sequence[Pair], costs: dict[str, float]) -> list[Pair] | None:
        problem = _Programme(self.pool, self.target, pairs)
        return problem.solve([costs[item.code] for _position, item in pairs])

    def _keeps_tolerance(self, chosen: Sequence[Pair]) -> bool:
        return difficulty_of(self._questions(chosen)).is_within(self.target)

    def _questions(self, chosen: Sequence[Pair]) -> tuple[DrawnQuestion, ...]:
        cells = self.pool.blueprint.cells
        fixed = [
            DrawnQuestion(item, section, None, item.points) for section, item in self.pool.fixed
        ]
        drawn = [
            DrawnQuestion(
                item,
                cells[position].section,
                cells[position].index,
                item.points if (points := cells[position].points) is None else points,
            )
            for position, item in sorted(chosen, key=lambda each: (each[0], each[1].code))
        ]
        return (*fixed, *drawn)


class _Programme:
    """The integer programme of one form: a 0/1 variable for each pair of cell and candidate.

    Behind them stands one variable for each difficulty that is bounded: how far beyond its
    tolerance it goes.
    """

    def __init__(self, pool: Pool, target: Target, pairs: Sequence[Pair]) -> None:
        self.pool = pool
        self.pairs = pairs
        self.goals = self._goals(target)
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def _goals(self, target: Target) -> list[tuple[int | None, int, int]]:
        """Return (section or None for the form, target, tolerance) of what is bounded."""
        sections = [
            (number, goal, SECTION_TOLERANCE - INSIDE)
            for number, goal in sorted(target.sections.items())
        ]
        return [(None, target.form, FORM_TOLERANCE - INSIDE), *sections]

    def solve(self, costs: Sequence[float]) -> list[Pair] | None:
        """Return the chosen pairs, None when there is no form among ``pairs``."""
        self._counts()
        self._places()
        for number in range(len(self.goals)):
            self._difficulty(number)
        size = len(self.pairs) + len(self.goals)
        rows = np.array([entry[0] for entry in self.entries], dtype=np.int64)
        columns = np.array([entry[1] for entry in self.entries], dtype=np.int64)
        values = np.array([entry[2] for entry in self.entries])
        matrix = coo_matrix((values, (rows, columns)), shape=(len(self.low), size))
        is_whole = np.zeros(size, dtype=np.int64)
        is_whole[: len(self.pairs)] = 1
        high = np.full(size, np.inf)
        high[: len(self.pairs)] = 1
        result = milp(
            np.array([*costs, *([_BEYOND] * len(self.goals))]),
            integrality=is_whole,
            bounds=Bounds(0, high),
            constraints=LinearConstraint(matrix.tocsr(), self.low, self.high),
            options={"time_limit": LONGEST, "mip_rel_gap": 0.01},
        )
        if result.x is None:
            return None
        return [pair for pair, value in zip(self.pairs, result.x, strict=False) if value > 0.5]

    def _row(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        row = len(self.low)
        self.entries += [(row, column, value) for column, value in terms]
        self.low.append(low)
        self.high.append(high)

    def _counts(self) -> None:
        for position, cell in enumerate(self.pool.blueprint.cells):
            terms = [(n, 1.0) for n, pair in enumerate(self.pairs) if pair[0] == position]
            self._row(terms, cell.count, cell.count)

    def _places(self) -> None:
        holders: dict[str, list[int]] = {}
        for number, (_position, item) in enumerate(self.pairs):
            holders.setdefault(item.place, []).append(number)
        for numbers in holders.values():
            if len(numbers) > 1:
                self._row([(number, 1.0) for number in numbers], 0, 1)

    def _difficulty(self, number: int) -> None:
        """Bound one difficulty from both sides; in points of a hundred, so that sizes are alike."""
        section, goal, tolerance = self.goals[number]
        beyond = len(self.pairs) + number
        for sign in (1, -1):
            terms = [(beyond, -1.0)]
            for column, (position, item) in enumerate(self.pairs):
                if section in (None, self.pool.blueprint.cells[position].section):
                    points = self.pool.points(position, item)
                    terms.append((column, _over(points, item.facility, goal, tolerance, sign)))
            fixed = sum(
                _over(int(item.points * 100), item.facility, goal, tolerance, sign)
                for place, item in self.pool.fixed
                if section in (None, place)
            )
            self._row(terms, -np.inf, -fixed)


def _over(points: int, facility: int, goal: int, tolerance: int, sign: int) -> float:
    """Return what a question adds to going beyond the tolerance on the side of ``sign``."""
    return points * (sign * (facility - goal) - tolerance) / 10_000
