"""Coverage arithmetic without a database (design.md section 4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from elearn.kernel.text import alphabet_key

ALL = "ALL"


class View(StrEnum):
    """Which unit of the primary assignment a person counts in."""

    DUTY = "duty"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Count:
    """People: who must be trained, who of them is, who is left out of both."""

    denominator: int = 0
    numerator: int = 0
    excluded: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.denominator + other.denominator,
            self.numerator + other.numerator,
            self.excluded + other.excluded,
        )

    @property
    def rate(self) -> Decimal | None:
        """The percentage 0 to 100 with one decimal, None without a denominator."""
        return rate(self.numerator, self.denominator)

    @property
    def missing(self) -> int:
        """How many of those who must be trained are not."""
        return self.denominator - self.numerator


def rate(numerator: int, denominator: int) -> Decimal | None:
    """Return the percentage, rounded once, half up, to one decimal; None without denominator."""
    if denominator == 0:
        return None
    exact = Decimal(100 * numerator) / Decimal(denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def reaches(count: Count, percent: Decimal, *, above: bool) -> bool | None:
    """Whether ``count`` meets a target of ``percent``; exact, not on the rounded rate."""
    if count.denominator == 0:
        return None
    reached, wanted = Decimal(100 * count.numerator), percent * count.denominator
    return reached > wanted if above else reached >= wanted


@dataclass(frozen=True, slots=True)
class UnitOnDay:
    """A unit as it stood on one day."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None


@dataclass(slots=True)
class TreeOnDay:
    """All units that existed on one day, as they stood under each other."""

    day: date
    units: dict[int, UnitOnDay]
    children: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.children = defaultdict(list)
        for unit in sorted(self.units.values(), key=lambda one: alphabet_key(one.name)):
            if unit.parent_id is not None:
                self.children[unit.parent_id].append(unit.id)

    def find(self, code: str) -> UnitOnDay | None:
        """Return the unit of ``code``, None when it does not exist on the day."""
        return next((unit for unit in self.units.values() if unit.code == code), None)

    def walk(self, unit_id: int, depth: int | None = None) -> Iterator[tuple[UnitOnDay, int]]:
        """Yield (unit, depth below ``unit_id``) in reading order, down to ``depth``."""
        waiting = [(unit_id, 0)]
        while waiting:
            current, level = waiting.pop()
            yield self.units[current], level
            if depth is None or level < depth:
                waiting += [(child, level + 1) for child in reversed(self.children[current])]

    def subtree(self, unit_id: int) -> set[int]:
        """Return the ids of ``unit_id`` and everything below it."""
        return {unit.id for unit, _ in self.walk(unit_id)}

    def path_to(self, unit_id: int) -> list[UnitOnDay]:
        """Return the units from the top down to ``unit_id``."""
        path: list[UnitOnDay] = []
        current: int | None = unit_id
        while current is not None and current in self.units:
            path.append(self.units[current])
            current = self.units[current].parent_id
        return path[::-1]


Counts = Mapping[tuple[int, str], Count]


def roll_up(tree: TreeOnDay, counts: Counts, within: Iterable[int]) -> dict[tuple[int, str], Count]:
    """Return the counts of every unit's subtree, from those of the counting units ``within``.

    A person has one counting unit on a day, so adding up a subtree counts everybody once.
    """
    inside = set(within)
    total: dict[tuple[int, str], Count] = defaultdict(Count)
    for (unit_id, group), count in counts.items():
        if unit_id not in inside:
            continue
        for unit in tree.path_to(unit_id):
            total[unit.id, group] += count
    return dict(total)
