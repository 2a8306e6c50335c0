"""Sitting a paper: begin, save answers, change the device, submit, be closed at the deadline.

Every act judges by the database's clock (I4) and holds the lock of its attempt while it does.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.accounts.sessions import touching
from elearn.assessment import attempt_queries, queries, saves, services
from elearn.assessment.attempt_queries import AttemptHead, Sheet
from elearn.assessment.domain import timing
from elearn.assessment.domain.protocol import Event, Save
from elearn.assessment.domain.question_types import Fields
from elearn.assessment.forms.services import form_for
from elearn.assessment.models import Attempt, AttemptState
from elearn.assessment.policy import refusal_to_start
from elearn.assessment.queries import AttemptLine, PaperRules
from elearn.assessment.results import Result, get_result
from elearn.assessment.rounds import entry
from elearn.assessment.rounds.entry import NOTHING, Shown, find_seat, own_decisions
from elearn.assessment.rounds.policy import refusal_to_sit
from elearn.assessment.rounds.queries import DecisionLine, Seat
from elearn.assessment.rounds.result_queries import own_place
from elearn.assessment.saves import Ack, Place
from elearn.infra.db import looking, reading, transaction
from elearn.infra.db import now as database_now
from elearn.kernel.actor import SYSTEM, Actor
from elearn.kernel.errors import N_, AppError, Conflict, Forbidden
from elearn.workflows import complete_course

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Saved:
    """What a device is told after a save: the fate of each event, and where the attempt is."""

    acks: tuple[Ack, ...]
    epoch: int
    deadline_at: datetime | None
    server_now: datetime
    state: AttemptState


def _person_of(actor: Actor) -> int:
    if actor.person_id is None:
        raise Forbidden(
            "access.no_person",
            N_("Tài khoản này không gắn với hồ sơ cán bộ nào nên không thể học hoặc làm bài."),
        )
    return actor.person_id


def start(actor: Actor, paper_code: str, shown: Shown = NOTHING) -> int:
    """Begin an attempt at the paper, or go on with the open one; return its id.

    A paper that is sat in rounds asks for a seat in one; ``shown`` is what its door may ask for.

    Pressing twice, or in two tabs at once, makes one attempt: of two that begin at the same
    moment the unique indexes refuse one, which then finds the other's. Going on from another
    sign-in session takes the attempt over. Raises NotFound, Conflict, Forbidden, TooMany.
    """
    person_id = _person_of(actor)
    try:
        return _start(actor, person_id, paper_code, shown)
    except IntegrityError:
        return _start(actor, person_id, paper_code, shown)


def _start(actor: Actor, person_id: int, paper_code: str, shown: Shown) -> int:
    with transaction() as session:
        now = database_now(session)
        paper = queries.get_paper(session, paper_code)
        seat = entry.take_seat(session, person_id, paper.paper_id, now) if paper.in_rounds else None
        running = services.find_open_attempt(session, person_id, paper.paper_id)
        if running is not None and not timing.is_overdue(running.deadline_at, now):
            if services.holder(session, running) != actor.session_id:
                services.take_over(session, running, actor.session_id, now)
            return running.id
        if running is not None:
            _close(session, actor, running, now)
        refusal = _refusal(session, person_id, paper, seat, now)
        if refusal is None and seat is not None:
            refusal = entry.admit(session, seat, shown, now)
        if refusal is None:
            return _begin(session, actor, person_id, paper, seat, now).id
    # Raised after the commit: closing an overdue attempt stands although no new one may begin,
    # and so does the count of wrong tickets.
    raise refusal


def _refusal(
    session: Session, person_id: int, paper: PaperRules, seat: Seat | None, now: datetime
) -> AppError | None:
    """Return why no further attempt may begin now, tickets aside."""
    if paper.in_rounds and (refusal := refusal_to_sit(seat, now)) is not None:
        return refusal
    history = queries.get_history(session, person_id, paper.paper_id, seat)
    limit = paper.attempts if seat is None else seat.attempts
    return refusal_to_start(limit, paper.cooldown_hours, history, now)


def _begin(
    session: Session,
    actor: Actor,
    person_id: int,
    paper: PaperRules,
    seat: Seat | None,
    now: datetime,
) -> Attempt:
    if seat is not None:
        paper = queries.get_pinned(session, paper, seat.version_id)
    seed = secrets.token_hex(16)
    round_id = seat.round_id if seat else None
    drawn = form_for(session, paper, seed, now=now, round_id=round_id)
    if drawn.shortages or not drawn.questions:
        log.error("paper_short", paper=paper.code, cells=[repr(item) for item in drawn.shortages])
        raise Conflict(
            "assessment.short",
            N_(
                "Chưa thể ra đề vì ngân hàng câu hỏi còn thiếu. "
                "Hãy báo cho đơn vị tổ chức; lượt làm bài của bạn chưa bị tính."
            ),
        )
    beginning = services.Beginning(
        seed=seed,
        session_id=actor.session_id,
        now=now,
        deadline_at=_deadline(paper, seat, now),
        round_id=round_id,
    )
    return services.start(session, person_id, paper, drawn, beginning)


def _deadline(paper: PaperRules, seat: Seat | None, now: datetime) -> datetime | None:
    if seat is not None:
        return seat.window.deadline(now, paper.time_limit_minutes)
    return timing.deadline(now, paper.time_limit_minutes)


def change_forecast(actor: Actor, paper_code: str, text: str) -> None:
    """Change the forecast of a contest while the actor's attempt in it runs.

    Raises NotFound, Invalid for what is no number, Conflict when no attempt of his runs.
    """
    person_id = _person_of(actor)
    with transaction() as session:
        now = database_now(session)
        paper = queries.get_paper(session, paper_code)
        seat = entry.take_seat(session, person_id, paper.paper_id, now)
        running = services.find_open_attempt(session, person_id, paper.paper_id)
        if (
            seat is None
            or running is None
            or running.round_id != seat.round_id
            or timing.is_overdue(running.deadline_at, now)
        ):
            raise Conflict("round.not_running", N_("Chỉ sửa được dự đoán trong lúc làm bài."))
        refusal = entry.keep_forecast(session, seat, text)
        if refusal is not None:
            raise refusal


def take_over(actor: Actor, attempt_id: int) -> None:
    """Give the actor's running attempt to the device he acts from (I8). Raises NotFound."""
    with transaction() as session:
        now = database_now(session)
        attempt = services.lock_attempt(session, attempt_id, person_id=actor.person_id)
        if attempt.state is not AttemptState.IN_PROGRESS:
            return
        if services.holder(session, attempt) != actor.session_id:
            services.take_over(session, attempt, actor.session_id, now)


