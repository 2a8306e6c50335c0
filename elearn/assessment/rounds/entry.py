"""The door of a round: what somebody shows when he begins an attempt. Never commits."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.accounts.limiter import count_failure, refuse_if_waiting
from elearn.accounts.limits import PAIR, Bucket
from elearn.assessment.rounds.models import Round, RoundExaminee
from elearn.assessment.rounds.policy import LONGEST_FORECAST, choose
from elearn.assessment.rounds.queries import (
    DecisionLine,
    Seat,
    list_decisions,
    list_seats,
    lock_seats,
)
from elearn.assessment.rounds.tickets import use_ticket
from elearn.kernel.errors import N_, AppError, Invalid
from elearn.org.models import UnitAncestry
from elearn.org.scope import valid_on

_USE_TICKET = "round.ticket"


@dataclass(frozen=True, slots=True)
class Shown:
    """What an examinee typed at the door: the code of a ticket, a forecast; both may be empty."""

    ticket: str = ""
    forecast: str = ""


NOTHING = Shown()


def take_seat(session: Session, person_id: int, paper_id: int, now: datetime) -> Seat | None:
    """Return the seat of a person at a paper that matters now, locked; None when he has none.

    One statement. Whoever begins twice at the same moment comes through one after the other.
    """
    return choose(lock_seats(session, person_id, paper_id), now)


def find_seat(session: Session, person_id: int, paper_id: int, now: datetime) -> Seat | None:
    """Return the same seat without locking it, for looking."""
    return choose(list_seats(session, person_id, paper_id), now)


def own_decisions(session: Session, seat: Seat) -> list[DecisionLine]:
    """Return what was decided about the round and concerns the holder of ``seat``."""
    above = session.scalars(
        select(UnitAncestry.ancestor_id)
        .join(Round, Round.id == seat.round_id)
        .where(UnitAncestry.unit_id == seat.unit_id, valid_on(UnitAncestry, Round.roster_on))
    ).all()
    return list_decisions(session, seat.round_id, person_id=seat.person_id, unit_ids=above)


def admit(session: Session, seat: Seat, shown: Shown, now: datetime) -> AppError | None:
    """Let the holder of the locked ``seat`` in: his ticket is used up, his forecast is kept.

    Returns why he was refused; a wrong ticket is then counted, so that the caller must commit.
    Raises TooMany after too many wrong ones, as signing in does (accounts.limits.PAIR).
    """
    refusal = keep_forecast(session, seat, shown.forecast)
    if refusal is not None or not seat.needs_ticket:
        return refusal
    bucket = Bucket(_USE_TICKET, _key(seat), PAIR)
    refuse_if_waiting(session, bucket, now=now)
    refusal = use_ticket(session, seat.round_id, seat.person_id, shown.ticket, now)
    if refusal is not None and shown.ticket.strip():
        count_failure(session, bucket, now=now)
    return refusal


def _key(seat: Seat) -> str:
    return hashlib.sha256(f"{seat.round_id} {seat.person_id}".encode()).hexdigest()


def keep_forecast(session: Session, seat: Seat, text: str) -> AppError | None:
    """Keep the forecast of the holder of ``seat`` where one is asked for; return what is wrong."""
    if seat.forecast_question is None:
        return None
    forecast = read_forecast(text)
    if forecast is None:
        return Invalid(
            "round.no_forecast",
            N_("Hãy trả lời câu hỏi dự đoán bằng một số nguyên từ 0 đến %(most)s."),
            most=LONGEST_FORECAST,
        )
    set_forecast(session, seat.examinee_id, forecast)
    return None


def read_forecast(text: str) -> int | None:
    """Return the number typed, dots and spaces between thousands aside; None when it is none."""
    digits = text.strip().replace(".", "").replace(" ", "").replace("\u00a0", "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > len(str(LONGEST_FORECAST)):
        return None
    return number if (number := int(digits)) <= LONGEST_FORECAST else None


def set_forecast(session: Session, examinee_id: int, forecast: int) -> None:
    """Keep the forecast of an examinee; the last one counts."""
    session.execute(
        update(RoundExaminee)
        .where(RoundExaminee.id == examinee_id)
        .values(forecast=forecast)
        .execution_options(synchronize_session=False)
    )
