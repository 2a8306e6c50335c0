"""Tables of what is taught: programmes, modules, lessons as immutable versions, legal texts."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class LegalStatus(StrEnum):
    """What the register says of a document, dates aside."""

    IN_FORCE = "IN_FORCE"
    NOT_YET = "NOT_YET"
    AMENDED = "AMENDED"
    REPLACED = "REPLACED"
    EXPIRED = "EXPIRED"
    REPEALED = "REPEALED"
    UNKNOWN = "UNKNOWN"


class ExclusionRule(StrEnum):
    """Whether people on leave count in a denominator (programme key ``exclusions``)."""

    OUT = "out"
    IN = "in"


class Programme(Base):
    """A scheme or plan: groups, targets, path of modules, certificate rule."""

    __tablename__ = "curriculum_programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[list[str]] = mapped_column(JSON)
    scope_unit_code: Mapped[str] = mapped_column(String(64))
    period_from: Mapped[date]
    period_to: Mapped[date | None]
    completion: Mapped[dict[str, Any]] = mapped_column(JSON)
    validity_months: Mapped[int | None]
    exclusions: Mapped[ExclusionRule] = mapped_column(enum_type(ExclusionRule))
    certificate: Mapped[dict[str, Any]] = mapped_column(JSON)


class TargetGroup(Base):
    """A group of people of a programme."""

    __tablename__ = "curriculum_target_group"
    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("curriculum_programme.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class GroupRule(Base):
    """A dated rule of a group; ``clauses`` is the ``any`` list of design.md 5.3."""

    __tablename__ = "curriculum_group_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("curriculum_target_group.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    citation: Mapped[str | None] = mapped_column(String(200))
    clauses: Mapped[list[dict[str, list[str]]]] = mapped_column(JSON)


class Target(Base):
    """A percentage that a programme has to reach by the last day ``by``."""

    __tablename__ = "curriculum_target"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("curriculum_programme.id"), index=True)
    measure: Mapped[str] = mapped_column(String(32))
    group_code: Mapped[str] = mapped_column(String(64))
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    above: Mapped[bool]
    by: Mapped[date]


class Module(Base):
    """A module: lessons in order and perhaps a test. Shared by programmes."""

    __tablename__ = "curriculum_module"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    folder: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    areas: Mapped[list[str]] = mapped_column(JSON)
    skills: Mapped[list[str]] = mapped_column(JSON)
    audience: Mapped[list[str]] = mapped_column(JSON)
    test_paper_code: Mapped[str | None] = mapped_column(String(64))
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PathItem(Base):
    """A module on the path of a programme, for some or all of its groups."""

    __tablename__ = "curriculum_path_item"
    __table_args__ = (UniqueConstraint("programme_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("curriculum_programme.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("curriculum_module.id"), index=True)
    position: Mapped[int]
    group_codes: Mapped[list[str]] = mapped_column(JSON)
    required: Mapped[bool]


class Lesson(Base):
    """The identity of a lesson; ``published_version_id`` points at what learners see."""

    __tablename__ = "curriculum_lesson"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("curriculum_module.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    published_version_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "curriculum_lesson_version.id",
            use_alter=True,
            name="fk_curriculum_lesson_published_version_id",
        )
    )
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LessonVersion(Base):
    """A published text of a lesson. Never edited.

    ``html`` and ``headings`` are derived from ``body`` when it is published, and made again when
    the status of a cited document changes (docs/adr/0005-citation-status.md).
    """

    __tablename__ = "curriculum_lesson_version"
    __table_args__ = (UniqueConstraint("lesson_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("curriculum_lesson.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    skills: Mapped[list[str]] = mapped_column(JSON)
    audience: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[list[str]] = mapped_column(JSON)
    citations: Mapped[list[str]] = mapped_column(JSON)
    in_force_as_of: Mapped[date]
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    check_codes: Mapped[list[str]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    change_note: Mapped[str | None] = mapped_column(Text)


class Media(Base):
    """A picture of a module, stored by its hash; a name may come to mean a newer picture."""

    __tablename__ = "curriculum_media"
    __table_args__ = (
        UniqueConstraint("module_id", "name", "sha256"),
        Index(None, "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("curriculum_module.id"))
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(64))
    byte_count: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    storage_key: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LegalDocument(Base):
    """A legal text that lessons and questions cite."""

    __tablename__ = "curriculum_legal_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str | None] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date | None]
    in_force_to: Mapped[date | None]
    status: Mapped[LegalStatus] = mapped_column(enum_type(LegalStatus))
    replaced_by: Mapped[list[str]] = mapped_column(JSON)
