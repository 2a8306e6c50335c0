"""Importing a roster: all or nothing, once, by the right people, on both clocks."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from elearn.infra.db import db
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import SYSTEM, Actor, Role
from elearn.kernel.errors import Forbidden
from elearn.kernel.text import fold, name_sort_key
from elearn.org.models import (
    Duty,
    Exclusion,
    Person,
    PositionAssignment,
    Succession,
    Unit,
    UnitAncestry,
    UnitEvent,
    UnitKind,
    UnitVersion,
)
from elearn.progress.models import ProgrammeCompletion
from elearn.roster.models import BatchState, ImportBatch
from elearn.roster.synthetic.generator import build
from elearn.roster.synthetic.training import PROGRAMME
from elearn.workflows.import_roster import ImportReport, run
from tests.factories.certificates import make_certificate
from tests.factories.curriculum import make_programme
from tests.factories.org import actor_of, grant, make_assignment, make_person, make_unit, make_user
from tests.factories.roster import Rows, pairs, small_roster
from tests.support.threads import at_once

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
NOTHING = dict.fromkeys(
    ("units", "events", "people", "assignments", "duties", "exclusions", "completions"), 0
)
ALL_NEW = {
    "units": 6,
    "events": 2,
    "people": 3,
    "assignments": 5,
    "duties": 2,
    "exclusions": 1,
    "completions": 1,
}
TABLES = (
    Unit,
    UnitVersion,
    UnitAncestry,
    UnitEvent,
    Succession,
    Person,
    PositionAssignment,
    Duty,
    Exclusion,
    ProgrammeCompletion,
    ImportBatch,
    AuditEntry,
)


def _import(
    rows: Rows, actor: Actor = SYSTEM, *, now: datetime = NOW, dry_run: bool = False
) -> ImportReport:
    return run(actor, pairs(rows), dry_run=dry_run, now=now)


def _counts(session: Session) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def _places(report: ImportReport) -> list[tuple[str, int | None, str | None, str]]:
    return [(item.sheet, item.row, item.column, item.code) for item in report.errors]


@pytest.fixture
def programme(session: Session) -> None:
    make_programme(
        session,
        "ct-mau",
        groups={
            "TG6": [{"position_types": ["COMMUNE_OFFICIAL"], "unit_kinds": ["COMMUNE"]}],
            "TG3": [{"duties": ["ONE_STOP"], "unit_kinds": []}],
        },
    )


@pytest.mark.usefixtures("programme")
def test_a_roster_is_written_whole(session: Session) -> None:
    report = _import(small_roster())
    assert report.as_json() == {
        "created": ALL_NEW,
        "updated": NOTHING,
        "unchanged": NOTHING,
        "errors": [],
        "applied": True,
    }
    person = session.scalars(select(Person).filter_by(code="P1")).one()
    assert person.full_name == "Lò Thử Ánh"
    assert person.search_text == fold("Lò Thử Ánh")
    assert person.sort_key == name_sort_key("Lò Thử Ánh")
    assert person.birth_date == date(1980, 2, 28)


@pytest.mark.usefixtures("programme")
def test_posts_stand_in_their_units(session: Session) -> None:
    _import(small_roster())
    units = {row.id: row.code for row in session.execute(select(Unit.id, Unit.code))}
    rows = session.scalars(
        select(PositionAssignment)
        .join(Person, Person.id == PositionAssignment.person_id)
        .where(Person.code == "P2")
        .order_by(PositionAssignment.valid_from)
    ).all()
    assert [
        (units[row.home_unit_id], units[row.duty_unit_id], row.is_primary, row.valid_to)
        for row in rows
    ] == [("S1", "S1", True, None), ("S1", "X9", False, None)]
    assert {row.recorded_at for row in rows} == {NOW}


@pytest.mark.usefixtures("programme")
def test_the_tree_and_its_events_are_written(session: Session) -> None:
    _import(small_roster())
    units = {row.code: row.id for row in session.execute(select(Unit.id, Unit.code))}
    above = session.execute(
        select(UnitAncestry.ancestor_id, UnitAncestry.depth, UnitAncestry.valid_to)
        .where(UnitAncestry.unit_id == units["X1"])
        .order_by(UnitAncestry.depth)
    ).all()
    end = date(2025, 7, 1)
    assert [tuple(row) for row in above] == [
        (units["X1"], 0, end),
        (units["H1"], 1, end),
        (units["T1"], 2, end),
    ]
    links = session.execute(select(Succession.predecessor_id, Succession.successor_id))
    assert {tuple(row) for row in links} == {
        (units["X1"], units["X9"]),
        (units["X2"], units["X9"]),
        (units["H1"], None),
    }


@pytest.mark.usefixtures("programme")
def test_a_completion_keeps_unit_and_groups_of_its_day(session: Session) -> None:
    _import(small_roster())
    row = session.scalars(select(ProgrammeCompletion)).one()
    unit = session.get_one(Unit, row.unit_id)
    assert (unit.code, row.group_codes, row.source.value) == ("X1", ["TG6"], "CLASS")


@pytest.mark.usefixtures("programme")
def test_the_same_files_again_change_nothing(session: Session) -> None:
    _import(small_roster())
    before = _counts(session)
    report = _import(small_roster(), now=NOW + timedelta(days=1))
    assert (report.created, report.updated, report.unchanged) == (NOTHING, NOTHING, ALL_NEW)
    # Only the trace of the second import is new.
    assert _counts(session) == [*before[:-2], before[-2] + 1, before[-1] + 1]
    assert session.scalar(select(func.max(PositionAssignment.recorded_at))) == NOW


@pytest.mark.usefixtures("programme")
def test_an_update_retracts_the_old_row_and_adds_a_new_one(session: Session) -> None:
    _import(small_roster())
    rows = small_roster()
    rows["assignments"][4]["valid_to"] = "2026-02-01"
    rows["assignments"][4]["end_reason"] = "RETIREMENT"
    later = NOW + timedelta(days=1)
    assert _import(rows, now=later).updated == {**NOTHING, "assignments": 1}
    found = session.scalars(
        select(PositionAssignment)
        .join(Person, Person.id == PositionAssignment.person_id)
        .where(Person.code == "P3")
        .order_by(PositionAssignment.id)
    ).all()
    assert [(row.valid_to, row.recorded_at, row.retracted_at) for row in found] == [
        (None, NOW, later),
        (date(2026, 2, 1), later, None),
    ]


@pytest.mark.usefixtures("programme")
def test_a_renamed_unit_keeps_its_identity(session: Session) -> None:
    _import(small_roster())
    rows: Rows = {"units": [small_roster()["units"][1]]}
    rows["units"][0]["valid_to"] = "2026-01-01"
    rows["units"].append({**rows["units"][0], "name": "Sở Đổi Tên", "valid_from": "2026-01-01"})
    rows["units"][1]["valid_to"] = ""
    report = _import(rows)
    assert (report.created["units"], report.updated["units"]) == (1, 1)
    versions = session.scalars(
        select(UnitVersion)
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .where(Unit.code == "S1", UnitVersion.retracted_at.is_(None))
        .order_by(UnitVersion.valid_from)
    ).all()
    assert [(row.name, row.valid_to) for row in versions] == [
        ("Sở Mẫu", date(2026, 1, 1)),
        ("Sở Đổi Tên", None),
    ]


@pytest.mark.usefixtures("programme")
def test_a_corrected_person_is_audited(session: Session) -> None:
    _import(small_roster())
    rows: Rows = {"people": [{**small_roster()["people"][1], "full_name": "Cầm Mẫu Bình An"}]}
    _import(rows)
    person = session.scalars(select(Person).filter_by(code="P2")).one()
    assert person.search_text == "cam mau binh an"
    entry = session.scalars(select(AuditEntry).filter_by(act="person.correct")).one()
    assert entry.subject_id == str(person.id)
    assert entry.details == {"full_name": ["Cầm Mẫu Bình", "Cầm Mẫu Bình An"]}


@pytest.mark.usefixtures("programme")
def test_a_corrected_name_is_carried_over_to_the_account(session: Session) -> None:
    _import(small_roster())
    person = session.scalars(select(Person).filter_by(code="P2")).one()
    user = make_user(session, "binh.cm", person)
    _import({"people": [{**small_roster()["people"][1], "full_name": "Cầm Mẫu Bình An"}]})
    session.refresh(user)
    assert (user.display_name, user.search_text) == ("Cầm Mẫu Bình An", "cam mau binh an binh.cm")


@pytest.mark.usefixtures("programme")
def test_an_import_leaves_its_trace(session: Session) -> None:
    run(SYSTEM, pairs(small_roster()), dry_run=False, now=NOW, file_names=("ds.xlsx",))
    batch = session.scalars(select(ImportBatch)).one()
    assert (batch.state, batch.file_names, batch.row_count) == (BatchState.APPLIED, ["ds.xlsx"], 20)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_id) == ("roster.import", str(batch.id))
    assert entry.details["created"] == ALL_NEW


@pytest.mark.usefixtures("programme")
def test_a_dry_run_changes_nothing(session: Session) -> None:
    before = _counts(session)
    report = _import(small_roster(), dry_run=True)
    assert (report.created, report.applied) == (ALL_NEW, False)
    assert _counts(session) == before


@pytest.mark.usefixtures("programme")
def test_one_problem_stops_everything(session: Session) -> None:
    before = _counts(session)
    rows = small_roster()
    rows["exclusions"][0]["person_code"] = "P9"
    report = _import(rows)
    assert report.as_json()["errors"] == [
        {
            "sheet": "exclusions",
            "row": 2,
            "column": "person_code",
            "code": "person.unknown",
            "message": "Không có người mã “P9” trong tệp cũng như trong hệ thống.",
        }
    ]
    assert not report.applied
    assert _counts(session) == before


@pytest.mark.usefixtures("programme")
def test_a_breakdown_in_the_middle_leaves_nothing(app: Flask, session: Session) -> None:
    before = _counts(session)

    def break_down(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("INSERT INTO org_duty"):
            raise RuntimeError("the power fails")

    event.listen(db.engine, "before_cursor_execute", break_down)
    try:
        with pytest.raises(RuntimeError, match="the power fails"):
            _import(small_roster())
    finally:
        event.remove(db.engine, "before_cursor_execute", break_down)
    assert _counts(session) == before


@pytest.mark.usefixtures("programme")
def test_two_imports_at_once_write_the_facts_once(app: Flask, session: Session) -> None:
    session.rollback()
    reports = at_once(app, [lambda: _import(small_roster())] * 4)
    created = sorted(
        report.created["people"] for report in reports if isinstance(report, ImportReport)
    )
    assert created == [0, 0, 0, 3]
    assert session.scalar(select(func.count()).select_from(Person)) == 3


def test_a_completion_with_a_certificate_is_not_changed_by_a_file(
    app: Flask, session: Session
) -> None:
    programme = make_programme(session, "ct-mau")
    _import(small_roster())
    row = session.scalars(select(ProgrammeCompletion)).one()
    make_certificate(session, row)
    assert programme.id == row.programme_id
    assert _import(small_roster()).unchanged == ALL_NEW
    rows = small_roster()
    rows["completions"][0]["reference"] = "Lớp 2"
    assert _places(_import(rows)) == [("completions", 2, "person_code", "completion.certified")]


def test_a_stranger_may_not_import(session: Session) -> None:
    unit = make_unit(session, "T1", kind=UnitKind.PROVINCE)
    user = make_user(session)
    for role in (Role.LEARNER, Role.LEADER, Role.AUTHOR, Role.REVIEWER):
        actor = actor_of(user, grant(session, user, role, unit))
        with pytest.raises(Forbidden, match="roster.no_right"):
            _import(small_roster(), actor)


@pytest.mark.parametrize(
    ("role", "unit_code"), [(Role.ADMIN, "S1"), (Role.PROGRAMME_OFFICER, "T1")]
)
@pytest.mark.usefixtures("programme")
def test_the_province_may_import_everything(session: Session, role: Role, unit_code: str) -> None:
    _import(small_roster())
    user = make_user(session)
    unit = session.scalars(select(Unit).filter_by(code=unit_code)).one()
    rows = small_roster()
    rows["units"][5]["legal_basis"] = "NQ 2"
    assert _import(rows, actor_of(user, grant(session, user, role, unit))).updated["units"] == 1


def _hr_of(session: Session, code: str, role: Role = Role.HR) -> Actor:
    user = make_user(session)
    unit = session.scalars(select(Unit).filter_by(code=code)).one()
    return actor_of(user, grant(session, user, role, unit))


@pytest.mark.usefixtures("programme")
def test_the_officer_of_a_department_does_not_speak_for_the_province(session: Session) -> None:
    _import(small_roster())
    actor = _hr_of(session, "S1", Role.PROGRAMME_OFFICER)
    report = _import({"units": small_roster()["units"][:1]}, actor)
    assert _places(report) == [("units", 2, None, "scope.sheet")]


@pytest.mark.usefixtures("programme")
def test_hr_imports_people_of_its_unit(session: Session) -> None:
    _import(small_roster())
    rows: Rows = {
        "people": [
            {**small_roster()["people"][2], "phone": "0911"},
            {**small_roster()["people"][2], "person_code": "P4", "full_name": "Vì Thử Mới"},
        ],
        "assignments": [
            {**small_roster()["assignments"][4], "person_code": "P4", "valid_from": "2026-02-01"}
        ],
        "duties": [{**small_roster()["duties"][1], "valid_from": "2026-01-01", "valid_to": ""}],
        "exclusions": [
            {**small_roster()["exclusions"][0], "valid_from": "2026-02-01", "valid_to": ""}
        ],
    }
    report = _import(rows, _hr_of(session, "S1"))
    assert _places(report) == []
    assert report.applied
    assert report.created == {
        **NOTHING,
        "people": 1,
        "assignments": 1,
        "duties": 1,
        "exclusions": 1,
    }


@pytest.mark.usefixtures("programme")
def test_hr_is_refused_every_row_of_another_unit(session: Session) -> None:
    _import(small_roster())
    base = small_roster()
    rows: Rows = {
        "units": base["units"][:1],
        "events": base["events"][:1],
        "people": [
            {**base["people"][0], "phone": "0999"},
            {**base["people"][2], "person_code": "P5", "full_name": "Chưa Có Chỗ"},
        ],
        "assignments": [
            # a second post for somebody of another unit, and a post of the own people elsewhere
            {**base["assignments"][3], "person_code": "P1", "duty_unit_code": "S1"},
            {**base["assignments"][3], "person_code": "P3", "home_unit_code": "S1"},
        ],
        "duties": [base["duties"][0], {**base["duties"][0], "person_code": "P3"}],
        "exclusions": [{**base["exclusions"][0], "person_code": "P1"}],
        "completions": [{**base["completions"][0], "person_code": "P3"}],
    }
    before = _counts(session)
    report = _import(rows, _hr_of(session, "S1"))
    assert _places(report) == [
        ("units", 2, None, "scope.sheet"),
        ("events", 2, None, "scope.sheet"),
        ("people", 2, "person_code", "scope.person"),
        ("people", 3, "person_code", "scope.no_post"),
        ("assignments", 2, "person_code", "scope.person"),
        ("assignments", 3, "duty_unit_code", "scope.unit"),
        ("duties", 2, "person_code", "scope.person"),
        ("duties", 2, "unit_code", "scope.unit"),
        ("duties", 3, "unit_code", "scope.unit"),
        ("exclusions", 2, "person_code", "scope.person"),
        ("completions", 2, None, "scope.sheet"),
    ]
    assert _counts(session)[:10] == before[:10]


@pytest.mark.usefixtures("programme")
def test_a_refused_row_tells_nothing_of_other_people(session: Session) -> None:
    _import(small_roster())
    post = {**small_roster()["assignments"][4], "person_code": "P1", "valid_from": "2025-01-01"}
    report = _import({"assignments": [post]}, _hr_of(session, "S1"))
    assert _places(report) == [("assignments", 2, "person_code", "scope.person")]


@pytest.mark.usefixtures("programme")
def test_hr_may_take_in_somebody_who_has_left_his_unit(session: Session) -> None:
    _import(small_roster())
    newcomer = make_person(session, "P7", "Người Vừa Chuyển")
    commune = session.scalars(select(Unit).filter_by(code="X9")).one()
    make_assignment(
        session,
        newcomer,
        commune,
        valid_from=date(2025, 7, 1),
        valid_to=date(2026, 2, 1),
    )
    post = {**small_roster()["assignments"][4], "person_code": "P7", "valid_from": "2026-02-01"}
    assert _import({"assignments": [post]}, _hr_of(session, "S1")).applied


@pytest.mark.usefixtures("programme")
def test_hr_may_not_take_somebody_away(session: Session) -> None:
    _import(small_roster())
    newcomer = make_person(session, "P7", "Người Sẽ Chuyển")
    commune = session.scalars(select(Unit).filter_by(code="X9")).one()
    make_assignment(
        session, newcomer, commune, valid_from=date(2025, 7, 1), valid_to=date(2026, 4, 1)
    )
    post = {**small_roster()["assignments"][4], "person_code": "P7", "valid_from": "2026-04-01"}
    report = _import({"assignments": [post]}, _hr_of(session, "S1"))
    assert _places(report) == [("assignments", 2, "person_code", "scope.person")]


def _synthetic(officials: int) -> Iterable[tuple[str, dict[str, str]]]:
    return build(officials, 1, date(2026, 3, 1))


def test_the_synthetic_province_imports_and_repeats(session: Session) -> None:
    make_programme(session, PROGRAMME)
    first = run(SYSTEM, _synthetic(600), dry_run=False, now=NOW)
    assert (list(first.errors), first.applied, first.created["people"]) == ([], True, 600)
    again = run(SYSTEM, _synthetic(600), dry_run=True, now=NOW)
    assert (again.created, again.updated) == (NOTHING, NOTHING)
