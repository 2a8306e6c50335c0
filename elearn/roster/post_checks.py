"""Whether posts, duties, exclusions and completions fit people and units after the import. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from elearn.kernel.errors import N_
from elearn.kernel.temporal import Span
from elearn.roster.changes import Changes
from elearn.roster.facts import (
    AssignmentFact,
    CompletionFact,
    DutyFact,
    ExclusionFact,
    Fact,
    Spanning,
)
from elearn.roster.problems import Problem
from elearn.roster.tree import Tree, shown, shown_span
from elearn.roster.unit_checks import REVERSED, UNKNOWN_UNIT, reversed_days

Post = AssignmentFact | DutyFact
S = TypeVar("S", bound=Spanning)
P = TypeVar("P", AssignmentFact, DutyFact)


@dataclass(frozen=True, slots=True)
class World:
    """What posts are judged against: units, people and programmes as they will stand.

    ``broken`` units stand in rows that gave no fact, so nothing is said about them.
    """

    tree: Tree
    people: Collection[str]
    programmes: Collection[str]
    broken: Collection[str]
    today: date


def unit_columns(post: Post) -> Iterator[tuple[str, str]]:
    """Yield (column, unit code) of the units of a post, a unit that stands twice once."""
    if isinstance(post, DutyFact):
        yield "unit_code", post.unit_code
        return
    yield "home_unit_code", post.home_unit_code
    if post.duty_unit_code != post.home_unit_code:
        yield "duty_unit_code", post.duty_unit_code


class PostChecks:
    """Checks what the file says of people against ``world``."""

    def __init__(self, world: World) -> None:
        self.world = world

    def assignments(self, changes: Changes[AssignmentFact]) -> Iterator[Problem]:
        """Yield what is wrong with posts: people, units, days, two primary posts at once."""
        unsound: set[int | None] = set()
        yield from self._posts(changes, unsound)
        primary = (fact for fact in changes.final() if fact.is_primary and fact.row not in unsound)
        groups = _grouped(primary, lambda fact: fact.person_code)
        yield from _overlaps(groups, "assignment.overlap", _TWO_PRIMARY)

    def duties(self, changes: Changes[DutyFact]) -> Iterator[Problem]:
        """Yield what is wrong with duties; a duty in a unit is held once at a time."""
        unsound: set[int | None] = set()
        yield from self._posts(changes, unsound)
        groups = _grouped(
            (fact for fact in changes.final() if fact.row not in unsound),
            lambda fact: (fact.person_code, fact.duty, fact.unit_code),
        )
        yield from _overlaps(groups, "duty.overlap", _TWICE)

    def exclusions(self, changes: Changes[ExclusionFact]) -> Iterator[Problem]:
        """Yield what is wrong with exclusions."""
        for fact in changes.named():
            yield from self._person(fact, fact.person_code)
            yield from _span(fact)
        groups = _grouped(changes.final(), lambda fact: (fact.person_code, fact.reason))
        yield from _overlaps(groups, "exclusion.overlap", _TWICE)

    def completions(self, changes: Changes[CompletionFact]) -> Iterator[Problem]:
        """Yield what is wrong with completions."""
        for fact in changes.named():
            yield from self._person(fact, fact.person_code)
            yield from self._completion(fact)
        for old, new in changes.updated:
            if old.is_revoked:
                yield _at(new, "person_code", "completion.revoked", _REVOKED)
            elif old.has_certificate:
                yield _at(new, "person_code", "completion.certified", _CERTIFIED)

    def left_hanging(self, posts: Iterable[Post], anchors: Mapping[str, Fact]) -> Iterator[Problem]:
        """Yield a problem for each unit that would end while stored ``posts`` go on in it.

        It is told at the unit's row in ``anchors``.
        """
        hanging: dict[str, set[str]] = defaultdict(set)
        for post in posts:
            for _, unit in unit_columns(post):
                if unit in anchors and not self.world.tree.covers(unit, post.span):
                    hanging[unit].add(post.person_code)
        for unit, people in hanging.items():
            yield self._hanging(unit, sorted(people), anchors[unit])

    def _hanging(self, unit: str, people: list[str], anchor: Fact) -> Problem:
        tree = self.world.tree
        return Problem(
            "units",
            anchor.row,
            "valid_to",
            "unit.still_used",
            _STILL_USED,
            {
                "unit": tree.name(unit),
                "life": tree.life_in_words(unit),
                "count": len(people),
                "people": ", ".join(people[:3]) + (", …" if len(people) > 3 else ""),
                "successors": tree.successors_in_words(unit, tree.lives[unit][-1].end),
            },
        )

    def _person(self, fact: Fact, code: str) -> Iterator[Problem]:
        if code not in self.world.people:
            yield _at(fact, "person_code", "person.unknown", _UNKNOWN_PERSON, person=code)

    def _posts(self, changes: Changes[P], unsound: set[int | None]) -> Iterator[Problem]:
        """Yield what is wrong with single posts and note their rows: no more is said of them."""
        for fact in changes.named():
            for problem in self._post(fact):
                unsound.add(fact.row)
                yield problem

    def _post(self, fact: Post) -> Iterator[Problem]:
        yield from self._person(fact, fact.person_code)
        if not fact.span.is_proper:
            yield from _span(fact)
            return
        for column, unit in unit_columns(fact):
            if unit in self.world.broken:
                continue
            if unit not in self.world.tree:
                yield _at(fact, column, "unit.unknown", UNKNOWN_UNIT, unit=unit)
            elif not self.world.tree.covers(unit, fact.span):
                yield self._outside(fact, unit)

    def _outside(self, fact: Post, unit: str) -> Problem:
        tree = self.world.tree
        end = tree.end_before(unit, fact.span)
        if end is None:
            return _at(
                fact,
                "valid_from",
                "unit.not_there",
                _NOT_THERE,
                unit=tree.name(unit),
                life=tree.life_in_words(unit),
                day=shown(fact.valid_from),
            )
        return _at(
            fact,
            "valid_to",
            "unit.outlived",
            _OUTLIVED,
            unit=tree.name(unit),
            end=shown(end),
            iso=end.isoformat(),
            span=shown_span(fact.span),
            successors=tree.successors_in_words(unit, end),
        )

    def _completion(self, fact: CompletionFact) -> Iterator[Problem]:
        if fact.programme_code not in self.world.programmes:
            yield _at(
                fact,
                "programme_code",
                "programme.unknown",
                _UNKNOWN_PROGRAMME,
                programme=fact.programme_code,
            )
        if fact.completed_on > self.world.today:
            day = shown(fact.completed_on)
            yield _at(fact, "completed_on", "date.future", _FUTURE, day=day)
        span = Span(fact.completed_on, fact.expires_on)
        if not span.is_proper:
            words = reversed_days(span)
            yield _at(fact, "expires_on", "span.reversed", _EXPIRES_EARLY, **words)


def _at(fact: Fact, column: str, code: str, message: str, **params: object) -> Problem:
    return Problem(fact.sheet, fact.row, column, code, message, params)


def _span(fact: Spanning) -> Iterator[Problem]:
    if not fact.span.is_proper:
        yield _at(fact, "valid_to", "span.reversed", REVERSED, **reversed_days(fact.span))


def _overlap(before: Spanning, after: Spanning, code: str, messages: tuple[str, str]) -> Problem:
    late, other = (after, before) if after.row is not None else (before, after)
    message = messages[0] if other.row is not None else messages[1]
    return _at(late, "valid_from", code, message, span=shown_span(other.span), row=other.row)


def _grouped(facts: Iterable[S], key: Callable[[S], Hashable]) -> Iterable[list[S]]:
    """Return the facts with proper spans by ``key``."""
    groups: dict[Hashable, list[S]] = defaultdict(list)
    for fact in facts:
        if fact.span.is_proper:
            groups[key(fact)].append(fact)
    return groups.values()


def _overlaps(groups: Iterable[list[S]], code: str, messages: tuple[str, str]) -> Iterator[Problem]:
    """Yield a problem for each fact of the file that shares days with the one before it."""
    for group in groups:
        if len(group) > 1:
            group.sort(key=lambda fact: fact.valid_from)
            for before, after in pairwise(group):
                is_new = before.row is not None or after.row is not None
                if is_new and before.span.overlaps(after.span):
                    yield _overlap(before, after, code, messages)


_UNKNOWN_PERSON = N_("Không có người mã “%(person)s” trong tệp cũng như trong hệ thống.")
_UNKNOWN_PROGRAMME = N_("Không có chương trình mã “%(programme)s” trong hệ thống.")
_NOT_THERE = N_(
    "%(unit)s chưa hoặc không tồn tại vào ngày %(day)s; đơn vị tồn tại trong thời gian %(life)s."
)
_OUTLIVED = N_(
    "%(unit)s kết thúc ngày %(end)s nhưng dòng này kéo dài %(span)s. Hãy ghi valid_to = %(iso)s và "
    "thêm dòng mới ở đơn vị kế thừa: %(successors)s."
)
_STILL_USED = N_(
    "%(unit)s chỉ còn tồn tại trong thời gian %(life)s nhưng %(count)d người vẫn giữ vị trí hoặc "
    "nhiệm vụ ngoài thời gian đó (%(people)s). Hãy kết thúc các dòng đó và bố trí ở đơn vị kế "
    "thừa: %(successors)s."
)
_REVOKED = N_("Lần hoàn thành này đã bị thu hồi nên không sửa được bằng tệp.")
_CERTIFIED = N_(
    "Lần hoàn thành này đã được cấp chứng nhận trên hệ thống nên không sửa được bằng tệp. Hãy thay "
    "thế hoặc thu hồi chứng nhận."
)
_FUTURE = N_("Ngày hoàn thành %(day)s chưa tới.")
_EXPIRES_EARLY = N_("Ngày hết hạn %(end)s phải sau ngày hoàn thành %(first)s.")
# Each as a pair: the other one stands in the file, or is stored.
_TWO_PRIMARY = (
    N_(
        "Người này có hai vị trí chính trùng ngày; vị trí kia là %(span)s ở dòng %(row)s. Hãy ghi "
        "valid_to cho vị trí trước, hoặc is_primary = 0 cho vị trí kiêm nhiệm."
    ),
    N_(
        "Người này có hai vị trí chính trùng ngày; vị trí kia là %(span)s đã có trong hệ thống. "
        "Hãy thêm dòng của vị trí đó với valid_to đúng."
    ),
)
_TWICE = (
    N_("Trùng ngày với dòng %(row)s (%(span)s). Hãy gộp hai dòng hoặc sửa ngày."),
    N_("Trùng ngày với dữ liệu đã có (%(span)s). Hãy thêm dòng đó với valid_to đúng."),
)
