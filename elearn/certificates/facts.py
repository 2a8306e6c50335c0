"""Reads what a certificate is to say, from the tables of the features below."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from elearn.certificates.models import Certificate, IssuerProfile
from elearn.certificates.snapshot import Mode, Snapshot, short_day
from elearn.curriculum.models import (
    LegalDocument,
    Lesson,
    LessonVersion,
    Module,
    PathItem,
    Programme,
)
from elearn.kernel.text import clean_line, nfc
from elearn.org.models import (
    Person,
    PositionAssignment,
    Unit,
    UnitAncestry,
    UnitKind,
    UnitVersion,
)
from elearn.org.scope import held_true, valid_on
from elearn.progress.models import CompletionSource, ProgrammeCompletion

# Printed above the space for the signature while nobody has been entered for the issuer.
DEFAULT_SIGNER = "Thủ trưởng cơ quan"
_KIND_WORDS = ("Tỉnh ", "Thành phố ", "TP. ", "Xã ", "Phường ", "Đặc khu ", "UBND ")


@dataclass(frozen=True, slots=True)
class Signer:
    """The issuer's block on a day: superior body, place, post and name of who signs."""

    superior: str | None
    place: str | None
    title: str
    name: str | None


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """The key ``certificate`` of a programme (design.md 5.3)."""

    kind: str
    title: str
    issuer: str
    series: str


def rule_of(programme: Programme) -> CertificateRule | None:
    """Return the certificate rule of ``programme``, None when it issues none."""
    data: dict[str, Any] = programme.certificate or {}
    if not (data.get("title") and data.get("issuer") and data.get("series")):
        return None
    return CertificateRule(
        kind=str(data.get("kind", "STATEMENT")),
        title=clean_line(str(data["title"])),
        issuer=clean_line(str(data["issuer"])),
        series=str(data["series"]),
    )


def read_snapshot(
    session: Session,
    completion: ProgrammeCompletion,
    programme: Programme,
    rule: CertificateRule,
    issued_on: date,
) -> Snapshot:
    """Return what a certificate for ``completion`` issued on ``issued_on`` says."""
    person = session.get_one(Person, completion.person_id, populate_existing=True)
    signer = signer_on(session, rule.issuer, programme.scope_unit_code, issued_on)
    return Snapshot(
        title=rule.title,
        issuer=rule.issuer,
        superior=signer.superior,
        place=signer.place,
        full_name=nfc(person.full_name),
        birth_date=person.birth_date,
        unit_name=unit_name_then(session, completion),
        programme_title=clean_line(programme.title),
        mode=Mode(completion.source.value),
        minutes=_planned_minutes(session, completion) or None,
        completed_on=completion.completed_on,
        expires_on=completion.expires_on,
        result="Đạt" if _has_test(session, completion) else "Hoàn thành",
        legal_basis=_legal_basis(session, programme),
        signer_title=signer.title,
        signer_name=signer.name,
        issued_on=issued_on,
    )


def signer_on(session: Session, issuer: str, scope_unit_code: str, day: date) -> Signer:
    """Return who signs for ``issuer`` on ``day``; the last entry of the newest day counts."""
    profile = session.scalars(
        select(IssuerProfile)
        .where(IssuerProfile.issuer == issuer, IssuerProfile.valid_from <= day)
        .order_by(IssuerProfile.valid_from.desc(), IssuerProfile.id.desc())
        .limit(1)
    ).first()
    place = _place(session, scope_unit_code, day)
    if profile is None:
        return Signer(None, place, DEFAULT_SIGNER, None)
    return Signer(
        profile.superior, profile.place or place, profile.signer_title, profile.signer_name
    )


def _place(session: Session, unit_code: str, day: date) -> str | None:
    """Return the place-name in the name of the unit that owns the programme."""
    name = session.scalar(
        select(UnitVersion.name)
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .where(Unit.code == unit_code, held_true(UnitVersion), valid_on(UnitVersion, day))
    )
    for word in _KIND_WORDS:
        if name and name.lower().startswith(word.lower()):
            return name[len(word) :].strip() or None
    return None


def _unit_then(session: Session, completion: ProgrammeCompletion) -> int | None:
    if completion.unit_id is not None:
        return completion.unit_id
    return session.scalar(
        select(PositionAssignment.duty_unit_id).where(
            PositionAssignment.person_id == completion.person_id,
            PositionAssignment.is_primary,
            held_true(PositionAssignment),
            valid_on(PositionAssignment, completion.completed_on),
        )
    )


def unit_name_then(session: Session, completion: ProgrammeCompletion) -> str | None:
    """Return the unit on the day of completion with those above it below the province."""
    day = completion.completed_on
    names = session.scalars(
        select(UnitVersion.name)
        .join(UnitAncestry, UnitAncestry.ancestor_id == UnitVersion.unit_id)
        .where(
            UnitAncestry.unit_id == _unit_then(session, completion),
            valid_on(UnitAncestry, day),
            held_true(UnitVersion),
            valid_on(UnitVersion, day),
            or_(UnitVersion.kind != UnitKind.PROVINCE, UnitAncestry.depth == 0),
        )
        .order_by(UnitAncestry.depth)
    ).all()
    return nfc(", ".join(names)) or None


def _module_ids(session: Session, completion: ProgrammeCompletion) -> list[int]:
    """Return the modules that had to be studied here: those required of the groups of that day."""
    if completion.source is not CompletionSource.ONLINE:
        return []
    groups = {"ALL", *completion.group_codes}
    path = session.execute(
        select(PathItem.module_id, PathItem.group_codes).where(
            PathItem.programme_id == completion.programme_id, PathItem.required
        )
    )
    return [module_id for module_id, codes in path if groups & set(codes)]


def _planned_minutes(session: Session, completion: ProgrammeCompletion) -> int:
    rows = session.scalars(
        select(LessonVersion.minutes)
        .join(Lesson, Lesson.published_version_id == LessonVersion.id)
        .where(Lesson.module_id.in_(_module_ids(session, completion)), Lesson.retired_at.is_(None))
    )
    return sum(rows)


def _has_test(session: Session, completion: ProgrammeCompletion) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    Module.id.in_(_module_ids(session, completion)),
                    Module.test_paper_code.is_not(None),
                )
            )
        )
    )


def _legal_basis(session: Session, programme: Programme) -> str | None:
    """Return the decision that the programme names first, as legal texts are cited."""
    if not programme.legal_basis:
        return None
    document = session.scalars(
        select(LegalDocument).where(LegalDocument.code == programme.legal_basis[0])
    ).first()
    if document is None:
        return None
    number = f" số {document.number}" if document.number else ""
    day = f" ngày {short_day(document.issued_on)}" if document.issued_on else ""
    return clean_line(f"{document.type}{number}{day} của {document.issuer}")


def corrected(fresh: Snapshot, old: Certificate) -> Snapshot:
    """Return what a replacement says: person and issuer anew, the achievement as printed."""
    return replace(
        fresh,
        title=old.title,
        programme_title=old.programme_title,
        minutes=old.minutes,
        completed_on=old.completed_on,
        expires_on=old.expires_on,
        result=old.result,
        legal_basis=old.legal_basis,
    )
