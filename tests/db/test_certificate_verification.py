"""Only the file that was issued is authentic."""

import json
import random
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from elearn.certificates.queries import CertificateView
from elearn.certificates.rules import ReasonClass
from elearn.certificates.services import Ending, revoke
from elearn.certificates.signing import find_signed_content, read_payload
from elearn.certificates.verification import Finding, examine
from elearn.infra import storage
from elearn.infra.db import transaction
from elearn.infra.signing import KeyFolder, encoded, keys
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import make_person

TODAY = date(2026, 11, 22)


@pytest.fixture
def certificate(session: Session) -> CertificateView:
    person = make_person(session)
    person.birth_date = date(1990, 2, 3)
    session.commit()
    return make_certificate(session, make_completion(session, person, make_programme(session)))


@pytest.fixture
def file(certificate: CertificateView) -> bytes:
    return storage.get(certificate.storage_key)


def finding(session: Session, content: bytes) -> Finding:
    return examine(session, content, keys(), today=TODAY).finding


def test_the_issued_file_is_authentic(
    session: Session, certificate: CertificateView, file: bytes
) -> None:
    verdict = examine(session, file, keys(), today=TODAY)
    assert verdict.is_authentic
    assert verdict.certificate == certificate


def test_no_flipped_bit_passes(session: Session, file: bytes) -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same places each time
    places = {*range(64), *chance.sample(range(len(file)), 400), len(file) - 1}
    for place in places:
        forged = bytearray(file)
        forged[place] ^= 1 << chance.randrange(8)
        assert finding(session, bytes(forged)) is not Finding.AUTHENTIC


@pytest.mark.parametrize("addition", [b"\n", b" ", b"\x00", b"%%EOF\n"])
def test_an_addition_is_an_alteration(session: Session, file: bytes, addition: bytes) -> None:
    assert finding(session, file + addition) is Finding.ALTERED


def test_another_name_under_the_old_signature_is_refused(session: Session, file: bytes) -> None:
    content = find_signed_content(file)
    assert content is not None
    fields = {**(read_payload(content.payload) or {}), "name": "Người Khác"}
    forged = file.replace(content.payload.encode(), encoded(json.dumps(fields).encode()).encode())
    assert finding(session, forged) is Finding.BAD_SIGNATURE


def test_a_stranger_s_key_is_refused(session: Session, file: bytes, tmp_path: Path) -> None:
    stranger = KeyFolder(tmp_path / "keys")
    stranger.ensure()
    content = find_signed_content(file)
    assert content is not None
    fields = {**(read_payload(content.payload) or {}), "key": stranger.present_key_id}
    payload = encoded(json.dumps(fields, ensure_ascii=False).encode())
    signature = stranger.sign(payload.encode()).value
    forged = file.replace(content.payload.encode(), payload.encode())
    forged = forged.replace(content.signature.encode(), signature.encode())
    assert finding(session, forged) is Finding.BAD_SIGNATURE


def test_a_signed_file_that_the_register_does_not_know_is_refused(
    session: Session, file: bytes
) -> None:
    session.execute(text("DELETE FROM certificates_certificate"))
    session.commit()
    assert finding(session, file) is Finding.NOT_REGISTERED


def test_the_code_of_another_certificate_does_not_help(
    session: Session, certificate: CertificateView, file: bytes
) -> None:
    other = make_certificate(
        session, make_completion(session, make_person(session), make_programme(session))
    )
    forged = file.replace(certificate.code.encode(), other.code.encode())
    assert finding(session, forged) is Finding.NOT_REGISTERED


def test_an_edited_register_row_makes_its_file_suspect(session: Session, file: bytes) -> None:
    session.execute(text("UPDATE certificates_certificate SET full_name = 'Người Khác'"))
    session.commit()
    assert finding(session, file) is Finding.REGISTER_DAMAGED


def test_other_files_are_told_apart(session: Session) -> None:
    assert finding(session, b"%PDF-1.4\n1 0 obj\n%%EOF") is Finding.NOT_A_CERTIFICATE
    assert finding(session, b"PK\x03\x04 khong phai PDF") is Finding.UNREADABLE
    assert finding(session, b"") is Finding.UNREADABLE


def test_after_a_new_key_old_certificates_stay_authentic(session: Session, file: bytes) -> None:
    keys().rotate()
    assert finding(session, file) is Finding.AUTHENTIC
    new = make_certificate(
        session, make_completion(session, make_person(session), make_programme(session))
    )
    assert new.key_id == keys().present_key_id
    assert finding(session, storage.get(new.storage_key)) is Finding.AUTHENTIC


