"""Who writes and who reviews, each with a browser."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.kernel.actor import Actor, Role
from tests.factories.authoring import make_staff
from tests.support.accounts import Visitor


@dataclass(frozen=True)
class Staff:
    """Somebody with his browser."""

    actor: Actor
    client: FlaskClient


def _staff(session: Session, visitor: Visitor, *roles: Role, name: str) -> Staff:
    user, actor = make_staff(session, *roles, name=name)
    return Staff(actor, visitor.as_user(user))


@pytest.fixture
def author(session: Session, visitor: Visitor) -> Staff:
    return _staff(session, visitor, Role.AUTHOR, name="nguoi-soan")


@pytest.fixture
def colleague(session: Session, visitor: Visitor) -> Staff:
    return _staff(session, visitor, Role.AUTHOR, name="dong-nghiep")


@pytest.fixture
def reviewer(session: Session, visitor: Visitor) -> Staff:
    return _staff(session, visitor, Role.REVIEWER, name="nguoi-tham-dinh")
