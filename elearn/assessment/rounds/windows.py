"""Windows of a planned round: extra time, postponement, the end. Never commits.

The caller holds the lock of the round (services.lock_round).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState, PaperVersion
from elearn.assessment.rounds.models import Round, RoundExaminee, RoundState
from elearn.assessment.rounds.rules import Slot, Window
from elearn.assessment.rounds.services import Target, must_be
from elearn.infra.bulk import table_of
from elearn.kernel.errors import N_, Conflict


def extend(session: Session, found: Round, target: Target, minutes: int) -> int:
    """Give ``minutes`` more to everybody of ``target``, running attempts too; return how many."""
    count = _change(
        session, found, target, {"extra_minutes": RoundExaminee.extra_minutes + minutes}
    )
    _renew_deadlines(session, found, target)
    return count


def move(session: Session, found: Round, target: Target, slot: Slot) -> int:
    """Let everybody of ``target`` sit in ``slot`` instead; return how many.

    A running attempt never loses time by it. For all, the window of the round moves too.
    """
    count = _change(session, found, target, {"starts_at": slot.starts_at, "ends_at": slot.ends_at})
    if target == Target():
        found.opens_at, found.closes_at = slot.starts_at, slot.ends_at
    else:
        found.opens_at = min(found.opens_at, slot.starts_at)
        found.closes_at = max(found.closes_at, slot.ends_at)
    _renew_deadlines(session, found, target)
    return count


def end_now(session: Session, found: Round, now: datetime) -> int:
    """End the locked round for all; return how many attempts were running.

    They end at ``now`` with what was saved; nobody begins any more. Raises Conflict before the
    round has opened.
    """
    if found.opens_at >= now:
        raise Conflict("round.ahead", N_("Đợt chưa bắt đầu. Hãy lùi thời gian hoặc hủy đợt."))
    _shut(session, found, now)
    found.closes_at = min(found.closes_at, now)
    ended = session.execute(
        update(Attempt)
        .where(_running(found.id), or_(Attempt.deadline_at > now, Attempt.deadline_at.is_(None)))
        .values(deadline_at=now)
        .execution_options(synchronize_session=False)
        .returning(Attempt.id)
    )
    return len(ended.all())


def close(session: Session, found: Round, now: datetime) -> None:
    """Say of the locked round that it is over: keys and results may be seen from now on.

    Raises Conflict while somebody may still sit it or sits it.
    """
    must_be(found, RoundState.PLANNED)
    if last_instant(session, found.id) > now:
        raise Conflict(
            "round.open", N_("Vẫn còn người trong thời gian làm bài. Chưa thể đóng đợt.")
        )
    if session.scalar(select(exists().where(_running(found.id)))):
        raise Conflict(
            "round.running", N_("Còn bài đang làm chưa được thu. Hãy thử lại sau một phút.")
        )
    found.closed_at = now


def last_instant(session: Session, round_id: int) -> datetime:
    """Return when the window of the last examinee ends; long ago when there is none."""
    rows = session.execute(
        select(func.max(RoundExaminee.ends_at), RoundExaminee.extra_minutes)
        .where(RoundExaminee.round_id == round_id)
        .group_by(RoundExaminee.extra_minutes)
    )
    ends = (ends_at + timedelta(minutes=extra) for ends_at, extra in rows)
    return max(ends, default=datetime.min.replace(tzinfo=UTC))


def cancel(session: Session, found: Round, now: datetime) -> None:
    """Call the locked, planned round off. Raises Conflict once somebody has begun."""
    must_be(found, RoundState.PLANNED)
    # Whoever begins holds the row of his seat: he has begun by now, or will find his window shut.
    _shut(session, found, now)
    if session.scalar(select(exists().where(Attempt.round_id == found.id))):
        raise Conflict(
            "round.begun",
            N_("Đã có người làm bài nên không thể hủy đợt. Hãy kết thúc sớm nếu cần dừng lại."),
        )
    found.state = RoundState.CANCELLED


def _shut(session: Session, found: Round, now: datetime) -> None:
    """Let every window of the round that has not ended yet end ``now``."""
    row = RoundExaminee
    session.execute(
        update(RoundExaminee)
        .where(Target().condition(found.id), or_(row.ends_at > now, row.extra_minutes > 0))
        .values(
            extra_minutes=0,
            ends_at=case((row.ends_at > now, now), else_=row.ends_at),
            starts_at=case((row.starts_at >= now, now - timedelta(minutes=1)), else_=row.starts_at),
        )
        .execution_options(synchronize_session=False)
    )


def _running(round_id: int) -> ColumnElement[bool]:
    return and_(Attempt.round_id == round_id, Attempt.state == AttemptState.IN_PROGRESS)


def _change(session: Session, found: Round, target: Target, values: Mapping[str, object]) -> int:
    changed = session.execute(
        update(RoundExaminee)
        .where(target.condition(found.id))
        .values(**values)
        .execution_options(synchronize_session=False)
        .returning(RoundExaminee.id)
    )
    count = len(changed.all())
    if not count:
        raise Conflict("round.no_target", N_("Không có ai như vậy trong danh sách của đợt."))
    return count


def _renew_deadlines(session: Session, found: Round, target: Target) -> None:
    """Give running attempts of ``target`` the deadline of their windows, where it is later.

    In the order of their ids, as whoever locks several attempts does.
    """
    rows = session.execute(
        select(
            Attempt.id,
            Attempt.started_at,
            Attempt.deadline_at,
            RoundExaminee.starts_at,
            RoundExaminee.ends_at,
            RoundExaminee.extra_minutes,
            PaperVersion.time_limit_minutes,
        )
        .join(
            RoundExaminee,
            and_(
                RoundExaminee.round_id == Attempt.round_id,
                RoundExaminee.person_id == Attempt.person_id,
            ),
        )
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .where(_running(found.id), target.condition(found.id))
        .order_by(Attempt.id)
        .with_for_update(key_share=True, of=Attempt)
    ).all()
    later = [
        {"the_id": row.id, "the_deadline": due}
        for row in rows
        if (due := _due(row)) > (row.deadline_at or due)
    ]
    if later:
        session.connection().execute(_SET_DEADLINE, later)


def _due(row: Row[*tuple[Any, ...]]) -> datetime:
    window = Window(row.starts_at, row.ends_at, row.extra_minutes)
    return window.deadline(row.started_at, row.time_limit_minutes)


_SET_DEADLINE = (
    update(table_of(Attempt))
    .where(table_of(Attempt).c.id == bindparam("the_id"))
    .values(deadline_at=bindparam("the_deadline"))
)
