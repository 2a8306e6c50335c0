"""A key found wrong: propose a correction, see what it would do, approve it, regrade.

The regrade is a job in slices, each an act of its own with the cursor moved in it: killed at any
moment it goes on where it stopped, and no attempt is regraded twice (unique key of the outcome).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.marking.services import drop_moot
from elearn.assessment.models import AttemptState, QuestionVersion
from elearn.assessment.regrading import queries, services, slices
from elearn.assessment.regrading.bodies import corrected
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.regrading.models import DecisionKind, KeyCorrection, RegradeRun
from elearn.assessment.regrading.policy import (
    APPROVERS,
    check_approver,
    check_may_lower,
    check_proposer,
)
from elearn.assessment.regrading.rules import Tally
from elearn.assessment.regrading.services import Proposed
from elearn.assessment.services import lock_any_attempt
from elearn.certificates import doubts
from elearn.curriculum.queries import list_test_papers
from elearn.infra import audit
from elearn.infra.db import now as database_now
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import Progress, enqueue
from elearn.kernel.actor import SYSTEM, Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid
from elearn.kernel.text import clean
from elearn.org.presence import find_actor
from elearn.org.scope import scope_for
from elearn.workflows import complete_course, mark_essays

PREVIEW, REGRADE = "keys.preview", "keys.regrade"
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody proposes; ``fields`` as ``bodies.corrected`` reads them."""

    treatment: Treatment
    fields: Mapping[str, list[str]]
    reason: str


def _reason(text: str) -> str:
    reason = clean(text).strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            "keys.reason", N_("Hãy ghi lý do, không quá %(most)s ký tự."), most=LONGEST_REASON
        )
    return reason


def propose(
    actor: Actor, question_code: str, number: int, given: Given, *, now: datetime
) -> tuple[int, int]:
    """Propose another key for a version of a question; return (correction id, preview job id).

    Raises Forbidden, NotFound, Invalid, Conflict while another proposal waits.
    """
    by, reason = check_proposer(actor), _reason(given.reason)
    with transaction() as session:
        version = queries.lock_version(session, question_code, number)
        body = _new_body(session, version, given)
        proposed = Proposed(given.treatment, body, reason)
        row = services.propose(session, version, proposed, by=by, now=now)
        _record(session, actor, "keys.propose", row, now, reason=reason)
        return row.id, _ask_preview(session, actor, row.id, now)


def _new_body(session: Session, version: QuestionVersion, given: Given) -> dict[str, Any] | None:
    """Return the body with the right key, None where any answer counts or none does."""
    key = effective_bodies(session, [version.id])[version.id]
    is_key = given.treatment is Treatment.KEY
    body = corrected(version.type, key.body, given.fields) if is_key else None
    if given.treatment is key.treatment and (body is None or body == key.body):
        raise Invalid("keys.same", N_("Đáp án mới không khác gì đáp án đang dùng."))
    return body


def _record(
    session: Session,
    actor: Actor,
    act: str,
    row: KeyCorrection,
    now: datetime,
    *,
    reason: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        actor,
        act,
        ("key_correction", row.id),
        at=now,
        reason=reason,
        details={
            "version": row.question_version_id,
            "treatment": row.treatment.value,
            **(details or {}),
        },
    )


def _ask_preview(session: Session, actor: Actor, correction_id: int, now: datetime) -> int:
    payload = {"correction_id": correction_id}
    key = f"{PREVIEW}:{correction_id}"
    return enqueue(session, actor, PREVIEW, payload, now=now, dedupe_key=key)


def renew_preview(actor: Actor, correction_id: int, *, now: datetime) -> int:
    """Count anew what a waiting proposal would do; return the job's id."""
    with transaction() as session:
        row = services.lock_correction(session, correction_id)
        if actor.user_id != row.proposed_by and not actor.has_role(*APPROVERS):
            raise services.no_such_correction()
        queries.check_waiting(session, correction_id)
        return _ask_preview(session, actor, correction_id, now)


