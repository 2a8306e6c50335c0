"""Tables of practice: the cards of a person and every review of them."""

from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime


class Recall(IntEnum):
    """How well something was remembered, by the four grades of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class PracticeCard(Base):
    """A question that a person reviews. ``memory`` is what FSRS knows of it, None before that."""

    __tablename__ = "assessment_practice_card"
    __table_args__ = (
        UniqueConstraint("person_id", "question_id"),
        Index(None, "person_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("assessment_question.id"), index=True)
    memory: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PracticeReview(Base):
    """One answer to a card; ``before`` is the card's memory then, so that its grade can change."""

    __tablename__ = "assessment_practice_review"
    __table_args__ = (Index(None, "card_id", "reviewed_at"), Index(None, "reviewed_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("assessment_practice_card.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_question_version.id"))
    value: Mapped[Any] = mapped_column(JSON)
    share: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    recall: Mapped[int] = mapped_column(SmallInteger)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reviewed_at: Mapped[datetime] = mapped_column(UTCDateTime)
