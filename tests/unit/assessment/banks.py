"""Random banks and blueprints, small enough to be judged by brute force."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, combinations

from elearn.assessment.domain.draw import Blueprint, Candidate, Cell, PoolQuestion, blueprint_of

MODULES, LEVELS, SKILLS, AREAS = ("m1", "m2"), ("RECALL", "APPLY"), ("S1", "S2"), ("A1", None)


@dataclass(frozen=True)
class Case:
    """A bank and a blueprint that it may or may not be able to supply."""

    bank: tuple[PoolQuestion, ...]
    blueprint: Blueprint
    facilities: tuple[int, ...]
    uses: tuple[int, ...]
    seed: str

    @property
    def candidates(self) -> list[Candidate]:
        """The bank as a pool keeps it."""
        return as_candidates(self.bank, self.blueprint, self.facilities, self.uses)


def as_candidates(
    bank: Sequence[PoolQuestion],
    blueprint: Blueprint,
    facilities: Sequence[int],
    uses: Sequence[int],
) -> list[Candidate]:
    return [
        Candidate(
            code=item.code,
            version_id=item.version_id,
            cells=tuple(number for number, cell in enumerate(blueprint.cells) if cell.admits(item)),
            points=item.points,
            facility=facility,
            uses=used,
            group=item.group,
        )
        for item, facility, used in zip(bank, facilities, uses, strict=True)
    ]


def _question(number: int, chance: random.Random, groups: int) -> PoolQuestion:
    return PoolQuestion(
        code=f"q-{number:03}",
        version_id=1000 + number,
        type=chance.choice(("single_choice", "true_false")),
        level=chance.choice(LEVELS),
        module=chance.choice(MODULES),
        lesson=None,
        area=chance.choice(AREAS),
        skills=frozenset(skill for skill in SKILLS if chance.random() < 0.4),
        points=Decimal(chance.choice(("1", "1", "1", "0.5"))),
        group=f"g{chance.randrange(groups)}" if groups and chance.random() < 0.5 else "",
    )


def _cell(chance: random.Random) -> dict[str, object]:
    cell: dict[str, object] = {"count": chance.randint(1, 4)}
    for key, values in (("module", MODULES), ("level", LEVELS), ("skill", SKILLS)):
        if chance.random() < 0.5:
            cell[key] = chance.choice(values)
    if chance.random() < 0.3:
        cell["points"] = str(chance.randint(1, 3))
    return cell


def _section(chance: random.Random, size: int) -> dict[str, object]:
    if chance.random() < 0.25:
        named = [f"q-{chance.randrange(size + 2):03}" for _ in range(chance.randint(1, 3))]
        return {"questions": named}
    return {"draw": [_cell(chance) for _ in range(chance.randint(1, 3))]}


def random_case(number: int) -> Case:
    """Return the case that ``number`` stands for."""
    chance = random.Random(number)  # noqa: S311 - must be repeatable
    size, groups = chance.randint(0, 14), chance.randint(0, 4)
    bank = tuple(_question(each, chance, groups) for each in range(size))
    sections = [_section(chance, size) for _ in range(chance.randint(1, 3))]
    return Case(
        bank=bank,
        blueprint=blueprint_of(sections, shuffle=chance.random() < 0.5),
        facilities=tuple(chance.randrange(1000, 9500) for _ in bank),
        uses=tuple(chance.choice((0, 0, 1, 5, 40)) for _ in bank),
        seed=f"{chance.getrandbits(128):032x}",
    )


def most_that_can_be_drawn(cells: Sequence[Cell], free: Sequence[PoolQuestion]) -> int:
    """Count by Hall's theorem over all sets of cells: wants minus the worst lack."""
    subsets = chain.from_iterable(combinations(cells, size) for size in range(len(cells) + 1))
    worst = max(
        sum(cell.count for cell in subset)
        - len({item.place for item in free if any(cell.admits(item) for cell in subset)})
        for subset in subsets
    )
    return sum(cell.count for cell in cells) - worst
