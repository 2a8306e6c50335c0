"""HR's pages of the accounts of its units."""

import re
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.infra.models import AuditEntry, OutgoingMail
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.org.models import Person, Unit, UnitKind
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor
from tests.support.statements import recorded

URL = re.compile(r'class="slip-url">http://127\.0\.0\.1:8000(/\w+/[0-9a-z-]+)<')


class World(NamedTuple):
    commune: Unit
    neighbour: Unit
    hr: FlaskClient
    anh: Person
    binh: Person
    foreign: Person


@pytest.fixture
def world(session: Session, visitor: Visitor) -> World:
    """A commune with two people without accounts, its HR, and a neighbour with one."""
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE)
    commune = make_unit(session, "XA1", kind=UnitKind.COMMUNE, parent=province, name="Xã Thử Một")
    office = make_unit(session, "XA1.VP", parent=commune, name="Văn phòng xã Thử Một")
    neighbour = make_unit(session, "XA2", kind=UnitKind.COMMUNE, parent=province, name="Xã Khác")
    anh = make_person(session, "CB1", "Lò Thử Ánh")
    binh = make_person(session, "CB2", "Cầm Thử Bình")
    foreign = make_person(session, "CB9", "Quàng Thử Ngoài")
    for person, unit in ((anh, commune), (binh, office), (foreign, neighbour)):
        make_assignment(session, person, unit)
    anh.email = "anh@vidu.example"
    boss = make_person(session, "CB3", "Vì Thử Nhân Sự")
    make_assignment(session, boss, commune)
    hr = make_user(session, "hr.xa1", boss)
    grant(session, hr, Role.HR, commune)
    return World(commune, neighbour, visitor.as_user(hr), anh, binh, foreign)


def _issue(world: World, *people: Person, delivery: str = "SHEET") -> str:
    ids = [str(person.id) for person in people]
    response = world.hr.post("/hr/accounts/links", data={"person_ids": ids, "delivery": delivery})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.text


def _user_of(session: Session, person: Person) -> User:
    session.rollback()
    return session.scalars(select(User).filter_by(person_id=person.id)).one()


def test_the_list_shows_the_own_people_and_nobody_else(world: World) -> None:
    text = world.hr.get("/hr/accounts").text
    assert "Lò Thử Ánh" in text
    assert "Văn phòng xã Thử Một" in text
    assert "Quàng Thử Ngoài" not in text
    assert "2 người chưa có tài khoản." in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=anh", ["Lò Thử Ánh"]),
        ("q=LO+anh", ["Lò Thử Ánh"]),
        ("q=cb2", ["Cầm Thử Bình"]),
        ("q=van+phong", ["Cầm Thử Bình"]),
        ("q=hr.xa1", ["Vì Thử Nhân Sự"]),
        ("q=ngoai", []),
        ("q=%25", []),
        ("state=NONE", ["Lò Thử Ánh", "Cầm Thử Bình"]),
        ("state=WAITING", ["Vì Thử Nhân Sự"]),
        ("state=ACTIVE", []),
        ("state=BOGUS&page=abc", ["Lò Thử Ánh", "Cầm Thử Bình", "Vì Thử Nhân Sự"]),
        ("page=99999999999", []),
    ],
)
def test_the_list_is_searched_without_accents_and_filtered(
    world: World, query: str, found: list[str]
) -> None:
    text = world.hr.get(f"/hr/accounts?{query}").text
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', text) == found


