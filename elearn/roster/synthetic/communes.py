"""Seats of a commune: today's posts and where their holders worked before the reform."""

from dataclasses import dataclass
from typing import NamedTuple

from elearn.roster.synthetic.records import Seat, SecondPost, Spell, two_spells
from elearn.roster.synthetic.territory import Commune
from elearn.roster.synthetic.timeline import OPEN, REFORM_DAY


class _Job(NamedTuple):
    """A post of today in the unit ``place`` of a commune, and the holder's post before."""

    position_type: str
    title: str
    place: str
    duty: str
    category: str
    old_position_type: str
    old_title: str


def _leader(position_type: str, title: str) -> _Job:
    return _Job(position_type, title, "", "", "CADRE", position_type, title)


def _official(title: str, place: str, old_title: str, duty: str = "") -> _Job:
    return _Job(
        "COMMUNE_OFFICIAL", title, place, duty, "CIVIL_SERVANT", "COMMUNE_OFFICIAL", old_title
    )


def _head(title: str, place: str, old_title: str, duty: str = "") -> _Job:
    return _Job("LEADER", title, place, duty, "CIVIL_SERVANT", "COMMUNE_OFFICIAL", old_title)


_CHAIR = _leader("COMMUNE_PC_LEADER", "Chủ tịch UBND")
_SECRETARY = _leader("COMMUNE_PARTY_LEADER", "Bí thư Đảng ủy")
_COUNCIL = _leader("COMMUNE_COUNCIL_LEADER", "Chủ tịch HĐND")
# With few officials a commune has one leader; which one differs from commune to commune.
_LEADERS = (
    (_CHAIR, _SECRETARY, _COUNCIL),
    (_SECRETARY, _CHAIR, _COUNCIL),
    (_CHAIR, _COUNCIL, _SECRETARY),
    (_COUNCIL, _CHAIR, _SECRETARY),
)
_LEADER_RANKS = {0: 0, 5: 1, 6: 2}
_COUNTER = "Chuyên viên Trung tâm Phục vụ hành chính công"
_FIRST = {
    1: _official(_COUNTER, "PVHCC", "Công chức Tư pháp - Hộ tịch", "ONE_STOP"),
    2: _head("Chánh Văn phòng HĐND và UBND", "VP", "Công chức Văn phòng - Thống kê", "PAR_FOCAL"),
    3: _head("Trưởng phòng Văn hóa - Xã hội", "VHXH", "Công chức Văn hóa - Xã hội"),
    4: _head("Trưởng phòng chuyên môn về kinh tế", "KT", "Công chức Tài chính - Kế toán"),
    7: _Job(
        "LEADER",
        "Giám đốc Trung tâm Phục vụ hành chính công",
        "PVHCC",
        "ONE_STOP",
        "CIVIL_SERVANT",
        "COMMUNE_PC_LEADER",
        "Phó Chủ tịch UBND",
    ),
    8: _leader("COMMUNE_PC_LEADER", "Phó Chủ tịch UBND"),
}
_FURTHER = (
    _official("Chuyên viên Văn phòng HĐND và UBND", "VP", "Công chức Văn phòng - Thống kê"),
    _official(_COUNTER, "PVHCC", "Công chức Tư pháp - Hộ tịch", "ONE_STOP"),
    _official("Chuyên viên về kinh tế", "KT", "Công chức Địa chính - Xây dựng"),
    _official("Chuyên viên về văn hóa - xã hội", "VHXH", "Công chức Văn hóa - Xã hội"),
    _Job(
        "OTHER",
        "Người hoạt động không chuyên trách",
        "",
        "",
        "NON_SPECIALISED",
        "OTHER",
        "Người hoạt động không chuyên trách",
    ),
    _official("Chuyên viên về tài chính", "KT", "Công chức Tài chính - Kế toán"),
)
_DEPUTIES = (
    _head("Phó Chánh Văn phòng HĐND và UBND", "VP", "Công chức Văn phòng - Thống kê"),
    _head("Phó Trưởng phòng Văn hóa - Xã hội", "VHXH", "Công chức Văn hóa - Xã hội"),
    _head("Phó Trưởng phòng chuyên môn về kinh tế", "KT", "Công chức Địa chính - Xây dựng"),
)
_FIRST_FURTHER = 9
_FIRST_DEPUTY = 15
# Every fifth official of a commune came from the district that was dissolved.
_FROM_DISTRICT = 4


