"""What a bank lacks for a paper, in words: by cell and by named question of its sections."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from elearn.assessment.domain.draw import Cell, PoolQuestion, blueprint_of
from elearn.assessment.domain.supply import (
    WANTED_SUPPLY,
    FixedFault,
    FixedProblem,
    Lack,
    supply_of,
)
from elearn.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Shortage:
    """A Vietnamese sentence about the cell or named question at ``path`` of the paper file."""

    path: tuple[str | int, ...]
    message: str


def pool_question(  # noqa: PLR0913 - the header of a question, one value each
    code: str,
    *,
    kind: str,
    level: str,
    module: str,
    lesson: str | None,
    area: str | None,
    skills: Sequence[str],
    points: Decimal,
    group: str = "",
) -> PoolQuestion:
    """Return a question of files as the draw sees it; ``group`` is its enemy set."""
    return PoolQuestion(
        code, 0, kind, level, module, lesson, area, frozenset(skills), points, group
    )


def shortages_of(
    sections: Sequence[Mapping[str, Any]],
    pool: Sequence[PoolQuestion],
    *,
    shown: Collection[str] = (),
) -> list[Shortage]:
    """Return which cells and fixed questions of ``sections`` the bank ``pool`` cannot supply.

    ``shown`` are questions left out of ``pool`` because a lesson shows their key.
    """
    supply = supply_of(blueprint_of(sections, shuffle=False), pool)
    fixed = [_of_fixed(problem, shown) for problem in supply.fixed]
    return fixed + [_of_lack(lack) for lack in supply.lacks]


def thin_cells(
    sections: Sequence[Mapping[str, Any]], pool: Sequence[PoolQuestion]
) -> list[Shortage]:
    """Return the cells that find enough, but less than three times what they draw."""
    supply = supply_of(blueprint_of(sections, shuffle=False), pool)
    message = N_(
        "ô cần %(wanted)s câu mà ngân hàng chỉ có %(found)s; nên có ít nhất %(advised)s "
        "(gấp ba) để các đề không trùng nhau nhiều (%(criteria)s)"
    )
    return [
        Shortage(
            _place(each.cell),
            message
            % {
                "wanted": each.cell.count,
                "found": each.found,
                "advised": WANTED_SUPPLY * each.cell.count,
                "criteria": _criteria(each.cell),
            },
        )
        for each in supply.thin
        if each.found >= each.cell.count
    ]


def _place(cell: Cell) -> tuple[str | int, ...]:
    return ("sections", cell.section, "draw", cell.index)


def _criteria(cell: Cell) -> str:
    return ", ".join(f"{key} {value}" for key, value in cell.criteria.items())


def _of_lack(lack: Lack) -> Shortage:
    values: dict[str, object] = {"wanted": lack.wanted, "found": lack.found, "n": lack.missing}
    if len(lack.cells) == 1:
        message = N_(
            "ngân hàng chỉ có %(found)s câu cho ô này, cần %(wanted)s, thiếu %(n)s (%(criteria)s)"
        )
        values["criteria"] = _criteria(lack.cells[0])
    else:
        message = N_(
            "các ô %(cells)s tranh nhau: cùng cần %(wanted)s câu nhưng ngân hàng chỉ có %(found)s "
            "câu khác nhau cho chúng, thiếu %(n)s"
        )
        values["cells"] = "; ".join(
            f"phần {cell.section + 1} ô {cell.index + 1} ({_criteria(cell)})" for cell in lack.cells
        )
    return Shortage(_place(lack.cells[0]), message % values)


def _of_fixed(problem: FixedProblem, shown: Collection[str]) -> Shortage:
    path = ("sections", problem.section, "questions", problem.position)
    values = {"code": problem.code, "other": problem.other}
    if problem.fault is FixedFault.ENEMY:
        message = N_(
            "câu hỏi “%(code)s” không được cùng đề với “%(other)s” (câu này lộ đáp án câu kia)"
        )
    elif problem.fault is FixedFault.REPEATED:
        message = N_("câu hỏi “%(code)s” đã có trong đề này")
    elif problem.code in shown:
        message = N_(
            "câu hỏi “%(code)s” là câu kiểm tra nhanh trong một bài học (đáp án đã hiện), nên "
            "không dùng được cho đề tính điểm"
        )
    else:
        message = N_("ngân hàng không có câu hỏi “%(code)s” để dùng cho đề")
    return Shortage(path, message % values)
