"""Reads of practice: what is due, what was answered, what may join."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    FeedbackRule,
    Grade,
    PaperVersion,
    Question,
    QuestionVersion,
)
from elearn.assessment.practice.models import PracticeCard, PracticeReview
from elearn.assessment.practice.rules import FEWEST_PEOPLE, NEW_A_DAY
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.regrading.models import CorrectionDecision, DecisionKind, KeyCorrection
from elearn.assessment.rounds.models import Round
from elearn.kernel.errors import N_, NotFound
from elearn.org.scope import UnitScope, people_in


@dataclass(frozen=True, slots=True)
class Today:
    """A person's review today. ``next_at`` is when the next card is due, None without cards."""

    due: int
    new: int
    done: int
    cards: int
    next_at: datetime | None

    @property
    def left(self) -> int:
        """Return how many questions wait."""
        return self.due + self.new


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of a card to be answered now."""

    card_id: int
    version_id: int
    code: str
    type: str
    body: dict[str, Any]
    rendered: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An answer given, with its question."""

    id: int
    asked: Asked
    citations: tuple[str, ...]
    lesson_code: str | None
    value: Any
    share: Decimal
    recall: int
    due_at: datetime
    is_last: bool


@dataclass(frozen=True, slots=True)
class ModuleUse:
    """How a unit practises a module: people, answers, and the share of them right, 0 to 1."""

    module_code: str
    people: int
    answers: int
    right: float


# An essay waits for a person who marks it, so it is no card; a case may hold one.
# A version found faulty, for which any answer counts or none, teaches nothing.
_FAULTY = (
    select(KeyCorrection.question_version_id)
    .join(CorrectionDecision, CorrectionDecision.correction_id == KeyCorrection.id)
    .where(
        CorrectionDecision.kind == DecisionKind.APPROVED,
        KeyCorrection.treatment != Treatment.KEY,
    )
)
_KINDS = [name for name in TYPES if name not in ("essay", "case")]


def _askable() -> Select[int]:
    """Return the select of questions that can be asked and graded at once."""
    return (
        select(Question.id)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(
            Question.retired_at.is_(None),
            QuestionVersion.type.in_(_KINDS),
            QuestionVersion.id.not_in(_FAULTY),
        )
    )


def list_candidates(
    session: Session, person_id: int, lesson_checks: Sequence[str], *, now: datetime
) -> list[int]:
    """Return the questions that may become cards: ``lesson_checks`` and what he missed.

    Only what he has seen with its key already: ``lesson_checks`` are codes of the inline checks
    of lessons he has finished; misses come from attempts whose keys are released to him.
    """
    released = or_(
        and_(Attempt.round_id.is_(None), PaperVersion.feedback == FeedbackRule.AFTER_SUBMIT),
        and_(Round.closes_at < now, PaperVersion.feedback != FeedbackRule.NEVER),
    )
    rows = session.execute(
        select(AttemptItem.id, QuestionVersion.question_id, AttemptItem.points, Grade.item_scores)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .join(Grade, Grade.attempt_id == Attempt.id)
        .outerjoin(Round, Round.id == Attempt.round_id)
        .where(
            Attempt.person_id == person_id,
            Attempt.state == AttemptState.GRADED,
            released,
            Grade.number
            == select(func.max(Grade.number))
            .where(Grade.attempt_id == Attempt.id)
            .correlate(Attempt)
            .scalar_subquery(),
        )
        .order_by(Attempt.id.desc(), AttemptItem.position)
    )
    missed = [
        row.question_id
        for row in rows
        if Decimal(row.item_scores.get(str(row.id), "0")) < row.points
    ]
    checks = session.scalars(
        select(Question.id).where(Question.code.in_(lesson_checks)).order_by(Question.id)
    )
    known = set(
        session.scalars(select(PracticeCard.question_id).where(PracticeCard.person_id == person_id))
    )
    wanted = [question for question in dict.fromkeys([*missed, *checks]) if question not in known]
    if not wanted:
        return []
    askable = set(session.scalars(_askable().where(Question.id.in_(wanted))))
    return [question for question in wanted if question in askable]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def get_today(session: Session, person_id: int, *, now: datetime, since: datetime) -> Today:
    """Return what waits for a person now; ``since`` is the beginning of his day."""
    is_new = PracticeCard.memory.is_(None)
    due, new, cards, next_at = session.execute(
        select(
            _count(and_(~is_new, PracticeCard.due_at <= now)),
            _count(is_new),
            func.count(),
            func.min(case((~is_new, PracticeCard.due_at))),
        ).where(PracticeCard.person_id == person_id, PracticeCard.question_id.in_(_askable()))
    ).one()
    done, begun = session.execute(
        select(func.count(), _count(PracticeReview.before.is_(None)))
        .join(PracticeCard, PracticeCard.id == PracticeReview.card_id)
        .where(PracticeCard.person_id == person_id, PracticeReview.reviewed_at >= since)
    ).one()
    left_new = max(0, NEW_A_DAY - int(begun))
    return Today(int(due), min(int(new), left_new), done, cards, next_at)