def accept_superseded(actor: Actor, attempt_id: int) -> int:
    """Make count what a former device of the actor sent too late; return how many answers."""
    with transaction() as session:
        now = database_now(session)
        attempt = services.lock_attempt(session, attempt_id, person_id=actor.person_id)
        running = attempt.state is AttemptState.IN_PROGRESS
        if not running or timing.is_overdue(attempt.deadline_at, now):
            return 0
        return services.accept_superseded(session, attempt, now)


def save_answers(
    actor: Actor, attempt_id: int, save: Save, *, touch_at: datetime | None = None
) -> Saved:
    """Store the events of ``save``; what is returned has been committed (I1).

    ``touch_at``: note at the same time that the sign-in session is in use. Raises NotFound for
    the attempts of others, Invalid for what cannot be stored.
    """
    aside = None
    if touch_at is not None and actor.session_id is not None:
        aside = touching(actor.session_id, now=touch_at)
    acks: list[Ack] = []
    with transaction() as session:
        person_id = actor.person_id
        if save.events:
            place, acks = saves.record(session, attempt_id, save, person_id=person_id, aside=aside)
        else:
            place = saves.see(session, attempt_id, person_id=person_id, aside=aside)
    state = _closed_if_overdue(actor, place)
    return Saved(tuple(acks), place.epoch, place.deadline_at, place.now, state)


def _closed_if_overdue(actor: Actor, place: Place) -> AttemptState:
    running = place.state is AttemptState.IN_PROGRESS
    if not running or not timing.is_overdue(place.deadline_at, place.now):
        return place.state
    _close_one(actor, place.attempt_id, place.person_id, only_overdue=True)
    return AttemptState.GRADED


def save_form(
    actor: Actor,
    attempt_id: int,
    epoch: int,
    seen_seq: int,
    fields: Mapping[str, Fields],
    *,
    shown: frozenset[int] = frozenset(),
) -> Saved:
    """Store what a plain form changed; ``fields`` are its values by item id.

    ``epoch`` and ``seen_seq`` say up to which change the form showed the answers. Only what
    differs from what it showed is a change, so that an old page sent late undoes nothing;
    ``shown`` are the items it showed at all, none: all of them. Raises NotFound, Invalid.
    """
    with reading() as session:
        head = attempt_queries.get_attempt(session, attempt_id, person_id=actor.person_id)
        changes = attempt_queries.form_changes(
            session, head.id, shown_up_to=(epoch, seen_seq), fields=fields
        )
        changes = [change for change in changes if not shown or change[0] in shown]
        first = attempt_queries.last_seq(session, head.id, epoch) + 1
    events = tuple(
        Event(str(uuid4()), item_id, seq, value)
        for seq, (item_id, value) in enumerate(changes, first)
    )
    return save_answers(actor, attempt_id, Save(epoch, events))


def submit(actor: Actor, attempt_id: int) -> None:
    """End the actor's attempt and grade it; once ended, pressing again changes nothing (I6)."""
    _close_one(actor, attempt_id, actor.person_id, only_overdue=False)


