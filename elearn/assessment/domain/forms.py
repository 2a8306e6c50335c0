"""Drawing a form from a kept pool: by its seed, free of enemies, as hard as the others. Pure.

A form is a function of (blueprint, pool, target, seed). Everything is computed in whole numbers,
so that any machine draws the same years later; what the draw weighs (expected facility, uses)
is kept in the pool, so that figures may move on.

1. Each cell draws at random among the questions that it admits; those that stood in fewer
   attempts are drawn more often, at most ``8`` times as often as any other (exposure).
2. Where overlapping cells leave one short, questions are handed on along an augmenting path: a
   whole form is found whenever there is one.
3. While the form, or one of its sections, is further from the target than the tolerance,
   questions are swapped for others of their cell: at random while that helps, then the best one.

The difficulty of a form is the share of its points that people are expected to get, in
ten-thousandths. The target is what plain draws come to on average, so that it can be met.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from elearn.assessment.domain.draw import (
    Blueprint,
    Candidate,
    Drawn,
    DrawnQuestion,
    Shortage,
    generator_of,
    shuffled,
)
from elearn.assessment.domain.supply import Supply, place_fixed, supply_of

# In ten-thousandths of the points: two forms differ by at most two points of a hundred.
FORM_TOLERANCE = 100
SECTION_TOLERANCE = 300
# A question is drawn at least an eighth as often as one that was never used.
LEAST_WEIGHT, FULL_WEIGHT = 125, 1000
TRIES = 30
PROPOSALS = 400
BEST_SWAPS = 40
NEIGHBOURS = 4
SAMPLES = 64


@dataclass(frozen=True, slots=True)
class Target:
    """The difficulty that forms are made for, as a whole and by section (None: empty)."""

    form: int
    sections: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The expected share of points, in ten-thousandths, of a form and of its sections."""

    form: int
    sections: Mapping[int, int]

    def gap(self, target: Target) -> int:
        """Return how far the form is from ``target``."""
        return abs(self.form - target.form)

    def is_within(self, target: Target) -> bool:
        """Whether form and sections keep the tolerances."""
        return self.gap(target) <= FORM_TOLERANCE and all(
            abs(value - target.sections[section]) <= SECTION_TOLERANCE
            for section, value in self.sections.items()
        )


