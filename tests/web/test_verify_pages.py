"""The public pages: what a code, a number with a name, and a file tell."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.certificates.queries import CertificateView
from elearn.certificates.rules import ReasonClass
from elearn.certificates.serial import grouped
from elearn.certificates.services import Ending, Issued, replace, revoke
from elearn.infra import storage
from elearn.infra.db import transaction
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.org.models import Person
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import make_person, make_unit

UNKNOWN = "Không có chứng nhận nào ứng với thông tin này"


@pytest.fixture
def certificate(session: Session) -> CertificateView:
    unit = make_unit(session, name="Phòng Mẫu")
    person = make_person(session, full_name="Lò Thử Ánh")
    person.birth_date = date(1990, 2, 3)
    person.email = "lo.thu.anh@vidu.example"
    session.commit()
    return make_certificate(
        session, make_completion(session, person, make_programme(session), unit)
    )


def ended(certificate: CertificateView, reason: ReasonClass, text: str) -> None:
    with transaction() as session:
        revoke(session, SYSTEM, certificate.id, Ending(reason, text), now=utc_now())


def replaced(certificate: CertificateView) -> Issued:
    ending = Ending(ReasonClass.PERSON_DATA_CORRECTED, "theo đơn riêng")
    with transaction() as session:
        return replace(session, SYSTEM, certificate.id, ending, now=utc_now())


def without_id(page: str) -> str:
    """Return a page without what differs from request to request."""
    return re.sub(r'name="csrf_token" value="[^"]*"|value="/verify[^"]*"', "", page)


def test_the_page_shows_what_was_printed_without_the_birth_date(
    client: FlaskClient, certificate: CertificateView
) -> None:
    response = client.get(f"/verify/{certificate.code}")
    assert response.status_code == 200
    for words in (
        "đang có hiệu lực",
        certificate.serial,
        "Lò Thử Ánh",
        "Phòng Mẫu",
        certificate.printed.programme_title,
        "Sở Nội vụ tỉnh Thử",
        "14/03/2025",
    ):
        assert words in response.text
    for words in ("1990", "03/02", "vidu.example", certificate.pdf_sha256):
        assert words not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_a_code_is_found_however_it_is_typed(
    client: FlaskClient, certificate: CertificateView
) -> None:
    response = client.post("/verify", data={"code": f" {grouped(certificate.code).lower()} "})
    assert response.status_code == 303
    assert response.location == f"/verify/{certificate.code}"
    assert client.get(f"/verify/{grouped(certificate.code).lower()}").status_code == 200


def test_unknown_and_malformed_codes_look_the_same(
    client: FlaskClient, certificate: CertificateView
) -> None:
    other = certificate.code[:-1] + ("0" if certificate.code[-1] != "0" else "1")
    answers = [client.get(f"/verify/{code}") for code in (other, "x", "a" * 300, "đ", "%00", "'--")]
    assert {response.status_code for response in answers} == {404}
    assert {without_id(response.text) for response in answers} == {without_id(answers[0].text)}
    assert UNKNOWN in answers[0].text
    assert client.post("/verify", data={"code": "x"}).location == "/verify/0"


def test_a_number_opens_the_page_only_with_the_name(
    client: FlaskClient, certificate: CertificateView
) -> None:
    right = {"serial": certificate.serial.lower(), "full_name": "lo thu anh"}
    assert client.post("/verify", data=right).location == f"/verify/{certificate.code}"
    wrong = [
        client.post("/verify", data={**right, "full_name": "Lò Thử"}),
        client.post("/verify", data={**right, "serial": "GCN-2026-99999"}),
    ]
    assert {response.status_code for response in wrong} == {404}
    assert all(UNKNOWN in response.text for response in wrong)
    assert all(certificate.code not in response.text for response in wrong)
    assert client.post("/verify", data={"serial": certificate.serial}).status_code == 422


def test_a_revoked_certificate_tells_day_and_class_but_not_the_reason(
    client: FlaskClient, certificate: CertificateView
) -> None:
    ended(certificate, ReasonClass.DISHONESTY, "Biên bản số 7: nhờ người thi hộ")
    page = client.get(f"/verify/{certificate.code}").text
    assert "Đã bị thu hồi" in page
    assert "Gian lận trong học tập hoặc kiểm tra" in page
    assert "Biên bản" not in page
    assert "đang có hiệu lực" not in page


def test_a_replaced_certificate_leads_to_its_successor(
    client: FlaskClient, session: Session, certificate: CertificateView
) -> None:
    session.get_one(Person, certificate.person_id).full_name = "Lò Thử Ảnh"
    session.commit()
    new = replaced(certificate)
    page = client.get(f"/verify/{certificate.code}").text
    assert "đã được thay thế" in page
    assert f'href="/verify/{new.code}">{new.serial}</a>' in page
    assert "theo đơn riêng" not in page
    assert "Lò Thử Ánh" in page
    assert "Lò Thử Ảnh" in client.get(f"/verify/{new.code}").text


def test_the_state_changes_with_the_next_request(
    client: FlaskClient, certificate: CertificateView
) -> None:
    assert "Đã bị thu hồi" not in client.get(f"/verify/{certificate.code}").text
    ended(certificate, ReasonClass.ISSUED_IN_ERROR, "Cấp nhầm")
    assert "Đã bị thu hồi" in client.get(f"/verify/{certificate.code}").text


def upload(client: FlaskClient, content: bytes) -> str:
    # Written by hand: the test client leaves the temporary file of a large form open.
    head = b'--moc\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    response = client.post(
        "/verify/file",
        data=head + content + b"\r\n--moc--\r\n",
        content_type="multipart/form-data; boundary=moc",
    )
    assert response.status_code == 200
    return response.text


def test_the_issued_file_is_authentic(client: FlaskClient, certificate: CertificateView) -> None:
    page = upload(client, storage.get(certificate.storage_key))
    assert "Tệp xác thực" in page
    assert "Lò Thử Ánh" in page
    assert "1990" not in page


def test_an_authentic_file_of_a_revoked_certificate_says_so(
    client: FlaskClient, certificate: CertificateView
) -> None:
    ended(certificate, ReasonClass.ISSUED_IN_ERROR, "Cấp nhầm")
    page = upload(client, storage.get(certificate.storage_key))
    assert "đã bị thu hồi" in page


def test_an_altered_file_is_refused_and_tells_no_name(
    client: FlaskClient, certificate: CertificateView
) -> None:
    page = upload(client, storage.get(certificate.storage_key) + b" ")
    assert "Tệp không xác thực" in page
    assert "đã bị thay đổi sau khi cấp" in page
    assert "Lò Thử Ánh" not in page


@pytest.mark.parametrize("content", [b"", b"\x89PNG", b"%PDF-1.7\n%%EOF", b"%PDF" * 2_000_000])
def test_other_files_are_refused(client: FlaskClient, content: bytes) -> None:
    assert "Tệp không xác thực" in upload(client, content)


def test_a_form_without_a_file_asks_for_one(client: FlaskClient) -> None:
    response = client.post("/verify/file", data={})
    assert response.status_code == 422
    assert "Hãy chọn một tệp." in response.text


def test_trying_codes_is_stopped_while_true_codes_still_open(
    client: FlaskClient, certificate: CertificateView
) -> None:
    codes = [f"{number:026d}" for number in range(31)]
    answers = [client.get(f"/verify/{code}").status_code for code in codes]
    assert answers == [404] * 30 + [429]
    assert client.get(f"/verify/{certificate.code}").status_code == 200


def test_trying_names_is_stopped(client: FlaskClient, certificate: CertificateView) -> None:
    answers = [
        client.post(
            "/verify", data={"serial": certificate.serial, "full_name": f"Người {number}"}
        ).status_code
        for number in range(21)
    ]
    assert answers == [404] * 20 + [429]
    right = {"serial": certificate.serial, "full_name": "Lò Thử Ánh"}
    assert client.post("/verify", data=right).status_code == 429


def test_the_pages_need_no_session(client: FlaskClient) -> None:
    response = client.get("/verify")
    assert response.status_code == 200
    assert response.text.count("<h1>") == 1
