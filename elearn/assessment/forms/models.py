"""Tables of enemy sets, of kept pools, and of forms made ahead."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class EnemySet(Base):
    """Questions of which at most one may stand in a form, because one gives another away."""

    __tablename__ = "assessment_enemy_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))


class Enemy(Base):
    """A question of an enemy set; a question is in one set at most."""

    __tablename__ = "assessment_enemy"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_question.id"), primary_key=True, autoincrement=False
    )
    set_id: Mapped[int] = mapped_column(ForeignKey("assessment_enemy_set.id"), index=True)


class FormPool(Base):
    """What forms of a paper version are drawn from, as the bank stood; its content never changes.

    ``candidates`` are the rows of ``domain.draw.Candidate`` (forms.pools writes and reads them),
    ``target`` is ``{"form": n, "sections": {section: n}}`` in ten-thousandths. ``bank_state`` says
    up to which state of the bank this pool was found to be right; "" once another took its place.
    """

    __tablename__ = "assessment_form_pool"
    __table_args__ = (
        UniqueConstraint("paper_version_id", "digest"),
        Index(None, "paper_version_id", "bank_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_version_id: Mapped[int] = mapped_column(ForeignKey("assessment_paper_version.id"))
    digest: Mapped[str] = mapped_column(String(64))
    bank_state: Mapped[str] = mapped_column(String(200))
    candidates: Mapped[list[list[Any]]] = mapped_column(JSON)
    target: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FormPurpose(StrEnum):
    """What forms were made ahead for."""

    ROUND = "ROUND"
    PRINT = "PRINT"


class FormBatch(Base):
    """Forms made together by the solver, as hard as each other; written whole or not at all.

    ``key`` names the request, so that a job that runs twice makes them once. ``most_used`` is how
    many of the forms the most used question stands in, ``widest_gap`` how far the form furthest
    from the target is, in ten-thousandths of the points.
    """

    __tablename__ = "assessment_form_batch"
    __table_args__ = (CheckConstraint("size > 0", name="holds_forms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    paper_version_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_paper_version.id"), index=True
    )
    pool_id: Mapped[int] = mapped_column(ForeignKey("assessment_form_pool.id"))
    purpose: Mapped[FormPurpose] = mapped_column(enum_type(FormPurpose))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_round.id"), index=True)
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    most_used: Mapped[int]
    widest_gap: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))


class Form(Base):
    """One form of a batch. ``questions`` are ``[question version, section, cell, points]``.

    ``difficulty`` is in ten-thousandths of the points; ``uses`` counts the attempts begun on it.
    """

    __tablename__ = "assessment_form"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index(None, "batch_id", "uses"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("assessment_form_batch.id"))
    number: Mapped[int]
    difficulty: Mapped[int]
    questions: Mapped[list[list[Any]]] = mapped_column(JSON)
    uses: Mapped[int] = mapped_column(default=0)
