"""Whether units and events fit together after the import, stored rows included. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from elearn.kernel.errors import N_
from elearn.kernel.temporal import Span
from elearn.org.models import EventKind
from elearn.roster.changes import Changes
from elearn.roster.facts import EventFact, UnitFact
from elearn.roster.problems import Problem
from elearn.roster.tree import Tree, shown, shown_span


class UnitChecks:
    """Checks versions and events of a tree; ``broken`` codes stand in rows that gave no fact."""

    def __init__(
        self,
        tree: Tree,
        units: Changes[UnitFact],
        events: Changes[EventFact],
        broken: set[str],
    ) -> None:
        self.tree = tree
        self.units = units
        self.events = events
        self.broken = broken
        changed = [*units.created, *(new for _, new in units.updated)]
        self.changed = {fact.code for fact in changed}
        # Problems of stored facts are told at the row that brought them about.
        self.anchors = {fact.code: fact for fact in (*units.unchanged, *changed)}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong."""
        for code in sorted(self.changed):
            yield from self._versions_apart(code)
        for fact in self.units.final():
            if fact.row is not None or fact.parent_code in self.changed:
                yield from self._parent(fact)
        for fact in self.units.named():
            yield from self._cycle(fact)
        for event in self.events.final():
            codes = {*event.predecessor_codes, *event.successor_codes}
            if event.row is not None or codes & self.changed:
                yield from _EventCheck(self, event).problems()

    def at(self, fact: UnitFact, column: str, code: str, message: str, **params: object) -> Problem:
        """Return a problem of ``fact``, told at its row or at the one that brought it about."""
        row = fact.row
        if row is None:
            anchor = self.anchors.get(fact.code) or self.anchors.get(fact.parent_code or "")
            row = anchor.row if anchor else None
        return Problem("units", row, column, code, message, params)

    def _versions_apart(self, code: str) -> Iterator[Problem]:
        versions = self.tree.versions[code]
        for fact in versions:
            if not fact.span.is_proper:
                yield self.at(
                    fact, "valid_to", "span.reversed", REVERSED, **reversed_days(fact.span)
                )
        if code in self.broken:
            return
        for before, after in pairwise(fact for fact in versions if fact.span.is_proper):
            if before.span.overlaps(after.span):
                yield self._overlap(before, after)
            elif before.valid_to is not None and before.valid_to < after.valid_from:
                yield self.at(
                    after if after.row is not None else before,
                    "valid_from",
                    "unit.gap",
                    N_(
                        "Mã “%(unit)s” thuộc đơn vị đã kết thúc ngày %(end)s; mã đơn vị không dùng "
                        "lại. Nếu vẫn là đơn vị đó, các giai đoạn phải nối tiếp nhau."
                    ),
                    unit=code,
                    end=shown(before.valid_to),
                )

    def _overlap(self, before: UnitFact, after: UnitFact) -> Problem:
        late = after if after.row is not None else before
        other = before if late is after else after
        is_stored = other.row is None
        return self.at(
            late,
            "valid_from",
            "unit.overlap",
            _OVERLAPS_STORED if is_stored else _OVERLAPS_ROW,
            unit=late.code,
            span=shown_span(other.span),
            row=other.row,
        )

    def _parent(self, fact: UnitFact) -> Iterator[Problem]:
        parent = fact.parent_code
        if parent is None or not fact.span.is_proper or parent in self.broken:
            return
        if parent not in self.tree:
            yield self.at(fact, "parent_code", "unit.unknown", UNKNOWN_UNIT, unit=parent)
        elif parent != fact.code and not self.tree.covers(parent, fact.span):
            end = self.tree.end_before(parent, fact.span)
            yield self.at(
                fact,
                "parent_code",
                "unit.parent_life",
                N_(
                    "“%(unit)s” đứng dưới %(parent)s %(span)s, nhưng đơn vị cha chỉ tồn tại "
                    "%(life)s. Đơn vị kế thừa: %(successors)s."
                ),
                unit=fact.code,
                parent=self.tree.name(parent),
                span=shown_span(fact.span),
                life=self.tree.life_in_words(parent),
                successors=self.tree.successors_in_words(parent, end),
            )

    def _cycle(self, fact: UnitFact) -> Iterator[Problem]:
        path = self._way_back(fact, fact.span, (fact.code,))
        if path is not None:
            yield self.at(
                fact,
                "parent_code",
                "unit.cycle",
                N_("Cây đơn vị có vòng lặp: %(path)s. Hãy sửa đơn vị cha."),
                path=" → ".join(path),
            )

    def _way_back(
        self, fact: UnitFact, span: Span, path: tuple[str, ...]
    ) -> tuple[str, ...] | None:
        """Return the way from the first unit of ``path`` up to itself on a day of ``span``."""
        parent = fact.parent_code
        if parent is None or not span.is_proper:
            return None
        if parent == path[0]:
            return (*path, parent)
        if parent in path:
            return None
        for version in self.tree.versions.get(parent, ()):
            common = version.span.intersection(span)
            found = self._way_back(version, common, (*path, parent)) if common else None
            if found is not None:
                return found
        return None


