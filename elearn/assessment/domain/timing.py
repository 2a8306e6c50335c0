"""Time and number of attempts: deadline, lateness, waiting time, attempts left."""

from datetime import datetime, timedelta


def deadline(started_at: datetime, limit_minutes: int | None) -> datetime | None:
    """Return the last instant at which an answer counts; None without a limit."""
    return None if limit_minutes is None else started_at + timedelta(minutes=limit_minutes)


def is_overdue(deadline_at: datetime | None, now: datetime) -> bool:
    """Whether ``now`` lies after the deadline; the deadline itself is still in time."""
    return deadline_at is not None and now > deadline_at


def seconds_left(deadline_at: datetime | None, now: datetime) -> int | None:
    """Return the whole seconds until the deadline, never below 0; None without a limit."""
    if deadline_at is None:
        return None
    return max(0, int((deadline_at - now).total_seconds()))


def open_again_at(last_ended_at: datetime | None, cooldown_hours: int) -> datetime | None:
    """Return from when a further attempt may begin; None when none was made before."""
    return None if last_ended_at is None else last_ended_at + timedelta(hours=cooldown_hours)


def attempts_left(limit: int | None, granted: int, used: int) -> int | None:
    """Return how many attempts may still begin, never below 0; None without a limit."""
    return None if limit is None else max(0, limit + granted - used)
