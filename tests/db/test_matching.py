"""Target groups of a programme: clauses, days, kinds in time, both clocks."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
from sqlalchemy.orm import Session

from elearn.curriculum.models import ExclusionRule, GroupRule, Programme, TargetGroup
from elearn.kernel.text import fold
from elearn.org.models import (
    DutyKind,
    Person,
    PositionType,
    Unit,
    UnitKind,
    UnitVersion,
)
from elearn.progress.matching import groups_of, members
from tests.factories.org import make_assignment, make_duty, make_person, make_unit

START = date(2021, 2, 2)
MERGER = date(2025, 7, 1)
DAY = date(2024, 3, 14)
Clauses = list[dict[str, list[str]]]
_numbers = count(1)


@pytest.fixture
def programme(session: Session) -> Programme:
    row = Programme(
        code=f"chuong-trinh-{next(_numbers)}",
        title="Chương trình thử",
        legal_basis=[],
        scope_unit_code="SL",
        period_from=START,
        completion={"require": "ALL_REQUIRED_MODULES"},
        exclusions=ExclusionRule.OUT,
        certificate={},
    )
    session.add(row)
    session.commit()
    return row


def add_group(
    session: Session,
    programme: Programme,
    code: str,
    *rules: tuple[date, date | None, Clauses],
) -> None:
    group = TargetGroup(
        programme_id=programme.id, code=code, name=f"Nhóm {code}", position=next(_numbers)
    )
    session.add(group)
    session.flush()
    session.add_all(
        GroupRule(group_id=group.id, valid_from=first, valid_to=end, clauses=clauses)
        for first, end, clauses in rules
    )
    session.commit()


def matched(
    session: Session, programme: Programme, day: date, known_at: datetime | None = None
) -> set[tuple[int, str]]:
    rows = session.execute(members(session, programme.id, day, known_at)).all()
    assert len(rows) == len(set(rows)), "members are distinct"
    return {(person_id, code) for person_id, code in rows}


def one_stop(*kinds: str) -> Clauses:
    return [{"duties": ["ONE_STOP"], "unit_kinds": list(kinds)}]


def leaders(*kinds: str) -> Clauses:
    return [{"position_types": ["LEADER"], "unit_kinds": list(kinds)}]


def test_a_duty_clause_wants_the_duty_in_a_unit_of_the_kind(
    session: Session, programme: Programme
) -> None:
    add_group(session, programme, "TG3", (START, None, one_stop("PASC_COMMUNE")))
    pasc = make_unit(session, kind=UnitKind.PASC_COMMUNE)
    office = make_unit(session, kind=UnitKind.COMMUNE_OFFICE)
    at_counter, elsewhere, focal = (make_person(session) for _ in range(3))
    make_duty(session, at_counter, pasc, DutyKind.ONE_STOP)
    make_duty(session, elsewhere, office, DutyKind.ONE_STOP)
    make_duty(session, focal, pasc, DutyKind.PAR_FOCAL)

    assert matched(session, programme, DAY) == {(at_counter.id, "TG3")}


def test_a_position_clause_wants_the_kind_of_the_duty_unit_primary_or_not(
    session: Session, programme: Programme
) -> None:
    add_group(session, programme, "TG1", (START, None, leaders("PROV_DEPARTMENT")))
    department = make_unit(session, kind=UnitKind.PROV_DEPARTMENT)
    school = make_unit(session, kind=UnitKind.PUBLIC_SERVICE_UNIT)
    head, second_post, seconded_away, specialist = (make_person(session) for _ in range(4))
    make_assignment(session, head, department, position_type=PositionType.LEADER)
    make_assignment(session, second_post, school)
    make_assignment(
        session, second_post, department, position_type=PositionType.LEADER, is_primary=False
    )
    make_assignment(
        session, seconded_away, school, position_type=PositionType.LEADER, home_unit=department
    )
    make_assignment(session, specialist, department)

    assert matched(session, programme, DAY) == {(head.id, "TG1"), (second_post.id, "TG1")}


def test_no_kinds_means_any_kind(session: Session, programme: Programme) -> None:
    add_group(session, programme, "TG1", (START, None, leaders()))
    add_group(session, programme, "TG3", (START, None, one_stop()))
    unit = make_unit(session, kind=UnitKind.MASS_ORGANISATION)
    person = make_person(session)
    make_assignment(session, person, unit, position_type=PositionType.LEADER)
    make_duty(session, person, unit, DutyKind.ONE_STOP)

    assert matched(session, programme, DAY) == {(person.id, "TG1"), (person.id, "TG3")}


def test_kinds_bind_only_their_own_clause(session: Session, programme: Programme) -> None:
    clauses = [
        {"duties": ["ONE_STOP"], "unit_kinds": ["PASC_COMMUNE"]},
        {"duties": ["PAR_FOCAL"], "unit_kinds": []},
        {"position_types": ["LEADER"], "unit_kinds": ["COMMUNE_OFFICE"]},
    ]
    add_group(session, programme, "TG6", (START, None, clauses))
    office = make_unit(session, kind=UnitKind.COMMUNE_OFFICE)
    by_duty, by_position, by_neither = (make_person(session) for _ in range(3))
    make_duty(session, by_duty, office, DutyKind.PAR_FOCAL)
    make_assignment(session, by_position, office, position_type=PositionType.LEADER)
    make_duty(session, by_neither, office, DutyKind.ONE_STOP)

    assert matched(session, programme, DAY) == {(by_duty.id, "TG6"), (by_position.id, "TG6")}


def test_who_matches_twice_is_listed_once(session: Session, programme: Programme) -> None:
    add_group(session, programme, "TG3", (START, None, one_stop("PASC_COMMUNE", "PROV_DEPARTMENT")))
    person = make_person(session)
    for kind in (UnitKind.PASC_COMMUNE, UnitKind.PROV_DEPARTMENT):
        make_duty(session, person, make_unit(session, kind=kind), DutyKind.ONE_STOP)

    assert matched(session, programme, DAY) == {(person.id, "TG3")}


@pytest.mark.parametrize(
    ("day", "belongs"),
    [
        (date(2024, 3, 13), False),
        (date(2024, 3, 14), True),
        (date(2024, 6, 29), True),
        (date(2024, 6, 30), False),
    ],
)
def test_a_duty_counts_from_its_first_day_to_before_its_end(
    session: Session, programme: Programme, day: date, *, belongs: bool
) -> None:
    add_group(session, programme, "TG3", (START, None, one_stop()))
    person = make_person(session)
    make_duty(
        session,
        person,
        make_unit(session),
        DutyKind.ONE_STOP,
        valid_from=date(2024, 3, 14),
        valid_to=date(2024, 6, 30),
    )

    assert (matched(session, programme, day) == {(person.id, "TG3")}) is belongs


@pytest.mark.parametrize(
    ("day", "belongs"),
    [(date(2024, 3, 13), False), (date(2024, 3, 14), True), (date(2024, 6, 30), False)],
)
def test_a_position_counts_from_its_first_day_to_before_its_end(
    session: Session, programme: Programme, day: date, *, belongs: bool
) -> None:
    add_group(session, programme, "TG1", (START, None, leaders()))
    person = make_person(session)
    make_assignment(
        session,
        person,
        make_unit(session),
        position_type=PositionType.LEADER,
        valid_from=date(2024, 3, 14),
        valid_to=date(2024, 6, 30),
    )

    assert (matched(session, programme, day) == {(person.id, "TG1")}) is belongs


@pytest.mark.parametrize(
    ("day", "groups"),
    [
        (date(2021, 2, 1), set()),
        (date(2021, 2, 2), {"TG3"}),
        (date(2025, 6, 30), {"TG3"}),
        (date(2025, 7, 1), {"TG4"}),
    ],
)
def test_only_rules_of_the_day_apply(
    session: Session, programme: Programme, day: date, groups: set[str]
) -> None:
    add_group(session, programme, "TG3", (START, MERGER, one_stop("PROV_DEPARTMENT")))
    add_group(session, programme, "TG4", (MERGER, None, one_stop("PROV_DEPARTMENT")))
    person = make_person(session)
    make_duty(session, person, make_unit(session), DutyKind.ONE_STOP)

    assert {code for _, code in matched(session, programme, day)} == groups


def become(
    session: Session,
    unit: Unit,
    kind: UnitKind,
    since: date,
    *,
    recorded_at: datetime,
) -> None:
    session.add(
        UnitVersion(
            unit_id=unit.id,
            name=f"Đơn vị {unit.code}",
            search_text=fold(f"Đơn vị {unit.code}"),
            kind=kind,
            valid_from=since,
            recorded_at=recorded_at,
        )
    )
    session.commit()


def test_the_kind_is_that_of_the_day(session: Session, programme: Programme) -> None:
    add_group(session, programme, "TG3", (START, None, one_stop("PASC_COMMUNE")))
    unit = make_unit(session, kind=UnitKind.ONE_STOP, valid_to=MERGER)
    become(
        session, unit, UnitKind.PASC_COMMUNE, MERGER, recorded_at=datetime(2025, 7, 1, tzinfo=UTC)
    )
    person = make_person(session)
    make_duty(session, person, unit, DutyKind.ONE_STOP)

    assert matched(session, programme, date(2025, 6, 30)) == set()
    assert matched(session, programme, MERGER) == {(person.id, "TG3")}


def instant(day: int) -> datetime:
    return datetime(2026, 4, day, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known_at", "belongs"),
    [
        (datetime(2026, 4, 4, 2, 59, 59, tzinfo=UTC), False),
        (instant(4), True),
        (datetime(2026, 4, 9, 2, 59, 59, tzinfo=UTC), True),
        (instant(9), False),
        (None, False),
    ],
)
def test_a_duty_is_known_from_its_record_to_its_retraction(
    session: Session, programme: Programme, known_at: datetime | None, *, belongs: bool
) -> None:
    add_group(session, programme, "TG3", (START, None, one_stop("PROV_DEPARTMENT")))
    unit = make_unit(session)
    session.get_one(UnitVersion, _version_id(session, unit)).recorded_at = instant(1)
    person = make_person(session)
    duty = make_duty(session, person, unit, DutyKind.ONE_STOP)
    duty.recorded_at, duty.retracted_at = instant(4), instant(9)
    session.commit()

    found = matched(session, programme, DAY, known_at)

    assert (found == {(person.id, "TG3")}) is belongs


def _version_id(session: Session, unit: Unit) -> int:
    return session.query(UnitVersion.id).filter_by(unit_id=unit.id).scalar()


@pytest.mark.parametrize(
    ("known_at", "belongs"), [(instant(4), True), (instant(9), False), (None, False)]
)
def test_a_position_is_known_until_its_retraction(
    session: Session, programme: Programme, known_at: datetime | None, *, belongs: bool
) -> None:
    add_group(session, programme, "TG1", (START, None, leaders()))
    person = make_person(session)
    post = make_assignment(session, person, make_unit(session), position_type=PositionType.LEADER)
    post.recorded_at, post.retracted_at = instant(4), instant(9)
    session.commit()

    found = matched(session, programme, DAY, known_at)

    assert (found == {(person.id, "TG1")}) is belongs


def test_a_corrected_kind_counts_from_when_it_was_known(
    session: Session, programme: Programme
) -> None:
    add_group(session, programme, "TG3", (START, None, one_stop("PASC_COMMUNE")))
    unit = make_unit(session, kind=UnitKind.ONE_STOP)
    wrong = session.get_one(UnitVersion, _version_id(session, unit))
    wrong.recorded_at, wrong.retracted_at = instant(1), instant(5)
    become(session, unit, UnitKind.PASC_COMMUNE, date(2011, 1, 1), recorded_at=instant(5))
    person = make_person(session)
    make_duty(session, person, unit, DutyKind.ONE_STOP).recorded_at = instant(1)
    session.commit()

    assert matched(session, programme, DAY, instant(4)) == set()
    assert matched(session, programme, DAY, instant(5)) == {(person.id, "TG3")}
    assert matched(session, programme, DAY) == {(person.id, "TG3")}


def test_a_programme_without_rules_has_no_members(session: Session, programme: Programme) -> None:
    add_group(session, programme, "TG3")
    make_assignment(session, make_person(session), make_unit(session))

    assert matched(session, programme, DAY) == set()


def test_members_of_other_programmes_stay_out(session: Session, programme: Programme) -> None:
    other = Programme(
        code="chuong-trinh-khac",
        title="Chương trình khác",
        legal_basis=[],
        scope_unit_code="SL",
        period_from=START,
        completion={},
        exclusions=ExclusionRule.OUT,
        certificate={},
    )
    session.add(other)
    session.commit()
    add_group(session, other, "TG1", (START, None, one_stop()))
    add_group(session, programme, "TG3", (START, None, leaders()))
    make_duty(session, make_person(session), make_unit(session), DutyKind.ONE_STOP)

    assert matched(session, programme, DAY) == set()


def test_the_groups_of_a_person_come_in_the_order_of_the_programme(
    session: Session, programme: Programme
) -> None:
    add_group(session, programme, "TG9", (START, None, leaders()), (START, None, one_stop()))
    add_group(session, programme, "TG1", (START, None, one_stop()))
    add_group(
        session, programme, "TG5", (START, None, [{"duties": ["PAR_FOCAL"], "unit_kinds": []}])
    )
    person, neighbour = make_person(session), make_person(session)
    unit = make_unit(session)
    make_assignment(session, person, unit, position_type=PositionType.LEADER)
    make_duty(session, person, unit, DutyKind.ONE_STOP)
    make_duty(session, neighbour, unit, DutyKind.PAR_FOCAL)

    assert groups_of(session, person.id, programme.id, DAY) == ["TG9", "TG1"]
    assert groups_of(session, neighbour.id, programme.id, DAY) == ["TG5"]
    assert groups_of(session, Person(id=0).id, programme.id, DAY) == []
