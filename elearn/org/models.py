"""Tables of the organisation in time, with two clocks on every fact.

``valid_from``/``valid_to`` say when a fact was true (half-open, local days), ``recorded_at``/
``retracted_at`` when we knew it. A correction retracts the old row and adds a new one.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type
from elearn.kernel.actor import Role


class UnitKind(StrEnum):
    """Kinds of unit, design.md section 3."""

    PROVINCE = "PROVINCE"
    DISTRICT = "DISTRICT"
    COMMUNE = "COMMUNE"
    WARD = "WARD"
    TOWNSHIP = "TOWNSHIP"
    SPECIAL_ZONE = "SPECIAL_ZONE"
    PROV_DEPARTMENT = "PROV_DEPARTMENT"
    DEPT_DIVISION = "DEPT_DIVISION"
    COMMUNE_OFFICE = "COMMUNE_OFFICE"
    PASC_PROVINCE = "PASC_PROVINCE"
    PASC_COMMUNE = "PASC_COMMUNE"
    ONE_STOP = "ONE_STOP"
    PUBLIC_SERVICE_UNIT = "PUBLIC_SERVICE_UNIT"
    CENTRAL_VERTICAL_AGENCY = "CENTRAL_VERTICAL_AGENCY"
    PARTY_BODY = "PARTY_BODY"
    COUNCIL = "COUNCIL"
    POLITICAL_SCHOOL = "POLITICAL_SCHOOL"
    MASS_ORGANISATION = "MASS_ORGANISATION"


class EventKind(StrEnum):
    """What happens to units."""

    MERGE = "MERGE"
    SPLIT = "SPLIT"
    DISSOLVE = "DISSOLVE"
    RENAME = "RENAME"
    REPARENT = "REPARENT"


class PositionType(StrEnum):
    """Types of position that group rules speak of."""

    LEADER = "LEADER"
    SPECIALIST = "SPECIALIST"
    COMMUNE_PARTY_LEADER = "COMMUNE_PARTY_LEADER"
    COMMUNE_COUNCIL_LEADER = "COMMUNE_COUNCIL_LEADER"
    COMMUNE_PC_LEADER = "COMMUNE_PC_LEADER"
    COMMUNE_OFFICIAL = "COMMUNE_OFFICIAL"
    OTHER = "OTHER"


class DutyKind(StrEnum):
    """Duties beside a position."""

    PAR_FOCAL = "PAR_FOCAL"
    ONE_STOP = "ONE_STOP"


class WorkforceCategory(StrEnum):
    """Cadre, civil servant, public employee, non-specialised staff."""

    CADRE = "CADRE"
    CIVIL_SERVANT = "CIVIL_SERVANT"
    PUBLIC_EMPLOYEE = "PUBLIC_EMPLOYEE"
    NON_SPECIALISED = "NON_SPECIALISED"


class EndReason(StrEnum):
    """Why an assignment ended."""

    TRANSFER = "TRANSFER"
    ROTATION = "ROTATION"
    RETIREMENT = "RETIREMENT"
    RESIGNATION = "RESIGNATION"
    UNIT_CHANGE = "UNIT_CHANGE"
    OTHER = "OTHER"


class ExclusionReason(StrEnum):
    """Why a person is left out of a denominator for a time."""

    LONG_LEAVE = "LONG_LEAVE"
    STUDY = "STUDY"
    SUSPENDED = "SUSPENDED"
    RETIREMENT_NOTICE = "RETIREMENT_NOTICE"
    OTHER = "OTHER"


class Recorded:
    """The second clock: when we knew the fact, and until when we held it true."""

    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retracted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Spanned(Recorded):
    """A fact that holds on the days ``[valid_from, valid_to)``."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def _proper_span() -> CheckConstraint:
    return CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="proper_span")


class Unit(Base):
    """The identity of a unit; its code is never used again for another."""

    __tablename__ = "org_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)


