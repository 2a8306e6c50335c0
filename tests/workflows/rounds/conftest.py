"""The hall in which rounds are held."""

import pytest
from sqlalchemy.orm import Session

from tests.factories.rounds import Hall


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)
