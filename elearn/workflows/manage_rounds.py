"""The programme officer's acts on a round as a whole: draft, plan, postpone, end, close, cancel.

Decisions about single people and units: manage_round_people. A round is managed by the officers
whose subtree holds its unit.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.rounds import policy, queries, services, windows
from elearn.assessment.rounds.bulletin import announce
from elearn.assessment.rounds.models import DecisionKind, Round, RoundState
from elearn.assessment.rounds.policy import LONGEST_REASON, Draft
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.result_queries import not_closed_yet
from elearn.assessment.rounds.rules import CLOSES_ITSELF_AFTER, Slot, slots_of, spread
from elearn.assessment.rounds.services import Decision, Listed
from elearn.infra import audit
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import enqueue, get_job
from elearn.kernel.actor import SYSTEM, Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, AppError, Invalid
from elearn.kernel.text import clean, clean_line
from elearn.org.scope import UnitScope, scope_for, units_in
from elearn.org.subtrees import branches
from elearn.progress.audience import Audience, resolve
from elearn.workflows import assemble_forms

log = structlog.get_logger()
# Done by tally_rounds.
TALLY = "rounds.tally"


def scope_of(actor: Actor, now: datetime) -> UnitScope:
    """Return the subtrees whose rounds ``actor`` manages."""
    return scope_for(actor, Role.PROGRAMME_OFFICER, day=local_day(now))


def given_reason(text: str) -> str:
    """Return the reason of a decision. Raises Invalid when there is none."""
    reason = clean(text).strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            "round.reason", N_("Hãy ghi lý do, không quá %(most)s ký tự."), most=LONGEST_REASON
        )
    return reason


def lock_managed(session: Session, actor: Actor, round_id: int, now: datetime) -> Round:
    """Return the round that ``actor`` manages, locked. Raises NotFound."""
    queries.get_managed(session, scope_of(actor, now), round_id)
    return services.lock_round(session, round_id)


def save_draft(actor: Actor, round_id: int | None, draft: Draft, *, now: datetime) -> int:
    """Add a round, or change one that is not planned yet; return its id.

    Raises Invalid for a round that could not be held, NotFound for a unit or a round outside the
    officer's subtrees, Conflict once it is planned.
    """
    tidy = _tidy(draft)
    policy.check_draft(tidy)
    with transaction() as session:
        _check_choices(session, scope_of(actor, now), tidy)
        if round_id is None:
            found = services.add_round(session, tidy, created_by=actor.user_id, now=now)
        else:
            found = lock_managed(session, actor, round_id, now)
            services.change_round(session, found, tidy)
        act = "round.create" if round_id is None else "round.change"
        audit.record(session, actor, act, ("round", found.id), at=now, details={"code": found.code})
        return found.id


def _tidy(draft: Draft) -> Draft:
    question = clean(draft.forecast_question or "").strip() or None
    return replace(
        draft,
        title=clean_line(draft.title),
        forecast_question=question,
        groups=tuple(sorted(set(draft.groups))),
    )


def _check_choices(session: Session, scope: UnitScope, draft: Draft) -> None:
    then = UnitScope(scope.unit_ids, draft.roster_on)
    if draft.unit_id not in set(session.scalars(units_in(then))):
        raise Invalid("round.unit", N_("Hãy chọn một đơn vị trong phạm vi của bạn."))
    if draft.paper_id not in {paper_id for paper_id, _, _ in queries.list_round_papers(session)}:
        raise Invalid("round.paper", N_("Hãy chọn một đề khảo sát hoặc đề cuối khóa đã xuất bản."))


@dataclass(frozen=True, slots=True)
class Preview:
    """What planning a draft would freeze; ``slots``: by unit directly below the round's unit."""

    view: RoundView
    audience: Audience
    by_branch: Mapping[int, int]
    slots: Mapping[int, Slot]
    problem: AppError | None


def preview(actor: Actor, round_id: int, *, now: datetime) -> Preview:
    """Return what planning the draft now would freeze. Raises NotFound."""
    with reading() as session:
        view = queries.get_managed(session, scope_of(actor, now), round_id)
        return _preview(session, view, now)


def _preview(session: Session, view: RoundView, now: datetime) -> Preview:
    groups = queries.list_audience(session, view.id)
    audience = resolve(session, groups, view.unit_id, view.roster_on)
    branch = branches(session, view.unit_id, view.roster_on)
    sizes = _by_branch(audience, branch)
    problem: AppError | None = None
    try:
        policy.check_plannable(view, len(audience.people), now)
    except Invalid as error:
        problem = error
    return Preview(view, audience, sizes, _slots(view, sizes), problem)


def _by_branch(audience: Audience, branch: Mapping[int, int]) -> dict[int, int]:
    sizes: Counter[int] = Counter()
    for unit_id, count in audience.by_unit().items():
        sizes[branch.get(unit_id, unit_id)] += count
    return dict(sizes)


def _slots(view: RoundView, sizes: Mapping[int, int]) -> dict[int, Slot]:
    if view.slot_minutes is None:
        return {}
    slots = slots_of(view.opens_at, view.closes_at, view.slot_minutes)
    return spread(sizes, slots) if slots else {}


def plan(actor: Actor, round_id: int, *, now: datetime) -> int:
    """Freeze the people of the draft and pin its paper; return how many, audited.

    From then on they find the round on their pages. Raises NotFound, Invalid for what
    ``Preview.problem`` says, Conflict when it is planned already.
    """
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        services.must_be(found, RoundState.DRAFT)
        return freeze(session, actor, found, now)


