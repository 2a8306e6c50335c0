"""Whether a bank can supply a blueprint, and if not, exactly which cells lack how many. Pure.

A form takes from each enemy set at most one question, so what cells compete for are *places*: an
enemy set, or a question on its own. A blueprint can be met exactly when every set of its cells
finds, together, as many places as they want together (Hall's theorem). Where it cannot, the
cells that compete for too little are named together: each may have enough for itself.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from elearn.assessment.domain.draw import Blueprint, Candidate, Cell, Matching, PoolQuestion

# domain.md section 7: each cell should find three times what it draws, or forms repeat each other.
WANTED_SUPPLY = 3


class FixedFault(Enum):
    """Why a question that a paper names cannot stand in it."""

    ABSENT = "absent"
    REPEATED = "repeated"
    ENEMY = "enemy"


@dataclass(frozen=True, slots=True)
class FixedProblem:
    """A named question that cannot stand; ``other`` is the enemy that stands already."""

    section: int
    position: int
    code: str
    fault: FixedFault
    other: str | None = None


@dataclass(frozen=True, slots=True)
class CellSupply:
    """What a cell finds for itself: places, each of which gives one question to a form."""

    cell: Cell
    found: int

    @property
    def is_thin(self) -> bool:
        """Whether there is less than three times what is drawn."""
        return self.found < WANTED_SUPPLY * self.cell.count


@dataclass(frozen=True, slots=True)
class Lack:
    """Cells that together find fewer places than they want; no smaller set lacks as much."""

    cells: tuple[Cell, ...]
    wanted: int
    found: int

    @property
    def missing(self) -> int:
        """Return how many questions are lacking."""
        return self.wanted - self.found


@dataclass(frozen=True, slots=True)
class Supply:
    """What a bank has for a blueprint; whole when nothing is lacking."""

    cells: tuple[CellSupply, ...]
    lacks: tuple[Lack, ...]
    fixed: tuple[FixedProblem, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every form of the paper can be drawn."""
        return not self.lacks and not self.fixed

    @property
    def thin(self) -> tuple[CellSupply, ...]:
        """Return the cells that find less than three times what they draw."""
        return tuple(each for each in self.cells if each.is_thin)


Known = PoolQuestion | Candidate


def _admitted(cell: Cell, position: int, question: Known) -> bool:
    if isinstance(question, Candidate):
        return position in question.cells
    return cell.admits(question)


def place_fixed(
    blueprint: Blueprint, by_code: Mapping[str, Known]
) -> tuple[list[tuple[int, Known]], list[FixedProblem]]:
    """Return the named questions that stand, with their sections, and those that cannot."""
    standing: list[tuple[int, Known]] = []
    problems: list[FixedProblem] = []
    holders: dict[str, str] = {}
    counts: dict[int, int] = {}
    for section, code in blueprint.fixed:
        position = counts.get(section, 0)
        counts[section] = position + 1
        question = by_code.get(code)
        if question is None:
            problems.append(FixedProblem(section, position, code, FixedFault.ABSENT))
            continue
        other = holders.setdefault(question.place, code)
        if question in [each for _section, each in standing]:
            problems.append(FixedProblem(section, position, code, FixedFault.REPEATED))
        elif other != code:
            problems.append(FixedProblem(section, position, code, FixedFault.ENEMY, other))
        else:
            standing.append((section, question))
    return standing, problems


def supply_of(blueprint: Blueprint, questions: Iterable[Known]) -> Supply:
    """Return what ``questions`` have for ``blueprint``."""
    bank = sorted(questions, key=lambda item: item.code)
    standing, problems = place_fixed(blueprint, {item.code: item for item in bank})
    taken = {item.place for _section, item in standing}
    free = [item for item in bank if item.place not in taken]
    places = [
        list(dict.fromkeys(item.place for item in free if _admitted(cell, position, item)))
        for position, cell in enumerate(blueprint.cells)
    ]
    return Supply(
        cells=tuple(
            CellSupply(cell, len(found))
            for cell, found in zip(blueprint.cells, places, strict=True)
        ),
        lacks=tuple(_lacks(blueprint.cells, places)),
        fixed=tuple(problems),
    )


def _lacks(cells: Sequence[Cell], places: Sequence[Sequence[str]]) -> Iterable[Lack]:
    """Yield what is lacking; the sum is what the best possible form lacks."""
    matching = Matching(places)
    short = [
        position
        for position, cell in enumerate(cells)
        if not all(matching.add_one(position) for _ in range(cell.count))
    ]
    done: set[int] = set()
    for start in short:
        if start not in done:
            competing = _competing(start, short, places, matching.owner)
            done |= competing
            yield _narrowed(sorted(competing), cells, places)


def _competing(
    start: int, short: Sequence[int], places: Sequence[Sequence[str]], owner: Mapping[str, int]
) -> set[int]:
    """Return the cells that hold a place ``start`` could use, those they could use, and so on.

    Cells that are short themselves are followed backwards too: two that compete for the same
    places lack them together.
    """
    groups = {position: _reached(position, places, owner) for position in short}
    found = set(groups[start])
    grown = True
    while grown:
        more = [group for group in groups.values() if group & found and not group <= found]
        found |= set().union(*more)
        grown = bool(more)
    return found


def _reached(start: int, places: Sequence[Sequence[str]], owner: Mapping[str, int]) -> set[int]:
    found, waiting = {start}, deque([start])
    while waiting:
        for place in places[waiting.popleft()]:
            holder = owner[place]  # a free one would have been taken: the matching is the largest
            if holder not in found:
                found.add(holder)
                waiting.append(holder)
    return found


def _narrowed(positions: list[int], cells: Sequence[Cell], places: Sequence[Sequence[str]]) -> Lack:
    """Return the lack of ``positions`` told with as few cells as show the whole of it."""
    whole = _lack(positions, cells, places)
    for position in list(positions):
        rest = [each for each in positions if each != position]
        if rest and _lack(rest, cells, places).missing >= whole.missing:
            positions = rest
    return _lack(positions, cells, places)


def _lack(positions: Sequence[int], cells: Sequence[Cell], places: Sequence[Sequence[str]]) -> Lack:
    found = {place for position in positions for place in places[position]}
    chosen = tuple(cells[position] for position in positions)
    return Lack(chosen, sum(cell.count for cell in chosen), len(found))
