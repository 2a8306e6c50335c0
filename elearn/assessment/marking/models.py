"""Tables of marking: an essay to be marked, who holds it for now, and the marks given.

Marks are added, never edited; claims are leases and come and go.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime


class MarkingTask(Base):
    """An answer, or a part of a case, that people mark. ``part``: "" or the number of the part.

    ``token`` is random: it names the task in addresses and orders the queue. ``needed``: how many
    marks, 3 once two differ too much. ``share`` 0 to 1 once ``settled_at``.
    """

    __tablename__ = "assessment_marking_task"
    __table_args__ = (
        UniqueConstraint("item_id", "part"),
        Index(None, "settled_at", "token"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt_item.id"))
    question_version_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_question_version.id"), index=True
    )
    part: Mapped[str] = mapped_column(String(8))
    token: Mapped[str] = mapped_column(String(16), unique=True)
    needed: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    share: Mapped[Decimal | None] = mapped_column(Numeric(12, 10))


class MarkingClaim(Base):
    """A marker holds a task until ``lease_until``; then somebody else may take his place."""

    __tablename__ = "assessment_marking_claim"
    __table_args__ = (
        UniqueConstraint("task_id", "place"),
        UniqueConstraint("task_id", "marker_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("assessment_marking_task.id"))
    place: Mapped[int]
    marker_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    lease_until: Mapped[datetime] = mapped_column(UTCDateTime)


class EssayMark(Base):
    """One marking: ``points`` for each line of the rubric, their ``share`` of all of it."""

    __tablename__ = "assessment_essay_mark"
    __table_args__ = (
        UniqueConstraint("task_id", "place"),
        UniqueConstraint("task_id", "marker_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("assessment_marking_task.id"))
    place: Mapped[int]
    marker_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    points: Mapped[list[str]] = mapped_column(JSON)
    share: Mapped[Decimal] = mapped_column(Numeric(12, 10))
    comment: Mapped[str] = mapped_column(Text)
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
