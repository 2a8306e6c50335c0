"""Who may import what: everything, or only people of the units in one's charge. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from elearn.kernel.actor import Actor, Role
from elearn.kernel.errors import N_, Forbidden
from elearn.kernel.temporal import Span
from elearn.roster.changes import AllChanges, Changes
from elearn.roster.facts import AssignmentFact, F, Fact, PersonFact
from elearn.roster.post_checks import Post, unit_columns
from elearn.roster.problems import Problem
from elearn.roster.tree import Tree

IMPORTERS = (Role.HR, Role.PROGRAMME_OFFICER, Role.ADMIN)
# What HR may not touch: the tree is the province's, credit for training the programme officer's.
_RESERVED = ("units", "events", "completions")


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything, or the units in charge: {unit code: days on which it lies in the subtrees}."""

    everything: bool
    units: dict[str, list[Span]] = field(default_factory=dict)

    def holds(self, unit_code: str, span: Span, today: date) -> bool:
        """Whether the unit is in charge on the day of ``span`` that is nearest to today."""
        return any(nearest(span, today) in days for days in self.units.get(unit_code, ()))


EVERYTHING = Reach(everything=True)


def nearest(span: Span, today: date) -> date:
    """Return the day of ``span`` that is nearest to ``today``."""
    if today < span.first:
        return span.first
    return today if today in span or span.end is None else span.end - date.resolution


def refuse_strangers(actor: Actor) -> None:
    """Raise Forbidden unless ``actor`` is the system or holds a role that imports."""
    if actor.user_id is not None and not actor.has_role(*IMPORTERS):
        raise Forbidden("roster.no_right", N_("Bạn không có quyền nhập danh sách nhân sự."))


class ReachChecks:
    """Holds the rows of the files against what their author may import."""

    def __init__(self, reach: Reach, changes: AllChanges, tree: Tree, today: date) -> None:
        self.reach = reach
        self.changes = changes
        self.tree = tree
        self.today = today
        self.stored = {fact.person_code for fact in _stored(changes["people"])}
        self.placed = {fact.person_code for fact in changes["assignments"].named()}
        self.posts: dict[str, list[AssignmentFact]] = defaultdict(list)
        for fact in _stored(changes["assignments"]):
            if fact.is_primary:
                self.posts[fact.person_code].append(fact)
        self.known: dict[str, bool] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for each row beyond the reach, at the column that shows it."""
        for sheet in _RESERVED:
            for fact in self.changes[sheet].named():
                yield Problem(
                    sheet, fact.row, None, "scope.sheet", _RESERVED_SHEET, {"sheet": sheet}
                )
        for sheet in ("people", "assignments", "duties", "exclusions"):
            for fact in self.changes[sheet].named():
                yield from self._person(fact)
        for sheet in ("assignments", "duties"):
            for fact in self.changes[sheet].named():
                yield from self._units(fact, fact.row)
            for old, new in self.changes[sheet].updated:
                yield from self._units(old, new.row)

    def _person(self, fact: Fact) -> Iterator[Problem]:
        code: str = fact.person_code  # type: ignore[attr-defined]  # all four sheets have it
        if code not in self.known:
            self.known[code] = self._is_mine(code)
        if not self.known[code]:
            is_new = isinstance(fact, PersonFact) and code not in self.stored
            message = _NO_POST if is_new else _OTHERS
            name = "scope.no_post" if is_new else "scope.person"
            yield Problem(fact.sheet, fact.row, "person_code", name, message, {"person": code})

    def _is_mine(self, code: str) -> bool:
        """Whether the person works or belongs in charge, or is free and given a post there."""
        post = self._deciding_post(code)
        if post is None:
            return code in self.placed
        if self._holds(post):
            return True
        has_left = post.valid_to is not None and post.valid_to <= self.today
        return has_left and code in self.placed

    def _deciding_post(self, code: str) -> AssignmentFact | None:
        """Return the stored primary post of today, else the next, else the last."""
        posts = sorted(self.posts.get(code, ()), key=lambda post: post.valid_from)
        going_on = [post for post in posts if post.valid_to is None or post.valid_to > self.today]
        return going_on[0] if going_on else (posts[-1] if posts else None)

    def _holds(self, post: AssignmentFact) -> bool:
        return any(
            self.reach.holds(unit, post.span, self.today)
            for unit in (post.home_unit_code, post.duty_unit_code)
        )

    def _units(self, fact: Post, row: int | None) -> Iterator[Problem]:
        for column, unit in unit_columns(fact):
            if unit in self.tree and not self.reach.holds(unit, fact.span, self.today):
                params = {"unit": self.tree.name(unit)}
                yield Problem(fact.sheet, row, column, "scope.unit", _OTHER_UNIT, params)


def _stored(changes: Changes[F]) -> Iterator[F]:
    yield from changes.standing
    yield from changes.unchanged
    for old, _ in changes.updated:
        yield old


_RESERVED_SHEET = N_(
    "Bạn không có quyền nhập bảng “%(sheet)s”; bảng này do cơ quan quản lý chương trình của tỉnh "
    "nhập."
)
_OTHERS = N_("Người mã “%(person)s” không thuộc các đơn vị bạn quản lý.")
_NO_POST = N_(
    "Người mã “%(person)s” chưa có vị trí nào. Hãy thêm dòng ở bảng assignments với đơn vị bạn "
    "quản lý."
)
_OTHER_UNIT = N_("%(unit)s không thuộc các đơn vị bạn quản lý.")
