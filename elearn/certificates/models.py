"""Tables of proof: the register, what became of its rows, and who signs for an issuer.

A register row is added when a certificate is issued and never edited; revoking and replacing add
events. Both tables are hash chains: ``row_hash`` covers every other column and ``prev_hash``.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from elearn.certificates.rules import EventKind, ReasonClass
from elearn.certificates.snapshot import Mode
from elearn.infra.db import Base, UTCDateTime, enum_type


class Chained:
    """A row of a hash chain; ``position`` counts 1, 2, 3 … without gaps."""

    position: Mapped[int] = mapped_column(unique=True)
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    row_hash: Mapped[str] = mapped_column(String(64), unique=True)


class Certificate(Chained, Base):
    """A line of the register: what was printed, as it was. Added, never edited.

    ``generation`` counts the certificates of a person in a programme, so that two issued at the
    same time collide in the database. ``number`` counts per issuer, series and year.
    """

    __tablename__ = "certificates_certificate"
    __table_args__ = (
        UniqueConstraint("person_id", "programme_id", "generation"),
        UniqueConstraint("issuer", "series", "year", "number"),
        Index(None, "completion_id", "generation"),
        Index(None, "programme_id", "issued_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("progress_programme_completion.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("curriculum_programme.id"))
    generation: Mapped[int]
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("certificates_certificate.id"), unique=True
    )
    series: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(String(100), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(32))

    title: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(String(400))
    superior: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(200))
    full_name: Mapped[str] = mapped_column(String(120))
    birth_date: Mapped[date | None]
    unit_name: Mapped[str | None] = mapped_column(Text)
    programme_title: Mapped[str] = mapped_column(Text)
    mode: Mapped[Mode] = mapped_column(enum_type(Mode))
    minutes: Mapped[int | None]
    completed_on: Mapped[date]
    expires_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(100))
    legal_basis: Mapped[str | None] = mapped_column(Text)
    signer_title: Mapped[str] = mapped_column(String(200))
    signer_name: Mapped[str | None] = mapped_column(String(120))
    issued_on: Mapped[date]

    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    key_id: Mapped[str] = mapped_column(String(32))
    signature: Mapped[str] = mapped_column(String(128))
    pdf_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    storage_key: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(String(700))


class CertificateEvent(Chained, Base):
    """A certificate was revoked, or replaced by ``successor_id``; once, with the reason."""

    __tablename__ = "certificates_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificates_certificate.id"), unique=True
    )
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind))
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("certificates_certificate.id"), unique=True
    )
    reason_class: Mapped[ReasonClass] = mapped_column(enum_type(ReasonClass))
    reason: Mapped[str] = mapped_column(Text)
    completion_revoked: Mapped[bool]
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))


class CertificateDoubt(Base):
    """A certificate hangs on an attempt that a corrected key made fail; an officer settles it.

    ``settled_at``: the officer keeps the certificate, with ``note``. A revoked or replaced one is
    settled by that.
    """

    __tablename__ = "certificates_doubt"
    __table_args__ = (UniqueConstraint("certificate_id", "attempt_id", "correction_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates_certificate.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    correction_id: Mapped[int] = mapped_column(ForeignKey("assessment_key_correction.id"))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    note: Mapped[str | None] = mapped_column(Text)


class IssuerProfile(Base):
    """Who signs for an issuer and where, from a day on; a change adds a row."""

    __tablename__ = "certificates_issuer_profile"
    __table_args__ = (Index(None, "issuer", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(400))
    superior: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(200))
    signer_title: Mapped[str] = mapped_column(String(200))
    signer_name: Mapped[str | None] = mapped_column(String(120))
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))


def _refuse(_mapper: Mapper[Base], _connection: Connection, target: Base) -> None:
    raise RuntimeError(f"{target.__tablename__} is append-only")


for _table in (Certificate, CertificateEvent):
    for _change in ("before_update", "before_delete"):
        event.listen(_table, _change, _refuse)
