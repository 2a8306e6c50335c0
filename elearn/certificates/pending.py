"""Completions that count and have no certificate yet, for the officer to issue."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from elearn.certificates.models import Certificate, CertificateEvent
from elearn.certificates.queries import Reach, programmes_within
from elearn.certificates.snapshot import Mode
from elearn.curriculum.models import Programme
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold
from elearn.org.models import Person
from elearn.progress.models import ProgrammeCompletion


@dataclass(frozen=True, slots=True)
class PendingLine:
    """A completion without a certificate."""

    completion_id: int
    person_code: str
    full_name: str
    programme_title: str
    completed_on: date
    mode: Mode
    reference: str | None


def _pending(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a completion counts and its person holds no certificate of it."""
    holds_one = exists().where(
        Certificate.person_id == ProgrammeCompletion.person_id,
        Certificate.programme_id == ProgrammeCompletion.programme_id,
        ~exists().where(CertificateEvent.certificate_id == Certificate.id),
    )
    return and_(
        ProgrammeCompletion.programme_id.in_(programmes_within(reach)),
        ProgrammeCompletion.retracted_at.is_(None),
        ProgrammeCompletion.revoked_on.is_(None),
        or_(ProgrammeCompletion.expires_on.is_(None), ProgrammeCompletion.expires_on > reach.day),
        ~holds_one,
    )


def list_pending(session: Session, reach: Reach, text: str, page: PageRequest) -> Page[PendingLine]:
    """Return a page of such completions within ``reach``, by given name."""
    words = [word for word in fold(text).split(" ")[:8] if word]
    named = and_(
        *(Person.search_text.contains(word, autoescape=True) for word in words),
        Person.id == ProgrammeCompletion.person_id,
    )
    coded = func.lower(Person.code) == text.strip().lower()
    condition = and_(_pending(reach), or_(named, coded))
    query = (
        select(ProgrammeCompletion, Person.code, Person.full_name, Programme.title)
        .join(Person, Person.id == ProgrammeCompletion.person_id)
        .join(Programme, Programme.id == ProgrammeCompletion.programme_id)
        .where(condition)
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.execute(
        query.order_by(Person.sort_key, Person.id, ProgrammeCompletion.id)
        .limit(page.size)
        .offset(page.offset)
    )
    lines = [
        PendingLine(
            completion.id,
            code,
            name,
            title,
            completion.completed_on,
            Mode(completion.source.value),
            completion.reference,
        )
        for completion, code, name, title in rows
    ]
    return Page(lines, page.number, page.size, total)


def check_completion_within(session: Session, reach: Reach, completion_id: int) -> None:
    """Raise NotFound unless the completion belongs to a programme within ``reach``."""
    found = session.scalar(
        select(ProgrammeCompletion.id).where(
            ProgrammeCompletion.id == completion_id,
            ProgrammeCompletion.programme_id.in_(programmes_within(reach)),
        )
    )
    if found is None:
        raise NotFound("certificate.completion", N_("Không tìm thấy lượt hoàn thành này."))