def _close_one(actor: Actor, attempt_id: int, person_id: int | None, *, only_overdue: bool) -> bool:
    with transaction() as session:
        now = database_now(session)
        attempt = services.lock_attempt(session, attempt_id, person_id=person_id)
        if only_overdue and not timing.is_overdue(attempt.deadline_at, now):
            return False
        return _close(session, actor, attempt, now)


def _close(session: Session, actor: Actor, attempt: Attempt, now: datetime) -> bool:
    """Grade ``attempt`` and record what it completes. False when it had ended before.

    One with essays is graded when the last of them is marked.
    """
    state = services.close(session, attempt, now)
    if state is AttemptState.GRADED:
        complete_course.advance_after_test(session, actor, attempt, now=now)
    return state is not None


def close_overdue() -> int:
    """Close every running attempt past its deadline, each in its own act; return how many.

    One that cannot be closed is logged and does not hold up the others.
    """
    with reading() as session:
        overdue = services.list_overdue(session, database_now(session))
    closed = 0
    for attempt_id, person_id in overdue:
        try:
            closed += _close_one(SYSTEM, attempt_id, person_id, only_overdue=True)
        except Exception:
            log.exception("attempt_not_closed", attempt=attempt_id)
    return closed


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person finds before a paper; ``refusal`` says why no attempt may begin now.

    ``seat``: the round he sits it in, with what was decided for him (``decisions``)
    and, of a closed contest, his ``place`` among how many.
    """

    paper: PaperRules
    seat: Seat | None
    decisions: tuple[DecisionLine, ...]
    place: tuple[int, int] | None
    attempts: tuple[AttemptLine, ...]
    running: AttemptLine | None
    best: AttemptLine | None
    left: int | None
    granted: int
    refusal: AppError | None
    now: datetime


def open_desk(actor: Actor, paper_code: str) -> Desk:
    """Return what the actor finds before the paper; an overdue attempt is closed first.

    Raises NotFound, and Forbidden for accounts without a person.
    """
    person_id = _person_of(actor)
    with reading() as session:
        now = database_now(session)
        paper = queries.get_paper(session, paper_code)
        lines = queries.list_attempts(session, person_id, paper.paper_id)
        left_open = next((line.id for line in lines if _is_left_open(line, now)), None)
        if left_open is not None:
            _close_one(actor, left_open, person_id, only_overdue=True)
            lines = queries.list_attempts(session, person_id, paper.paper_id)
        seat = find_seat(session, person_id, paper.paper_id, now) if paper.in_rounds else None
        history = queries.get_history(session, person_id, paper.paper_id, seat)
        refusal = _refusal(session, person_id, paper, seat, now)
        decisions = own_decisions(session, seat) if seat else []
        place = own_place(session, seat.round_id, person_id) if seat and seat.closed_at else None
        if seat is not None:
            paper = queries.get_pinned(session, paper, seat.version_id)
    running = next((line for line in lines if line.state is AttemptState.IN_PROGRESS), None)
    return Desk(
        paper=paper,
        seat=seat,
        decisions=tuple(decisions),
        place=place,
        attempts=tuple(lines),
        running=running,
        best=queries.best_of(lines),
        left=timing.attempts_left(
            seat.attempts if seat else paper.attempts, history.granted, history.used
        ),
        granted=history.granted,
        refusal=refusal,
        now=now,
    )


def _is_left_open(line: AttemptLine, now: datetime) -> bool:
    running = line.state is AttemptState.IN_PROGRESS
    return running and timing.is_overdue(line.deadline_at, now)


def open_sheet(actor: Actor, attempt_id: int) -> tuple[AttemptHead, Sheet | None, datetime]:
    """Return the actor's attempt, its questions while it runs, and the database's time.

    Closes it first when its deadline has passed. Raises NotFound.
    """
    head, now = _read(actor, attempt_id)
    if head.state is not AttemptState.IN_PROGRESS:
        return head, None, now
    with looking() as session:
        return head, attempt_queries.get_sheet(session, head), now


def open_result(actor: Actor, attempt_id: int) -> tuple[AttemptHead, Result | None]:
    """Return the actor's attempt and its result, None while it runs. Raises NotFound."""
    head, _ = _read(actor, attempt_id)
    with reading() as session:
        return head, get_result(session, head)


def _read(actor: Actor, attempt_id: int) -> tuple[AttemptHead, datetime]:
    with looking() as session:
        head = attempt_queries.get_attempt(session, attempt_id, person_id=actor.person_id)
        now = database_now(session)
        running = head.state is AttemptState.IN_PROGRESS
        if not running or not timing.is_overdue(head.deadline_at, now):
            return head, now
        _close_one(actor, attempt_id, actor.person_id, only_overdue=True)
        return attempt_queries.get_attempt(session, attempt_id, person_id=actor.person_id), now
