"""What the files and the editor hand over for publication, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from elearn.curriculum.models import ExclusionRule, LegalStatus


@dataclass(frozen=True, slots=True)
class LessonContent:
    """The front matter and the Markdown of a lesson; ``outcomes`` are ``{text, level}``."""

    code: str
    title: str
    minutes: int
    outcomes: list[dict[str, str]]
    skills: list[str]
    audience: list[str]
    facts: list[str]
    citations: list[str]
    in_force_as_of: date
    body: str


@dataclass(frozen=True, slots=True)
class ModuleContent:
    """A module; ``folder`` and ``position`` are its place among the files."""

    code: str
    folder: str
    position: int
    title: str
    summary: str
    areas: list[str]
    skills: list[str]
    audience: list[str]
    test_paper_code: str | None


@dataclass(frozen=True, slots=True)
class LegalContent:
    """A legal document; ``replaced_by`` holds codes."""

    code: str
    number: str | None
    type: str
    issuer: str
    issued_on: date | None
    title: str
    in_force_from: date | None
    in_force_to: date | None
    status: LegalStatus
    replaced_by: list[str]


@dataclass(frozen=True, slots=True)
class RuleContent:
    """A dated rule of a group; ``clauses`` is the list ``any`` of design.md 5.3."""

    valid_from: date
    valid_to: date | None
    citation: str | None
    clauses: list[dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class GroupContent:
    """A target group with its rules."""

    code: str
    name: str
    rules: list[RuleContent]


@dataclass(frozen=True, slots=True)
class TargetContent:
    """A percentage to be reached by the last day ``by``."""

    measure: str
    group_code: str
    percent: Decimal
    above: bool
    by: date


@dataclass(frozen=True, slots=True)
class PathContent:
    """A module on the path."""

    module_code: str
    group_codes: list[str]
    required: bool


@dataclass(frozen=True, slots=True)
class ProgrammeContent:
    """A programme with everything it owns."""

    code: str
    title: str
    legal_basis: list[str]
    scope_unit_code: str
    period_from: date
    period_to: date | None
    groups: list[GroupContent]
    targets: list[TargetContent]
    path: list[PathContent]
    completion: dict[str, Any]
    validity_months: int | None
    exclusions: ExclusionRule
    certificate: dict[str, Any]