_ASKED = (
    PracticeCard.id.label("card_id"),
    QuestionVersion.id.label("version_id"),
    Question.code,
    QuestionVersion.type,
    QuestionVersion.body,
    QuestionVersion.rendered,
)


def next_card(session: Session, person_id: int, *, now: datetime, with_new: bool) -> Asked | None:
    """Return the card to answer next: the longest due, then new ones as they were added."""
    is_new = PracticeCard.memory.is_(None)
    wanted = or_(and_(~is_new, PracticeCard.due_at <= now), is_new if with_new else false())
    row = session.execute(
        select(*_ASKED)
        .join(Question, Question.id == PracticeCard.question_id)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(PracticeCard.person_id == person_id, Question.id.in_(_askable()), wanted)
        .order_by(is_new, PracticeCard.due_at, PracticeCard.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else _by_present_key(session, Asked(*row))


def _by_present_key(session: Session, asked: Asked) -> Asked:
    """Return ``asked`` with the key by which its version is graded by now."""
    key = effective_bodies(session, [asked.version_id])[asked.version_id]
    return replace(asked, body=dict(key.body))


def get_card(session: Session, person_id: int, card_id: int) -> Asked:
    """Return a card of a person as it can be asked now. Raises NotFound."""
    row = session.execute(
        select(*_ASKED)
        .join(Question, Question.id == PracticeCard.question_id)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(
            PracticeCard.id == card_id,
            PracticeCard.person_id == person_id,
            Question.id.in_(_askable()),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("practice.card", N_("Không có câu ôn tập này trong bộ của bạn."))
    return _by_present_key(session, Asked(*row))


def get_review(session: Session, person_id: int, review_id: int) -> Reviewed:
    """Return an answer that a person gave, in the wording he answered. Raises NotFound."""
    newest = (
        select(func.max(PracticeReview.id))
        .where(PracticeReview.card_id == PracticeCard.id)
        .correlate(PracticeCard)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            *_ASKED,
            PracticeReview,
            PracticeCard.due_at,
            QuestionVersion.citations,
            QuestionVersion.lesson_code,
            newest.label("newest"),
        )
        .select_from(PracticeReview)
        .join(PracticeCard, PracticeCard.id == PracticeReview.card_id)
        .join(Question, Question.id == PracticeCard.question_id)
        .join(QuestionVersion, QuestionVersion.id == PracticeReview.question_version_id)
        .where(PracticeReview.id == review_id, PracticeCard.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound("practice.review", N_("Không có lần ôn tập này trong hồ sơ của bạn."))
    review = row.PracticeReview
    return Reviewed(
        id=review.id,
        asked=_by_present_key(session, Asked(*row[: len(_ASKED)])),
        citations=tuple(row.citations),
        lesson_code=row.lesson_code,
        value=review.value,
        share=review.share,
        recall=review.recall,
        due_at=row.due_at,
        is_last=row.newest == review.id,
    )


def list_use(session: Session, scope: UnitScope, *, since: datetime) -> list[ModuleUse]:
    """Return how the people of ``scope`` practise, by module, since ``since``.

    Practice is private: a module that fewer than FEWEST_PEOPLE practised is left out, and no row
    tells of a person.
    """
    people = func.count(func.distinct(PracticeCard.person_id))
    rows = session.execute(
        select(
            QuestionVersion.module_code,
            people,
            func.count(),
            func.avg(case((PracticeReview.share == 1, 1.0), else_=0.0)),
        )
        .select_from(PracticeReview)
        .join(PracticeCard, PracticeCard.id == PracticeReview.card_id)
        .join(QuestionVersion, QuestionVersion.id == PracticeReview.question_version_id)
        .where(PracticeReview.reviewed_at >= since, PracticeCard.person_id.in_(people_in(scope)))
        .group_by(QuestionVersion.module_code)
        .having(people >= FEWEST_PEOPLE)
        .order_by(QuestionVersion.module_code)
    )
    return [ModuleUse(code, count, answers, float(right)) for code, count, answers, right in rows]
