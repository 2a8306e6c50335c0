"""The worked examples E1 to E5 of domain.md 3.8, with their exact figures."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from elearn.coverage.queries import (
    Question,
    count_reassigned,
    count_turns,
    get_programme,
    get_tree,
    list_coverage,
)
from elearn.coverage.rules import ALL, View
from elearn.curriculum.models import Programme
from elearn.kernel.errors import NotFound
from elearn.org.models import (
    DutyKind,
    EndReason,
    Person,
    PositionAssignment,
    PositionType,
    Unit,
    UnitKind,
)
from tests.factories.coverage import programme_of, trained
from tests.factories.org import make_assignment, make_duty, make_person, make_unit

SPECIALISTS = [{"position_types": ["SPECIALIST"], "unit_kinds": []}]
BEFORE = date(2025, 12, 1)
Q1, H1 = date(2026, 3, 14), date(2026, 6, 14)
Figure = tuple[int, int, str | None]


@pytest.fixture
def province(session: Session) -> Iterator[Unit]:
    return make_unit(session, "SL", kind=UnitKind.PROVINCE)


def figure(
    session: Session,
    programme: Programme,
    unit: Unit,
    day: date,
    group: str = ALL,
    view: View = View.DUTY,
) -> Figure:
    """Return (trained, must be trained, rate) of a unit."""
    info = get_programme(session, programme.code)
    question = Question(day, view)
    (row,) = list_coverage(session, info, question, unit_code=unit.code, group=group, depth=0)
    rate = row.count.rate
    return row.count.numerator, row.count.denominator, None if rate is None else str(rate)


def staff(
    session: Session,
    unit: Unit,
    count: int,
    trained_count: int,
    programme: Programme,
    *,
    on: date = BEFORE,
    valid_to: date | None = None,
    position_type: PositionType = PositionType.SPECIALIST,
) -> list[Person]:
    """Put ``count`` people to work in ``unit``, the first ``trained_count`` of them trained."""
    people = [make_person(session) for _ in range(count)]
    for person in people:
        make_assignment(session, person, unit, valid_to=valid_to, position_type=position_type)
    for person in people[:trained_count]:
        trained(session, person, programme, on, unit=unit)
    return people


def move(session: Session, person: Person, to: Unit, on: date, reason: EndReason) -> None:
    """End the post of ``person`` on the day and begin another."""
    post = session.query(PositionAssignment).filter_by(person_id=person.id, valid_to=None).one()
    post.valid_to, post.end_reason = on, reason
    session.commit()
    make_assignment(session, person, to, valid_from=on, position_type=PositionType.OTHER)


def test_e1_a_transfer_takes_the_person_along_and_leaves_the_turn(
    session: Session, province: Unit
) -> None:
    x = make_unit(session, "X", parent=province)
    y = make_unit(session, "Y", parent=province)
    programme = programme_of(session, province, {"TG2": SPECIALISTS})
    staff(session, x, 49, 39, programme)
    staff(session, y, 30, 20, programme)
    p1 = make_person(session)
    make_assignment(session, p1, x, valid_to=date(2026, 4, 1))
    make_assignment(session, p1, y, valid_from=date(2026, 4, 1))
    trained(session, p1, programme, date(2026, 2, 10), unit=x)

    assert figure(session, programme, x, Q1) == (40, 50, "80.0")
    assert figure(session, programme, y, Q1) == (20, 30, "66.7")
    assert figure(session, programme, province, Q1) == (60, 80, "75.0")
    assert figure(session, programme, x, H1) == (39, 49, "79.6")
    assert figure(session, programme, y, H1) == (21, 31, "67.7")
    assert figure(session, programme, province, H1) == (60, 80, "75.0")
    assert count_turns(session, programme.id, date(2025, 12, 15), Q1) == {x.id: 1}


def test_e2_a_merger_leaves_the_old_units_as_history(session: Session, province: Unit) -> None:
    merger = date(2025, 7, 1)
    commune = UnitKind.COMMUNE
    a = make_unit(session, "A", kind=commune, parent=province, valid_to=merger)
    b = make_unit(session, "B", kind=commune, parent=province, valid_to=merger)
    district = make_unit(session, "D", kind=UnitKind.DISTRICT, parent=province, valid_to=merger)
    m = make_unit(session, "M", kind=commune, parent=province, valid_from=merger)
    clauses = [{"position_types": ["SPECIALIST"], "unit_kinds": ["COMMUNE"]}]
    programme = programme_of(session, province, {"TG6": clauses})
    on = date(2025, 3, 1)
    of_a = staff(session, a, 12, 9, programme, on=on, valid_to=merger)
    of_b = staff(session, b, 8, 4, programme, on=on, valid_to=merger)
    of_district = staff(session, district, 5, 2, programme, on=on, valid_to=merger)
    # Three leave on 30 June: one trained of A, two untrained of B.
    for person in [*of_a[1:], *of_b[:6], *of_district]:
        make_assignment(session, person, m, valid_from=merger)

    before, after = date(2025, 6, 14), date(2025, 9, 14)
    assert figure(session, programme, a, before) == (9, 12, "75.0")
    assert figure(session, programme, b, before) == (4, 8, "50.0")
    assert figure(session, programme, m, after) == (14, 22, "63.6")
    for gone in (a, b):
        with pytest.raises(NotFound, match="coverage.unit"):
            figure(session, programme, gone, after)
    assert a.id in get_tree(session, Question(before)).units


def test_e3_two_posts_count_one_person_once(session: Session, province: Unit) -> None:
    m = make_unit(session, "M", kind=UnitKind.COMMUNE, parent=province)
    pasc = make_unit(session, "M-PASC", kind=UnitKind.PASC_COMMUNE, parent=m)
    programme = programme_of(
        session,
        province,
        {
            "TG5": [{"position_types": ["COMMUNE_PC_LEADER"], "unit_kinds": ["COMMUNE"]}],
            "TG3": [{"duties": ["ONE_STOP"], "unit_kinds": ["PASC_COMMUNE"]}],
        },
    )
    on = date(2025, 8, 1)
    leader = PositionType.COMMUNE_PC_LEADER
    leaders = staff(session, m, 6, 4, programme, on=on, position_type=leader)
    other = PositionType.OTHER
    clerks = staff(session, pasc, 4, 2, programme, on=on, position_type=other)
    for person in clerks:
        make_duty(session, person, pasc, DutyKind.ONE_STOP)
    change = date(2025, 10, 16)
    p2 = leaders[0]
    make_duty(session, p2, pasc, DutyKind.ONE_STOP, valid_to=change)
    (director,) = staff(session, pasc, 1, 0, programme, position_type=other)
    make_duty(session, director, pasc, DutyKind.ONE_STOP, valid_from=change)

    september = date(2025, 9, 14)
    assert figure(session, programme, m, september, "TG5") == (4, 6, "66.7")
    assert figure(session, programme, m, september, "TG3") == (3, 5, "60.0")
    assert figure(session, programme, m, september) == (6, 10, "60.0")
    assert figure(session, programme, m, change, "TG5") == (4, 6, "66.7")
    assert figure(session, programme, m, change, "TG3") == (2, 5, "40.0")
    assert figure(session, programme, m, change) == (6, 11, "54.5")


def test_e4_trained_then_moved_is_seen_as_waste(session: Session, province: Unit) -> None:
    z = make_unit(session, "Z", parent=province)
    elsewhere = make_unit(session, "W", parent=province)
    clauses = [{"duties": ["PAR_FOCAL"], "unit_kinds": ["PROV_DEPARTMENT"]}]
    programme = programme_of(session, province, {"TG2": clauses})
    focal = staff(session, z, 4, 4, programme, on=date(2026, 2, 10))
    moved_on = date(2026, 5, 1)
    p3, stay = focal[0], focal[1:]
    for person in stay:
        make_duty(session, person, z)
    make_duty(session, p3, z, valid_to=moved_on)
    move(session, p3, elsewhere, moved_on, EndReason.TRANSFER)
    (p4,) = staff(session, z, 1, 0, programme)
    make_duty(session, p4, z, valid_from=moved_on)

    assert figure(session, programme, z, Q1) == (4, 4, "100.0")
    assert figure(session, programme, z, H1) == (3, 4, "75.0")
    info = get_programme(session, programme.code)
    assert count_reassigned(session, info, Question(Q1)) == {}
    assert count_reassigned(session, info, Question(H1)) == {(z.id, EndReason.TRANSFER): 1}


def test_e4_a_merger_is_no_cause(session: Session, province: Unit) -> None:
    z = make_unit(session, "Z", parent=province)
    elsewhere = make_unit(session, "W", parent=province)
    clauses = [{"duties": ["PAR_FOCAL"], "unit_kinds": ["PROV_DEPARTMENT"]}]
    programme = programme_of(session, province, {"TG2": clauses})
    (person,) = staff(session, z, 1, 1, programme, on=date(2026, 2, 10))
    moved_on = date(2026, 5, 1)
    make_duty(session, person, z, valid_to=moved_on)
    move(session, person, elsewhere, moved_on, EndReason.UNIT_CHANGE)

    info = get_programme(session, programme.code)
    assert count_reassigned(session, info, Question(H1)) == {}


def test_e5_a_seconded_person_counts_once_in_each_view(session: Session, province: Unit) -> None:
    v = make_unit(session, "V", kind=UnitKind.CENTRAL_VERTICAL_AGENCY, parent=province)
    pasc = make_unit(session, "PASC", kind=UnitKind.PASC_PROVINCE, parent=province)
    clauses = [{"position_types": ["SPECIALIST"], "unit_kinds": ["PASC_PROVINCE"]}]
    programme = programme_of(session, province, {"TG4": clauses})
    p5 = make_person(session)
    start, end = date(2026, 1, 15), date(2026, 12, 31)
    make_assignment(session, p5, pasc, home_unit=v, valid_from=start, valid_to=end)

    assert figure(session, programme, pasc, H1) == (0, 1, "0.0")
    assert figure(session, programme, v, H1) == (0, 0, None)
    assert figure(session, programme, pasc, H1, view=View.HOME) == (0, 0, None)
    assert figure(session, programme, v, H1, view=View.HOME) == (0, 1, "0.0")
    for view in View:
        assert figure(session, programme, province, H1, "TG4", view) == (0, 1, "0.0")
