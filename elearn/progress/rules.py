"""When something counts as done: pure decisions on facts that queries have read."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from elearn.curriculum.rules import PathStep, is_for


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """How far a person is in a module: counts of published, unretired lessons; the test."""

    module_id: int
    lesson_count: int
    finished_count: int
    test_code: str | None
    test_passed: bool


@dataclass(frozen=True, slots=True)
class KnownCompletion:
    """A completion of a programme that we hold true; ``is_online``: by studying here."""

    programme_id: int
    completed_on: date
    expires_on: date | None
    revoked_on: date | None
    is_online: bool
    reference: str | None

    def is_valid_on(self, day: date) -> bool:
        """Whether it counts on ``day``: neither expired nor revoked by then."""
        if self.completed_on > day:
            return False
        ended = (end is not None and end <= day for end in (self.expires_on, self.revoked_on))
        return not any(ended)


def is_module_complete(facts: ModuleFacts) -> bool:
    """Whether all lessons are finished and the test, if any, is passed (design.md section 3).

    A module with nothing to do completes nobody.
    """
    if facts.finished_count < facts.lesson_count:
        return False
    if facts.test_code is not None:
        return facts.test_passed
    return facts.lesson_count > 0


def required_modules(path: Iterable[PathStep], held: Collection[str]) -> frozenset[int]:
    """Return the modules that a member of the groups ``held`` must complete; perhaps none."""
    return frozenset(step.module_id for step in path if step.required and is_for(step.groups, held))


def completion_day(required: Collection[int], completed: Mapping[int, date]) -> date | None:
    """Return the day on which the last of ``required`` was completed; None if one is missing.

    An empty path completes nobody.
    """
    if not required or not all(module_id in completed for module_id in required):
        return None
    return max(completed[module_id] for module_id in required)


def bars(known: KnownCompletion, programme_id: int, day: date) -> bool:
    """Whether ``known`` keeps a programme from being completed here once more on ``day``.

    Module completions stand for good, so studying here completes a programme once: what expired
    or was revoked is not earned again by them. A completion by a class or elsewhere bars while it
    counts; one person gets one statement for one programme.
    """
    if known.programme_id != programme_id:
        return False
    return known.is_online or known.completed_on == day or known.is_valid_on(day)


def expiry(completed_on: date, validity_months: int | None) -> date | None:
    """Return the first day no longer valid: the same day of the month, or the month's last."""
    if validity_months is None:
        return None
    months = completed_on.year * 12 + completed_on.month - 1 + validity_months
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(completed_on.day, monthrange(year, month)[1]))
