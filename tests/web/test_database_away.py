"""A database that does not answer: 503 with a sentence, for people and for scripts."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.factories.org import make_user
from tests.support.accounts import Visitor


@pytest.fixture
def stranded(session: Session, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Return a signed-in browser of a site whose database has just gone away."""
    client = visitor.as_user(make_user(session))

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("select", {}, Exception("server closed the connection"))

    for name in ("execute", "scalar", "scalars", "connection"):
        monkeypatch.setattr(Session, name, refuse)
    return client


def test_people_are_told_to_try_again(stranded: FlaskClient) -> None:
    answer = stranded.get("/account")
    assert answer.status_code == 503
    assert "Hệ thống đang bận" in answer.text
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Content-Security-Policy"]


def test_scripts_are_told_to_come_again(stranded: FlaskClient) -> None:
    answer = stranded.post("/attempts/1/answers", json={"epoch": 1, "events": []})
    assert (answer.status_code, answer.json["error"]) == (503, "database")
    assert answer.headers["Retry-After"] == "2"