def withdraw(actor: Actor, correction_id: int, *, now: datetime) -> None:
    """Take the own proposal back. Raises NotFound, Conflict."""
    with transaction() as session:
        row = services.lock_correction(session, correction_id)
        if actor.user_id is None or actor.user_id != row.proposed_by:
            raise services.no_such_correction()
        services.decide(
            session, row, DecisionKind.WITHDRAWN, by=actor.user_id, reason=None, now=now
        )
        _record(session, actor, "keys.withdraw", row, now)


def reject(actor: Actor, correction_id: int, reason: str, *, now: datetime) -> None:
    """Refuse a proposal, with the reason. Raises NotFound, Forbidden, Conflict, Invalid."""
    given = _reason(reason)
    with transaction() as session:
        row = services.lock_correction(session, correction_id)
        by = _approver(session, actor, row)
        services.decide(session, row, DecisionKind.REJECTED, by=by, reason=given, now=now)
        _record(session, actor, "keys.reject", row, now, reason=given)


def approve(
    actor: Actor, correction_id: int, *, may_lower: bool, reason: str, now: datetime
) -> int:
    """Approve a proposal and begin the regrade; return the job's id.

    ``may_lower`` lets scores fall; otherwise whoever would lose keeps what he has. Raises
    NotFound, Forbidden, Conflict while there is no preview, Invalid.
    """
    given = _reason(reason)
    with transaction() as session:
        row = services.lock_correction(session, correction_id)
        by = _approver(session, actor, row)
        preview = queries.find_preview(session, correction_id)
        if preview is None:
            raise Conflict(
                "keys.no_preview", N_("Hãy đợi bản xem trước trước khi duyệt sửa đáp án.")
            )
        if may_lower:
            scope = scope_for(actor, Role.PROGRAMME_OFFICER, day=local_day(now))
            outside = queries.count_losers_outside(session, correction_id, scope)
            check_may_lower(actor, outside=outside)
        services.decide(
            session,
            row,
            DecisionKind.APPROVED,
            by=by,
            reason=given,
            may_lower=may_lower,
            now=database_now(session),
        )
        counts = {"may_lower": may_lower, "raised": preview.raised, "lowered": preview.lowered}
        _record(session, actor, "keys.approve", row, now, reason=given, details=counts)
        return _ask_regrade(session, actor, correction_id, now)


def _approver(session: Session, actor: Actor, row: KeyCorrection) -> int:
    is_affected = actor.person_id is not None and queries.changes_person(
        session, row.id, actor.person_id
    )
    return check_approver(actor, row.proposed_by, is_affected=is_affected)


def _ask_regrade(session: Session, actor: Actor, correction_id: int, now: datetime) -> int:
    return enqueue(session, actor, REGRADE, {"correction_id": correction_id}, now=now)


def resume(actor: Actor, correction_id: int, *, now: datetime) -> int:
    """Hand a regrade that stopped to the worker again; one that still runs is not disturbed."""
    with transaction() as session:
        row = services.lock_correction(session, correction_id)
        if not actor.has_role(*APPROVERS):
            raise Forbidden("access.role", N_("Tài khoản của bạn không có quyền mở trang này."))
        if services.lock_run(session, correction_id).finished_at is not None:
            raise Conflict("keys.finished", N_("Việc chấm lại đã xong."))
        return _ask_regrade(session, actor, row.id, now)