def test_slips_are_in_the_answer_and_lead_to_the_account(
    world: World, session: Session, app: Flask
) -> None:
    text = _issue(world, world.anh, world.binh)
    paths = URL.findall(text)
    assert len(paths) == 2
    for words in ("Lò Thử Ánh", "Xã Thử Một", "anh.lt", "Hãy in trang này ngay.", "data:image/svg"):
        assert words in text
    newcomer = app.test_client()
    answer = newcomer.post(paths[0], data={"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert newcomer.get("/account").status_code == 200


def test_no_later_page_shows_the_slip_again(world: World, session: Session) -> None:
    token = URL.findall(_issue(world, world.anh))[0].rsplit("/", 1)[1]
    for path in ("/hr/accounts", f"/hr/accounts/{world.anh.id}", "/hr/accounts/links"):
        assert token not in world.hr.get(path).text


def test_sending_the_page_twice_keeps_the_first_sheet_good(world: World, app: Flask) -> None:
    form = {"who": "all", "asked_from": utc_now().isoformat()}
    first = URL.findall(world.hr.post("/hr/accounts/links", data=form).text)
    assert len(first) == 2
    ids = [str(world.anh.id), str(world.binh.id)]
    again = world.hr.post("/hr/accounts/links", data={**form, "who": "chosen", "person_ids": ids})
    assert URL.findall(again.text) == []
    assert "Bỏ qua 2 người" in again.text
    repeated = world.hr.post(f"/hr/accounts/{world.anh.id}/link", data=form)
    assert repeated.status_code == 409
    assert app.test_client().get(first[0]).status_code == 200


def test_letters_go_to_those_with_an_address(world: World, session: Session) -> None:
    text = _issue(world, world.anh, world.binh, delivery="MAIL")
    assert "Đã gửi thư cho 1 người: Lò Thử Ánh." in text
    assert len(URL.findall(text)) == 1
    session.rollback()
    assert session.scalars(select(OutgoingMail.recipient)).all() == ["anh@vidu.example"]


def test_nobody_chosen_is_explained(world: World) -> None:
    response = world.hr.post("/hr/accounts/links", data={"person_ids": ["x", ""]})
    assert response.status_code == 422
    assert "Hãy chọn ít nhất một người." in response.text


def test_a_page_of_one_person_offers_what_fits_the_state(world: World, session: Session) -> None:
    url = f"/hr/accounts/{world.anh.id}"
    assert "Cấp tài khoản" in world.hr.get(url).text
    _issue(world, world.anh)
    assert "Cấp lại đường dẫn kích hoạt" in world.hr.get(url).text
    give_password(session, _user_of(session, world.anh))
    assert "Quên mật khẩu" in world.hr.get(url).text
    reset = world.hr.post(f"{url}/link", data={"delivery": "SHEET"})
    assert URL.findall(reset.text)[0].startswith("/reset/")


def test_an_account_is_suspended_and_resumed_with_a_reason(
    world: World, session: Session, visitor: Visitor
) -> None:
    _issue(world, world.anh)
    user = give_password(session, _user_of(session, world.anh))
    browser = visitor.as_user(user)
    url = f"/hr/accounts/{world.anh.id}"
    assert world.hr.post(f"{url}/suspend", data={"reason": " "}).status_code == 422
    assert browser.get("/account").status_code == 200
    assert world.hr.post(f"{url}/suspend", data={"reason": "Nghỉ dài hạn"}).location == url
    assert "Mở lại tài khoản" in world.hr.get(url).text
    assert browser.get("/account").status_code == 302
    assert world.hr.post(f"{url}/resume", data={"reason": "Đi làm lại"}).location == url
    session.rollback()
    done = session.execute(select(AuditEntry.act, AuditEntry.reason).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in done[-2:]] == [
        ("account.suspend", "Nghỉ dài hạn"),
        ("account.resume", "Đi làm lại"),
    ]


@pytest.mark.parametrize("act", ["", "/link", "/suspend", "/resume"])
def test_people_of_another_unit_do_not_exist_here(world: World, session: Session, act: str) -> None:
    user = make_user(session, "ngoai.qt", world.foreign)
    theirs = f"/hr/accounts/{world.foreign.id}{act}"
    nobodys = f"/hr/accounts/999999{act}"
    form = {"reason": "x", "delivery": "SHEET"}
    if act:
        answers = [world.hr.post(theirs, data=form), world.hr.post(nobodys, data=form)]
    else:
        answers = [world.hr.get(theirs), world.hr.get(nobodys)]
    assert [answer.status_code for answer in answers] == [404, 404]
    texts = {re.sub(r"<code>.*?</code>|value=\"[^\"]*\"", "", answer.text) for answer in answers}
    assert len(texts) == 1
    session.rollback()
    assert session.get_one(User, user.id, populate_existing=True).suspended_at is None


def test_choosing_people_of_another_unit_makes_nothing(world: World, session: Session) -> None:
    text = _issue(world, world.foreign)
    assert URL.findall(text) == []
    assert "Quàng" not in text
    session.rollback()
    assert session.scalars(select(User).filter_by(person_id=world.foreign.id)).all() == []


@pytest.mark.parametrize("act", ["link", "suspend", "resume"])
def test_weightier_accounts_are_left_to_the_administrator(
    world: World, session: Session, act: str
) -> None:
    user = make_user(session, "truong.phong", world.anh)
    grant(session, user, Role.LEADER, world.commune)
    url = f"/hr/accounts/{world.anh.id}"
    assert "do quản trị hệ thống quản lý" in world.hr.get(url).text
    assert world.hr.post(f"{url}/{act}", data={"reason": "x"}).status_code == 403
    assert "Bỏ qua 1 người" in _issue(world, world.anh)


def test_hr_of_the_neighbour_sees_nothing_of_this_commune(
    world: World, session: Session, visitor: Visitor
) -> None:
    other = make_user(session, "hr.xa2")
    grant(session, other, Role.HR, world.neighbour)
    browser = visitor.as_user(other)
    assert "Lò Thử Ánh" not in browser.get("/hr/accounts?q=anh").text
    assert browser.get(f"/hr/accounts/{world.anh.id}").status_code == 404


def test_the_list_costs_few_statements_however_long(
    world: World, session: Session, app: Flask
) -> None:
    for number in range(30):
        make_assignment(session, make_person(session, f"N{number}"), world.commune)
    with recorded() as statements:
        world.hr.get("/hr/accounts")
    assert len(statements) <= 6
