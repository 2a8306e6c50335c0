"""What an import would do and what it refuses, judged on the whole state after it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.roster.changes import differences
from elearn.roster.facts import SHEETS, Roster
from elearn.roster.parse import Reading, RowReader
from elearn.roster.plan import Plan, State, make_plan
from tests.factories.roster import MERGER, Rows, pairs, small_roster

TODAY = date(2026, 3, 1)
PROGRAMMES = frozenset({"ct-mau"})


def read(rows: Rows) -> Reading:
    reader = RowReader()
    for _ in reader.read(pairs(rows)):
        pass
    return reader.finish()


def stored(rows: Rows) -> State:
    """Return the state that importing ``rows`` into nothing leads to."""
    roster = read(rows).roster
    kept = Roster()
    for sheet in SHEETS:
        kept.sheet(sheet).extend(
            replace(fact, id=number, row=None, given=frozenset())
            for number, fact in enumerate(roster.sheet(sheet), 1)
        )
    return State(kept, [*kept.assignments, *kept.duties], PROGRAMMES)


def plan(rows: Rows, state: State | None = None) -> Plan:
    return make_plan(read(rows), state or State(Roster(), [], PROGRAMMES), TODAY)


def places(found: Plan) -> list[tuple[str, int | None, str | None, str]]:
    return [(item.sheet, item.row, item.column, item.code) for item in found.problems]


def test_a_sound_roster_is_all_new() -> None:
    found = plan(small_roster())
    assert places(found) == []
    assert found.changes.counts("created") == {
        "units": 6,
        "events": 2,
        "people": 3,
        "assignments": 5,
        "duties": 2,
        "exclusions": 1,
        "completions": 1,
    }


def test_the_same_roster_again_changes_nothing() -> None:
    found = plan(small_roster(), stored(small_roster()))
    assert places(found) == []
    assert found.changes.are_none
    assert sum(found.changes.counts("unchanged").values()) == 20


def test_rows_may_come_in_any_order() -> None:
    rows = {sheet: lines[::-1] for sheet, lines in reversed(small_roster().items())}
    assert places(plan(rows)) == []


def test_a_changed_cell_is_an_update_with_both_values() -> None:
    rows = small_roster()
    rows["people"][0]["phone"] = "0987654321"
    found = plan(rows, stored(small_roster()))
    ((old, new),) = found.changes["people"].updated
    assert list(differences(old, new)) == [("phone", "0912 345 678", "0987654321")]
    assert (new.id, new.row) == (1, 2)


def test_a_column_that_lacks_leaves_what_is_stored() -> None:
    rows = {
        "people": [{"person_code": "P1", "full_name": "Lò Thử Ánh", "category": "CIVIL_SERVANT"}]
    }
    assert plan(rows, stored(small_roster())).changes.are_none


def test_an_empty_cell_takes_away_what_is_stored() -> None:
    rows = {"people": small_roster()["people"][:1]}
    rows["people"][0]["email"] = ""
    ((old, new),) = plan(rows, stored(small_roster())).changes["people"].updated
    assert list(differences(old, new)) == [("email", "p1@vidu.example", None)]


def test_absent_rows_stay() -> None:
    found = plan({"people": small_roster()["people"][:1]}, stored(small_roster()))
    assert found.changes.are_none
    assert len(found.changes["assignments"].standing) == 5


Change = Callable[[Rows], object]


def _set(sheet: str, number: int, **cells: str) -> Change:
    return lambda rows: rows[sheet][number - 2].update(cells)


def _add(sheet: str, number: int, **cells: str) -> Change:
    """Return the change that repeats row ``number`` with other ``cells``."""
    return lambda rows: rows[sheet].append({**rows[sheet][number - 2], **cells})


REFUSALS: list[tuple[str, Change, list[tuple[str, int | None, str | None, str]]]] = [
    # single cells
    ("empty name", _set("people", 2, full_name=" "), [("people", 2, "full_name", "cell.required")]),
    ("formula", _set("people", 2, full_name="=A1"), [("people", 2, "full_name", "cell.formula")]),
    ("error", _set("people", 2, phone="#REF!"), [("people", 2, "phone", "cell.error")]),
    (
        "tcvn3",
        _set("people", 3, full_name="TrÇn ThÞ"),
        [("people", 3, "full_name", "text.garbled")],
    ),
    ("lost", _set("people", 3, full_name="Tr?n Th"), [("people", 3, "full_name", "text.garbled")]),
    ("digits", _set("people", 3, full_name="12"), [("people", 3, "full_name", "name.form")]),
    ("long", _set("people", 3, full_name="a" * 121), [("people", 3, "full_name", "text.too_long")]),
    ("category", _set("people", 4, category="X"), [("people", 4, "category", "choice.unknown")]),
    (
        "birth",
        _set("people", 4, birth_date="31/02/1990"),
        [("people", 4, "birth_date", "date.unknown")],
    ),
    (
        "us day",
        _set("people", 4, birth_date="7/1/1990"),
        [("people", 4, "birth_date", "date.form")],
    ),
    ("serial", _set("people", 4, birth_date="33238"), [("people", 4, "birth_date", "date.form")]),
    (
        "year",
        _set("people", 4, birth_date="1090-12-31"),
        [("people", 4, "birth_date", "date.range")],
    ),
    ("mail", _set("people", 2, email="a b@c"), [("people", 2, "email", "email.form")]),
    ("phone", _set("people", 2, phone="máy lẻ"), [("people", 2, "phone", "phone.form")]),
    ("code", _set("duties", 2, unit_code="Xã 9"), [("duties", 2, "unit_code", "code.form")]),
    (
        "flag",
        _set("assignments", 2, is_primary="TRUE"),
        [("assignments", 2, "is_primary", "flag.form")],
    ),
    # people
    (
        "two people with one code",
        _add("people", 2, full_name="Người Khác"),
        [("people", 5, "person_code", "person.duplicate")],
    ),
    (
        "a post of nobody",
        _set("assignments", 6, person_code="P9"),
        [("assignments", 6, "person_code", "person.unknown")],
    ),
    (
        "a completion of nobody",
        _set("completions", 2, person_code="P9"),
        [("completions", 2, "person_code", "person.unknown")],
    ),
    # units
    (
        "an unknown parent",
        _set("units", 3, parent_code="T9"),
        [("units", 3, "parent_code", "unit.unknown")],
    ),
    (
        "versions that overlap",
        _add("units", 3, valid_from="2020-01-01", name="Sở Mới"),
        [("units", 8, "valid_from", "unit.overlap")],
    ),
    (
        "a code used again after its unit ended",
        _add("units", 5, valid_from="2025-08-01", valid_to="", parent_code="T1"),
        [("units", 8, "valid_from", "unit.gap")],
    ),
    (
        "a version that ends before it begins",
        _add("units", 7, code="X8", valid_to="2025-06-01"),
        [("units", 8, "valid_to", "span.reversed")],
    ),
    (
        "a cycle of parents",
        _set("units", 2, parent_code="S1"),
        [("units", 2, "parent_code", "unit.cycle"), ("units", 3, "parent_code", "unit.cycle")],
    ),
    (
        "its own parent",
        _set("units", 2, parent_code="T1"),
        [("units", 2, "parent_code", "unit.cycle")],
    ),
    (
        "a parent that ends earlier",
        _set("units", 7, parent_code="H1"),
        [("units", 7, "parent_code", "unit.parent_life")],
    ),
    # events
    (
        "an event of an unknown unit",
        _set("events", 2, predecessor_codes="X1;X7"),
        [("events", 2, "predecessor_codes", "unit.unknown")],
    ),
    (
        "a predecessor that goes on",
        _set("events", 2, predecessor_codes="X1;X2;S1"),
        [("events", 2, "predecessor_codes", "event.predecessor_alive")],
    ),
    (
        "a predecessor that was not there",
        _set("events", 3, effective_on="2010-01-01"),
        [("events", 3, "predecessor_codes", "event.predecessor_missing")],
    ),
    (
        "a successor that is not there",
        _set("events", 3, successor_codes="X2"),
        [("events", 3, "successor_codes", "event.successor_missing")],
    ),
    (
        "an absorber on one side only",
        _set("events", 2, successor_codes="X9;S1"),
        [("events", 2, "successor_codes", "event.successor_older")],
    ),
    (
        "a merger of one",
        _set("events", 2, predecessor_codes="X1"),
        [("events", 2, "predecessor_codes", "event.sides")],
    ),
    (
        "the same event twice",
        _add("events", 2, predecessor_codes="X2; X1"),
        [("events", 4, "kind", "row.duplicate")],
    ),
    # posts and duties
    (
        "two primary posts at once",
        _set("assignments", 2, valid_to="", home_unit_code="S1", duty_unit_code=""),
        [("assignments", 3, "valid_from", "assignment.overlap")],
    ),
    (
        "a post that ends before it begins",
        _set("assignments", 6, valid_to="2022-05-01"),
        [("assignments", 6, "valid_to", "span.reversed")],
    ),
    (
        "a post in an unknown unit",
        _set("assignments", 5, duty_unit_code="X7"),
        [("assignments", 5, "duty_unit_code", "unit.unknown")],
    ),
    (
        "a post that outlives its unit",
        lambda rows: (_set("assignments", 2, valid_to="")(rows), rows["assignments"].pop(1)),
        [("assignments", 2, "valid_to", "unit.outlived")],
    ),
    (
        "a post before its unit",
        _set("assignments", 5, valid_from="2024-01-01"),
        [("assignments", 5, "valid_from", "unit.not_there")],
    ),
    (
        "a duty that outlives its unit",
        _set("duties", 2, unit_code="X1", valid_from="2020-01-01"),
        [("duties", 2, "valid_to", "unit.outlived")],
    ),
    (
        "a duty held twice",
        _add("duties", 2, valid_from="2025-09-01"),
        [("duties", 4, "valid_from", "duty.overlap")],
    ),
    (
        "the same post twice",
        _add("assignments", 6, title="Khác"),
        [("assignments", 7, "person_code", "row.duplicate")],
    ),
    # the rest
    (
        "an exclusion that ends before it begins",
        _set("exclusions", 2, valid_to="2022-01-01"),
        [("exclusions", 2, "valid_to", "span.reversed")],
    ),
    (
        "an unknown programme",
        _set("completions", 2, programme_code="ct-khac"),
        [("completions", 2, "programme_code", "programme.unknown")],
    ),
    (
        "a completion to come",
        _set("completions", 2, completed_on="2026-03-02"),
        [("completions", 2, "completed_on", "date.future")],
    ),
    (
        "a completion that expires before",
        _set("completions", 2, expires_on="2023-06-01"),
        [("completions", 2, "expires_on", "span.reversed")],
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_a_refusal_names_sheet_row_and_column(
    change: Change, expected: list[tuple[str, int | None, str | None, str]]
) -> None:
    rows = small_roster()
    change(rows)
    found = plan(rows)
    assert places(found) == expected
    assert all("%(" not in item.text() for item in found.problems)


def test_a_sheet_full_of_impossible_spellings_is_refused() -> None:
    rows = small_roster()
    # VNI of Nguyễn Văn Lâm, Trần Văn Bá and Cao Văn Tám: letter by letter all of it is Vietnamese.
    names = ("Nguyeãn Vaên Laâm", "Traàn Vaên Baù", "Cao Vaên Taám")
    for row, name in zip(rows["people"], names, strict=True):
        row["full_name"] = name
    (problem,) = plan(rows).problems
    assert (problem.sheet, problem.row, problem.column, problem.code) == (
        "people",
        2,
        "full_name",
        "sheet.garbled",
    )
    assert "“Nguyeãn Vaên Laâm”" in problem.text()


def test_a_single_odd_name_is_accepted() -> None:
    rows = small_roster()
    rows["people"][0]["full_name"] = "Y Niêk Byă"
    rows["units"][4]["name"] = "Xã Đắk Lắk"
    assert places(plan(rows)) == []


def test_what_refers_to_a_row_with_a_problem_is_not_called_unknown() -> None:
    rows = small_roster()
    _set("people", 2, birth_date="hôm qua")(rows)
    _set("units", 7, kind="XÃ")(rows)
    assert places(plan(rows)) == [
        ("units", 7, "kind", "choice.unknown"),
        ("people", 2, "birth_date", "date.form"),
    ]


def test_the_message_of_a_post_that_outlives_its_unit_names_the_successors() -> None:
    rows = small_roster()
    _set("assignments", 2, valid_to="")(rows)
    del rows["assignments"][1]
    (problem,) = plan(rows).problems
    assert problem.text() == (
        "Xã Một (X1) kết thúc ngày 01/07/2025 nhưng dòng này kéo dài 01/03/2015–…. Hãy ghi "
        "valid_to = 2025-07-01 và thêm dòng mới ở đơn vị kế thừa: Xã Mới (X9)."
    )


def test_of_a_post_in_an_unknown_unit_no_overlap_is_told_on_top() -> None:
    rows = {"assignments": [{**small_roster()["assignments"][4], "home_unit_code": "S7"}]}
    found = plan(rows, stored(small_roster()))
    assert places(found) == [("assignments", 2, "home_unit_code", "unit.unknown")]


def _before_the_merger() -> State:
    rows = small_roster()
    rows["units"] = [{**row, "valid_to": ""} for row in rows["units"][:5]]
    rows["events"], rows["duties"] = [], rows["duties"][1:]
    rows["assignments"] = [{**rows["assignments"][0], "valid_to": "", "end_reason": ""}]
    return stored(rows)


def test_a_unit_may_not_end_under_stored_posts() -> None:
    rows = {"units": small_roster()["units"], "events": small_roster()["events"]}
    found = plan(rows, _before_the_merger())
    assert places(found) == [("units", 5, "valid_to", "unit.still_used")]
    assert "1 người" in found.problems[0].text()
    assert "P1" in found.problems[0].text()
    assert "Xã Mới (X9)" in found.problems[0].text()


def test_a_unit_may_end_when_the_same_files_move_its_people() -> None:
    rows = small_roster()
    del rows["duties"], rows["completions"]
    found = plan(rows, _before_the_merger())
    assert places(found) == []
    assert len(found.changes["assignments"].updated) == 1


def test_a_unit_may_not_end_under_a_stored_child() -> None:
    rows = {"units": [small_roster()["units"][2]]}
    found = plan(rows, _before_the_merger())
    assert places(found) == [("units", 2, "parent_code", "unit.parent_life")]


def test_a_stored_event_holds_its_units_to_their_lives() -> None:
    rows = {"units": [{**small_roster()["units"][5], "valid_from": MERGER, "valid_to": ""}]}
    later = {**small_roster()["units"][3], "valid_to": "", "parent_code": "T1"}
    rows["units"].append(later)
    found = plan(rows, stored(small_roster()))
    assert ("units", 3, "valid_to", "event.predecessor_alive") in places(found)


def test_a_stored_primary_post_bars_another() -> None:
    rows = {"assignments": [{**small_roster()["assignments"][4], "valid_from": "2025-01-01"}]}
    found = plan(rows, stored(small_roster()))
    assert places(found) == [("assignments", 2, "valid_from", "assignment.overlap")]
    assert "đã có trong hệ thống" in found.problems[0].text()


def test_a_parent_may_change_places_over_time() -> None:
    rows = {
        "units": [
            dict(
                zip(
                    ("code", "name", "kind", "parent_code", "valid_from", "valid_to"),
                    line,
                    strict=True,
                )
            )
            for line in (
                ("A", "Đơn vị A", "PROV_DEPARTMENT", "", "2011-01-01", "2020-01-01"),
                ("A", "Đơn vị A", "PROV_DEPARTMENT", "B", "2020-01-01", ""),
                ("B", "Đơn vị B", "PROV_DEPARTMENT", "A", "2011-01-01", "2020-01-01"),
                ("B", "Đơn vị B", "PROV_DEPARTMENT", "", "2020-01-01", ""),
            )
        ]
    }
    assert places(plan(rows)) == []


def test_a_revoked_completion_is_not_changed_by_a_file() -> None:
    state = stored(small_roster())
    state.roster.completions = [replace(state.roster.completions[0], is_revoked=True)]
    rows = small_roster()
    rows["completions"][0]["reference"] = "Lớp 2"
    assert places(plan(rows, state)) == [("completions", 2, "person_code", "completion.revoked")]
    assert places(plan(small_roster(), state)) == []


_days = st.dates(date(2018, 1, 1), date(2026, 2, 28)).map(date.isoformat)
_some = st.sampled_from(["", "2026-02-01", "2025-07-01"])
_seldom = st.sampled_from([False] * 9 + [True])


@st.composite
def _rosters(draw: st.DrawFn) -> Rows:
    """Rosters that are mostly, not always, sound."""
    rows = small_roster()
    people = [f"P{number}" for number in range(1, draw(st.integers(3, 6)) + 1)]
    category = st.sampled_from(["CADRE", "CIVIL_SERVANT"])
    rows["people"] = [
        {"person_code": code, "full_name": f"Người Mẫu {code}", "category": draw(category)}
        for code in people
    ]
    for sheet in ("assignments", "duties", "exclusions", "completions"):
        for row in rows[sheet]:
            if draw(_seldom):
                row["person_code"] = draw(st.sampled_from(people))
            if "valid_from" in row and draw(_seldom):
                row["valid_from"] = draw(_days)
                row["valid_to"] = draw(_some)
    for row in rows["units"]:
        if draw(st.booleans()):
            row["legal_basis"] = draw(st.sampled_from(["NQ 1", "QĐ 2", ""]))
    return rows


@settings(max_examples=200, deadline=None)
@given(_rosters())
def test_what_was_accepted_once_is_unchanged_the_second_time(rows: Rows) -> None:
    if plan(rows).problems:
        return
    again = plan(rows, stored(rows))
    assert places(again) == []
    assert again.changes.are_none
    assert sum(again.changes.counts("unchanged").values()) == sum(map(len, rows.values()))