def preview(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Count what a proposal would do (job). Scores that would fall are counted as such."""
    correction_id, tally, after = int(payload["correction_id"]), Tally(), 0
    with transaction() as session:
        row = services.lock_correction(session, correction_id)
        services.clear_preview(session, correction_id)
        version_id, keys = row.question_version_id, services.keys_of(session, row)
        total = slices.count_graded_with(session, version_id)
    while True:
        with transaction() as session:
            ids = slices.list_slice(session, version_id, after, locked=False)
            judged = services.judge_slice(session, version_id, ids, keys, may_lower=True)
            services.add_preview_rows(session, correction_id, judged)
        if not ids:
            break
        for one in judged:
            tally.add(one)
        after = ids[-1]
        progress.report(tally.attempts, max(total, tally.attempts))
    with transaction() as session:
        people = queries.count_people(session, correction_id)
        services.finish_preview(
            session, correction_id, tally, people=people, now=database_now(session)
        )
    return {"correction_id": correction_id}


def regrade(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Append the grades that an approved correction makes, then what follows from them (job)."""
    correction_id = int(payload["correction_id"])
    while (place := _regrade_slice(correction_id)) is not None:
        progress.report(*place)
    _release_waiting(correction_id)
    _follow_passes(correction_id)
    _flag_certificates(correction_id)
    _finish(correction_id)
    return {"correction_id": correction_id}


def _regrade_slice(correction_id: int) -> tuple[int, int] | None:
    """Regrade the next attempts; return (done, total), None when there are no more."""
    with transaction() as session:
        run = services.lock_run(session, correction_id)
        if run.finished_at is not None:
            return None
        now = database_now(session)
        run.started_at = run.started_at or now
        row = session.get_one(KeyCorrection, correction_id)
        decision = queries.get_decision(session, correction_id)
        ids = _next_ids(session, run, row)
        judged = services.judge_slice(
            session,
            row.question_version_id,
            ids,
            services.keys_of(session, row),
            may_lower=decision.may_lower,
        )
        services.append_grades(session, correction_id, judged, by=decision.decided_by, now=now)
        run.cursor = max([run.cursor, *ids])
        session.flush()
        if not ids:
            return None
        done = queries.count_outcomes(session, correction_id)
        return done, max(run.total, done)


def _next_ids(session: Session, run: RegradeRun, row: KeyCorrection) -> list[int]:
    version_id = row.question_version_id
    ids = slices.list_slice(session, version_id, run.cursor, locked=True)
    if ids or run.started_at is None:
        return ids
    return slices.list_stragglers(session, version_id, row.id, run.started_at)


def _release_waiting(correction_id: int) -> None:
    """Let nobody wait for marks of essays that count no more; each attempt in an act of its own."""
    with reading() as session:
        row = session.get_one(KeyCorrection, correction_id)
        version_id = row.question_version_id
        moot = row.treatment is not Treatment.KEY
        waiting = slices.list_waiting(session, version_id) if moot else []
    for attempt_id in waiting:
        with transaction() as session:
            now = database_now(session)
            attempt = lock_any_attempt(session, attempt_id)
            if attempt.state is AttemptState.SUBMITTED:
                drop_moot(session, attempt_id, version_id, now=now)
                mark_essays.grade_if_marked(session, SYSTEM, attempt, now=now)


def _follow_passes(correction_id: int) -> None:
    """Record what those who newly passed have completed, each in an act of his own."""
    with reading() as session:
        decision = queries.get_decision(session, correction_id)
        actor = find_actor(session, decision.decided_by, local_day(database_now(session)))
        waiting = queries.list_to_follow(session, correction_id, list_test_papers(session))
    for outcome_id, person_id in waiting:
        with transaction() as session:
            now = database_now(session)
            if services.mark_followed(session, outcome_id, now=now):
                complete_course.advance(session, actor or SYSTEM, person_id, now=now)


def _flag_certificates(correction_id: int) -> None:
    """Flag the certificates of those who pass no more; an officer decides about them."""
    with transaction() as session:
        attempts = queries.list_newly_failed(session, correction_id)
        doubts.flag(session, correction_id, attempts, now=database_now(session))


def _finish(correction_id: int) -> None:
    with transaction() as session:
        run = services.lock_run(session, correction_id)
        if run.finished_at is not None:
            return
        run.finished_at = database_now(session)
        row = session.get_one(KeyCorrection, correction_id)
        decided_by = queries.get_decision(session, correction_id).decided_by
        actor = find_actor(session, decided_by, local_day(run.finished_at)) or SYSTEM
        counts = queries.count_changes(session, correction_id)
        _record(session, actor, "keys.regrade", row, run.finished_at, details=counts)
