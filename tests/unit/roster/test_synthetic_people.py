"""The people of the synthetic province and their careers, checked from the rows alone."""

import time
import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from elearn.roster.synthetic.generator import SHEETS, build, row_counts

TODAY = date(2026, 11, 22)
NOW = TODAY.isoformat()
REFORM = "2025-07-01"
FOREVER = "9999-12-31"
# Kinds of unit in which nobody's desk stands.
UNSTAFFED = {"PROVINCE"}


def sheets_of(officials, seed, today=TODAY):
    sheets = defaultdict(list)
    for sheet, row in build(officials, seed, today):
        sheets[sheet].append(row)
    return dict(sheets)


@pytest.fixture(scope="module")
def province():
    return sheets_of(600, 1)


@pytest.fixture(scope="module")
def large_province():
    return sheets_of(4000, 5)


def end_of(row):
    return row["valid_to"] or FOREVER


def holds(row, day):
    return row["valid_from"] <= day < end_of(row)


def work_of(row):
    return row["duty_unit_code"] or row["home_unit_code"]


def lives_of(units):
    spans = defaultdict(list)
    for row in units:
        spans[row["code"]].append((row["valid_from"], end_of(row)))
    return {code: (min(s)[0], max(end for _, end in s)) for code, s in spans.items()}


def primaries_of(province):
    careers = defaultdict(list)
    for row in province["assignments"]:
        if row["is_primary"] == "1":
            careers[row["person_code"]].append(row)
    for posts in careers.values():
        posts.sort(key=lambda row: row["valid_from"])
    return careers


def parent_on(province, day):
    return {row["code"]: row["parent_code"] for row in province["units"] if holds(row, day)}


def under(code, top, parents):
    while code and code != top:
        code = parents[code]
    return code == top


def test_sheets_come_in_order_with_the_columns_of_the_contract():
    seen, columns = [], {}
    for sheet, row in build(600, 1, TODAY):
        if not seen or seen[-1] != sheet:
            seen.append(sheet)
        assert columns.setdefault(sheet, tuple(row)) == tuple(row)
    assert tuple(seen) == SHEETS
    assert {sheet: " ".join(columns[sheet]) for sheet in SHEETS[2:]} == {
        "people": "person_code full_name birth_date email phone category",
        "assignments": "person_code position_type title home_unit_code duty_unit_code is_primary "
        "valid_from valid_to decision_no end_reason",
        "duties": "person_code duty unit_code valid_from valid_to decision_no",
        "exclusions": "person_code reason valid_from valid_to",
        "completions": "person_code programme_code completed_on expires_on source reference",
    }


def test_all_text_is_composed_and_on_one_line(province):
    for rows in province.values():
        for row in rows:
            for value in row.values():
                assert isinstance(value, str)
                assert unicodedata.is_normalized("NFC", value)
                assert value == " ".join(value.split())


def test_there_are_six_hundred_people_with_codes_in_order(province):
    codes = [row["person_code"] for row in province["people"]]
    assert codes == [f"SL{number:06d}" for number in range(1, 601)]


def test_names_and_addresses_are_plainly_invented(province):
    for row in province["people"]:
        words = row["full_name"].split()
        assert len(words) == 4
        assert words[1] in {"Thị", "Văn"}
        assert words[2] == "Mẫu"
        assert row["email"] == f"{row['person_code'].lower()}@vidu.example"
        assert row["phone"] == "" or row["phone"].startswith("0000")
    assert len({row["full_name"] for row in province["people"]}) > 350


def test_categories_are_those_of_the_contract_and_all_occur(large_province):
    found = Counter(row["category"] for row in large_province["people"])
    assert set(found) == {"CADRE", "CIVIL_SERVANT", "PUBLIC_EMPLOYEE", "NON_SPECIALISED"}


def test_people_are_of_an_age_to_work_when_they_join_and_leave(province):
    born = {row["person_code"]: date.fromisoformat(row["birth_date"]) for row in province["people"]}
    for code, posts in primaries_of(province).items():
        joined = date.fromisoformat(posts[0]["valid_from"])
        last = date.fromisoformat(posts[-1]["valid_to"]) if posts[-1]["valid_to"] else TODAY
        assert (joined - born[code]).days / 365.25 >= 20
        assert (last - born[code]).days / 365.25 <= 62


def test_keys_of_rows_are_unique(large_province):
    keys = {
        "units": ("code", "valid_from"),
        "events": ("kind", "effective_on", "predecessor_codes", "successor_codes"),
        "people": ("person_code",),
        "assignments": (
            *("person_code", "is_primary", "valid_from"),
            *("position_type", "duty_unit_code"),
        ),
        "duties": ("person_code", "duty", "unit_code", "valid_from"),
        "exclusions": ("person_code", "reason", "valid_from"),
        "completions": ("person_code", "programme_code", "completed_on"),
    }
    for sheet, columns in keys.items():
        found = Counter(tuple(row[column] for column in columns) for row in large_province[sheet])
        assert set(found.values()) == {1}


