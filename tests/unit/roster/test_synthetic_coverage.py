"""Coverage of the synthetic province and its demo cast, by an own reading of the group rules."""

from collections import defaultdict
from datetime import date

import pytest

from elearn.roster.synthetic.cast import demo_cast
from tests.unit.roster.synthetic_rows import NOW, REFORM, TODAY, holds, sheets_of

BODIES = {"PROV_DEPARTMENT", "DEPT_DIVISION", "PUBLIC_SERVICE_UNIT", "CENTRAL_VERTICAL_AGENCY"}
COMMUNES = {"COMMUNE", "WARD", "TOWNSHIP"}


@pytest.fixture(scope="module")
def province():
    return sheets_of(600, 1)


def groups_of_posts(position_type, kind, day):
    """The groups of domain.md 3.5 that a post in a unit of that kind belongs to."""
    is_old = day < REFORM
    if position_type == "LEADER" and kind in BODIES | ({"DISTRICT"} if is_old else set()):
        yield "TG1"
    if kind == "PASC_PROVINCE":
        yield "TG4"
    if kind in COMMUNES and position_type in {
        *("COMMUNE_PARTY_LEADER", "COMMUNE_COUNCIL_LEADER", "COMMUNE_PC_LEADER"),
    }:
        yield "TG5"
    if is_old and position_type == "COMMUNE_OFFICIAL" and kind in COMMUNES:
        yield "TG6"
    if not is_old and position_type == "LEADER" and kind == "COMMUNE_OFFICE":
        yield "TG6"


def groups_of_duties(duty, kind, day):
    """The groups of domain.md 3.5 that a duty in a unit of that kind belongs to."""
    bodies = BODIES | ({"DISTRICT", "ONE_STOP"} if day < REFORM else {"PASC_COMMUNE"})
    if duty == "PAR_FOCAL" and kind in bodies - {"ONE_STOP"}:
        yield "TG2"
    if duty == "ONE_STOP" and kind in bodies:
        yield "TG3"
    if duty == "PAR_FOCAL" and kind in COMMUNES and day >= REFORM:
        yield "TG6"


def groups_on(province, day):
    """Map person to his groups on ``day``; those with an exclusion are left out."""
    kind = {row["code"]: row["kind"] for row in province["units"] if holds(row, day)}
    members = defaultdict(set)
    for row in province["assignments"]:
        if holds(row, day):
            unit = row["duty_unit_code"] or row["home_unit_code"]
            members[row["person_code"]].update(
                groups_of_posts(row["position_type"], kind[unit], day)
            )
    for row in province["duties"]:
        if holds(row, day):
            members[row["person_code"]].update(
                groups_of_duties(row["duty"], kind[row["unit_code"]], day)
            )
    out = {row["person_code"] for row in province["exclusions"] if holds(row, day)}
    return {code: groups for code, groups in members.items() if groups and code not in out}


def trained_on(province, day):
    return {row["person_code"] for row in province["completions"] if row["completed_on"] <= day}


def coverage(province, day):
    members, trained = groups_on(province, day), trained_on(province, day)
    return 100 * sum(code in trained for code in members) / len(members)


def test_coverage_rises_every_year_and_stands_between_55_and_70_percent_today(province):
    years = [coverage(province, f"{year}-12-31") for year in range(2021, 2026)]
    assert years == sorted(years)
    assert years[0] < 15
    assert 55 <= coverage(province, NOW) <= 70


@pytest.mark.parametrize(("officials", "seed"), [(300, 1), (600, 2), (600, 3), (5000, 1)])
def test_coverage_today_is_of_the_same_order_at_other_sizes_and_seeds(officials, seed):
    assert 52 <= coverage(sheets_of(officials, seed), NOW) <= 73


def test_every_group_has_members_today_and_had_before_the_reform(province):
    for day in ("2025-06-30", NOW):
        found = {group for groups in groups_on(province, day).values() for group in groups}
        assert found == {"TG1", "TG2", "TG3", "TG4", "TG5", "TG6"}


