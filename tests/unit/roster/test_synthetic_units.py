"""The units and events of the synthetic province, checked from its rows alone."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from elearn.roster.synthetic.generator import build
from tests.unit.roster.synthetic_rows import FOREVER, NOW, REFORM, TODAY, holds, lives_of

LAST_OLD_DAY = "2025-06-30"


@pytest.fixture(scope="module")
def units():
    return [row for sheet, row in build(600, 1, TODAY) if sheet == "units"]


@pytest.fixture(scope="module")
def events():
    return [row for sheet, row in build(600, 1, TODAY) if sheet == "events"]


def standing(units, day):
    """Map code to the version that holds on ``day``."""
    return {row["code"]: row for row in units if holds(row, day)}


def kinds(units, day):
    return Counter(row["kind"] for row in standing(units, day).values())


def parties(event):
    """Return the sets of predecessors and successors of an event row."""
    return tuple(
        set(filter(None, event[column].split(";")))
        for column in ("predecessor_codes", "successor_codes")
    )


def test_rows_have_the_columns_of_the_contract(units, events):
    assert {tuple(row) for row in units} == {
        (
            "code",
            "name",
            "short_name",
            "kind",
            "parent_code",
            "valid_from",
            "valid_to",
            "legal_basis",
        )
    }
    assert {tuple(row) for row in events} == {
        ("kind", "effective_on", "predecessor_codes", "successor_codes", "legal_basis")
    }


def test_old_province_has_twelve_districts_and_two_hundred_communes(units):
    on_last_day = kinds(units, LAST_OLD_DAY)
    assert (on_last_day["PROVINCE"], on_last_day["DISTRICT"], on_last_day["ONE_STOP"]) == (
        1,
        12,
        12,
    )
    assert (on_last_day["COMMUNE"], on_last_day["WARD"], on_last_day["TOWNSHIP"]) == (177, 15, 8)
    assert (on_last_day["COMMUNE_OFFICE"], on_last_day["PASC_COMMUNE"]) == (0, 0)


@pytest.mark.parametrize("day", [REFORM, NOW])
def test_new_province_has_seventy_five_communes_with_offices_and_centres(units, day):
    now = kinds(units, day)
    assert (now["DISTRICT"], now["ONE_STOP"], now["TOWNSHIP"]) == (0, 0, 0)
    assert (now["COMMUNE"], now["WARD"]) == (67, 8)
    assert (now["COMMUNE_OFFICE"], now["PASC_COMMUNE"]) == (225, 75)


@pytest.mark.parametrize(("day", "expected"), [("2025-02-28", 19), ("2025-03-01", 14), (NOW, 14)])
def test_departments_are_fourteen_after_the_mergers_of_march(units, day, expected):
    assert kinds(units, day)["PROV_DEPARTMENT"] == expected


def test_provincial_bodies_are_there_today(units):
    now = kinds(units, NOW)
    assert now["PASC_PROVINCE"] == now["POLITICAL_SCHOOL"] == 1
    assert now["PARTY_BODY"] == now["COUNCIL"] == now["MASS_ORGANISATION"] == 1
    assert now["CENTRAL_VERTICAL_AGENCY"] == 4
    assert now["PUBLIC_SERVICE_UNIT"] == 15


def test_every_department_has_three_or_four_divisions_today(units):
    now = standing(units, NOW)
    divisions = Counter(
        row["parent_code"] for row in now.values() if row["kind"] == "DEPT_DIVISION"
    )
    departments = {code for code, row in now.items() if row["kind"] == "PROV_DEPARTMENT"}
    assert set(divisions) == departments
    assert set(divisions.values()) == {3, 4}


def test_communes_stand_under_their_district_then_under_the_province(units):
    territorial = {"COMMUNE", "WARD", "TOWNSHIP"}
    before, after = standing(units, LAST_OLD_DAY), standing(units, REFORM)
    assert {
        before[row["parent_code"]]["kind"] for row in before.values() if row["kind"] in territorial
    } == {"DISTRICT"}
    assert {row["parent_code"] for row in after.values() if row["kind"] in territorial} == {"SL"}


def test_wards_lay_in_the_city_and_in_the_town(units):
    before = standing(units, LAST_OLD_DAY)
    wards = Counter(
        before[row["parent_code"]]["name"] for row in before.values() if row["kind"] == "WARD"
    )
    assert wards == {"Thành phố Sơn La": 7, "Thị xã Mộc Châu": 8}


def test_versions_of_a_unit_follow_each_other_without_gap_or_overlap(units):
    spans = defaultdict(list)
    for row in units:
        assert row["valid_from"] < (row["valid_to"] or FOREVER)
        spans[row["code"]].append((row["valid_from"], row["valid_to"] or FOREVER))
    for versions in spans.values():
        versions.sort()
        for (_, end), (start, _) in pairwise(versions):
            assert end == start


def test_parents_live_as_long_as_their_children_stand_under_them(units):
    alive = lives_of(units)
    for row in units:
        if row["code"] == "SL":
            assert row["parent_code"] == ""
            continue
        first, end = alive[row["parent_code"]]
        assert first <= row["valid_from"]
        assert (row["valid_to"] or FOREVER) <= end


def test_every_chain_of_parents_ends_at_the_province_on_every_day_of_change(units):
    for day in sorted({row["valid_from"] for row in units}):
        now = standing(units, day)
        for unit_code in now:
            code, steps = unit_code, 0
            while code != "SL":
                code, steps = now[code]["parent_code"], steps + 1
                assert steps < 5


def test_sixty_eight_mergers_take_in_every_old_commune_but_the_seven_unchanged(units, events):
    territorial = {"COMMUNE", "WARD", "TOWNSHIP"}
    before, after = standing(units, LAST_OLD_DAY), standing(units, REFORM)
    old = {code for code, row in before.items() if row["kind"] in territorial}
    new = {code for code, row in after.items() if row["kind"] in territorial} - old
    mergers = [
        parties(event)
        for event in events
        if event["kind"] == "MERGE" and event["effective_on"] == REFORM
    ]
    assert len(mergers) == len(new) == 68
    merged = Counter(code for predecessors, _ in mergers for code in predecessors)
    assert set(merged.values()) == {1}
    unchanged = old - set(merged)
    assert {before[code]["kind"] for code in unchanged} == {"COMMUNE"}
    assert len(unchanged) == 7
    assert unchanged < set(after)
    assert {code for _, successors in mergers for code in successors} == new


def test_communes_merge_within_one_district_and_two_at_least(units, events):
    before = standing(units, LAST_OLD_DAY)
    for event in events:
        if event["kind"] == "MERGE" and event["effective_on"] == REFORM:
            predecessors, successors = parties(event)
            assert len(predecessors) >= 2
            assert len(successors) == 1
            assert len({before[code]["parent_code"] for code in predecessors}) == 1
            assert event["legal_basis"] == "Nghị quyết số 1681/NQ-UBTVQH15 ngày 16/6/2025"


def test_wards_today_are_made_of_wards_and_communes_of_city_and_town_only(units, events):
    after = standing(units, REFORM)
    before = standing(units, LAST_OLD_DAY)
    for event in events:
        predecessors, successors = parties(event)
        if event["effective_on"] == REFORM and any(
            after[code]["kind"] == "WARD" for code in successors
        ):
            assert {before[before[code]["parent_code"]]["name"] for code in predecessors} <= {
                "Thành phố Sơn La",
                "Thị xã Mộc Châu",
            }


def test_districts_are_dissolved_without_successors(units, events):
    before = standing(units, LAST_OLD_DAY)
    dissolved = [
        parties(event)
        for event in events
        if event["kind"] == "DISSOLVE" and event["effective_on"] == REFORM
    ]
    assert all(successors == set() for _, successors in dissolved)
    gone = {code for predecessors, _ in dissolved for code in predecessors}
    assert gone == {code for code, row in before.items() if row["kind"] in {"DISTRICT", "ONE_STOP"}}


def test_departments_that_absorb_stand_on_both_sides(units, events):
    kind_of = {row["code"]: row["kind"] for row in units}
    absorbing = [
        parties(event)
        for event in events
        if event["effective_on"] == "2025-03-01" and event["kind"] == "MERGE"
    ]
    assert all(successors < predecessors for predecessors, successors in absorbing)
    departments = [
        tuple(sorted(predecessors - successors)) + tuple(successors)
        for predecessors, successors in absorbing
        if {kind_of[code] for code in successors} == {"PROV_DEPARTMENT"}
    ]
    assert sorted(departments) == [
        ("SL-SGTVT", "SL-SXD"),
        ("SL-SKHDT", "SL-STC"),
        ("SL-SLDTBXH", "SL-SNV"),
        ("SL-STNMT", "SL-SNNMT"),
        ("SL-STTTT", "SL-SKHCN"),
    ]


def test_every_end_of_a_unit_has_exactly_one_event_of_that_day(units, events):
    ended = {(code, end) for code, (_, end) in lives_of(units).items() if end != FOREVER}
    explained = Counter()
    for event in events:
        predecessors, successors = parties(event)
        explained.update((code, event["effective_on"]) for code in predecessors - successors)
    assert set(explained) == ended
    assert set(explained.values()) == {1}


def test_successors_begin_with_the_event_or_lived_on_through_it(units, events):
    alive = lives_of(units)
    for event in events:
        predecessors, successors = parties(event)
        assert (predecessors | successors) <= set(alive)
        for code in successors - predecessors:
            assert alive[code][0] == event["effective_on"]
        for code in successors & predecessors:
            assert alive[code][0] < event["effective_on"] < alive[code][1]


def test_schools_of_a_district_go_to_a_commune_that_lay_in_it(units, events):
    district_of = {code: row["parent_code"] for code, row in standing(units, LAST_OLD_DAY).items()}
    made_of = {}
    for event in events:
        predecessors, successors = parties(event)
        made_of |= {code: sorted(predecessors)[0] for code in successors}
    now, moved = standing(units, REFORM), 0
    for code, row in standing(units, LAST_OLD_DAY).items():
        if row["kind"] != "PUBLIC_SERVICE_UNIT" or not row["parent_code"].startswith("SL-H"):
            continue
        commune = now[code]["parent_code"]
        assert district_of[made_of.get(commune, commune)] == row["parent_code"]
        moved += 1
    assert moved == 12


def test_names_of_communes_and_schools_are_plainly_invented_and_unique(units):
    invented = {"COMMUNE", "WARD", "TOWNSHIP", "PUBLIC_SERVICE_UNIT"}
    names = {}
    for row in units:
        if row["kind"] in invented:
            assert "Mẫu" in row["name"].split()
            assert names.setdefault(row["name"], row["code"]) == row["code"]


def test_a_larger_province_has_more_schools_but_the_same_territory():
    def count(officials):
        rows = [row for sheet, row in build(officials, 1, TODAY) if sheet == "units"]
        return kinds(rows, NOW)

    small, large = count(300), count(4000)
    assert (small.pop("PUBLIC_SERVICE_UNIT"), large.pop("PUBLIC_SERVICE_UNIT")) == (12, 100)
    assert small == large


def test_units_are_the_same_whatever_the_seed(units):
    assert [row for sheet, row in build(600, 99, TODAY) if sheet == "units"] == units