def test_assignments_and_duties_stay_within_the_life_of_their_units(large_province):
    lives = lives_of(large_province["units"])
    spans = [
        (unit, row["valid_from"], end_of(row))
        for row in large_province["assignments"]
        for unit in (row["home_unit_code"], work_of(row))
    ] + [(row["unit_code"], row["valid_from"], end_of(row)) for row in large_province["duties"]]
    for unit, first, end in spans:
        assert lives[unit][0] <= first < end <= lives[unit][1]


def test_every_person_has_exactly_one_primary_post_from_joining_to_leaving(large_province):
    careers = primaries_of(large_province)
    assert set(careers) == {row["person_code"] for row in large_province["people"]}
    for posts in careers.values():
        for before, after in pairwise(posts):
            assert before["valid_to"] == after["valid_from"]
            assert before["end_reason"] in {"TRANSFER", "ROTATION", "UNIT_CHANGE"}


def test_a_reason_is_given_exactly_for_posts_that_ended(large_province):
    for row in large_province["assignments"]:
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


def test_exclusions_lie_within_service_and_some_hold_today(large_province):
    careers = primaries_of(large_province)
    for row in large_province["exclusions"]:
        posts = careers[row["person_code"]]
        assert posts[0]["valid_from"] <= row["valid_from"] < row["valid_to"]
        assert row["valid_from"] < end_of(posts[-1])
        assert not posts[-1]["valid_to"] or row["valid_to"] <= posts[-1]["valid_to"]
    now = Counter(row["reason"] for row in large_province["exclusions"] if holds(row, NOW))
    assert now["LONG_LEAVE"] > 3
    assert now["STUDY"] > 3


def test_nothing_begins_after_today(large_province):
    for sheet in ("units", "assignments", "duties", "exclusions"):
        assert max(row["valid_from"] for row in large_province[sheet]) <= NOW
    assert max(row["completed_on"] for row in large_province["completions"]) <= NOW
    assert max(row["effective_on"] for row in large_province["events"]) <= NOW


def test_completions_name_a_class_on_a_weekday_and_never_expire(province):
    posts = primaries_of(province)
    for row in province["completions"]:
        day = date.fromisoformat(row["completed_on"])
        assert "2021-02-02" <= row["completed_on"] <= "2025-12-31"
        assert day.weekday() < 5
        assert row["programme_code"] == "son-la-2021-2025"
        assert row["expires_on"] == ""
        assert "mẫu" in row["reference"]
        assert any(holds(post, row["completed_on"]) for post in posts[row["person_code"]])
    assert {row["source"] for row in province["completions"]} == {"CLASS", "EXTERNAL"}
    assert max(Counter(row["person_code"] for row in province["completions"]).values()) == 1


def test_same_arguments_give_the_same_rows_and_another_seed_other_people(province):
    assert sheets_of(600, 1) == province
    assert sheets_of(600, 2)["people"] != province["people"]
    assert sheets_of(600, -1)["people"] != province["people"]


def test_a_later_day_adds_rows_and_fills_ends_but_changes_nothing_else(province):
    earlier = sheets_of(600, 1, date(2025, 9, 14))
    for sheet, rows in earlier.items():
        later = {
            tuple(value for key, value in row.items() if key not in {"valid_to", "end_reason"}): row
            for row in province[sheet]
        }
        for row in rows:
            same = later[
                tuple(v for key, v in row.items() if key not in {"valid_to", "end_reason"})
            ]
            if same != row:
                assert row["valid_to"] == ""
                assert "2025-09-14" < same["valid_to"] <= NOW


@pytest.mark.parametrize(("officials", "seed"), [(600, 1), (777, 3)])
def test_announced_counts_are_those_of_the_rows(officials, seed):
    counted = Counter(sheet for sheet, _ in build(officials, seed, TODAY))
    assert row_counts(officials, seed, TODAY) == counted
    assert counted["people"] == officials


def test_too_few_officials_are_refused():
    with pytest.raises(ValueError, match="at least 300 officials"):
        next(build(299, 1, TODAY))


def test_a_day_before_the_reform_is_refused():
    with pytest.raises(ValueError, match="2025-07-01"):
        next(build(600, 1, date(2025, 6, 30)))


def test_smallest_province_on_the_day_of_the_reform_has_everybody_in_a_post():
    province = sheets_of(300, 4, date(2025, 7, 1))
    in_post = {row["person_code"] for row in province["assignments"] if holds(row, REFORM)}
    gone = {code for code, posts in primaries_of(province).items() if posts[-1]["valid_to"]}
    assert len(in_post) + len(gone - in_post) == 300


def test_thirty_thousand_officials_take_seconds_and_stream():
    started = time.process_time()
    rows = build(30_000, 1, TODAY)
    next(rows)
    first_row_after = time.process_time() - started
    people = sum(sheet == "people" for sheet, _ in rows)
    assert people == 30_000
    assert first_row_after < 0.5
    assert time.process_time() - started < 20


def test_every_working_day_since_the_programme_began_has_one_post_per_person(province):
    careers = primaries_of(province)
    day = date(2021, 2, 2)
    while day <= TODAY:
        text = day.isoformat()
        for posts in careers.values():
            if posts[0]["valid_from"] <= text < end_of(posts[-1]):
                assert sum(holds(post, text) for post in posts) == 1
        day += timedelta(days=97)
