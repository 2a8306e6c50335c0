"""Everything in the province that is neither a department nor a commune."""

from collections.abc import Iterator
from dataclasses import dataclass

from elearn.roster.synthetic.department_seats import PROVINCIAL_CENTRE
from elearn.roster.synthetic.records import Seat, SecondPost, Spell, UnitVersion
from elearn.roster.synthetic.territory import PROVINCE, Commune
from elearn.roster.synthetic.timeline import (
    FIRST_DAY,
    OPEN,
    PROVINCIAL_CENTRE_DAY,
    REFORM_DAY,
    SECONDMENT_DAY,
)

POLITICAL_SCHOOL = "SL-TCT"
_GUEST_LECTURER = SecondPost("OTHER", "Giảng viên kiêm nhiệm", POLITICAL_SCHOOL)


@dataclass(frozen=True, slots=True)
class Institution:
    """A body under the province with a head and staff, but without divisions."""

    code: str
    name: str
    short_name: str
    kind: str
    head: str
    deputy: str
    staff: str
    category: str = "CIVIL_SERVANT"


CENTRAL_AGENCIES = tuple(
    Institution(
        f"{PROVINCE}-{suffix}",
        name,
        short_name,
        "CENTRAL_VERTICAL_AGENCY",
        "Trưởng cơ quan",
        "Phó Trưởng cơ quan",
        "Chuyên viên",
    )
    for suffix, name, short_name in (
        ("THUE", "Cơ quan Thuế trên địa bàn tỉnh", "Thuế"),
        ("BHXH", "Cơ quan Bảo hiểm xã hội trên địa bàn tỉnh", "BHXH"),
        ("KBNN", "Kho bạc Nhà nước trên địa bàn tỉnh", "KBNN"),
        ("THADS", "Cơ quan Thi hành án dân sự trên địa bàn tỉnh", "THADS"),
    )
)
SCHOOL = Institution(
    POLITICAL_SCHOOL,
    "Trường Chính trị tỉnh",
    "TCT",
    "POLITICAL_SCHOOL",
    "Hiệu trưởng",
    "Trưởng khoa",
    "Giảng viên",
    "PUBLIC_EMPLOYEE",
)
BODIES = (
    Institution(
        f"{PROVINCE}-VPTU",
        "Văn phòng Tỉnh ủy",
        "VPTU",
        "PARTY_BODY",
        "Chánh Văn phòng",
        "Phó Chánh Văn phòng",
        "Chuyên viên",
    ),
    Institution(
        f"{PROVINCE}-VPHDND",
        "Văn phòng Đoàn ĐBQH và HĐND tỉnh",
        "VPHĐND",
        "COUNCIL",
        "Chánh Văn phòng",
        "Phó Chánh Văn phòng",
        "Chuyên viên",
    ),
    Institution(
        f"{PROVINCE}-MTTQ",
        "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
        "MTTQ",
        "MASS_ORGANISATION",
        "Trưởng ban",
        "Phó Trưởng ban",
        "Chuyên viên",
    ),
)


def institution_version(institution: Institution) -> UnitVersion:
    """Return the only version of an institution; no reform has changed it."""
    return UnitVersion(
        institution.code, institution.name, institution.short_name, institution.kind, PROVINCE
    )


@dataclass(frozen=True, slots=True)
class InstitutionHouse:
    """An institution as an employer."""

    institution: Institution
    pool: str = ""
    anchors: int = 2

    @property
    def code(self) -> str:
        """The institution."""
        return self.institution.code

    def seat(self, rank: int) -> Seat:
        """Rank 0 leads, 1 is the deputy; central agencies send rank 2 to the provincial centre."""
        if rank == 2 and self.institution.kind == "CENTRAL_VERTICAL_AGENCY":
            return Seat(self.institution.category, self._seconded())
        return Seat(self.institution.category, (self._spell(rank),))

    def second_post(self) -> SecondPost:
        """Experienced people lecture at the political school."""
        return _GUEST_LECTURER

    def _spell(self, rank: int) -> Spell:
        code = self.code
        if rank < 2:
            title = (self.institution.head, self.institution.deputy)[rank]
            return Spell("LEADER", title, code, code)
        is_lecturer = self.institution.kind == "POLITICAL_SCHOOL"
        duty = {3: "PAR_FOCAL", 4: "ONE_STOP"}.get(rank, "")
        if self.institution.kind != "CENTRAL_VERTICAL_AGENCY":
            duty = ""
        position_type = "OTHER" if is_lecturer else "SPECIALIST"
        return Spell(
            position_type,
            self.institution.staff,
            code,
            code,
            duty=duty,
            duty_unit=code if duty else "",
        )

    def _seconded(self) -> tuple[Spell, Spell]:
        staff, code = self.institution.staff, self.code
        return (
            Spell(
                "SPECIALIST",
                staff,
                code,
                code,
                valid_to=SECONDMENT_DAY,
                end_reason="TRANSFER",
            ),
            Spell(
                "SPECIALIST",
                f"{staff} biệt phái tại Trung tâm Phục vụ hành chính công",
                code,
                PROVINCIAL_CENTRE,
                SECONDMENT_DAY,
                OPEN,
                "ONE_STOP",
                PROVINCIAL_CENTRE,
            ),
        )


