"""Pictures of lessons: who gets them, how browsers keep them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.curriculum.media import address, store_picture
from elearn.infra.pictures import PictureInfo
from elearn.kernel.clock import utc_now
from tests.factories.curriculum import make_module
from tests.factories.org import make_user
from tests.support.accounts import Visitor

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8"/></svg>'


@pytest.fixture
def picture(session: Session) -> str:
    """Return the address of a stored picture."""
    info = PictureInfo(content_type="image/svg+xml", width=8, height=8)
    module = make_module(session)
    media = store_picture(session, module.id, "so-do.svg", SVG, info, now=utc_now())
    session.commit()
    return address(media.sha256, "so-do.svg")


@pytest.fixture
def reader(session: Session, visitor: Visitor) -> FlaskClient:
    return visitor.as_user(make_user(session))


def test_a_picture_is_kept_for_a_year(reader: FlaskClient, picture: str) -> None:
    response = reader.get(picture)

    assert (response.status_code, response.mimetype, response.data) == (200, "image/svg+xml", SVG)
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_picture_opened_by_itself_can_do_nothing(reader: FlaskClient, picture: str) -> None:
    headers = reader.get(picture).headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_the_browser_has_is_not_sent_again(reader: FlaskClient, picture: str) -> None:
    etag = reader.get(picture).headers["ETag"]

    response = reader.get(picture, headers={"If-None-Match": etag})

    assert (response.status_code, response.data) == (304, b"")


def test_a_picture_under_another_name_is_not_found(reader: FlaskClient, picture: str) -> None:
    assert reader.get(picture.replace("so-do", "khac")).status_code == 404


def test_the_signed_out_get_no_picture(client: FlaskClient, picture: str) -> None:
    assert client.get(picture).location == f"/login?next={picture}"
