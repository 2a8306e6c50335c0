"""Each role lands on the page that answers its first question; the service tells how it is."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import text
from sqlalchemy.orm import Session

from elearn.kernel.actor import Role
from tests.factories.org import grant, make_person, make_unit, make_user
from tests.support.accounts import Visitor


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.LEARNER, "/learn"),
        (Role.HR, "/hr"),
        (Role.LEADER, "/coverage"),
        (Role.PROGRAMME_OFFICER, "/officer"),
        (Role.AUTHOR, "/author"),
        (Role.REVIEWER, "/author"),
        (Role.ADMIN, "/admin"),
    ],
)
def test_every_role_lands_on_its_page(
    session: Session, visitor: Visitor, role: Role, path: str
) -> None:
    user = make_user(session, person=make_person(session))
    grant(session, user, role, make_unit(session))
    assert visitor.as_user(user).get("/").location == path


def test_nobody_is_led_to_the_sign_in(client: FlaskClient) -> None:
    assert client.get("/").location == "/login"


def test_the_process_answers(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_database_without_migrations_is_not_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 503


def test_a_migrated_database_is_ready(app: Flask, session: Session, client: FlaskClient) -> None:
    stamp()
    answer = client.get("/readyz")
    session.execute(text("drop table alembic_version"))
    session.commit()
    assert answer.status_code == 200
