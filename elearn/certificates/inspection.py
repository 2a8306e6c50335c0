"""Looking through the whole register for tampering: chains, signatures, stored files, cut ends."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.certificates.chain import GENESIS, row_hash
from elearn.certificates.models import Certificate, CertificateEvent
from elearn.certificates.register import covered_values
from elearn.certificates.verification import is_signature_sound
from elearn.infra import storage
from elearn.infra.signing import KeyFolder, Signature
from elearn.kernel.errors import NotFound

Table = type[Certificate] | type[CertificateEvent]
TABLES: tuple[Table, ...] = (Certificate, CertificateEvent)
_PURPOSE = "elearn-register-checkpoint\n"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that an honest register does not show: which table, which row, what."""

    table: str
    position: int
    code: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a chain; position 0 for an empty one."""

    position: int
    row_hash: str


def audit_chain(
    session: Session, keys: KeyFolder, *, checkpoint: str | None = None, files: bool = False
) -> list[Problem]:
    """Return every sign of tampering in the register; none when it is sound.

    A cut end shows only against ``checkpoint`` (see ``make_checkpoint``) kept elsewhere. With
    ``files`` the stored PDF files are hashed too.
    """
    problems = [problem for table in TABLES for problem in _audit_links(session, table)]
    problems += _audit_certificates(session, keys, files=files)
    if checkpoint is not None:
        problems += _audit_checkpoint(session, keys, checkpoint)
    return problems


def _rows(session: Session, table: Table) -> Iterator[Certificate | CertificateEvent]:
    query = select(table).order_by(table.position)
    return iter(session.scalars(query.execution_options(yield_per=500, populate_existing=True)))


def _audit_links(session: Session, table: Table) -> Iterator[Problem]:
    name, before = table.__tablename__, Head(0, GENESIS)
    for row in _rows(session, table):
        if row.position != before.position + 1:
            yield Problem(name, row.position, "gap")
        if row.prev_hash != before.row_hash:
            yield Problem(name, row.position, "broken_link")
        if row.row_hash != row_hash(covered_values(row)):
            yield Problem(name, row.position, "altered")
        before = Head(row.position, row.row_hash)


def _audit_certificates(session: Session, keys: KeyFolder, *, files: bool) -> Iterator[Problem]:
    name = Certificate.__tablename__
    for row in _rows(session, Certificate):
        if not isinstance(row, Certificate):
            continue
        if not is_signature_sound(row, keys):
            yield Problem(name, row.position, "bad_signature")
        if files and not _is_file_sound(row):
            yield Problem(name, row.position, "bad_file")


def _is_file_sound(row: Certificate) -> bool:
    try:
        content = storage.get(row.storage_key)
    except NotFound:
        return False
    return hashlib.sha256(content).hexdigest() == row.pdf_sha256


def head_of(session: Session, table: Table) -> Head:
    """Return the last row of a chain."""
    row = session.execute(
        select(table.position, table.row_hash).order_by(table.position.desc()).limit(1)
    ).first()
    return Head(row.position, row.row_hash) if row else Head(0, GENESIS)


def make_checkpoint(session: Session, keys: KeyFolder, *, now: datetime) -> str:
    """Return one line of signed JSON with the ends of both chains, to be kept off this machine."""
    heads = {
        table.__tablename__: {"position": head.position, "row_hash": head.row_hash}
        for table in TABLES
        for head in (head_of(session, table),)
    }
    content = json.dumps({"at": now.isoformat(), "heads": heads}, sort_keys=True)
    signature = keys.sign((_PURPOSE + content).encode())
    return json.dumps({"content": content, "key": signature.key_id, "signature": signature.value})


def _audit_checkpoint(session: Session, keys: KeyFolder, checkpoint: str) -> Iterator[Problem]:
    heads = _read_checkpoint(keys, checkpoint)
    if heads is None:
        yield Problem("checkpoint", 0, "bad_checkpoint")
        return
    for table in TABLES:
        kept = heads[table.__tablename__]
        if kept.position == 0:
            continue
        found = session.scalar(select(table.row_hash).where(table.position == kept.position))
        if found is None:
            last = session.scalar(select(func.max(table.position))) or 0
            yield Problem(table.__tablename__, last + 1, "cut_off")
        elif found != kept.row_hash:
            yield Problem(table.__tablename__, kept.position, "rewritten")


def _read_checkpoint(keys: KeyFolder, checkpoint: str) -> dict[str, Head] | None:
    try:
        line = json.loads(checkpoint)
        content = line["content"]
        signature = Signature(line["key"], line["signature"])
        if not keys.verifies((_PURPOSE + content).encode(), signature):
            return None
        heads = json.loads(content)["heads"]
        return {name: Head(head["position"], head["row_hash"]) for name, head in heads.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
