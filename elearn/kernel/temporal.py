"""Half-open spans of local days: ``[first, end)``, an open end is ``None``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from ``first`` up to and without ``end``; ``end`` None is open."""

    first: date
    end: date | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day and (self.end is None or day < self.end)

    @property
    def is_proper(self) -> bool:
        """Whether the span holds at least one day."""
        return self.end is None or self.first < self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether some day lies in both."""
        return (self.end is None or other.first < self.end) and (
            other.end is None or self.first < other.end
        )

    def covers(self, other: "Span") -> bool:
        """Whether every day of ``other`` lies in this span."""
        if other.first < self.first:
            return False
        return self.end is None or (other.end is not None and other.end <= self.end)

    def intersection(self, other: "Span") -> "Span | None":
        """Return the common days, or None when there are none."""
        first = max(self.first, other.first)
        ends = [end for end in (self.end, other.end) if end is not None]
        common = Span(first, min(ends) if ends else None)
        return common if common.is_proper else None


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return ``spans`` sorted, with touching and overlapping ones made one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda item: item.first):
        last = result[-1] if result else None
        if last is None or (last.end is not None and last.end < span.first):
            result.append(span)
        elif last.end is not None and (span.end is None or span.end > last.end):
            result[-1] = Span(last.first, span.end)
    return result
