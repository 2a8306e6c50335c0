"""The people of the synthetic province, and its rows as a whole."""

import time
import unicodedata
from collections import Counter
from datetime import date

import pytest

from elearn.roster.synthetic.generator import SHEETS, build, row_counts
from tests.unit.roster.synthetic_rows import (
    NOW,
    TODAY,
    end_of,
    holds,
    primaries_of,
    sheets_of,
)


@pytest.fixture(scope="module")
def province():
    return sheets_of(600, 1)


@pytest.fixture(scope="module")
def large_province():
    return sheets_of(4000, 5)


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


def test_thirty_thousand_officials_take_seconds_and_stream():
    started = time.process_time()
    rows = build(30_000, 1, TODAY)
    next(rows)
    first_row_after = time.process_time() - started
    people = sum(sheet == "people" for sheet, _ in rows)
    assert people == 30_000
    assert first_row_after < 0.5
    assert time.process_time() - started < 20
