"""Reads of score reviews: for the examinee his own, for the officer those of his units."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, PaperVersion
from elearn.assessment.reviews.models import ReviewDecision, ReviewOutcome, ScoreReview
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.org.models import Person
from elearn.org.scope import UnitScope, people_in


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A request with its decision; ``outcome`` None while it waits."""

    id: int
    attempt_id: int
    person_id: int
    full_name: str
    person_code: str
    paper_title: str
    attempt_number: int
    reason: str
    item_ids: tuple[int, ...]
    requested_at: datetime
    outcome: ReviewOutcome | None
    decision_reason: str | None
    decided_at: datetime | None
    points: Mapping[str, str]
    grade_number: int | None


def decided_points(session: Session, attempt_ids: Collection[int]) -> dict[int, Decimal]:
    """Return {item id: points} recorded by score reviews of the attempts."""
    rows = session.scalars(
        select(ReviewDecision.points)
        .join(ScoreReview, ScoreReview.id == ReviewDecision.review_id)
        .where(ScoreReview.attempt_id.in_(attempt_ids))
    )
    return {int(item): Decimal(points) for row in rows for item, points in row.items()}


def no_such_review() -> NotFound:
    """Return the one answer for requests that are not there and for those of others."""
    return NotFound("review.unknown", N_("Không tìm thấy đơn phúc khảo này."))


def _lines() -> Select[ScoreReview, Attempt, Person, str, ReviewDecision]:
    return (
        select(ScoreReview, Attempt, Person, PaperVersion.title, ReviewDecision)
        .join(Attempt, Attempt.id == ScoreReview.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .outerjoin(ReviewDecision, ReviewDecision.review_id == ScoreReview.id)
    )


def _line(
    review: ScoreReview,
    attempt: Attempt,
    person: Person,
    title: str,
    decision: ReviewDecision | None,
) -> ReviewLine:
    return ReviewLine(
        id=review.id,
        attempt_id=attempt.id,
        person_id=person.id,
        full_name=person.full_name,
        person_code=person.code,
        paper_title=title,
        attempt_number=attempt.number,
        reason=review.reason,
        item_ids=tuple(review.item_ids),
        requested_at=review.requested_at,
        outcome=decision.outcome if decision else None,
        decision_reason=decision.reason if decision else None,
        decided_at=decision.decided_at if decision else None,
        points=decision.points if decision else {},
        grade_number=decision.grade_number if decision else None,
    )


def find_review(session: Session, attempt_id: int) -> ReviewLine | None:
    """Return the review of an attempt, None without one; the caller answers for whose it is."""
    row = session.execute(_lines().where(ScoreReview.attempt_id == attempt_id)).one_or_none()
    return None if row is None else _line(*row)


def get_review(session: Session, scope: UnitScope, review_id: int) -> ReviewLine:
    """Return a review of somebody within ``scope``. Raises NotFound."""
    row = session.execute(
        _lines().where(ScoreReview.id == review_id, Attempt.person_id.in_(people_in(scope)))
    ).one_or_none()
    if row is None:
        raise no_such_review()
    return _line(*row)


def page_of_reviews(session: Session, scope: UnitScope, page: PageRequest) -> Page[ReviewLine]:
    """Return the reviews of people within ``scope``: those that wait, the oldest first; then
    those decided, the newest first.
    """
    statement = _lines().where(Attempt.person_id.in_(people_in(scope)))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(ReviewDecision.id.is_not(None), ReviewDecision.id.desc(), ScoreReview.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return Page([_line(*row) for row in rows], page.number, page.size, total)
