"""The administrator's pages: users, roles, the audit trail."""

import io
import re
from datetime import timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.org.models import RoleGrant, Unit, UnitKind
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor

URL = re.compile(r'class="slip-url">http://127\.0\.0\.1:8000(/\w+/[0-9a-z-]+)<')
ROWS = re.compile(r'<th scope="row"><a [^>]*>([^<]*)</a>')


class World(NamedTuple):
    province: Unit
    commune: Unit
    admin: User
    browser: FlaskClient


@pytest.fixture
def world(session: Session, visitor: Visitor) -> World:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    commune = make_unit(session, "XA1", kind=UnitKind.COMMUNE, parent=province, name="Xã Thử Một")
    make_unit(session, "XA2", kind=UnitKind.COMMUNE, parent=province, name="Xã Thử Hai")
    admin = make_user(session, "quan.tri")
    grant(session, admin, Role.ADMIN, province)
    return World(province, commune, admin, visitor.as_user(admin))


def _named(session: Session, username: str, name: str) -> User:
    user = make_user(session, username)
    user.display_name = name
    user.search_text = f"{name.lower()} {username}"
    session.commit()
    return user


def test_the_first_page_counts_accounts_and_shows_the_latest_acts(
    world: World, session: Session
) -> None:
    give_password(session, make_user(session))
    text = world.browser.get("/admin").text
    assert re.findall(r'class="stat-value">(\d+)<', text) == ["1", "1", "0"]
    assert "Chưa có việc nào được ghi." in text


def test_users_are_searched_without_accents_and_filtered(world: World, session: Session) -> None:
    leader = make_user(session, "anh.lt", make_person(session, full_name="Lò Thử Ánh"))
    grant(session, leader, Role.LEADER, world.commune)
    barred = make_user(session, "binh.ct", make_person(session, full_name="Cầm Thử Bình"))
    barred.suspended_at = utc_now()
    session.commit()

    def found(query: str) -> list[str]:
        return ROWS.findall(world.browser.get(f"/admin/users?{query}").text)

    assert found("") == ["Lò Thử Ánh", "Cầm Thử Bình", "quan.tri"]
    assert found("q=LO+anh") == ["Lò Thử Ánh"]
    assert found("q=anh.lt") == ["Lò Thử Ánh"]
    assert found("q=%25") == []
    assert found("role=LEADER") == ["Lò Thử Ánh"]
    assert found("state=SUSPENDED") == ["Cầm Thử Bình"]
    assert found("state=NONSENSE&role=KING&page=-1") == ["Lò Thử Ánh", "Cầm Thử Bình", "quan.tri"]


def test_long_lists_are_cut_into_pages(world: World, session: Session) -> None:
    session.add_all(
        User(username=f"nv{number:03}", display_name=f"NV {number}", created_at=utc_now())
        for number in range(60)
    )
    session.commit()
    first = world.browser.get("/admin/users").text
    assert len(ROWS.findall(first)) == 50
    assert "Dòng 1–50 trong 61" in first
    assert len(ROWS.findall(world.browser.get("/admin/users?page=2").text)) == 11


def test_an_administrator_of_a_commune_sees_its_users_and_those_without_a_place(
    world: World, session: Session, visitor: Visitor
) -> None:
    local = make_user(session, "quan.tri.xa")
    grant(session, local, Role.ADMIN, world.commune)
    person = make_person(session, full_name="Lò Thử Ánh")
    make_assignment(session, person, world.commune)
    make_user(session, "anh.lt", person)
    _named(session, "khong.noi", "Người Không Nơi")
    browser = visitor.as_user(local)
    listed = ROWS.findall(browser.get("/admin/users").text)
    assert sorted(listed) == ["Lò Thử Ánh", "Người Không Nơi", "quan.tri.xa"]
    assert browser.get(f"/admin/users/{world.admin.id}").status_code == 404


