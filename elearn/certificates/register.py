"""The register's hand: numbers, the chain, and nothing but additions.

Every writer first takes ``open_register``; then numbers come one after another, without gaps: a
number taken by an act that fails is free again, because the act leaves no row.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.certificates.chain import GENESIS, row_hash
from elearn.certificates.models import Certificate, CertificateEvent, Chained
from elearn.certificates.serial import public_code, serial_of, series_prefix, series_word
from elearn.infra.db import advisory_lock
from elearn.kernel.errors import N_, Conflict

# One key for all issuers, since the chain runs through all of them.
_LOCK = 0x63_65_72_74


@dataclass(frozen=True, slots=True)
class Number:
    """A place in a series: what is printed, and what it is made of."""

    series: str
    year: int
    number: int
    serial: str


def open_register(session: Session) -> None:
    """Wait until nobody else writes to the register; held until the transaction ends."""
    advisory_lock(session, _LOCK)


def next_number(session: Session, issuer: str, series: str, year: int) -> Number:
    """Return the next number of ``issuer`` in ``series`` and ``year``; each year begins at 1."""
    word = series_word(series)
    last = session.execute(
        select(Certificate.serial, Certificate.year, Certificate.number)
        .where(Certificate.issuer == issuer, Certificate.series == word)
        .order_by(Certificate.year.desc(), Certificate.number.desc())
        .limit(1)
    ).first()
    if last is None:
        prefix = series_prefix(word, _issuer_count(session, word))
    else:
        prefix = last.serial.removesuffix(serial_of("", last.year, last.number))
    number = _last_number(session, issuer, word, year) + 1
    return Number(word, year, number, serial_of(prefix, year, number))


def _last_number(session: Session, issuer: str, word: str, year: int) -> int:
    last = session.scalar(
        select(func.max(Certificate.number)).where(
            Certificate.issuer == issuer, Certificate.series == word, Certificate.year == year
        )
    )
    return last or 0


def _issuer_count(session: Session, word: str) -> int:
    """Return how many issuers use the series ``word`` already; asked once in an issuer's life."""
    count = session.scalar(
        select(func.count(Certificate.issuer.distinct())).where(Certificate.series == word)
    )
    return count or 0


def new_code() -> str:
    """Return a public code of 130 random bits."""
    return public_code(secrets.token_bytes(17))


def covered_values(row: Chained) -> dict[str, object]:
    """Return the columns of ``row`` by name."""
    return {
        attribute.key: getattr(row, attribute.key) for attribute in inspect(row).mapper.column_attrs
    }


def append(session: Session, row: Certificate | CertificateEvent) -> None:
    """Add ``row`` as the next link of its chain. Raises Conflict when a unique key refuses it."""
    table = type(row)
    last = session.execute(
        select(table.position, table.row_hash).order_by(table.position.desc()).limit(1)
    ).first()
    row.position, row.prev_hash = (last.position + 1, last.row_hash) if last else (1, GENESIS)
    row.row_hash = row_hash(covered_values(row))
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "certificate.collision",
            N_("Sổ cấp chứng nhận vừa được ghi bởi một thao tác khác. Hãy thử lại."),
        ) from error
