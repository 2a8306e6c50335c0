"""Writes of practice: cards join, answers are judged, their grade may be changed once more."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import type_of
from elearn.assessment.practice import rules
from elearn.assessment.practice.models import PracticeCard, PracticeReview, Recall
from elearn.assessment.practice.queries import Asked
from elearn.infra.bulk import insert_all
from elearn.kernel.errors import N_, Conflict, Invalid

_STORED = Decimal("0.0001")


def add_cards(
    session: Session, person_id: int, question_ids: Iterable[int], *, now: datetime
) -> int:
    """Let questions join the cards of a person; return how many. Raises IntegrityError for two
    that add the same one at the same moment."""
    rows = (
        {"person_id": person_id, "question_id": question_id, "due_at": now, "added_at": now}
        for question_id in question_ids
    )
    return insert_all(session, PracticeCard, rows)


def _lock_card(session: Session, card_id: int) -> PracticeCard:
    return session.scalars(
        select(PracticeCard)
        .where(PracticeCard.id == card_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def answer(session: Session, asked: Asked, value: object, *, now: datetime) -> int:
    """Judge ``value`` as an answer to ``asked`` and plan the card anew; return the review's id.

    Raises Invalid when nothing was answered or ``value`` is no answer to the question.
    """
    kind = type_of(asked.type)
    kept = None if value is None else kind.check_value(asked.body, value)
    share = kind.grade(asked.body, kept)
    # Where no option is right, leaving all unticked answers the question.
    if kept is None or not (share == 1 or kind.is_answer(kept)):
        raise Invalid("practice.no_answer", N_("Hãy trả lời rồi bấm “Trả lời”."))
    card = _lock_card(session, asked.card_id)
    recall = rules.recall_of(share)
    review = PracticeReview(
        card_id=card.id,
        question_version_id=asked.version_id,
        value=kept,
        share=share.quantize(_STORED),
        recall=recall,
        before=card.memory,
        reviewed_at=now,
    )
    card.memory, card.due_at = rules.review(card.memory, recall, now)
    session.add(review)
    session.flush()
    return review.id


def say_recall(session: Session, review_id: int, card_id: int, recall: Recall) -> None:
    """Plan the card by what its owner says of his last answer.

    Raises Conflict when he has answered the card again since, Invalid for what he may not say.
    """
    card = _lock_card(session, card_id)
    last = session.scalars(
        select(PracticeReview)
        .where(PracticeReview.card_id == card_id)
        .order_by(PracticeReview.id.desc())
        .limit(1)
    ).one()
    if last.id != review_id:
        raise Conflict("practice.old", N_("Bạn đã trả lời lại câu này; chỉ đánh giá lần gần nhất."))
    if recall not in rules.may_say(last.share):
        raise Invalid("practice.recall", N_("Chỉ câu trả lời đúng mới chọn được mức dễ, khó."))
    last.recall = recall
    card.memory, card.due_at = rules.review(last.before, recall, last.reviewed_at)
