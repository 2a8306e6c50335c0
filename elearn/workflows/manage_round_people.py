"""Decisions about the people of a planned round: extra time, another window, the list, voids.

Each has its reason, goes into the book of the round and the audit trail, and is heard of by the
pages of running attempts within seconds.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import services as attempts
from elearn.assessment.models import Attempt
from elearn.assessment.policy import no_such_attempt
from elearn.assessment.rounds import services, windows
from elearn.assessment.rounds.bulletin import announce
from elearn.assessment.rounds.models import DecisionKind, Round, RoundState
from elearn.assessment.rounds.policy import MOST_MINUTES
from elearn.assessment.rounds.rules import Slot
from elearn.assessment.rounds.services import Decision, Listed, Target
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Forbidden, Invalid
from elearn.org.queries import person_card
from elearn.org.scope import UnitScope, units_in
from elearn.progress.audience import find_unit_of
from elearn.workflows.manage_rounds import given_reason, lock_managed, record, scope_of


def target_of(
    session: Session, found: Round, *, person_id: int | None, unit_id: int | None
) -> Target:
    """Return whom a decision concerns; the units below ``unit_id`` as on the roster's day."""
    if person_id is not None:
        return Target(person_id=person_id)
    if unit_id is None:
        return Target()
    below = session.scalars(units_in(UnitScope(frozenset({unit_id}), found.roster_on)))
    return Target(unit_id=unit_id, unit_ids=frozenset(below))


def _open(session: Session, actor: Actor, round_id: int, now: datetime) -> Round:
    found = lock_managed(session, actor, round_id, now)
    services.must_be(found, RoundState.PLANNED)
    return found


def _not_himself(actor: Actor, person_id: int | None) -> None:
    if person_id is not None and actor.person_id == person_id:
        raise Forbidden("round.own", N_("Bạn không thể tự quyết định về bài làm của chính mình."))


def extend(
    actor: Actor,
    round_id: int,
    minutes: int,
    reason: str,
    *,
    person_id: int | None = None,
    unit_id: int | None = None,
    now: datetime,
) -> int:
    """Give one person, a unit or all more time in a planned round; return how many people.

    Every attempt of theirs gets ``minutes`` more, running ones at once, and so does the end of
    their window. Raises NotFound, Forbidden for himself, Invalid, Conflict once it has closed.
    """
    given = given_reason(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(
            "round.minutes", N_("Thời gian thêm từ 1 đến %(most)s phút."), most=MOST_MINUTES
        )
    _not_himself(actor, person_id)
    with transaction() as session:
        found = _open(session, actor, round_id, now)
        target = target_of(session, found, person_id=person_id, unit_id=unit_id)
        count = windows.extend(session, found, target, minutes)
        decision = Decision(DecisionKind.EXTEND, given, target, minutes=minutes)
        record(session, actor, found, decision, now)
        return count


def move(
    actor: Actor,
    round_id: int,
    slot: Slot,
    reason: str,
    *,
    person_id: int | None = None,
    unit_id: int | None = None,
    now: datetime,
) -> int:
    """Postpone a planned round, or move one person or unit of it, to ``slot``; return how many.

    Attempts that run lose no time. Raises NotFound, Forbidden for himself, Invalid for a window
    that ends before it begins or now, Conflict once the round has closed.
    """
    given = given_reason(reason)
    if slot.starts_at >= slot.ends_at or slot.ends_at <= now:
        raise Invalid(
            "round.window_new",
            N_("Thời gian mới phải kết thúc sau khi bắt đầu và sau thời điểm hiện tại."),
        )
    _not_himself(actor, person_id)
    with transaction() as session:
        found = _open(session, actor, round_id, now)
        target = target_of(session, found, person_id=person_id, unit_id=unit_id)
        count = windows.move(session, found, target, slot)
        record(session, actor, found, Decision(DecisionKind.MOVE, given, target, slot), now)
        return count


def add(actor: Actor, round_id: int, person_id: int, reason: str, *, now: datetime) -> None:
    """Put a person of the officer's subtree on the list of a planned round.

    He sits in the round's whole window. Raises NotFound, Forbidden for himself, Invalid, Conflict
    when he is on the list.
    """
    given = given_reason(reason)
    _not_himself(actor, person_id)
    with transaction() as session:
        found = _open(session, actor, round_id, now)
        person_card(session, scope_of(actor, now), person_id)
        unit_id = find_unit_of(session, person_id, scope_of(actor, now).day)
        services.add_examinee(session, found, Listed(person_id, unit_id, ()))
        target = Target(person_id=person_id)
        record(session, actor, found, Decision(DecisionKind.ADD, given, target), now)


def remove(actor: Actor, round_id: int, person_id: int, reason: str, *, now: datetime) -> None:
    """Take a person off the list of a planned round before he begins.

    Raises NotFound, Forbidden for himself, Invalid, Conflict once he has begun.
    """
    given = given_reason(reason)
    _not_himself(actor, person_id)
    with transaction() as session:
        found = _open(session, actor, round_id, now)
        services.remove_examinee(session, found, person_id)
        target = Target(person_id=person_id)
        record(session, actor, found, Decision(DecisionKind.REMOVE, given, target), now)


def void(
    actor: Actor, round_id: int, attempt_id: int, reason: str, *, uses_up: bool, now: datetime
) -> None:
    """Make an attempt of a round count for nothing, audited; see decide_attempts.void.

    Raises NotFound for attempts of other rounds, Forbidden for himself, Invalid, Conflict when it
    was voided before.
    """
    given = given_reason(reason)
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        person_id = session.scalar(
            select(Attempt.person_id).where(Attempt.id == attempt_id, Attempt.round_id == found.id)
        )
        if person_id is None or actor.user_id is None:
            raise no_such_attempt()
        _not_himself(actor, person_id)
        attempt = attempts.lock_attempt(session, attempt_id, person_id=person_id)
        attempts.void(session, attempt, given, uses_up=uses_up, voided_by=actor.user_id, now=now)
        audit.record(
            session,
            actor,
            "attempts.void",
            ("attempt", attempt_id),
            at=now,
            reason=given,
            details={"person": person_id, "uses_up": uses_up},
        )
        session.flush()
        announce(session, found.id)
