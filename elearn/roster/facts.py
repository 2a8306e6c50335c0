"""What the roster sheets say, row by row, in codes; stored rows are told in the same words.

A fact read from a file has its ``row``; one that is stored has its ``id``. ``given`` names the
columns that the file has: what it does not have stays as stored.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from elearn.kernel.temporal import Span
from elearn.org.models import (
    DutyKind,
    EndReason,
    EventKind,
    ExclusionReason,
    PositionType,
    UnitKind,
    WorkforceCategory,
)
from elearn.progress.models import CompletionSource

SHEETS = ("units", "events", "people", "assignments", "duties", "exclusions", "completions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of one of the seven sheets."""

    sheet: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]]
    content_fields: ClassVar[tuple[str, ...]]

    id: int | None = None
    row: int | None = None
    given: frozenset[str] = frozenset()

    @property
    def key(self) -> Any:  # noqa: ANN401 - a value or a tuple of values, only compared
        """Return what tells this fact from others of its sheet."""
        return attrgetter(*self.key_fields)(self)

    @property
    def content(self) -> Any:  # noqa: ANN401 - as above
        """Return what an update may change."""
        return attrgetter(*self.content_fields)(self)


F = TypeVar("F", bound=Fact)


def completed(fact: F, stored: F) -> F:
    """Return ``fact`` with the columns that its file lacks taken from ``stored``."""
    kept = {name: getattr(stored, name) for name in fact.content_fields if name not in fact.given}
    return replace(fact, **kept) if kept else fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Spanning(Fact):
    """A fact that holds on the days of a span."""

    valid_from: date
    valid_to: date | None = None

    @property
    def span(self) -> Span:
        """Return the days on which the fact holds."""
        return Span(self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFact(Spanning):
    """A version of a unit."""

    sheet: ClassVar[str] = "units"
    key_fields: ClassVar[tuple[str, ...]] = ("code", "valid_from")
    content_fields: ClassVar[tuple[str, ...]] = (
        "name",
        "short_name",
        "kind",
        "parent_code",
        "valid_to",
        "legal_basis",
    )

    code: str
    name: str
    short_name: str | None = None
    kind: UnitKind
    parent_code: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFact(Fact):
    """A merger, split or other event of units; codes are sorted, each once."""

    sheet: ClassVar[str] = "events"
    key_fields: ClassVar[tuple[str, ...]] = (
        "kind",
        "effective_on",
        "predecessor_codes",
        "successor_codes",
    )
    content_fields: ClassVar[tuple[str, ...]] = ("legal_basis",)

    kind: EventKind
    effective_on: date
    predecessor_codes: tuple[str, ...] = ()
    successor_codes: tuple[str, ...] = ()
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFact(Fact):
    """A member of the workforce."""

    sheet: ClassVar[str] = "people"
    key_fields: ClassVar[tuple[str, ...]] = ("person_code",)
    content_fields: ClassVar[tuple[str, ...]] = (
        "full_name",
        "birth_date",
        "email",
        "phone",
        "category",
    )

    person_code: str
    full_name: str
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    category: WorkforceCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentFact(Spanning):
    """A person in a position."""

    sheet: ClassVar[str] = "assignments"
    key_fields: ClassVar[tuple[str, ...]] = (
        "person_code",
        "is_primary",
        "valid_from",
        "position_type",
        "duty_unit_code",
    )
    content_fields: ClassVar[tuple[str, ...]] = (
        "title",
        "home_unit_code",
        "valid_to",
        "decision_no",
        "end_reason",
    )

    person_code: str
    position_type: PositionType
    title: str | None = None
    home_unit_code: str
    duty_unit_code: str
    is_primary: bool
    decision_no: str | None = None
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFact(Spanning):
    """A duty of a person in a unit."""

    sheet: ClassVar[str] = "duties"
    key_fields: ClassVar[tuple[str, ...]] = ("person_code", "duty", "unit_code", "valid_from")
    content_fields: ClassVar[tuple[str, ...]] = ("valid_to", "decision_no")

    person_code: str
    duty: DutyKind
    unit_code: str
    decision_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionFact(Spanning):
    """Days on which a person is not expected to train."""

    sheet: ClassVar[str] = "exclusions"
    key_fields: ClassVar[tuple[str, ...]] = ("person_code", "reason", "valid_from")
    content_fields: ClassVar[tuple[str, ...]] = ("valid_to",)

    person_code: str
    reason: ExclusionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionFact(Fact):
    """A programme that a person completed, here or elsewhere."""

    sheet: ClassVar[str] = "completions"
    key_fields: ClassVar[tuple[str, ...]] = ("person_code", "programme_code", "completed_on")
    content_fields: ClassVar[tuple[str, ...]] = ("expires_on", "source", "reference")

    person_code: str
    programme_code: str
    completed_on: date
    expires_on: date | None = None
    source: CompletionSource
    reference: str | None = None
    is_revoked: bool = False
    has_certificate: bool = False


@dataclass(slots=True)
class Roster:
    """Facts of all seven sheets, each in the order of its rows."""

    units: list[UnitFact] = field(default_factory=list)
    events: list[EventFact] = field(default_factory=list)
    people: list[PersonFact] = field(default_factory=list)
    assignments: list[AssignmentFact] = field(default_factory=list)
    duties: list[DutyFact] = field(default_factory=list)
    exclusions: list[ExclusionFact] = field(default_factory=list)
    completions: list[CompletionFact] = field(default_factory=list)

    def sheet(self, name: str) -> list[Fact]:
        """Return the facts of the sheet ``name``, one of SHEETS."""
        facts: list[Fact] = getattr(self, name)
        return facts
