"""Signing in and out in a browser, and the page of the own account."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.accounts.models import SignInSession, User
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.web.auth.visit import device_of
from elearn.web.urls import safe_path
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor

TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
NEW = "gió thổi qua rừng thông"


@pytest.fixture
def user(session: Session) -> User:
    unit = make_unit(session, name="Sở Mẫu")
    person = make_person(session, "CB007", "Lò Thử Ánh")
    make_assignment(session, person, unit)
    made = give_password(session, make_user(session, "anh.lt", person))
    grant(session, made, Role.LEARNER, unit)
    return made


def _sign_in(
    client: FlaskClient, username: str = "anh.lt", password: str = PASSWORD, url: str = "/login"
) -> TestResponse:
    return client.post(url, data={"username": username, "password": password})


def _page(response: TestResponse, username: str) -> str:
    return TOKEN.sub("", response.text).replace(username, "…")


def test_the_right_password_leads_to_ones_first_page(user: User, client: FlaskClient) -> None:
    assert _sign_in(client).location == "/"
    assert client.get("/account").status_code == 200


def test_one_returns_to_the_page_one_wanted(user: User, client: FlaskClient) -> None:
    to_login = client.get("/account?x=1")
    assert to_login.location == "/login?next=/account?x%3D1"
    assert _sign_in(client, url=to_login.location).location == "/account?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://ke-gian.example",
        "//ke-gian.example",
        "/\\ke-gian.example",
        "/\t/ke-gian.example",
        "/\r//ke-gian.example",
        "\\\\ke-gian.example",
        "javascript:alert(1)",
        "ke-gian.example",
    ],
)
def test_nobody_is_led_to_another_site(user: User, client: FlaskClient, target: str) -> None:
    assert safe_path(target) == "/"
    response = client.post(
        "/login", query_string={"next": target}, data={"username": "anh.lt", "password": PASSWORD}
    )
    assert (response.status_code, response.location) == (302, "/")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    user: User, client: FlaskClient
) -> None:
    client.get("/login")
    wrong = _sign_in(client, "anh.lt", "sai mật khẩu")
    unknown = _sign_in(client, "khong.co", "sai mật khẩu")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert _page(wrong, "anh.lt") == _page(unknown, "khong.co")
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong.text
    assert set(wrong.headers.keys()) == set(unknown.headers.keys())


def test_the_password_is_never_sent_back(user: User, client: FlaskClient) -> None:
    assert "sai-mat-khau-rieng" not in _sign_in(client, password="sai-mat-khau-rieng").text


def test_too_many_tries_are_told_when_to_come_back(user: User, client: FlaskClient) -> None:
    for _ in range(5):
        _sign_in(client, password="sai")
    refused = _sign_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15
    assert "Bạn đã thử quá nhiều lần." in refused.text


def test_signing_in_gives_a_new_cookie_and_ends_the_session_before(
    user: User, client: FlaskClient, session: Session
) -> None:
    _sign_in(client)
    first = client.get_cookie("elearn")
    _sign_in(client)
    second = client.get_cookie("elearn")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    session.rollback()
    ended = session.scalars(select(SignInSession.ended_at).order_by(SignInSession.id)).all()
    assert [at is not None for at in ended] == [True, False]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    user: User, client: FlaskClient
) -> None:
    cookie = _sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_one_press_signs_out_for_good(user: User, client: FlaskClient, app: Flask) -> None:
    _sign_in(client)
    stolen = client.get_cookie("elearn")
    assert stolen is not None
    response = client.post("/logout")
    assert response.location == "/login?left=1"
    assert response.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert response.headers["Cache-Control"] == "no-store"
    assert "Bạn đã đăng xuất." in client.get(response.location).text
    thief = app.test_client()
    thief.set_cookie("elearn", stolen.value)
    assert thief.get("/account").location.startswith("/login")


def test_signing_out_twice_or_signed_out_is_no_error(client: FlaskClient) -> None:
    assert client.post("/logout").status_code == 302


def test_sign_out_is_no_link(user: User, client: FlaskClient) -> None:
    _sign_in(client)
    assert client.get("/logout").status_code == 405
    assert client.get("/account").status_code == 200


def test_private_pages_are_not_stored(user: User, client: FlaskClient) -> None:
    _sign_in(client)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_a_suspended_user_is_out_at_the_next_request(
    user: User, client: FlaskClient, session: Session
) -> None:
    _sign_in(client)
    assert client.get("/account").status_code == 200
    user.suspended_at = utc_now()
    session.commit()
    assert client.get("/account").location.startswith("/login")
    assert client.post("/account/language", data={"locale": "en"}).status_code == 401


def test_an_idle_session_asks_to_sign_in_again(
    user: User, visitor: Visitor, session: Session
) -> None:
    browser = visitor.as_user(user)
    row = session.scalars(select(SignInSession)).one()
    row.last_seen_at = utc_now() - timedelta(minutes=31)
    session.commit()
    response = browser.get("/account")
    assert response.location == "/login?next=/account"
    assert "tự kết thúc sau 30 phút" in browser.get(response.location).text


def test_a_page_keeps_the_session_awake_but_writes_once_a_minute(
    user: User, visitor: Visitor, session: Session
) -> None:
    browser = visitor.as_user(user)
    row = session.scalars(select(SignInSession)).one()
    fresh = utc_now() - timedelta(seconds=50)
    row.last_seen_at = fresh
    session.commit()
    browser.get("/account")
    session.refresh(row)
    assert row.last_seen_at == fresh
    row.last_seen_at = utc_now() - timedelta(minutes=5)
    session.commit()
    browser.get("/account")
    session.refresh(row)
    assert utc_now() - row.last_seen_at < timedelta(minutes=1)


def test_the_account_page_shows_own_data_roles_and_sessions(
    user: User, visitor: Visitor, client: FlaskClient
) -> None:
    visitor.as_user(user)
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130.0 Safari/537"
    client.post(
        "/login",
        data={"username": "anh.lt", "password": PASSWORD},
        headers={"User-Agent": agent},
    )
    text = client.get("/account").text
    for words in ("Lò Thử Ánh", "CB007", "Sở Mẫu", "Học viên", "Chrome, Windows", "phiên này"):
        assert words in text
    assert "Kết thúc mọi phiên khác" in text


def test_a_changed_password_ends_sessions_elsewhere(
    user: User, visitor: Visitor, app: Flask
) -> None:
    here, there = visitor.as_user(user), visitor.as_user(user)
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert here.post("/account/password", data=form).location == "/account"
    assert "Đã đổi mật khẩu." in here.get("/account").text
    assert there.get("/account").status_code == 302
    assert _sign_in(app.test_client(), password=NEW).status_code == 302


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"old": "sai", "password": NEW, "again": NEW}, "Mật khẩu hiện tại không đúng."),
        ({"old": PASSWORD, "password": NEW, "again": "khác"}, "Hai lần nhập không giống nhau."),
        ({"old": PASSWORD, "password": "ngắn", "again": "ngắn"}, "Mật khẩu phải có ít nhất 12"),
        ({}, "Mục này không được để trống."),
    ],
)
def test_a_password_that_cannot_be_changed_is_explained(
    user: User, visitor: Visitor, form: dict[str, str], words: str
) -> None:
    browser = visitor.as_user(user)
    response = browser.post("/account/password", data=form)
    assert response.status_code == 422
    assert words in response.text
    assert browser.get("/account").status_code == 200


def test_sessions_elsewhere_end_on_request(user: User, visitor: Visitor) -> None:
    here, there = visitor.as_user(user), visitor.as_user(user)
    assert here.post("/account/sessions/end-others").location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_the_language_is_kept_in_the_account(user: User, visitor: Visitor) -> None:
    browser = visitor.as_user(user)
    browser.post("/account/language", data={"locale": "en"})
    assert '<html lang="en">' in browser.get("/account").text
    assert '<html lang="en">' in visitor.as_user(user).get("/account").text
    browser.post("/account/language", data={"locale": "xx"})
    assert '<html lang="en">' in browser.get("/account").text


def test_forms_without_a_token_are_refused(user: User, visitor: Visitor, app: Flask) -> None:
    browser = visitor.as_user(user)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        response = browser.post("/account/sessions/end-others")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert response.status_code == 400
    assert "Phiên làm việc đã hết hạn." in response.text


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:132.0) Firefox/132.0", "Firefox, Windows"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_told_by_its_families(agent: str, device: str) -> None:
    assert device_of(agent) == device
