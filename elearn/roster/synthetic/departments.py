"""The provincial departments, whom they absorbed on 2025-03-01, and their divisions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from elearn.roster.synthetic.records import UnitEvent, UnitVersion
from elearn.roster.synthetic.territory import PROVINCE
from elearn.roster.synthetic.timeline import DEPARTMENTS_DAY, OPEN

DEPARTMENTS_BASIS = "Nghị quyết của HĐND tỉnh về sắp xếp cơ quan chuyên môn năm 2025 (dữ liệu mẫu)"


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A department that ended on 2025-03-01.

    Its office merged into the office of its successor, the division ``moved`` went over whole,
    the division ``ended`` was dissolved.
    """

    code: str
    name: str
    moved: str
    ended: str

    @property
    def office_code(self) -> str:
        """Code of the office that merged."""
        return f"{self.code}-01"

    @property
    def moved_code(self) -> str:
        """Code of the division that changed its parent."""
        return f"{self.code}-02"

    @property
    def ended_code(self) -> str:
        """Code of the division that was dissolved."""
        return f"{self.code}-03"


@dataclass(frozen=True, slots=True)
class Department:
    """A department of today; ``earlier_name`` is what it was called until 2025-03-01."""

    code: str
    name: str
    divisions: tuple[str, ...]
    absorbed: Absorbed | None = None
    earlier_name: str = ""
    head: str = "Giám đốc Sở"
    deputy: str = "Phó Giám đốc Sở"

    def division_codes(self) -> tuple[str, ...]:
        """Codes of the divisions of today; the one that moved in comes last."""
        own = tuple(f"{self.code}-{number:02d}" for number in range(1, len(self.divisions) + 1))
        return (*own, self.absorbed.moved_code) if self.absorbed else own

    def division_names(self) -> tuple[str, ...]:
        """Names of the divisions of today, in the order of their codes."""
        return (*self.divisions, self.absorbed.moved) if self.absorbed else self.divisions


DEPARTMENTS = (
    Department(
        "SL-SNV",
        "Sở Nội vụ",
        (
            "Văn phòng Sở Nội vụ",
            "Phòng Cải cách hành chính",
            "Phòng Tổ chức biên chế và Công chức, viên chức",
        ),
        Absorbed(
            "SL-SLDTBXH",
            "Sở Lao động - Thương binh và Xã hội",
            "Phòng Lao động - Việc làm",
            "Phòng Bảo trợ xã hội",
        ),
    ),
    Department(
        "SL-STC",
        "Sở Tài chính",
        (
            "Văn phòng Sở Tài chính",
            "Phòng Quản lý ngân sách",
            "Phòng Tài chính hành chính - sự nghiệp",
        ),
        Absorbed(
            "SL-SKHDT",
            "Sở Kế hoạch và Đầu tư",
            "Phòng Đăng ký kinh doanh",
            "Phòng Tổng hợp - Quy hoạch",
        ),
    ),
    Department(
        "SL-SXD",
        "Sở Xây dựng",
        ("Văn phòng Sở Xây dựng", "Phòng Quy hoạch - Kiến trúc", "Phòng Quản lý xây dựng"),
        Absorbed(
            "SL-SGTVT",
            "Sở Giao thông vận tải",
            "Phòng Quản lý vận tải",
            "Phòng Kế hoạch - Kỹ thuật",
        ),
    ),
    Department(
        "SL-SKHCN",
        "Sở Khoa học và Công nghệ",
        (
            "Văn phòng Sở Khoa học và Công nghệ",
            "Phòng Quản lý khoa học",
            "Phòng Quản lý công nghệ",
        ),
        Absorbed(
            "SL-STTTT",
            "Sở Thông tin và Truyền thông",
            "Phòng Chuyển đổi số",
            "Phòng Thông tin - Báo chí",
        ),
    ),
    Department(
        "SL-SNNMT",
        "Sở Nông nghiệp và Môi trường",
        (
            "Văn phòng Sở Nông nghiệp và Môi trường",
            "Phòng Trồng trọt - Chăn nuôi",
            "Phòng Kế hoạch - Tài chính nông nghiệp",
        ),
        Absorbed(
            "SL-STNMT",
            "Sở Tài nguyên và Môi trường",
            "Phòng Đất đai",
            "Phòng Khoáng sản",
        ),
        "Sở Nông nghiệp và Phát triển nông thôn",
    ),
    Department(
        "SL-VPUBND",
        "Văn phòng Ủy ban nhân dân tỉnh",
        ("Phòng Tổng hợp", "Phòng Kiểm soát thủ tục hành chính", "Phòng Hành chính - Quản trị"),
        head="Chánh Văn phòng UBND tỉnh",
        deputy="Phó Chánh Văn phòng UBND tỉnh",
    ),
    Department(
        "SL-STP",
        "Sở Tư pháp",
        ("Văn phòng Sở Tư pháp", "Phòng Văn bản pháp luật", "Phòng Hành chính tư pháp"),
    ),
    Department(
        "SL-SCT",
        "Sở Công Thương",
        ("Văn phòng Sở Công Thương", "Phòng Quản lý công nghiệp", "Phòng Quản lý thương mại"),
    ),
    Department(
        "SL-SVHTTDL",
        "Sở Văn hóa, Thể thao và Du lịch",
        (
            "Văn phòng Sở Văn hóa, Thể thao và Du lịch",
            "Phòng Quản lý văn hóa",
            "Phòng Quản lý thể thao",
            "Phòng Quản lý du lịch",
        ),
    ),
    Department(
        "SL-SGDDT",
        "Sở Giáo dục và Đào tạo",
        (
            "Văn phòng Sở Giáo dục và Đào tạo",
            "Phòng Giáo dục phổ thông",
            "Phòng Giáo dục mầm non",
            "Phòng Tổ chức cán bộ ngành giáo dục",
        ),
    ),
    Department(
        "SL-SYT",
        "Sở Y tế",
        (
            "Văn phòng Sở Y tế",
            "Phòng Nghiệp vụ y",
            "Phòng Nghiệp vụ dược",
            "Phòng Tổ chức cán bộ ngành y tế",
        ),
    ),
    Department(
        "SL-SDTTG",
        "Sở Dân tộc và Tôn giáo",
        ("Văn phòng Sở Dân tộc và Tôn giáo", "Phòng Chính sách dân tộc", "Phòng Tôn giáo"),
        earlier_name="Ban Dân tộc tỉnh",
    ),
    Department(
        "SL-SNGV",
        "Sở Ngoại vụ",
        ("Văn phòng Sở Ngoại vụ", "Phòng Hợp tác quốc tế", "Phòng Quản lý biên giới"),
    ),
    Department(
        "SL-TTR",
        "Thanh tra tỉnh",
        ("Văn phòng Thanh tra tỉnh", "Phòng Nghiệp vụ 1", "Phòng Nghiệp vụ 2"),
        head="Chánh Thanh tra tỉnh",
        deputy="Phó Chánh Thanh tra tỉnh",
    ),
)


