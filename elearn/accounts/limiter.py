"""Tries counted in the database, so that every process sees the same count (accounts.limits)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from elearn.accounts.limits import KNOWN_FOR, Bucket, seconds_to_wait
from elearn.accounts.models import AttemptRecord
from elearn.infra.db import advisory_lock
from elearn.kernel.errors import N_, TooMany

_KNOWN = ".known"
_KEEP = timedelta(days=1)


def _counted(bucket: Bucket) -> ColumnElement[bool]:
    return and_(AttemptRecord.act == bucket.act, AttemptRecord.key_hash == bucket.key)


def _wait_for(session: Session, bucket: Bucket, now: datetime) -> int:
    since = now - bucket.limit.window
    times = session.scalars(
        select(AttemptRecord.at)
        .where(_counted(bucket), AttemptRecord.at > since)
        .order_by(AttemptRecord.at)
    ).all()
    return seconds_to_wait(times, bucket.limit, now)


def refuse_if_waiting(session: Session, bucket: Bucket, *, now: datetime) -> None:
    """Raise TooMany while the tries counted in ``bucket`` ask for a pause; one statement.

    For acts whose tries another lock already makes follow one another; see ``count_failure``.
    """
    if (wait := _wait_for(session, bucket, now)) > 0:
        raise _too_many(wait)


def count_failure(session: Session, bucket: Bucket, *, now: datetime) -> None:
    """Count a try that failed."""
    session.add(AttemptRecord(act=bucket.act, key_hash=bucket.key, at=now))


def _too_many(wait: int) -> TooMany:
    return TooMany(
        "limit.wait",
        N_("Bạn đã thử quá nhiều lần. Hãy đợi %(seconds)d giây rồi thử lại."),
        retry_after=wait,
        seconds=wait,
    )


def admit(session: Session, buckets: Sequence[Bucket], *, now: datetime) -> list[int]:
    """Count one try in every bucket and return the ids of its rows.

    The count is taken before the try is evaluated and under a lock for each key, so that a
    thousand tries at once are counted one after another. Raises TooMany, nothing counted.
    """
    # Always in the same order: two tries that share keys must not wait for each other in a ring.
    for key in sorted({bucket.key for bucket in buckets}):
        advisory_lock(session, int(key[:15], 16))
    wait = max((_wait_for(session, bucket, now) for bucket in buckets), default=0)
    if wait > 0:
        raise _too_many(wait)
    rows = [AttemptRecord(act=bucket.act, key_hash=bucket.key, at=now) for bucket in buckets]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def forget(session: Session, buckets: Sequence[Bucket], try_ids: Sequence[int] = ()) -> None:
    """Drop all tries of ``buckets`` and the single tries ``try_ids``: the try was a good one."""
    conditions = [_counted(bucket) for bucket in buckets]
    if try_ids:
        conditions.append(AttemptRecord.id.in_(try_ids))
    if conditions:
        session.execute(delete(AttemptRecord).where(or_(*conditions)))


def is_known(session: Session, act: str, key: str, *, now: datetime) -> bool:
    """Whether ``key`` succeeded at ``act`` during the last 30 days."""
    found = session.scalar(
        select(AttemptRecord.id)
        .where(
            AttemptRecord.act == act + _KNOWN,
            AttemptRecord.key_hash == key,
            AttemptRecord.at > now - KNOWN_FOR,
        )
        .limit(1)
    )
    return found is not None


def remember(session: Session, act: str, key: str, *, now: datetime) -> None:
    """Note that ``key`` succeeded at ``act``."""
    session.execute(
        delete(AttemptRecord).where(
            AttemptRecord.act == act + _KNOWN, AttemptRecord.key_hash == key
        )
    )
    session.add(AttemptRecord(act=act + _KNOWN, key_hash=key, at=now))


def purge(session: Session, *, now: datetime) -> None:
    """Delete tries that no longer count."""
    session.execute(
        delete(AttemptRecord).where(
            AttemptRecord.at < now - _KEEP, AttemptRecord.act.not_like("%" + _KNOWN)
        )
    )
    session.execute(delete(AttemptRecord).where(AttemptRecord.at < now - KNOWN_FOR))
