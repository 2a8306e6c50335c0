"""Reads of the register: one certificate, lists within a reach, who may have which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from elearn.certificates.models import Certificate, CertificateEvent
from elearn.certificates.rules import CertificateState, EventKind, ReasonClass, state_of
from elearn.certificates.serial import normal_code, normal_serial
from elearn.certificates.snapshot import Snapshot
from elearn.curriculum.models import Programme
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold
from elearn.org.models import Unit
from elearn.org.scope import UnitScope, people_in, units_in

_FIELDS = tuple(field.name for field in fields(Snapshot))
_Found = Row[Certificate, CertificateEvent | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class EndingView:
    """How a certificate ended; ``reason`` is for officers, the class for everybody."""

    kind: EventKind
    reason_class: ReasonClass
    reason: str
    happened_on: date
    recorded_at: datetime
    completion_revoked: bool
    successor_serial: str | None
    successor_code: str | None


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate with what was printed and its state on the day asked."""

    id: int
    person_id: int
    programme_id: int
    serial: str
    code: str
    printed: Snapshot
    state: CertificateState
    ending: EndingView | None
    replaces_serial: str | None
    issued_at: datetime
    issued_by: int | None
    storage_key: str
    pdf_sha256: str
    key_id: str
    row_hash: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose certificates somebody may see, on the tree of ``day``.

    ``people``: those of people who belong or work there now. ``programmes``: those of programmes
    whose owning unit lies there, whatever has become of the person. ``person_id``: his own.
    """

    day: date
    people: UnitScope
    programmes: UnitScope
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; ``unit`` to people of its subtree now."""

    text: str = ""
    programme_code: str | None = None
    unit: UnitScope | None = None
    state: CertificateState | None = None
    year: int | None = None


def _select() -> Select[Certificate, CertificateEvent | None, str | None, str | None, str | None]:
    successor, old = aliased(Certificate), aliased(Certificate)
    return (
        select(Certificate, CertificateEvent, successor.serial, successor.code, old.serial)
        .outerjoin(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .outerjoin(successor, successor.id == CertificateEvent.successor_id)
        .outerjoin(old, old.id == Certificate.replaces_id)
    )


def snapshot_of(row: Certificate) -> Snapshot:
    """Return what the certificate ``row`` says."""
    return Snapshot(**{name: getattr(row, name) for name in _FIELDS})


def _ending(event: CertificateEvent, serial: str | None, code: str | None) -> EndingView:
    return EndingView(
        kind=event.kind,
        reason_class=event.reason_class,
        reason=event.reason,
        happened_on=event.happened_on,
        recorded_at=event.recorded_at,
        completion_revoked=event.completion_revoked,
        successor_serial=serial,
        successor_code=code,
    )


def _view(found: _Found, today: date) -> CertificateView:
    row, event, successor_serial, successor_code, old_serial = found
    return CertificateView(
        id=row.id,
        person_id=row.person_id,
        programme_id=row.programme_id,
        serial=row.serial,
        code=row.code,
        printed=snapshot_of(row),
        state=state_of(event.kind if event else None, row.expires_on, today),
        ending=_ending(event, successor_serial, successor_code) if event else None,
        replaces_serial=old_serial,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        storage_key=row.storage_key,
        pdf_sha256=row.pdf_sha256,
        key_id=row.key_id,
        row_hash=row.row_hash,
    )


def _find(session: Session, condition: ColumnElement[bool], today: date) -> CertificateView | None:
    found = session.execute(_select().where(condition)).one_or_none()
    return None if found is None else _view(found, today)


def find_by_code(session: Session, given: str, *, today: date) -> CertificateView | None:
    """Return the certificate of a public code, however it was typed."""
    code = normal_code(given)
    return None if code is None else _find(session, Certificate.code == code, today)


def find_by_hash(session: Session, sha256: str, *, today: date) -> CertificateView | None:
    """Return the certificate whose issued file has this SHA-256."""
    return _find(session, Certificate.pdf_sha256 == sha256, today)


def find_by_serial_and_name(
    session: Session, serial: str, full_name: str, *, today: date
) -> CertificateView | None:
    """Return a certificate to who knows its number and the name on it; accents do not matter.

    Numbers can be guessed, so the number alone opens nothing to the public.
    """
    found = _find(session, Certificate.serial == normal_serial(serial), today)
    if found is None or fold(found.printed.full_name) != fold(full_name):
        return None
    return found


def list_own(session: Session, person_id: int, *, today: date) -> list[CertificateView]:
    """Return all certificates of a person, newest first."""
    rows = session.execute(
        _select().where(Certificate.person_id == person_id).order_by(Certificate.position.desc())
    )
    return [_view(row, today) for row in rows]


def programmes_within(reach: Reach) -> Select[int]:
    """Return the select of ids of programmes whose owning unit lies within ``reach``."""
    codes = select(Unit.code).where(Unit.id.in_(units_in(reach.programmes)))
    return select(Programme.id).where(Programme.scope_unit_code.in_(codes))


def _within(reach: Reach) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        Certificate.person_id.in_(people_in(reach.people)),
        Certificate.programme_id.in_(programmes_within(reach)),
    ]
    if reach.person_id is not None:
        conditions.append(Certificate.person_id == reach.person_id)
    return or_(*conditions)


