"""Completions that earn a certificate, and certificates; each is committed at once."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from elearn.certificates import queries
from elearn.certificates.queries import CertificateView
from elearn.certificates.services import issue, issue_once
from elearn.curriculum.models import Programme
from elearn.infra.db import transaction
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.org.models import Person, Unit
from elearn.progress.models import CompletionSource, ProgrammeCompletion


def make_completion(
    session: Session,
    person: Person,
    programme: Programme,
    unit: Unit | None = None,
    *,
    completed_on: date = date(2025, 3, 14),
    expires_on: date | None = None,
    source: CompletionSource = CompletionSource.ONLINE,
    group_codes: tuple[str, ...] = ("G1",),
) -> ProgrammeCompletion:
    """Record that ``person`` completed ``programme``."""
    row = ProgrammeCompletion(
        person_id=person.id,
        programme_id=programme.id,
        completed_on=completed_on,
        expires_on=expires_on,
        unit_id=unit.id if unit else None,
        group_codes=list(group_codes),
        source=source,
        recorded_at=utc_now(),
    )
    session.add(row)
    session.commit()
    return row


def make_certificate(
    session: Session, completion: ProgrammeCompletion, *, at: datetime | None = None
) -> CertificateView:
    """Issue the certificate of ``completion``."""
    completion_id, now = completion.id, at or utc_now()
    with transaction() as inner:
        issued = issue_once(inner, SYSTEM, completion_id, now=now) or issue(
            inner, SYSTEM, completion_id, now=now
        )
    found = queries.find_by_code(session, issued.code, today=date(2026, 11, 22))
    session.rollback()
    assert found is not None
    return found
