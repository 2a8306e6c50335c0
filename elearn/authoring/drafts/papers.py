"""A paper draft before the bank: what it asks that is not there, how well each cell is supplied,
and how a form of it would look. Reads alone; keys included, so for authors and reviewers."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import Blueprint, DrawnQuestion, PoolQuestion, blueprint_of
from elearn.assessment.domain.forms import (
    Difficulty,
    Pool,
    Target,
    difficulty_of,
    draw_form,
    target_of,
)
from elearn.assessment.domain.question_types import Explained, type_of
from elearn.assessment.domain.supply import WANTED_SUPPLY, supply_of
from elearn.assessment.forms.queries import COUNTING, list_inline_checks, list_pool
from elearn.assessment.forms.services import candidates_of
from elearn.assessment.models import PaperKind, QuestionVersion
from elearn.assessment.shortages import Shortage, shortages_of, thin_cells
from elearn.authoring.drafts.checks import Problem
from elearn.authoring.drafts.content import PaperText
from elearn.curriculum.models import Lesson, Module
from elearn.kernel.errors import N_

if TYPE_CHECKING:
    from elearn.kernel.shapes import Problem as ShapeProblem

# Forms drawn to show how far apart they come out.
DRAWN_TO_COMPARE = 40
_PARTS = {
    "code": N_("Mã đề"),
    "title": N_("Tên đề"),
    "kind": N_("Loại đề"),
    "time_limit_minutes": N_("Thời gian làm bài (phút)"),
    "attempts": N_("Số lượt"),
    "cooldown_hours": N_("Số giờ chờ giữa hai lượt"),
    "pass_percent": N_("Mức đạt, phần trăm"),
    "shuffle": N_("Đảo thứ tự"),
    "feedback": N_("Xem đáp án"),
    "sections": N_("Cấu trúc đề"),
    "count": N_("số câu"),
    "points": N_("điểm mỗi câu"),
}


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell with what the bank has for it, counting an enemy set once; difficulty in ‱."""

    section: int
    index: int
    criteria: Mapping[str, str]
    wanted: int
    found: int
    facility: int | None

    @property
    def advised(self) -> int:
        """Return how many questions there should be."""
        return WANTED_SUPPLY * self.wanted

    @property
    def tone(self) -> str:
        """Return danger, warning or success."""
        if self.found < self.wanted:
            return "danger"
        return "warning" if self.found < self.advised else "success"


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question of the sample form, with its key and why it stands there."""

    number: int
    drawn: DrawnQuestion
    facility: int
    uses: int
    told: Explained


@dataclass(frozen=True, slots=True)
class PaperLook:
    """What the editor and the reviewer see of a paper; forms only when it can be drawn."""

    section_titles: tuple[str, ...]
    cells: tuple[CellLine, ...]
    question_count: int
    seed: str = ""
    sample: tuple[SampleQuestion, ...] = ()
    target: Target | None = None
    difficulty: Difficulty | None = None
    easiest: int = 0
    hardest: int = 0

    def supply_of(self, section: int, index: int) -> CellLine | None:
        """Return the line of a cell."""
        for line in self.cells:
            if (line.section, line.index) == (section, index):
                return line
        return None


def problems_of(session: Session, code: str, paper: PaperText) -> list[Problem]:
    """Return what stands against publishing ``paper``, and what it has little of."""
    from elearn.authoring.drafts.shape_checks import paper_problems  # noqa: PLC0415 - pydantic

    shape = paper_problems(code, paper)
    if shape:
        return [Problem(_of_shape(problem)) for problem in shape]
    unknown = [Problem(text) for text in _unknown(session, paper)]
    return unknown or _supply_problems(session, paper)


def _of_shape(problem: "ShapeProblem") -> str:
    place = place_of(problem.path)
    return f"{place}: {problem.message}" if place else problem.message


def place_of(path: Sequence[str | int]) -> str:
    """Return in words where in the form ``path`` (of the paper file) points."""
    steps = list(path)
    words = []
    if len(steps) > 1 and steps[0] == "sections" and isinstance(steps[1], int):
        words.append(f"Phần {steps[1] + 1}")
        steps = steps[2:]
        if len(steps) > 1 and isinstance(steps[1], int):
            words.append(f"{'ô' if steps[0] == 'draw' else 'câu'} {steps[1] + 1}")
            steps = steps[2:]
    words += [_PARTS.get(str(step), str(step)) for step in steps if not isinstance(step, int)]
    return ", ".join(words)


def _cells(paper: PaperText) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    for number, section in enumerate(paper.sections):
        for index, cell in enumerate(section.get("draw") or ()):
            yield number, index, cell


def _unknown(session: Session, paper: PaperText) -> Iterator[str]:
    modules = set(session.scalars(select(Module.code).where(Module.retired_at.is_(None))))
    lessons = set(
        session.scalars(
            select(Lesson.code).where(
                Lesson.retired_at.is_(None), Lesson.published_version_id.is_not(None)
            )
        )
    )
    for number, index, cell in _cells(paper):
        place = place_of(("sections", number, "draw", index))
        if cell.get("module") and cell["module"] not in modules:
            yield f"{place}: không có chuyên đề “{cell['module']}”"
        if cell.get("lesson") and cell["lesson"] not in lessons:
            yield f"{place}: không có bài học “{cell['lesson']}” đang xuất bản"


def _supply_problems(session: Session, paper: PaperText) -> list[Problem]:
    blueprint = blueprint_of(paper.sections, shuffle=paper.shuffle)
    kind = PaperKind(paper.kind)
    pool = list_pool(session, blueprint, kind)
    named = [code for _section, code in blueprint.fixed]
    shown = list_inline_checks(session, named) if kind in COUNTING else frozenset()
    short = [
        Problem(_of_shortage(each)) for each in shortages_of(paper.sections, pool, shown=shown)
    ]
    thin = [
        Problem(_of_shortage(each), is_error=False) for each in thin_cells(paper.sections, pool)
    ]
    return short + thin


def _of_shortage(shortage: Shortage) -> str:
    return f"{place_of(shortage.path)}: {shortage.message}"


# ---- how it looks


def _drawable(paper: PaperText) -> list[dict[str, Any]]:
    """Return the sections as far as they say what to draw: an unfinished cell draws nothing."""
    sections = []
    for section in paper.sections:
        cells = [
            {**cell, "count": count if isinstance(count := cell.get("count"), int) else 0}
            for cell in section.get("draw") or ()
        ]
        sections.append({**section, "draw": cells})
    return sections


def look(session: Session, paper: PaperText, *, with_sample: bool) -> PaperLook:
    """Return what the bank has for each cell of ``paper``, and a form of it if asked for."""
    kind = PaperKind(paper.kind) if paper.kind in PaperKind.__members__ else PaperKind.MODULE_TEST
    blueprint = blueprint_of(_drawable(paper), shuffle=paper.shuffle)
    asked = [cell for cell in blueprint.cells if cell.criteria]
    known = Blueprint(tuple(asked), blueprint.fixed, blueprint.shuffle)
    questions = list_pool(session, known, kind)
    pool = Pool(known, candidates_of(session, known, questions))
    plain = PaperLook(
        section_titles=tuple(str(section.get("title") or "") for section in paper.sections),
        cells=tuple(_lines(pool, questions)),
        question_count=blueprint.question_count,
    )
    if not with_sample or not pool.supply().is_whole or not known.question_count:
        return plain
    return _with_sample(session, plain, pool)


def _lines(pool: Pool, questions: Sequence[PoolQuestion]) -> Iterator[CellLine]:
    supply = supply_of(pool.blueprint, questions)
    for position, (each, items) in enumerate(zip(supply.cells, pool.by_cell, strict=True)):
        facilities = [item.facility for item in items if position in item.cells]
        yield CellLine(
            section=each.cell.section,
            index=each.cell.index,
            criteria=each.cell.criteria,
            wanted=each.cell.count,
            found=each.found,
            facility=sum(facilities) // len(facilities) if facilities else None,
        )


def _with_sample(session: Session, plain: PaperLook, pool: Pool) -> PaperLook:
    seed = secrets.token_hex(16)
    target = target_of(pool)
    drawn = draw_form(pool, seed, target).questions
    others = [
        difficulty_of(draw_form(pool, f"{number:032x}", target).questions).form
        for number in range(DRAWN_TO_COMPARE)
    ]
    return PaperLook(
        section_titles=plain.section_titles,
        cells=plain.cells,
        question_count=plain.question_count,
        seed=seed,
        sample=tuple(_sample(session, pool, drawn)),
        target=target,
        difficulty=difficulty_of(drawn),
        easiest=max(others),
        hardest=min(others),
    )


def _sample(
    session: Session, pool: Pool, drawn: Sequence[DrawnQuestion]
) -> Iterator[SampleQuestion]:
    ids = [item.question.version_id for item in drawn]
    rows = session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(ids)))
    versions = {version.id: version for version in rows}
    for number, item in enumerate(drawn, 1):
        version = versions[item.question.version_id]
        kind = type_of(version.type)
        candidate = pool.by_code[item.question.code]
        yield SampleQuestion(
            number=number,
            drawn=item,
            facility=candidate.facility,
            uses=candidate.uses,
            told=kind.explain(version.body, version.rendered, None),
        )
