"""Posts and duties of the synthetic province, checked from the rows alone."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.unit.roster.synthetic_rows import (
    NOW,
    REFORM,
    TODAY,
    end_of,
    holds,
    lives_of,
    parent_on,
    primaries_of,
    sheets_of,
    under,
    work_of,
)

# Kinds of unit in which nobody's desk stands.
UNSTAFFED = {"PROVINCE"}


@pytest.fixture(scope="module")
def province():
    return sheets_of(600, 1)


@pytest.fixture(scope="module")
def large_province():
    return sheets_of(4000, 5)


@pytest.fixture(scope="module", params=[(300, 11), (601, 2), (4000, 5)], ids=str)
def any_province(request):
    return sheets_of(*request.param)


def test_assignments_and_duties_stay_within_the_life_of_their_units(any_province):
    lives = lives_of(any_province["units"])
    spans = [
        (unit, row["valid_from"], end_of(row))
        for row in any_province["assignments"]
        for unit in (row["home_unit_code"], work_of(row))
    ] + [(row["unit_code"], row["valid_from"], end_of(row)) for row in any_province["duties"]]
    for unit, first, end in spans:
        assert lives[unit][0] <= first < end <= lives[unit][1]


def test_every_person_has_exactly_one_primary_post_from_joining_to_leaving(any_province):
    careers = primaries_of(any_province)
    assert set(careers) == {row["person_code"] for row in any_province["people"]}
    for posts in careers.values():
        for before, after in pairwise(posts):
            assert before["valid_to"] == after["valid_from"]
            assert before["end_reason"] in {"TRANSFER", "ROTATION", "UNIT_CHANGE"}


def test_a_reason_is_given_exactly_for_posts_that_ended(any_province):
    for row in any_province["assignments"]:
        assert bool(row["end_reason"]) == bool(row["valid_to"])
        assert end_of(row) <= NOW or not row["valid_to"]


def test_posts_that_end_with_their_unit_say_so_and_lead_on_the_same_day(large_province):
    lives = lives_of(large_province["units"])
    ended_with_unit = 0
    for posts in primaries_of(large_province).values():
        for before, after in pairwise(posts):
            if before["valid_to"] == min(
                lives[before["home_unit_code"]][1], lives[work_of(before)][1]
            ):
                assert before["end_reason"] == "UNIT_CHANGE"
                assert after["valid_from"] == before["valid_to"]
                ended_with_unit += 1
    assert ended_with_unit > 1000


def test_officials_of_merged_communes_go_to_the_commune_that_took_theirs_in(large_province):
    successor = {
        code: event["successor_codes"]
        for event in large_province["events"]
        if event["effective_on"] == REFORM and event["kind"] == "MERGE"
        for code in event["predecessor_codes"].split(";")
    }
    parents, moved = parent_on(large_province, REFORM), 0
    for posts in primaries_of(large_province).values():
        for before, after in pairwise(posts):
            if before["valid_to"] == REFORM and before["home_unit_code"] in successor:
                assert under(after["home_unit_code"], successor[before["home_unit_code"]], parents)
                moved += 1
    assert moved > 1000


def test_district_officials_go_to_communes_and_to_departments(large_province):
    kind = {row["code"]: row["kind"] for row in large_province["units"]}
    destinations = Counter(
        kind[after["home_unit_code"]]
        for posts in primaries_of(large_province).values()
        for before, after in pairwise(posts)
        if before["valid_to"] == REFORM and kind[before["home_unit_code"]] == "DISTRICT"
    )
    assert destinations["COMMUNE_OFFICE"] > 100
    assert destinations["DEPT_DIVISION"] > 5


def test_some_posts_of_the_unchanged_communes_run_through_the_reform(province):
    kept = [
        row
        for row in province["assignments"]
        if row["valid_from"] < REFORM < end_of(row) and row["home_unit_code"].startswith("SL-C")
    ]
    assert kept


@pytest.mark.parametrize(
    "day", ["2021-02-02", "2024-12-31", "2025-03-01", "2025-06-30", REFORM, "2026-01-01", NOW]
)
def test_no_unit_that_should_have_people_is_without(province, day):
    staffed = {work_of(row) for row in province["assignments"] if holds(row, day)}
    for row in province["units"]:
        if holds(row, day) and row["kind"] not in UNSTAFFED:
            assert row["code"] in staffed, row["name"]


def test_duties_are_held_at_work_and_only_in_units_that_know_them(large_province):
    kinds = {
        "PAR_FOCAL": {
            *("PROV_DEPARTMENT", "DISTRICT", "COMMUNE", "WARD"),
            *("CENTRAL_VERTICAL_AGENCY", "PUBLIC_SERVICE_UNIT"),
        },
        "ONE_STOP": {
            *("ONE_STOP", "PROV_DEPARTMENT", "PASC_COMMUNE", "PASC_PROVINCE"),
            "CENTRAL_VERTICAL_AGENCY",
        },
    }
    kind = {row["code"]: row["kind"] for row in large_province["units"]}
    posts = defaultdict(list)
    for row in large_province["assignments"]:
        posts[row["person_code"]].append(row)
    found = defaultdict(set)
    for duty in large_province["duties"]:
        found[duty["duty"]].add(kind[duty["unit_code"]])
        assert any(
            post["valid_from"] <= duty["valid_from"] and end_of(duty) <= end_of(post)
            for post in posts[duty["person_code"]]
        )
    assert found == kinds


def test_every_commune_centre_and_department_has_its_duties_today(province):
    duties = {
        (row["duty"], row["unit_code"]) for row in province["duties"] if holds(row, "2026-01-01")
    }
    for row in province["units"]:
        if not holds(row, "2026-01-01"):
            continue
        if row["kind"] in {"COMMUNE", "WARD", "PROV_DEPARTMENT"}:
            assert ("PAR_FOCAL", row["code"]) in duties
        if row["kind"] in {"PASC_COMMUNE", "PASC_PROVINCE"}:
            assert ("ONE_STOP", row["code"]) in duties


def test_about_six_in_a_hundred_change_their_house_a_year(large_province):
    for year in range(2022, 2026):
        moves = sum(
            row["end_reason"] in {"TRANSFER", "ROTATION"} and row["valid_to"][:4] == str(year)
            for row in large_province["assignments"]
        )
        middle = f"{year}-12-31"
        staff = sum(
            row["is_primary"] == "1" and holds(row, middle) for row in large_province["assignments"]
        )
        # Half of 2025 has no moves: the reorganisations stand there.
        assert (0.02 if year == 2025 else 0.045) < moves / staff < 0.08


def test_about_three_in_a_hundred_hold_a_second_post_within_their_first(large_province):
    careers = primaries_of(large_province)
    second = [row for row in large_province["assignments"] if row["is_primary"] == "0"]
    for row in second:
        assert any(
            first["home_unit_code"] == row["home_unit_code"]
            and work_of(first) != work_of(row)
            and first["valid_from"] <= row["valid_from"]
            and end_of(row) <= end_of(first)
            for first in careers[row["person_code"]]
        )
    kind = {row["code"]: row["kind"] for row in large_province["units"]}
    parents = parent_on(large_province, NOW)
    in_centres = [row for row in second if kind[row["duty_unit_code"]] == "PASC_COMMUNE"]
    assert in_centres
    for row in in_centres:
        assert under(row["home_unit_code"], parents[row["duty_unit_code"]], parents)
    assert 0.015 < sum(holds(row, NOW) for row in second) / len(careers) < 0.04


def test_people_left_for_several_reasons_and_most_are_there(large_province):
    last = [posts[-1] for posts in primaries_of(large_province).values()]
    reasons = Counter(row["end_reason"] for row in last)
    assert set(reasons) == {"", "RETIREMENT", "RESIGNATION", "OTHER"}
    assert reasons["RETIREMENT"] > reasons["RESIGNATION"] > reasons["OTHER"]
    assert 0.92 < reasons[""] / len(last) < 0.96


def test_some_agencies_second_people_to_the_provincial_centre(province):
    kind = {row["code"]: row["kind"] for row in province["units"]}
    seconded = Counter(
        kind[row["home_unit_code"]]
        for row in province["assignments"]
        if row["duty_unit_code"] == "SL-TTPVHCC" and row["is_primary"] == "1" and holds(row, NOW)
    )
    assert seconded["CENTRAL_VERTICAL_AGENCY"] == 4
    assert seconded["DEPT_DIVISION"] >= 1


def test_smallest_province_on_the_day_of_the_reform_has_everybody_in_a_post():
    province = sheets_of(300, 4, date(2025, 7, 1))
    in_post = {row["person_code"] for row in province["assignments"] if holds(row, REFORM)}
    gone = {code for code, posts in primaries_of(province).items() if posts[-1]["valid_to"]}
    assert len(in_post) + len(gone - in_post) == 300


def test_every_working_day_since_the_programme_began_has_one_post_per_person(province):
    careers = primaries_of(province)
    day = date(2021, 2, 2)
    while day <= TODAY:
        text = day.isoformat()
        for posts in careers.values():
            if posts[0]["valid_from"] <= text < end_of(posts[-1]):
                assert sum(holds(post, text) for post in posts) == 1
        day += timedelta(days=97)
