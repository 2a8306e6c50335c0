"""Seats of a provincial department: today's posts and where their holders worked before."""

from dataclasses import dataclass

from elearn.roster.synthetic.communes import district_spell
from elearn.roster.synthetic.departments import Department
from elearn.roster.synthetic.records import Seat, SecondPost, Spell, two_spells
from elearn.roster.synthetic.timeline import DEPARTMENTS_DAY, OPEN, REFORM_DAY

PROVINCIAL_CENTRE = "SL-TTPVHCC"
_DISTRICTS = 12
_SPECIALIST = "Chuyên viên"


@dataclass(frozen=True, slots=True)
class DepartmentHouse:
    """A department with its divisions as an employer; ``index`` counts the departments.

    ``focal_ranks`` are heads of divisions that are PAR focal points of the department.
    """

    department: Department
    index: int
    focal_ranks: tuple[int, ...] = (1,)

    @property
    def code(self) -> str:
        """The department."""
        return self.department.code

    @property
    def pool(self) -> str:
        """Departments exchange people among themselves."""
        return "departments"

    @property
    def anchors(self) -> int:
        """The leaders and the first two specialists, who stood in the absorbed department."""
        return len(self.department.division_codes()) + 4

    def seat(self, rank: int) -> Seat:
        """Rank 0 leads, then the heads of the divisions, the deputy, the specialists."""
        divisions = len(self.department.division_codes())
        if rank == 0:
            return self._seat(Spell("LEADER", self.department.head, self.code, self.code))
        if rank <= divisions:
            return self._seat(self._division_head(rank))
        if rank == divisions + 1:
            return self._deputy()
        return self._specialist(rank - divisions - 2)

    def second_post(self) -> SecondPost:
        """Specialists help out at the service centre of the province."""
        title = "Công chức hỗ trợ Trung tâm Phục vụ hành chính công (kiêm nhiệm)"
        return SecondPost("SPECIALIST", title, PROVINCIAL_CENTRE, "ONE_STOP")

    @staticmethod
    def _seat(*spells: Spell) -> Seat:
        return Seat("CIVIL_SERVANT", spells)

    def _division_head(self, rank: int) -> Spell:
        unit = self.department.division_codes()[rank - 1]
        name = self.department.division_names()[rank - 1]
        title = f"Chánh {name}" if name.startswith("Văn phòng") else f"Trưởng {_lowered(name)}"
        is_focal = rank in self.focal_ranks
        return Spell(
            "LEADER",
            title,
            unit,
            unit,
            duty="PAR_FOCAL" if is_focal else "",
            duty_unit=self.code if is_focal else "",
        )

    def _deputy(self) -> Seat:
        after = Spell("LEADER", self.department.deputy, self.code, self.code, DEPARTMENTS_DAY)
        absorbed = self.department.absorbed
        if absorbed is None:
            return self._seat(Spell("LEADER", self.department.deputy, self.code, self.code))
        before = Spell(
            "LEADER", "Giám đốc Sở", absorbed.code, absorbed.code, valid_to=DEPARTMENTS_DAY
        )
        return self._seat(*two_spells(before, after))

    def _specialist(self, turn: int) -> Seat:
        units = self.department.division_codes()
        unit = units[turn % len(units)]
        duty = {0: "PAR_FOCAL", 1: "ONE_STOP"}.get(turn, "")
        duty_unit = self.code if duty else ""
        if turn % 7 == self._turn_from_district():
            after = Spell("SPECIALIST", _SPECIALIST, unit, unit, REFORM_DAY, OPEN)
            district = f"SL-H{(self.index + turn) % _DISTRICTS + 1:02d}"
            return self._seat(district_spell(district, turn), after)
        before = self._specialist_before(turn, unit, duty)
        after = Spell("SPECIALIST", _SPECIALIST, unit, unit, DEPARTMENTS_DAY, OPEN, duty, duty_unit)
        return self._seat(*two_spells(before, after))

    def _turn_from_district(self) -> int:
        """Return which specialist came from a district: an early one where none were absorbed."""
        return 6 if self.department.absorbed else 2

    def _specialist_before(self, turn: int, unit: str, duty: str) -> Spell:
        """Return the post until 2025-03-01: two of three came from the absorbed department."""
        absorbed = self.department.absorbed
        top = self.code
        if absorbed and turn % 3 == 0:
            unit, top = absorbed.office_code, absorbed.code
        elif absorbed and turn % 3 == 1:
            unit, top = absorbed.ended_code, absorbed.code
        return Spell(
            "SPECIALIST",
            _SPECIALIST,
            unit,
            unit,
            valid_to=DEPARTMENTS_DAY,
            duty=duty,
            duty_unit=top if duty else "",
        )


def _lowered(name: str) -> str:
    return name[0].lower() + name[1:]
