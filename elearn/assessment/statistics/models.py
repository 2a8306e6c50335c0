"""Tables of what was computed from graded attempts; derived, replaced by every computation."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class StatisticScope(StrEnum):
    """Whose attempts a row sums up: everybody's, those at one paper version, those of a round."""

    ALL = "ALL"
    PAPER = "PAPER"
    ROUND = "ROUND"


class ItemStatistic(Base):
    """One question version as answered in a scope.

    ``scope_id`` is 0 for ALL, else the id of the paper version or of the round. ``n`` attempts
    were asked, ``omitted`` of them did not answer. ``facility`` is the mean share of the points
    earned, 0 to 1, unanswered as 0; ``discrimination`` the correlation of that share with the
    share earned in the rest of the attempt, -1 to 1, None where either never varies;
    ``exposure`` the share of the attempts at its papers that it stood in. ``seconds`` is the
    median time spent on it over ``timed`` attempts. ``options`` is ``{key: [by ability group]}``,
    how many chose each key of ``type_of(…).tally``; ``groups`` how many attempts each group has,
    the weakest first. Of rounds only: ``drift`` is by how many standard errors it became easier
    than the other questions did since earlier rounds, ``leak`` the same from the earlier to the
    later half of the round, ``psi`` how far the choices moved since earlier rounds; None where it
    cannot be told.
    """

    __tablename__ = "assessment_item_statistic"
    __table_args__ = (
        UniqueConstraint("question_version_id", "scope", "scope_id"),
        Index(None, "scope", "scope_id"),
        CheckConstraint("n > 0", name="somebody_was_asked"),
        CheckConstraint("facility BETWEEN 0 AND 1", name="facility_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_question_version.id"))
    scope: Mapped[StatisticScope] = mapped_column(enum_type(StatisticScope))
    scope_id: Mapped[int] = mapped_column(default=0)
    n: Mapped[int]
    omitted: Mapped[int]
    facility: Mapped[float] = mapped_column(Double)
    discrimination: Mapped[float | None] = mapped_column(Double)
    exposure: Mapped[float] = mapped_column(Double)
    seconds: Mapped[float | None] = mapped_column(Double)
    timed: Mapped[int] = mapped_column(default=0)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    groups: Mapped[list[int]] = mapped_column(JSON)
    drift: Mapped[float | None] = mapped_column(Double)
    leak: Mapped[float | None] = mapped_column(Double)
    psi: Mapped[float | None] = mapped_column(Double)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Reliability(StrEnum):
    """How the reliability of a paper was estimated.

    ALPHA: everybody had the same questions (KR-20 where each is right or wrong). DRAWN: everybody
    had questions of his own, so that the luck of the draw counts as error.
    """

    ALPHA = "ALPHA"
    DRAWN = "DRAWN"


class PaperStatistic(Base):
    """One paper version as sat in a scope, PAPER or ROUND; ``scope_id`` as for questions.

    ``mean`` and ``deviation`` are of the scores in percent, 0 to 100; ``histogram`` counts them
    in tenths, 100 in the last. ``reliability`` (-inf to 1) with its 95 % interval is None where it
    cannot be told; ``error`` is the standard error of measurement in percent. ``seconds`` is the
    median time of the attempts made on the site.
    """

    __tablename__ = "assessment_paper_statistic"
    __table_args__ = (
        UniqueConstraint("paper_version_id", "scope", "scope_id"),
        Index(None, "scope", "scope_id"),
        CheckConstraint("n > 0", name="somebody_sat_it"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper_version.id"))
    scope: Mapped[StatisticScope] = mapped_column(enum_type(StatisticScope))
    scope_id: Mapped[int]
    n: Mapped[int]
    passed: Mapped[int]
    mean: Mapped[float] = mapped_column(Double)
    deviation: Mapped[float | None] = mapped_column(Double)
    histogram: Mapped[list[int]] = mapped_column(JSON)
    reliability: Mapped[float | None] = mapped_column(Double)
    reliability_low: Mapped[float | None] = mapped_column(Double)
    reliability_high: Mapped[float | None] = mapped_column(Double)
    method: Mapped[Reliability | None] = mapped_column(enum_type(Reliability))
    error: Mapped[float | None] = mapped_column(Double)
    seconds: Mapped[float | None] = mapped_column(Double)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AnswerSimilarity(Base):
    """Two attempts of a round by people of one unit that share wrong answers beyond chance.

    Evidence only, never a finding: of ``both_wrong`` questions that both got wrong they gave the
    same wrong answer to ``same_wrong``, where ``expected`` would be usual; ``log10_p`` is how rare
    that is by chance alone. Of ``timed`` common questions ``together`` were answered by both
    within a few seconds of each other.
    """

    __tablename__ = "assessment_answer_similarity"
    __table_args__ = (
        UniqueConstraint("attempt_a_id", "attempt_b_id"),
        CheckConstraint("attempt_a_id < attempt_b_id", name="each_pair_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    attempt_a_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"))
    attempt_b_id: Mapped[int] = mapped_column(ForeignKey("assessment_attempt.id"), index=True)
    common: Mapped[int]
    both_wrong: Mapped[int]
    same_wrong: Mapped[int]
    expected: Mapped[float] = mapped_column(Double)
    log10_p: Mapped[float] = mapped_column(Double)
    timed: Mapped[int]
    together: Mapped[int]
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)
