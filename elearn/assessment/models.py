"""Tables of what is asked: bank, papers, attempts, append-only answers and grades."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from elearn.assessment.domain import searching
from elearn.infra.db import Base, UTCDateTime, enum_type


class Level(StrEnum):
    """Cognitive levels NB, TH, VD, VDC."""

    RECALL = "RECALL"
    UNDERSTAND = "UNDERSTAND"
    APPLY = "APPLY"
    APPLY_HIGH = "APPLY_HIGH"


class PaperKind(StrEnum):
    """What a paper is for."""

    PRACTICE = "PRACTICE"
    MODULE_TEST = "MODULE_TEST"
    SURVEY = "SURVEY"
    FINAL = "FINAL"


class FeedbackRule(StrEnum):
    """When the examinee may see keys and explanations."""

    NEVER = "NEVER"
    AFTER_SUBMIT = "AFTER_SUBMIT"
    AFTER_CLOSE = "AFTER_CLOSE"


class AttemptState(StrEnum):
    """in_progress, then submitted, then graded; moved by conditional UPDATE only.

    Any of them may become voided, by a human decision with its reason; that is final.
    """

    IN_PROGRESS = "IN_PROGRESS"
    SUBMITTED = "SUBMITTED"
    GRADED = "GRADED"
    VOIDED = "VOIDED"


class AttemptSource(StrEnum):
    """Where an attempt was made: on the site, or in a hall on paper and keyed in."""

    ONLINE = "ONLINE"
    PAPER = "PAPER"


class AnswerStatus(StrEnum):
    """What became of an answer event."""

    STORED = "STORED"
    LATE = "LATE"
    SUPERSEDED = "SUPERSEDED"


class Question(Base):
    """The identity of a bank question."""

    __tablename__ = "assessment_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    bank: Mapped[str] = mapped_column(String(64), index=True)
    published_version_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "assessment_question_version.id",
            use_alter=True,
            name="fk_assessment_question_published_version_id",
        )
    )
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # A published lesson asks it as an inline check and shows its key: tests never draw it.
    is_inline_check: Mapped[bool] = mapped_column(default=False, server_default=false())


def _row(context: DefaultExecutionContext) -> dict[str, Any]:
    """Return the values of the row that is being added."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return row


def _search_text(context: DefaultExecutionContext) -> str:
    return searching.search_text(_row(context)["body"])


def _tags(context: DefaultExecutionContext) -> str:
    row = _row(context)
    return searching.tags_text(row["skills"], row["facts"], row["citations"])


def _same_key(context: DefaultExecutionContext) -> str:
    return searching.same_key(_row(context)["body"])


class QuestionVersion(Base):
    """A published wording of a question. ``body`` is its file shape, ``rendered`` its HTML.

    ``search_text``, ``tags`` and ``same_key`` follow from the rest; see domain.searching.
    """

    __tablename__ = "assessment_question_version"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        Index(None, "module_code", "level", "type"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("assessment_question.id"))
    number: Mapped[int]
    type: Mapped[str] = mapped_column(String(32))
    level: Mapped[Level] = mapped_column(enum_type(Level))
    module_code: Mapped[str] = mapped_column(String(64))
    lesson_code: Mapped[str | None] = mapped_column(String(64))
    area: Mapped[str | None] = mapped_column(String(32))
    skills: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[list[str]] = mapped_column(JSON)
    citations: Mapped[list[str]] = mapped_column(JSON)
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    rendered: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    change_note: Mapped[str | None] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text, default=_search_text, server_default="")
    tags: Mapped[str] = mapped_column(Text, default=_tags, server_default="")
    same_key: Mapped[str] = mapped_column(
        String(64), default=_same_key, server_default="", index=True
    )


class Paper(Base):
    """The identity of a paper."""

    __tablename__ = "assessment_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    published_version_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "assessment_paper_version.id",
            use_alter=True,
            name="fk_assessment_paper_published_version_id",
        )
    )
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaperVersion(Base):
    """A blueprint with its settings. Never edited."""

    __tablename__ = "assessment_paper_version"
    __table_args__ = (UniqueConstraint("paper_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[PaperKind] = mapped_column(enum_type(PaperKind))
    time_limit_minutes: Mapped[int | None]
    attempts: Mapped[int | None]
    cooldown_hours: Mapped[int]
    pass_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    shuffle: Mapped[bool]
    feedback: Mapped[FeedbackRule] = mapped_column(enum_type(FeedbackRule))
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    change_note: Mapped[str | None] = mapped_column(Text)


class Attempt(Base):
    """One sitting of a paper by a person; the draw and its seed are kept."""

    __tablename__ = "assessment_attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "paper_id", "number"),
        Index(
            "uq_assessment_attempt_open",
            "person_id",
            "paper_id",
            unique=True,
            postgresql_where=text("state = 'IN_PROGRESS'"),
            sqlite_where=text("state = 'IN_PROGRESS'"),
        ),
        Index(None, "state", "deadline_at"),
        CheckConstraint(
            "state IN ('IN_PROGRESS', 'SUBMITTED', 'GRADED', 'VOIDED')", name="known_state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper.id"), index=True)
    paper_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper_version.id"))
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    # What the form was drawn from; None for both: drawn from the bank by ``domain.draw``.
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_form_pool.id"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_form.id"), index=True)
    state: Mapped[AttemptState] = mapped_column(enum_type(AttemptState))
    epoch: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(16))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_round.id"), index=True)
    source: Mapped[AttemptSource] = mapped_column(
        enum_type(AttemptSource), server_default=AttemptSource.ONLINE.value
    )
    # A voided attempt counts for nothing; whether it used up one of those allowed was decided.
    void_uses_up: Mapped[bool] = mapped_column(server_default=false())
    # The last sign of life of the page, saves and heartbeats alike; evidence for invigilators.
    last_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AttemptEpoch(Base):
    """A device took an attempt over; ``session_id`` is the sign-in session it did so in."""

    __tablename__ = "assessment_attempt_epoch"
    __table_args__ = (UniqueConstraint("attempt_id", "epoch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    epoch: Mapped[int]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_sign_in_session.id"))
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttemptItem(Base):
    """One drawn question of an attempt: its pinned version, its options in their order."""

    __tablename__ = "assessment_attempt_item"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    position: Mapped[int]
    section: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_question_version.id"), index=True
    )
    option_order: Mapped[list[str]] = mapped_column(JSON)
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))


class AnswerEvent(Base):
    """One saved change of one answer (design.md section 6). Added, never edited."""

    __tablename__ = "assessment_answer_event"
    __table_args__ = (Index(None, "attempt_id", "item_id", "epoch", "client_seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt_item.id"))
    epoch: Mapped[int]
    client_seq: Mapped[int] = mapped_column(BigInteger)
    uuid: Mapped[str] = mapped_column(Uuid(as_uuid=False), unique=True)
    value: Mapped[Any] = mapped_column(JSON)
    status: Mapped[AnswerStatus] = mapped_column(enum_type(AnswerStatus))
    reason: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Grade(Base):
    """A grading of an attempt; a regrade adds a row. The last one counts.

    ``late_counted``: by a decision, answers that came too late count in it (I5).
    """

    __tablename__ = "assessment_grade"
    __table_args__ = (UniqueConstraint("attempt_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    number: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    max_score: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    passed: Mapped[bool]
    item_scores: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(64))
    late_counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    graded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    graded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))


class ExtraAttempt(Base):
    """Further attempts that the programme officer granted, with the reason."""

    __tablename__ = "assessment_extra_attempt"
    __table_args__ = (Index(None, "person_id", "paper_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper.id"))
    count: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