@dataclass(frozen=True, slots=True)
class CommuneHouse:
    """A commune as an employer; ``index`` counts all communes of the province."""

    commune: Commune
    index: int

    @property
    def code(self) -> str:
        """The commune."""
        return self.commune.place.code

    @property
    def pool(self) -> str:
        """Communes exchange people among themselves."""
        return "communes"

    @property
    def anchors(self) -> int:
        """Five seats fill every unit of the commune, and every one it was made of."""
        return 5

    def seat(self, rank: int) -> Seat:
        """Return the seat; every fifth came from the district, the others from old communes."""
        job = self._job(rank)
        before = self._before(rank, job)
        return Seat(job.category, two_spells(before, self._after(rank, job)))

    def second_post(self) -> SecondPost:
        """Leaders and officials help out at the commune's service centre."""
        title = "Phó Giám đốc Trung tâm Phục vụ hành chính công (kiêm nhiệm)"
        return SecondPost("LEADER", title, f"{self.code}-PVHCC", "ONE_STOP")

    def _job(self, rank: int) -> _Job:
        if rank in _LEADER_RANKS:
            return _LEADERS[self.index % len(_LEADERS)][_LEADER_RANKS[rank]]
        if rank < _FIRST_FURTHER:
            return _FIRST[rank]
        if _FIRST_DEPUTY <= rank < _FIRST_DEPUTY + len(_DEPUTIES):
            return _DEPUTIES[rank - _FIRST_DEPUTY]
        return _FURTHER[rank % len(_FURTHER)]

    def _after(self, rank: int, job: _Job) -> Spell:
        unit = f"{self.code}-{job.place}" if job.place else self.code
        title = job.title if job.place else f"{job.title} {self.commune.place.word}"
        # The focal point serves the whole commune, the counter is its service centre.
        duty_unit = "" if not job.duty else self.code if job.duty == "PAR_FOCAL" else unit
        return Spell(
            job.position_type,
            title,
            self._home(rank, job, unit),
            unit,
            REFORM_DAY,
            OPEN,
            job.duty,
            duty_unit,
        )

    def _home(self, rank: int, job: _Job, unit: str) -> str:
        """Return the unit of the holder: half of those at the counter belong to the office."""
        is_sent = job.title == _COUNTER and (self.index + rank) % 2 == 0
        return f"{self.code}-VP" if is_sent else unit

    def _before(self, rank: int, job: _Job) -> Spell:
        if rank % 5 == _FROM_DISTRICT:
            return district_spell(self.commune.district_code, self.commune.number + rank // 5)
        places = self.commune.predecessors
        place = places[rank % len(places)]
        title = f"{job.old_title} {place.word}"
        return Spell(job.old_position_type, title, place.code, place.code, valid_to=REFORM_DAY)


def district_spell(district_code: str, turn: int) -> Spell:
    """Return a post in a district until the reform: leader, counter, focal point, specialist."""
    kind = turn % 4
    work, duty, duty_unit = district_code, "", ""
    position_type, title = "SPECIALIST", "Chuyên viên UBND cấp huyện"
    if kind == 0:
        position_type, title = "LEADER", "Phó Trưởng phòng thuộc UBND cấp huyện"
    elif kind == 1:
        work = duty_unit = f"{district_code}-MC"
        title, duty = "Chuyên viên Bộ phận Tiếp nhận và Trả kết quả", "ONE_STOP"
    elif kind == 2:
        duty, duty_unit = "PAR_FOCAL", district_code
    return Spell(
        position_type,
        title,
        district_code,
        work,
        valid_to=REFORM_DAY,
        duty=duty,
        duty_unit=duty_unit,
    )