class UnitVersion(Spanned, Base):
    """What a unit was called, what it was and whom it stood under on some days."""

    __tablename__ = "org_unit_version"
    __table_args__ = (
        _proper_span(),
        Index(None, "unit_id", "valid_from"),
        Index(None, "parent_id", "valid_from"),
        Index(
            "uq_org_unit_version_known_start",
            "unit_id",
            "valid_from",
            unique=True,
            postgresql_where=text("retracted_at IS NULL"),
            sqlite_where=text("retracted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str | None] = mapped_column(String(100))
    search_text: Mapped[str] = mapped_column(String(400))
    kind: Mapped[UnitKind] = mapped_column(enum_type(UnitKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    legal_basis: Mapped[str | None] = mapped_column(Text)


class UnitAncestry(Base):
    """Derived from the versions held true now: who stood under whom on which days.

    ``depth`` 0 is the unit itself. Rewritten whenever a version is recorded or retracted.
    """

    __tablename__ = "org_unit_ancestry"
    __table_args__ = (
        Index(None, "ancestor_id", "valid_from", "unit_id"),
        Index(None, "unit_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    depth: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitEvent(Recorded, Base):
    """A merger, split or dissolution, with the decision that ordered it."""

    __tablename__ = "org_unit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind))
    effective_on: Mapped[date]
    legal_basis: Mapped[str | None] = mapped_column(Text)


class Succession(Base):
    """One predecessor and one successor of an event; a dissolved unit may have no successor."""

    __tablename__ = "org_succession"
    __table_args__ = (
        CheckConstraint(
            "predecessor_id IS NOT NULL OR successor_id IS NOT NULL", name="names_a_unit"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("org_unit_event.id"), index=True)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)


class Person(Base):
    """A member of the workforce; identity data are corrected in place, audited."""

    __tablename__ = "org_person"
    __table_args__ = (Index(None, "sort_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(700))
    search_text: Mapped[str] = mapped_column(String(200))
    birth_date: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(32))
    category: Mapped[WorkforceCategory] = mapped_column(enum_type(WorkforceCategory))


class PositionAssignment(Spanned, Base):
    """A person in a position: belongs to ``home_unit``, works in ``duty_unit``."""

    __tablename__ = "org_position_assignment"
    __table_args__ = (
        _proper_span(),
        Index(None, "person_id", "is_primary", "valid_from"),
        Index(None, "duty_unit_id", "valid_from"),
        Index(None, "home_unit_id", "valid_from"),
        Index(
            "uq_org_position_assignment_known_primary_start",
            "person_id",
            "valid_from",
            unique=True,
            postgresql_where=text("retracted_at IS NULL AND is_primary"),
            sqlite_where=text("retracted_at IS NULL AND is_primary"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    position_type: Mapped[PositionType] = mapped_column(enum_type(PositionType))
    title: Mapped[str | None] = mapped_column(String(200))
    home_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    duty_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    is_primary: Mapped[bool]
    decision_no: Mapped[str | None] = mapped_column(String(64))
    end_reason: Mapped[EndReason | None] = mapped_column(enum_type(EndReason))


class Duty(Spanned, Base):
    """A duty in a unit: PAR focal point or one-stop work."""

    __tablename__ = "org_duty"
    __table_args__ = (
        _proper_span(),
        Index(None, "person_id", "valid_from"),
        Index(None, "unit_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    duty: Mapped[DutyKind] = mapped_column(enum_type(DutyKind))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    decision_no: Mapped[str | None] = mapped_column(String(64))


class Exclusion(Spanned, Base):
    """Days on which a person is not expected to train."""

    __tablename__ = "org_exclusion"
    __table_args__ = (_proper_span(), Index(None, "person_id", "valid_from"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    reason: Mapped[ExclusionReason] = mapped_column(enum_type(ExclusionReason))


class RoleGrant(Spanned, Base):
    """A role of a user on the subtree of a unit (as the tree stands today)."""

    __tablename__ = "org_role_grant"
    __table_args__ = (_proper_span(), Index(None, "user_id", "valid_from"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
