"""Tables of rounds: when a paper is sat, by whom, and what was decided about it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
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


class DecisionKind(StrEnum):
    """What officers decide about a round once its people are frozen."""

    EXTEND = "EXTEND"
    MOVE = "MOVE"
    ADD = "ADD"
    REMOVE = "REMOVE"
    END = "END"
    CLOSE = "CLOSE"
    CANCEL = "CANCEL"


class TopicKind(StrEnum):
    """By what the scores of a closed round are summed up; ALL: the whole paper."""

    ALL = "ALL"
    MODULE = "MODULE"
    AREA = "AREA"
    LEVEL = "LEVEL"


class Round(Base):
    """A paper version sat in the window [opens_at, closes_at) by the people frozen for it.

    ``unit_id`` is the unit whose subtree the round is held in; its officers manage the round.
    ``slot_minutes`` spreads the start: each unit begins in its own slot; None: all together.
    ``closed_at``: from then on nobody sits it any more, keys and results may be seen.
    ``forecast_answer`` is what came true of the forecast of a contest.
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
    forecast_answer: Mapped[int | None]
    planned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tallied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Counts what examinees at work should hear of (rounds.bulletin); tells nothing by itself.
    bulletin: Mapped[int] = mapped_column(default=0, server_default="0")


class RoundAudience(Base):
    """A target group of a programme that sits a round; a round without any is for everybody.

    Codes, as group rules change with the files; what counts are the people frozen.
    """

    __tablename__ = "assessment_round_audience"
    __table_args__ = (UniqueConstraint("round_id", "programme_code", "group_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    programme_code: Mapped[str] = mapped_column(String(64))
    group_code: Mapped[str] = mapped_column(String(64))


class RoundExaminee(Base):
    """Somebody who sits a round, with the unit counted for him on the day of the roster.

    [starts_at, ends_at) is his own window: the round's, or the slot of his unit, or where a
    decision has moved it. ``extra_minutes`` add to the time of every attempt he makes in the
    round and to the end of his window. Whoever begins an attempt holds the lock of this row, so
    that windows and extensions are never read while they change. ``groups``: the codes of his
    groups on that day, joined by commas.
    """

    __tablename__ = "assessment_round_examinee"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index(None, "round_id", "unit_id"),
        Index(None, "person_id"),
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    groups: Mapped[str] = mapped_column(String(400), default="")
    forecast: Mapped[int | None]


class RoundTicket(Base):
    """A code handed out in the room: whoever types it there begins his attempt, once.

    It proves that somebody was in the room, no more: he is signed in and on the list besides.
    That is why the code itself is kept, so that a sheet can be printed again. ``person_id``: only
    this person may use it; None: anybody on the list.
    """

    __tablename__ = "assessment_round_ticket"
    __table_args__ = (Index(None, "round_id", "room"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    room: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("org_person.id"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("org_person.id"))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RoundDecision(Base):
    """A decision about a planned round and its reason: for one person, a unit, or all (neither).

    ``minutes`` of an extension; [starts_at, ends_at) of a move. Examinees see those that concern
    them.
    """

    __tablename__ = "assessment_round_decision"
    __table_args__ = (Index(None, "round_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    kind: Mapped[DecisionKind] = mapped_column(enum_type(DecisionKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("org_person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    minutes: Mapped[int | None]
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttemptVoid(Base):
    """Why an attempt counts for nothing, who decided so, and what state it was in."""

    __tablename__ = "assessment_attempt_void"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"), unique=True)
    was: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    voided_by: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    voided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RoundScore(Base):
    """Sums of a closed round for a unit and a topic, derived by a job from grades.

    ``people`` sat (one attempt each, the best), ``points`` of ``max_points`` were earned;
    ``passed`` and ``perfect`` are told where the topic is the whole paper.
    """

    __tablename__ = "assessment_round_score"
    __table_args__ = (UniqueConstraint("round_id", "topic_kind", "topic", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    topic_kind: Mapped[TopicKind] = mapped_column(enum_type(TopicKind))
    topic: Mapped[str] = mapped_column(String(64))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    people: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    max_points: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    passed: Mapped[int] = mapped_column(default=0)
    perfect: Mapped[int] = mapped_column(default=0)


class RoundPlace(Base):
    """The place of a person in a closed contest, derived by the same job.

    By percentage, then by ``distance`` of the forecast, then by ``seconds`` used; equal ones
    share a place.
    """

    __tablename__ = "assessment_round_place"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index(None, "round_id", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("org_person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    place: Mapped[int]
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    distance: Mapped[int | None]
    seconds: Mapped[int]
