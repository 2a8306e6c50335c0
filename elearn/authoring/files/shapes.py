"""The shapes of content files (design.md 5.3); those of questions and papers are assessment's."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from elearn.assessment.formats.questions import Area, Level
from elearn.curriculum.models import ExclusionRule, LegalStatus
from elearn.kernel.errors import N_
from elearn.kernel.shapes import Citation, Code, Id, Line, Number, Shape, Text
from elearn.org.models import DutyKind, PositionType, UnitKind

ALL = "ALL"
# A file holds the value of an enumeration, not its member.
BY_VALUE = Field(strict=False)


class ModuleFile(Shape):
    """``module.yaml``."""

    code: Id
    title: Line
    summary: Text
    areas: list[Area]
    skills: list[Code]
    audience: list[Line]
    test: Id | None = None


class Outcome(Shape):
    """What a learner can do after a lesson."""

    text: Line
    level: Level


class LessonFront(Shape):
    """The front matter of a lesson."""

    id: Id
    title: Line
    minutes: Annotated[int, Field(ge=1, le=600)]
    outcomes: list[Outcome]
    skills: list[Code]
    audience: list[Line]
    facts: list[Code]
    citations: list[Citation]
    in_force_as_of: date


class ArticleFront(Shape):
    """The front matter of an article of the handbook."""

    id: Code
    title: Line
    lang: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    citations: list[Citation]


class FactEntry(Shape):
    """A fact that lessons teach and questions test."""

    id: Code
    text: Text
    citations: list[Citation]
    testable: bool


class LegalEntry(Shape):
    """A legal document."""

    code: Code
    number: Line | None
    type: Line
    issuer: Line
    issued_on: date | None
    title: Line
    in_force_from: date | None
    in_force_to: date | None
    status: Annotated[LegalStatus, BY_VALUE]
    replaced_by: list[Code]

    @model_validator(mode="after")
    def _in_order(self) -> "LegalEntry":
        if self.in_force_from and self.in_force_to and self.in_force_to <= self.in_force_from:
            raise ValueError(N_("in_force_to phải sau in_force_from"))
        return self


class Period(Shape):
    """From the first to the last day; an open end is null."""

    from_: Annotated[date, Field(alias="from")]
    to: date | None

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.to and self.to < self.from_:
            raise ValueError(N_("ngày kết thúc phải sau ngày bắt đầu"))
        return self


class Clause(Shape):
    """A duty or a position, in units of some kinds; no kinds is any."""

    duties: Annotated[list[Annotated[DutyKind, BY_VALUE]], Field(min_length=1)] | None = None
    position_types: (
        Annotated[list[Annotated[PositionType, BY_VALUE]], Field(min_length=1)] | None
    ) = None
    unit_kinds: list[Annotated[UnitKind, BY_VALUE]]

    @model_validator(mode="after")
    def _one_kind(self) -> "Clause":
        if (self.duties is None) == (self.position_types is None):
            raise ValueError(N_("phải có “duties” hoặc “position_types”, không cả hai"))
        return self


class Rule(Shape):
    """A dated rule: any of its clauses may match."""

    valid_from: date
    valid_to: date | None
    citation: Citation | None
    any: Annotated[list[Clause], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> "Rule":
        if self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError(N_("valid_to phải sau valid_from"))
        return self


class Group(Shape):
    """A target group."""

    code: Code
    name: Line
    rules: list[Rule]


class Target(Shape):
    """A percentage to be reached."""

    measure: Literal["TRAINED"]
    group: Code
    percent: Annotated[Number, Field(gt=0, le=100)]
    above: bool = False
    by: date


class PathEntry(Shape):
    """A module on the path of a programme."""

    module: Id
    groups: Annotated[list[Code], Field(min_length=1)]
    required: bool


class Completion(Shape):
    """When a programme is complete."""

    require: Literal["ALL_REQUIRED_MODULES"]


class CertificateRule(Shape):
    """What is issued on completion."""

    kind: Literal["STATEMENT", "CERTIFICATE"]
    title: Line
    issuer: Line
    series: Code


class ProgrammeFile(Shape):
    """A programme."""

    code: Code
    title: Line
    legal_basis: list[Citation]
    scope_unit: Code
    period: Period
    groups: list[Group]
    targets: list[Target]
    path: list[PathEntry]
    completion: Completion
    validity_months: Annotated[int, Field(ge=1, le=600)] | None
    exclusions: Annotated[ExclusionRule, BY_VALUE] = ExclusionRule.OUT
    certificate: CertificateRule
