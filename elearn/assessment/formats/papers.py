"""The shape of a paper (design.md 5.3); whether a bank can supply it: assessment/shortages.py."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from elearn.assessment.formats.questions import TYPES, Area, Level, Points
from elearn.kernel.errors import N_
from elearn.kernel.shapes import Code, Id, Line, Number, Problem, Shape, duplicates, problems_of

_SELECTORS = ("module", "lesson", "area", "skill")


class Cell(Shape):
    """So many questions of a module, lesson, area or skill, of a level and type."""

    module: Id | None = None
    lesson: Id | None = None
    area: Area | None = None
    skill: Code | None = None
    level: Level | None = None
    type: str | None = None
    count: Annotated[int, Field(ge=1, le=500)]
    points: Points | None = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> "Cell":
        if all(getattr(self, name) is None for name in _SELECTORS):
            raise ValueError(N_("phải nêu module, lesson, area hoặc skill"))
        if self.type is not None and self.type not in TYPES:
            raise ValueError(N_("loại câu hỏi “%s” không có") % self.type)
        return self


class Section(Shape):
    """A part of a paper: drawn by cells or fixed."""

    title: Line
    draw: Annotated[list[Cell], Field(min_length=1)] | None = None
    questions: Annotated[list[Id], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Section":
        if (self.draw is None) == (self.questions is None):
            raise ValueError(N_("phải có “draw” hoặc “questions”, không cả hai"))
        return self


class PaperFile(Shape):
    """A paper as read; None for ``time_limit_minutes`` and ``attempts`` means no limit."""

    code: Id
    title: Line
    kind: Literal["PRACTICE", "MODULE_TEST", "SURVEY", "FINAL"]
    time_limit_minutes: Annotated[int, Field(ge=1, le=1440)] | None
    attempts: Annotated[int, Field(ge=1, le=1000)] | None
    cooldown_hours: Annotated[int, Field(ge=0, le=8760)]
    pass_percent: Annotated[Number, Field(ge=0, le=100)]
    shuffle: bool
    feedback: Literal["NEVER", "AFTER_SUBMIT", "AFTER_CLOSE"]
    sections: Annotated[list[Section], Field(min_length=1, max_length=50)]

    def plain_sections(self) -> list[dict[str, Any]]:
        """Return the sections as they are stored: no empty keys, points as text."""
        sections: list[dict[str, Any]] = self.model_dump(exclude_none=True)["sections"]
        for section in sections:
            for cell in section.get("draw", ()):
                if "points" in cell:
                    cell["points"] = str(cell["points"])
        return sections


def read_paper(data: object) -> PaperFile | list[Problem]:
    """Return the paper that ``data`` (a paper file) holds, or what is wrong with it."""
    if not isinstance(data, Mapping):
        return [Problem((), N_("phải là một nhóm “tên: giá trị”"))]
    try:
        paper = PaperFile.model_validate({str(key): value for key, value in data.items()})
    except ValidationError as error:
        return problems_of(error)
    return _repeated(paper) or paper


def _repeated(paper: PaperFile) -> list[Problem]:
    """Return the fixed questions that a section names twice."""
    return [
        Problem(("sections", number, "questions", position), N_("câu hỏi bị lặp lại"))
        for number, section in enumerate(paper.sections)
        for position in duplicates(section.questions or [])
    ]
