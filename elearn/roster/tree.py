"""The units as they will stand after an import: lives, parents, successors. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from elearn.kernel.temporal import Span, joined
from elearn.roster.facts import EventFact, UnitFact


def shown(day: date) -> str:
    """Return ``day`` as people write it."""
    return day.strftime("%d/%m/%Y")


def shown_span(span: Span) -> str:
    """Return the first and the last day of ``span``; an open end is three dots."""
    last = "…" if span.end is None else shown(span.end - timedelta(days=1))
    return f"{shown(span.first)}–{last}"


class Tree:
    """Versions of units by code, and who followed whom."""

    def __init__(self, versions: Iterable[UnitFact], events: Iterable[EventFact]) -> None:
        self.versions: dict[str, list[UnitFact]] = defaultdict(list)
        for version in versions:
            self.versions[version.code].append(version)
        self.lives: dict[str, list[Span]] = {}
        for code, found in self.versions.items():
            found.sort(key=lambda version: version.valid_from)
            self.lives[code] = joined(version.span for version in found if version.span.is_proper)
        self.followers: dict[str, list[EventFact]] = defaultdict(list)
        for event in events:
            for code in event.predecessor_codes:
                self.followers[code].append(event)

    def __contains__(self, code: object) -> bool:
        return code in self.versions

    def exists(self, code: str, day: date) -> bool:
        """Whether the unit stands on ``day``."""
        return any(day in span for span in self.lives.get(code, ()))

    def covers(self, code: str, span: Span) -> bool:
        """Whether the unit stands on every day of ``span``."""
        return any(life.covers(span) for life in self.lives.get(code, ()))

    def end_before(self, code: str, span: Span) -> date | None:
        """Return when the unit ends although ``span`` goes on; None if it had not begun."""
        ends = [life.end for life in self.lives.get(code, ()) if span.first in life]
        return ends[0] if ends else None

    def name(self, code: str) -> str:
        """Return the last name of the unit with its code."""
        versions = self.versions.get(code)
        return f"{versions[-1].name} ({code})" if versions else code

    def life_in_words(self, code: str) -> str:
        """Return the days on which the unit stands."""
        return "; ".join(shown_span(span) for span in self.lives.get(code, ()))

    def successors(self, code: str, day: date | None) -> list[str]:
        """Return the codes that followed ``code``, by an event of ``day`` if there is one."""
        events = self.followers.get(code, [])
        of_day = [event for event in events if event.effective_on == day] or events
        return sorted({other for event in of_day for other in event.successor_codes} - {code})

    def successors_in_words(self, code: str, day: date | None) -> str:
        """Return the names of the first successors; a dash when none is recorded."""
        names = [self.name(other) for other in self.successors(code, day)]
        more = f", … (+{len(names) - 5})" if len(names) > 5 else ""
        return ", ".join(names[:5]) + more if names else "–"


def shrunk_units(before: Tree, after: Tree) -> set[str]:
    """Return the units that lose days of their life: what stands in them may be left hanging."""
    return {
        code
        for code, lives in before.lives.items()
        if not all(after.covers(code, life) for life in lives)
    }
