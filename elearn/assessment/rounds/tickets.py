"""Tickets of rooms: made, used once, revoked. Never commits."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from elearn.assessment.rounds.models import Round, RoundExaminee, RoundTicket
from elearn.assessment.rounds.policy import no_such_ticket, refusal_of_ticket
from elearn.assessment.rounds.rules import TICKET_LENGTH, TICKET_LETTERS, tidy_ticket
from elearn.infra.bulk import insert_all
from elearn.kernel.errors import AppError
from elearn.org.models import Person, UnitVersion
from elearn.org.scope import held_true, valid_on


def _new_code() -> str:
    return "".join(secrets.choice(TICKET_LETTERS) for _ in range(TICKET_LENGTH))


def make_tickets(
    session: Session,
    found: Round,
    room: str,
    holders: Sequence[int | None],
    *,
    expires_at: datetime,
    made_by: int,
    now: datetime,
) -> None:
    """Add a ticket for each of ``holders``; None is a ticket for anybody on the list.

    31^12 codes: a guess finds one of 26,000 tickets once in 10^13 tries.
    """
    insert_all(
        session,
        RoundTicket,
        (
            {
                "round_id": found.id,
                "code": _new_code(),
                "room": room,
                "person_id": person_id,
                "expires_at": expires_at,
                "made_by": made_by,
                "made_at": now,
            }
            for person_id in holders
        ),
    )


def use_ticket(
    session: Session, round_id: int, person_id: int, text: str, now: datetime
) -> AppError | None:
    """Use the ticket ``text`` up for ``person_id``; return why it was refused, None if it was not.

    One conditional UPDATE: of any number who use it at the same moment, one succeeds.
    """
    code = tidy_ticket(text)
    if code is None:
        return no_such_ticket()
    mine = and_(RoundTicket.round_id == round_id, RoundTicket.code == code)
    used = session.execute(
        update(RoundTicket)
        .where(mine, _usable(now), or_(RoundTicket.person_id.is_(None), _is_for(person_id)))
        .values(used_by=person_id, used_at=now)
        .execution_options(synchronize_session=False)
        .returning(RoundTicket.id)
    ).scalar_one_or_none()
    if used is not None:
        return None
    return refusal_of_ticket(
        session.scalars(select(RoundTicket).where(mine)).first(), person_id, now
    )


def _is_for(person_id: int) -> ColumnElement[bool]:
    return RoundTicket.person_id == person_id


def _usable(now: datetime) -> ColumnElement[bool]:
    return and_(
        RoundTicket.used_at.is_(None),
        RoundTicket.revoked_at.is_(None),
        RoundTicket.expires_at > now,
    )


def held_by_people(round_id: int, now: datetime) -> Select[int | None]:
    """Return the select of people who hold a ticket of the round that can still be used."""
    return select(RoundTicket.person_id).where(
        RoundTicket.round_id == round_id, RoundTicket.person_id.is_not(None), _usable(now)
    )


def revoke_tickets(
    session: Session, round_id: int, *, room: str | None, ticket_id: int | None, now: datetime
) -> int:
    """Revoke the unused tickets of a room, or one of them; return how many there were."""
    wanted = and_(
        RoundTicket.round_id == round_id,
        RoundTicket.used_at.is_(None),
        RoundTicket.revoked_at.is_(None),
    )
    if ticket_id is not None:
        wanted = and_(wanted, RoundTicket.id == ticket_id)
    else:
        wanted = and_(wanted, RoundTicket.room == room)
    revoked = session.execute(
        update(RoundTicket)
        .where(wanted)
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
        .returning(RoundTicket.id)
    )
    return len(revoked.all())


@dataclass(frozen=True, slots=True)
class RoomLine:
    """The tickets of a room: how many are there, used, revoked, run out and free."""

    room: str
    total: int
    used: int
    revoked: int
    free: int
    expires_at: datetime


def list_rooms(session: Session, round_id: int, now: datetime) -> list[RoomLine]:
    """Return the rooms of a round for which tickets were made."""
    used = RoundTicket.used_at.is_not(None)
    revoked = and_(RoundTicket.revoked_at.is_not(None), RoundTicket.used_at.is_(None))
    rows = session.execute(
        select(
            RoundTicket.room,
            func.count().label("total"),
            func.count().filter(used).label("used"),
            func.count().filter(revoked).label("revoked"),
            func.count().filter(_usable(now)).label("free"),
            func.max(RoundTicket.expires_at).label("expires_at"),
        )
        .where(RoundTicket.round_id == round_id)
        .group_by(RoundTicket.room)
        .order_by(RoundTicket.room)
    )
    return [RoomLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket on a sheet; ``holder`` and ``unit_name`` None: for anybody on the list."""

    id: int
    code: str
    room: str
    holder: str | None
    holder_code: str | None
    unit_name: str | None
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    revoked_at: datetime | None


def list_tickets(session: Session, round_id: int, room: str) -> list[TicketLine]:
    """Return the tickets of a room, by the names of their holders."""
    user = aliased(Person)
    rows = session.execute(
        select(RoundTicket, Person, UnitVersion.name, user.full_name)
        .join(Round, Round.id == RoundTicket.round_id)
        .outerjoin(Person, Person.id == RoundTicket.person_id)
        .outerjoin(user, user.id == RoundTicket.used_by)
        .outerjoin(
            RoundExaminee,
            and_(
                RoundExaminee.round_id == RoundTicket.round_id,
                RoundExaminee.person_id == RoundTicket.person_id,
            ),
        )
        .outerjoin(
            UnitVersion,
            and_(
                UnitVersion.unit_id == RoundExaminee.unit_id,
                held_true(UnitVersion),
                valid_on(UnitVersion, Round.roster_on),
            ),
        )
        .where(RoundTicket.round_id == round_id, RoundTicket.room == room)
        .order_by(Person.sort_key, RoundTicket.id)
    )
    return [
        TicketLine(
            id=ticket.id,
            code=ticket.code,
            room=ticket.room,
            holder=person.full_name if person else None,
            holder_code=person.code if person else None,
            unit_name=unit_name,
            expires_at=ticket.expires_at,
            used_at=ticket.used_at,
            used_by=used_name,
            revoked_at=ticket.revoked_at,
        )
        for ticket, person, unit_name, used_name in rows
    ]
