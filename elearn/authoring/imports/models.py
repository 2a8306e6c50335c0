"""Tables of imports of questions: one row per file handed in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class ImportState(StrEnum):
    """Where an import stands."""

    CHECKING = "CHECKING"
    READY = "READY"
    REFUSED = "REFUSED"
    APPLYING = "APPLYING"
    APPLIED = "APPLIED"
    CANCELLED = "CANCELLED"


class QuestionImport(Base):
    """A file of questions for a bank, checked, then made into drafts or put aside.

    ``defaults`` is what its author says of questions whose file does not say it. ``file_key`` is
    the file in the store until the import ends, ``reading_key`` what was read from it, with
    ``pictures`` ({name in the file: key in the store}). ``digest`` stands for what the author has
    been shown; ``report`` holds counts, and while the import waits the line of each question.
    """

    __tablename__ = "authoring_question_import"
    __table_args__ = (Index(None, "created_by", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    bank: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(16))
    defaults: Mapped[dict[str, Any]] = mapped_column(JSON)
    file_key: Mapped[str | None] = mapped_column(String(200))
    reading_key: Mapped[str | None] = mapped_column(String(200))
    pictures: Mapped[dict[str, str]] = mapped_column(JSON)
    state: Mapped[ImportState] = mapped_column(enum_type(ImportState))
    question_count: Mapped[int]
    digest: Mapped[str | None] = mapped_column(String(64))
    is_renewed: Mapped[bool]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("infra_job.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
