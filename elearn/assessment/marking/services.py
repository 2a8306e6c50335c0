"""Writes of marking: tasks made when an attempt ends, claims, marks. Never commits."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Answered
from elearn.assessment.marking import queries, rules
from elearn.assessment.marking.models import EssayMark, MarkingClaim, MarkingTask
from elearn.assessment.models import Attempt, AttemptItem, PaperVersion, QuestionVersion
from elearn.assessment.rounds.models import Round, RoundKind
from elearn.kernel.errors import N_, Conflict
from elearn.org.scope import UnitScope


def add_tasks(
    session: Session, attempt: Attempt, items: Iterable[Answered], *, now: datetime
) -> int:
    """Queue what of an ended attempt people have to mark; return how many essays that is."""
    parts = [(item.item_id, found.part) for item in items for found in rules.marked_parts(item)]
    if not parts:
        return 0
    kind = session.get_one(PaperVersion, attempt.paper_version_id).kind
    versions = _versions(session, [item_id for item_id, _ in parts])
    is_exam = _is_exam(session, attempt)
    rows = []
    for item_id, part in parts:
        token = secrets.token_hex(8)
        rows.append(
            {
                "attempt_id": attempt.id,
                "item_id": item_id,
                "question_version_id": versions[item_id],
                "part": part,
                "token": token,
                "needed": rules.marks_needed(kind, token, is_exam=is_exam),
                "created_at": now,
            }
        )
    session.execute(insert(MarkingTask), rows)
    return len(rows)


def _versions(session: Session, item_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(AttemptItem.id, AttemptItem.question_version_id).where(AttemptItem.id.in_(item_ids))
    )
    return {row.id: row.question_version_id for row in rows}


def _is_exam(session: Session, attempt: Attempt) -> bool:
    if attempt.round_id is None:
        return False
    return session.get_one(Round, attempt.round_id).kind in (RoundKind.EXAM, RoundKind.CONTEST)


def claim_next(
    session: Session, scope: UnitScope, user_id: int, person_id: int | None, *, now: datetime
) -> str | None:
    """Give a marker an essay of ``scope`` by chance, leased; return its token, None without one.

    Who holds one already goes on with that. Rows that others are claiming are passed over, so two
    markers never get the same place; the unique keys of the claim stand behind it.
    """
    held = queries.find_held(session, user_id, now)
    if held is not None:
        return held
    start = secrets.token_hex(8)
    for after_start in (MarkingTask.token >= start, MarkingTask.token < start):
        task = session.scalar(
            select(MarkingTask)
            .join(Attempt, Attempt.id == MarkingTask.attempt_id)
            .where(queries.within(scope, person_id), queries.open_for(user_id, now), after_start)
            .order_by(MarkingTask.token)
            .limit(1)
            .with_for_update(skip_locked=True, of=MarkingTask)
        )
        if task is not None and _claim(session, task, user_id, now):
            return task.token
    return None


def _claim(session: Session, task: MarkingTask, user_id: int, now: datetime) -> bool:
    """Lease the first free place of the locked ``task``; False when there is none after all."""
    session.execute(
        delete(MarkingClaim).where(MarkingClaim.task_id == task.id, MarkingClaim.lease_until <= now)
    )
    taken = {
        *session.scalars(select(MarkingClaim.place).where(MarkingClaim.task_id == task.id)),
        *session.scalars(select(EssayMark.place).where(EssayMark.task_id == task.id)),
    }
    free = [place for place in range(1, task.needed + 1) if place not in taken]
    if not free:
        return False
    session.add(
        MarkingClaim(
            task_id=task.id, place=free[0], marker_id=user_id, lease_until=now + rules.LEASE
        )
    )
    session.flush()
    return True


def find_task(session: Session, token: str) -> MarkingTask:
    """Return a task. Raises NotFound."""
    task = session.scalar(select(MarkingTask).where(MarkingTask.token == token))
    if task is None:
        raise queries.no_such_task()
    return task


def lock_task(session: Session, token: str) -> MarkingTask:
    """Return a task, locked until the act ends. Raises NotFound."""
    task = session.scalar(
        select(MarkingTask)
        .where(MarkingTask.token == token)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is None:
        raise queries.no_such_task()
    return task


def get_claim(session: Session, task: MarkingTask, user_id: int) -> MarkingClaim:
    """Return the marker's claim of ``task``. Raises NotFound for tasks he does not hold.

    A lease that has run out still counts as long as nobody else has taken the place.
    """
    claim = session.scalar(
        select(MarkingClaim).where(
            MarkingClaim.task_id == task.id, MarkingClaim.marker_id == user_id
        )
    )
    if claim is None:
        raise queries.no_such_task()
    return claim


def renew(session: Session, claim: MarkingClaim, *, now: datetime) -> None:
    """Lease a held place for longer."""
    claim.lease_until = now + rules.LEASE
    session.flush()


def give_back(session: Session, task: MarkingTask, user_id: int) -> None:
    """Let another marker take the place. Raises NotFound."""
    session.delete(get_claim(session, task, user_id))
    session.flush()


def add_mark(
    session: Session,
    task: MarkingTask,
    user_id: int,
    points: Sequence[str],
    comment: str,
    *,
    now: datetime,
) -> bool:
    """Add the marker's mark to the locked ``task``; return whether the task is settled by it.

    Raises NotFound when he does not hold it, Invalid for points outside the rubric.
    """
    claim = get_claim(session, task, user_id)
    if task.settled_at is not None:
        raise Conflict("marking.settled", N_("Bài này đã chấm xong."))
    version = session.get_one(QuestionVersion, task.question_version_id)
    rubric = rules.rubric_of(rules.essay_body(version.type, version.body, task.part))
    given = rules.checked_points(rubric, points)
    session.add(
        EssayMark(
            task_id=task.id,
            place=claim.place,
            marker_id=user_id,
            points=[str(each) for each in given],
            share=rules.share_of(rubric, given),
            comment=comment,
            marked_at=now,
        )
    )
    session.delete(claim)
    session.flush()
    return _settle(session, task, now)


def _settle(session: Session, task: MarkingTask, now: datetime) -> bool:
    shares: list[Decimal] = list(
        session.scalars(
            select(EssayMark.share).where(EssayMark.task_id == task.id).order_by(EssayMark.place)
        )
    )
    kind = session.execute(
        select(PaperVersion.kind)
        .join(Attempt, Attempt.paper_version_id == PaperVersion.id)
        .where(Attempt.id == task.attempt_id)
    ).scalar_one()
    share = rules.settled(shares, task.needed, rules.POLICIES[kind].apart)
    if share is not None:
        task.share, task.settled_at = share, now
    elif len(shares) == task.needed:
        task.needed += 1
    session.flush()
    return share is not None


def drop_moot(session: Session, attempt_id: int, version_id: int, *, now: datetime) -> None:
    """Settle the essays of a locked attempt that a correction made count for nothing to mark."""
    tasks = session.scalars(
        select(MarkingTask)
        .where(
            MarkingTask.attempt_id == attempt_id,
            MarkingTask.question_version_id == version_id,
            MarkingTask.settled_at.is_(None),
        )
        .with_for_update()
    )
    for task in tasks:
        task.share, task.settled_at = Decimal(0), now
    session.flush()
