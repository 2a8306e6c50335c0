"""Tables of progress: marks in lessons, completion of modules and programmes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class CompletionSource(StrEnum):
    """How a programme was completed."""

    ONLINE = "ONLINE"
    CLASS = "CLASS"
    EXTERNAL = "EXTERNAL"


class LessonMark(Base):
    """How far a person is in a lesson, and in which version."""

    __tablename__ = "progress_lesson_mark"
    __table_args__ = (UniqueConstraint("person_id", "lesson_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("curriculum_lesson.id"), index=True)
    opened_version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_lesson_version.id"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("curriculum_lesson_version.id")
    )
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CheckAnswer(Base):
    """The last answer of a person to an inline check question of a lesson."""

    __tablename__ = "progress_check_answer"
    __table_args__ = (UniqueConstraint("person_id", "lesson_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("curriculum_lesson.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("assessment_question.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_question_version.id"))
    value: Mapped[Any] = mapped_column(JSON)
    is_correct: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ModuleCompletion(Base):
    """A person has finished all lessons of a module and passed its test, if it has one."""

    __tablename__ = "progress_module_completion"
    __table_args__ = (UniqueConstraint("person_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("curriculum_module.id"), index=True)
    completed_on: Mapped[date]
    completed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ProgrammeCompletion(Base):
    """A person has completed a programme; unit and groups are those of that day.

    Both clocks: ``completed_on`` … ``revoked_on`` in the world, ``recorded_at`` and
    ``retracted_at`` in our knowledge; ``revocation_recorded_at`` for the revocation.
    """

    __tablename__ = "progress_programme_completion"
    __table_args__ = (
        Index(
            "uq_progress_programme_completion_known",
            "person_id",
            "programme_id",
            "completed_on",
            unique=True,
            postgresql_where=text("retracted_at IS NULL"),
            sqlite_where=text("retracted_at IS NULL"),
        ),
        Index(None, "programme_id", "completed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("curriculum_programme.id"))
    completed_on: Mapped[date]
    expires_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    revocation_recorded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    group_codes: Mapped[list[str]] = mapped_column(JSON)
    source: Mapped[CompletionSource] = mapped_column(enum_type(CompletionSource))
    reference: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retracted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
