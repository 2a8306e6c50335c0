"""The coverage page as data: one unit on one day, its parts, its groups, its target."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.coverage import scope
from elearn.coverage.queries import (
    CoverageRow,
    ProgrammeInfo,
    Question,
    TargetInfo,
    count_by_unit,
    count_reassigned,
    get_tree,
)
from elearn.coverage.rules import ALL, Count, TreeOnDay, UnitOnDay, reaches, roll_up
from elearn.curriculum.models import Programme
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, NotFound


@dataclass(frozen=True, slots=True)
class Ask:
    """What the reader chose; ``depth`` None is all levels below the unit."""

    question: Question
    group: str = ALL
    unit_code: str | None = None
    depth: int | None = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: the figures, whether the target is met, whether it can be opened."""

    row: CoverageRow
    is_met: bool | None
    has_parts: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the page shows."""

    programme: ProgrammeInfo
    ask: Ask
    unit: UnitOnDay
    path: tuple[UnitOnDay, ...]
    own_units: tuple[UnitOnDay, ...]
    total: Line
    parts: tuple[Line, ...]
    groups: tuple[Line, ...]
    target: TargetInfo | None
    reassigned: int


def list_programmes(session: Session) -> list[tuple[str, str]]:
    """Return (code, title) of every programme."""
    rows = session.execute(select(Programme.code, Programme.title).order_by(Programme.code))
    return [(row.code, row.title) for row in rows]


def target_for(programme: ProgrammeInfo, group: str, day: date) -> TargetInfo | None:
    """Return the target that ``group`` is measured against on ``day``.

    The next one due on or after the day, else the last one; a target for ALL holds for a group
    that has none of its own.
    """
    own = [target for target in programme.targets if target.group == group]
    candidates = own or [target for target in programme.targets if target.group == ALL]
    coming = [target for target in candidates if target.by >= day]
    return coming[0] if coming else (candidates[-1] if candidates else None)


def get_board(
    session: Session, actor: Actor, programme: ProgrammeInfo, ask: Ask, *, today: date
) -> Board:
    """Return the page. Raises NotFound for a group or unit that is not there for ``actor``."""
    if ask.group != ALL and ask.group not in {group.code for group in programme.groups}:
        raise NotFound("coverage.group", N_("Không có đối tượng “%(group)s”."), group=ask.group)
    tree = get_tree(session, ask.question)
    visible = scope.visible_units(session, actor, tree, today)
    own_units = scope.tops(tree, visible)
    if not own_units:
        raise NotFound(
            "coverage.nothing",
            N_("Ngày %(day)s không có đơn vị nào trong phạm vi của bạn."),
            day=ask.question.day.strftime("%d/%m/%Y"),
        )
    code = ask.unit_code or own_units[0].code
    unit = scope.require_visible(tree, visible, code)
    return _fill(session, programme, ask, tree, unit, visible=visible, own_units=own_units)


def _fill(
    session: Session,
    programme: ProgrammeInfo,
    ask: Ask,
    tree: TreeOnDay,
    unit: UnitOnDay,
    *,
    visible: set[int],
    own_units: list[UnitOnDay],
) -> Board:
    top = tree.find(programme.scope_unit_code)
    within = tree.subtree(top.id) if top else set[int]()
    total = roll_up(tree, count_by_unit(session, programme, ask.question), within)
    target = target_for(programme, ask.group, ask.question.day)

    def line(one: UnitOnDay, depth: int, group: str) -> Line:
        count = total.get((one.id, group), Count())
        wanted = target_for(programme, group, ask.question.day)
        met = reaches(count, wanted.percent, above=wanted.above) if wanted else None
        return Line(CoverageRow(one, depth, group, count), met, bool(tree.children[one.id]))

    subtree = tree.subtree(unit.id)
    moved = count_reassigned(session, programme, ask.question)
    return Board(
        programme=programme,
        ask=ask,
        unit=unit,
        path=tuple(one for one in tree.path_to(unit.id) if one.id in visible),
        own_units=tuple(own_units),
        total=line(unit, 0, ask.group),
        parts=tuple(line(one, d, ask.group) for one, d in tree.walk(unit.id, ask.depth) if d),
        groups=tuple(line(unit, 0, group.code) for group in programme.groups),
        target=target,
        reassigned=sum(n for (at, _), n in moved.items() if at in subtree),
    )