class _EventCheck:
    """Checks one event against the lives of its units."""

    def __init__(self, checks: UnitChecks, event: EventFact) -> None:
        self.checks = checks
        self.tree = checks.tree
        self.event = event
        self.day = event.effective_on
        self.eve = event.effective_on - timedelta(days=1)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the event."""
        yield from self._sides()
        for column, check in (
            ("predecessor_codes", self._predecessor),
            ("successor_codes", self._successor),
        ):
            for code in getattr(self.event, column):
                if code in self.checks.broken:
                    continue
                if code in self.tree:
                    yield from check(code)
                else:
                    yield self._at(column, "unit.unknown", UNKNOWN_UNIT, code)

    def _at(self, column: str, code: str, message: str, unit: str = "") -> Problem:
        """Return a problem of the event; that of a stored one stands where its unit changes."""
        params = {
            "unit": self.tree.name(unit),
            "day": shown(self.day),
            "iso": self.day.isoformat(),
            "kind": self.event.kind.value,
        }
        anchor = self.checks.anchors.get(unit)
        if self.event.row is None and anchor is not None:
            return Problem("units", anchor.row, "valid_to", code, message, params)
        return Problem("events", self.event.row, column, code, message, params)

    def _sides(self) -> Iterator[Problem]:
        event, least = self.event, _LEAST[self.event.kind]
        if len(event.predecessor_codes) < least[0]:
            message = _FEW_BEFORE if least[0] == 1 else _FEW_BEFORE_TWO
            yield self._at("predecessor_codes", "event.sides", message)
        if len(event.successor_codes) < least[1]:
            message = _FEW_AFTER if least[1] == 1 else _FEW_AFTER_TWO
            yield self._at("successor_codes", "event.sides", message)

    def _predecessor(self, code: str) -> Iterator[Problem]:
        column = "predecessor_codes"
        if not self.tree.exists(code, self.eve):
            yield self._at(column, "event.predecessor_missing", _NOT_BEFORE, code)
        elif code not in self.event.successor_codes and self.tree.exists(code, self.day):
            yield self._at(column, "event.predecessor_alive", _STILL_THERE, code)

    def _successor(self, code: str) -> Iterator[Problem]:
        column, event = "successor_codes", self.event
        if not self.tree.exists(code, self.day):
            yield self._at(column, "event.successor_missing", _NOT_THERE, code)
        elif (
            code not in event.predecessor_codes
            and event.kind is not EventKind.DISSOLVE
            and self.tree.exists(code, self.eve)
        ):
            yield self._at(column, "event.successor_older", _THERE_BEFORE, code)


# How many units an event names at least, before and after. What a dissolved unit leaves may go to
# nobody; everything else has a successor.
_LEAST = {
    EventKind.MERGE: (2, 1),
    EventKind.SPLIT: (1, 2),
    EventKind.DISSOLVE: (1, 0),
    EventKind.RENAME: (1, 1),
    EventKind.REPARENT: (1, 1),
}
UNKNOWN_UNIT = N_("Không có đơn vị mã “%(unit)s” trong tệp cũng như trong hệ thống.")
REVERSED = N_(
    "Ngày kết thúc %(end)s phải sau ngày bắt đầu %(first)s (valid_to là ngày đầu tiên không còn "
    "hiệu lực)."
)
_OVERLAPS_ROW = N_(
    "Hai giai đoạn của đơn vị “%(unit)s” trùng ngày; giai đoạn kia là %(span)s ở dòng %(row)s. Hãy "
    "ghi valid_to cho giai đoạn trước."
)
_OVERLAPS_STORED = N_(
    "Hai giai đoạn của đơn vị “%(unit)s” trùng ngày; giai đoạn kia là %(span)s đã có trong hệ "
    "thống. Hãy thêm dòng của giai đoạn đó với valid_to đúng."
)
_FEW_BEFORE = N_("Sự kiện %(kind)s phải có đơn vị trước sự kiện.")
_FEW_BEFORE_TWO = N_("Sự kiện %(kind)s phải có ít nhất hai đơn vị trước sự kiện.")
_FEW_AFTER = N_("Sự kiện %(kind)s phải có đơn vị sau sự kiện.")
_FEW_AFTER_TWO = N_("Sự kiện %(kind)s phải có ít nhất hai đơn vị sau sự kiện.")
_NOT_BEFORE = N_("%(unit)s không tồn tại ngay trước ngày %(day)s nên không thể là đơn vị trước.")
_STILL_THERE = N_(
    "%(unit)s vẫn còn từ ngày %(day)s. Hãy ghi valid_to = %(iso)s ở bảng units, hoặc ghi mã này ở "
    "cả hai phía nếu đơn vị tiếp tục tồn tại."
)
_NOT_THERE = N_("%(unit)s không tồn tại vào ngày %(day)s nên không thể là đơn vị sau.")
_THERE_BEFORE = N_(
    "%(unit)s đã có trước ngày %(day)s. Nếu đơn vị này nhận thêm đơn vị khác, hãy ghi mã ở cả hai "
    "phía."
)


def reversed_days(span: Span) -> dict[str, str]:
    """Return the words for a span that ends before it begins."""
    return {"first": shown(span.first), "end": shown(span.end or date.max)}
