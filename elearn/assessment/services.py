"""Writes of attempts: begin, take over, close and grade; saves: saves.py. Never commits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from elearn.assessment import attempt_queries as reads
from elearn.assessment import grades
from elearn.assessment.domain import timing
from elearn.assessment.domain.draw import Drawn
from elearn.assessment.marking import services as marking
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptEpoch,
    AttemptItem,
    AttemptState,
    ExtraAttempt,
)
from elearn.assessment.policy import no_such_attempt
from elearn.assessment.queries import PaperRules, list_option_orders
from elearn.assessment.rounds.models import AttemptVoid
from elearn.kernel.errors import N_, Conflict

BY_EXAMINEE, BY_DEADLINE = "examinee", "deadline"
ACCEPTED = "accepted"


def lock_attempt(session: Session, attempt_id: int, *, person_id: int | None) -> Attempt:
    """Return the attempt of ``person_id``, locked until the act ends. Raises NotFound.

    Whoever saves to, submits or closes an attempt holds this lock first, so that none of them
    judges by a state that another is changing. FOR NO KEY UPDATE lets rows that only refer to
    the attempt be written meanwhile; SQLite's write lock does the same for the whole file.
    """
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if attempt is None:
        raise no_such_attempt()
    return attempt


def lock_any_attempt(session: Session, attempt_id: int) -> Attempt:
    """Return an attempt, whosesoever, locked until the act ends; the caller answers for whom.

    Raises NotFound.
    """
    person_id = session.scalar(select(Attempt.person_id).where(Attempt.id == attempt_id))
    return lock_attempt(session, attempt_id, person_id=person_id)


def find_open_attempt(session: Session, person_id: int, paper_id: int) -> Attempt | None:
    """Return the open attempt of a person at a paper, locked, or None."""
    return session.scalars(
        select(Attempt)
        .where(
            Attempt.person_id == person_id,
            Attempt.paper_id == paper_id,
            Attempt.state == AttemptState.IN_PROGRESS,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an attempt begins: its seed, the device that holds it, its deadline, its round."""

    seed: str
    session_id: int | None
    now: datetime
    deadline_at: datetime | None
    round_id: int | None = None


def start(
    session: Session, person_id: int, paper: PaperRules, drawn: Drawn, beginning: Beginning
) -> Attempt:
    """Add an attempt that pins what was drawn (I7).

    Raises IntegrityError when another request began one at the same moment (unique indexes).
    """
    last = session.scalar(
        select(func.max(Attempt.number)).where(
            Attempt.person_id == person_id, Attempt.paper_id == paper.paper_id
        )
    )
    attempt = Attempt(
        person_id=person_id,
        paper_id=paper.paper_id,
        paper_version_id=paper.version_id,
        number=(last or 0) + 1,
        seed=beginning.seed,
        pool_id=drawn.pool_id,
        form_id=drawn.form_id,
        state=AttemptState.IN_PROGRESS,
        epoch=1,
        started_at=beginning.now,
        deadline_at=beginning.deadline_at,
        round_id=beginning.round_id,
        last_seen_at=beginning.now,
    )
    session.add(attempt)
    session.flush()
    session.add(
        AttemptEpoch(
            attempt_id=attempt.id,
            epoch=1,
            session_id=beginning.session_id,
            began_at=beginning.now,
        )
    )
    _add_items(session, attempt, paper, drawn)
    return attempt


def _add_items(session: Session, attempt: Attempt, paper: PaperRules, drawn: Drawn) -> None:
    version_ids = [item.question.version_id for item in drawn.questions]
    orders = list_option_orders(session, version_ids, attempt.seed, shuffle=paper.blueprint.shuffle)
    rows = [
        {
            "attempt_id": attempt.id,
            "position": position,
            "section": item.section,
            "question_version_id": item.question.version_id,
            "option_order": order,
            "points": item.points,
        }
        for position, (item, order) in enumerate(zip(drawn.questions, orders, strict=True), 1)
    ]
    # Asking for the ids makes it one INSERT of many rows; without, it is one for each row.
    session.execute(insert(AttemptItem).returning(AttemptItem.id), rows)


def take_over(session: Session, attempt: Attempt, session_id: int | None, now: datetime) -> None:
    """Give the locked ``attempt`` to the device of ``session_id`` by a new epoch (I8)."""
    attempt.epoch += 1
    session.add(
        AttemptEpoch(
            attempt_id=attempt.id, epoch=attempt.epoch, session_id=session_id, began_at=now
        )
    )


def holder(session: Session, attempt: Attempt) -> int | None:
    """Return the sign-in session that holds ``attempt``."""
    return session.scalar(
        select(AttemptEpoch.session_id).where(
            AttemptEpoch.attempt_id == attempt.id, AttemptEpoch.epoch == attempt.epoch
        )
    )


