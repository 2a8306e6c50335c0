"""Certificates that hang on a test which, by a corrected key, is passed no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.models import Attempt, AttemptState, Grade, Paper
from elearn.assessment.regrading.models import KeyCorrection
from elearn.certificates.models import Certificate, CertificateDoubt, CertificateEvent
from elearn.certificates.queries import Reach, programmes_within
from elearn.curriculum.models import Module, PathItem
from elearn.infra.bulk import slices
from elearn.kernel.errors import N_, Conflict, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.progress.models import CompletionSource, ProgrammeCompletion


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A certificate in doubt, and why."""

    id: int
    serial: str
    full_name: str
    programme_title: str
    reason: str
    raised_at: datetime


def flag(session: Session, correction_id: int, attempt_ids: Sequence[int], *, now: datetime) -> int:
    """Flag the certificates that hang on attempts which fail now; return how many are new.

    Only where no other attempt of the person passes that paper, and the certificate came from
    studying here and still stands. Repeating adds nothing.
    """
    known = {
        (row.certificate_id, row.attempt_id)
        for row in session.execute(
            select(CertificateDoubt.certificate_id, CertificateDoubt.attempt_id).where(
                CertificateDoubt.correction_id == correction_id
            )
        )
    }
    found = [
        {
            "certificate_id": row.id,
            "attempt_id": row.attempt_id,
            "correction_id": correction_id,
            "raised_at": now,
        }
        for part in slices(attempt_ids, 500)
        for row in session.execute(_hanging_on(part))
        if (row.id, row.attempt_id) not in known
    ]
    if found:
        session.execute(insert(CertificateDoubt), found)
    return len(found)


def _hanging_on(attempt_ids: Sequence[int]) -> Select[int, int]:
    test = and_(Module.test_paper_code == Paper.code, Module.retired_at.is_(None))
    return (
        select(Certificate.id, Attempt.id.label("attempt_id"))
        .distinct()
        .select_from(Attempt)
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(Module, test)
        .join(PathItem, PathItem.module_id == Module.id)
        .join(
            Certificate,
            and_(
                Certificate.person_id == Attempt.person_id,
                Certificate.programme_id == PathItem.programme_id,
            ),
        )
        .join(ProgrammeCompletion, ProgrammeCompletion.id == Certificate.completion_id)
        .where(
            Attempt.id.in_(attempt_ids),
            PathItem.required,
            ProgrammeCompletion.source == CompletionSource.ONLINE,
            ProgrammeCompletion.revoked_on.is_(None),
            ~_is_ended(),
            ~_passes_otherwise(),
        )
    )


def _is_ended() -> ColumnElement[bool]:
    return exists().where(CertificateEvent.certificate_id == Certificate.id)


def _passes_otherwise() -> ColumnElement[bool]:
    """Return the condition that another attempt of the same person passes the same paper."""
    other, later = aliased(Attempt), aliased(Grade)
    last = select(func.max(later.number)).where(later.attempt_id == other.id).scalar_subquery()
    return exists().where(
        other.person_id == Attempt.person_id,
        other.paper_id == Attempt.paper_id,
        other.state == AttemptState.GRADED,
        Grade.attempt_id == other.id,
        Grade.number == last,
        Grade.passed,
    )


def _open_within(reach: Reach) -> ColumnElement[bool]:
    return and_(
        CertificateDoubt.settled_at.is_(None),
        Certificate.id == CertificateDoubt.certificate_id,
        Certificate.programme_id.in_(programmes_within(reach)),
        ~_is_ended(),
    )


def list_doubts(session: Session, reach: Reach, page: PageRequest) -> Page[DoubtLine]:
    """Return the certificates in doubt of the programmes within ``reach``, the oldest first."""
    statement = (
        select(
            CertificateDoubt.id,
            Certificate.serial,
            Certificate.full_name,
            Certificate.programme_title,
            KeyCorrection.reason,
            CertificateDoubt.raised_at,
        )
        .join(Certificate, Certificate.id == CertificateDoubt.certificate_id)
        .join(KeyCorrection, KeyCorrection.id == CertificateDoubt.correction_id)
        .where(_open_within(reach))
    )
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(CertificateDoubt.id).limit(page.size).offset(page.offset)
    )
    return Page([DoubtLine(*row) for row in rows], page.number, page.size, total)


def keep(
    session: Session, reach: Reach, doubt_id: int, *, by: int | None, note: str, now: datetime
) -> str:
    """Settle a doubt: the certificate stays; return its serial. Raises NotFound, Conflict."""
    row = session.scalar(
        select(CertificateDoubt)
        .join(Certificate, Certificate.id == CertificateDoubt.certificate_id)
        .where(
            CertificateDoubt.id == doubt_id,
            Certificate.programme_id.in_(programmes_within(reach)),
        )
        .with_for_update(of=CertificateDoubt)
    )
    if row is None:
        raise NotFound("certificate.doubt", N_("Không tìm thấy chứng nhận này."))
    if row.settled_at is not None:
        raise Conflict("certificate.doubt_settled", N_("Việc này đã được quyết định."))
    row.settled_at, row.settled_by, row.note = now, by, note
    session.flush()
    return session.get_one(Certificate, row.certificate_id).serial
