"""Score review (phúc khảo): the examinee asks once, with a reason; the officer of his unit decides.

The decision appends a grade or keeps the score; either way its reason is told to the examinee.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from elearn.assessment import attempt_queries, results, services
from elearn.assessment.attempt_queries import AttemptHead
from elearn.assessment.models import Attempt, AttemptState, Grade
from elearn.assessment.policy import shows_score
from elearn.assessment.results import ResultItem
from elearn.assessment.reviews import queries, rules
from elearn.assessment.reviews import services as reviews
from elearn.assessment.reviews.queries import ReviewLine
from elearn.infra import audit
from elearn.infra.db import now as database_now
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, AppError, Conflict, Forbidden, Invalid
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import clean
from elearn.org.scope import UnitScope, scope_for
from elearn.workflows import complete_course


@dataclass(frozen=True, slots=True)
class Desk:
    """What the examinee finds: his request, or until when he may ask, or why he may not."""

    head: AttemptHead
    review: ReviewLine | None
    refusal: AppError | None
    last_day: date | None
    numbers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What the officer judges by: the request, the attempt with answers and keys, the grade."""

    line: ReviewLine
    items: tuple[ResultItem, ...]
    score: Decimal
    max_score: Decimal


def _reason(text: str) -> str:
    reason = clean(text).strip()
    if not 1 <= len(reason) <= rules.LONGEST_REASON:
        raise Invalid(
            "review.reason",
            N_("Hãy ghi lý do, không quá %(most)s ký tự."),
            most=rules.LONGEST_REASON,
        )
    return reason


def open_desk(actor: Actor, attempt_id: int) -> Desk:
    """Return what the actor may do about an attempt of his. Raises NotFound."""
    with reading() as session:
        now = database_now(session)
        head = attempt_queries.get_attempt(session, attempt_id, person_id=actor.person_id)
        review = queries.find_review(session, attempt_id)
        grade = results.find_last(session, attempt_id)
        return Desk(
            head=head,
            review=review,
            refusal=None if review else _refusal(head, grade, now),
            last_day=_last_day(head, grade) if grade else None,
            numbers=tuple(results.list_numbers(session, attempt_id)),
        )


def _last_day(head: AttemptHead, grade: Grade) -> date:
    released = max(filter(None, (grade.graded_at, head.round_closed_at)))
    return rules.last_day(released)


def _refusal(head: AttemptHead, grade: Grade | None, now: datetime) -> AppError | None:
    """Return why no review of the attempt may be asked for now, None when it may."""
    shown = shows_score(
        head.state, in_round=head.round_id is not None, is_closed=head.round_closed_at is not None
    )
    if grade is None or not shown:
        return Conflict("review.early", N_("Chưa có kết quả để xin phúc khảo."))
    last = _last_day(head, grade)
    if local_day(now) > last:
        return Conflict(
            "review.late",
            N_("Đã quá hạn xin phúc khảo (%(day)s)."),
            day=last.strftime("%d/%m/%Y"),
        )
    return None


def ask(actor: Actor, attempt_id: int, item_ids: Sequence[int], reason: str) -> None:
    """Ask for a review of an attempt of the actor's; ``item_ids`` empty: of all of it. Audited.

    Raises NotFound, Invalid, Conflict before the result is shown, after the last day, or twice.
    """
    given = _reason(reason)
    with transaction() as session:
        now = database_now(session)
        attempt = services.lock_attempt(session, attempt_id, person_id=actor.person_id)
        head = attempt_queries.get_attempt(session, attempt_id, person_id=actor.person_id)
        refusal = _refusal(head, results.find_last(session, attempt_id), now)
        if refusal is not None:
            raise refusal
        row = reviews.request(session, attempt, item_ids, given, now=now)
        details = {"attempt": attempt_id, "items": row.item_ids}
        subject = ("score_review", row.id)
        audit.record(session, actor, "reviews.ask", subject, at=now, reason=given, details=details)


def _scope(actor: Actor, now: datetime) -> UnitScope:
    return scope_for(actor, Role.PROGRAMME_OFFICER, day=local_day(now))


def list_requests(actor: Actor, page: PageRequest) -> Page[ReviewLine]:
    """Return the reviews of the people in the officer's units."""
    with reading() as session:
        return queries.page_of_reviews(session, _scope(actor, database_now(session)), page)


def open_case(actor: Actor, review_id: int) -> Case:
    """Return what the officer judges by; looking at somebody's answers is audited.

    Raises NotFound for reviews of people outside his units.
    """
    with transaction() as session:
        now = database_now(session)
        line = queries.get_review(session, _scope(actor, now), review_id)
        grade = results.get_last(session, line.attempt_id)
        items = results.list_result_items(session, line.attempt_id, grade)
        details = {"attempt": line.attempt_id}
        audit.record(
            session, actor, "reviews.open", ("score_review", review_id), at=now, details=details
        )
        return Case(line, items, grade.score, grade.max_score)


def decide(actor: Actor, review_id: int, points: Mapping[int, str], reason: str) -> None:
    """Decide a review: keep the score (no ``points``) or record points anew, audited.

    Raises NotFound, Forbidden for the officer's own attempt, Invalid, Conflict when it has been
    decided or the attempt is void by now.
    """
    given = _reason(reason)
    with transaction() as session:
        now = database_now(session)
        line = queries.get_review(session, _scope(actor, now), review_id)
        if actor.user_id is None or actor.person_id == line.person_id:
            raise Forbidden(
                "assessment.own",
                N_("Bạn không thể tự quyết định về lượt làm bài của chính mình."),
            )
        attempt = services.lock_attempt(session, line.attempt_id, person_id=line.person_id)
        before = _before(session, attempt)
        new = _checked(session, attempt, points)
        grade = reviews.decide(session, review_id, before, new, given, by=actor.user_id, now=now)
        details = {
            "attempt": attempt.id,
            "before": str(before.score),
            "after": str(grade.score if grade else before.score),
        }
        subject = ("score_review", review_id)
        audit.record(
            session, actor, "reviews.decide", subject, at=now, reason=given, details=details
        )
        if grade is not None:
            complete_course.advance(session, actor, line.person_id, now=now)


def _before(session: Session, attempt: Attempt) -> Grade:
    if attempt.state is not AttemptState.GRADED:
        raise Conflict("review.void", N_("Lượt làm bài này không còn kết quả để phúc khảo."))
    return results.get_last(session, attempt.id)


def _checked(session: Session, attempt: Attempt, points: Mapping[int, str]) -> dict[int, Decimal]:
    if not points:
        return {}
    return rules.checked_points(results.list_points(session, attempt.id), points)
