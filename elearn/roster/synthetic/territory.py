"""Districts and communes before and after 2025-07-01.

The districts bear their real names, and the numbers of old, new and unchanged communes per
district are the real ones; every commune has an invented name, so that nobody mistakes its
invented officials for real ones.
"""

from dataclasses import dataclass
from itertools import pairwise

PROVINCE = "SL"


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """How many old communes a district had, of which kinds, and what became of them."""

    name: str
    old: int
    wards: int
    townships: int
    new_wards: int
    new_communes: int
    unchanged: int


_PLANS = (
    DistrictPlan("Thành phố Sơn La", 12, 7, 0, 4, 0, 0),
    DistrictPlan("Huyện Quỳnh Nhai", 11, 0, 1, 0, 4, 0),
    DistrictPlan("Huyện Thuận Châu", 28, 0, 1, 0, 9, 1),
    DistrictPlan("Huyện Mường La", 16, 0, 1, 0, 4, 1),
    DistrictPlan("Huyện Bắc Yên", 16, 0, 1, 0, 6, 0),
    DistrictPlan("Huyện Phù Yên", 26, 0, 1, 0, 7, 1),
    DistrictPlan("Huyện Mộc Châu", 15, 8, 0, 4, 3, 1),
    DistrictPlan("Huyện Yên Châu", 14, 0, 1, 0, 4, 1),
    DistrictPlan("Huyện Mai Sơn", 21, 0, 1, 0, 8, 0),
    DistrictPlan("Huyện Sông Mã", 19, 0, 1, 0, 9, 0),
    DistrictPlan("Huyện Sốp Cộp", 8, 0, 0, 0, 2, 2),
    DistrictPlan("Huyện Vân Hồ", 14, 0, 0, 0, 4, 0),
)

# kind -> word for it, word for it within a title, invented stem of old and of new names
_WORDS = {
    "COMMUNE": ("Xã", "xã", "Suối Mẫu", "Mường Mẫu"),
    "WARD": ("Phường", "phường", "Phố Mẫu", "Hoa Mẫu"),
    "TOWNSHIP": ("Thị trấn", "thị trấn", "Chợ Mẫu", ""),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, ward or township: its code, kind and name."""

    code: str
    kind: str
    short_name: str

    @property
    def name(self) -> str:
        """The full name, as in "Xã Suối Mẫu 017"."""
        return f"{_WORDS[self.kind][0]} {self.short_name}"

    @property
    def word(self) -> str:
        """The word for such a unit inside a title, as in "xã"."""
        return _WORDS[self.kind][1]


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today, the places it was made of and the district it lay in.

    ``number`` counts the communes of the district from 0; an unchanged commune has itself as
    its only predecessor.
    """

    place: Place
    predecessors: tuple[Place, ...]
    district_code: str
    number: int

    @property
    def is_unchanged(self) -> bool:
        """Whether the commune is the same unit as before the reform."""
        return self.predecessors == (self.place,)


@dataclass(frozen=True, slots=True)
class District:
    """A district unit, its code and the communes its territory has today."""

    plan: DistrictPlan
    code: str
    communes: tuple[Commune, ...]

    @property
    def one_stop_code(self) -> str:
        """The code of the one-stop division of the district."""
        return f"{self.code}-MC"


class _Numbers:
    """Counts the codes of communes through all districts."""

    def __init__(self) -> None:
        self._last = {"C": 0, "X": 0, "P": 0, "COMMUNE": 0, "WARD": 0, "TOWNSHIP": 0}

    def next(self, series: str) -> int:
        self._last[series] += 1
        return self._last[series]

    def old_place(self, kind: str) -> Place:
        number = self.next(kind)
        digits = {"COMMUNE": 3, "WARD": 2, "TOWNSHIP": 1}[kind]
        code = f"SL-C{self.next('C'):03d}"
        return Place(code, kind, f"{_WORDS[kind][2]} {number:0{digits}d}")

    def new_place(self, kind: str) -> Place:
        series = "P" if kind == "WARD" else "X"
        number = self.next(series)
        return Place(f"SL-{series}{number:02d}", kind, f"{_WORDS[kind][3]} {number:02d}")


def _parts(places: list[Place], count: int) -> list[list[Place]]:
    """Cut ``places`` into ``count`` runs whose lengths differ by one at most."""
    bounds = [len(places) * step // count for step in range(count + 1)] if count else []
    return [places[start:end] for start, end in pairwise(bounds)]


def _old_places(plan: DistrictPlan, numbers: _Numbers) -> list[Place]:
    communes = plan.old - plan.wards - plan.townships
    kinds = ["WARD"] * plan.wards + ["TOWNSHIP"] * plan.townships + ["COMMUNE"] * communes
    return [numbers.old_place(kind) for kind in kinds]


def _groups(plan: DistrictPlan, old: list[Place]) -> list[tuple[str, list[Place]]]:
    """Return (kind of the new commune, the places it is made of): wards first."""
    merging = old[: plan.old - plan.unchanged]
    border = plan.wards if plan.new_communes else len(merging)
    urban = merging[:border] if plan.new_wards else []
    rural = merging[len(urban) :]
    return [("WARD", part) for part in _parts(urban, plan.new_wards)] + [
        ("COMMUNE", part) for part in _parts(rural, plan.new_communes)
    ]


def _district(plan: DistrictPlan, number: int, numbers: _Numbers) -> District:
    code = f"{PROVINCE}-H{number:02d}"
    old = _old_places(plan, numbers)
    merged = [(numbers.new_place(kind), tuple(members)) for kind, members in _groups(plan, old)]
    kept = [(place, (place,)) for place in old[plan.old - plan.unchanged :]]
    communes = (
        Commune(place, members, code, position)
        for position, (place, members) in enumerate([*merged, *kept])
    )
    return District(plan, code, tuple(communes))


def districts() -> tuple[District, ...]:
    """Return the twelve districts with their communes of before and after the reform."""
    numbers = _Numbers()
    return tuple(_district(plan, number, numbers) for number, plan in enumerate(_PLANS, start=1))
