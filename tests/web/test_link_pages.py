"""Links in a browser: activation, reset, a forgotten password."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, OneTimeLink, SignInSession, User
from elearn.infra.models import OutgoingMail
from elearn.kernel.clock import utc_now
from tests.factories.accounts import PASSWORD, give_password, make_link
from tests.factories.org import make_person, make_user
from tests.support.accounts import Visitor

CHOSEN = {"password": PASSWORD, "again": PASSWORD}
VARIES = re.compile(r'name="csrf_token" value="[^"]*"|name="next" value="[^"]*"|<code>.*?</code>')


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session, "anh.lt", make_person(session, full_name="Lò Thử Ánh"))


def test_the_page_greets_and_the_chosen_password_opens_the_site(
    user: User, session: Session, client: FlaskClient, app: Flask
) -> None:
    path = make_link(session, user).path
    page = client.get(path)
    assert "Chào Lò Thử Ánh" in page.text
    assert "anh.lt" in page.text
    assert client.post(path, data=CHOSEN).location == "/"
    assert "Đã đặt mật khẩu." in client.get("/account").text
    other = app.test_client()
    signed_in = other.post("/login", data={"username": "anh.lt", "password": PASSWORD})
    assert signed_in.status_code == 302


def test_the_page_of_a_link_is_kept_nowhere(
    user: User, session: Session, client: FlaskClient
) -> None:
    page = client.get(make_link(session, user).path)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_unknown_used_and_old_links_look_the_same(
    user: User, session: Session, client: FlaskClient, app: Flask
) -> None:
    used, old = make_link(session, user), make_link(session, user)
    client.post(used.path, data=CHOSEN)
    session.rollback()
    session.execute(OneTimeLink.__table__.update().values(expires_at=utc_now()))
    session.commit()
    stranger = app.test_client()
    pages = [
        stranger.get(path)
        for path in (used.path, old.path, "/activate/aaaa-bbbb-cccc-dddd-eeee-ffff", "/reset/x")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({VARIES.sub("", page.text) for page in pages}) == 1
    assert "không còn dùng được" in pages[0].text
    assert stranger.post(used.path, data=CHOSEN).status_code == 404


def test_an_activation_link_is_no_reset_link(
    user: User, session: Session, client: FlaskClient
) -> None:
    link = make_link(session, user)
    assert client.get(f"/reset/{link.token}").status_code == 404
    assert client.get(link.path).status_code == 200


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"password": "ngắn quá", "again": "ngắn quá"}, "Mật khẩu phải có ít nhất 12 ký tự."),
        ({"password": "matkhau123456", "again": "matkhau123456"}, "quá dễ đoán"),
        ({"password": "lothuanh1990", "again": "lothuanh1990"}, "không được dựa vào tên"),
        ({"password": PASSWORD, "again": PASSWORD + "x"}, "Hai lần nhập không giống nhau."),
        ({}, "Mục này không được để trống."),
    ],
)
def test_a_poor_password_is_explained_and_the_link_stays_good(
    user: User, session: Session, client: FlaskClient, form: dict[str, str], words: str
) -> None:
    path = make_link(session, user).path
    response = client.post(path, data=form)
    assert response.status_code == 422
    assert words in response.text
    assert client.post(path, data=CHOSEN).status_code == 302


def test_the_code_of_a_sheet_may_be_typed(
    user: User, session: Session, client: FlaskClient
) -> None:
    token = make_link(session, user).token
    typed = f"  {token.upper().replace('-', ' ')} "
    response = client.post("/activate", data={"code": typed})
    assert response.location == "/activate/" + token.replace("-", "")
    assert client.get(response.location).status_code == 200
    assert client.post("/activate", data={"code": " "}).status_code == 422


def test_whoever_was_signed_in_here_is_signed_out(
    user: User, session: Session, visitor: Visitor
) -> None:
    browser = visitor.as_user(make_user(session, "nguoi.truoc"))
    browser.post(make_link(session, user).path, data=CHOSEN)
    assert "Lò Thử Ánh" in browser.get("/account").text
    session.rollback()
    ended = session.scalars(select(SignInSession.ended_at).order_by(SignInSession.id)).all()
    assert [at is not None for at in ended] == [True, False]


def test_a_reset_ends_all_sessions(user: User, session: Session, visitor: Visitor) -> None:
    give_password(session, user)
    elsewhere = visitor.as_user(user)
    link = make_link(session, user, LinkPurpose.RESET)
    other = visitor.app.test_client()
    assert other.post(link.path, data=CHOSEN).status_code == 302
    assert elsewhere.get("/account").status_code == 302


def test_a_link_dies_after_72_hours(user: User, session: Session, client: FlaskClient) -> None:
    path = make_link(session, user).path
    row = session.scalars(select(OneTimeLink)).one()
    row.expires_at = utc_now() - timedelta(seconds=1)
    session.commit()
    assert client.get(path).status_code == 404


def test_a_forgotten_password_gets_one_answer_for_everybody(
    user: User, session: Session, client: FlaskClient
) -> None:
    user.email = "anh@vidu.example"
    session.commit()
    answers = [client.post("/forgot", data={"username": name}) for name in ("anh.lt", "khong.co")]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (302, "/forgot?sent=1")
    }
    assert answers[0].text == answers[1].text
    assert "Nếu tài khoản có địa chỉ thư điện tử" in client.get("/forgot?sent=1").text
    session.rollback()
    assert session.scalars(select(OutgoingMail.recipient)).all() == ["anh@vidu.example"]


def test_without_mail_the_page_sends_to_hr(
    user: User, session: Session, client: FlaskClient, app: Flask
) -> None:
    backend = app.config["MAIL_BACKEND"]
    app.config["MAIL_BACKEND"] = "console"
    try:
        page = client.get("/forgot")
        client.post("/forgot", data={"username": "anh.lt"})
    finally:
        app.config["MAIL_BACKEND"] = backend
    assert "Hãy liên hệ cán bộ nhân sự" in page.text
    assert "<input class=" not in page.text
    session.rollback()
    assert session.scalars(select(OutgoingMail)).all() == []


def test_letters_cannot_be_asked_for_without_end(user: User, client: FlaskClient) -> None:
    for _ in range(3):
        client.post("/forgot", data={"username": "anh.lt"})
    response = client.post("/forgot", data={"username": "anh.lt"})
    assert response.status_code == 429
    assert "Retry-After" in response.headers
