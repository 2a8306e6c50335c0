"""The programme officer's decisions about attempts: further ones, late answers, voided ones."""

from datetime import datetime

from sqlalchemy.orm import Session

from elearn.assessment import grades, queries, services
from elearn.assessment.models import AttemptState
from elearn.assessment.rounds.bulletin import announce
from elearn.assessment.rounds.services import lock_round_of
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid
from elearn.kernel.text import clean
from elearn.org.queries import person_card
from elearn.org.scope import scope_for
from elearn.workflows import complete_course

MOST_GRANTED = 10
LONGEST_REASON = 500


def _check(session: Session, actor: Actor, person_id: int, now: datetime) -> int:
    """Return the user who decides, or raise NotFound, Forbidden."""
    scope = scope_for(actor, Role.PROGRAMME_OFFICER, day=local_day(now))
    person_card(session, scope, person_id)
    if actor.user_id is None or actor.person_id == person_id:
        raise Forbidden(
            "assessment.own",
            N_("Bạn không thể tự quyết định về lượt làm bài của chính mình."),
        )
    return actor.user_id


def _reason(text: str) -> str:
    reason = clean(text).strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            "assessment.reason",
            N_("Hãy ghi lý do, không quá %(most)s ký tự."),
            most=LONGEST_REASON,
        )
    return reason


def grant(
    actor: Actor, person_id: int, paper_code: str, count: int, reason: str, *, now: datetime
) -> None:
    """Grant a person of the officer's scope ``count`` further attempts at a paper, audited.

    Raises NotFound for people outside the scope and unknown papers, Forbidden for himself,
    Invalid for a count outside 1 to MOST_GRANTED or a reason that is not there.
    """
    given = _reason(reason)
    if not 1 <= count <= MOST_GRANTED:
        raise Invalid(
            "assessment.count", N_("Mỗi lần cấp từ 1 đến %(most)s lượt."), most=MOST_GRANTED
        )
    with transaction() as session:
        user_id = _check(session, actor, person_id, now)
        paper = queries.get_paper(session, paper_code)
        services.grant_attempts(
            session, person_id, paper.paper_id, count, given, granted_by=user_id, now=now
        )
        audit.record(
            session,
            actor,
            "attempts.grant",
            ("person", person_id),
            at=now,
            reason=given,
            details={"paper": paper_code, "count": count},
        )


def count_late(
    actor: Actor, person_id: int, attempt_id: int, reason: str, *, now: datetime
) -> None:
    """Grade an ended attempt of a person again with the answers that came too late, audited (I5).

    The earlier grade stays. Raises NotFound, Forbidden, Invalid as ``grant`` does, Conflict when
    the attempt has no late answers, runs still, or has been decided.
    """
    given = _reason(reason)
    with transaction() as session:
        user_id = _check(session, actor, person_id, now)
        attempt = services.lock_attempt(session, attempt_id, person_id=person_id)
        before = grades.last_grade(session, attempt)
        if attempt.state is not AttemptState.GRADED or before is None:
            raise Conflict("assessment.running", N_("Lượt làm bài này chưa kết thúc."))
        if before.late_counted or not services.has_late(session, attempt):
            raise Conflict("assessment.no_late", N_("Không còn câu trả lời đến muộn để tính."))
        after = grades.add_late_grade(session, attempt, before, graded_by=user_id, now=now)
        audit.record(
            session,
            actor,
            "attempts.count_late",
            ("attempt", attempt_id),
            at=now,
            reason=given,
            details={"before": str(before.score), "after": str(after.score)},
        )
        complete_course.advance(session, actor, person_id, now=now)


def void(
    actor: Actor, person_id: int, attempt_id: int, reason: str, *, uses_up: bool, now: datetime
) -> None:
    """Make an attempt of a person of the officer's scope count for nothing, audited.

    No score, no pass; it may be running or have ended. Whether it ``uses_up`` one of the attempts
    allowed is decided with it. What a pass has completed before stays recorded: taking that back
    is the business of the register. Raises NotFound, Forbidden, Invalid as ``grant`` does,
    Conflict when it was voided before.
    """
    given = _reason(reason)
    with transaction() as session:
        user_id = _check(session, actor, person_id, now)
        lock_round_of(session, attempt_id)
        attempt = services.lock_attempt(session, attempt_id, person_id=person_id)
        services.void(session, attempt, given, uses_up=uses_up, voided_by=user_id, now=now)
        audit.record(
            session,
            actor,
            "attempts.void",
            ("attempt", attempt_id),
            at=now,
            reason=given,
            details={"person": person_id, "uses_up": uses_up},
        )
        announce(session, attempt.round_id)