def test_a_user_is_added_and_his_link_shown_once(
    world: World, session: Session, app: Flask
) -> None:
    form = {
        "username": "moi.nv",
        "display_name": "Người Mới",
        "role": "AUTHOR",
        "unit": "xa thu mot",
        "delivery": "SHEET",
    }
    response = world.browser.post("/admin/users/new", data=form)
    assert response.headers["Cache-Control"] == "no-store"
    path = URL.findall(response.text)[0]
    newcomer = app.test_client()
    newcomer.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert newcomer.get("/author").status_code == 200
    session.rollback()
    user = session.scalars(select(User).filter_by(username="moi.nv")).one()
    text = world.browser.get(f"/admin/users/{user.id}").text
    assert path not in text
    assert "Xã Thử Một (XA1)" in text
    assert "Kích hoạt tài khoản" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "quan.tri"}, "đã có người dùng"),
        ({"username": "a b@"}, "không dùng được"),
        ({"unit": "Xã Thử"}, "Có nhiều đơn vị phù hợp"),
        ({"unit": "Không Có"}, "Không có đơn vị nào là “Không Có”."),
        ({"person_code": "P404"}, "Không có người nào mang mã “P404”."),
        ({"role": "KING"}, "Lựa chọn không hợp lệ."),
        ({"email": "sai"}, "Địa chỉ thư điện tử không hợp lệ."),
        ({"first": "2026-13-45"}, "Ngày không hợp lệ"),
        ({"first": "2026-05-02", "last": "2026-05-01"}, "Ngày kết thúc phải sau ngày bắt đầu."),
        ({"username": ""}, "Mục này không được để trống."),
        ({"display_name": "x" * 1_000_000}, "Không được dài quá 120 ký tự."),
    ],
)
def test_a_user_that_cannot_be_added_is_explained(
    world: World, session: Session, changes: dict[str, str], words: str
) -> None:
    form = {"username": "moi.nv", "role": "AUTHOR", "unit": "XA1", **changes}
    response = world.browser.post("/admin/users/new", data=form)
    assert response.status_code in (404, 409, 422)
    assert words in response.text
    session.rollback()
    assert session.scalars(select(User.username)).all() == ["quan.tri"]


def test_a_role_is_granted_and_ended(world: World, session: Session, visitor: Visitor) -> None:
    user = make_user(session)
    url = f"/admin/users/{user.id}"
    browser = visitor.as_user(user)
    assert browser.get("/author").status_code == 403
    form = {"role": "AUTHOR", "unit": "XA1", "first": "", "last": ""}
    assert world.browser.post(f"{url}/roles", data=form).location == url
    assert browser.get("/author").status_code == 200
    session.rollback()
    grant_id = session.scalars(select(RoleGrant.id).filter_by(user_id=user.id)).one()
    assert world.browser.post(f"{url}/roles/{grant_id}/end", data={"last": ""}).location == url
    assert browser.get("/author").status_code == 403


def test_the_last_day_of_a_role_is_shown_as_people_say_it(world: World, session: Session) -> None:
    user = make_user(session)
    form = {"role": "HR", "unit": "XA1", "first": "2026-01-01", "last": "2999-06-30"}
    world.browser.post(f"/admin/users/{user.id}/roles", data=form)
    assert "30/06/2999" in world.browser.get(f"/admin/users/{user.id}").text
    again = world.browser.post(f"/admin/users/{user.id}/roles", data=form)
    assert again.status_code == 409
    assert "đã có vai trò đó" in again.text


def test_a_user_is_suspended_resumed_and_gets_links(
    world: World, session: Session, visitor: Visitor
) -> None:
    user = give_password(session, make_user(session))
    url = f"/admin/users/{user.id}"
    browser = visitor.as_user(user)
    assert browser.get("/account").status_code == 200
    assert world.browser.post(f"{url}/suspend", data={"reason": ""}).status_code == 422
    assert world.browser.post(f"{url}/suspend", data={"reason": "Mất máy"}).location == url
    assert browser.get("/account").status_code == 302
    assert world.browser.post(f"{url}/link").status_code == 409
    assert world.browser.post(f"{url}/resume", data={"reason": "Đã rõ"}).location == url
    assert URL.findall(world.browser.post(f"{url}/link").text)[0].startswith("/reset/")
    text = world.browser.get(url).text
    assert "Lý do: Mất máy" in text


