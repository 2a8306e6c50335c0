"""Signing in again on the page of an attempt: the same person, the same device, a new token."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.accounts.models import SignInSession, User
from elearn.assessment.models import AttemptEpoch
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_learner
from tests.support.accounts import Visitor


@dataclass
class Sitting:
    """A learner with a password at a sheet, and his browser."""

    session: Session
    learner: User
    browser: FlaskClient
    id: int

    def sign_in(self, browser: FlaskClient, username: str, password: str, **more: object):
        given = {"username": username, "password": password, "epoch": 1, **more}
        return browser.post(f"/attempts/{self.id}/sign-in", json=given)

    def holder(self) -> SignInSession:
        self.session.rollback()
        return self.session.scalars(
            select(SignInSession)
            .join(AttemptEpoch, AttemptEpoch.session_id == SignInSession.id)
            .order_by(AttemptEpoch.epoch.desc())
        ).first()


@pytest.fixture
def sitting(session: Session, visitor: Visitor) -> Sitting:
    make_question(session, "q1")
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}])
    learner = give_password(session, make_learner(session))
    browser = visitor.as_user(learner)
    attempt_id = int(str(browser.post("/papers/de").location).rsplit("/", 1)[1])
    return Sitting(session, learner, browser, attempt_id)


def _opens(browser: FlaskClient, sitting: Sitting) -> bool:
    return "Câu hỏi thử?" in browser.get(f"/attempts/{sitting.id}").text


def test_the_new_session_holds_the_attempt(sitting: Sitting, client: FlaskClient) -> None:
    before = sitting.holder().id
    answer = sitting.sign_in(client, sitting.learner.username, PASSWORD)
    assert (answer.status_code, list(answer.get_json())) == (200, ["csrf_token"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert sitting.holder().id != before
    assert _opens(client, sitting)
    assert not _opens(sitting.browser, sitting)


def test_a_device_that_was_superseded_stays_so(
    sitting: Sitting, client: FlaskClient, visitor: Visitor
) -> None:
    second = visitor.as_user(sitting.learner)
    second.post(f"/attempts/{sitting.id}/take-over")
    held = sitting.holder().id
    assert sitting.sign_in(client, sitting.learner.username, PASSWORD).status_code == 200
    assert sitting.holder().id == held
    assert _opens(second, sitting)
    assert not _opens(client, sitting)


def test_somebody_else_is_refused_and_not_signed_in(sitting: Sitting, client: FlaskClient) -> None:
    other = give_password(sitting.session, make_learner(sitting.session))
    answer = sitting.sign_in(client, other.username, PASSWORD)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "assessment.other_person")
    assert client.get("/learn").status_code == 302
    sitting.session.rollback()
    assert [
        row
        for row in sitting.session.scalars(
            select(SignInSession).where(SignInSession.user_id == other.id)
        )
        if row.ended_at is None
    ] == []


def test_a_wrong_password_is_told_as_on_the_sign_in_page(
    sitting: Sitting, client: FlaskClient
) -> None:
    answer = sitting.sign_in(client, sitting.learner.username, "sai mật khẩu này")
    assert answer.status_code == 422
    assert "mật khẩu" in answer.get_json()["message"]
    unknown = sitting.sign_in(client, "khong-co-ai", "sai mật khẩu này")
    assert unknown.get_json() == answer.get_json()


def test_tries_are_counted_like_those_of_the_sign_in_page(
    sitting: Sitting, client: FlaskClient
) -> None:
    def tried() -> TestResponse:
        return sitting.sign_in(client, sitting.learner.username, "sai mật khẩu này")

    answers = [tried() for _ in range(25)]
    assert answers[-1].status_code == 429
    assert "Retry-After" in answers[-1].headers


@pytest.mark.parametrize(
    "payload",
    [
        [],
        {},
        {"username": "a", "password": "b"},
        {"username": 1, "password": "b", "epoch": 1},
    ],
)
def test_another_shape_is_refused(sitting: Sitting, client: FlaskClient, payload: object) -> None:
    answer = client.post(f"/attempts/{sitting.id}/sign-in", json=payload)
    assert (answer.status_code, answer.get_json()["error"]) == (422, "sign_in.fields")


def test_the_form_token_is_wanted_and_the_new_one_works(
    app: Flask, sitting: Sitting, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sitting.sign_in(client, sitting.learner.username, PASSWORD).status_code == 400
        page = client.get("/login").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        given = {"username": sitting.learner.username, "password": PASSWORD, "epoch": 1}
        answer = client.post(
            f"/attempts/{sitting.id}/sign-in", json=given, headers={"X-CSRFToken": token}
        )
        fresh = answer.get_json()["csrf_token"]
        saved = client.post(
            f"/attempts/{sitting.id}/answers",
            json={"epoch": 1, "events": []},
            headers={"X-CSRFToken": fresh},
        )
        assert saved.status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
