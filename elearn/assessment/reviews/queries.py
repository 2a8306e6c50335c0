"""Reads of score reviews."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.reviews.models import ReviewDecision, ScoreReview


def decided_points(session: Session, attempt_ids: Collection[int]) -> dict[int, Decimal]:
    """Return {item id: points} recorded by score reviews of the attempts."""
    rows = session.scalars(
        select(ReviewDecision.points)
        .join(ScoreReview, ScoreReview.id == ReviewDecision.review_id)
        .where(ScoreReview.attempt_id.in_(attempt_ids))
    )
    return {int(item): Decimal(points) for row in rows for item, points in row.items()}
