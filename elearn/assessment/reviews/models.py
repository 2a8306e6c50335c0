"""Tables of score reviews: one request per attempt, one decision per request, never edited."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class ReviewOutcome(StrEnum):
    """What a score review ended in."""

    KEPT = "KEPT"
    CHANGED = "CHANGED"


class ScoreReview(Base):
    """An examinee asks that his attempt be looked at again.

    ``item_ids``: the questions meant; an empty list is the whole attempt.
    """

    __tablename__ = "assessment_score_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"), unique=True)
    item_ids: Mapped[list[int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReviewDecision(Base):
    """What was decided. ``points``: {item id: points} recorded anew, of a CHANGED score."""

    __tablename__ = "assessment_review_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("assessment_score_review.id"), unique=True)
    outcome: Mapped[ReviewOutcome] = mapped_column(enum_type(ReviewOutcome))
    reason: Mapped[str] = mapped_column(Text)
    points: Mapped[dict[str, str]] = mapped_column(JSON)
    grade_number: Mapped[int | None]
    decided_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
