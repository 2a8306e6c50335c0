"""Who signs for an issuer: entries with the day they begin, added, never edited."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates.facts import rule_of
from elearn.certificates.models import IssuerProfile
from elearn.certificates.queries import Reach, programmes_within
from elearn.curriculum.models import Programme
from elearn.infra import audit
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Invalid, NotFound
from elearn.kernel.text import clean, clean_line


@dataclass(frozen=True, slots=True)
class NewProfile:
    """The issuer's block from ``valid_from`` on; ``signer_title`` may have several lines."""

    issuer: str
    superior: str | None
    place: str | None
    signer_title: str
    signer_name: str | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class IssuerView:
    """An issuer with its entries, the newest first."""

    issuer: str
    profiles: tuple[NewProfile, ...]


def list_issuers(session: Session, reach: Reach) -> list[IssuerView]:
    """Return the issuers that the programmes within ``reach`` name."""
    return [
        IssuerView(name, tuple(_profiles(session, name)))
        for name in sorted(_issuers(session, reach))
    ]


def _issuers(session: Session, reach: Reach) -> set[str]:
    programmes = session.scalars(
        select(Programme).where(Programme.id.in_(programmes_within(reach)))
    )
    rules = [rule_of(programme) for programme in programmes]
    return {rule.issuer for rule in rules if rule is not None}


def _profiles(session: Session, issuer: str) -> list[NewProfile]:
    rows = session.scalars(
        select(IssuerProfile)
        .where(IssuerProfile.issuer == issuer)
        .order_by(IssuerProfile.valid_from.desc(), IssuerProfile.id.desc())
    )
    return [
        NewProfile(
            row.issuer, row.superior, row.place, row.signer_title, row.signer_name, row.valid_from
        )
        for row in rows
    ]


def check_issuer_within(session: Session, reach: Reach, issuer: str) -> None:
    """Raise NotFound unless some programme within ``reach`` names ``issuer``."""
    if issuer not in _issuers(session, reach):
        raise NotFound("certificate.issuer", N_("Không có chương trình nào do đơn vị này cấp."))


def _title(given: str) -> str:
    lines = [clean_line(line) for line in clean(given).splitlines()]
    return "\n".join(line for line in lines if line)


def add_profile(session: Session, actor: Actor, new: NewProfile, *, now: datetime) -> None:
    """Add an entry. Raises Invalid when the signer's post is missing or a text is too long."""
    title = _title(new.signer_title)
    texts = (new.superior or "", new.place or "", title, new.signer_name or "")
    if not title or any(len(text) > 120 for text in texts) or title.count("\n") > 2:
        raise Invalid(
            "certificate.profile",
            N_("Hãy ghi chức vụ người ký trong tối đa ba dòng; mỗi mục không quá 120 ký tự."),
        )
    row = IssuerProfile(
        issuer=new.issuer,
        superior=clean_line(new.superior or "") or None,
        place=clean_line(new.place or "") or None,
        signer_title=title,
        signer_name=clean_line(new.signer_name or "") or None,
        valid_from=new.valid_from,
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        "certificate.set_signer",
        ("certificate_issuer", row.id),
        at=now,
        details={"issuer": row.issuer, "signer": row.signer_name, "post": title},
    )
