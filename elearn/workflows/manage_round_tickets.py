"""Tickets of rooms: made for a room or for listed people, and revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.rounds import services, tickets
from elearn.assessment.rounds.models import Round, RoundExaminee, RoundState
from elearn.assessment.rounds.services import Target
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, Invalid
from elearn.kernel.text import clean_line
from elearn.workflows.manage_round_people import target_of
from elearn.workflows.manage_rounds import lock_managed

MOST_AT_ONCE = 2_000
LONGEST_ROOM = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets are asked for: ``count`` for anybody, or one for each person of a unit."""

    room: str
    expires_at: datetime
    count: int = 0
    unit_id: int | None = None


def make(actor: Actor, round_id: int, wanted: Wanted, *, now: datetime) -> int:
    """Make the tickets asked for, audited; return how many.

    For the people of a unit: one for each who has none that can still be used. Raises NotFound,
    Invalid for a room without a name or too many, Conflict when nobody needs one.
    """
    room = clean_line(wanted.room)
    if not 1 <= len(room) <= LONGEST_ROOM:
        raise Invalid("ticket.room", N_("Hãy ghi tên phòng, không quá %(most)s ký tự."), most=80)
    if wanted.expires_at <= now:
        raise Invalid("ticket.past", N_("Phiếu phải có hạn sau thời điểm hiện tại."))
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        services.must_be(found, RoundState.PLANNED)
        holders = _holders(session, found, wanted, now)
        tickets.make_tickets(
            session,
            found,
            room,
            holders,
            expires_at=wanted.expires_at,
            made_by=_user(actor),
            now=now,
        )
        details = {"code": found.code, "room": room, "count": len(holders)}
        audit.record(session, actor, "round.tickets", ("round", round_id), at=now, details=details)
        return len(holders)


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise Conflict("ticket.system", N_("Chỉ người phụ trách mới lập được phiếu."))
    return actor.user_id


def _holders(session: Session, found: Round, wanted: Wanted, now: datetime) -> Sequence[int | None]:
    holders: Sequence[int | None] = [None] * wanted.count
    if wanted.unit_id is not None:
        target = target_of(session, found, person_id=None, unit_id=wanted.unit_id)
        holders = _without(session, found, target, now)
    if not 1 <= len(holders) <= MOST_AT_ONCE:
        raise Conflict(
            "ticket.count",
            N_("Mỗi lần lập từ 1 đến %(most)s phiếu; lựa chọn này cần %(count)s phiếu."),
            most=MOST_AT_ONCE,
            count=len(holders),
        )
    return holders


def _without(session: Session, found: Round, target: Target, now: datetime) -> list[int]:
    """Return the people of ``target`` who hold no ticket that can still be used."""
    held = tickets.held_by_people(found.id, now)
    return list(
        session.scalars(
            select(RoundExaminee.person_id)
            .where(target.condition(found.id), RoundExaminee.person_id.not_in(held))
            .order_by(RoundExaminee.id)
            .limit(MOST_AT_ONCE + 1)
        )
    )


def revoke(
    actor: Actor,
    round_id: int,
    *,
    room: str | None = None,
    ticket_id: int | None = None,
    now: datetime,
) -> int:
    """Revoke the unused tickets of a room, or one ticket, audited; return how many.

    Raises NotFound, Conflict when there is none to revoke.
    """
    with transaction() as session:
        found = lock_managed(session, actor, round_id, now)
        count = tickets.revoke_tickets(session, found.id, room=room, ticket_id=ticket_id, now=now)
        if not count:
            raise Conflict("ticket.none", N_("Không còn phiếu nào chưa dùng để thu hồi."))
        details = {"code": found.code, "room": room, "count": count}
        audit.record(
            session, actor, "round.revoke_tickets", ("round", round_id), at=now, details=details
        )
        return count
