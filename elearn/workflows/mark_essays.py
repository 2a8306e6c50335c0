"""Marking essays: take one by chance, mark it blind by the rubric, until the attempt is graded.

Whoever marks holds the attempt's lock first and its task's after that, so that the marker of the
last essay finds all others settled and grades the attempt, once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from elearn.assessment import grades, services
from elearn.assessment.marking import queries
from elearn.assessment.marking import services as marking
from elearn.assessment.marking.models import MarkingTask
from elearn.assessment.marking.policy import check_marker, marker_scope
from elearn.assessment.marking.queries import Essay, Queue
from elearn.assessment.marking.rules import LONGEST_COMMENT
from elearn.assessment.models import Attempt, AttemptState
from elearn.infra import audit
from elearn.infra.db import now as database_now
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Invalid
from elearn.kernel.text import clean
from elearn.workflows import complete_course


@dataclass(frozen=True, slots=True)
class Given:
    """A mark as it was typed: points line by line, and the words to the examinee."""

    points: tuple[str, ...]
    comment: str


def open_queue(actor: Actor) -> Queue:
    """Return what the actor may mark, and how far it is. Raises Forbidden."""
    user_id = check_marker(actor)
    with reading() as session:
        now = database_now(session)
        scope = marker_scope(actor, local_day(now))
        return queries.get_queue(session, scope, user_id, actor.person_id, now)


def take(actor: Actor) -> str | None:
    """Give the actor an essay to mark, the one he holds or one by chance; return its token."""
    user_id = check_marker(actor)
    with transaction() as session:
        now = database_now(session)
        scope = marker_scope(actor, local_day(now))
        return marking.claim_next(session, scope, user_id, actor.person_id, now=now)


def open_essay(actor: Actor, token: str) -> Essay:
    """Return the essay that the actor holds, leased anew. Raises NotFound, Forbidden."""
    user_id = check_marker(actor)
    with transaction() as session:
        now = database_now(session)
        task = marking.lock_task(session, token)
        claim = marking.get_claim(session, task, user_id)
        marking.renew(session, claim, now=now)
        return queries.get_essay(session, task, claim.lease_until)


def give_back(actor: Actor, token: str) -> None:
    """Let somebody else mark the essay. Raises NotFound, Forbidden."""
    user_id = check_marker(actor)
    with transaction() as session:
        marking.give_back(session, marking.lock_task(session, token), user_id)


def mark(actor: Actor, token: str, given: Given) -> bool:
    """Mark the essay that the actor holds; return whether its attempt is graded by it.

    Raises NotFound, Forbidden, Invalid, Conflict when the attempt was voided meanwhile.
    """
    user_id, comment = check_marker(actor), _comment(given.comment)
    with transaction() as session:
        now = database_now(session)
        attempt = _lock_attempt(session, token)
        task = marking.lock_task(session, token)
        settled = marking.add_mark(session, task, user_id, given.points, comment, now=now)
        _note(session, actor, task, now)
        return settled and grade_if_marked(session, actor, attempt, now=now)


def _comment(text: str) -> str:
    comment = clean(text).strip()
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(
            "marking.comment",
            N_("Nhận xét không được dài quá %(most)s ký tự."),
            most=LONGEST_COMMENT,
        )
    return comment


def _lock_attempt(session: Session, token: str) -> Attempt:
    task = marking.find_task(session, token)
    attempt = services.lock_any_attempt(session, task.attempt_id)
    if attempt.state is not AttemptState.SUBMITTED:
        raise Conflict("marking.closed", N_("Bài này không còn chờ chấm."))
    return attempt


def _note(session: Session, actor: Actor, task: MarkingTask, now: datetime) -> None:
    """The trail names the essay by its token: the points stand in the marks themselves."""
    audit.record(session, actor, "marking.mark", ("essay", task.token), at=now)


def grade_if_marked(session: Session, actor: Actor, attempt: Attempt, *, now: datetime) -> bool:
    """Grade a locked attempt whose last essay was marked, with what it completes."""
    if queries.count_unsettled(session, attempt.id):
        return False
    shares = queries.shares_of(session, attempt.id)
    grades.add_grade(
        session,
        attempt,
        reason=grades.MARKED,
        graded_by=actor.user_id,
        now=now,
        marks=shares,
    )
    services.set_graded(session, attempt)
    complete_course.advance(session, actor, attempt.person_id, now=now)
    return True
