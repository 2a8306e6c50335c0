"""The coverage page: figures, scope, exports, refusals."""

import csv
import io
from datetime import date
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from elearn.curriculum.models import Programme
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.org.models import EventKind, Succession, Unit, UnitEvent, UnitKind
from tests.factories.coverage import excluded, programme_of, target_of, trained
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor

MERGER = date(2025, 7, 1)
CLAUSES = [{"position_types": ["SPECIALIST"], "unit_kinds": []}]


class World(NamedTuple):
    province: Unit
    x: Unit
    y: Unit
    programme: Programme


@pytest.fixture
def world(session: Session) -> World:
    """Two departments: X has 1 of 2 trained and one person on leave, Y 1 of 1."""
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    x = make_unit(session, "X", parent=province, name="Sở Mẫu X")
    y = make_unit(session, "Y", parent=province, name="Sở Mẫu Y")
    programme = programme_of(session, province, {"TG2": CLAUSES})
    target_of(session, programme, 80, date(2030, 12, 31))
    for unit, is_trained in ((x, True), (x, False), (y, True)):
        person = make_person(session)
        make_assignment(session, person, unit)
        if is_trained:
            trained(session, person, programme, date(2024, 1, 10), unit=unit)
    on_leave = make_person(session)
    make_assignment(session, on_leave, x)
    excluded(session, on_leave, date(2024, 1, 1))
    return World(province, x, y, programme)


def reader(session: Session, visitor: Visitor, unit: Unit, role: Role = Role.LEADER) -> FlaskClient:
    user = make_user(session)
    grant(session, user, role, unit)
    return visitor.as_user(user)


def test_a_leader_sees_his_subtree_against_the_target(
    session: Session, visitor: Visitor, world: World
) -> None:
    page = reader(session, visitor, world.province).get("/coverage").text
    assert "66,7%" in page
    assert "2 / 3" in page
    assert "Sở Mẫu X" in page
    assert "50,0%" in page
    assert "Chưa đạt" in page


def test_a_unit_outside_the_scope_looks_like_none(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = reader(session, visitor, world.x, Role.HR)
    foreign, unknown = client.get("/coverage?unit=Y"), client.get("/coverage?unit=NO")
    assert foreign.status_code == unknown.status_code == 404
    assert "Sở Mẫu Y" not in foreign.text
    assert client.get("/coverage/export?shape=csv&unit=Y").status_code == 404
    assert client.get("/coverage?unit=SL").status_code == 404


def test_hr_sees_own_unit_only(session: Session, visitor: Visitor, world: World) -> None:
    page = reader(session, visitor, world.x, Role.HR).get("/coverage").text
    assert "1 / 2" in page
    assert "Sở Mẫu Y" not in page
    assert "Tỉnh Thử" not in page


def test_yesterday_is_not_changed_by_today(
    session: Session, visitor: Visitor, world: World
) -> None:
    page = reader(session, visitor, world.province).get("/coverage?day=2024-01-09").text
    assert "0 / 3" in page


def test_exports_hold_the_rows_of_the_screen(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = reader(session, visitor, world.province)
    expected = [["SL", 3, 2, 1, 66.7], ["X", 2, 1, 1, 50.0], ["Y", 1, 1, 0, 100.0]]

    sheet = load_workbook(io.BytesIO(client.get("/coverage/export?shape=xlsx").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [[row[0], *row[6:]] for row in rows] == expected

    text = client.get("/coverage/export?shape=csv").data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))[1:]
    assert [[line[0], *map(float, line[6:])] for line in lines] == expected


@pytest.mark.parametrize(
    "query",
    ["day=31/02/2025", "day=hôm qua", "view=moon", "group=TG9", "programme=none", "unit=%00"],
)
def test_a_wrong_choice_is_told(
    session: Session, visitor: Visitor, world: World, query: str
) -> None:
    answer = reader(session, visitor, world.province).get(f"/coverage?{query}")
    assert answer.status_code in (404, 422)


def test_a_merged_unit_is_history_of_its_successor(
    session: Session, visitor: Visitor, world: World
) -> None:
    commune = UnitKind.COMMUNE
    old = make_unit(session, "A", kind=commune, parent=world.province, valid_to=MERGER, name="Xã A")
    new = make_unit(
        session, "M", kind=commune, parent=world.province, valid_from=MERGER, name="Xã M"
    )
    event = UnitEvent(kind=EventKind.MERGE, effective_on=MERGER, recorded_at=utc_now())
    session.add(event)
    session.flush()
    session.add(Succession(event_id=event.id, predecessor_id=old.id, successor_id=new.id))
    session.commit()

    client = reader(session, visitor, new)
    assert "Xã A" in client.get("/coverage?day=2025-06-14").text
    assert client.get("/coverage?day=2025-06-14&unit=X").status_code == 404
    assert client.get("/coverage?unit=A").status_code == 404


def test_a_learner_is_refused(session: Session, visitor: Visitor, world: World) -> None:
    assert reader(session, visitor, world.x, Role.LEARNER).get("/coverage").status_code == 403