def freeze(session: Session, actor: Actor, found: Round, now: datetime) -> int:
    """Freeze the people of the locked draft within the caller's act; return how many."""
    scope = UnitScope(frozenset({found.unit_id}), found.roster_on)
    shown = _preview(session, queries.get_managed(session, scope, found.id), now)
    if shown.problem is not None:
        raise shown.problem
    branch = branches(session, found.unit_id, found.roster_on)
    by_unit = {
        unit_id: shown.slots[branch.get(unit_id, unit_id)]
        for unit_id in shown.audience.by_unit()
        if shown.slots
    }
    people = (Listed(one.person_id, one.unit_id, one.groups) for one in shown.audience.people)
    count = services.freeze(session, found, people, by_unit, now=now)
    assemble_forms.request_for_round(session, actor, found, count, now=now)
    audit.record(
        session,
        actor,
        "round.plan",
        ("round", found.id),
        at=now,
        details={"code": found.code, "count": count},
    )
    return count


def record(session: Session, actor: Actor, found: Round, decision: Decision, now: datetime) -> None:
    """Write ``decision`` into the book of the round and the audit trail; tell running pages."""
    services.write_down(session, found, decision, by=actor.user_id, now=now)
    audit.record(
        session,
        actor,
        f"round.{decision.kind.value.lower()}",
        ("round", found.id),
        at=now,
        reason=decision.reason,
        details={
            "code": found.code,
            "person": decision.target.person_id,
            "unit_id": decision.target.unit_id,
            "minutes": decision.minutes,
        },
    )
    session.flush()
    announce(session, found.id)


def cancel(actor: Actor, round_id: int, reason: str, *, now: datetime) -> None:
    """Call a planned round off, before anybody has begun. Raises NotFound, Invalid, Conflict."""
    decision = Decision(DecisionKind.CANCEL, given_reason(reason))
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        windows.cancel(session, found, now)
        record(session, actor, found, decision, now)


def end_now(actor: Actor, round_id: int, reason: str, *, now: datetime) -> int:
    """End an open round for all; return how many attempts were running.

    They are handed in with what was saved. Raises NotFound, Invalid, Conflict.
    """
    decision = Decision(DecisionKind.END, given_reason(reason))
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        services.must_be(found, RoundState.PLANNED)
        count = windows.end_now(session, found, now)
        record(session, actor, found, decision, now)
        return count


def close(actor: Actor, round_id: int, *, now: datetime) -> None:
    """Close a round whose time is over: results and, by the paper's rule, keys are released.

    Raises NotFound, and Conflict while somebody may still sit it or sits it.
    """
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        _close(session, actor, found, now)


def _close(session: Session, actor: Actor, found: Round, now: datetime) -> None:
    windows.close(session, found, now)
    _ask_for_sums(session, actor, found, now)
    record(session, actor, found, Decision(DecisionKind.CLOSE, ""), now)


def _ask_for_sums(session: Session, actor: Actor, found: Round, now: datetime) -> int:
    key = f"{TALLY}:{found.id}:{actor.user_id}"
    return enqueue(session, actor, TALLY, {"round": found.id}, now=now, dedupe_key=key)


def sum_up(actor: Actor, round_id: int, *, now: datetime) -> int:
    """Ask for the sums of a closed round anew, as after a regrade; return the job's id.

    Raises NotFound, Conflict before it has closed.
    """
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        if found.closed_at is None:
            raise not_closed_yet()
        return _ask_for_sums(session, actor, found, now)


def close_over(now: datetime) -> int:
    """Close every round whose last window ended a day ago; return how many.

    The day is for decisions about incidents. One that cannot be closed is tried again later.
    """
    closed = 0
    for round_id in _over(now):
        try:
            with transaction() as session:
                found = services.lock_round(session, round_id)
                if windows.last_instant(session, round_id) + CLOSES_ITSELF_AFTER <= now:
                    _close(session, SYSTEM, found, now)
                    closed += 1
        except AppError as error:
            log.warning("round_not_closed", round=round_id, why=error.code)
    return closed


def _over(now: datetime) -> Collection[int]:
    with reading() as session:
        return session.scalars(
            select(Round.id).where(
                Round.state == RoundState.PLANNED,
                Round.closed_at.is_(None),
                Round.closes_at <= now - CLOSES_ITSELF_AFTER,
            )
        ).all()


def round_of_job(actor: Actor, job_id: int) -> int:
    """Return the round whose sums the actor's job has made. Raises NotFound."""
    with reading() as session:
        job = get_job(session, job_id, owner=actor)
    if job.kind != TALLY or not job.result or "round" not in job.result:
        raise queries.no_such_round()
    return int(job.result["round"])


def answer_forecast(actor: Actor, round_id: int, answer: int, *, now: datetime) -> None:
    """Say what came true of the forecast of a closed contest. Raises NotFound, Invalid."""
    if not 0 <= answer <= policy.LONGEST_FORECAST:
        raise Invalid(
            "round.no_forecast",
            N_("Hãy trả lời câu hỏi dự đoán bằng một số nguyên từ 0 đến %(most)s."),
            most=policy.LONGEST_FORECAST,
        )
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        if found.closed_at is None or found.forecast_question is None:
            raise Invalid("round.not_closed", N_("Hãy đóng đợt trước khi ghi kết quả dự đoán."))
        found.forecast_answer = answer
        _ask_for_sums(session, actor, found, now)
        audit.record(
            session,
            actor,
            "round.forecast",
            ("round", round_id),
            at=now,
            details={"code": found.code, "answer": answer},
        )
