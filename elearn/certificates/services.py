"""Writes of the register: issue, replace, revoke. Callers own the transaction."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates import facts
from elearn.certificates.facts import CertificateRule
from elearn.certificates.models import Certificate, CertificateEvent
from elearn.certificates.register import append, new_code, next_number, open_register
from elearn.certificates.rules import EventKind, ReasonClass, completion_falls, outlives
from elearn.certificates.signing import SignedContent, qr_content, sign
from elearn.certificates.snapshot import Snapshot
from elearn.curriculum.models import Programme
from elearn.infra import audit, storage
from elearn.infra.signing import Signature, keys
from elearn.infra.site import base_url
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, NotFound
from elearn.kernel.text import fold, name_sort_key
from elearn.progress.models import CompletionSource, ProgrammeCompletion
from elearn.progress.revocations import revoke_completion
from elearn.progress.services import lock_person


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that stands in the register."""

    id: int
    serial: str
    code: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a certificate ends: a class for the public, the full reason for the file."""

    reason_class: ReasonClass
    reason: str


@dataclass(frozen=True, slots=True)
class _Case:
    """All that issuing looks at."""

    completion: ProgrammeCompletion
    programme: Programme
    rule: CertificateRule


def issue_once(
    session: Session, actor: Actor, completion_id: int, *, now: datetime
) -> Issued | None:
    """Issue the certificate of an online completion, unless it has one; return it.

    The link of the completion chain: safe to repeat, and run by many at once it issues one. None
    for a completion that was not online (those are issued when the officer asks), that does not
    count any more, or whose programme has no certificate rule.
    """
    case = _find_case(session, completion_id)
    if case is None or case.completion.source is not CompletionSource.ONLINE:
        return None
    return _latest(session, completion_id) or _issue(session, actor, case, now=now)


def issue(session: Session, actor: Actor, completion_id: int, *, now: datetime) -> Issued:
    """Issue a certificate because the officer asks, also for a class or an outside course.

    Raises NotFound, Conflict when the person holds a certificate of the programme that counts, or
    the programme issues none.
    """
    case = _find_case(session, completion_id)
    if case is None:
        raise Conflict(
            "certificate.no_rule",
            N_("Lượt hoàn thành này không còn giá trị hoặc chương trình không cấp chứng nhận."),
        )
    _open(session, case.completion.person_id)
    living = _living(session, case.completion)
    if living is not None:
        raise Conflict(
            "certificate.exists",
            N_("Người này đang có chứng nhận số %(serial)s của chương trình."),
            serial=living.serial,
        )
    return _add(session, actor, case, None, now=now)


def _find_case(session: Session, completion_id: int) -> _Case | None:
    completion = session.get(ProgrammeCompletion, completion_id)
    if completion is None:
        raise NotFound("certificate.completion", N_("Không tìm thấy lượt hoàn thành này."))
    if completion.revoked_on is not None or completion.retracted_at is not None:
        return None
    programme = session.get_one(Programme, completion.programme_id)
    rule = facts.rule_of(programme)
    return None if rule is None else _Case(completion, programme, rule)


def _latest(session: Session, completion_id: int) -> Issued | None:
    row = session.execute(
        select(Certificate.id, Certificate.serial, Certificate.code)
        .where(Certificate.completion_id == completion_id)
        .order_by(Certificate.generation.desc())
        .limit(1)
    ).first()
    return None if row is None else Issued(row.id, row.serial, row.code)


def _open(session: Session, person_id: int) -> None:
    """Take the person's row, then the register: always in this order, as the chain does."""
    lock_person(session, person_id)
    open_register(session)


def _issue(session: Session, actor: Actor, case: _Case, *, now: datetime) -> Issued:
    _open(session, case.completion.person_id)
    # Asked again: somebody may have issued it while we waited.
    found = _latest(session, case.completion.id) or _living(session, case.completion)
    return found or _add(session, actor, case, None, now=now)