def department_versions(department: Department) -> Iterator[UnitVersion]:
    """Yield a department, its divisions and the department it absorbed, through 2025-03-01."""
    yield from _own_versions(department)
    for code, name in zip(department.division_codes(), department.divisions, strict=False):
        yield UnitVersion(code, name, "", "DEPT_DIVISION", department.code)
    if department.absorbed:
        yield from _absorbed_versions(department.absorbed, department.code)


def _own_versions(department: Department) -> Iterator[UnitVersion]:
    short_name = department.code.removeprefix(f"{PROVINCE}-")
    today = UnitVersion(department.code, department.name, short_name, "PROV_DEPARTMENT", PROVINCE)
    if not department.earlier_name:
        yield today
        return
    yield replace(today, name=department.earlier_name, short_name="", valid_to=DEPARTMENTS_DAY)
    yield replace(today, valid_from=DEPARTMENTS_DAY, legal_basis=DEPARTMENTS_BASIS)


def _absorbed_versions(absorbed: Absorbed, successor_code: str) -> Iterator[UnitVersion]:
    short_name = absorbed.code.removeprefix(f"{PROVINCE}-")
    yield UnitVersion(
        absorbed.code,
        absorbed.name,
        short_name,
        "PROV_DEPARTMENT",
        PROVINCE,
        valid_to=DEPARTMENTS_DAY,
    )
    divisions = (
        (absorbed.office_code, f"Văn phòng {absorbed.name}"),
        (absorbed.moved_code, absorbed.moved),
        (absorbed.ended_code, absorbed.ended),
    )
    for code, name in divisions:
        yield UnitVersion(code, name, "", "DEPT_DIVISION", absorbed.code, valid_to=DEPARTMENTS_DAY)
    yield UnitVersion(
        absorbed.moved_code,
        absorbed.moved,
        "",
        "DEPT_DIVISION",
        successor_code,
        DEPARTMENTS_DAY,
        OPEN,
        DEPARTMENTS_BASIS,
    )


def department_events(department: Department) -> Iterator[UnitEvent]:
    """Yield the mergers of 2025-03-01; the absorbing unit stands on both sides."""
    absorbed = department.absorbed
    if absorbed is None:
        return
    office_code = department.division_codes()[0]
    for own_code, other_code in (
        (department.code, absorbed.code),
        (office_code, absorbed.office_code),
    ):
        yield UnitEvent(
            "MERGE", DEPARTMENTS_DAY, (own_code, other_code), (own_code,), DEPARTMENTS_BASIS
        )
    yield UnitEvent("DISSOLVE", DEPARTMENTS_DAY, (absorbed.ended_code,), (), DEPARTMENTS_BASIS)
