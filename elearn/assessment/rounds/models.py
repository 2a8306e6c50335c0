"""Tables of rounds: when a paper is sat, by whom, and what was decided about it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class RoundKind(StrEnum):
    """What a round is for; a contest ranks by points, tie-break and time used."""

    SURVEY = "SURVEY"
    EXAM = "EXAM"
    CONTEST = "CONTEST"


class RoundState(StrEnum):
    """A draft can be changed; a planned round has its people frozen; the window opens it."""

    DRAFT = "DRAFT"
    PLANNED = "PLANNED"
    CANCELLED = "CANCELLED"


class Round(Base):
    """A paper version sat in the window [opens_at, closes_at) by the people frozen for it.

    ``unit_id`` is the unit whose subtree the round is held in; its officers manage the round.
    ``slot_minutes`` spreads the start: each unit begins in its own slot; None: all together.
    """

    __tablename__ = "assessment_round"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        Index(None, "opens_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[RoundKind] = mapped_column(enum_type(RoundKind))
    state: Mapped[RoundState] = mapped_column(enum_type(RoundState))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper.id"), index=True)
    paper_version_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_paper_version.id"))
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    roster_on: Mapped[date]
    attempts: Mapped[int] = mapped_column(default=1)
    needs_ticket: Mapped[bool] = mapped_column(default=False)
    slot_minutes: Mapped[int | None]
    forecast_question: Mapped[str | None] = mapped_column(Text)
    planned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Counts what examinees at work should hear of (rounds.bulletin); tells nothing by itself.
    bulletin: Mapped[int] = mapped_column(default=0, server_default="0")


class RoundExaminee(Base):
    """Somebody who sits a round, with the unit counted for him on the day of the roster.

    ``starts_at`` is the slot of his unit, None without slots. ``extra_minutes`` add to the time
    of every attempt he makes in the round.
    """

    __tablename__ = "assessment_round_examinee"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index(None, "round_id", "unit_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    extra_minutes: Mapped[int] = mapped_column(default=0)
