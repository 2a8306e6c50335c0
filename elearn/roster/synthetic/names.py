"""Names and addresses nobody can take for those of a living person."""

from datetime import date, timedelta
from random import Random

_FAMILY = (
    *("Lò", "Quàng", "Cà", "Tòng", "Lường", "Hà", "Vì", "Bạc", "Cầm", "Hoàng", "Sùng", "Giàng"),
    *("Thào", "Vàng", "Mùa", "Đinh", "Bùi", "Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Đỗ", "Vũ"),
)
_GIVEN = {
    "Thị": (
        *("An", "Ánh", "Bích", "Châu", "Chi", "Diệp", "Dung", "Giang", "Hà", "Hằng", "Hiền"),
        *("Hoa", "Huệ", "Hương", "Lan", "Liên", "Linh", "Loan", "Mai", "Nga", "Ngân", "Ngọc"),
        *("Nhung", "Oanh", "Phương", "Quỳnh", "Tâm", "Thảo", "Thu", "Thủy", "Trang", "Tuyết"),
        *("Uyên", "Vân", "Xuân", "Yến"),
    ),
    "Văn": (
        *("An", "Bình", "Chung", "Cường", "Dũng", "Đạt", "Đức", "Giang", "Hải", "Hiếu", "Hòa"),
        *("Hùng", "Hưng", "Khánh", "Khôi", "Kiên", "Lâm", "Long", "Minh", "Nam", "Nghĩa"),
        *("Phong", "Phúc", "Quang", "Quân", "Sơn", "Tài", "Thành", "Thắng", "Tiến", "Toàn"),
        *("Trung", "Tuấn", "Tùng", "Việt", "Vinh"),
    ),
}
# The word for "sample" stands in every name, wherever it is shown, sorted or searched.
SAMPLE = "Mẫu"
_WOMEN = 0.46
_YEAR = 365.25


def full_name(rng: Random) -> str:
    """Return a name in Vietnamese order, as in "Lò Thị Mẫu Ánh"."""
    middle = "Thị" if rng.random() < _WOMEN else "Văn"
    return f"{rng.choice(_FAMILY)} {middle} {SAMPLE} {rng.choice(_GIVEN[middle])}"


def birth_date(rng: Random, joined: date, retired: date | None) -> date:
    """Return a birthday: 22 to 33 when joining, or 58 to 61 when retiring."""
    anchor, youngest, oldest = (joined, 22, 33) if retired is None else (retired, 58, 61)
    return anchor - timedelta(days=int(rng.uniform(youngest, oldest) * _YEAR))


def contacts(rng: Random, code: str) -> tuple[str, str]:
    """Return (e-mail address, phone number); every third has no number."""
    phone = "" if rng.random() < 1 / 3 else f"0000{int(code.removeprefix('SL')):06d}"
    return f"{code.lower()}@vidu.example", phone