def keep_device(session: Session, attempt: Attempt, epoch: int, session_id: int | None) -> None:
    """Let the device of ``epoch``, signed in anew as ``session_id``, go on holding ``attempt``.

    Nothing happens when another device has taken over since.
    """
    if epoch != attempt.epoch:
        return
    session.execute(
        update(AttemptEpoch)
        .where(AttemptEpoch.attempt_id == attempt.id, AttemptEpoch.epoch == epoch)
        .values(session_id=session_id)
        .execution_options(synchronize_session=False)
    )


def accept_superseded(session: Session, attempt: Attempt, now: datetime) -> int:
    """Make the late changes of a former device count in the locked, running ``attempt`` (I8).

    Adds an event of the present epoch for each; returns how many. The examinee asked for it.
    """
    current = reads.current_answers(session, attempt.id)
    superseded = reads.current_answers(session, attempt.id, statuses=(AnswerStatus.SUPERSEDED,))
    pending = reads.pending_superseded(current, superseded)
    first = reads.last_seq(session, attempt.id, attempt.epoch) + 1
    session.add_all(
        AnswerEvent(
            attempt_id=attempt.id,
            item_id=item_id,
            epoch=attempt.epoch,
            client_seq=seq,
            uuid=str(uuid4()),
            value=late.value,
            status=AnswerStatus.STORED,
            reason=ACCEPTED,
            received_at=now,
        )
        for seq, (item_id, late) in enumerate(sorted(pending.items()), first)
    )
    return len(pending)


def close(session: Session, attempt: Attempt, now: datetime) -> AttemptState | None:
    """End the locked ``attempt`` and grade it with the answers received in time.

    Returns GRADED, SUBMITTED where people have to mark essays first, None when it had ended
    before. Past the deadline it ends by and at the deadline.
    """
    overdue = timing.is_overdue(attempt.deadline_at, now)
    moved = _move(
        session,
        attempt,
        AttemptState.IN_PROGRESS,
        AttemptState.SUBMITTED,
        submitted_at=attempt.deadline_at if overdue else now,
        closed_by=BY_DEADLINE if overdue else BY_EXAMINEE,
    )
    if not moved:
        return None
    items = reads.list_answered(session, attempt.id)
    if marking.add_tasks(session, attempt, items, now=now):
        return AttemptState.SUBMITTED
    reason = attempt.closed_by or ""
    grades.add_grade(session, attempt, reason=reason, graded_by=None, now=now, items=items)
    set_graded(session, attempt)
    return AttemptState.GRADED


def set_graded(session: Session, attempt: Attempt) -> None:
    """Move the locked, submitted ``attempt`` on once it has its grade (I6)."""
    _move(session, attempt, AttemptState.SUBMITTED, AttemptState.GRADED)


def void(
    session: Session, attempt: Attempt, reason: str, *, uses_up: bool, voided_by: int, now: datetime
) -> None:
    """Make the locked ``attempt`` count for nothing, for good; its answers and grades stay.

    ``uses_up``: it remains one of the attempts allowed. Raises Conflict when it was voided before.
    """
    before = attempt.state
    is_void = before is AttemptState.VOIDED
    if is_void or not _move(session, attempt, before, AttemptState.VOIDED, void_uses_up=uses_up):
        raise Conflict("assessment.voided", N_("Lượt làm bài này đã bị hủy trước đó."))
    session.add(
        AttemptVoid(
            attempt_id=attempt.id,
            was=before.value,
            reason=reason,
            voided_by=voided_by,
            voided_at=now,
        )
    )


def _move(
    session: Session,
    attempt: Attempt,
    before: AttemptState,
    after: AttemptState,
    **values: object,
) -> bool:
    """Move the state by a conditional UPDATE (I6). False when it was not ``before``."""
    moved = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == before)
        .values(state=after, **values)
        .returning(Attempt)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    return moved is not None


def has_late(session: Session, attempt: Attempt) -> bool:
    """Whether answers to ``attempt`` came too late."""
    return bool(
        session.scalar(
            select(func.count()).where(
                AnswerEvent.attempt_id == attempt.id, AnswerEvent.status == AnswerStatus.LATE
            )
        )
    )


def list_overdue(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Return (attempt id, person id) of running attempts past their deadline, oldest first."""
    rows = session.execute(
        select(Attempt.id, Attempt.person_id)
        .where(Attempt.state == AttemptState.IN_PROGRESS, Attempt.deadline_at < now)
        .order_by(Attempt.deadline_at)
    )
    return [(row.id, row.person_id) for row in rows]


def grant_attempts(
    session: Session,
    person_id: int,
    paper_id: int,
    count: int,
    reason: str,
    *,
    granted_by: int,
    now: datetime,
) -> None:
    """Add ``count`` further attempts of a person at a paper."""
    session.add(
        ExtraAttempt(
            person_id=person_id,
            paper_id=paper_id,
            count=count,
            reason=reason,
            granted_by=granted_by,
            granted_at=now,
        )
    )
