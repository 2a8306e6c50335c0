"""Tables of key corrections: what was proposed and decided, and what it did to each attempt.

Corrections, decisions and outcomes are added, never edited; the cursor of a run moves on.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.assessment.domain.grading import Treatment
from elearn.infra.db import Base, UTCDateTime, enum_type


class DecisionKind(StrEnum):
    """How a proposed correction ended."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class Change(StrEnum):
    """What a correction did to an attempt, by the share of what could be earned.

    KEPT: it would have lost, and keeps what it had. RESTATED: the same share of another maximum.
    """

    RAISED = "RAISED"
    LOWERED = "LOWERED"
    KEPT = "KEPT"
    RESTATED = "RESTATED"
    UNCHANGED = "UNCHANGED"


class KeyCorrection(Base):
    """A version of a question shall be graded otherwise than it was published.

    ``body`` is the whole body with the right key where ``treatment`` is KEY, else None.
    """

    __tablename__ = "assessment_key_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_question_version.id"), index=True
    )
    treatment: Mapped[Treatment] = mapped_column(enum_type(Treatment))
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CorrectionDecision(Base):
    """The end of a proposal, once. ``may_lower``: scores may fall, recorded as decided here."""

    __tablename__ = "assessment_correction_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_key_correction.id"), unique=True
    )
    kind: Mapped[DecisionKind] = mapped_column(enum_type(DecisionKind))
    may_lower: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CorrectionPreview(Base):
    """What a proposal would do, counted at ``made_at``; made anew on request.

    ``lowered`` and ``newly_failed`` are those who would lose if scores might fall.
    """

    __tablename__ = "assessment_correction_preview"

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_key_correction.id"), unique=True
    )
    attempts: Mapped[int]
    people: Mapped[int]
    raised: Mapped[int]
    lowered: Mapped[int]
    newly_passed: Mapped[int]
    newly_failed: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PreviewRow(Base):
    """An attempt that a proposal would change, with its score before and after."""

    __tablename__ = "assessment_correction_preview_row"
    __table_args__ = (UniqueConstraint("correction_id", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("assessment_key_correction.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"), index=True)
    score_before: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    score_after: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    max_before: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    max_after: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    passed_before: Mapped[bool]
    passed_after: Mapped[bool]


class RegradeRun(Base):
    """The regrade of an approved correction. ``cursor``: the last attempt that is done."""

    __tablename__ = "assessment_regrade_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_key_correction.id"), unique=True
    )
    cursor: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RegradeOutcome(Base):
    """What a correction did to an attempt, once; ``grade_number`` names the grade it appended.

    ``score_after`` of a KEPT one is what it would have fallen to. ``followed_at``: the completion
    chain has been run for somebody who newly passed.
    """

    __tablename__ = "assessment_regrade_outcome"
    __table_args__ = (
        UniqueConstraint("attempt_id", "correction_id"),
        Index(None, "correction_id", "change"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("assessment_key_correction.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    change: Mapped[Change] = mapped_column(enum_type(Change))
    score_before: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    score_after: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    max_before: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    max_after: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    passed_before: Mapped[bool]
    passed_after: Mapped[bool]
    grade_number: Mapped[int | None]
    regraded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    followed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