def test_the_address_for_letters_is_changed(world: World, session: Session) -> None:
    user = make_user(session)
    form = {"display_name": "Tên Mới", "email": "moi@vidu.example"}
    world.browser.post(f"/admin/users/{user.id}/describe", data=form)
    session.rollback()
    changed = session.get_one(User, user.id, populate_existing=True)
    assert (changed.display_name, changed.email) == ("Tên Mới", "moi@vidu.example")
    assert ROWS.findall(world.browser.get("/admin/users?q=ten+moi").text) == ["Tên Mới"]


@pytest.mark.parametrize("act", ["roles", "roles/1/end", "link", "suspend", "resume", "describe"])
def test_nobody_changes_his_own_account_here(world: World, act: str) -> None:
    form = {"reason": "x", "role": "AUTHOR", "unit": "XA1", "display_name": "x"}
    response = world.browser.post(f"/admin/users/{world.admin.id}/{act}", data=form)
    assert response.status_code == 403
    assert "Cấp thêm vai trò" not in world.browser.get(f"/admin/users/{world.admin.id}").text


def _acts(world: World, query: str = "") -> list[str]:
    text = world.browser.get(f"/admin/audit?{query}").text
    return re.findall(r'<th scope="row">([^<]*)<', text)


def _entry(session: Session, act: str, actor: User | None, days_ago: int = 0) -> None:
    session.add(
        AuditEntry(
            at=utc_now() - timedelta(days=days_ago),
            actor_user_id=actor.id if actor else None,
            act=act,
            subject_type="attempt",
            subject_id="7",
            details={"score": "98.7654", "role": "HR"},
        )
    )
    session.commit()


def test_the_trail_is_filtered_by_act_actor_and_day(world: World, session: Session) -> None:
    person = make_person(session, full_name="Lò Thử Ánh")
    anh = make_user(session, "anh.lt", person)
    _entry(session, "account.suspend", anh, 10)
    _entry(session, "role.grant", world.admin, 5)
    _entry(session, "account.create", None)
    day = (today() - timedelta(days=5)).isoformat()
    assert _acts(world) == ["Tạo tài khoản", "Cấp vai trò", "Tạm khóa tài khoản"]
    assert _acts(world, "area=account") == ["Tạo tài khoản", "Tạm khóa tài khoản"]
    assert _acts(world, "actor=lo+anh") == ["Tạm khóa tài khoản"]
    assert _acts(world, f"first={day}") == ["Tạo tài khoản", "Cấp vai trò"]
    assert _acts(world, f"last={day}") == ["Cấp vai trò", "Tạm khóa tài khoản"]
    assert _acts(world, f"first={day}&last={day}") == ["Cấp vai trò"]
    assert len(_acts(world, "area=x&first=hom-qua&page=0")) == 3


def test_the_trail_shows_no_figures_of_the_trade(world: World, session: Session) -> None:
    _entry(session, "attempt.regrade", world.admin)
    text = world.browser.get("/admin/audit").text
    assert "attempt.regrade" in text
    assert "98.7654" not in text
    assert "98.7654" not in text


def test_an_administrator_of_a_commune_reads_acts_of_its_people(
    world: World, session: Session, visitor: Visitor
) -> None:
    local = make_user(session, "quan.tri.xa")
    grant(session, local, Role.ADMIN, world.commune)
    _entry(session, "account.create", world.admin)
    _entry(session, "account.resume", local)
    text = visitor.as_user(local).get("/admin/audit").text
    assert "Mở lại tài khoản" in text
    assert "Tạo tài khoản" not in text


def test_the_trail_is_exported_with_its_filter(world: World, session: Session) -> None:
    _entry(session, "account.create", world.admin)
    _entry(session, "role.grant", world.admin)
    response = world.browser.get("/admin/audit/export?area=role&shape=xlsx")
    sheet = load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("Thời điểm", "Người thực hiện", "Việc")
    assert [row[1:4] for row in rows[1:]] == [("quan.tri", "Cấp vai trò", "attempt 7")]
    assert world.browser.get("/admin/audit/export?shape=csv").data.startswith(b"\xef\xbb\xbf")
    assert world.browser.get("/admin/audit/export?shape=exe").status_code == 422
