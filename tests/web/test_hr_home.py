"""HR's page of who is missing and what each lacks."""

import io
from datetime import date
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from elearn.kernel.actor import Role
from elearn.org.models import Person, Unit, UnitKind
from tests.factories.coverage import excluded, programme_of, trained
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor

CLAUSES = [{"position_types": ["SPECIALIST"], "unit_kinds": []}]


class World(NamedTuple):
    x: Unit
    y: Unit
    missing: Person


@pytest.fixture
def world(session: Session) -> World:
    """In X one person is trained, one on leave, one missing; in Y another is missing."""
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE)
    x = make_unit(session, "X", parent=province, name="Sở Mẫu X")
    y = make_unit(session, "Y", parent=province, name="Sở Mẫu Y")
    programme = programme_of(session, province, {"TG2": CLAUSES})
    names = ("Lò Thử Xong", "Cà Thử Nghỉ", "Quàng Thử Thiếu", "Vì Thử Khác")
    done, away, missing, other = (make_person(session, full_name=name) for name in names)
    for person in (done, away, missing):
        make_assignment(session, person, x)
    make_assignment(session, other, y)
    trained(session, done, programme, date(2024, 1, 10), unit=x)
    excluded(session, away, date(2024, 1, 1))
    return World(x, y, missing)


def hr_of(session: Session, visitor: Visitor, unit: Unit) -> FlaskClient:
    user = make_user(session)
    grant(session, user, Role.HR, unit)
    return visitor.as_user(user)


def test_only_the_missing_of_the_own_unit_are_listed(
    session: Session, visitor: Visitor, world: World
) -> None:
    page = hr_of(session, visitor, world.x).get("/hr").text
    assert "Quàng Thử Thiếu" in page
    for other in ("Lò Thử Xong", "Cà Thử Nghỉ", "Vì Thử Khác"):
        assert other not in page


def test_the_list_is_searched_without_accents(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = hr_of(session, visitor, world.x)
    assert "Quàng Thử Thiếu" in client.get("/hr?q=thieu quang").text
    assert "Quàng Thử Thiếu" not in client.get("/hr?q=xong").text


def test_a_foreign_unit_lists_nobody(session: Session, visitor: Visitor, world: World) -> None:
    page = hr_of(session, visitor, world.x).get("/hr?unit=Y").text
    assert "Vì Thử Khác" not in page
    assert "Quàng Thử Thiếu" not in page


def test_the_export_holds_the_same_people(session: Session, visitor: Visitor, world: World) -> None:
    data = hr_of(session, visitor, world.x).get("/hr/missing/export").data
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == ["Quàng Thử Thiếu"]