def _living(session: Session, completion: ProgrammeCompletion) -> Issued | None:
    """Return the certificate that makes a further one needless, None when one may be issued.

    One of the same person and programme that has not ended; but a completion that lasts longer
    renews one that expires.
    """
    rows = session.execute(
        select(Certificate.id, Certificate.serial, Certificate.code, Certificate.expires_on)
        .outerjoin(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .where(
            Certificate.person_id == completion.person_id,
            Certificate.programme_id == completion.programme_id,
            CertificateEvent.id.is_(None),
        )
        .order_by(Certificate.generation.desc())
    )
    for row in rows:
        if not outlives(completion.expires_on, row.expires_on):
            return Issued(row.id, row.serial, row.code)
    return None


def _generation(session: Session, completion: ProgrammeCompletion) -> int:
    last = session.scalar(
        select(Certificate.generation)
        .where(
            Certificate.person_id == completion.person_id,
            Certificate.programme_id == completion.programme_id,
        )
        .order_by(Certificate.generation.desc())
        .limit(1)
    )
    return (last or 0) + 1


@dataclass(frozen=True, slots=True)
class _Document:
    """The drawn file of a certificate and what proves it."""

    code: str
    signature: Signature
    sha256: str
    storage_key: str


def _draw(snapshot: Snapshot, serial: str) -> _Document:
    """Sign and draw ``snapshot`` once and store the bytes.

    They are stored before the row is committed: a file without a row does no harm.
    """
    from elearn.certificates.pdf import Sheet, render  # noqa: PLC0415 - ReportLab

    code = new_code()
    payload, signature = sign(snapshot, serial, keys())
    content = SignedContent(code, payload, signature.value)
    pdf = render(Sheet(snapshot, serial, code, base_url(), qr_content(base_url(), content)))
    stored = storage.put_by_hash("certificates", pdf, ".pdf")
    return _Document(code, signature, hashlib.sha256(pdf).hexdigest(), stored)


def _add(
    session: Session, actor: Actor, case: _Case, old: Certificate | None, *, now: datetime
) -> Issued:
    """Number, sign, draw, store and register a certificate; ``old`` is the one it replaces."""
    day = local_day(now)
    snapshot = facts.read_snapshot(session, case.completion, case.programme, case.rule, day)
    if old is not None:
        snapshot = facts.corrected(snapshot, old)
    number = next_number(session, snapshot.issuer, case.rule.series, day.year)
    document = _draw(snapshot, number.serial)
    row = Certificate(
        completion_id=case.completion.id,
        person_id=case.completion.person_id,
        programme_id=case.programme.id,
        generation=_generation(session, case.completion),
        replaces_id=old.id if old else None,
        **asdict(number),
        **asdict(snapshot),
        code=document.code,
        kind=case.rule.kind,
        issued_at=now,
        issued_by=actor.user_id,
        key_id=document.signature.key_id,
        signature=document.signature.value,
        pdf_sha256=document.sha256,
        storage_key=document.storage_key,
        search_text=fold(f"{snapshot.full_name} {number.serial}"),
        sort_key=name_sort_key(snapshot.full_name),
    )
    append(session, row)
    details = {"row_hash": row.row_hash, "replaces": old.serial if old else None}
    subject = ("certificate", row.serial)
    audit.record(session, actor, "certificate.issue", subject, at=now, details=details)
    return Issued(row.id, row.serial, row.code)


def _get_open(session: Session, certificate_id: int) -> Certificate:
    """Return a certificate that has not ended, the register open. Raises NotFound, Conflict."""
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound("certificate.unknown", N_("Không tìm thấy chứng nhận này."))
    _open(session, row.person_id)
    ended = session.scalar(
        select(CertificateEvent.kind).where(CertificateEvent.certificate_id == certificate_id)
    )
    if ended is not None:
        raise Conflict(
            "certificate.ended",
            N_("Chứng nhận số %(serial)s đã được thay thế hoặc thu hồi trước đó."),
            serial=row.serial,
        )
    return row


def revoke(
    session: Session, actor: Actor, certificate_id: int, ending: Ending, *, now: datetime
) -> None:
    """Revoke a certificate; for a wrong completion, the completion with it from today on."""
    row = _get_open(session, certificate_id)
    if completion_falls(ending.reason_class):
        revoke_completion(session, row.completion_id, on=local_day(now), now=now)
    _end(session, actor, row, ending, None, now=now)


def replace(
    session: Session, actor: Actor, certificate_id: int, ending: Ending, *, now: datetime
) -> Issued:
    """Issue a corrected certificate under a new number in place of an old one; return it.

    Name, birth date and unit are read anew, signer and issuing day are those of now; what was
    achieved stays as it was printed. Raises Conflict when the completion counts no more.
    """
    old = _get_open(session, certificate_id)
    case = _find_case(session, old.completion_id)
    if case is None:
        raise Conflict(
            "certificate.completion_fell",
            N_("Lượt hoàn thành không còn giá trị nên không thể cấp chứng nhận thay thế."),
        )
    issued = _add(session, actor, case, old, now=now)
    _end(session, actor, old, ending, issued, now=now)
    return issued


def preview(session: Session, old: Certificate, day: date) -> Snapshot | None:
    """Return what a replacement of ``old`` issued on ``day`` would say; None if it cannot be."""
    case = _find_case(session, old.completion_id)
    if case is None:
        return None
    fresh = facts.read_snapshot(session, case.completion, case.programme, case.rule, day)
    return facts.corrected(fresh, old)


def _end(
    session: Session,
    actor: Actor,
    row: Certificate,
    ending: Ending,
    successor: Issued | None,
    *,
    now: datetime,
) -> None:
    kind = EventKind.REPLACED if successor else EventKind.REVOKED
    falls = successor is None and completion_falls(ending.reason_class)
    event = CertificateEvent(
        certificate_id=row.id,
        kind=kind,
        successor_id=successor.id if successor else None,
        reason_class=ending.reason_class,
        reason=ending.reason,
        completion_revoked=falls,
        happened_on=local_day(now),
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    append(session, event)
    audit.record(
        session,
        actor,
        "certificate.replace" if successor else "certificate.revoke",
        ("certificate", row.serial),
        at=now,
        reason=ending.reason,
        details={
            "reason_class": ending.reason_class.value,
            "successor": successor.serial if successor else None,
            "completion_revoked": falls,
            "row_hash": event.row_hash,
        },
    )