def get_within(session: Session, reach: Reach, serial: str, *, today: date) -> CertificateView:
    """Return the certificate ``serial`` within ``reach``. Raises NotFound for any other."""
    condition = and_(Certificate.serial == normal_serial(serial), _within(reach))
    found = _find(session, condition, today)
    if found is None:
        raise NotFound("certificate.unknown", N_("Không tìm thấy chứng nhận này."))
    return found


def _in_state(state: CertificateState, today: date) -> ColumnElement[bool]:
    if state is CertificateState.REVOKED:
        return CertificateEvent.kind == EventKind.REVOKED
    if state is CertificateState.REPLACED:
        return CertificateEvent.kind == EventKind.REPLACED
    expired = and_(Certificate.expires_on.is_not(None), Certificate.expires_on <= today)
    running = or_(Certificate.expires_on.is_(None), Certificate.expires_on > today)
    wanted = expired if state is CertificateState.EXPIRED else running
    return and_(CertificateEvent.id.is_(None), wanted)


def _matching(filters: Filters, today: date) -> ColumnElement[bool]:
    words = [word for word in fold(filters.text).split(" ")[:8] if word]
    conditions: list[ColumnElement[bool]] = [
        true(),
        *(Certificate.search_text.contains(word, autoescape=True) for word in words),
    ]
    if filters.programme_code:
        conditions.append(
            Certificate.programme_id.in_(
                select(Programme.id).where(Programme.code == filters.programme_code)
            )
        )
    if filters.unit is not None:
        conditions.append(Certificate.person_id.in_(people_in(filters.unit)))
    if filters.state is not None:
        conditions.append(_in_state(filters.state, today))
    if filters.year is not None:
        conditions.append(Certificate.year == filters.year)
    return and_(*conditions)


def search(
    session: Session,
    reach: Reach,
    filters: Filters,
    page: PageRequest,
    *,
    newest_first: bool = False,
) -> Page[CertificateView]:
    """Return a page of the certificates within ``reach`` that match.

    In the order of given names, or as the register grew.
    """
    order = () if newest_first else (Certificate.sort_key,)
    condition = and_(_within(reach), _matching(filters, reach.day))
    total = session.scalar(
        select(func.count(Certificate.id))
        .outerjoin(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .where(condition)
    )
    rows = session.execute(
        _select()
        .where(condition)
        .order_by(*order, Certificate.position.desc())
        .limit(page.size)
        .offset(page.offset)
    )
    items = [_view(row, reach.day) for row in rows]
    return Page(items, page.number, page.size, total or 0)


def iter_matching(session: Session, reach: Reach, filters: Filters) -> Iterator[CertificateView]:
    """Yield all certificates within ``reach`` that match, in the order of the register."""
    condition = and_(_within(reach), _matching(filters, reach.day))
    rows = session.execute(
        _select().where(condition).order_by(Certificate.position).execution_options(yield_per=500)
    )
    for row in rows:
        yield _view(row, reach.day)


def count_within(session: Session, reach: Reach, ids: Sequence[int]) -> int:
    """Return how many of the certificates ``ids`` lie within ``reach``."""
    found = 0
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        found += (
            session.scalar(
                select(func.count(Certificate.id)).where(Certificate.id.in_(part), _within(reach))
            )
            or 0
        )
    return found


def list_programmes(session: Session, reach: Reach) -> list[tuple[str, str]]:
    """Return (code, title) of the programmes that have certificates within ``reach``."""
    rows = session.execute(
        select(Programme.code, Programme.title)
        .where(Programme.id.in_(select(Certificate.programme_id).where(_within(reach))))
        .order_by(Programme.title)
    )
    return [(row.code, row.title) for row in rows]


def list_years(session: Session, reach: Reach) -> list[int]:
    """Return the years in which certificates within ``reach`` were issued, newest first."""
    rows = session.scalars(
        select(Certificate.year).where(_within(reach)).distinct().order_by(Certificate.year.desc())
    )
    return list(rows)
