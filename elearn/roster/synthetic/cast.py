"""The people behind the demo accounts: the same names and posts whatever the size and seed."""

from dataclasses import dataclass
from datetime import date

from elearn.roster.synthetic.timeline import REFORM_DAY

_COMMUNE = "SL-X01"
_OTHER_COMMUNE = "SL-X02"
_PROVINCE = "SL"
_HOME_AFFAIRS = "SL-SNV"
_SCHOOL = "SL-TCT"


@dataclass(frozen=True, slots=True)
class CastPerson:
    """Somebody with a fixed name in a fixed seat; ``class_no`` 0: not trained yet."""

    house: str
    rank: int
    full_name: str
    birth_date: date
    joined: date
    class_no: int = 0


def person_code(index: int) -> str:
    """Return the code of person ``index``, counted from 1."""
    return f"SL{index:06d}"


# Person 1 is the first of these, and so on. No generated name is equal to one of theirs.
CAST = (
    CastPerson(_COMMUNE, 8, "Lò Thị Mẫu Hảo", date(1988, 4, 12), date(2012, 3, 1)),
    CastPerson(_COMMUNE, 1, "Quàng Văn Mẫu Sáng", date(1993, 9, 2), date(2017, 8, 1)),
    CastPerson(_COMMUNE, 2, "Nguyễn Thị Mẫu Hợp", date(1985, 1, 23), date(2011, 6, 1), 9),
    CastPerson(_OTHER_COMMUNE, 2, "Tòng Văn Mẫu Định", date(1987, 7, 30), date(2011, 9, 1), 14),
    CastPerson(_COMMUNE, 0, "Cà Văn Mẫu Thuận", date(1976, 11, 5), date(2011, 1, 1), 6),
    CastPerson(_HOME_AFFAIRS, 0, "Trần Văn Mẫu Chính", date(1972, 2, 17), date(2011, 1, 1), 3),
    CastPerson(_HOME_AFFAIRS, 2, "Lê Thị Mẫu Cẩm", date(1984, 5, 9), date(2011, 3, 1), 2),
    CastPerson(_SCHOOL, 2, "Phạm Thị Mẫu Thơ", date(1986, 12, 1), date(2013, 9, 1), 2),
    CastPerson(_SCHOOL, 1, "Hà Văn Mẫu Khiêm", date(1979, 8, 19), date(2011, 1, 1), 5),
)

_ACCOUNTS = (
    ("hocvien", "LEARNER", 1, _COMMUNE, "Phó Chủ tịch UBND xã, chưa hoàn thành chương trình"),
    (
        "motcua",
        "LEARNER",
        2,
        _COMMUNE,
        "Công chức Một cửa của xã, chưa hoàn thành chương trình",
    ),
    ("nhansu.xa", "HR", 3, _COMMUNE, "Đầu mối cải cách hành chính và nhân sự của xã"),
    ("nhansu.xakhac", "HR", 4, _OTHER_COMMUNE, "Đầu mối cải cách hành chính của một xã khác"),
    ("lanhdao.xa", "LEADER", 5, _COMMUNE, "Chủ tịch UBND xã"),
    ("lanhdao.tinh", "LEADER", 6, _PROVINCE, "Giám đốc Sở Nội vụ, theo dõi toàn tỉnh"),
    (
        "cchc",
        "PROGRAMME_OFFICER",
        7,
        _PROVINCE,
        "Trưởng phòng Cải cách hành chính, Sở Nội vụ: quản lý chương trình",
    ),
    ("tacgia", "AUTHOR", 8, _PROVINCE, "Giảng viên Trường Chính trị: biên soạn bài học"),
    ("thamdinh", "REVIEWER", 9, _PROVINCE, "Trưởng khoa Trường Chính trị: thẩm định bài học"),
    ("quantri", "ADMIN", None, _PROVINCE, "Quản trị kỹ thuật, không gắn với người nào"),
)


def demo_cast(today: date) -> list[tuple[str, str, str | None, str, str]]:
    """Return (username, role, person code or None, unit code, description in Vietnamese).

    The people are in the rows of every province built for ``today``; a day before the communes
    of today existed raises ``ValueError``.
    """
    if today < REFORM_DAY:
        raise ValueError(f"the demo accounts belong to units that begin on {REFORM_DAY}")
    return [
        (username, role, None if index is None else person_code(index), unit, description)
        for username, role, index, unit, description in _ACCOUNTS
    ]
