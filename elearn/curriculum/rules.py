"""Whom a step of a path or a target concerns: pure decisions on what is taught."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class PathStep:
    """A module on the path of a programme, for ``groups`` (codes, or ALL)."""

    module_id: int
    groups: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day ``by`` on which ``group`` (a code, or ALL) is to have been trained."""

    group: str
    by: date


def is_for(groups: Iterable[str], held: Collection[str]) -> bool:
    """Whether something for ``groups`` concerns a member of the groups ``held``.

    ALL is the union of the programme's groups, so it does not concern who is in none of them.
    """
    return bool(held) and any(group == ALL or group in held for group in groups)


def due_on(deadlines: Iterable[Deadline], held: Collection[str], today: date) -> date | None:
    """Return the last day by which a member of ``held`` is to be trained; None without one.

    The next day to come; once all have passed, the last one.
    """
    days = sorted(each.by for each in deadlines if is_for((each.group,), held))
    return next((day for day in days if day >= today), days[-1] if days else None)
