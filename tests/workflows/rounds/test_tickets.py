"""Tickets of rooms: once, in time, by whom they are for, and not by guessing."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState
from elearn.assessment.rounds import tickets
from elearn.assessment.rounds.entry import Shown
from elearn.assessment.rounds.models import RoundTicket
from elearn.assessment.rounds.rules import shown_ticket
from elearn.infra.db import db
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError, Conflict, Invalid, NotFound, TooMany
from elearn.workflows import manage_round_tickets, take_quiz
from elearn.workflows.manage_round_tickets import Wanted
from tests.factories.rounds import PAPER, Hall
from tests.support.statements import recorded
from tests.support.threads import at_once

ROOM = "Phòng 101"


def _make(hall: Hall, round_id: int, **change: object) -> int:
    wanted = Wanted(
        **{"room": ROOM, "expires_at": utc_now() + timedelta(hours=1), "count": 1, **change}
    )
    return manage_round_tickets.make(hall.officer, round_id, wanted, now=utc_now())


def _codes(session: Session, round_id: int) -> list[str]:
    session.rollback()
    return [line.code for line in tickets.list_tickets(session, round_id, ROOM)]


def _sit(device: Actor, code: str) -> int:
    return take_quiz.start(device, PAPER, Shown(ticket=code))


def _refused(device: Actor, code: str) -> str:
    with pytest.raises(AppError) as caught:
        _sit(device, code)
    return caught.value.code


def test_a_ticket_opens_the_attempt_once(hall: Hall, session: Session) -> None:
    one, two = hall.device(), hall.device()
    round_id = hall.plan(needs_ticket=True)
    assert _refused(one, "") == "ticket.wrong"
    assert _make(hall, round_id) == 1
    (code,) = _codes(session, round_id)
    attempt_id = _sit(one, shown_ticket(code).lower())
    assert _sit(one, "") == attempt_id
    assert _refused(two, code) == "ticket.used"
    (line,) = tickets.list_tickets(session, round_id, ROOM)
    assert line.used_by == "Lò Thử Ánh"
    assert line.used_at is not None


def test_of_fifty_who_use_one_ticket_at_once_one_begins(
    app: Flask, hall: Hall, session: Session
) -> None:
    devices = [hall.device() for _ in range(50)]
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id)
    (code,) = _codes(session, round_id)
    db.session.remove()
    done = at_once(app, [lambda device=device: _sit(device, code) for device in devices])
    outcomes = Counter(
        "began" if isinstance(one, int) else getattr(one, "code", repr(one)) for one in done
    )
    assert outcomes == {"began": 1, "ticket.used": 49}
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_one_who_presses_fifty_times_at_once_begins_one_attempt(
    app: Flask, hall: Hall, session: Session
) -> None:
    device = hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id, count=2)
    codes = _codes(session, round_id)
    db.session.remove()
    done = at_once(app, [lambda n=n: _sit(device, codes[n % 2]) for n in range(50)])
    assert len(set(done)) == 1, done
    session = db.session()
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1
    used = select(func.count()).where(RoundTicket.used_at.is_not(None))
    assert session.scalar(used) == 1


def test_expired_revoked_and_foreign_tickets_are_refused_with_the_reason(
    hall: Hall, session: Session
) -> None:
    one = hall.device()
    round_id, other = hall.plan(needs_ticket=True), hall.plan(needs_ticket=True)
    hall.shift(other, starts=timedelta(days=1), ends=timedelta(days=2))
    _make(hall, other)
    (foreign,) = _codes(session, other)
    assert _refused(one, foreign) == "ticket.wrong"
    assert _refused(one, "KHONG-PHAI-MA") == "ticket.wrong"
    _make(hall, round_id)
    (code,) = _codes(session, round_id)
    session.execute(update(RoundTicket).values(expires_at=utc_now() - timedelta(seconds=1)))
    session.commit()
    assert _refused(one, code) == "ticket.expired"
    assert manage_round_tickets.revoke(hall.officer, round_id, room=ROOM, now=utc_now()) == 1
    assert _refused(one, code) == "ticket.revoked"


def test_a_ticket_made_out_to_somebody_is_nobody_else_s(hall: Hall, session: Session) -> None:
    one, two = hall.device(), hall.device()
    hall.device(hall.other)
    round_id = hall.plan(needs_ticket=True)
    assert _make(hall, round_id, count=0, unit_id=hall.commune.id) == 2
    session.rollback()
    rows = session.execute(select(RoundTicket.person_id, RoundTicket.code)).all()
    codes = {row.person_id: row.code for row in rows}
    assert codes.keys() == {one.person_id, two.person_id}
    assert _refused(one, codes[two.person_id]) == "ticket.wrong"
    assert _sit(one, codes[one.person_id])


def test_whoever_holds_a_ticket_gets_no_second_one(hall: Hall, session: Session) -> None:
    hall.device()
    round_id = hall.plan(needs_ticket=True)
    assert _make(hall, round_id, count=0, unit_id=hall.province.id) == 1
    with pytest.raises(Conflict, match=r"ticket\.count"):
        _make(hall, round_id, count=0, unit_id=hall.province.id)
    manage_round_tickets.revoke(hall.officer, round_id, room=ROOM, now=utc_now())
    assert _make(hall, round_id, count=0, unit_id=hall.province.id) == 1


def test_guessing_is_slowed_down_as_at_signing_in(hall: Hall, session: Session) -> None:
    guesser, other = hall.device(), hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id, count=2)
    codes = _codes(session, round_id)
    for _ in range(5):
        assert _refused(guesser, "22223333AAAA") == "ticket.wrong"
    with pytest.raises(TooMany):
        _sit(guesser, codes[0])
    assert _sit(other, codes[1])


def test_forgetting_the_ticket_is_no_guess(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id)
    for _ in range(7):
        assert _refused(device, " ") == "ticket.wrong"
    assert _sit(device, _codes(session, round_id)[0])


def test_a_ticket_costs_two_statements(hall: Hall, session: Session) -> None:
    first, one = hall.device(), hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id, count=2)
    codes = _codes(session, round_id)
    _sit(first, codes[0])
    with recorded() as statements:
        _sit(one, codes[1])
    assert sum("assessment_round_ticket" in each for each in statements) == 1
    assert len(statements) <= 14, statements


def test_a_refused_start_uses_no_ticket(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id, count=2)
    first, second = _codes(session, round_id)
    take_quiz.submit(device, _sit(device, first))
    assert _refused(device, second) == "assessment.attempts"
    assert [line.used_at is None for line in tickets.list_tickets(session, round_id, ROOM)] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"room": " "}, "ticket.room"),
        ({"count": 0}, "ticket.count"),
        ({"count": 2_001}, "ticket.count"),
        ({"expires_at": utc_now() - timedelta(hours=1)}, "ticket.past"),
    ],
)
def test_tickets_that_make_no_sense_are_not_made(
    hall: Hall, change: dict[str, object], code: str
) -> None:
    hall.device()
    round_id = hall.plan(needs_ticket=True)
    with pytest.raises((Invalid, Conflict)) as caught:
        _make(hall, round_id, **change)
    assert caught.value.code == code


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROGRAMME_OFFICER])
def test_only_the_officer_of_the_round_makes_and_revokes(hall: Hall, role: Role) -> None:
    hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id)
    wanted = Wanted(ROOM, utc_now() + timedelta(hours=1), 1)
    for stranger in (
        hall.holder(role, hall.province),
        hall.holder(Role.PROGRAMME_OFFICER, hall.commune),
    ):
        with pytest.raises(NotFound):
            manage_round_tickets.make(stranger, round_id, wanted, now=utc_now())
        with pytest.raises(NotFound):
            manage_round_tickets.revoke(stranger, round_id, room=ROOM, now=utc_now())


def test_rooms_tell_how_many_are_free(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan(needs_ticket=True)
    _make(hall, round_id, count=3)
    first, second, _ = tickets.list_tickets(session, round_id, ROOM)
    _sit(device, first.code)
    manage_round_tickets.revoke(hall.officer, round_id, ticket_id=second.id, now=utc_now())
    (room,) = tickets.list_rooms(session, round_id, utc_now())
    assert (room.total, room.used, room.revoked, room.free) == (3, 1, 1, 1)
    assert session.scalars(select(Attempt.state)).all() == [AttemptState.IN_PROGRESS]