class Pool:
    """The candidates of a blueprint, prepared for drawing; made once, drawn from many times."""

    def __init__(self, blueprint: Blueprint, candidates: Iterable[Candidate]) -> None:
        self.blueprint = blueprint
        self.candidates = sorted(candidates, key=lambda item: item.code)
        self.by_code = {item.code: item for item in self.candidates}
        standing, self.fixed_problems = place_fixed(blueprint, self.by_code)
        self.fixed = [(section, self.by_code[item.code]) for section, item in standing]
        taken = {item.place for _section, item in self.fixed}
        free = [item for item in self.candidates if item.place not in taken]
        self.by_cell: list[list[Candidate]] = [[] for _cell in blueprint.cells]
        for item in free:
            for position in item.cells:
                self.by_cell[position].append(item)
        self.by_facility = [
            sorted(items, key=lambda item: (item.facility, item.code)) for items in self.by_cell
        ]
        self.facilities = [[item.facility for item in items] for items in self.by_facility]
        self.mean_uses = sum(item.uses for item in self.candidates) // max(1, len(self.candidates))

    def supply(self) -> Supply:
        """Return whether the pool can supply its blueprint."""
        return supply_of(self.blueprint, self.candidates)

    def weight(self, item: Candidate) -> int:
        """Return how willingly ``item`` is drawn, in thousandths."""
        base = self.mean_uses + 1
        return max(LEAST_WEIGHT, FULL_WEIGHT * base // (base + item.uses))

    def points(self, position: int, item: Candidate) -> int:
        """Return the points of ``item`` in cell ``position``, in hundredths."""
        own = self.blueprint.cells[position].points
        return int((item.points if own is None else own) * 100)


class _Form:
    """A form being made: which cell holds which question, and the places they take up."""

    def __init__(self, pool: Pool, seed: str) -> None:
        self.pool = pool
        self.random = generator_of(seed, "form").random
        self.holder: dict[str, tuple[int, Candidate]] = {}
        self.missing = [0] * len(pool.by_cell)

    def fill(self) -> None:
        """Draw what each cell wants, as far as the pool has it."""
        for position, cell in enumerate(self.pool.blueprint.cells):
            for number in range(cell.count):
                if not (self._draw(position) or self._hand_on(position)):
                    self.missing[position] = cell.count - number
                    break

    def _index(self, size: int) -> int:
        return int(self.random() * size)

    def _accepts(self, item: Candidate) -> bool:
        return self.random() * FULL_WEIGHT < self.pool.weight(item)

    def _draw(self, position: int) -> bool:
        """Give the cell a free question by chance. False when all are taken."""
        items = self.pool.by_cell[position]
        for _ in range(TRIES if items else 0):
            item = items[self._index(len(items))]
            if item.place not in self.holder and self._accepts(item):
                self.holder[item.place] = position, item
                return True
        free = [item for item in items if item.place not in self.holder]
        if free:
            item = free[self._index(len(free))]
            self.holder[item.place] = position, item
        return bool(free)

    def _hand_on(self, start: int) -> bool:
        """Let another cell give up a place for one of its own, along the shortest such chain."""
        came_from: dict[int, tuple[int, Candidate]] = {}
        waiting = deque([start])
        while waiting:
            position = waiting.popleft()
            for item in self._from_anywhere(position):
                held = self.holder.get(item.place)
                if held is None:
                    self._take(start, position, item, came_from)
                    return True
                if held[0] != start and held[0] not in came_from:
                    came_from[held[0]] = position, item
                    waiting.append(held[0])
        return False

    def _from_anywhere(self, position: int) -> list[Candidate]:
        items = self.pool.by_cell[position]
        begin = self._index(len(items)) if items else 0
        return items[begin:] + items[:begin]

    def _take(
        self,
        start: int,
        position: int,
        item: Candidate,
        came_from: Mapping[int, tuple[int, Candidate]],
    ) -> None:
        while True:
            self.holder[item.place] = position, item
            if position == start:
                return
            position, item = came_from[position]


class _Balance:
    """The sums of a form against the target, and the swaps that bring them nearer."""

    def __init__(self, form: _Form, target: Target) -> None:
        self.form = form
        self.pool = form.pool
        self.target = target
        self.places = list(form.holder)
        self.sums: dict[int, list[int]] = {}
        for section, item in self.pool.fixed:
            self._add(section, int(item.points * 100), item.facility)
        for position, item in form.holder.values():
            self._add(self._section(position), self.pool.points(position, item), item.facility)
        self.excess = self._excess(0, 0)

    def _section(self, position: int) -> int:
        return self.pool.blueprint.cells[position].section

    def _add(self, section: int, points: int, facility: int) -> None:
        sums = self.sums.setdefault(section, [0, 0])
        sums[0] += points * facility
        sums[1] += points

    def _excess(self, section: int, change: int) -> int:
        """Return how far form and sections would be beyond their tolerances after ``change``."""
        total = weight = beyond = 0
        for number, (value, points) in self.sums.items():
            changed = value + change if number == section else value
            goal = self.target.sections.get(number, 0)
            beyond += max(0, abs(changed - goal * points) - SECTION_TOLERANCE * points)
            total += changed
            weight += points
        return beyond + max(0, abs(total - self.target.form * weight) - FORM_TOLERANCE * weight)

    def improve(self) -> None:
        """Swap questions until the tolerances are kept, or no swap helps."""
        for _ in range(PROPOSALS):
            if not self.excess or not self.places:
                return
            self._propose()
        for _ in range(BEST_SWAPS):
            if not self.excess or not self._swap_best():
                return

    def _propose(self) -> None:
        """Try one swap by chance."""
        number = self.form._index(len(self.places))  # noqa: SLF001 - parts of one algorithm
        position, old = self.form.holder[self.places[number]]
        items = self.pool.by_cell[position]
        new = items[self.form._index(len(items))]  # noqa: SLF001
        if self._fits(position, old, new) and self.form._accepts(new):  # noqa: SLF001
            section, change = self._change(position, old, new)
            if self._excess(section, change) < self.excess:
                self._swap(number, new, change)

    def _fits(self, position: int, old: Candidate, new: Candidate) -> bool:
        if new.code == old.code:
            return False
        is_free = new.place == old.place or new.place not in self.form.holder
        return is_free and self.pool.points(position, new) == self.pool.points(position, old)

    def _change(self, position: int, old: Candidate, new: Candidate) -> tuple[int, int]:
        points = self.pool.points(position, old)
        return self._section(position), points * (new.facility - old.facility)

    def _swap(self, number: int, new: Candidate, change: int) -> None:
        position, _old = self.form.holder.pop(self.places[number])
        self.form.holder[new.place] = position, new
        self.places[number] = new.place
        self.sums[self._section(position)][0] += change
        self.excess = self._excess(0, 0)

    def _swap_best(self) -> bool:
        """Make the swap that helps most; the candidates tried lie where help is needed."""
        best: tuple[int, int, Candidate, int] | None = None
        for number, place in enumerate(self.places):
            position, old = self.form.holder[place]
            for new in self._near(position, old):
                if self._fits(position, old, new):
                    section, change = self._change(position, old, new)
                    left = self._excess(section, change)
                    if left < (best[0] if best else self.excess):
                        best = left, number, new, change
        if best is None:
            return False
        self._swap(*best[1:])
        return True

    def _near(self, position: int, old: Candidate) -> Iterable[Candidate]:
        """Return candidates about as easy as a swap for ``old`` would have to be."""
        items = self.pool.by_facility[position]
        points = self.pool.points(position, old) or 1
        sections = self.sums[self._section(position)]
        value = sum(each[0] for each in self.sums.values())
        weight = sum(each[1] for each in self.sums.values())
        goals = (
            self.target.form * weight - value,
            self.target.sections.get(self._section(position), 0) * sections[1] - sections[0],
        )
        for goal in goals:
            wanted = old.facility + goal // points
            near = bisect_left(self.pool.facilities[position], wanted)
            yield from items[max(0, near - NEIGHBOURS) : near + NEIGHBOURS]


def _drawn(pool: Pool, form: _Form, seed: str) -> Drawn:
    blueprint = pool.blueprint
    questions = [DrawnQuestion(item, section, None, item.points) for section, item in pool.fixed]
    held = sorted(form.holder.values(), key=lambda each: (each[0], each[1].code))
    for position, item in held:
        cell = blueprint.cells[position]
        points = item.points if cell.points is None else cell.points
        questions.append(DrawnQuestion(item, cell.section, cell.index, points))
    return Drawn(in_order(questions, blueprint, seed), tuple(_shortages(pool, form.missing)))


def in_order(
    questions: Sequence[DrawnQuestion], blueprint: Blueprint, seed: str
) -> tuple[DrawnQuestion, ...]:
    """Return ``questions`` by section, inside it shuffled by ``seed`` if the blueprint says so."""
    ordered = list(questions)
    if blueprint.shuffle:
        ordered = shuffled(ordered, generator_of(seed, "order"))
    return tuple(sorted(ordered, key=lambda item: item.section))


def _shortages(pool: Pool, missing: Sequence[int]) -> Iterable[Shortage]:
    for problem in pool.fixed_problems:
        yield Shortage(problem.section, None, 1, 0, {"question": problem.code})
    for cell, lack in zip(pool.blueprint.cells, missing, strict=True):
        if lack:
            yield Shortage(cell.section, cell.index, cell.count, cell.count - lack, cell.criteria)


def draw_form(pool: Pool, seed: str, target: Target | None = None) -> Drawn:
    """Return the form that ``seed`` (128 bits in hex) draws from ``pool``.

    With ``target`` it is brought within the tolerances where that is possible. A form that is
    not whole has shortages and must not be sat.
    """
    form = _Form(pool, seed)
    form.fill()
    if target is not None and not any(form.missing):
        _Balance(form, target).improve()
    return _drawn(pool, form, seed)


def difficulty_of(questions: Iterable[DrawnQuestion]) -> Difficulty:
    """Return the predicted difficulty of a form drawn from a pool."""
    sums: dict[int, list[int]] = {}
    for item in questions:
        if not isinstance(item.question, Candidate):
            raise TypeError("drawn without a pool")
        points = int(item.points * 100)
        section = sums.setdefault(item.section, [0, 0])
        section[0] += points * item.question.facility
        section[1] += points
    return Difficulty(
        form=_share(sums.values()),
        sections={number: _share([section]) for number, section in sorted(sums.items())},
    )


def _share(sums: Iterable[Sequence[int]]) -> int:
    pairs = list(sums)
    points = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) // points if points else 0


def target_of(pool: Pool) -> Target:
    """Return what forms of ``pool`` come to on average when they are drawn plainly.

    Exposure does not weigh here: how often questions were used says nothing of how hard a form
    should be.
    """
    plain = Pool(pool.blueprint, (replace(item, uses=0) for item in pool.candidates))
    drawn = [
        difficulty_of(draw_form(plain, f"target/{number}").questions) for number in range(SAMPLES)
    ]
    sections: dict[int, list[int]] = {}
    for each in drawn:
        for number, value in each.sections.items():
            sections.setdefault(number, []).append(value)
    return Target(
        form=sum(each.form for each in drawn) // SAMPLES,
        sections={number: sum(values) // len(values) for number, values in sections.items()},
    )
