"""Tables of printed papers: sets of variants, the variants, and answers keyed in from paper."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class PrintedSet(Base):
    """Equivalent variants of a paper for a hall; ``forms_key`` names the forms they are made of.

    ``unit_id`` is the unit whose officers may open it. ``storage_key`` is the ZIP with papers,
    answer sheets and keys, None until it has been made.
    """

    __tablename__ = "assessment_printed_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    paper_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper_version.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_round.id"), index=True)
    site: Mapped[str] = mapped_column(Text)
    occasion: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    forms_key: Mapped[str] = mapped_column(String(100), unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    built_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    storage_key: Mapped[str | None] = mapped_column(String(200))


class PrintedForm(Base):
    """A variant: ``items`` are ``[question version, section, points, [options as printed]]``."""

    __tablename__ = "assessment_printed_form"
    __table_args__ = (UniqueConstraint("set_id", "code"), UniqueConstraint("set_id", "form_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("assessment_printed_set.id"))
    form_id: Mapped[int] = mapped_column(ForeignKey("assessment_form.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    items: Mapped[list[list[Any]]] = mapped_column(JSON)


class EntryState(StrEnum):
    """Answers keyed in wait for their confirmation; then they count, or are put aside."""

    WAITING = "WAITING"
    APPLIED = "APPLIED"
    CANCELLED = "CANCELLED"


class PrintedEntry(Base):
    """Answers read off paper: ``rows`` are ``[row of the file, person, code, [cells]]``."""

    __tablename__ = "assessment_printed_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("assessment_printed_set.id"), index=True)
    state: Mapped[EntryState] = mapped_column(enum_type(EntryState))
    sat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    rows: Mapped[list[list[Any]]] = mapped_column(JSON)
    entered_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
