"""A small roster, as rows of the seven sheets: a merger of communes, three people, both posts."""

from collections.abc import Iterator, Mapping
from copy import deepcopy

Rows = dict[str, list[dict[str, str]]]
MERGER = "2025-07-01"

_UNIT = (
    "code",
    "name",
    "short_name",
    "kind",
    "parent_code",
    "valid_from",
    "valid_to",
    "legal_basis",
)
_POST = (
    "person_code",
    "position_type",
    "title",
    "home_unit_code",
    "duty_unit_code",
    "is_primary",
    "valid_from",
    "valid_to",
    "decision_no",
    "end_reason",
)


def _rows(columns: tuple[str, ...], *lines: str) -> list[dict[str, str]]:
    return [dict(zip(columns, line.split("|"), strict=True)) for line in lines]


_SMALL: Rows = {
    "units": _rows(
        _UNIT,
        "T1|Tỉnh Mẫu||PROVINCE||2011-01-01||",
        "S1|Sở Mẫu|SM|PROV_DEPARTMENT|T1|2011-01-01||QĐ 1",
        f"H1|Huyện Cũ||DISTRICT|T1|2011-01-01|{MERGER}|",
        f"X1|Xã Một||COMMUNE|H1|2011-01-01|{MERGER}|",
        f"X2|Xã Hai||COMMUNE|H1|2011-01-01|{MERGER}|",
        f"X9|Xã Mới||COMMUNE|T1|{MERGER}||NQ 1",
    ),
    "events": _rows(
        ("kind", "effective_on", "predecessor_codes", "successor_codes", "legal_basis"),
        f"MERGE|{MERGER}|X1;X2|X9|NQ 1",
        f"DISSOLVE|{MERGER}|H1||NQ 1",
    ),
    "people": _rows(
        ("person_code", "full_name", "birth_date", "email", "phone", "category"),
        "P1|Lò Thử Ánh|1980-02-28|p1@vidu.example|0912 345 678|CIVIL_SERVANT",
        "P2|Cầm Mẫu Bình|||| CADRE".replace("| ", "|"),
        "P3|Hoàng Ví Dụ|1990-12-31|||PUBLIC_EMPLOYEE",
    ),
    "assignments": _rows(
        _POST,
        f"P1|COMMUNE_OFFICIAL|Công chức|X1|X1|1|2015-03-01|{MERGER}|1/QĐ|UNIT_CHANGE",
        f"P1|COMMUNE_OFFICIAL|Công chức|X9||1|{MERGER}||2/QĐ|",
        "P2|LEADER|Giám đốc|S1||1|2020-01-01|||",
        f"P2|OTHER|Kiêm nhiệm|S1|X9|0|{MERGER}|||",
        "P3|SPECIALIST||S1||1|2022-05-01|||",
    ),
    "duties": _rows(
        ("person_code", "duty", "unit_code", "valid_from", "valid_to", "decision_no"),
        f"P1|ONE_STOP|X9|{MERGER}||3/QĐ",
        "P3|PAR_FOCAL|S1|2022-05-01|2024-01-01|",
    ),
    "exclusions": _rows(
        ("person_code", "reason", "valid_from", "valid_to"), "P3|STUDY|2023-01-01|2023-07-01"
    ),
    "completions": _rows(
        ("person_code", "programme_code", "completed_on", "expires_on", "source", "reference"),
        "P1|ct-mau|2023-06-01||CLASS|Lớp 1",
    ),
}


def small_roster() -> Rows:
    """Return a sound roster of 20 rows; change what the test is about."""
    return deepcopy(_SMALL)


def pairs(rows: Rows) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield ``rows`` as the importer takes them."""
    for sheet, lines in rows.items():
        for line in lines:
            yield sheet, line