def provincial_centre_version() -> UnitVersion:
    """Return the service centre of the province, part of the office of its committee."""
    return UnitVersion(
        PROVINCIAL_CENTRE,
        "Trung tâm Phục vụ hành chính công tỉnh",
        "TTPVHCC tỉnh",
        "PASC_PROVINCE",
        "SL-VPUBND",
        PROVINCIAL_CENTRE_DAY,
    )


@dataclass(frozen=True, slots=True)
class ProvincialCentreHouse:
    """The service centre of the province; half of its staff belong to departments."""

    senders: tuple[str, ...]
    pool: str = ""
    anchors: int = 2

    @property
    def code(self) -> str:
        """The centre."""
        return PROVINCIAL_CENTRE

    def seat(self, rank: int) -> Seat:
        """Everybody at the centre worked in the provincial office before it was opened."""
        home = self.senders[rank % len(self.senders)] if rank > 1 and rank % 2 else self.code
        titles = {0: "Giám đốc Trung tâm", 1: "Phó Giám đốc Trung tâm"}
        before = Spell(
            "SPECIALIST",
            "Chuyên viên",
            "SL-VPUBND-02",
            "SL-VPUBND-02",
            valid_to=PROVINCIAL_CENTRE_DAY,
            end_reason="TRANSFER",
        )
        after = Spell(
            "LEADER" if rank in titles else "SPECIALIST",
            titles.get(rank, "Chuyên viên Trung tâm Phục vụ hành chính công"),
            home,
            self.code,
            PROVINCIAL_CENTRE_DAY,
            OPEN,
            "ONE_STOP",
            self.code,
        )
        return Seat("CIVIL_SERVANT", (before, after))

    def second_post(self) -> SecondPost:
        """Experienced people lecture at the political school."""
        return _GUEST_LECTURER


@dataclass(frozen=True, slots=True)
class ServiceUnit:
    """A hospital or school; those of a district went to a commune with the reform."""

    number: int
    commune: Commune

    @property
    def code(self) -> str:
        """The code of the unit, never used again."""
        return f"{PROVINCE}-DV{self.number:04d}"

    @property
    def department_code(self) -> str:
        """The department above it, empty for a unit of a commune."""
        return {0: "SL-SYT", 5: "SL-SGDDT"}.get(self.number % 10, "")

    @property
    def name(self) -> str:
        """An invented name with the number of the unit."""
        words = ("Trường Mầm non", "Trường Tiểu học", "Trường THCS")
        word = words[self.number % len(words)]
        if self.department_code:
            word = "Bệnh viện Đa khoa" if self.department_code == "SL-SYT" else "Trường THPT"
        return f"{word} Mẫu {self.number:03d}"

    def versions(self) -> Iterator[UnitVersion]:
        """Yield one version, or two when the reform gave the unit another parent."""
        kind = "PUBLIC_SERVICE_UNIT"
        if self.department_code:
            yield UnitVersion(self.code, self.name, "", kind, self.department_code)
            return
        spans = (
            (self.commune.district_code, FIRST_DAY, REFORM_DAY),
            (self.commune.place.code, REFORM_DAY, OPEN),
        )
        for parent_code, valid_from, valid_to in spans:
            yield UnitVersion(self.code, self.name, "", kind, parent_code, valid_from, valid_to)


@dataclass(frozen=True, slots=True)
class ServiceUnitHouse:
    """A hospital or school as an employer."""

    unit: ServiceUnit

    @property
    def code(self) -> str:
        """The unit."""
        return self.unit.code

    @property
    def pool(self) -> str:
        """Hospitals exchange people among themselves, and so do schools."""
        return "hospitals" if self.unit.department_code == "SL-SYT" else "schools"

    @property
    def anchors(self) -> int:
        """The head alone."""
        return 1

    def seat(self, rank: int) -> Seat:
        """Rank 0 leads, 1 is the deputy and looks after reform; hospitals have a counter."""
        is_hospital = self.pool == "hospitals"
        heads = ("Giám đốc", "Phó Giám đốc") if is_hospital else ("Hiệu trưởng", "Phó Hiệu trưởng")
        duty = {1: "PAR_FOCAL"}.get(rank, "ONE_STOP" if is_hospital and rank == 2 else "")
        spell = Spell(
            "LEADER" if rank < 2 else "OTHER",
            heads[rank] if rank < 2 else "Viên chức y tế" if is_hospital else "Giáo viên",
            self.code,
            self.code,
            duty=duty,
            duty_unit=self.code if duty else "",
        )
        return Seat("PUBLIC_EMPLOYEE", (spell,))

    def second_post(self) -> SecondPost:
        """Experienced people lecture at the political school."""
        return _GUEST_LECTURER