def test_the_payload_holds_what_was_printed_but_the_birth_date(
    certificate: CertificateView, file: bytes
) -> None:
    content = find_signed_content(file)
    assert content is not None
    fields = read_payload(content.payload)
    assert fields == {
        "v": 1,
        "key": certificate.key_id,
        "serial": certificate.serial,
        "title": "Giấy chứng nhận hoàn thành",
        "issuer": "Sở Nội vụ tỉnh Thử",
        "name": "Lò Thử Ánh",
        "programme": certificate.printed.programme_title,
        "mode": "ONLINE",
        "completed": "2025-03-14",
        "result": "Hoàn thành",
        "issued": certificate.printed.issued_on.isoformat(),
        "post": "Thủ trưởng cơ quan",
    }
    assert b"1990" not in json.dumps(fields).encode()


# --- flask certificates verify ---------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path, file: bytes) -> Path:
    target = tmp_path / "chung-nhan.pdf"
    target.write_bytes(file)
    return target


def test_the_command_accepts_the_original(
    runner: FlaskCliRunner, certificate: CertificateView, path: Path
) -> None:
    result = runner.invoke(args=["certificates", "verify", str(path), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["authentic"] is True
    assert told["finding"] == "AUTHENTIC"
    assert told["state"] == "ISSUED"
    assert told["serial"] == certificate.serial
    assert told["full_name"] == "Lò Thử Ánh"
    assert "birth" not in result.output


def test_the_command_says_it_in_vietnamese(
    runner: FlaskCliRunner, certificate: CertificateView, path: Path
) -> None:
    result = runner.invoke(args=["certificates", "verify", str(path)])
    assert result.exit_code == 0
    assert result.output.startswith("XÁC THỰC")
    assert certificate.serial in result.output


def test_the_command_refuses_an_altered_file(runner: FlaskCliRunner, path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")
    result = runner.invoke(args=["certificates", "verify", str(path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.output)["finding"] == "ALTERED"


def test_the_command_tells_a_revoked_certificate(
    runner: FlaskCliRunner, certificate: CertificateView, path: Path
) -> None:
    with transaction() as inner:
        ending = Ending(ReasonClass.ISSUED_IN_ERROR, "Cấp nhầm")
        revoke(inner, SYSTEM, certificate.id, ending, now=utc_now())
    result = runner.invoke(args=["certificates", "verify", str(path)])
    assert "ĐÃ THU HỒI" in result.output
    told = json.loads(runner.invoke(args=["certificates", "verify", str(path), "--json"]).output)
    assert (told["authentic"], told["state"]) == (True, "REVOKED")


def test_the_command_cannot_read_what_is_no_pdf(
    runner: FlaskCliRunner, app: object, tmp_path: Path
) -> None:
    note = tmp_path / "ghi-chu.pdf"
    note.write_text("không phải PDF", encoding="utf-8")
    assert runner.invoke(args=["certificates", "verify", str(note)]).exit_code == 2
    assert (
        runner.invoke(args=["certificates", "verify", str(tmp_path / "khong-co.pdf")]).exit_code
        == 2
    )
    assert runner.invoke(args=["certificates", "verify", str(tmp_path)]).exit_code == 2


def test_the_commands_of_the_register(
    runner: FlaskCliRunner, session: Session, certificate: CertificateView, tmp_path: Path
) -> None:
    kept = tmp_path / "checkpoint.json"
    kept.write_text(runner.invoke(args=["certificates", "checkpoint"]).output, encoding="utf-8")
    args = ["certificates", "audit", "--files", "--checkpoint", str(kept)]
    assert runner.invoke(args=args).exit_code == 0
    session.execute(text("DELETE FROM certificates_certificate"))
    session.commit()
    result = runner.invoke(args=args)
    assert result.exit_code == 1
    assert "cut_off" in result.output


def test_a_row_whose_key_is_trusted_no_more_is_refused(
    session: Session, certificate: CertificateView, file: bytes
) -> None:
    trusted = keys().trusted_folder / f"{certificate.key_id}.pub"
    kept = trusted.read_text(encoding="ascii")
    trusted.unlink()
    try:
        assert finding(session, file) is Finding.BAD_SIGNATURE
    finally:
        trusted.write_text(kept, encoding="ascii")
