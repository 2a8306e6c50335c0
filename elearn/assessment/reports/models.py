"""The table of reports about questions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime


class QuestionReport(Base):
    """An examinee's words about a question of his attempt; ``answer`` is what was done about it."""

    __tablename__ = "assessment_question_report"
    __table_args__ = (Index(None, "resolved_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt_item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    answer: Mapped[str | None] = mapped_column(Text)
