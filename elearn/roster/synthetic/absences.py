"""Days on which a person is not expected to train."""

from dataclasses import dataclass
from datetime import date, timedelta

from elearn.roster.synthetic.careers import AWAY, Careers, Outline
from elearn.roster.synthetic.timeline import firsts_of_months

_NOTICE_DAYS = 90
_STARTS = firsts_of_months(2022, 2027)
_REASONS = ("LONG_LEAVE", "STUDY", "SUSPENDED")
_DAYS = {"LONG_LEAVE": (183, 183), "STUDY": (365, 730), "SUSPENDED": (60, 120)}


@dataclass(frozen=True, slots=True)
class Absence:
    """One row of the sheet ``exclusions``; its end is known when it begins."""

    reason: str
    valid_from: date
    valid_to: date


def absences(careers: Careers, outline: Outline) -> list[Absence]:
    """Return the absences of a person in order: leave or study, then the notice before leaving."""
    found = []
    notice_from = outline.left - timedelta(days=_NOTICE_DAYS)
    if outline.was_away:
        away = _away(careers, outline)
        ends = min(away.valid_to, notice_from)
        if outline.joined <= away.valid_from < ends:
            found.append(Absence(away.reason, away.valid_from, ends))
    if outline.left_reason == "RETIREMENT":
        found.append(Absence("RETIREMENT_NOTICE", notice_from, outline.left))
    return found


def _away(careers: Careers, outline: Outline) -> Absence:
    rng = careers.stream(outline.index, AWAY)
    reason = rng.choices(_REASONS, (60, 35, 5))[0]
    starts = rng.choice(_STARTS)
    return Absence(reason, starts, starts + timedelta(days=rng.randint(*_DAYS[reason])))
