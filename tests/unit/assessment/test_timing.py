"""Deadlines, waiting times and attempts left."""

from datetime import UTC, datetime, timedelta

import pytest

from elearn.assessment.domain.timing import (
    attempts_left,
    deadline,
    is_overdue,
    open_again_at,
    seconds_left,
)

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_the_deadline_is_the_start_and_the_limit() -> None:
    assert deadline(START, 20) == datetime(2026, 3, 2, 1, 20, tzinfo=UTC)


def test_no_limit_is_no_deadline_and_never_late() -> None:
    assert deadline(START, None) is None
    assert not is_overdue(None, START + timedelta(days=900))
    assert seconds_left(None, START) is None


@pytest.mark.parametrize(("microseconds", "late"), [(-1, False), (0, False), (1, True)])
def test_the_deadline_itself_is_in_time(microseconds: int, late: bool) -> None:
    assert is_overdue(START, START + timedelta(microseconds=microseconds)) is late


def test_time_left_is_never_negative() -> None:
    assert seconds_left(START, START - timedelta(seconds=90.5)) == 90
    assert seconds_left(START, START + timedelta(seconds=5)) == 0


def test_the_next_attempt_waits_for_the_cooldown() -> None:
    assert open_again_at(START, 24) == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    assert open_again_at(None, 24) is None


@pytest.mark.parametrize(
    ("limit", "granted", "used", "left"),
    [(3, 0, 0, 3), (3, 0, 3, 0), (3, 2, 3, 2), (1, 0, 4, 0), (None, 0, 40, None)],
)
def test_attempts_left_count_the_granted_ones(
    limit: int | None, granted: int, used: int, left: int | None
) -> None:
    assert attempts_left(limit, granted, used) == left
