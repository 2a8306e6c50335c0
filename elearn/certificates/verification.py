"""Is this file the one we issued? Its hash, the register and the signature must agree."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates import queries
from elearn.certificates.chain import row_hash
from elearn.certificates.models import Certificate
from elearn.certificates.queries import CertificateView, snapshot_of
from elearn.certificates.register import covered_values
from elearn.certificates.signing import (
    find_signed_content,
    is_signed,
    payload_of,
    read_payload,
)
from elearn.infra.signing import KeyFolder, Signature

_PDF = b"%PDF-"


class Finding(StrEnum):
    """What examining a file came to; only the first means authentic."""

    AUTHENTIC = "AUTHENTIC"
    # The signed content is ours and registered, but these are not the bytes that were issued.
    ALTERED = "ALTERED"
    # Signed by a key of this site, and unknown to its register.
    NOT_REGISTERED = "NOT_REGISTERED"
    # Claims to be signed, by a key that is not trusted or over another content.
    BAD_SIGNATURE = "BAD_SIGNATURE"
    # The file was issued, but its register row has been tampered with.
    REGISTER_DAMAGED = "REGISTER_DAMAGED"
    # A PDF without any signed content of a certificate.
    NOT_A_CERTIFICATE = "NOT_A_CERTIFICATE"
    # Not a PDF at all.
    UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding, and the certificate that the file is or claims to be, if registered."""

    finding: Finding
    sha256: str
    certificate: CertificateView | None = None
    signed_fields: dict[str, object] | None = None

    @property
    def is_authentic(self) -> bool:
        """Whether hash, register and signature agree. A revoked certificate still is authentic."""
        return self.finding is Finding.AUTHENTIC


def examine(session: Session, file: bytes, keys: KeyFolder, *, today: date) -> Verdict:
    """Return what the bytes of a file are worth. Never raises for any content."""
    sha256 = hashlib.sha256(file).hexdigest()
    found = queries.find_by_hash(session, sha256, today=today)
    if found is not None:
        return Verdict(_judge_row(session, found.id, keys), sha256, found)
    verdict = examine_unregistered(file, keys)
    content = find_signed_content(file)
    if verdict.signed_fields is None or content is None:
        return verdict
    claimed = queries.find_by_code(session, content.code, today=today)
    if claimed is None or verdict.signed_fields.get("serial") != claimed.serial:
        return verdict
    return Verdict(Finding.ALTERED, sha256, claimed, verdict.signed_fields)


def examine_unregistered(file: bytes, keys: KeyFolder) -> Verdict:
    """Return what a file that is not registered as it is tells by itself; never authentic."""
    sha256 = hashlib.sha256(file).hexdigest()
    content = find_signed_content(file)
    if content is None:
        is_pdf = _PDF in file[:1024]
        return Verdict(Finding.NOT_A_CERTIFICATE if is_pdf else Finding.UNREADABLE, sha256)
    if not is_signed(content, keys):
        return Verdict(Finding.BAD_SIGNATURE, sha256)
    return Verdict(Finding.NOT_REGISTERED, sha256, None, read_payload(content.payload))


def _judge_row(session: Session, certificate_id: int, keys: KeyFolder) -> Finding:
    """Return whether a register row still is what was hashed and signed when it was added."""
    row = session.scalars(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .execution_options(populate_existing=True)
    ).one()
    if row.row_hash != row_hash(covered_values(row)):
        return Finding.REGISTER_DAMAGED
    return Finding.AUTHENTIC if is_signature_sound(row, keys) else Finding.BAD_SIGNATURE


def is_signature_sound(row: Certificate, keys: KeyFolder) -> bool:
    """Whether a trusted key signed exactly the printed fields of ``row``."""
    payload = payload_of(snapshot_of(row), row.serial, row.key_id)
    return keys.verifies(payload.encode("ascii"), Signature(row.key_id, row.signature))
