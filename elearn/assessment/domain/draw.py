"""Drawing a paper: which questions of the bank, in which order, from a kept seed.

A draw is a function of (blueprint, seed, pool): the pool is sorted by question code first, and
the generator is seeded with a whole number and asked for nothing but ``random()``, the part
whose sequence Python promises to keep. So a paper can be drawn again years later and compared
with what was kept (``assessment.queries.redraw``).

``draw`` is how attempts without a kept pool were drawn; those of today come from
``assessment.domain.forms``.
"""

import hashlib
import random
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """A question that may be drawn: its stable code, its version, what cells can ask for."""

    code: str
    version_id: int
    type: str
    level: str
    module: str
    lesson: str | None
    area: str | None
    skills: frozenset[str]
    points: Decimal
    # Of the questions of one group (an enemy set) at most one stands in a form; "": on its own.
    group: str = ""

    @property
    def place(self) -> str:
        """Return what the question takes up in a form: its group, or itself."""
        return f"={self.group}" if self.group else self.code

    def in_group(self, group: str) -> "PoolQuestion":
        """Return the question as one of ``group``."""
        return replace(self, group=group)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question of a kept pool: the cells that admit it, and what the draw weighs.

    ``cells`` are positions in the blueprint. ``facility`` is the expected share of its points
    that a person gets, in ten-thousandths; ``uses`` how many attempts it stood in when the pool
    was made. Whole numbers only, so that every machine computes the same.
    """

    code: str
    version_id: int
    cells: tuple[int, ...]
    points: Decimal
    facility: int
    uses: int
    group: str = ""

    @property
    def place(self) -> str:
        """Return what the question takes up in a form: its group, or itself."""
        return f"={self.group}" if self.group else self.code


@dataclass(frozen=True, slots=True)
class Cell:
    """``count`` questions that meet every criterion given; ``points`` None keeps theirs."""

    section: int
    index: int
    count: int
    points: Decimal | None
    criteria: Mapping[str, str]

    def admits(self, question: PoolQuestion) -> bool:
        """Whether ``question`` meets every criterion."""
        for key, wanted in self.criteria.items():
            if key == "skill":
                if wanted not in question.skills:
                    return False
            elif getattr(question, key) != wanted:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a paper asks for: cells to draw, and fixed questions as (section, code)."""

    cells: tuple[Cell, ...]
    fixed: tuple[tuple[int, str], ...]
    shuffle: bool

    @property
    def question_count(self) -> int:
        """Return how many questions a whole paper has."""
        return sum(cell.count for cell in self.cells) + len(self.fixed)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A cell that found fewer questions than it wants, or a fixed question that is not there."""

    section: int
    cell: int | None
    wanted: int
    found: int
    criteria: Mapping[str, str]

    @property
    def missing(self) -> int:
        """Return how many questions are lacking."""
        return self.wanted - self.found


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question of a drawn paper and why it stands there; ``cell`` None means fixed."""

    question: PoolQuestion | Candidate
    section: int
    cell: int | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn paper in its order; with ``shortages`` it is not whole and must not be sat.

    ``pool_id`` and ``form_id`` name the kept pool and the form made ahead that it came from.
    """

    questions: tuple[DrawnQuestion, ...]
    shortages: tuple[Shortage, ...]
    pool_id: int | None = None
    form_id: int | None = None


CRITERIA = ("module", "lesson", "area", "skill", "level", "type")


def blueprint_of(sections: Sequence[Mapping[str, Any]], *, shuffle: bool) -> Blueprint:
    """Return the blueprint of the ``sections`` of a paper file (design.md 5.3)."""
    cells: list[Cell] = []
    fixed: list[tuple[int, str]] = []
    for number, section in enumerate(sections):
        fixed += [(number, code) for code in section.get("questions") or ()]
        for index, cell in enumerate(section.get("draw") or ()):
            points = cell.get("points")
            cells.append(
                Cell(
                    section=number,
                    index=index,
                    count=int(cell["count"]),
                    points=None if points is None else Decimal(str(points)),
                    criteria={key: cell[key] for key in CRITERIA if cell.get(key) is not None},
                )
            )
    return Blueprint(tuple(cells), tuple(fixed), shuffle)


def generator_of(seed: str, purpose: str) -> random.Random:
    """Return the generator of ``seed`` for ``purpose``; only ``random()`` is asked of it."""
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return random.Random(int.from_bytes(digest))  # noqa: S311 - must be repeatable, not secret


def shuffled(items: Iterable[T], generator: random.Random) -> list[T]:
    """Return ``items`` in an order of ``generator`` (Fisher and Yates)."""
    result = list(items)
    for last in range(len(result) - 1, 0, -1):
        other = int(generator.random() * (last + 1))
        result[last], result[other] = result[other], result[last]
    return result


class Matching:
    """Questions given to cells, each at most once, by augmenting paths.

    When the candidates of a cell are all taken, another cell gives one up for a free one of its
    own, and so on along the shortest such chain; if there is none, no arrangement can do better.
    """

    def __init__(self, candidates: Sequence[Sequence[str]]) -> None:
        self.candidates = candidates
        self.owner: dict[str, int] = {}

    def add_one(self, start: int) -> bool:
        """Give cell ``start`` one question more. False when no arrangement allows it."""
        came_from: dict[int, tuple[int, str]] = {}
        waiting = deque([start])
        while waiting:
            cell = waiting.popleft()
            for code in self.candidates[cell]:
                holder = self.owner.get(code)
                if holder is None:
                    self._hand_over(start, cell, code, came_from)
                    return True
                if holder != start and holder not in came_from:
                    came_from[holder] = (cell, code)
                    waiting.append(holder)
        return False

    def _hand_over(
        self, start: int, cell: int, free: str, came_from: Mapping[int, tuple[int, str]]
    ) -> None:
        while True:
            self.owner[free] = cell
            if cell == start:
                return
            cell, free = came_from[cell]


def _match(
    cells: Sequence[Cell], pool: Sequence[PoolQuestion], generator: random.Random
) -> dict[str, int]:
    """Return {question code: position of its cell}, as many as can be."""
    candidates = [
        shuffled((item.code for item in pool if cell.admits(item)), generator) for cell in cells
    ]
    matching = Matching(candidates)
    for position, cell in enumerate(cells):
        for _ in range(cell.count):
            if not matching.add_one(position):
                break
    return matching.owner


def _fixed(
    blueprint: Blueprint, by_code: Mapping[str, PoolQuestion]
) -> tuple[list[DrawnQuestion], list[Shortage]]:
    found: dict[str, DrawnQuestion] = {}
    shortages = []
    for section, code in blueprint.fixed:
        question = by_code.get(code)
        if question is None or code in found:
            shortages.append(Shortage(section, None, 1, 0, {"question": code}))
        else:
            found[code] = DrawnQuestion(question, section, None, question.points)
    return list(found.values()), shortages


def _drawn_by_cells(
    cells: Sequence[Cell], owner: Mapping[str, int], by_code: Mapping[str, PoolQuestion]
) -> tuple[list[DrawnQuestion], list[Shortage]]:
    drawn, shortages = [], []
    for position, cell in enumerate(cells):
        codes = sorted(code for code, holder in owner.items() if holder == position)
        drawn += [
            DrawnQuestion(
                question := by_code[code],
                cell.section,
                cell.index,
                question.points if cell.points is None else cell.points,
            )
            for code in codes
        ]
        if len(codes) < cell.count:
            shortages.append(
                Shortage(cell.section, cell.index, cell.count, len(codes), cell.criteria)
            )
    return drawn, shortages


def draw(blueprint: Blueprint, pool: Iterable[PoolQuestion], seed: str) -> Drawn:
    """Return the paper that ``seed`` (128 bits in hex) draws from ``pool``.

    No question stands twice, also across sections; a whole paper is found whenever one exists,
    however the cells overlap. Sections keep their order; inside a section questions are
    shuffled when the blueprint says so, else they stand by cell and code.
    """
    bank = sorted(pool, key=lambda item: item.code)
    by_code = {item.code: item for item in bank}
    fixed, shortages = _fixed(blueprint, by_code)
    taken = {item.question.code for item in fixed}
    generator = generator_of(seed, "questions")
    free = [item for item in bank if item.code not in taken]
    owner = _match(blueprint.cells, free, generator)
    drawn, lacking = _drawn_by_cells(blueprint.cells, owner, by_code)
    questions = [*fixed, *drawn]
    if blueprint.shuffle:
        questions = shuffled(questions, generator)
    questions.sort(key=lambda item: item.section)
    return Drawn(tuple(questions), tuple(shortages + lacking))


def option_orders(
    option_ids: Sequence[Sequence[str]], seed: str, *, shuffle: bool
) -> list[list[str]]:
    """Return the order of the options of each question of a drawn paper."""
    generator = generator_of(seed, "options")
    return [shuffled(ids, generator) if shuffle else list(ids) for ids in option_ids]
