"""Acts of the programme officer on the register, each with its reason, each audited."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy.orm import Session

from elearn.certificates import doubts, issuers, pending, queries, services
from elearn.certificates.issuers import NewProfile
from elearn.certificates.models import Certificate
from elearn.certificates.policy import officer_reach
from elearn.certificates.queries import CertificateView, snapshot_of
from elearn.certificates.rules import REPLACE_REASONS, REVOKE_REASONS, ReasonClass
from elearn.certificates.services import Ending, Issued
from elearn.infra import audit
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean
from elearn.workflows.certificate_files import Selection, plain_selection

_REASON_LENGTH = 1000
LONGEST_NOTE = 500
# These differ between any two certificates and need no correcting.
_UNCOMPARED = frozenset({"issued_on"})


@dataclass(frozen=True, slots=True)
class Change:
    """A printed field that a replacement would show otherwise."""

    field: str
    before: object
    after: object


def _ending(given: ReasonClass, reason: str, allowed: tuple[ReasonClass, ...]) -> Ending:
    text = clean(reason).strip()
    if given not in allowed:
        raise Invalid("certificate.reason_class", N_("Loại lý do không dùng được ở đây."))
    if not text or len(text) > _REASON_LENGTH:
        raise Invalid(
            "certificate.reason",
            N_("Hãy ghi lý do, không quá %(length)d ký tự."),
            length=_REASON_LENGTH,
        )
    return Ending(given, text)


def _get(session: Session, actor: Actor, serial: str, day: date) -> CertificateView:
    return queries.get_within(session, officer_reach(actor, day), serial, today=day)


def issue(actor: Actor, completion_id: int, *, now: datetime) -> Issued:
    """Issue the certificate of a completion that has none. Raises NotFound, Conflict."""
    with transaction() as session:
        reach = officer_reach(actor, local_day(now))
        pending.check_completion_within(session, reach, completion_id)
        return services.issue(session, actor, completion_id, now=now)


def revoke(
    actor: Actor, serial: str, reason_class: ReasonClass, reason: str, *, now: datetime
) -> None:
    """Revoke a certificate of an own programme. Raises NotFound, Conflict, Invalid."""
    ending = _ending(reason_class, reason, REVOKE_REASONS)
    with transaction() as session:
        found = _get(session, actor, serial, local_day(now))
        services.revoke(session, actor, found.id, ending, now=now)


def replace(
    actor: Actor, serial: str, reason_class: ReasonClass, reason: str, *, now: datetime
) -> Issued:
    """Replace a certificate of an own programme; return the new one.

    Raises NotFound, Conflict, Invalid.
    """
    ending = _ending(reason_class, reason, REPLACE_REASONS)
    with transaction() as session:
        found = _get(session, actor, serial, local_day(now))
        return services.replace(session, actor, found.id, ending, now=now)


def preview_replacement(actor: Actor, serial: str, *, now: datetime) -> list[Change]:
    """Return what a replacement made now would say otherwise. Raises NotFound."""
    with reading() as session:
        found = _get(session, actor, serial, local_day(now))
        return list(_changes(session, found.id, local_day(now)))


def _changes(session: Session, certificate_id: int, day: date) -> Iterator[Change]:
    row = session.get_one(Certificate, certificate_id)
    fresh = services.preview(session, row, day)
    if fresh is None:
        return
    old = snapshot_of(row)
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(fresh, field.name)
        if before != after and field.name not in _UNCOMPARED:
            yield Change(field.name, before, after)


def set_profile(actor: Actor, profile: NewProfile, *, now: datetime) -> None:
    """Enter who signs for an issuer of an own programme from a day on. Raises NotFound, Invalid."""
    with transaction() as session:
        issuers.check_issuer_within(session, officer_reach(actor, local_day(now)), profile.issuer)
        issuers.add_profile(session, actor, profile, now=now)


def keep_doubted(actor: Actor, doubt_id: int, note: str, *, now: datetime) -> None:
    """Keep a certificate of an own programme that hangs on a test failed by a corrected key.

    The reason is audited. Raises NotFound, Conflict when it has been settled, Invalid.
    """
    text = clean(note).strip()
    if not 1 <= len(text) <= LONGEST_NOTE:
        raise Invalid(
            "certificate.note",
            N_("Hãy ghi lý do, không quá %(length)d ký tự."),
            length=LONGEST_NOTE,
        )
    with transaction() as session:
        reach = officer_reach(actor, local_day(now))
        serial = doubts.keep(session, reach, doubt_id, by=actor.user_id, note=text, now=now)
        audit.record(
            session, actor, "certificate.keep", ("certificate", serial), at=now, reason=text
        )


def note_export(actor: Actor, selection: Selection, *, now: datetime) -> None:
    """Write down that the actor takes the register out as a table."""
    with transaction() as session:
        audit.record(
            session,
            actor,
            "certificate.export",
            ("certificate_register", "-"),
            at=now,
            details=plain_selection(selection),
        )
