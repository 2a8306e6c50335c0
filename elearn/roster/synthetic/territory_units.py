"""Rows of the territorial units, and the events of the reform of 2025-07-01."""

from collections.abc import Iterator

from elearn.roster.synthetic.records import UnitEvent, UnitVersion
from elearn.roster.synthetic.territory import PROVINCE, Commune, District, Place
from elearn.roster.synthetic.timeline import OPEN, REFORM_DAY, TOWN_DAY

COMMUNE_BASIS = "Nghị quyết số 1681/NQ-UBTVQH15 ngày 16/6/2025"
DISTRICT_BASIS = "Nghị quyết số 203/2025/QH15 ngày 16/6/2025"
TOWN_BASIS = "Nghị quyết số 1280/NQ-UBTVQH15 ngày 14/11/2024"

_BECAME_TOWN = "Huyện Mộc Châu"
_OFFICES = (
    ("VP", "Văn phòng HĐND và UBND", "Văn phòng"),
    ("KT", "Phòng Kinh tế", "Phòng KT"),
    ("VHXH", "Phòng Văn hóa - Xã hội", "Phòng VHXH"),
)
_URBAN_ECONOMY = "Phòng Kinh tế, Hạ tầng và Đô thị"


def province_version() -> UnitVersion:
    """Return the only version of the province, whose borders the reform left alone."""
    return UnitVersion(PROVINCE, "Tỉnh Sơn La", "Sơn La", "PROVINCE", "")


def district_versions(district: District) -> Iterator[UnitVersion]:
    """Yield a district, its one-stop division and its old communes; all but a few end."""
    yield from _own_versions(district)
    name = district.plan.name
    yield UnitVersion(
        district.one_stop_code,
        f"Bộ phận Tiếp nhận và Trả kết quả {name[0].lower()}{name[1:]}",
        f"Một cửa {_proper_name(name)}",
        "ONE_STOP",
        district.code,
        valid_to=REFORM_DAY,
    )
    for commune in district.communes:
        for place in commune.predecessors:
            yield _place_version(place, district.code, until_reform=True)


def _proper_name(name: str) -> str:
    return name.removeprefix("Thành phố ").removeprefix("Huyện ")


def _own_versions(district: District) -> Iterator[UnitVersion]:
    name, short_name = district.plan.name, _proper_name(district.plan.name)
    if name != _BECAME_TOWN:
        yield UnitVersion(
            district.code, name, short_name, "DISTRICT", PROVINCE, valid_to=REFORM_DAY
        )
        return
    yield UnitVersion(district.code, name, short_name, "DISTRICT", PROVINCE, valid_to=TOWN_DAY)
    yield UnitVersion(
        district.code,
        f"Thị xã {short_name}",
        short_name,
        "DISTRICT",
        PROVINCE,
        TOWN_DAY,
        REFORM_DAY,
        TOWN_BASIS,
    )


def _place_version(place: Place, parent_code: str, *, until_reform: bool) -> UnitVersion:
    if until_reform:
        return UnitVersion(
            place.code, place.name, place.short_name, place.kind, parent_code, valid_to=REFORM_DAY
        )
    return UnitVersion(
        place.code,
        place.name,
        place.short_name,
        place.kind,
        parent_code,
        REFORM_DAY,
        OPEN,
        COMMUNE_BASIS,
    )


def commune_versions(commune: Commune) -> Iterator[UnitVersion]:
    """Yield a commune of today, its three offices and its service centre."""
    place = commune.place
    yield _place_version(place, PROVINCE, until_reform=False)
    for suffix, name, short_name in _OFFICES:
        if suffix == "KT" and place.kind == "WARD":
            name = _URBAN_ECONOMY
        yield _office_version(place, suffix, "COMMUNE_OFFICE", (name, short_name))
    centre = ("Trung tâm Phục vụ hành chính công", "TTPVHCC")
    yield _office_version(place, "PVHCC", "PASC_COMMUNE", centre)


def _office_version(place: Place, suffix: str, kind: str, names: tuple[str, str]) -> UnitVersion:
    return UnitVersion(
        f"{place.code}-{suffix}",
        f"{names[0]} {place.word} {place.short_name}",
        f"{names[1]} {place.short_name}",
        kind,
        place.code,
        REFORM_DAY,
    )


def territory_events(district: District) -> Iterator[UnitEvent]:
    """Yield the mergers inside a district and the end of the district itself."""
    for commune in district.communes:
        if not commune.is_unchanged:
            yield UnitEvent(
                "MERGE",
                REFORM_DAY,
                tuple(place.code for place in commune.predecessors),
                (commune.place.code,),
                COMMUNE_BASIS,
            )
    for code in (district.one_stop_code, district.code):
        yield UnitEvent("DISSOLVE", REFORM_DAY, (code,), (), DISTRICT_BASIS)
