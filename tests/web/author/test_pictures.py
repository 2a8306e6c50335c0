"""Uploading pictures: what is taken, what is refused, and what is stored."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from elearn.curriculum.models import Media
from elearn.infra import storage
from elearn.infra.models import AuditEntry
from elearn.infra.uploads import MAX_BYTES
from elearn.workflows import author_pictures
from tests.factories.authoring import lesson_text
from tests.factories.curriculum import make_lesson, make_module
from tests.web.author.conftest import Staff
from tests.web.author.test_lesson_editor import FIELDS

ADDRESS = "/author/modules/m1/pictures"
MARKER = b"<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def module(session: Session) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1")


def _png(colour: str = "red", size: tuple[int, int] = (40, 20)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, format="PNG")
    return out.getvalue()


def _upload(
    client: FlaskClient, content: bytes, file_name: str = "Sơ đồ.png", name: str = ""
) -> TestResponse:
    # Encoded here: the client would put a large file into a temporary one and leave it open.
    file = FileStorage(BytesIO(content), filename=file_name)
    boundary, body = encode_multipart({"picture": file, "name": name})
    return client.post(ADDRESS, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def _stored(session: Session) -> list[Media]:
    session.rollback()
    return list(session.scalars(select(Media).order_by(Media.id)))


def test_a_picture_is_stored_under_a_plain_name(author: Staff, session: Session) -> None:
    assert _upload(author.client, _png()).location == ADDRESS
    (media,) = _stored(session)
    assert (media.name, media.content_type) == ("so-do.png", "image/png")
    assert (media.width, media.height) == (40, 20)
    assert storage.get(media.storage_key).startswith(b"\x89PNG")
    page = author.client.get(ADDRESS).text
    assert "Đã thêm hình so-do.png." in page
    assert "![mô tả hình](media/so-do.png)" in page
    served = author.client.get(f"/media/{media.sha256}/so-do.png")
    assert (served.status_code, served.content_type) == (200, "image/png")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_id) == ("picture.add", "m1")


def test_a_stored_picture_shows_in_the_preview(author: Staff, session: Session) -> None:
    _upload(author.client, _png(), name="Biểu đồ tiến độ")
    (media,) = _stored(session)
    fields = {**FIELDS, "body": "![Tiến độ](media/bieu-do-tien-do.png)\n"}
    page = author.client.post("/author/lessons/bai-1/preview", data=fields).text
    assert f'src="/media/{media.sha256}/bieu-do-tien-do.png"' in page
    assert "chỗ phải sửa" not in page


def test_the_same_picture_is_kept_once_another_gets_a_number(
    author: Staff, session: Session
) -> None:
    _upload(author.client, _png("red"))
    _upload(author.client, _png("red"), "ten-khac.png")
    _upload(author.client, _png("blue"))
    assert [media.name for media in _stored(session)] == ["so-do.png", "so-do-2.png"]


def test_names_cannot_leave_the_folder(author: Staff, session: Session) -> None:
    _upload(author.client, _png("red"), name="../../etc/passwd")
    _upload(author.client, _png("blue"), name="…")
    assert [media.name for media in _stored(session)] == ["passwd.png", "hinh.png"]


def test_what_hides_in_a_picture_is_not_stored(author: Staff, session: Session) -> None:
    _upload(author.client, _png() + b"PK\x03\x04" + MARKER)
    (media,) = _stored(session)
    assert MARKER not in storage.get(media.storage_key)


@pytest.mark.parametrize(
    ("content", "file_name", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "Hình SVG không nhận qua trình"),
        (b"<svg onload='x'/>", "a.png", "Hình SVG không nhận qua trình"),
        (b"<html>" + MARKER, "a.png", "Chỉ nhận hình PNG, JPEG hoặc WebP"),
        (b"GIF89a" + MARKER, "a.gif", "Chỉ nhận hình PNG, JPEG hoặc WebP"),
        (b"\x89PNG\r\n\x1a\n" + MARKER, "a.png", "Tệp hình bị hỏng"),
        (b"", "a.png", "Tệp hình trống"),
        (_png() + bytes(MAX_BYTES), "a.png", "Tệp hình quá lớn: tối đa 8 MB"),
        (_png(size=(6000, 6000)), "a.png", "quá nhiều điểm ảnh"),
    ],
)
def test_anything_else_is_refused_with_a_reason(
    author: Staff, session: Session, content: bytes, file_name: str, words: str
) -> None:
    response = _upload(author.client, content, file_name)
    assert response.status_code == 422
    assert words in response.text
    assert _stored(session) == []


def test_no_file_is_said(author: Staff) -> None:
    response = author.client.post(ADDRESS, data={}, content_type="multipart/form-data")
    assert response.status_code == 422
    assert "Hãy chọn một tệp hình." in response.text


def test_reviewers_look_and_do_not_add(reviewer: Staff, session: Session) -> None:
    assert reviewer.client.get(ADDRESS).status_code == 200
    assert _upload(reviewer.client, _png()).status_code == 403
    assert _stored(session) == []


def test_nobody_fills_the_store(
    author: Staff, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(author_pictures, "MAX_PER_DAY", 1)
    _upload(author.client, _png("red"))
    response = _upload(author.client, _png("blue"))
    assert response.status_code == 429
    assert "Hãy thử lại sau" in response.text
    assert len(_stored(session)) == 1


def test_a_full_module_takes_no_more(
    author: Staff, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(author_pictures, "MAX_PER_MODULE", 1)
    _upload(author.client, _png("red"))
    assert _upload(author.client, _png("blue")).status_code == 422
    assert len(_stored(session)) == 1


def test_a_lesson_with_an_uploaded_picture_is_fit(author: Staff, session: Session) -> None:
    _upload(author.client, _png())
    text = lesson_text(body="![Sơ đồ](media/so-do.png)\n")
    fields = {**FIELDS, "body": text.body, "action": "submit"}
    response = author.client.post("/author/lessons/bai-1/edit", data=fields)
    page = author.client.get(response.location).text
    assert "chỗ phải sửa" not in page
