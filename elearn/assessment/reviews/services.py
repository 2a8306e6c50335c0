"""Writes of score reviews. Never commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import grades
from elearn.assessment.models import Attempt, AttemptItem, Grade
from elearn.assessment.reviews.models import ReviewDecision, ReviewOutcome, ScoreReview
from elearn.kernel.errors import N_, Conflict, Invalid

REVIEWED = "reviewed"


def request(
    session: Session, attempt: Attempt, item_ids: Sequence[int], reason: str, *, now: datetime
) -> ScoreReview:
    """Add the request for a locked attempt. Raises Conflict for a second one, Invalid."""
    known = set(session.scalars(select(AttemptItem.id).where(AttemptItem.attempt_id == attempt.id)))
    if not set(item_ids) <= known:
        raise Invalid("assessment.item", N_("Bài này không có câu hỏi đó."))
    if session.scalar(select(ScoreReview.id).where(ScoreReview.attempt_id == attempt.id)):
        raise Conflict("review.twice", N_("Mỗi lượt làm bài chỉ được phúc khảo một lần."))
    row = ScoreReview(
        attempt_id=attempt.id, item_ids=sorted(set(item_ids)), reason=reason, requested_at=now
    )
    session.add(row)
    session.flush()
    return row


def decide(
    session: Session,
    review_id: int,
    before: Grade,
    points: Mapping[int, Decimal],
    reason: str,
    *,
    by: int,
    now: datetime,
) -> Grade | None:
    """Record the decision on a review of a locked attempt; return the grade it appends, if any.

    ``points``: what questions earn from now on; empty: the score is kept. Raises Conflict when it
    has been decided.
    """
    if session.scalar(select(ReviewDecision.id).where(ReviewDecision.review_id == review_id)):
        raise Conflict("review.decided", N_("Đơn phúc khảo này đã được quyết định."))
    grade = None
    if points:
        changes = {
            item_id: (Decimal(before.item_scores[str(item_id)]), new)
            for item_id, new in points.items()
        }
        grade = grades.append_grade(
            session, before, changes, reason=REVIEWED, graded_by=by, now=now
        )
    session.add(
        ReviewDecision(
            review_id=review_id,
            outcome=ReviewOutcome.CHANGED if grade else ReviewOutcome.KEPT,
            reason=reason,
            points={str(item_id): str(new) for item_id, new in points.items()},
            grade_number=grade.number if grade else None,
            decided_by=by,
            decided_at=now,
        )
    )
    session.flush()
    return grade