def test_coverage_differs_between_departments():
    province = sheets_of(5000, 1)
    now = {row["code"]: row for row in province["units"] if holds(row, NOW)}
    rates = defaultdict(list)
    trained = trained_on(province, NOW)
    members = groups_on(province, NOW)
    for row in province["assignments"]:
        if row["is_primary"] != "1" or not holds(row, NOW) or row["person_code"] not in members:
            continue
        code = row["duty_unit_code"] or row["home_unit_code"]
        while code and now[code]["kind"] not in {"COMMUNE", "WARD"}:
            code = now[code]["parent_code"]
        if code:
            rates[code].append(row["person_code"] in trained)
    shares = sorted(sum(found) / len(found) for found in rates.values())
    assert len(shares) == 75
    assert shares[0] < 0.5
    assert shares[-1] > 0.8


def test_cast_has_the_accounts_of_the_demo_with_their_roles():
    assert [(name, role, person, unit) for name, role, person, unit, _ in demo_cast(TODAY)] == [
        ("hocvien", "LEARNER", "SL000001", "SL-X01"),
        ("motcua", "LEARNER", "SL000002", "SL-X01"),
        ("nhansu.xa", "HR", "SL000003", "SL-X01"),
        ("nhansu.xakhac", "HR", "SL000004", "SL-X02"),
        ("lanhdao.xa", "LEADER", "SL000005", "SL-X01"),
        ("lanhdao.tinh", "LEADER", "SL000006", "SL"),
        ("cchc", "PROGRAMME_OFFICER", "SL000007", "SL"),
        ("tacgia", "AUTHOR", "SL000008", "SL"),
        ("thamdinh", "REVIEWER", "SL000009", "SL"),
        ("quantri", "ADMIN", None, "SL"),
    ]


CAST_NAMES = [
    *("Lò Thị Mẫu Hảo", "Quàng Văn Mẫu Sáng", "Nguyễn Thị Mẫu Hợp", "Tòng Văn Mẫu Định"),
    *("Cà Văn Mẫu Thuận", "Trần Văn Mẫu Chính", "Lê Thị Mẫu Cẩm", "Phạm Thị Mẫu Thơ"),
    "Hà Văn Mẫu Khiêm",
]
CAST_POSTS = {
    ("SL000001", "COMMUNE_PC_LEADER", "SL-X01"),
    ("SL000002", "COMMUNE_OFFICIAL", "SL-X01-PVHCC"),
    ("SL000003", "LEADER", "SL-X01-VP"),
    ("SL000004", "LEADER", "SL-X02-VP"),
    ("SL000005", "COMMUNE_PC_LEADER", "SL-X01"),
    ("SL000006", "LEADER", "SL-SNV"),
    ("SL000007", "LEADER", "SL-SNV-02"),
    ("SL000008", "OTHER", "SL-TCT"),
    ("SL000009", "LEADER", "SL-TCT"),
}


@pytest.mark.parametrize(
    ("officials", "seed", "today"),
    [(300, 1, date(2025, 7, 1)), (600, 1, TODAY), (5000, 8, date(2028, 1, 1))],
)
def test_cast_is_the_same_at_every_size_seed_and_day(officials, seed, today):
    province = sheets_of(officials, seed, today)
    assert [row["full_name"] for row in province["people"][:9]] == CAST_NAMES
    assert not {row["full_name"] for row in province["people"][9:]} & set(CAST_NAMES)
    codes = {row["person_code"] for row in province["people"][:9]}
    now = [
        (row["person_code"], row["position_type"], row["duty_unit_code"] or row["home_unit_code"])
        for row in province["assignments"]
        if row["person_code"] in codes and holds(row, today.isoformat())
    ]
    assert len(now) == 9
    assert set(now) == CAST_POSTS


def test_learners_of_the_cast_are_in_their_groups_and_not_yet_trained(province):
    groups, trained = groups_on(province, NOW), trained_on(province, NOW)
    assert groups["SL000001"] == {"TG5"}
    assert groups["SL000002"] == {"TG3"}
    assert not trained & {"SL000001", "SL000002"}


def test_hr_of_the_cast_are_focal_points_of_their_communes(province):
    focal = {
        (row["person_code"], row["unit_code"])
        for row in province["duties"]
        if row["duty"] == "PAR_FOCAL" and holds(row, NOW)
    }
    assert {("SL000003", "SL-X01"), ("SL000004", "SL-X02"), ("SL000007", "SL-SNV")} <= focal


def test_cast_before_the_communes_of_today_is_refused():
    with pytest.raises(ValueError, match="2025-07-01"):
        demo_cast(date(2025, 6, 30))
