"""When a module and a programme are complete, and until when a completion counts."""

from datetime import date

import pytest

from elearn.curriculum.rules import Deadline, PathStep, due_on, is_for
from elearn.progress.rules import (
    KnownCompletion,
    ModuleFacts,
    bars,
    completion_day,
    expiry,
    is_module_complete,
    required_modules,
)

DAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("lessons", "finished", "test_code", "passed", "complete"),
    [
        (3, 3, None, False, True),
        (3, 2, None, False, False),
        (3, 3, "m0-test", False, False),
        (3, 3, "m0-test", True, True),
        (3, 2, "m0-test", True, False),
        (0, 0, None, False, False),
        (0, 0, "m0-test", True, True),
    ],
)
def test_a_module_is_complete_with_all_lessons_and_the_test(
    lessons: int, finished: int, test_code: str | None, *, passed: bool, complete: bool
) -> None:
    facts = ModuleFacts(1, lessons, finished, test_code, passed)
    assert is_module_complete(facts) is complete


@pytest.mark.parametrize(
    ("groups", "held", "concerns"),
    [
        (("ALL",), ["TG1"], True),
        (("TG1", "TG2"), ["TG2"], True),
        (("TG1",), ["TG2"], False),
        ((), ["TG1"], False),
        (("ALL",), [], False),
    ],
)
def test_all_means_the_members_of_any_group(
    groups: tuple[str, ...], held: list[str], *, concerns: bool
) -> None:
    assert is_for(groups, held) is concerns


def test_only_required_steps_for_ones_groups_are_required() -> None:
    path = [
        PathStep(1, ("ALL",), required=True),
        PathStep(2, ("TG1",), required=True),
        PathStep(3, ("TG2",), required=True),
        PathStep(4, ("ALL",), required=False),
    ]
    assert required_modules(path, ["TG1"]) == {1, 2}


def test_a_programme_is_complete_on_the_day_of_its_last_module() -> None:
    completed = {1: date(2026, 3, 1), 2: date(2026, 3, 14), 3: date(2026, 5, 1)}
    assert completion_day({1, 2}, completed) == date(2026, 3, 14)


def test_a_missing_module_keeps_a_programme_open() -> None:
    assert completion_day({1, 2}, {1: DAY}) is None


def test_an_empty_path_completes_nobody() -> None:
    assert completion_day(frozenset(), {1: DAY}) is None


@pytest.mark.parametrize(
    ("completed_on", "months", "expires_on"),
    [
        (date(2026, 3, 14), None, None),
        (date(2026, 3, 14), 24, date(2028, 3, 14)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
    ],
)
def test_a_completion_expires_on_the_same_day_months_later(
    completed_on: date, months: int | None, expires_on: date | None
) -> None:
    assert expiry(completed_on, months) == expires_on


def known(
    *,
    programme_id: int = 7,
    completed_on: date = date(2026, 1, 5),
    expires_on: date | None = None,
    revoked_on: date | None = None,
    is_online: bool = False,
) -> KnownCompletion:
    return KnownCompletion(programme_id, completed_on, expires_on, revoked_on, is_online, None)


@pytest.mark.parametrize(
    ("completion", "is_barred"),
    [
        (known(), True),
        (known(programme_id=8), False),
        (known(expires_on=date(2026, 3, 15)), True),
        (known(expires_on=DAY), False),
        (known(revoked_on=DAY), False),
        (known(completed_on=DAY, revoked_on=DAY), True),
        (known(is_online=True, revoked_on=date(2026, 2, 1)), True),
        (known(is_online=True, expires_on=date(2026, 2, 1)), True),
    ],
)
def test_what_counts_already_is_not_completed_again(
    completion: KnownCompletion, *, is_barred: bool
) -> None:
    assert bars(completion, 7, DAY) is is_barred


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2025, 6, 30), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2025, 12, 31)),
        (date(2026, 11, 22), date(2025, 12, 31)),
    ],
)
def test_the_next_deadline_counts_and_after_all_the_last(today: date, due: date) -> None:
    deadlines = [
        Deadline("ALL", date(2025, 12, 31)),
        Deadline("TG1", date(2025, 6, 30)),
        Deadline("TG2", date(2030, 12, 31)),
    ]
    assert due_on(deadlines, ["TG1"], today) == due


def test_without_a_target_nothing_is_due() -> None:
    assert due_on([Deadline("TG2", DAY)], ["TG1"], DAY) is None
