"""Which person sits in which seat: pure arithmetic, so that nobody has to be remembered.

People are counted from 1: first the cast, then those in service, house by house, at last those
who leave.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from elearn.roster.synthetic.cast import CAST
from elearn.roster.synthetic.records import House
from elearn.roster.synthetic.world import World

FEWEST_OFFICIALS = 300
_LEAVERS_PER_HUNDRED = 7
# Those who leave sat behind everybody who stays.
_FIRST_LEAVER_RANK = 9
_LEAVER_RANKS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of a person; ``cast_index`` counts the cast from 0, None for everybody else."""

    house: int
    rank: int
    is_leaver: bool = False
    cast_index: int | None = None


def _quotas(present: int, houses: tuple[int, ...]) -> list[int]:
    """Return how many people each sector gets, the last one without those left over.

    The shares give every unit somebody from 600 people on; the upper limits are what a province
    such as this one has, beyond them people work in schools and hospitals.
    """
    communes, departments, _, agencies, _, bodies, _ = houses
    return [
        min(present * 68 // 100, 50 * communes),
        min(present * 215 // 1000, 100 * departments),
        max(4, min(60, present * 12 // 1000)),
        max(2 * agencies, min(240, present * 3 // 100)),
        max(3, min(40, present * 6 // 1000)),
        max(bodies, min(60, present // 100)),
    ]


def _shared(total: int, count: int) -> list[int]:
    share, rest = divmod(total, count)
    return [share + (1 if number < rest else 0) for number in range(count)]


class Staffing:
    """The seats of a province with ``officials`` people; too few raise ``ValueError``."""

    def __init__(self, world: World, officials: int) -> None:
        if officials < FEWEST_OFFICIALS:
            raise ValueError(f"a province needs at least {FEWEST_OFFICIALS} officials")
        sectors = world.sectors()
        self.officials = officials
        self.houses: tuple[House, ...] = tuple(house for sector in sectors for house in sector)
        self._index_of = {house.code: index for index, house in enumerate(self.houses)}
        self._taken = self._cast_seats()
        self._leavers = officials * _LEAVERS_PER_HUNDRED // 100
        self._quota = self._allocate(tuple(len(sector) for sector in sectors))
        self._ends = list(accumulate(self._free(house) for house in range(len(self.houses))))
        self._partners = self._paired()

    def place(self, index: int) -> Place:
        """Return the seat of person ``index``, 1 to ``officials``."""
        if index <= len(CAST):
            member = CAST[index - 1]
            return Place(self._index_of[member.house], member.rank, cast_index=index - 1)
        if index > self.officials - self._leavers:
            turn = self.officials - index
            rank = _FIRST_LEAVER_RANK + turn * 5 % _LEAVER_RANKS
            return Place(turn * 7 % len(self.houses), rank, is_leaver=True)
        return self._ordinary(index - len(CAST) - 1)

    def partner(self, place: Place) -> int | None:
        """Return the house with which the holder of a seat may change places, None if none."""
        other = self._partners.get(place.house)
        if other is None or place.is_leaver or place.cast_index is not None:
            return None
        if place.rank >= self._quota[other] or place.rank in self._taken.get(other, ()):
            return None
        return other

    def _ordinary(self, turn: int) -> Place:
        house = bisect_right(self._ends, turn)
        rank = turn - (self._ends[house - 1] if house else 0)
        for taken in self._taken.get(house, ()):
            rank += taken <= rank
        return Place(house, rank)

    def _cast_seats(self) -> dict[int, tuple[int, ...]]:
        seats: dict[int, list[int]] = {}
        for member in CAST:
            seats.setdefault(self._index_of[member.house], []).append(member.rank)
        return {house: tuple(sorted(ranks)) for house, ranks in seats.items()}

    def _free(self, house: int) -> int:
        return self._quota[house] - sum(
            rank < self._quota[house] for rank in self._taken.get(house, ())
        )

    def _allocate(self, houses: tuple[int, ...]) -> list[int]:
        """Share the people in service out to the houses; the last sector takes the rest."""
        quota: list[int] = []
        in_service = self.officials - self._leavers
        for total, count in zip(_quotas(in_service, houses), houses, strict=False):
            quota += _shared(total, count)
        placed = sum(quota) + sum(
            rank >= quota[house] for house, ranks in self._taken.items() for rank in ranks
        )
        return quota + _shared(in_service - placed, houses[-1])

    def _paired(self) -> dict[int, int]:
        pools: dict[str, list[int]] = {}
        for index, house in enumerate(self.houses):
            if house.pool:
                pools.setdefault(house.pool, []).append(index)
        partners: dict[int, int] = {}
        for members in pools.values():
            for first, second in list(pairwise(members))[::2]:
                partners |= {first: second, second: first}
        return partners
